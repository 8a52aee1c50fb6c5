#include "core/base/clock.hpp"
#include "core/base/text.hpp"
#include "core/cli/output.hpp"
#include "core/json/json.hpp"
#include "help/record.hpp"
#include "tools/session/personal.hpp"
#include "tools/session/session.hpp"
#include "tools/session/values.hpp"

namespace tk::tools::record_tool {
namespace {

Value describe(const record::Record& r) {
  return Value::Map{{"id", r.id}, {"type", r.type}, {"context", r.context}, {"name", r.name},
                    {"parent", r.parent}, {"state", r.state}, {"version", r.version},
                    {"definition", r.definition}, {"fields", r.fields},
                    {"created", clock::rfc3339(r.created_ns)}, {"updated", clock::rfc3339(r.updated_ns)}};
}

Result<Value::Map> read_input(const std::map<std::string, json::Type>& types,
                              const std::vector<std::string>& words) {
  Value::Map out;
  for (const auto& word : words) {
    auto equals = word.find('=');
    if (equals == word.npos || equals == 0)
      return fail(Code::cli_usage, "not name=value: " + text::printable(word));
    auto name = word.substr(0, equals);
    auto it = types.find(name);
    if (it == types.end()) {
      out.emplace(name, word.substr(equals + 1));  // the write path refuses it and journals that
      continue;
    }
    TK_TRY(auto value, json::read_word(it->second, word.substr(equals + 1), name));
    out.emplace(name, std::move(value));
  }
  return out;
}

void print_trail(const record::Trail& trail) {
  std::vector<std::vector<std::string>> rows;
  for (std::size_t i = 0; i < trail.steps.size(); ++i)
    rows.push_back({std::to_string(i + 1), record::kStepNames[i],
                    std::to_string(trail.steps[i].us) + " us", trail.steps[i].note});
  cli::print(cli::table(rows));
}

Exit finish(const cli::Args& args, const record::Outcome& done, const record::Trail& trail) {
  if (args.json()) {
    auto out = describe(done.record);
    out.as_map()->emplace("seq", done.seq);
    out.as_map()->emplace("repeated", done.repeated);
    if (args.has("explain")) {
      Value::List steps;
      for (std::size_t i = 0; i < trail.steps.size(); ++i)
        steps.push_back(Value::Map{{"n", static_cast<std::int64_t>(i + 1)}, {"step", record::kStepNames[i]},
                                   {"us", trail.steps[i].us}, {"note", trail.steps[i].note}});
      out.as_map()->emplace("steps", std::move(steps));
    }
    cli::print(json::pretty(out) + "\n");
    return Exit::ok;
  }
  if (args.has("explain")) print_trail(trail);
  cli::print(done.record.id + "  " + (done.from.empty() ? "" : done.from + " → ") + done.record.state +
             "  (row " + std::to_string(done.seq) + (done.repeated ? ", repeated" : "") + ")\n");
  return Exit::ok;
}

// A person's keys stand apart from those that tk makes and from other people's.
std::string own_key(const Session& s, const std::string& key) {
  return key.empty() ? key : "cli/" + s.actor.id + "/" + key;
}

Result<void> refuse_driven(Session& s, const std::string& type, const law::Ref& about) {
  if (!record::is_entity_type(type) && !record::is_driven_type(type)) return {};
  // Whoever tries is remembered: this is how a gate would be forged.
  record::Ruling no;
  no.reason = "a record that tk drives itself";
  TK_CHECK(s.store.refused(s.actor, "record.step", about, about.str(), no));
  if (record::is_entity_type(type))
    return fail(Code::record_driven, "a " + type + " is declared, not recorded by hand",
                "tk repo new " + type + " NAME, tk repo set " + type + ":NAME");
  if (type == "parked")
    return fail(Code::record_driven, "what is parked is answered, not stepped", "tk inbox list, tk inbox answer");
  if (type == "subject") return fail(Code::record_driven, "a subject is erased or exported, not stepped", "tk log erase, tk log subject");
  if (type == "pruning") return fail(Code::record_driven, "a pruning is made by tk log prune, not by hand", "tk log prune");
  return fail(Code::record_driven, "a " + type + " is driven by tk wot, not by hand",
              type == "token" ? "a token comes with an agent's step and dies with it"
                              : "tk wot run, tk wot answer, tk wot resume");
}

Result<Exit> run_new(const cli::Args& args) {
  TK_TRY(auto s, Session::open(args.get("as")));
  auto type = args.get("TYPE");
  TK_TRY(auto definition, s->store.definitions().current(type));
  TK_CHECK(refuse_driven(*s, type, {type, "", "new"}));
  record::Change c;
  c.type = type;
  c.context = args.get("context", s->workspace.default_context());
  c.name = args.get("name");
  if ((!c.name.empty() && !law::valid_name(c.name)) || !law::valid_context(c.context))
    return fail(Code::cli_usage, "a name is letters, digits, _ - . ; a context is names joined by dots");
  TK_TRY(c.input, read_input(definition->fields, args.all("FIELD")));
  c.actor = s->actor;
  c.trace = s->trace;
  c.idempotency_key = own_key(*s, args.get("key"));
  record::Trail trail;
  TK_TRY(auto done, s->store.apply(std::move(c), &trail));
  return finish(args, done, trail);
}

Result<Exit> run_step(const cli::Args& args) {
  TK_TRY(auto s, Session::open(args.get("as")));
  TK_TRY(auto record, s->store.find(args.get("ID")));
  TK_CHECK(refuse_driven(*s, record.type, record.resource()));
  record::Change c;
  c.id = record.id;
  c.event = args.get("EVENT");
  TK_TRY(auto definition, s->store.definition_of(record));
  std::map<std::string, json::Type> types;
  if (const auto* t = definition->find(c.event, record.state)) types = t->input;
  TK_TRY(c.input, read_input(types, args.all("INPUT")));
  c.actor = s->actor;
  c.trace = s->trace;
  c.idempotency_key = own_key(*s, args.get("key"));
  c.reason = args.get("reason");
  record::Trail trail;
  TK_TRY(auto done, s->store.apply(std::move(c), &trail));
  return finish(args, done, trail);
}

Result<Exit> run_show(const cli::Args& args) {
  TK_TRY(auto s, Session::open_to_read());
  auto word = args.get("ID");
  Result<record::Record> found = fail(Code::record_unknown, "");
  if (word.find(':') != word.npos) {
    TK_TRY(auto ref, law::parse_ref(word));
    TK_TRY(auto entity, s->law.index().find(ref));
    TK_TRY(auto record, s->store.of_entity({std::string(entity.type), std::string(entity.context),
                                            std::string(entity.name)}));
    if (!record) return fail(Code::record_unknown, entity.str() + " has no record yet");
    found = std::move(*record);
  } else {
    found = s->store.find(word);
  }
  if (!found) return fail(found.error());
  if (auto when = args.get("as-of"); !when.empty()) {
    bool row = when.size() <= 18 && when.find_first_not_of("0123456789") == when.npos;
    auto seq = row ? std::strtoll(when.c_str(), nullptr, 10) : 0;
    TK_TRY(auto ts, row ? Result<std::int64_t>(0) : clock::parse_rfc3339(when));
    if (row && seq < 1) return fail(Code::cli_usage, "rows are counted from 1");
    found = s->store.as_of(found->id, seq, ts);
    if (!found) return fail(found.error());
  }
  Unsealing unsealing;
  for (auto& [name, value] : found->fields) TK_CHECK(unsealing.open_in(value, name, found->type, found->id));
  TK_TRY(auto definition, s->store.definition_of(*found));
  auto tools = definition->tools_in(found->state), events = definition->events_from(found->state);
  if (args.json()) {
    auto out = describe(*found);
    out.as_map()->emplace("tools", Value::List(tools.begin(), tools.end()));
    out.as_map()->emplace("events", Value::List(events.begin(), events.end()));
    cli::print(json::pretty(out) + "\n");
    return Exit::ok;
  }
  std::vector<std::vector<std::string>> rows = {
      {"id", found->id}, {"type", found->type}, {"context", found->context}, {"name", found->name},
      {"state", found->state}, {"version", std::to_string(found->version)},
      {"updated", clock::rfc3339(found->updated_ns)}};
  if (!tools.empty()) rows.push_back({"tools", text::join(tools, ", ")});
  for (const auto& [k, v] : found->fields) rows.push_back({k, text::shorten(json::compact(v), 200)});
  cli::print(cli::table(rows));
  return Exit::ok;
}

Result<Exit> run_list(const cli::Args& args) {
  TK_TRY(auto s, Session::open_to_read());
  TK_TRY(auto all, s->store.list(args.get("TYPE")));
  Value::List list;
  std::vector<std::vector<std::string>> rows;
  for (const auto& r : all) {
    if (!args.get("state").empty() && r.state != args.get("state")) continue;
    list.push_back(describe(r));
    rows.push_back({r.id, r.type, r.state, r.context, r.name});
  }
  cli::print(args.json() ? json::pretty(list) + "\n" : cli::table(rows));
  return Exit::ok;
}

const cli::Option kKey = {"key", "KEY", "idempotency key: the same key does it once and gives the stored result"};
const cli::Option kExplain = {"explain", "", "print the ten steps with microseconds"};

}  // namespace
cli::VerbSpec new_verb() {
  return {"new", "make a record of a type that records/<type>.toml defines",
       {{"TYPE", "the record type"}, {"FIELD", "name=value", false, true}},
       {{"context", "PATH", "where it belongs (default: workspace.context)"}, {"name", "NAME", "a name for it"}, kKey, kExplain, kAsOption},
       {{"tk record new ticket title=\"printer is on fire\"", "a record in its initial state"}}, help::k_new, run_new,
          "{id: text, type: text, context: text, name: text, parent: text, state: text, version: int, "
          "definition: text, fields: {*: json}, created: text, updated: text, seq: int, repeated: bool, "
          "steps?: [{n: int, step: text, us: int, note: text}]}", values};
}

cli::VerbSpec step_verb() {
  return {"step", "put an event to a record: one transition through the ten steps",
       {{"ID", "the record's id or a prefix of it"}, {"EVENT", "the event"}, {"INPUT", "name=value", false, true}},
       {{"reason", "TEXT", "why, for the journal"}, kKey, kExplain, kAsOption},
       {{"tk record step 0192f3 close reason=done --explain", "see the ten steps"}}, help::k_step, run_step,
          "{id: text, type: text, context: text, name: text, parent: text, state: text, version: int, "
          "definition: text, fields: {*: json}, created: text, updated: text, seq: int, repeated: bool, "
          "steps?: [{n: int, step: text, us: int, note: text}]}", values};
}

cli::VerbSpec show_verb() {
  return {"show", "one record", {{"ID", "an id, a prefix of it, or an entity: user:alice"}},
       {{"as-of", "WHEN", "as it was behind this row of the journal, or at this RFC 3339 time"}},
       {{"tk record show user:alice", "state and fields"},
        {"tk record show 0192f3 --as-of 41", "what it was when row 41 had been written"}}, help::k_show, run_show,
          "{id: text, type: text, context: text, name: text, parent: text, state: text, version: int, "
          "definition: text, fields: {*: json}, created: text, updated: text, tools: [text], events: [text]}", values};
}

cli::VerbSpec list_verb() {
  return {"list", "records, oldest first", {{"TYPE", "only this type", false}}, {{"state", "STATE", "only in this state"}},
       {{"tk record list run --state waiting", "every run that waits"}}, help::k_list, run_list,
          "[{id: text, type: text, context: text, name: text, parent: text, state: text, version: int, "
          "definition: text, fields: {*: json}, created: text, updated: text}]", values};
}

}  // namespace tk::tools::record_tool
