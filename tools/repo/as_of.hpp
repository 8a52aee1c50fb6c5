// The commit that a question is about: HEAD, or what --at names.
#pragma once

#include "core/cli/spec.hpp"
#include "core/workspace/graph_query.hpp"

namespace tk::tools::repo_tool {

struct AsOf {
  workspace::Workspace workspace;
  git::Repository repository;
  std::string commit;
  static Result<AsOf> open(const cli::Args& args);
  Result<workspace::Graph> graph() const { return workspace::Graph::open(workspace, repository, commit); }
  Result<workspace::EntityIndex> index() const { return workspace::index_at(workspace, repository, commit); }
};

inline const cli::Option kAtOption = {"at", "REV", "as of this commit: HEAD~3, a branch, a tag …; HEAD when left out"};

// [{ref, relation, direction}], or in one line.
Value::List way_json(const workspace::Graph& graph, const std::vector<workspace::Hop>& way);
std::string way_text(const workspace::Graph& graph, const std::vector<workspace::Hop>& way);

}  // namespace tk::tools::repo_tool
