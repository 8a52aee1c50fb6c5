// Questions to the graph. A path: patterns with steps between them, as `user:alice <-[member]-* group:*`:
//
//   path    = pattern { step pattern }           words with spaces between them
//   pattern = type:context/name with * and **, or a bare * for everything
//   step    = ( "->" | "<-" | "--" | "-[r,s]->" | "<-[r,s]-" | "-[r,s]-" ) [ "*" ]
//
// "->" follows what an entity refers to, "<-" what refers to it, "--" both; in brackets only by these relations; a star:
// one step or more. A reference that is a pattern leads to all that fits it. Of each end one shortest way is told.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "core/expr/program.hpp"
#include "core/workspace/graph.hpp"

namespace tk::workspace {

struct PathQuery {
  struct Step {
    bool outward = true, inward = false, many = false;
    std::vector<std::string> relations;  // none: every one
  };
  std::vector<std::string> patterns;  // one more than steps
  std::vector<Step> steps;
};
// Errors are ws_query with the place in the text.
Result<PathQuery> parse_path(std::string_view text);

struct Hop {
  std::uint32_t node = 0;
  std::string_view relation;  // by which it was reached; empty where the way begins
  bool outward = true;
};
struct Found {
  std::uint32_t node = 0;
  std::vector<Hop> way;
};
// Fails when a relation does not exist: it names the nearest.
Result<std::vector<Found>> run_path(const Graph& graph, const PathQuery& query);

struct Impact {
  std::uint32_t node = 0;
  bool breaks = false;    // it is not valid without it; else its list loses an entry
  std::vector<Hop> way;   // from what is removed
};
// What comes of removing an entity: what refers to it, and what refers to that where that breaks.
std::vector<Impact> impact_of(const Graph& graph, std::uint32_t removed);

// A condition in CEL over `entity`: type, context, name, ref, id, state, file; each attribute (- is _ there), each
// <attr>, each relation as a list of references, and what refers to it as by_RELATION.
class EntityCondition {
 public:
  static Result<EntityCondition> compile(const std::string& text);
  // An attribute that is not there makes it false; what is wrong otherwise is an error.
  Result<bool> holds(const Graph& graph, std::uint32_t node, const Entity& entity, const std::string& file);

 private:
  expr::Program program_;
  expr::Scratch scratch_;
};

}  // namespace tk::workspace
