#include "core/base/clock.hpp"
#include "core/base/text.hpp"
#include "core/law/engine.hpp"
#include "core/os/file.hpp"
#include "tools/acl/verbs.hpp"

namespace tk::tools::acl_tool {
namespace {

Value list_of(const std::vector<std::string>& texts) { return Value::List(texts.begin(), texts.end()); }

bool reads_only(std::string_view action) {
  auto dot = action.rfind('.');
  auto verb = dot == action.npos ? action : action.substr(dot + 1);
  return verb == "read" || verb == "list" || verb == "get";
}

// What a token is limited to, else what the rules give whom it speaks for: conditions and forbids decide at each use.
Value::List permissions(const law::Index& index, const acl::Verified& v) {
  Value::List out;
  for (const auto& limit : v.actor.limits)
    out.push_back(Value::Map{{"actions", list_of(limit.actions)}, {"resources", list_of(limit.resources)}, {"in", Value::List{}},
                             {"when", Value()}});
  if (!out.empty()) return out;
  auto ref = law::parse_ref(v.actor.on_behalf_of_ref.empty() ? v.actor.ref : v.actor.on_behalf_of_ref);
  auto holder = ref ? index.lookup(*ref) : std::nullopt;
  if (!holder) return out;
  law::Engine engine(index);
  for (std::uint32_t n = 0; n < index.rule_count(); ++n) {
    auto rule = index.rule(n);
    if (!rule.permit) continue;
    auto contexts = engine.contexts_of(*holder, index.role_of(n));
    if (contexts.empty()) continue;
    Value::List actions, in;
    for (auto a : rule.actions) actions.emplace_back(a);
    for (auto c : contexts) in.emplace_back(c);
    out.push_back(Value::Map{{"actions", std::move(actions)}, {"resources", Value::List{Value(rule.resource)}},
                             {"in", std::move(in)}, {"when", rule.when.empty() ? Value() : Value(rule.when)}});
  }
  return out;
}

Value answer(const law::Index& index, const acl::Verified& v) {
  Value::Map out{{"valid", v.valid}, {"actor", Value()}, {"expires_at", Value()}, {"permissions", Value::List{}},
                 {"read_only", true}, {"reason", v.reason}};
  if (!v.valid) return out;
  auto rights = permissions(index, v);
  bool read_only = true;
  for (const auto& p : rights)
    for (const auto& a : *p["actions"].as_list()) read_only = read_only && reads_only(a.text());
  Value::List chain;
  for (const auto& p : v.claims.chain) chain.push_back(p.ref);
  if (!chain.empty()) chain.push_back(v.claims.subject.ref);
  out["actor"] = v.actor.ref;
  out["expires_at"] = time_of(v.claims.expires * 1000);
  out["permissions"] = std::move(rights);
  out["read_only"] = read_only;
  out.emplace("jti", v.claims.jti);
  if (!chain.empty()) out.emplace("chain", std::move(chain));
  if (!v.claims.family.empty()) out.emplace("family", v.claims.family);
  if (!v.claims.lease.empty()) out.emplace("lease", v.claims.lease);
  return out;
}

// A token a line, an answer a line, each as of the moment at which its line was read.
Result<Exit> batch(const cli::Args& args, Session& s, acl::Verifier& verifier) {
  os::InputLines lines;
  std::string line, said;
  std::shared_ptr<const acl::Verified> last;
  std::string commit;
  for (;;) {
    TK_TRY(bool more, lines.next(line));
    if (!more) return Exit::ok;
    TK_CHECK(s.law.follow(s.workspace));
    TK_TRY(auto found, verifier.verify(text::trim(line), args.get("aud")));
    if (found != last || commit != s.law.index().commit()) {
      said = json::compact(answer(s.law.index(), *found)) + "\n";
      last = found;
      commit = s.law.index().commit();
    }
    cli::print(said);
    if (!lines.waiting()) TK_CHECK(cli::flush());
  }
}

Result<Exit> run(const cli::Args& args) {
  if (args.has("batch")) {
    if (args.has("TOKEN")) return fail(Code::cli_usage, "--batch reads the tokens from standard input", "leave the word out");
    TK_TRY(auto s, Session::open_to_read());
    acl::Verifier verifier(s->store, s->law.index(), s->realm);
    return batch(args, *s, verifier);
  }
  TK_TRY(auto token, read_secret(args, "TOKEN", "", "token"));
  TK_TRY(auto s, Session::open_to_read());
  TK_TRY(auto found, acl::Verifier(s->store, s->law.index(), s->realm).verify(token, args.get("aud")));
  if (args.json()) {
    cli::print(json::pretty(answer(s->law.index(), *found)) + "\n");
  } else if (found->valid) {
    cli::print("valid: " + found->actor.ref +
               (found->actor.on_behalf_of_ref.empty() ? "" : " on behalf of " + found->actor.on_behalf_of_ref) + ", until " +
               time_of(found->claims.expires * 1000) + "\n");
  } else {
    cli::print("invalid: " + text::printable(found->reason) + "\n");
  }
  return found->valid ? Exit::ok : Exit::no;
}

}  // namespace

cli::VerbSpec verify_verb() {
  return {"verify", "whether a token counts at this moment, whom it speaks for, and what it may do",
          {{"TOKEN", "- or nothing: a line of standard input, where nobody else sees it", false}},
          {{"aud", "TEXT", "for whom it must be meant (default: acl.audience)"},
           {"batch", "", "a token a line on standard input, an answer a line, at once; as --json, each on one line"}},
          {{"tk acl verify < token.secret", "0 valid, 1 invalid"},
           {"tk acl verify --aud https://api.example.org --json < token.secret", "as the service that it is meant for"},
           {"tk acl verify --batch", "for a program that asks often: it stays"}},
          help::k_verify, run,
          "{valid: bool, actor: text|null, expires_at: text|null, permissions: [{actions: [text], resources: [text], "
          "in: [text], when: text|null}], read_only: bool, reason: text, chain?: [text], jti?: text, family?: text, "
          "lease?: text}"};
}

}  // namespace tk::tools::acl_tool
