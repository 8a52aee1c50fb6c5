#include "core/record/lint.hpp"

#include <algorithm>

#include "core/base/text.hpp"
#include "core/cli/output.hpp"
#include "core/json/json.hpp"
#include "help/record.hpp"
#include "tools/record/definitions.hpp"
#include "tools/session/values.hpp"

namespace tk::tools::record_tool {
namespace {

using record::Finding;

bool permitted(const law::Index& index, std::string_view action) {
  for (const auto& rule : index.entities("rule")) {
    auto effect = index.attribute(rule, "effect"), actions = index.attribute(rule, "actions");
    if (!effect || !actions || *effect != "permit" || !rule.active()) continue;
    std::string words(*actions);
    for (auto& c : words)
      if (c == ',') c = ' ';
    for (auto word : text::split(words, ' '))
      if (!word.empty() && law::action_matches(word, action)) return true;
  }
  return false;
}

// An action that law does not know, or that no rule lets anybody do. Driven types ask for what is tk's own.
void check_law(const Session& s, const record::Definition& d, std::vector<Finding>& out) {
  if (record::is_entity_type(d.type) || record::is_driven_type(d.type)) return;
  const auto& index = s.law.index();
  std::vector<std::pair<std::string, Where>> actions = {{d.create_action, {d.states.front().where.file, 1, 1}}};
  for (const auto& t : d.transitions) actions.emplace_back(t.action, t.where);
  std::vector<std::string> seen;
  for (const auto& [action, where] : actions) {
    if (std::find(seen.begin(), seen.end(), action) != seen.end()) continue;
    seen.push_back(action);
    if (!index.known_action(action))
      out.push_back({"no-action", where, "law does not know the action " + action,
                     "commit the definition: law decides on HEAD"});
    else if (!permitted(index, action))
      out.push_back({"no-rule", where, "no rule permits " + action + ", so nobody can",
                     "add one: tk repo new rule NAME effect=permit role=… actions=" + action + " resource='" + d.type + ":**'"});
  }
}

Result<Exit> run_lint(const cli::Args& args) {
  TK_TRY(auto s, Session::open_to_read());
  auto words = args.all("WHAT").empty() ? own_types(*s) : args.all("WHAT");
  std::vector<Finding> found;
  for (const auto& word : words) {
    TK_TRY(auto def, definition_of(*s, word));
    auto here = record::lint(*def);
    check_law(*s, *def, here);
    found.insert(found.end(), here.begin(), here.end());
  }
  if (args.json()) {
    Value::List list;
    for (const auto& f : found)
      list.push_back(Value::Map{{"kind", f.kind}, {"file", f.where.file}, {"line", f.where.line},
                                {"column", f.where.column}, {"message", f.message}, {"hint", f.hint}});
    cli::print(json::pretty(Value::Map{{"definitions", static_cast<std::int64_t>(words.size())}, {"findings", list}}) + "\n");
    return found.empty() ? Exit::ok : Exit::no;
  }
  for (const auto& f : found)
    cli::print(f.where.file + ":" + std::to_string(f.where.line) + ":" + std::to_string(f.where.column) + ": " + f.kind +
               ": " + f.message + "\n" + (f.hint.empty() ? "" : "  mend: " + f.hint + "\n"));
  cli::print(text::count(words.size(), "definition") + ", " + text::count(found.size(), "finding") + "\n");
  return found.empty() ? Exit::ok : Exit::no;
}

}  // namespace

cli::VerbSpec lint_verb() {
  return {"lint", "what a definition says but hardly means: 0 nothing, 1 findings",
          {{"WHAT", "a type, a file or a record; all of records/ when left out", false, true}}, {},
          {{"tk record lint", "every definition of the workspace"},
           {"tk record lint records/ticket.toml", "one that is not committed yet"}},
          help::k_lint, run_lint,
          "{definitions: int, findings: [{kind: text, file: text, line: int, column: int, message: text, hint: text}]}",
          values};
}

}  // namespace tk::tools::record_tool
