#include "core/cli/output.hpp"
#include "core/json/json.hpp"
#include "help/repo.hpp"
#include "tools/repo/as_of.hpp"
#include "tools/session/values.hpp"

namespace tk::tools::repo_tool {
namespace {

using namespace workspace;

Result<Exit> run(const cli::Args& args) {
  TK_TRY(auto as_of, AsOf::open(args));
  TK_TRY(auto graph, as_of.graph());
  TK_TRY(auto node, graph.find(args.get("REF")));
  auto all = impact_of(graph, node);
  if (args.json()) {
    Value::List breaks, loses;
    for (const auto& i : all)
      (i.breaks ? breaks : loses)
          .push_back(Value::Map{{"ref", graph.node(i.node).str()}, {"direct", i.way.size() == 2}, {"path", way_json(graph, i.way)}});
    cli::print(json::pretty(Value::Map{{"ref", graph.node(node).str()}, {"breaks", std::move(breaks)}, {"loses", std::move(loses)}}) + "\n");
  } else {
    cli::page();
    for (const auto& i : all) cli::print(std::string(i.breaks ? "breaks  " : "loses   ") + way_text(graph, i.way) + "\n");
    if (all.empty()) cli::note("nothing refers to " + graph.node(node).str());
  }
  return Exit::ok;
}

}  // namespace

cli::VerbSpec impact_verb() {
  return {"impact", "what breaks when an entity is removed, and by what way",
          {{"REF", "user:alice, group:acme/ops, space:acme.web/api …"}}, {kAtOption},
          {{"tk repo impact user:alice", "agents that she answers for, groups that list her …"}},
          help::k_impact, run,
          "{ref: text, breaks: [{ref: text, direct: bool, path: [{ref: text, relation?: text, direction?: 'out'|'in'}]}], "
          "loses: [{ref: text, direct: bool, path: [{ref: text, relation?: text, direction?: 'out'|'in'}]}]}", values};
}

}  // namespace tk::tools::repo_tool
