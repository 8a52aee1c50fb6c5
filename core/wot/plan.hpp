// A workflow that was checked: every edge typed, every agent found, every feedback edge aimed. What
// is wrong is said with file:line:col before anything runs.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "core/law/ref.hpp"
#include "core/wot/graph.hpp"

namespace tk::wot {

struct Unit {  // one agent of a step
  law::Ref agent;
  std::shared_ptr<const agent::Template> agent_template;
};

struct PlannedStep {
  const Step* step = nullptr;
  std::vector<Unit> units;        // empty for a cast
  std::vector<std::size_t> before;  // predecessors
  std::map<std::string, json::Type> gives;  // its outputs, before `will`
  std::size_t feedback_to = 0;
  std::vector<std::size_t> loop;  // the steps that a feedback round runs again, in order
};

struct Plan {
  std::shared_ptr<const Graph> graph;
  std::vector<PlannedStep> steps;  // in an order in which every step stands behind its predecessors
  Value pins;                      // hashes of the workflow and of every template
};

// Finds an agent by the word in the file: its full reference and its template's name.
struct FoundAgent {
  law::Ref ref;
  std::string template_name;
};
using FindAgent = std::function<Result<FoundAgent>(const std::string& word)>;

Result<Plan> make_plan(Graph graph, const FindAgent& find_agent, const std::string& workspace_root);

std::string mermaid(const Plan& plan);

}  // namespace tk::wot
