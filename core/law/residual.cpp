#include "core/law/residual.hpp"

#include <algorithm>

#include "core/base/clock.hpp"
#include "core/law/detail/bucket.hpp"
#include "core/law/detail/tables.hpp"

namespace tk::law {
namespace {

using namespace detail;
using expr::Node;

Node call(std::string function, std::vector<Node> children) {
  Node n;
  n.kind = Node::Kind::call;
  n.text = std::move(function);
  n.children = std::move(children);
  return n;
}

// A value as CEL writes it: what is no literal there is built.
Node literal(Value value) {
  Node n;
  if (const auto* list = value.as_list()) {
    n.kind = Node::Kind::list;
    for (const auto& item : *list) n.children.push_back(literal(item));
  } else if (const auto* map = value.as_map()) {
    n.kind = Node::Kind::map;
    for (const auto& [key, item] : *map) n.children.push_back(literal(key)), n.children.push_back(literal(item));
  } else if (const auto* t = value.as_timestamp()) {
    return call("timestamp", {literal(clock::rfc3339(t->ns))});
  } else if (const auto* span = value.as_duration()) {
    return call("duration", {literal(std::to_string(span->ns) + "ns")});
  } else {
    n.value = std::move(value);
  }
  return n;
}
Node path(std::string field) {
  Node name;
  name.kind = Node::Kind::name;
  name.text = "resource";
  Node n;
  n.kind = Node::Kind::select;
  n.text = std::move(field);
  n.children.push_back(std::move(name));
  return n;
}

std::optional<bool> constant(const Node& n) {
  if (n.kind != Node::Kind::literal || !n.value.as_bool()) return std::nullopt;
  return *n.value.as_bool();
}

bool same(const Node& a, const Node& b) { return expr::unparse(a) == expr::unparse(b); }

Node both(Node a, Node b) {
  if (same(a, b)) return a;
  if (auto c = constant(a)) return *c ? b : a;
  if (auto c = constant(b)) return *c ? a : b;
  return call("_&&_", {std::move(a), std::move(b)});
}
Node either(Node a, Node b) {
  if (same(a, b)) return a;
  if (auto c = constant(a)) return *c ? a : b;
  if (auto c = constant(b)) return *c ? b : a;
  return call("_||_", {std::move(a), std::move(b)});
}
Node negated(Node a) {
  if (auto c = constant(a)) return literal(!*c);
  return call("!_", {std::move(a)});
}

bool reads_resource(const Node& n) {
  if (n.kind == Node::Kind::name && (n.text == "resource" || n.text == ".resource")) return true;
  return std::any_of(n.children.begin(), n.children.end(), reads_resource);
}

class Partial {
 public:
  Partial(Engine& engine, const EntityView& actor, std::uint32_t action, const Facts& facts)
      : engine_(engine), actor_(actor), action_(action), facts_(facts) {}

  // The condition with everything that is known put in; `fails` where a part cannot be told: it is nothing.
  Node reduce(const Node& n) {
    if (!reads_resource(n)) return known(n);
    if (n.kind == Node::Kind::call && n.text == "_&&_") return both(reduce(n.children[0]), reduce(n.children[1]));
    if (n.kind == Node::Kind::call && n.text == "_||_") return either(reduce(n.children[0]), reduce(n.children[1]));
    if (n.kind == Node::Kind::call && n.text == "!_") return negated(reduce(n.children[0]));
    if (n.kind == Node::Kind::call && n.text == "_?_:_")
      if (auto c = constant(reduce(n.children[0]))) return reduce(n.children[*c ? 1 : 2]);
    auto out = n;
    if (n.kind != Node::Kind::macro)  // its variables are nobody else's
      for (auto& child : out.children) child = reduce(child);
    return out;
  }

 private:
  Node known(const Node& n) {
    if (n.kind == Node::Kind::literal || n.kind == Node::Kind::name) return n;
    auto program = expr::Program::compile(expr::unparse(n), engine_.environment());
    if (!program) return n;
    auto cell = engine_.value(*program, actor_, action_, nothing_, facts_, nullptr);
    if (cell.is_error() || cell.kind() == expr::Cell::Kind::missing || cell.kind() == expr::Cell::Kind::type) {
      failed = true;
      return literal(Value());
    }
    return literal(cell.value());
  }

  Engine& engine_;
  const EntityView& actor_;
  std::uint32_t action_;
  const Facts& facts_;
  Target nothing_;

