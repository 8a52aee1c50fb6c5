#include "core/law/lint.hpp"

#include "core/cli/output.hpp"
#include "core/json/json.hpp"
#include "help/law.hpp"
#include "tools/law/asked.hpp"

namespace tk::tools::law_tool {
namespace {

Result<Exit> run(const cli::Args& args) {
  Law law;
  TK_TRY(law.workspace, workspace::Workspace::find());
  if (auto what = args.get("WHAT"); what.empty()) {
    TK_TRY(law, Law::open());
  } else {
    TK_TRY(law.compiled, workspace::CompiledLaw::of(law.workspace, what));
  }
  tk::law::Engine engine(law.index());
  auto found = tk::law::lint(engine);
  if (args.json()) {
    Value::List list;
    for (const auto& f : found)
      list.push_back(Value::Map{{"kind", f.kind}, {"what", f.what}, {"file", f.where.file}, {"line", f.where.line},
                                {"message", f.message}, {"mend", f.hint}});
    cli::print(json::compact(list) + "\n");
  } else {
    for (const auto& f : found)
      cli::print(f.where.file + ":" + std::to_string(f.where.line) + ": " + f.kind + ": " + f.what + ": " + f.message +
                 "\n" + (f.hint.empty() ? "" : "  mend: " + f.hint + "\n"));
    if (found.empty()) cli::note("nothing to mend in " + std::to_string(law.index().rule_count()) + " rules");
  }
  return found.empty() ? Exit::ok : Exit::no;
}

}  // namespace

cli::VerbSpec lint_verb() {
  return {"lint", "law that is legal and cannot be meant: 0, or 1 with each finding",
          {{"WHAT", "a commit, or a folder with a MANIFEST.xml; HEAD when left out", false}}, {},
          {{"tk law lint", "before a review, or in CI"}}, help::k_lint, run,
          "[{kind: text, what: text, file: text, line: int, message: text, mend: text}]"};
}

}  // namespace tk::tools::law_tool
