#include "core/base/text.hpp"
#include "core/cli/output.hpp"
#include "core/json/json.hpp"
#include "core/os/file.hpp"
#include "core/workspace/grammar.hpp"
#include "core/workspace/working_tree.hpp"
#include "help/repo.hpp"
#include "tools/repo/verbs.hpp"

namespace tk::tools::repo_tool {
namespace {

// Files given by their paths, each alone by grammar.
Result<workspace::Verdict> judge_alone(const std::vector<std::string>& paths) {
  workspace::Verdict out;
  for (const auto& path : paths) {
    TK_TRY(auto content, os::read_file(path, 4u << 20));
    auto judged = workspace::judge(content, path);
    ++out.files;
    out.entities += judged.entities;
    for (auto& p : judged.problems) out.problems.push_back(std::move(p));
  }
  return out;
}

Result<Exit> run(const cli::Args& args) {
  workspace::Verdict verdict;
  if (const auto& files = args.all("FILE"); !files.empty()) {
    TK_TRY(verdict, judge_alone(files));
  } else {
    TK_TRY(auto ws, workspace::Workspace::find());
    TK_TRY(verdict, workspace::judge_working_tree(ws, args.has("anew")));
  }
  bool valid = verdict.problems.empty();
  if (args.json()) {
    Value::List list;
    for (const auto& p : verdict.problems) list.push_back(problem_value(p));
    cli::print(json::pretty(Value::Map{{"valid", valid}, {"problems", list}, {"entities", static_cast<std::int64_t>(verdict.entities)},
                                       {"files", static_cast<std::int64_t>(verdict.files)}, {"kept", verdict.kept}}) + "\n");
  } else if (valid) {
    cli::print("valid: " + std::to_string(verdict.entities) + " entities in " + text::count(verdict.files, "file") + "\n");
  } else {
    for (const auto& p : verdict.problems) print_problem(p);
  }
  return valid ? Exit::ok : Exit::usage;
}

}  // namespace

Value problem_value(const Error& p) {
  return Value::Map{{"code", info(p.code).text}, {"file", p.where.file}, {"line", p.where.line},
                    {"column", p.where.column}, {"message", p.message}, {"mend", p.hint}};
}

void print_problem(const Error& p) {
  cli::print(tk::describe(p) + " [" + std::string(info(p.code).text) + "]\n" + (p.hint.empty() ? "" : "  mend: " + p.hint + "\n"));
}

cli::VerbSpec validate_verb() {
  return {"validate", "check every entity of the working tree: 0, or 2 with each problem",
          {{"FILE", "only this file, by grammar alone, wherever it lies", false, true}},
          {{"anew", "", "read every file, though nothing changed since it was valid"}},
          {{"tk repo validate", "before you commit by hand, or in CI"}, {"tk repo validate alice.xml", "a file that is in no workspace yet"}},
          help::k_validate, run,
          "{valid: bool, entities: int, files: int, kept: bool, problems: [{code: text, file: text, line: int, column: int, message: text, mend: text}]}"};
}

}  // namespace tk::tools::repo_tool
