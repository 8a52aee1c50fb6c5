#include "core/cli/output.hpp"
#include "core/json/json.hpp"
#include "help/repo.hpp"
#include "tools/repo/as_of.hpp"
#include "tools/session/values.hpp"

namespace tk::tools::repo_tool {
namespace {

using namespace workspace;

// Those for which the condition holds; what is referred to but not declared has no attributes to ask for.
Result<std::vector<Found>> keep_where(const AsOf& as_of, const Graph& graph, std::vector<Found> found, const std::string& where) {
  TK_TRY(auto condition, EntityCondition::compile(where));
  TK_TRY(auto index, as_of.index());
  std::vector<Found> out;
  for (auto& f : found) {
    auto node = graph.node(f.node);
    bool holds = false;
    law::Ref ref{std::string(node.type), std::string(node.context), std::string(node.name)};
    TK_CHECK(index.find(ref, [&](const Entity& e, const std::string& file) -> Result<void> {
      TK_TRY(holds, condition.holds(graph, f.node, e, file));
      return {};
    }));
    if (holds) out.push_back(std::move(f));
  }
  return out;
}

Result<Exit> run(const cli::Args& args) {
  auto path = args.get("EXPR", "*");
  TK_TRY(auto query, parse_path(path));
  TK_TRY(auto as_of, AsOf::open(args));
  TK_TRY(auto graph, as_of.graph());
  TK_TRY(auto found, run_path(graph, query));
  if (args.has("where")) {
    TK_TRY(found, keep_where(as_of, graph, std::move(found), args.get("where")));
  }
  if (args.json()) {
    Value::List list;
    for (const auto& f : found) {
      auto node = graph.node(f.node);
      list.push_back(Value::Map{{"ref", node.str()}, {"type", node.type}, {"state", node.state},
                                {"declared", node.kind == Graph::Kind::entity}, {"path", way_json(graph, f.way)}});
    }
    cli::print(json::pretty(list) + "\n");
  } else {
    cli::page();
    for (const auto& f : found) cli::print((query.steps.empty() ? graph.node(f.node).str() : way_text(graph, f.way)) + "\n");
  }
  return found.empty() ? Exit::no : Exit::ok;
}

}  // namespace

cli::VerbSpec query_verb() {
  return {"query", "entities by pattern, by the way that leads to them, and by a condition",
          {{"EXPR", "patterns with steps between them: agent:* ->* user:alice; everything when left out", false}},
          {{"where", "CEL", "only those for which this holds: entity.state == \"active\""}, kAtOption},
          {{"tk repo query 'user:acme.**/*'", "the users of a galaxy"},
           {"tk repo query 'user:alice <-[member]-* group:*'", "her groups, and the groups of those"},
           {"tk repo query 'agent:*' --where 'entity.sponsor == \"user:alice\"'", "the agents that she answers for"}},
          help::k_query, run,
          "[{ref: text, type: text, state: text, declared: bool, path: [{ref: text, relation?: text, direction?: 'out'|'in'}]}]", values};
}

}  // namespace tk::tools::repo_tool
