// A workflow as it is written: wots/<name>.toml, first form. Steps stand in the order of the builder
// calls; `after` defaults to the step before. when, use and goto are refused, never ignored.
//
//   wot = "code-review"            will = "what it is for"        version = 1
//   [input] diff = "text"          [[step]] agent = "analyst"     will = { findings = "findings" }
//   [[step]] cast = "human_review" prompt, timeout, on_timeout    [[step]] parallel = ["a", "b"]
//   feedback = { map = { feedback = "summary" }, max_iterations = 3, threshold = 0.05, metric = "score" }
//   [output]                        empty: the last step's object
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "core/agent/template.hpp"

namespace tk::wot {

struct Feedback {
  std::map<std::string, std::string> map;  // this step's output → the earlier step's input
  std::int64_t max_iterations = 1;
  double threshold = 0;
  std::string metric;  // output field that is compared; empty = the fed-back fields
  std::string to;      // the earlier step; empty = the nearest that takes the input
  Where where;
};

enum class OnTimeout { fail, approve, reject };

struct Step {
  std::string name;
  std::vector<std::string> agents;  // one, or those of `parallel`; empty for a cast
  std::string cast, prompt, objective;
  std::int64_t timeout_ns = 0;
  OnTimeout on_timeout = OnTimeout::fail;
  std::optional<std::map<std::string, std::string>> will;  // own output → name for the next step
  std::vector<std::string> after;
  bool has_after = false;
  std::optional<Feedback> feedback;
  Where where;
  bool is_cast() const { return !cast.empty(); }
};

struct Graph {
  std::string name, will, file, text, context;
  std::int64_t version = 1;
  agent::Ports input, output;
  std::vector<Step> steps;
};

Result<Graph> parse_graph(std::string_view text, const std::string& file,
                          const std::string& workspace_root);

}  // namespace tk::wot
