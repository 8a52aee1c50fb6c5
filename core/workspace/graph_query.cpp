#include "core/workspace/graph_query.hpp"

#include <algorithm>
#include <deque>
#include <optional>

#include "core/base/clock.hpp"
#include "core/base/text.hpp"
#include "core/law/condition.hpp"

namespace tk::workspace {
namespace {

constexpr std::size_t kMaxText = 4096, kMaxSteps = 16;
constexpr std::uint32_t kNowhere = ~std::uint32_t{0};

tl::unexpected<Error> bad(std::string_view text, std::size_t at, std::string message, std::string hint) {
  auto p = text::position(text, std::min(at, text.size()));
  return fail_at(Code::ws_query, {"query", p.line, p.column}, std::move(message), std::move(hint));
}

constexpr const char* kStepHint = "->, <-, --, -[member]->, <-[member]- or -[member]-, each with a * behind it for one step or more";

// "->", "-[member]->*": the arrows at its ends say the direction, a line without one both.
std::optional<PathQuery::Step> read_step(std::string_view word) {
  PathQuery::Step out;
  if (word.ends_with('*')) out.many = true, word.remove_suffix(1);
  out.inward = word.starts_with('<'), out.outward = word.ends_with('>');
  if (out.inward && out.outward) return std::nullopt;
  if (out.inward) word.remove_prefix(1);
  if (out.outward) word.remove_suffix(1);
  bool arrow = out.inward || out.outward;
  if (!arrow) out.inward = out.outward = true;
  if (word == (arrow ? "-" : "--")) return out;
  if (word.size() < 5 || !word.starts_with("-[") || !word.ends_with("]-")) return std::nullopt;
  for (auto name : text::split(word.substr(2, word.size() - 4), ',')) {
    if (name.empty()) return std::nullopt;
    out.relations.emplace_back(name);
  }
  return out;
}

Result<void> check_pattern(std::string_view text, std::size_t at, std::string_view word) {
  if (word == "*" || word == "**") return {};
  for (char c : word)
    if (static_cast<unsigned char>(c) <= 0x20) return bad(text, at, "a control character in a pattern", "letters, digits, _ - . : / and *");
  if (word.find(':') == word.npos)
    return bad(text, at, "no pattern: " + text::printable(text::shorten(word, 80)), "user:alice, secret:acme.**/*, or * for everything");
  if (auto ok = law::check_pattern(word); !ok) return bad(text, at, ok.error().message, ok.error().hint);
  return {};
}

// Neighbours in one direction; what stands between them as a pattern is stepped over.
template <class Visit>
void neighbours(const Graph& g, std::uint32_t n, bool outward, Visit visit) {
  auto edges = [&](std::uint32_t of) { return outward ? g.out(of) : g.in(of); };
  for (const auto& e : edges(n)) {
    if (g.node(e.node).kind != Graph::Kind::pattern) visit(e.node, e.relation);
    else for (const auto& beyond : edges(e.node)) visit(beyond.node, outward ? e.relation : beyond.relation);
  }
}

// Where a node was reached from, in one stage of a query.
struct From {
  std::uint32_t node = kNowhere;
  std::uint16_t relation = 0;
  bool outward = true;
};

class Walk {
 public:
  Walk(const Graph& graph, const PathQuery& query) : g_(graph), q_(query) {}

  Result<std::vector<Found>> run() {
    auto here = g_.match(q_.patterns[0]);
    for (std::size_t s = 0; s < q_.steps.size(); ++s) {
      TK_TRY(here, stage(s, here));
    }
    std::vector<Found> out;
    for (auto n : here) out.push_back({n, way(n)});
    return out;
  }

 private:
  Result<std::vector<std::uint32_t>> stage(std::size_t s, const std::vector<std::uint32_t>& starts) {
    const auto& step = q_.steps[s];
    TK_TRY(auto wanted, wanted_relations(step));
    auto& from = from_.emplace_back(g_.size());
    std::deque<std::uint32_t> open(starts.begin(), starts.end());
    // A start may be reached again by a way of its own: what is reached is told apart from where it begins.
    std::vector<char> expanded(g_.size());
    while (!open.empty()) {
      auto n = open.front();
      open.pop_front();
      if (std::exchange(expanded[n], 1)) continue;
      for (bool outward : {true, false}) {
        if (!(outward ? step.outward : step.inward)) continue;
        neighbours(g_, n, outward, [&](std::uint32_t to, std::uint16_t relation) {
          if (!wanted.empty() && !wanted[relation]) return;
          if (from[to].node != kNowhere) return;
          from[to] = {n, relation, outward};
          if (step.many) open.push_back(to);
        });
      }
    }
    begins_.emplace_back(g_.size());
    for (auto n : starts) begins_.back()[n] = 1;
    std::vector<std::uint32_t> out;
    for (auto n : g_.match(q_.patterns[s + 1]))
      if (from[n].node != kNowhere) out.push_back(n);
    return out;
  }

