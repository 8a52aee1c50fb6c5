#include "core/base/text.hpp"
#include "core/cli/output.hpp"
#include "core/crypto/digest.hpp"
#include "core/json/json.hpp"
#include "help/repo.hpp"
#include "tools/repo/verbs.hpp"

namespace tk::tools::repo_tool {
namespace {

Result<Exit> run(const cli::Args& args) {
  TK_TRY(auto ws, workspace::Workspace::find());
  TK_TRY(auto sources, workspace::working_sources(ws.root()));
  auto declared = workspace::read_declarations(sources);
  if (declared.problems.empty())
    if (auto compiled = law::compile(declared.model, crypto::sha256_hex); !compiled)
      declared.problems.push_back(compiled.error());
  if (args.json()) {
    Value::List list;
    for (const auto& p : declared.problems)
      list.push_back(Value::Map{{"code", info(p.code).text}, {"file", p.where.file}, {"line", p.where.line},
                                {"column", p.where.column}, {"message", p.message}, {"mend", p.hint}});
    cli::print(json::pretty(Value::Map{{"valid", declared.problems.empty()}, {"problems", list},
                                       {"entities", static_cast<std::int64_t>(declared.model.entities.size())}}) + "\n");
  } else if (declared.problems.empty()) {
    cli::print("valid: " + std::to_string(declared.model.entities.size()) + " entities in " +
               text::count(sources.size(), "file") + "\n");
  } else {
    for (const auto& p : declared.problems)
      cli::print(tk::describe(p) + " [" + std::string(info(p.code).text) + "]\n" +
                 (p.hint.empty() ? "" : "  mend: " + p.hint + "\n"));
  }
  return declared.problems.empty() ? Exit::ok : Exit::usage;
}

}  // namespace

cli::VerbSpec validate_verb() {
  return {"validate", "check every entity of the working tree: 0, or 2 with each problem", {}, {},
          {{"tk repo validate", "before you commit by hand, or in CI"}}, help::k_validate, run,
          "{valid: bool, entities: int, problems: [{code: text, file: text, line: int, column: int, message: text, mend: text}]}"};
}

}  // namespace tk::tools::repo_tool
