#include "core/wot/plan.hpp"

#include <algorithm>
#include <set>

#include "core/base/text.hpp"
#include "core/crypto/digest.hpp"

namespace tk::wot {
namespace {

using Fields = std::map<std::string, json::Type>;

class Planner {
 public:
  Planner(Graph graph, const FindAgent& find, const std::string& root)
      : graph_(std::make_shared<Graph>(std::move(graph))), find_(find), root_(root) {}

  Result<Plan> run() {
    TK_CHECK(name_steps());
    TK_CHECK(link());
    TK_CHECK(order());
    plan_.graph = graph_;
    for (auto i : order_) {
      PlannedStep p;
      p.step = &graph_->steps[i];
      for (auto b : before_[i]) p.before.push_back(position_[b]);
      TK_CHECK(find_agents(p));
      TK_CHECK(type_step(p));
      plan_.steps.push_back(std::move(p));
    }
    for (std::size_t i = 0; i < plan_.steps.size(); ++i)
      if (plan_.steps[i].step->feedback) TK_CHECK(aim_feedback(i));
    TK_CHECK(check_loops_apart());
    TK_CHECK(check_output());
    plan_.pins = pins();
    return std::move(plan_);
  }

 private:
  tl::unexpected<Error> bad(Code code, const Where& where, std::string why, std::string hint = {}) {
    return fail_at(code, where, std::move(why), std::move(hint));
  }

  Result<void> name_steps() {
    for (std::size_t i = 0; i < graph_->steps.size(); ++i) {
      const auto& s = graph_->steps[i];
      if (!by_name_.emplace(s.name, i).second)
        return bad(Code::wot_syntax, s.where, "two steps are named " + s.name,
                   "give one of them name = \"…\"");
    }
    return {};
  }

  Result<void> link() {
    before_.resize(graph_->steps.size());
    for (std::size_t i = 0; i < graph_->steps.size(); ++i) {
      const auto& s = graph_->steps[i];
      if (!s.has_after && i > 0) before_[i].push_back(i - 1);
      for (const auto& name : s.after) {
        auto it = by_name_.find(name);
        if (it == by_name_.end()) {
          std::vector<std::string> names;
          for (const auto& [n, at] : by_name_) names.push_back(n);
          auto near = text::nearest(name, names);
          return bad(Code::wot_syntax, s.where, "`after` names no step: " + name,
                     near.empty() ? "" : "did you mean " + near + "?");
        }
        before_[i].push_back(it->second);
      }
    }
    return {};
  }

  // Kahn's algorithm, in file order where there is a choice; what is left over is a cycle.
  Result<void> order() {
    auto n = graph_->steps.size();
    std::vector<std::size_t> waiting(n);
    std::vector<std::vector<std::size_t>> next(n);
    std::set<std::size_t> ready;
    for (std::size_t i = 0; i < n; ++i) {
      waiting[i] = before_[i].size();
      for (auto b : before_[i]) next[b].push_back(i);
      if (waiting[i] == 0) ready.insert(i);
    }
    position_.resize(n);
    while (!ready.empty()) {
      auto i = *ready.begin();
      ready.erase(ready.begin());
      position_[i] = order_.size();
      order_.push_back(i);
      for (auto j : next[i])
        if (--waiting[j] == 0) ready.insert(j);
    }
    for (std::size_t i = 0; i < n; ++i)
      if (waiting[i] > 0)
        return bad(Code::wot_cycle, graph_->steps[i].where,
                   "step " + graph_->steps[i].name + " waits for itself",
                   "only feedback may go back: feedback = { map = …, max_iterations = … }");
    return {};
  }

  Result<void> find_agents(PlannedStep& p) {
    for (const auto& word : p.step->agents) {
      auto found = find_(word);
      if (!found)
        return bad(Code::agent_unknown, p.step->where, found.error().message, found.error().hint);
      auto& cached = templates_[found->template_name];
      if (!cached) {
        TK_TRY(auto t, agent::load_template(root_, found->template_name));
        cached = std::make_shared<const agent::Template>(std::move(t));
      }
      if (p.step->objective.empty() && cached->objective.empty())
        return bad(Code::wot_syntax, p.step->where, "step " + p.step->name + " has no objective",
                   "say it here or in templates/" + found->template_name + "/template.toml: objective = \"…\"");
      p.units.push_back({found->ref, cached});
    }
    return {};
  }

