#include <algorithm>

#include "core/base/text.hpp"
#include "core/cli/output.hpp"
#include "core/json/json.hpp"
#include "core/record/definition.hpp"
#include "core/record/entity_types.hpp"
#include "help/repo.hpp"
#include "tools/repo/verbs.hpp"
#include "tools/session/values.hpp"

namespace tk::tools::repo_tool {
namespace {

using record::EntityType;

std::string home_of(const EntityType& type) { return type.home == EntityType::Home::git ? "git" : "journal"; }

// How one of them is made, with what it needs.
std::string example_of(const EntityType& type) {
  auto out = "tk repo new " + std::string(type.name) + " NAME";
  if (type.home == EntityType::Home::journal) return {};
  for (const auto& a : type.attributes)
    if (a.required) {
      auto value = std::string(a.example);
      bool plain = value.find_first_of(" *$") == value.npos;
      out += " " + std::string(a.name) + "=" + (plain ? value : "'" + value + "'");
    }
  return out;
}

struct States {
  std::string initial;
  Value::List states, transitions;
  std::vector<std::string> names, moves;
};

Result<States> states_of(record::Definitions& definitions, const EntityType& type) {
  TK_TRY(auto definition, definitions.current(std::string(type.name)));
  States out;
  out.initial = definition->initial;
  for (const auto& s : definition->states) out.names.push_back(s.name), out.states.emplace_back(s.name);
  for (const auto& t : definition->transitions) {
    Value::List from;
    for (const auto& f : t.from) from.emplace_back(f);
    out.moves.push_back(text::join(t.from, "|") + " -" + t.event + "-> " + (t.to == "=" ? "the same" : t.to));
    out.transitions.push_back(Value::Map{{"event", t.event}, {"from", std::move(from)}, {"to", t.to}});
  }
  return out;
}

std::string kind_text(const record::AttributeType& a) { return a.required ? std::string(a.kind) + ", needed" : std::string(a.kind); }

void print_one(const EntityType& type) {
  std::vector<std::vector<std::string>> rows;
  for (const auto& a : type.attributes) rows.push_back({std::string(a.name), kind_text(a), std::string(a.help)});
  for (const auto& c : type.children) {
    rows.push_back({"<" + std::string(c.name) + ">", "element", std::string(c.help)});
    for (const auto& a : c.attributes) rows.push_back({"  " + std::string(a.name), kind_text(a), std::string(a.help)});
  }
  cli::print(std::string(type.name) + ": " + std::string(type.help) + "\n");
  if (!type.unix_effect.empty()) cli::print("On Unix: " + std::string(type.unix_effect) + "\n");
  if (!rows.empty()) cli::print(cli::table(rows));
  if (auto example = example_of(type); !example.empty()) cli::print("\n  " + example + "\n");
}

Result<Exit> run(const cli::Args& args) {
  auto word = args.get("TYPE");
  const auto* only = word.empty() ? nullptr : record::find_entity_type(word);
  if (!word.empty() && !only) {
    std::vector<std::string> names;
    for (const auto& t : record::entity_type_table()) names.emplace_back(t.name);
    auto near = text::nearest(word, names);
    return fail(Code::cli_usage, "no entity type " + text::printable(word), near.empty() ? "tk repo types shows them" : "did you mean " + near + "?");
  }
  record::Definitions definitions(".");
  Value::List list;
  std::vector<std::vector<std::string>> rows;
  for (const auto& type : record::entity_type_table()) {
    if (only && &type != only) continue;
    Value::Map out{{"name", std::string(type.name)}, {"home", home_of(type)}, {"help", std::string(type.help)}, {"unix", std::string(type.unix_effect)}};
    if (args.has("states") || args.json()) {
      TK_TRY(auto states, states_of(definitions, type));
      rows.push_back({std::string(type.name), states.initial, text::join(states.names, " "), text::join(states.moves, ", ")});
      out.emplace("initial", states.initial);
      out.emplace("states", std::move(states.states));
      out.emplace("transitions", std::move(states.transitions));
    } else {
      rows.push_back({std::string(type.name), home_of(type), std::string(type.help), std::string(type.unix_effect)});
    }
    list.emplace_back(std::move(out));
  }
  if (args.json()) cli::print(json::pretty(list) + "\n");
  else if (only && !args.has("states")) print_one(*only);
  else cli::print(cli::table(rows));
  return Exit::ok;
}

}  // namespace

cli::VerbSpec types_verb() {
  return {"types", "the types of entities: what each is, holds and may become", {{"TYPE", "only this one, with all that it may hold", false}},
          {{"states", "", "the state machine of each"}},
          {{"tk repo types", "all of them"},
           {"tk repo types agent", "what an agent may hold, and how one is made"},
           {"tk repo types --states task", "what a task may become"}},
          help::k_types, run,
          "[{name: text, home: text, help: text, unix: text, initial: text, states: [text], transitions: [{event: text, from: [text], to: text}]}]", values};
}

}  // namespace tk::tools::repo_tool
