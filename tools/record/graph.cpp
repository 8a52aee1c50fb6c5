#include "core/record/graph.hpp"

#include "core/cli/output.hpp"
#include "core/json/json.hpp"
#include "help/record.hpp"
#include "tools/record/definitions.hpp"
#include "tools/session/values.hpp"

namespace tk::tools::record_tool {
namespace {

Result<Exit> run_graph(const cli::Args& args) {
  TK_TRY(auto s, Session::open_to_read());
  TK_TRY(auto def, definition_of(*s, args.get("WHAT")));
  auto format = args.get("format", "mermaid");
  auto drawn = format == "dot" ? record::dot(*def) : format == "xstate" ? record::xstate(*def) : record::mermaid(*def);
  cli::print(args.json() ? json::pretty(Value::Map{{"format", format}, {"graph", drawn}}) + "\n" : drawn);
  return Exit::ok;
}

}  // namespace

cli::VerbSpec graph_verb() {
  return {"graph", "draw a definition", {{"WHAT", "a type, a file or a record"}},
          {{"format", "FORMAT", "how (default mermaid)", {"dot", "mermaid", "xstate"}}},
          {{"tk record graph ticket", "Mermaid, for a README"},
           {"tk record graph ticket --format dot | dot -Tsvg > ticket.svg", "with Graphviz"}},
          help::k_graph, run_graph, "{format: text, graph: text}", values};
}

}  // namespace tk::tools::record_tool