  // What a step's predecessors hand on, after their `will`.
  Result<Fields> handed_on(const PlannedStep& p) {
    Fields out;
    std::map<std::string, std::string> giver;
    for (auto b : p.before) {
      const auto& from = plan_.steps[b];
      for (const auto& [name, type] : from.gives) {
        auto as = name;
        if (from.step->will) {
          auto it = from.step->will->find(name);
          if (it == from.step->will->end()) continue;
          as = it->second;
        }
        if (auto [it, fresh] = giver.emplace(as, from.step->name); !fresh)
          return bad(Code::wot_type, p.step->where,
                     "`" + as + "` comes from both " + it->second + " and " + from.step->name,
                     "map one of them to another name with will = { … }");
        out.emplace(as, type);
      }
      if (from.step->will)
        for (const auto& [name, as] : *from.step->will)
          if (!from.gives.contains(name))
            return bad(Code::wot_missing, from.step->where,
                       "`will` of " + from.step->name + " maps `" + name + "`, which it does not give",
                       "it gives: " + names_of(from.gives));
    }
    return out;
  }

  static std::string names_of(const Fields& fields) {
    std::vector<std::string> names;
    for (const auto& [name, type] : fields) names.push_back(name);
    return names.empty() ? "nothing" : text::join(names, ", ");
  }

  Result<void> type_step(PlannedStep& p) {
    TK_TRY(auto handed, handed_on(p));
    if (p.step->is_cast()) {
      p.gives = handed;
      if (p.before.empty())
        for (const auto& [name, port] : graph_->input) p.gives.emplace(name, port.type);
      for (const char* name : {"answer", "by", "at"}) p.gives.insert_or_assign(name, json::Type{json::Type::Kind::text, nullptr, {}, {}});
      return {};
    }
    auto available = handed;
    for (const auto& [name, port] : graph_->input) available.emplace(name, port.type);
    for (const auto& unit : p.units) {
      for (const auto& [name, port] : unit.agent_template->input)
        TK_CHECK(check_input(p, unit, name, port, available));
      for (const auto& [name, port] : unit.agent_template->output)
        if (!p.gives.emplace(name, port.type).second)
          return bad(Code::wot_type, p.step->where,
                     "two of the parallel agents give `" + name + "`",
                     "rename it in one of their templates");
    }
    return {};
  }

  Result<void> check_input(const PlannedStep& p, const Unit& unit, const std::string& name,
                           const agent::Port& port, const Fields& available) {
    auto it = available.find(name);
    if (it == available.end()) {
      if (port.fallback) return {};
      return bad(Code::wot_missing, p.step->where,
                 unit.agent.str() + " takes `" + name + "` (" + port.type.str() + "), which nobody gives",
                 "what it can see: " + names_of(available));
    }
    if (!json::feeds(it->second, port.type))
      return bad(Code::wot_type, p.step->where,
                 "`" + name + "` is " + it->second.str() + " but " + unit.agent.str() + " takes " +
                     port.type.str(),
                 "map another field to it with will = { … }, or change a template");
    return {};
  }

  static bool takes(const PlannedStep& p, const std::string& input) {
    return std::any_of(p.units.begin(), p.units.end(), [&](const Unit& u) {
      return u.agent_template->input.contains(input);
    });
  }

  // The nearest earlier step that takes the input: level by level backwards from the step.
  Result<void> aim_feedback(std::size_t at) {
    auto& p = plan_.steps[at];
    const auto& f = *p.step->feedback;
    const auto& input = f.map.begin()->second;
    std::vector<std::size_t> found;
    std::set<std::size_t> level(p.before.begin(), p.before.end()), seen;
    while (!level.empty() && found.empty()) {
      std::set<std::size_t> earlier;
      for (auto i : level) {
        seen.insert(i);
        const auto& candidate = plan_.steps[i];
        if (takes(candidate, input) && (f.to.empty() || candidate.step->name == f.to))
          found.push_back(i);
        earlier.insert(candidate.before.begin(), candidate.before.end());
      }
      level.clear();
      for (auto i : earlier)
        if (!seen.contains(i)) level.insert(i);
    }
    if (found.empty())
      return bad(Code::wot_feedback, f.where, "no earlier step takes `" + input + "`" +
                                                  (f.to.empty() ? "" : " and is named " + f.to));
    if (found.size() > 1)
      return bad(Code::wot_feedback, f.where,
                 "both " + plan_.steps[found[0]].step->name + " and " +
                     plan_.steps[found[1]].step->name + " take `" + input + "`",
                 "say which: feedback = { to = \"" + plan_.steps[found[0]].step->name + "\", … }");
    p.feedback_to = found[0];
    for (const auto& [output, target] : f.map) {
      auto it = p.gives.find(output);
      if (it == p.gives.end())
        return bad(Code::wot_feedback, f.where, p.step->name + " gives no `" + output + "`",
                   "it gives: " + names_of(p.gives));
      for (const auto& unit : plan_.steps[p.feedback_to].units)
        if (auto port = unit.agent_template->input.find(target);
            port != unit.agent_template->input.end() && !json::feeds(it->second, port->second.type))
          return bad(Code::wot_type, f.where, "feedback `" + output + "` is " + it->second.str() +
                                                  " but " + unit.agent.str() + " takes `" + target +
                                                  "` as " + port->second.type.str());
      if (!takes(plan_.steps[p.feedback_to], target))
        return bad(Code::wot_feedback, f.where,
                   plan_.steps[p.feedback_to].step->name + " takes no `" + target + "`");
    }
    if (!f.metric.empty() && !p.gives.contains(f.metric))
      return bad(Code::wot_feedback, f.where, p.step->name + " gives no metric `" + f.metric + "`",
                 "it gives: " + names_of(p.gives));
    collect_loop(at);
    return {};
  }

