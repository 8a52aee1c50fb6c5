#include "core/base/text.hpp"
#include "core/cli/output.hpp"
#include "core/json/json.hpp"
#include "help/inbox.hpp"
#include "tools/inbox/item.hpp"
#include "tools/session/session.hpp"
#include "tools/session/values.hpp"

namespace tk::tools::inbox_tool {
namespace {

Result<Exit> run_show(const cli::Args& args) {
  TK_TRY(auto s, Session::open_to_read());
  auto word = args.get("ITEM");
  Value item;
  if (auto cast = s->store.find(word, "cast")) {
    item = cast_item(*cast);
  } else {
    auto parked = s->store.find(word, "parked");
    if (!parked && parked.error().message.starts_with("more than one")) return fail(parked.error());
    if (!parked) return fail(Code::record_unknown, "nothing waits under " + text::printable(word), "`tk inbox list` shows what does");
    item = parked_item(*parked);
  }
  bool open = item["state"].text() == "open";
  cli::print(args.json() ? json::pretty(item) + "\n"
                         : page(item) + (open ? "\ntk inbox answer " + item["id"].text() + " approve|deny\n" : ""));
  return Exit::ok;
}

}  // namespace

cli::VerbSpec show_verb() {
  return {"show", "one item in full, with the hash that an approval of it is bound to", {{"ITEM", "its id or a prefix of it"}}, {},
          {{"tk inbox show 0192f3aa", "read it before you answer"}}, help::k_show, run_show, kItem, values};
}

}  // namespace tk::tools::inbox_tool
