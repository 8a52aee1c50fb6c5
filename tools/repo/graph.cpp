#include <deque>
#include <set>

#include "core/cli/output.hpp"
#include "core/json/json.hpp"
#include "help/repo.hpp"
#include "tools/repo/as_of.hpp"
#include "tools/session/values.hpp"

namespace tk::tools::repo_tool {
namespace {

using namespace workspace;

struct Line {
  std::uint32_t from, to;
  std::string_view relation;
};

// Everything, or what is at most `depth` steps away, whichever way they go.
std::vector<Line> part_of(const Graph& g, std::uint32_t start, bool all, int depth) {
  std::vector<Line> out;
  std::vector<int> distance(g.size(), all ? 0 : -1);
  if (!all) {
    distance[start] = 0;
    std::deque<std::uint32_t> open{start};
    for (; !open.empty(); open.pop_front()) {
      auto n = open.front();
      if (distance[n] == depth) continue;
      for (auto edges : {g.out(n), g.in(n)})
        for (const auto& e : edges)
          if (distance[e.node] < 0) distance[e.node] = distance[n] + 1, open.push_back(e.node);
    }
  }
  for (std::uint32_t n = 0; n < g.size(); ++n) {
    if (distance[n] < 0) continue;
    for (const auto& e : g.out(n))
      if (distance[e.node] >= 0 && (all || distance[n] < depth || distance[e.node] < depth)) out.push_back({n, e.node, g.relation(e.relation)});
  }
  return out;
}

// What stands in quotes in both languages: names have no quotes, but a reference that leads nowhere may.
std::string quoted(std::string_view text) {
  std::string out = "\"";
  for (char c : text) {
    if (c == '"' || c == '\\') out += '\'';
    else if (static_cast<unsigned char>(c) >= 0x20) out += c;
  }
  return out + "\"";
}

std::set<std::uint32_t> nodes_of(const std::vector<Line>& lines) {
  std::set<std::uint32_t> out;
  for (const auto& l : lines) out.insert({l.from, l.to});
  return out;
}

std::string dot(const Graph& g, const std::vector<Line>& lines) {
  std::string out = "digraph workspace {\n  rankdir=LR;\n  node [shape=box];\n";
  for (auto n : nodes_of(lines)) {
    auto node = g.node(n);
    const char* style = node.kind == Graph::Kind::missing ? " style=dashed color=red" : node.kind == Graph::Kind::pattern ? " shape=ellipse" : "";
    out += "  n" + std::to_string(n) + " [label=" + quoted(node.str()) + style + "];\n";
  }
  for (const auto& l : lines) out += "  n" + std::to_string(l.from) + " -> n" + std::to_string(l.to) + " [label=" + quoted(l.relation) + "];\n";
  return out + "}\n";
}

std::string mermaid(const Graph& g, const std::vector<Line>& lines) {
  std::string out = "flowchart LR\n";
  for (auto n : nodes_of(lines)) {
    auto node = g.node(n);
    bool pattern = node.kind == Graph::Kind::pattern;
    out += "  n" + std::to_string(n) + (pattern ? "([" : "[") + quoted(node.str()) + (pattern ? "])" : "]") + "\n";
  }
  for (const auto& l : lines) out += "  n" + std::to_string(l.from) + " -- " + quoted(l.relation) + " --> n" + std::to_string(l.to) + "\n";
  return out;
}

Result<Exit> run(const cli::Args& args) {
  auto depth_word = args.get("depth", "1");
  if (depth_word.size() != 1 || depth_word[0] < '1' || depth_word[0] > '9')
    return fail(Code::cli_usage, "--depth takes 1 to 9, not \"" + depth_word + "\"", "--depth 2");
  if (args.has("dot") + args.has("mermaid") + args.json() > 1) return fail(Code::cli_usage, "one form at a time", "--dot, --mermaid or --json");
  TK_TRY(auto as_of, AsOf::open(args));
  TK_TRY(auto graph, as_of.graph());
  std::uint32_t start = 0;
  bool all = args.get("REF").empty();
  if (!all) {
    TK_TRY(start, graph.find(args.get("REF")));
  }
  auto lines = part_of(graph, start, all, depth_word[0] - '0');
  if (args.has("dot")) return cli::print(dot(graph, lines)), Exit::ok;
  if (args.has("mermaid")) return cli::print(mermaid(graph, lines)), Exit::ok;
  if (args.json()) {
    Value::List list;
    for (const auto& l : lines) list.push_back(Value::Map{{"from", graph.node(l.from).str()}, {"relation", l.relation}, {"to", graph.node(l.to).str()}});
    cli::print(json::pretty(Value::Map{{"commit", graph.commit()}, {"edges", std::move(list)}}) + "\n");
    return Exit::ok;
  }
  cli::page();
  for (const auto& l : lines) cli::print(graph.node(l.from).str() + " -[" + std::string(l.relation) + "]-> " + graph.node(l.to).str() + "\n");
  return Exit::ok;
}

}  // namespace

cli::VerbSpec graph_verb() {
  return {"graph", "the relations of an entity, or all there are",
          {{"REF", "user:alice; everything when left out", false}},
          {{"depth", "N", "so many steps around it, 1 to 9 (default: 1)"}, {"dot", "", "for Graphviz"}, {"mermaid", "", "for Mermaid"}, kAtOption},
          {{"tk repo graph user:alice", "what she refers to and what refers to her"},
           {"tk repo graph role:reader --depth 2 --dot | dot -Tsvg > reader.svg", "a drawing of what is around a role"}},
          help::k_graph, run, "{commit: text, edges: [{from: text, relation: text, to: text}]}", values};
}

}  // namespace tk::tools::repo_tool