  Result<std::vector<char>> wanted_relations(const PathQuery::Step& step) const {
    std::vector<char> out;
    if (step.relations.empty()) return out;
    out.resize(g_.relations());
    std::vector<std::string> known;
    for (std::size_t r = 0; r < g_.relations(); ++r) known.emplace_back(g_.relation(static_cast<std::uint16_t>(r)));
    for (const auto& name : step.relations) {
      auto it = std::find(known.begin(), known.end(), name);
      if (it == known.end()) {
        auto near = text::nearest(name, known);
        return fail(Code::ws_query, "nothing here refers by \"" + text::printable(text::shorten(name, 80)) + "\"",
                    near.empty() ? "relations: " + text::join(known, ", ") : "did you mean " + near + "?");
      }
      out[static_cast<std::size_t>(it - known.begin())] = 1;
    }
    return out;
  }

  // Backwards from the end, a stage at a time: to the first start of the stage that lies on the way.
  std::vector<Hop> way(std::uint32_t n) const {
    std::vector<Hop> out;
    for (auto s = from_.size(); s-- > 0;) {
      for (bool first = true; first || !begins_[s][n]; first = false) {
        const auto& f = from_[s][n];
        out.push_back({n, g_.relation(f.relation), f.outward});
        n = f.node;
        if (out.size() > std::size_t{g_.size()} * from_.size()) break;  // cannot be; and must not run for ever
      }
    }
    out.push_back({n, {}, true});
    std::reverse(out.begin(), out.end());
    return out;
  }

