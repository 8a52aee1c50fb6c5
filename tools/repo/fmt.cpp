#include "core/base/text.hpp"
#include "core/cli/output.hpp"
#include "core/json/json.hpp"
#include "core/os/file.hpp"
#include "core/workspace/grammar.hpp"
#include "core/workspace/layout.hpp"
#include "core/workspace/working_tree.hpp"
#include "help/repo.hpp"
#include "tools/repo/verbs.hpp"

namespace tk::tools::repo_tool {
namespace {

struct Target {
  std::string path, shown;
  unsigned mode = 0644;
};

struct Outcome {
  std::vector<std::string> changed;
  std::size_t same = 0;
  std::vector<Error> invalid;
};

// What is to be laid out; a link is not followed, as the file would take its place.
Result<std::vector<Target>> targets(const cli::Args& args, Outcome& out) {
  std::vector<Target> list;
  for (const auto& file : args.all("FILE")) {
    TK_TRY(auto there, os::read_tree("", os::absolute(file).substr(1)));
    if (there.empty()) return fail(Code::os_not_found, "no file " + text::printable(file), "look at its name");
    if (there.front().kind == os::TreeEntry::Kind::file) list.push_back({file, file, there.front().mode});
    else out.invalid.push_back(Error{Code::ws_entity_invalid, "this is no file", {file, 0, 0}, "name the file itself", nullptr});
  }
  if (!args.all("FILE").empty()) return list;
  TK_TRY(auto ws, workspace::Workspace::find());
  TK_TRY(auto tree, workspace::look_at_working_tree(ws.root()));
  out.invalid = std::move(tree.problems);
  for (const auto& f : tree.files)
    if (f.path.ends_with(".xml")) list.push_back({ws.path(f.path), f.path, f.mode});
  return list;
}

Result<void> one(const Target& target, bool ids, bool check, Outcome& out) {
  TK_TRY(auto content, os::read_file(target.path, 4u << 20));
  auto judged = workspace::judge(content, target.shown);
  if (!judged.problems.empty()) {
    for (auto& p : judged.problems) out.invalid.push_back(std::move(p));
    return {};
  }
  TK_TRY(auto now, workspace::lay_out(content, target.shown, ids));
  if (now == content) return ++out.same, Result<void>{};
  out.changed.push_back(target.shown);
  return check ? Result<void>{} : os::write_atomic(target.path, now, target.mode);
}

Result<Exit> run(const cli::Args& args) {
  Outcome out;
  TK_TRY(auto list, targets(args, out));
  bool check = args.has("check");
  for (const auto& target : list) TK_CHECK(one(target, args.has("ids"), check, out));
  if (args.json()) {
    Value::List changed, invalid;
    for (const auto& path : out.changed) changed.emplace_back(path);
    for (const auto& p : out.invalid) invalid.push_back(problem_value(p));
    Value::Map all{{"changed", std::move(changed)}, {"same", static_cast<std::int64_t>(out.same)}, {"invalid", std::move(invalid)}};
    cli::print(json::pretty(std::move(all)) + "\n");
  } else {
    for (const auto& path : out.changed) cli::print(path + "\n");
    for (const auto& p : out.invalid) print_problem(p);
  }
  if (!out.invalid.empty()) return Exit::usage;
  return check && !out.changed.empty() ? Exit::no : Exit::ok;
}

}  // namespace

cli::VerbSpec fmt_verb() {
  return {"fmt", "write entity files in one layout", {{"FILE", "only this file, wherever it lies", false, true}},
          {{"check", "", "write nothing; exit 1 when something would be written"}, {"ids", "", "give an id to each entity that has none"}},
          {{"tk repo fmt", "the whole working tree; the paths of what changed are printed"},
           {"tk repo fmt --check", "in CI"},
           {"tk repo fmt --ids galaxies/acme/users/alice.xml", "one file, with an id where it lacks one"}},
          help::k_fmt, run,
          "{changed: [text], same: int, invalid: [{code: text, file: text, line: int, column: int, message: text, mend: text}]}"};
}

}  // namespace tk::tools::repo_tool