  // The steps on a way from the target to the step with the feedback, both included.
  void collect_loop(std::size_t at) {
    auto target = plan_.steps[at].feedback_to;
    std::set<std::size_t> behind{target};
    for (auto i = target + 1; i <= at; ++i)
      for (auto b : plan_.steps[i].before)
        if (behind.contains(b)) behind.insert(i);
    std::set<std::size_t> ahead{at};
    for (auto i = at + 1; i-- > target;)
      if (ahead.contains(i))
        ahead.insert(plan_.steps[i].before.begin(), plan_.steps[i].before.end());
    for (auto i : behind)
      if (ahead.contains(i)) plan_.steps[at].loop.push_back(i);
  }

  // A loop inside another would need its own memory for every outer round.
  Result<void> check_loops_apart() {
    std::map<std::size_t, const PlannedStep*> owner;
    for (const auto& p : plan_.steps)
      for (auto i : p.loop)
        if (auto [it, fresh] = owner.emplace(i, &p); !fresh)
          return bad(Code::wot_not_yet, p.step->feedback->where,
                     "the feedback loops of " + it->second->step->name + " and " + p.step->name + " overlap",
                     "nested loops are not yet accepted; give one step both, or split the workflow");
    return {};
  }

  Result<void> check_output() {
    const auto& last = plan_.steps.back();
    for (const auto& [name, port] : graph_->output) {
      auto it = last.gives.find(name);
      if (it == last.gives.end())
        return bad(Code::wot_missing, last.step->where,
                   "[output] promises `" + name + "`, which the last step does not give",
                   "it gives: " + names_of(last.gives));
      if (!json::feeds(it->second, port.type))
        return bad(Code::wot_type, last.step->where,
                   "[output] `" + name + "` is " + port.type.str() + " but " + last.step->name +
                       " gives " + it->second.str());
    }
    return {};
  }

  Value pins() const {
    Value::Map templates;
    for (const auto& [name, t] : templates_) templates.emplace(name, t->hash);
    return Value::Map{{"templates", templates}, {"wot", crypto::sha256_hex(graph_->text)}};
  }

  std::shared_ptr<Graph> graph_;
  const FindAgent& find_;
  const std::string& root_;
  Plan plan_;
  std::map<std::string, std::size_t> by_name_;
  std::vector<std::vector<std::size_t>> before_;
  std::vector<std::size_t> order_, position_;
  std::map<std::string, std::shared_ptr<const agent::Template>> templates_;
};

}  // namespace

Result<Plan> make_plan(Graph graph, const FindAgent& find_agent, const std::string& root) {
  return Planner(std::move(graph), find_agent, root).run();
}

std::string mermaid(const Plan& plan) {
  std::string out = "flowchart TD\n  input([input])\n";
  auto id = [](std::size_t i) { return "s" + std::to_string(i); };
  for (std::size_t i = 0; i < plan.steps.size(); ++i) {
    const auto& s = *plan.steps[i].step;
    auto label = s.name;
    if (s.agents.size() > 1) label += "<br/>" + text::join(s.agents, " + ");
    out += "  " + id(i) + (s.is_cast() ? "{{\"" : "[\"") + label + (s.is_cast() ? "\"}}\n" : "\"]\n");
  }
  out += "  output([output])\n";
  std::set<std::size_t> has_next;
  for (std::size_t i = 0; i < plan.steps.size(); ++i) {
    const auto& p = plan.steps[i];
    if (p.before.empty()) out += "  input --> " + id(i) + "\n";
    for (auto b : p.before) {
      has_next.insert(b);
      std::vector<std::string> fields;
      if (const auto& will = plan.steps[b].step->will)
        for (const auto& [from, to] : *will) fields.push_back(from == to ? from : from + " as " + to);
      out += "  " + id(b) + " -->" + (fields.empty() ? "" : "|\"" + text::join(fields, ", ") + "\"|") +
             " " + id(i) + "\n";
    }
    if (const auto& f = p.step->feedback)
      out += "  " + id(i) + " -. \"feedback, at most " + std::to_string(f->max_iterations) + "\" .-> " +
             id(p.feedback_to) + "\n";
  }
  for (std::size_t i = 0; i < plan.steps.size(); ++i)
    if (!has_next.contains(i)) out += "  " + id(i) + " --> output\n";
  return out;
}

}  // namespace tk::wot
