#include "core/record/migrate.hpp"

#include "core/base/text.hpp"
#include "core/cli/output.hpp"
#include "core/json/json.hpp"
#include "help/record.hpp"
#include "tools/record/definitions.hpp"
#include "tools/session/values.hpp"

namespace tk::tools::record_tool {
namespace {

// The records of a type that are pinned to an older definition; or the one that is named.
Result<std::vector<record::Record>> behind(Session& s, const std::string& word, Shared& now) {
  std::vector<record::Record> out;
  auto type = s.store.definitions().current(word);
  if (!type && type.error().code != Code::record_unknown) return fail(type.error());
  if (type) {
    TK_TRY(out, s.store.list(word));
  } else {
    TK_TRY(auto one, s.store.find(word));
    out.push_back(std::move(one));
    type = s.store.definitions().current(out.front().type);
    if (!type) return fail(type.error());
  }
  now = *type;
  if (record::is_entity_type(now->type) || record::is_driven_type(now->type))
    return fail(Code::record_driven, "the definition of " + now->type + " is tk's own",
                "its records go on under the one that they are pinned to");
  std::erase_if(out, [&](const auto& r) { return r.definition == now->hash; });
  return out;
}

Result<Exit> run_migrate(const cli::Args& args) {
  bool dry = args.has("dry-run");
  TK_TRY(auto s, dry ? Session::open_to_read() : Session::open(args.get("as")));
  Shared now;
  TK_TRY(auto records, behind(*s, args.get("WHAT"), now));
  Value::List list;
  std::vector<std::vector<std::string>> rows;
  std::vector<record::Change> changes;
  Error worst;
  bool good = true;
  for (const auto& r : records) {
    auto to = record::migrated(*now, r);
    if (!to && good) worst = to.error(), good = false;
    list.push_back(Value::Map{{"id", r.id}, {"from", r.state}, {"to", to ? Value(to->state) : Value()},
                              {"problem", to ? "" : to.error().message}});
    rows.push_back({r.id, r.state, "→", to ? to->state : "refused: " + to.error().message});
    record::Change c;
    c.id = r.id;
    c.event = "migrate";
    c.migrate = true;
    c.expected_version = r.version;
    c.actor = s->actor;
    c.trace = s->trace;
    c.reason = args.get("reason");
    changes.push_back(std::move(c));
  }
  if (!dry && !good) return fail(worst);  // all of them or none
  if (!dry && !changes.empty()) TK_CHECK(s->store.apply(std::move(changes)));
  if (args.json())
    cli::print(json::pretty(Value::Map{{"type", now->type}, {"definition", now->hash}, {"version", now->version},
                                       {"migrated", !dry}, {"records", list}}) + "\n");
  else
    cli::print(cli::table(rows) + text::count(records.size(), "record") + (dry ? " would go" : " went") + " to version " +
               std::to_string(now->version) + " of " + now->type + "\n");
  return good ? Exit::ok : Exit::no;
}

}  // namespace

cli::VerbSpec migrate_verb() {
  return {"migrate", "bring records to the current definition of their type", {{"WHAT", "a type, or a record's id or a prefix of it"}},
          {{"dry-run", "", "only show each record's new state"}, {"reason", "TEXT", "why, for the journal"}, kAsOption},
          {{"tk record migrate ticket --dry-run", "what would become of each record"}}, help::k_migrate, run_migrate,
          "{type: text, definition: text, version: int, migrated: bool, records: [{id: text, from: text, to: text|null, "
          "problem: text}]}",
          values};
}

}  // namespace tk::tools::record_tool