 public:
  bool failed = false;
};

// What a pattern says of a resource's context and name.
Result<Node> of_pattern(std::string_view pattern, std::string_view type) {
  bool exact = true;
  auto bucket = bucket_of(pattern, exact);
  if (!exact)
    return fail(Code::law_syntax, "the pattern " + std::string(pattern) + " cannot be said as a condition",
                "only literal names and X/** can");
  if (!bucket.type.empty() && bucket.type != type) return literal(false);
  if (bucket.kind == Bucket::subtree) {
    if (bucket.context.empty()) return literal(true);
    auto below = call("startsWith", {path("context"), literal(std::string(bucket.context) + ".")});
    below.member = true;
    return either(call("_==_", {path("context"), literal(bucket.context)}), std::move(below));
  }
  auto name = call("_==_", {path("name"), literal(bucket.name)});
  if (bucket.kind == Bucket::named) return name;
  return both(call("_==_", {path("context"), literal(bucket.context)}), std::move(name));
}

}  // namespace

Result<Residual> residual(Engine& engine, const EntityView& actor, std::uint32_t action, std::string_view type,
                          const Facts& facts) {
  const auto& index = engine.index();
  auto b = index.bytes();
  Residual out;
  out.never = true;
  if (!actor.active() || (facts.history && facts.history->halted(actor))) return out;
  auto [names, n] = all<Str>(b, kActionNames);
  auto name = action < n ? str(b, names[action]) : std::string_view();
  auto permits = literal(false), forbids = literal(false);
  auto [held, held_n] = all<RoleRow>(b, kRoles);
  for (std::uint32_t number = 0; number < index.rule_count(); ++number) {
    auto rule = index.rule(number);
    if (std::none_of(rule.actions.begin(), rule.actions.end(), [&](auto p) { return action_matches(p, name); })) continue;
    auto [row, one] = rows<RuleRow>(b, kRules, {number, 1});
    if (!one || row->role >= held_n) continue;
    // A role is held in the contexts of its grants.
    auto holds = literal(false);
    for (auto context : engine.contexts_of(actor, row->role)) {
      auto here = literal(true);
      if (!context.empty()) {
        TK_TRY(here, of_pattern(std::string(type) + ":" + std::string(context) + "/**", type));
      }
      holds = either(std::move(holds), std::move(here));
    }
    TK_TRY(auto where, of_pattern(rule.resource, type));
    Partial partial(engine, actor, action, facts);
    auto term = both(std::move(holds), std::move(where));
    if (const auto* condition = engine.condition(number); condition && constant(term) != false) {
      auto left = partial.reduce(condition->tree());
      if (partial.failed) left = literal(!rule.permit);  // as a decision does: no permit, but a forbid
      term = both(std::move(term), std::move(left));
    }
    (rule.permit ? permits : forbids) = either(std::move(rule.permit ? permits : forbids), std::move(term));
  }
  auto all_of = index.combining() == Combining::permit_overrides ? permits : both(permits, negated(forbids));
  if (auto c = constant(permits); c && !*c) all_of = literal(false);
  auto c = constant(all_of);
  out.never = c && !*c;
  out.always = c && *c;
  out.condition = expr::unparse(all_of);
  return out;
}

namespace {

std::string quoted(std::string_view text, char quote) {
  std::string out(1, quote);
  for (char c : text) {
    if (c == quote) out += quote;
    out += c;
  }
  return out + quote;
}

tl::unexpected<Error> unsayable(const Node& n) {
  return fail(Code::expr_type, "SQL cannot say " + expr::unparse(n), "ask law for each resource: tk law can --batch");
}

Result<std::string> sql(const Node& n);

Result<std::string> sql_value(const Node& n, const Value& v) {
  if (v.is_null()) return std::string("NULL");
  if (const auto* f = v.as_bool()) return std::string(*f ? "TRUE" : "FALSE");
  if (const auto* i = v.as_int()) return std::to_string(*i);
  if (const auto* s = v.as_text(); s && s->find('\0') == s->npos) return quoted(*s, '\'');
  if (v.as_double()) return expr::unparse(n);
  return unsayable(n);
}

// startsWith and the like: LIKE would fold case in SQLite, so positions are compared.
Result<std::string> sql_search(const Node& n) {
  TK_TRY(auto in, sql(n.children[0]));
  TK_TRY(auto what, sql(n.children[1]));
  if (n.text == "startsWith") return "(substr(" + in + ", 1, length(" + what + ")) = " + what + ")";
  if (n.text == "endsWith")
    return "(length(" + in + ") >= length(" + what + ") AND substr(" + in + ", length(" + in + ") - length(" + what +
           ") + 1) = " + what + ")";
  return "(replace(" + in + ", " + what + ", '') <> " + in + " OR " + what + " = '')";
}

Result<std::string> sql(const Node& n) {
  if (n.kind == Node::Kind::literal) return sql_value(n, n.value);
  if (n.kind == Node::Kind::select && n.children[0].kind == Node::Kind::name && n.children[0].text == "resource")
    return n.test ? "(" + quoted(n.text, '"') + " IS NOT NULL)" : quoted(n.text, '"');
  if (n.kind != Node::Kind::call) return unsayable(n);
  if (n.member && n.children.size() == 2 && (n.text == "startsWith" || n.text == "endsWith" || n.text == "contains"))
    return sql_search(n);
  if (n.text == "!_") {
    TK_TRY(auto inner, sql(n.children[0]));
    return "(NOT " + inner + ")";
  }
  if (n.text == "@in") {
    TK_TRY(auto item, sql(n.children[0]));
    const auto& items = n.children[1].children;
    if (n.children[1].kind != Node::Kind::list) return unsayable(n);
    if (items.empty()) return std::string("FALSE");
    std::string out = "(" + item + " IN (";
    for (std::size_t i = 0; i < items.size(); ++i) {
      TK_TRY(auto one, sql(items[i]));
      out += (i ? ", " : "") + one;
    }
    return out + "))";
  }
  static constexpr std::pair<std::string_view, std::string_view> kOperators[] = {
      {"_&&_", "AND"}, {"_||_", "OR"}, {"_==_", "="}, {"_!=_", "<>"}, {"_<_", "<"}, {"_<=_", "<="},
      {"_>_", ">"},    {"_>=_", ">="}};
  for (auto [function, word] : kOperators) {
    if (n.text != function) continue;
    TK_TRY(auto left, sql(n.children[0]));
    TK_TRY(auto right, sql(n.children[1]));
    return "(" + left + " " + std::string(word) + " " + right + ")";
  }
  return unsayable(n);
}

}  // namespace

Result<std::string> to_sql(const std::string& condition) {
  TK_TRY(auto tree, expr::parse(condition));
  return sql(tree);
}

}  // namespace tk::law
