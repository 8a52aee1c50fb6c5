#include "core/acl/keys.hpp"
#include "tools/acl/verbs.hpp"

namespace tk::tools::acl_tool {
namespace {

Result<Exit> run(const cli::Args& args) {
  bool turn = args.get("ACTION") == "rotate";
  if (!turn && args.has("revoke")) return fail(Code::cli_usage, "--revoke goes with rotate", "tk acl keys rotate --revoke");
  TK_TRY(auto s, turn ? Session::open(args.get("as")) : Session::open_to_read());
  TK_TRY(auto ring, turn ? acl::rotate(s->store, acl::key_place(s->realm, s->law.index()), s->actor, s->trace, args.get("reason"), args.has("revoke"))
                         : acl::KeyRing::load(s->store));
  Value::List list;
  std::vector<std::vector<std::string>> rows;
  for (const auto& k : ring.keys()) {
    bool retired = k.state == "retired";
    list.push_back(Value::Map{{"kid", k.kid}, {"state", k.state}, {"until", retired ? Value(time_of(k.until_ms)) : Value()}});
    rows.push_back({k.kid, k.state, retired ? "verifies until " + time_of(k.until_ms) : ""});
  }
  if (args.json()) cli::print(json::pretty(list) + "\n");
  else cli::print(rows.empty() ? "no keys yet; the first token makes them\n" : cli::table(rows));
  return Exit::ok;
}

}  // namespace

cli::VerbSpec keys_verb() {
  return {"keys", "the keys that sign tokens: list them, or let the next one sign",
          {{"ACTION", "list or rotate", true, false, {"list", "rotate"}}},
          {{"revoke", "", "rotate: no key that there is counts any more, and every token that they signed is void"},
           {"reason", "TEXT", "why, for the journal"}, kAsOption},
          {{"tk acl keys rotate", "what was signed before stays valid"},
           {"tk acl keys rotate --revoke --reason \"the backup was stolen\"", "nothing that was signed before counts"},
           {"tk acl keys list", "which sign, which only verify, and until when"}},
          help::k_keys, run, "[{kid: text, state: 'next'|'current'|'retired', until: text|null}]"};
}

}  // namespace tk::tools::acl_tool
