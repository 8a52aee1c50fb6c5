#include "core/base/clock.hpp"
#include "core/base/text.hpp"
#include "core/cli/output.hpp"
#include "core/json/json.hpp"
#include "core/wot/cast.hpp"
#include "help/inbox.hpp"
#include "tools/session/session.hpp"
#include "tools/session/values.hpp"

namespace tk::tools::inbox_tool {
namespace {

std::string field(const record::Record& r, const char* name) {
  auto it = r.fields.find(name);
  return it == r.fields.end() ? "" : it->second.text();
}

Value cast_item(const record::Record& r) {
  auto deadline = r.fields.contains("deadline") ? r.fields.at("deadline").integer() : 0;
  return Value::Map{{"id", r.id}, {"kind", "cast"}, {"state", r.state}, {"what", field(r, "prompt")},
                    {"about", r.resource().str()}, {"asked_by", ""}, {"since", clock::rfc3339(r.created_ns)},
                    {"waits_for", Value::List{}}, {"approved_by", Value::List{}}, {"outcome", field(r, "answer")},
                    {"deadline", deadline > 0 ? Value(clock::rfc3339(deadline * 1'000'000)) : Value()}};
}

Value parked_item(const record::Record& r) {
  Value::List needs, given;
  if (const auto* list = r.fields.at("needs").as_list())
    for (const auto& o : *list)
      needs.push_back(o["kind"].text() == "approval" ? std::to_string(o["n"].integer()) + " of " + o["of"].text()
                                                     : o["kind"].text());
  if (r.fields.contains("approvals"))
    for (const auto& a : *r.fields.at("approvals").as_list()) given.push_back(a["by"]);
  const auto& asker = r.fields.at("asker");
  auto who = asker["on_behalf_of_ref"].text().empty() ? asker["ref"] : asker["on_behalf_of_ref"];
  auto event = field(r, "event");
  return Value::Map{{"id", r.id}, {"kind", "transition"}, {"state", r.state},
                    {"what", (event.empty() ? "new" : event) + " " + json::compact(r.fields.at("input"))},
                    {"about", field(r, "resource")}, {"asked_by", who}, {"since", clock::rfc3339(r.created_ns)},
                    {"waits_for", needs}, {"approved_by", given}, {"outcome", field(r, "outcome")}, {"deadline", Value()}};
}

std::string words(const Value& list) {
  std::vector<std::string> out;
  for (const auto& item : *list.as_list()) out.push_back(item.text());
  return text::join(out, ", ");
}

std::string sentence(const Value& item) {
  auto out = text::printable(item["what"].text()) + " on " + item["about"].text();
  if (auto by = item["asked_by"].text(); !by.empty()) out += ", asked by " + by;
  if (auto needs = words(item["waits_for"]); !needs.empty()) out += "; needs " + needs;
  if (auto given = words(item["approved_by"]); !given.empty()) out += "; approved by " + given;
  if (auto until = item["deadline"].text(); !until.empty()) out += "  (until " + until + ")";
  return out;
}

Result<Exit> run_list(const cli::Args& args) {
  TK_TRY(auto s, Session::open_to_read());
  TK_TRY(auto casts, wot::open_casts(s->store, ""));
  TK_TRY(auto parked, s->store.list("parked"));
  Value::List list;
  std::string out;
  for (const auto& r : casts) list.push_back(cast_item(r));
  for (const auto& r : parked)
    if (r.state == "open" || r.state == "approved") list.push_back(parked_item(r));
  for (const auto& item : list)
    out += sentence(item) + "\n  tk inbox answer " + item["id"].text() + " approve|deny\n";
  if (list.empty()) out = "nothing waits\n";
  cli::print(args.json() ? json::pretty(list) + "\n" : out);
  return Exit::ok;
}

Result<Exit> print_cast(const cli::Args& args, const record::Record& cast) {
  if (args.json()) cli::print(json::pretty(cast_item(cast)) + "\n");
  else cli::print(wot::cast_name(cast) + ": " + field(cast, "answer") + " by " + field(cast, "by") + "\n");
  return Exit::ok;
}

Result<Exit> run_answer(const cli::Args& args) {
  TK_TRY(auto s, Session::open(args.get("as")));
  auto item = args.get("ITEM");
  bool approve = args.get("VALUE") == "approve";
  if (auto cast = s->store.find(item, "cast")) {
    wot::Environment env{s->store, s->law.index(), s->workspace, s->actor, s->trace, {}};
    TK_TRY(auto answered, wot::answer(env, cast->parent, cast->id, approve ? "approve" : "reject"));
    return print_cast(args, answered);
  }
  if (auto found = s->store.find(item, "parked"); !found)
    return fail(Code::record_unknown, "nothing waits under " + text::printable(item), "`tk inbox list` shows what does");
  TK_TRY(auto answered, s->store.answer(s->actor, s->trace, item, approve, args.get("reason")));
  auto out = parked_item(answered.item);
  if (answered.done) out.as_map()->emplace("seq", answered.done->seq);
  if (args.json()) {
    cli::print(json::pretty(out) + "\n");
    return Exit::ok;
  }
  const auto& item_now = answered.item;
  if (answered.done)
    cli::print("approved and done: " + answered.done->record.id + "  " + answered.done->from +
               (answered.done->from.empty() ? "" : " → ") + answered.done->record.state + "  (row " +
               std::to_string(answered.done->seq) + ")\n");
  else if (item_now.state == "approved")
    cli::print("approved; " + out["asked_by"].text() + " can do it now: the same command once more\n");
  else if (item_now.state == "open")
    cli::print("noted; it still waits: " + sentence(out) + "\n");
  else
    cli::print(item_now.state + (field(item_now, "outcome").empty() ? "" : ": " + field(item_now, "outcome")) + "\n");
  return Exit::ok;
}

constexpr const char* kItem =
    "{id: text, kind: 'cast'|'transition', state: text, what: text, about: text, asked_by: text, since: text, "
    "waits_for: [text], approved_by: [text], outcome: text, deadline: text|null, seq?: int}";

}  // namespace

cli::VerbSpec list_verb() {
  return {"list", "what waits for somebody's answer: questions of runs, transitions that need approval", {}, {},
          {{"tk inbox list", "each item with the command that answers it"}}, help::k_list, run_list,
          "[" + std::string(kItem) + "]"};
}

cli::VerbSpec answer_verb() {
  return {"answer", "approve or deny one item",
          {{"ITEM", "its id or a prefix of it"}, {"VALUE", "approve or deny", true, false, {"approve", "deny"}}},
          {{"reason", "TEXT", "why, for the journal"}, kAsOption},
          {{"tk inbox answer 0192f3aa approve", "as yourself"},
           {"tk inbox answer 0192f3aa deny --reason \"not on a Friday\" --as user:rita", "for somebody whom you may act as"}},
          help::k_answer, run_answer, kItem, values};
}

}  // namespace tk::tools::inbox_tool
