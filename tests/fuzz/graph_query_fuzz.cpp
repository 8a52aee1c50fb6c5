// A path through the graph as a person writes it, and the file of a graph: untrusted both.
#include "core/workspace/graph_query.hpp"
#include "tests/fuzz/fuzz.hpp"

using namespace tk;

TK_FUZZ(graph_query) {
  auto query = workspace::parse_path(bytes);
  if (query) {
    TK_PROMISE(query->patterns.size() == query->steps.size() + 1);
    for (const auto& step : query->steps) TK_PROMISE(step.outward || step.inward);
  } else {
    TK_PROMISE(query.error().code == Code::ws_query && query.error().where.line >= 1 && query.error().where.column >= 1);
  }
  auto graph = workspace::Graph::read(bytes);
  if (!graph) return;
  for (std::uint32_t n = 0; n < graph->size(); ++n)
    for (auto edges : {graph->out(n), graph->in(n)})
      for (const auto& e : edges) TK_PROMISE(e.node < graph->size() && graph->relation(e.relation).size() <= bytes.size());
  if (query) (void)workspace::run_path(*graph, *query);
  if (graph->size()) (void)workspace::impact_of(*graph, 0);
}
