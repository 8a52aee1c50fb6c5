#include <algorithm>
#include <cmath>

#include "core/json/json.hpp"
#include "core/record/detail/cel_typescript.hpp"
#include "core/record/detail/expressions.hpp"

namespace tk::record::detail {
namespace {

using expr::Node;
using Kind = Node::Kind;

struct Known {
  std::string_view cel, typescript;
  std::size_t arguments;
  bool lazy = false;  // of each argument from the second on: of && and || of all
};
constexpr Known kOperators[] = {
    {"_+_", "add", 2}, {"_-_", "subtract", 2}, {"_*_", "multiply", 2}, {"_/_", "divide", 2}, {"_%_", "modulo", 2},
    {"-_", "negate", 1}, {"!_", "not", 1}, {"_==_", "eq", 2}, {"_!=_", "ne", 2}, {"_<_", "lt", 2}, {"_<=_", "le", 2},
    {"_>_", "gt", 2}, {"_>=_", "ge", 2}, {"@in", "in", 2}, {"_[_]", "index", 2}, {"_&&_", "and", 2, true},
    {"_||_", "or", 2, true}, {"_?_:_", "if", 3, true}, {"size", "size", 1}, {"contains", "contains", 2},
    {"startsWith", "startsWith", 2}, {"endsWith", "endsWith", 2}, {"lowerAscii", "lowerAscii", 1},
    {"upperAscii", "upperAscii", 1}};
constexpr Known kMacros[] = {{"all", "all", 1}, {"exists", "exists", 1}, {"exists_one", "one", 1},
                             {"existsOne", "one", 1}, {"filter", "filter", 1}};

}  // namespace

std::string quoted(std::string_view text) {
  auto out = json::quote(text);
  // Line separators end a line in old readers of JavaScript.
  for (auto [raw, escaped] : {std::pair{"\xE2\x80\xA8", "\\u2028"}, {"\xE2\x80\xA9", "\\u2029"}})
    for (auto at = out.find(raw); at != out.npos; at = out.find(raw, at)) out.replace(at, 3, escaped);
  return out;
}

CelTypescript::CelTypescript(const Definition& definition, const std::map<std::string, json::Type>* input)
    : def_(definition), env_(environment(definition.fields, input)) {}

tl::unexpected<Error> CelTypescript::untranslatable(const Node& n, const std::string& what, std::string hint) {
  return fail_at(Code::record_mirror, locate(def_.text, now_->where, n.at), what + " has no translation to TypeScript",
                 std::move(hint));
}

bool CelTypescript::local(const std::string& name) const {
  return std::find(locals_.begin(), locals_.end(), name) != locals_.end();
}

Result<std::string> CelTypescript::arrow(const Expression& e) {
  now_ = &e;
  locals_.clear();
  TK_TRY(auto body, put(e.program.tree()));
  return "(s) => " + body;
}

Result<std::string> CelTypescript::put(const Node& n) {
  switch (n.kind) {
    case Kind::literal: return put_literal(n);
    case Kind::select: return put_select(n);
    case Kind::call: return put_call(n);
    case Kind::macro: return put_macro(n);
    case Kind::message: return untranslatable(n, "a message");
    case Kind::name: {
      auto name = n.text.starts_with('.') ? n.text.substr(1) : n.text;
      if (n.text == name && local(name)) return "v_" + name;
      if (name == "now") return std::string("new Time(s.moment.now)");
      if (name == "state") return std::string("s.shape.state");
      return untranslatable(n, name + " as a whole", "name a field of it");
    }
    case Kind::list:
    case Kind::map: break;
  }
  if (!n.optionals.empty()) return untranslatable(n, "an optional element");
  std::string out;
  for (std::size_t i = 0; i < n.children.size(); ++i) {
    const auto& child = n.children[i];
    bool key = n.kind == Kind::map && i % 2 == 0;
    if (key && (child.kind != Kind::literal || !child.value.as_text()))
      return untranslatable(child, "a map whose key is no text", "write the keys as texts");
    TK_TRY(auto word, put(child));
    out += (out.empty() ? "" : ", ") + (key ? "[" + word : n.kind == Kind::map ? word + "]" : word);
  }
  return n.kind == Kind::map ? "cel.map([" + out + "])" : "[" + out + "]";
}

Result<std::string> CelTypescript::put_literal(const Node& n) {
  const auto& v = n.value;
  if (v.is_null()) return std::string("null");
  if (v.as_bool()) return std::string(*v.as_bool() ? "true" : "false");
  if (v.as_int()) return *v.as_int() < 0 ? "(" + std::to_string(*v.as_int()) + "n)" : std::to_string(*v.as_int()) + "n";
  if (v.as_uint()) return "new Uint(" + std::to_string(*v.as_uint()) + "n)";
  if (v.as_double() && std::isfinite(*v.as_double())) return "(" + json::compact(v) + ")";
  if (v.as_text()) return quoted(*v.as_text());
  return untranslatable(n, "a literal of type " + std::string(v.kind()));
}

Result<std::string> CelTypescript::put_select(const Node& n) {
  if (n.optional) return untranslatable(n, "an optional field");
  const auto& base = n.children[0];
  auto root = base.kind != Kind::name ? std::string() : base.text.starts_with('.') ? base.text.substr(1) : base.text;
  bool variable = !root.empty() && (base.text != root || !local(root));
  if (variable && root == "actor") return "s.moment.actor." + n.text;
  if (variable && (root == "record" || root == "input")) {
    auto values = root == "record" ? std::string("seen(fieldTypes, s.shape.fields, ")
                                   : std::string("seen(s.inputTypes, s.input, ");
    auto value = values + quoted(n.text) + ")";
    return n.test ? "(" + value + " !== undefined)" : "there(" + value + ")";
  }
  TK_TRY(auto of, put(base));
  return (n.test ? "cel.has(" : "cel.select(") + of + ", " + quoted(n.text) + ")";
}

// duration("…") and the like: what a constant gives is computed here.
Result<std::string> CelTypescript::constant(const Node& n) {
  auto program = expr::Program::compile(expr::unparse(n), env_);
  if (!program || !program->inputs().empty()) return untranslatable(n, n.text + "() of what is no constant");
  expr::Scratch scratch;
  auto cell = program->run({}, scratch);
  if (cell.is_error()) return untranslatable(n, n.text + "() of what fails");
  auto value = cell.value();
  if (const auto* d = value.as_duration()) return "new Span(" + std::to_string(d->ns) + "n)";
  return untranslatable(n, n.text + "() of what is no constant");
}

Result<std::string> CelTypescript::convert(const Node& n) {
  const auto& argument = n.children[0];
  auto known = expr::Program::compile(expr::unparse(argument), env_);  // fails where a macro's variable stands in it
  auto type = known ? known->type().kind : expr::Type::Kind::dyn;
  using Of = expr::Type::Kind;
  bool number = type == Of::integer || type == Of::unsigned_integer || type == Of::real;
  bool fine = n.text == "string"   ? type == Of::text || type == Of::integer || type == Of::unsigned_integer ||
                                       type == Of::boolean || type == Of::timestamp
              : n.text == "int"    ? number || type == Of::timestamp
              : n.text == "double" ? number
                                   : type == Of::text || type == Of::timestamp;
  if (!fine)
    return untranslatable(n, n.text + "(" + (known ? expr::to_string(known->type()) : "dyn") + ")",
                          "only conversions that cannot be read in two ways are translated");
  TK_TRY(auto word, put(argument));
  return "cel." + n.text + "(" + word + ")";
}

Result<std::string> CelTypescript::put_call(const Node& n) {
  auto name = n.text.starts_with('.') ? n.text.substr(1) : n.text;
  if (name == "duration" && n.children.size() == 1) return constant(n);
  if (n.children.size() == 1 && !n.member)
    for (auto conversion : {"string", "int", "double", "timestamp"})
      if (name == conversion) return convert(n);
  if (name == "dyn" && n.children.size() == 1) return put(n.children[0]);
  const auto* known = std::find_if(std::begin(kOperators), std::end(kOperators), [&](const Known& k) {
    return k.cel == name && k.arguments == n.children.size();
  });
  if (known == std::end(kOperators)) return untranslatable(n, name + "()");
  std::string out;
  for (std::size_t i = 0; i < n.children.size(); ++i) {
    TK_TRY(auto word, put(n.children[i]));
    bool lazy = known->lazy && (i > 0 || known->arguments == 2);
    out += (i == 0 ? "" : ", ") + std::string(lazy ? "() => " : "") + word;
  }
  return "cel." + std::string(known->typescript) + "(" + out + ")";
}

Result<std::string> CelTypescript::put_macro(const Node& n) {
  bool map = n.text == "map" && (n.children.size() == 2 || n.children.size() == 3);
  const auto* known = std::find_if(std::begin(kMacros), std::end(kMacros), [&](const Known& k) {
    return k.cel == n.text && n.children.size() == k.arguments + 1;
  });
  if (n.names.size() != 1 || (!map && known == std::end(kMacros))) return untranslatable(n, "the macro " + n.text);
  TK_TRY(auto range, put(n.children[0]));
  locals_.push_back(n.names[0]);
  std::vector<std::string> bodies;
  for (std::size_t i = 1; i < n.children.size(); ++i) {
    TK_TRY(auto body, put(n.children[i]));
    bodies.push_back("(v_" + n.names[0] + ") => " + body);
  }
  locals_.pop_back();
  if (!map) return "cel." + std::string(known->typescript) + "(" + range + ", " + bodies[0] + ")";
  // map(x, keep, body): the condition stands first there, last here.
  return "cel.collect(" + range + ", " + bodies.back() + (bodies.size() == 2 ? ", " + bodies[0] : "") + ")";
}

}  // namespace tk::record::detail
