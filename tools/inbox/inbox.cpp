#include "core/base/text.hpp"
#include "core/cli/output.hpp"
#include "core/json/json.hpp"
#include "core/wot/cast.hpp"
#include "help/inbox.hpp"
#include "tools/inbox/item.hpp"
#include "tools/session/session.hpp"
#include "tools/session/values.hpp"

namespace tk::tools::inbox_tool {
namespace {

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
  else cli::print(wot::cast_name(cast) + ": " + record::field_text(cast, "answer") + " by " + record::field_text(cast, "by") + "\n");
  return Exit::ok;
}

Result<Exit> run_answer(const cli::Args& args) {
  TK_TRY(auto s, Session::open(args.get("as")));
  auto item = args.get("ITEM");
  bool approve = args.get("VALUE") == "approve";
  if (auto cast = s->store.find(item, "cast")) {
    wot::Environment env{s->store, s->gate, s->law.index(), s->workspace, s->actor, s->trace, {}};
    TK_TRY(auto answered, wot::answer(env, cast->parent, cast->id, approve ? "approve" : "reject"));
    return print_cast(args, answered);
  }
  if (auto found = s->store.find(item, "parked"); !found)
    return fail(Code::record_unknown, "nothing waits under " + text::printable(item), "`tk inbox list` shows what does");
  if (args.has("hash")) {
    TK_TRY(auto meant, s->store.find(item, "parked"));
    auto hash = args.get("hash");
    if (hash.size() < 8 || !record::field_text(meant, "binding").starts_with(hash))
      return fail(Code::record_approval, "item " + meant.id + " asks for another thing: its hash is " + record::field_text(meant, "binding"),
                  "read it once more: tk inbox show " + meant.id);
  }
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
    cli::print(item_now.state + (record::field_text(item_now, "outcome").empty() ? "" : ": " + record::field_text(item_now, "outcome")) + "\n");
  return Exit::ok;
}

}  // namespace

cli::VerbSpec list_verb() {
  return {"list", "what waits for somebody's answer: questions of runs, transitions that need approval", {}, {},
          {{"tk inbox list", "each item with the command that answers it"}}, help::k_list, run_list,
          "[" + std::string(kItem) + "]"};
}

cli::VerbSpec answer_verb() {
  return {"answer", "approve or deny one item",
          {{"ITEM", "its id or a prefix of it"}, {"VALUE", "approve or deny", true, false, {"approve", "deny"}}},
          {{"reason", "TEXT", "why, for the journal"},
           {"hash", "HASH", "only if this is the hash of what is asked (8 digits of it or more), as it was shown"},
           kAsOption},
          {{"tk inbox answer 0192f3aa approve", "as yourself"},
           {"tk inbox answer 0192f3aa deny --reason \"not on a Friday\" --as user:rita", "for somebody whom you may act as"}},
          help::k_answer, run_answer, kItem, values};
}

}  // namespace tk::tools::inbox_tool
