#include "tools/repo/as_of.hpp"

namespace tk::tools::repo_tool {

Result<AsOf> AsOf::open(const cli::Args& args) {
  AsOf out;
  TK_TRY(out.workspace, workspace::Workspace::find());
  TK_TRY(out.repository, git::Repository::open(out.workspace.root()));
  if (auto at = args.get("at"); !at.empty()) {
    TK_TRY(out.commit, out.repository.resolve(at));
    return out;
  }
  TK_TRY(out.commit, out.repository.head_commit());
  if (out.commit.empty()) return fail(Code::ws_no_commit, "the workspace has no commit yet", "git add -A && git commit");
  return out;
}

Value::List way_json(const workspace::Graph& graph, const std::vector<workspace::Hop>& way) {
  Value::List out;
  for (const auto& hop : way) {
    Value::Map one{{"ref", graph.node(hop.node).str()}};
    if (!hop.relation.empty()) one.emplace("relation", hop.relation), one.emplace("direction", hop.outward ? "out" : "in");
    out.emplace_back(std::move(one));
  }
  return out;
}

std::string way_text(const workspace::Graph& graph, const std::vector<workspace::Hop>& way) {
  std::string out;
  for (const auto& hop : way) {
    auto relation = std::string(hop.relation);
    if (!relation.empty()) out += hop.outward ? " -[" + relation + "]-> " : " <-[" + relation + "]- ";
    out += graph.node(hop.node).str();
  }
  return out;
}

}  // namespace tk::tools::repo_tool
