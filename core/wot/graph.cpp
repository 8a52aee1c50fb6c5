#include "core/wot/graph.hpp"

#include "core/agent/ports.hpp"
#include "core/base/clock.hpp"
#include "core/law/ref.hpp"

namespace tk::wot {
namespace {

using toml::Node;

tl::unexpected<Error> bad(const Where& where, std::string why, std::string hint = {}) {
  return fail_at(Code::wot_syntax, where, std::move(why), std::move(hint));
}

Result<std::map<std::string, std::string>> read_map(const Node& node, std::string_view key) {
  std::map<std::string, std::string> out;
  if (!node.is_table())
    return bad(node.where, "`" + std::string(key) + "` must be a table { from = \"to\" }");
  for (const auto& [from, to] : node.table) {
    if (!to.value.as_text()) return bad(to.where, "`" + from + "` must name a field");
    out.emplace(from, *to.value.as_text());
  }
  return out;
}

Result<void> refuse_later(const Node& node, std::initializer_list<const char*> keys) {
  for (const char* key : keys)
    if (const auto* n = node.find(key))
      return fail_at(Code::wot_not_yet, n->where, std::string("`") + key + "` is not yet accepted",
                     "it is refused rather than ignored; branches, sub-workflows and jumps come later");
  return {};
}

Result<double> number_of(const Node& node, std::string_view key) {
  double out = 0;
  if (!node.value.number(out)) return bad(node.where, "`" + std::string(key) + "` must be a number");
  return out;
}

Result<Feedback> read_feedback(const Node& node) {
  if (!node.is_table()) return bad(node.where, "`feedback` must be a table");
  TK_CHECK(node.only({"map", "max_iterations", "threshold", "metric", "to"}));
  Feedback f;
  f.where = node.where;
  const auto* map = node.find("map");
  if (!map) return bad(node.where, "feedback needs map = { output = \"input\" }");
  TK_TRY(f.map, read_map(*map, "map"));
  if (f.map.empty()) return bad(map->where, "feedback feeds nothing back");
  if (!node.find("max_iterations"))
    return fail_at(Code::wot_feedback, node.where, "feedback without bound",
                   "add max_iterations = 3");
  TK_TRY(f.max_iterations, node.integer("max_iterations", 1));
  if (f.max_iterations < 1 || f.max_iterations > 1000)
    return fail_at(Code::wot_feedback, node.find("max_iterations")->where,
                   "max_iterations must be between 1 and 1000");
  if (const auto* t = node.find("threshold")) {
    TK_TRY(f.threshold, number_of(*t, "threshold"));
    if (!(f.threshold >= 0)) return bad(t->where, "threshold must not be negative");
  }
  TK_TRY(f.metric, node.text("metric"));
  TK_TRY(f.to, node.text("to"));
  return f;
}

Result<void> read_cast(const Node& node, Step& step) {
  TK_TRY(step.prompt, node.text("prompt"));
  TK_TRY(auto how, node.text("on_timeout", "fail"));
  if (how.starts_with("goto")) return refuse_later(node, {"on_timeout"});
  if (how == "approve") step.on_timeout = OnTimeout::approve;
  else if (how == "reject") step.on_timeout = OnTimeout::reject;
  else if (how != "fail")
    return bad(node.find("on_timeout")->where, "on_timeout must be fail, approve or reject");
  if (step.prompt.empty())
    return bad(node.where, "a cast needs a prompt: what is the human asked?", "prompt = \"…\"");
  if (const auto* objective = node.find("objective"))
    return bad(objective->where, "a cast has a prompt, not an objective");
  return {};
}

Result<Step> read_step(const Node& node) {
  TK_CHECK(refuse_later(node, {"when", "use", "goto"}));
  TK_CHECK(node.only({"name", "agent", "parallel", "cast", "prompt", "timeout", "on_timeout",
                      "will", "after", "feedback", "objective"}));
  Step step;
  step.where = node.where;
  TK_TRY(auto one, node.text("agent"));
  TK_TRY(step.agents, node.texts("parallel"));
  TK_TRY(step.cast, node.text("cast"));
  int kinds = !one.empty() + (node.find("parallel") != nullptr) + !step.cast.empty();
  if (kinds != 1) return bad(node.where, "a step is one of agent, parallel or cast");
  if (!one.empty()) step.agents = {one};
  if (node.find("parallel") && step.agents.size() < 2)
    return bad(node.find("parallel")->where, "parallel needs two agents or more");
  auto fallback = !one.empty() ? one.substr(one.rfind('/') == one.npos ? 0 : one.rfind('/') + 1)
                  : step.is_cast() ? step.cast : "parallel";
  TK_TRY(step.name, node.text("name", fallback));
  if (!law::valid_name(step.name))
    return bad(node.where, "a step's name is letters, digits, _ - . : \"" + step.name + "\"");
  TK_TRY(step.objective, node.text("objective"));
  if (step.is_cast()) {
    TK_CHECK(read_cast(node, step));
  } else {
    for (const char* key : {"prompt", "on_timeout"})
      if (const auto* n = node.find(key)) return bad(n->where, std::string(key) + " belongs to a cast");
  }
  TK_TRY(auto timeout, node.text("timeout"));
  if (!timeout.empty()) {
    auto ns = clock::parse_duration(timeout);
    if (!ns) return bad(node.find("timeout")->where, ns.error().message, ns.error().hint);
    step.timeout_ns = *ns;
  }
  if (const auto* will = node.find("will")) {
    TK_TRY(step.will, read_map(*will, "will"));
  }
  step.has_after = node.find("after") != nullptr;
  TK_TRY(step.after, node.texts("after"));
  if (const auto* feedback = node.find("feedback")) {
    if (step.agents.size() != 1)
      return fail_at(Code::wot_feedback, feedback->where, "feedback belongs to an agent's step");
    TK_TRY(step.feedback, read_feedback(*feedback));
  }
  return step;
}

}  // namespace

Result<Graph> parse_graph(std::string_view text, const std::string& file, const std::string& root) {
  TK_TRY(auto doc, toml::parse(text, file));
  TK_CHECK(doc.only({"wot", "version", "will", "context", "input", "step", "output"}));
  Graph g;
  g.file = file;
  g.text = std::string(text);
  TK_TRY(g.name, doc.required_text("wot"));
  if (!law::valid_name(g.name))
    return bad(doc.find("wot")->where, "a workflow's name is letters, digits, _ - .");
  TK_TRY(g.version, doc.integer("version", 1));
  TK_TRY(g.will, doc.text("will"));
  TK_TRY(g.context, doc.text("context"));
  if (!law::valid_context(g.context)) return bad(doc.find("context")->where, "not a context path");
  TK_TRY(g.input, agent::read_ports(doc.find("input"), root));
  TK_TRY(g.output, agent::read_ports(doc.find("output"), root));
  const auto* steps = doc.find("step");
  if (!steps || !steps->is_array() || steps->array.empty())
    return bad(doc.where, "a workflow needs a [[step]]");
  if (steps->array.size() > 100'000) return bad(steps->where, "more than 100,000 steps");
  for (const auto& node : steps->array) {
    TK_TRY(auto step, read_step(node));
    g.steps.push_back(std::move(step));
  }
  return g;
}

}  // namespace tk::wot
