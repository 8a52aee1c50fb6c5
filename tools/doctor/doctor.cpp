#include "core/base/text.hpp"
#include "core/cli/output.hpp"
#include "core/json/json.hpp"
#include "help/doctor.hpp"
#include "tools/doctor/checks.hpp"

namespace tk::tools::doctor_tool {
namespace {

using State = Finding::State;

const char* word(State state) {
  static constexpr const char* kWords[] = {"ok", "note", "missing", "slow", "unsafe", "broken"};
  return kWords[static_cast<std::size_t>(state)];
}

std::vector<Finding> look(Value::Map& layers) {
  std::vector<Finding> all;
  look_at_machine(all);
  layers = look_at_box(all);
  look_at_workspace(all);
  return all;
}

Result<Exit> run(const cli::Args& args) {
  Value::Map layers;
  auto all = look(layers);
  if (args.has("mend")) {
    bool any = false;
    for (auto& f : all) {
      if (!f.repair) continue;
      any = true;
      TK_CHECK(f.repair());
      cli::note("mended: " + f.what);
    }
    if (!any) cli::note("nothing that tk could mend by itself");
    all = look(layers);
  }
  std::size_t broken = 0, warnings = 0;
  Value::List list;
  std::string lines;
  for (const auto& f : all) {
    broken += f.state == State::broken;
    warnings += f.state == State::missing || f.state == State::slow || f.state == State::unsafe;
    list.push_back(Value::Map{{"state", word(f.state)}, {"what", f.what}, {"mend", f.mend}});
    std::string left = word(f.state);
    left.resize(9, ' ');
    lines += (f.state == State::broken ? cli::red(left, 1) : left) + text::printable(f.what) + "\n" +
             (f.mend.empty() ? "" : "         mend: " + text::printable(f.mend) + "\n");
  }
  bool good = broken == 0 && (warnings == 0 || !args.has("strict"));
  if (args.json()) cli::print(json::pretty(Value::Map{{"ok", good}, {"checks", list}, {"box", Value::Map{{"layers", std::move(layers)}}}}) + "\n");
  else cli::print(lines + "\n" + text::count(broken, "thing") + " broken, " + text::count(warnings, "warning") + "\n");
  return good ? Exit::ok : Exit::no;
}

}  // namespace

cli::VerbSpec doctor_verb() {
  return {"", "what is missing, slow or unsafe here, each with its mend", {},
          {{"mend", "", "carry out what tk can mend by itself"},
           {"strict", "", "warnings count too: exit 1 when there is one"}},
          {{"tk doctor", "look at this machine and this workspace"},
           {"tk doctor --mend", "after a failed flush: write the journal anew and verify it"}},
          help::k_doctor, run,
          "{ok: bool, checks: [{state: 'ok'|'note'|'missing'|'slow'|'unsafe'|'broken', what: text, mend: text}], box: {layers: {*: text}}}"};
}

}  // namespace tk::tools::doctor_tool