  const Graph& g_;
  const PathQuery& q_;
  std::vector<std::vector<From>> from_;
  std::vector<std::vector<char>> begins_;
};

}  // namespace

Result<PathQuery> parse_path(std::string_view text) {
  if (text.size() > kMaxText) return bad(text, kMaxText, "longer than 4096 bytes", "a shorter path");
  if (auto at = text::invalid_utf8(text); at != text.npos) return bad(text.substr(0, at), at, "not UTF-8", "type:context/name");
  PathQuery out;
  bool step_next = false;
  for (std::size_t at = 0; at < text.size();) {
    if (text[at] == ' ') {
      ++at;
      continue;
    }
    auto word = text.substr(at, text.find(' ', at) - at);
    if (step_next) {
      auto step = read_step(word);
      if (!step) return bad(text, at, "no step: " + text::printable(text::shorten(word, 80)), kStepHint);
      if (out.steps.size() == kMaxSteps) return bad(text, at, "more than 16 steps", "a shorter path");
      out.steps.push_back(std::move(*step));
    } else {
      TK_CHECK(check_pattern(text, at, word));
      out.patterns.emplace_back(word);
    }
    step_next = !step_next;
    at += word.size();
  }
  if (out.patterns.empty()) return bad(text, 0, "an empty path", "user:alice <-[member]-* group:*");
  if (!step_next) return bad(text, text.size(), "a step leads nowhere", "* for everything");
  return out;
}

Result<std::vector<Found>> run_path(const Graph& graph, const PathQuery& query) { return Walk(graph, query).run(); }

std::vector<Impact> impact_of(const Graph& graph, std::uint32_t removed) {
  std::vector<From> from(graph.size());
  std::vector<std::uint32_t> breaks{removed}, loses;
  std::vector<char> broken(graph.size());
  broken[removed] = 1;
  for (std::size_t i = 0; i < breaks.size(); ++i)
    for (const auto& e : graph.in(breaks[i])) {
      if (broken[e.node] || graph.node(e.node).kind != Graph::Kind::entity) continue;
      if (!e.required && from[e.node].node != kNowhere) continue;
      if (e.required) broken[e.node] = 1, breaks.push_back(e.node);
      else loses.push_back(e.node);
      from[e.node] = {breaks[i], e.relation, false};
    }
  std::vector<Impact> out;
  auto add = [&](std::uint32_t n, bool is_broken) {
    Impact impact{n, is_broken, {}};
    for (auto at = n; at != removed; at = from[at].node) impact.way.push_back({at, graph.relation(from[at].relation), false});
    impact.way.push_back({removed, {}, false});
    std::reverse(impact.way.begin(), impact.way.end());
    out.push_back(std::move(impact));
  };
  for (std::size_t i = 1; i < breaks.size(); ++i) add(breaks[i], true);
  for (auto n : loses)
    if (!broken[n]) add(n, false);
  return out;
}

namespace {

using expr::Type;

Value typed(std::string_view type, const std::string& text) {
  if (type == "int") return Value(static_cast<std::int64_t>(std::strtoll(text.c_str(), nullptr, 10)));
  if (type == "number") return Value(std::strtod(text.c_str(), nullptr));
  if (type == "bool") return Value(text == "true");
  if (type == "timestamp")
    if (auto ns = clock::parse_rfc3339(text)) return Value(Timestamp{*ns});
  if (type == "duration")
    if (auto ns = clock::parse_duration(text)) return Value(Duration{*ns});
  return Value(text);
}

std::string pair_of(const std::vector<std::pair<std::string, std::string>>& pairs, std::string_view name) {
  for (const auto& [n, value] : pairs)
    if (n == name) return value;
  return {};
}

Value refs(const Graph& g, std::uint32_t node, bool outward, std::string_view relation) {
  Value::List out;
  neighbours(g, node, outward, [&](std::uint32_t to, std::uint16_t r) {
    if (law::key_of(g.relation(r)) == relation) out.emplace_back(g.node(to).str());
  });
  return out;
}

// The value of entity.FIELD; null where the entity has no such thing.
Value field_of(const Graph& g, std::uint32_t node, const Entity& e, const std::string& file, std::string_view field) {
  if (field == "type") return e.ref.type;
  if (field == "context") return e.ref.context;
  if (field == "name") return e.ref.name;
  if (field == "ref") return e.ref.str();
  if (field == "id") return e.id;
  if (field == "state") return e.state;
  if (field == "file") return file;
  if (field.starts_with("by_")) return refs(g, node, false, field.substr(3));
  for (const auto& [name, value] : e.attributes)
    if (law::key_of(name) == field) return value;
  for (const auto& child : e.children)
    if (child.name == "attr" && law::key_of(pair_of(child.attributes, "name")) == field)
      return typed(pair_of(child.attributes, "type"), pair_of(child.attributes, "value"));
  auto all = refs(g, node, true, field);
  return all.as_list()->empty() ? Value() : all;
}

}  // namespace

Result<EntityCondition> EntityCondition::compile(const std::string& text) {
  const Type word{Type::Kind::text, {}};
  std::vector<std::pair<std::string, Type>> fields;
  for (const auto* name : {"type", "context", "name", "ref", "id", "state", "file"}) fields.emplace_back(name, word);
  expr::Environment env;
  env.record("entity", fields, true);
  EntityCondition out;
  auto program = expr::Program::compile(text, env);
  if (!program) {
    auto error = program.error();
    error.code = Code::ws_query;
    error.where.file = "--where";
    return fail(std::move(error));
  }
  auto kind = program->type().kind;
  if (kind != Type::Kind::boolean && kind != Type::Kind::dyn)
    return fail_at(Code::ws_query, {"--where", 1, 1}, "a condition must give a bool, this one gives " + expr::to_string(program->type()),
                   "compare it with something");
  for (const auto& input : program->inputs())
    if (input.field.empty()) return fail_at(Code::ws_query, {"--where", 1, 1}, "entity alone has no value", "entity.type, entity.title …");
  out.program_ = std::move(*program);
  return out;
}

Result<bool> EntityCondition::holds(const Graph& graph, std::uint32_t node, const Entity& entity, const std::string& file) {
  std::vector<Value> values;
  values.reserve(program_.inputs().size());
  for (const auto& input : program_.inputs()) values.push_back(field_of(graph, node, entity, file, input.field));
  std::vector<expr::Cell> cells;
  for (const auto& v : values) cells.push_back(v.is_null() ? expr::Cell() : expr::Cell::of(v));
  auto answer = program_.run(cells, scratch_);
  if (!answer.is_error()) return answer.is_true();
  if (scratch_.error().code == Code::expr_failed) return false;
  auto error = scratch_.error();
  error.where.file = "--where";
  return fail(std::move(error));
}

}  // namespace tk::workspace
