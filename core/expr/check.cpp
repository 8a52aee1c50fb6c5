#include "core/expr/detail/check.hpp"

#include <algorithm>

#include "core/base/text.hpp"
#include "core/expr/detail/parser.hpp"

namespace tk::expr {

using Kind = Type::Kind;

tl::unexpected<Error> Checker::bad(Code code, const Node& at, std::string message, std::string hint) {
  return fail_at(code, place(text_, at.at), std::move(message), std::move(hint));
}

Result<Type> Checker::check(const Node& tree) {
  TK_TRY(auto type, type_of(tree));
  return types_.known(type);
}

Result<Infer::Ref> Checker::type_of(const Node& node) {
  switch (node.kind) {
    case Node::Kind::literal: {
      const auto& v = node.value;
      return types_.simple(v.is_null()    ? Kind::null
                           : v.as_bool()  ? Kind::boolean
                           : v.as_int()   ? Kind::integer
                           : v.as_uint()  ? Kind::unsigned_integer
                           : v.as_text()  ? Kind::text
                           : v.as_bytes() ? Kind::bytes
                                          : Kind::real);
    }
    case Node::Kind::name: return name(node);
    case Node::Kind::select: return select(node);
    case Node::Kind::call: return call(node);
    case Node::Kind::list: return list(node);
    case Node::Kind::map: return map(node);
    case Node::Kind::macro: return macro(node);
    case Node::Kind::message:
      return bad(Code::expr_name, node, "no message type " + node.text,
                 "tk's CEL has no protobuf messages; a map {'field': value} may do");
  }
  return types_.simple(Kind::dyn);
}

Result<Infer::Ref> Checker::name(const Node& node) {
  if (auto local = names_.local(node.text)) return *local;
  auto meaning = names_.of(node);
  switch (meaning.kind) {
    case Meaning::Kind::variable: return fresh(meaning.type);
    case Meaning::Kind::type:
      // The value `type` is of a type that says nothing about what it is the type of.
      return types_.type(fresh(meaning.type));
    case Meaning::Kind::whole_record:
      return bad(Code::expr_name, node, node.text + " as a whole", "name a field of it: " + node.text + ".…");
    default: break;
  }
  auto near = names_.nearest(node.text);
  return bad(Code::expr_name, node, "no variable " + node.text, near.empty() ? "" : "did you mean " + near + "?");
}

Result<Infer::Ref> Checker::select(const Node& node) {
  auto meaning = names_.of(node);
  if (meaning.kind == Meaning::Kind::no_such_field)
    return bad(Code::expr_name, node, "no field " + meaning.name + "." + meaning.field,
               names_.nearest_field(meaning.name, meaning.field));
  if (meaning.kind == Meaning::Kind::variable || meaning.kind == Meaning::Kind::field) {
    if (node.test) return types_.simple(Kind::boolean);
    auto type = fresh(meaning.type);
    return node.optional ? types_.optional(type) : type;
  }
  if (meaning.kind == Meaning::Kind::type) return types_.type(fresh(meaning.type));
  TK_TRY(auto target, type_of(node.children[0]));
  bool optional = types_.kind(target) == Kind::optional;
  auto from = optional ? types_.part(target, 0) : target;
  Ref field = types_.simple(Kind::dyn);
  if (types_.kind(from) == Kind::map) {
    field = types_.part(from, 1);
  } else if (types_.is_unknown(from)) {
    types_.assignable(from, types_.simple(Kind::dyn));
  } else if (!types_.is_dyn(from)) {
    return bad(Code::expr_type, node, "no field " + node.text + ": this is of type " + types_.written(from));
  }
  if (node.test) return types_.simple(Kind::boolean);
  return optional || node.optional ? types_.optional(field) : field;
}

Result<Infer::Ref> Checker::boolean(const Node& node) {
  TK_TRY(auto type, type_of(node));
  if (!types_.assignable(type, types_.simple(Kind::boolean)))
    return bad(Code::expr_type, node, "expected a bool, found " + types_.written(type));
  return types_.simple(Kind::boolean);
}

// cel.block([a, b], c): in b and c, cel.index(0) is a.
Result<Infer::Ref> Checker::block(const Node& node) {
  std::size_t n = 0;
  for (const auto& part : node.children[1].children) {
    TK_TRY(auto type, type_of(part));
    enter("cel.index(" + std::to_string(n++) + ")", type);
  }
  auto out = type_of(node.children[2]);
  names_.leave(n);
  return out;
}

Result<Infer::Ref> Checker::call(const Node& node) {
  if (auto local = names_.local(called_as_variable(node))) return *local;
  if (is_block(node)) return block(node);
  bool whole = false;
  auto function = names_.function(node, whole);
  auto target = node.member ? chain(node.children[0], 8) : std::string();
  auto word = (whole && node.member ? target + "." : std::string()) + node.text;
  if (!function) {
    auto near = target.empty() ? std::string() : names_.nearest_function(target + "." + node.text);
    if (!near.empty()) word = target + "." + node.text;
    else near = names_.nearest_function(word);
    return bad(Code::expr_name, node, "no function " + word, near.empty() ? "" : "did you mean " + near + "?");
  }
  std::vector<Ref> given;
  for (std::size_t i = whole && node.member ? 1 : 0; i < node.children.size(); ++i) {
    TK_TRY(auto type, type_of(node.children[i]));
    given.push_back(type);
  }
  if (function.input && whole) return input_call(node, function, given);
  if (function.library && function.library->variadic) return variadic(node, given);
  std::vector<const Signature*> overloads;
  bool member = node.member && !whole;
  for (const auto* from : {function.library ? &function.library->overloads : nullptr, function.declared})
    if (from)
      for (const auto& o : *from)
        if (o.member == member) overloads.push_back(&o);
  return overloaded(node, overloads, given, word);
}

Result<Infer::Ref> Checker::overloaded(const Node& node, std::span<const Signature* const> overloads,
                                       std::span<const Ref> given, std::string_view called) {
  Ref result = 0;
  bool found = false;
  for (const auto* overload : overloads) {
    if (overload->parameters.size() != given.size()) continue;
    Infer::Parameters parameters;
    std::vector<Ref> wanted;
    for (const auto& p : overload->parameters) wanted.push_back(types_.from(p, parameters));
    auto type = types_.from(overload->result, parameters);
    if (!types_.assignable(given, wanted)) continue;
    // Where dyn lets more than one fit, the result is what they agree on.
    if (found && !types_.same(result, type)) return types_.simple(Kind::dyn);
    result = type;
    found = true;
  }
  if (found) return result;
  std::string kinds, takes;
  for (auto type : given) kinds += (kinds.empty() ? "" : ", ") + types_.written(type);
  for (const auto* overload : overloads) {
    std::string one;
    for (const auto& p : overload->parameters) one += (one.empty() ? "" : ", ") + to_string(p);
    if (takes.size() > 100) {
      takes += ", …";
      break;
    }
    takes += (takes.empty() ? "(" : ", (") + one + ")";
  }
  std::string word(called);
  std::erase_if(word, [](char c) { return c == '_' || c == '@'; });
  return bad(Code::expr_type, node, word + " does not take (" + kinds + ")",
             takes.empty() ? "it is called the other way: f(x) or x.f()" : "it takes " + takes);
}

Result<Infer::Ref> Checker::variadic(const Node& node, std::span<const Ref> given) {
  std::vector<Ref> numbers(given.begin(), given.end());
  if (given.size() == 1 && types_.kind(given[0]) == Kind::list) numbers = {types_.part(given[0], 0)};
  if (numbers.empty()) return bad(Code::expr_type, node, node.text + " takes one or more numbers, or a list of them");
  for (auto number : numbers) {
    auto k = types_.kind(number);
    if (k != Kind::integer && k != Kind::unsigned_integer && k != Kind::real && !types_.is_dyn(number) &&
        !types_.is_unknown(number))
      return bad(Code::expr_type, node, node.text + " does not take " + types_.written(number),
                 "it takes numbers, or a list of them");
  }
  bool alike = std::all_of(numbers.begin(), numbers.end(), [&](Ref n) { return types_.same(n, numbers[0]); });
  return alike ? numbers[0] : types_.simple(Kind::dyn);
}

Result<Infer::Ref> Checker::input_call(const Node& node, const FunctionMeaning& function, std::span<const Ref> given) {
  const auto& input = *function.input;
  for (const auto& argument : node.children)
    if (!is_constant_argument(argument))
      return bad(Code::expr_type, argument, function.name + "() takes literals only",
                 "its value is looked up before the expression runs: " + function.name + "(\"…\")");
  std::string takes;
  for (const auto& parameters : input.takes) {
    std::vector<Ref> wanted;
    for (const auto& p : parameters) wanted.push_back(fresh(p));
    if (types_.assignable(given, wanted)) return fresh(input.result);
    std::string one;
    for (const auto& p : parameters) one += (one.empty() ? "" : ", ") + to_string(p);
    takes += (takes.empty() ? "(" : " or (") + one + ")";
  }
  return bad(Code::expr_type, node, function.name + "() is given something else than it takes", "it takes " + takes);
}

// What stands behind a ? in a list or map: an optional, whose value it is about.
Result<Infer::Ref> Checker::optional_part(const Node& node, Ref given) {
  auto value = types_.unknown();
  if (types_.is_dyn(given)) return types_.simple(Kind::dyn);
  if (!types_.assignable(given, types_.optional(value)))
    return bad(Code::expr_type, node, "expected an optional behind ?, found " + types_.written(given));
  return value;
}

Result<Infer::Ref> Checker::list(const Node& node) {
  Ref element = 0;
  auto optional = node.optionals.begin();
  for (std::size_t i = 0; i < node.children.size(); ++i) {
    TK_TRY(auto type, type_of(node.children[i]));
    if (optional != node.optionals.end() && *optional == i) {
      ++optional;
      TK_TRY(type, optional_part(node.children[i], type));
    }
    element = i == 0 ? type : types_.join(element, type);
  }
  return types_.list(node.children.empty() ? types_.unknown() : element);
}

Result<Infer::Ref> Checker::map(const Node& node) {
  Ref key = 0, value = 0;
  auto optional = node.optionals.begin();
  for (std::size_t i = 0; i < node.children.size(); i += 2) {
    TK_TRY(auto name, type_of(node.children[i]));
    auto k = types_.kind(name);
    if (k != Kind::text && k != Kind::integer && k != Kind::unsigned_integer && k != Kind::boolean &&
        !types_.is_dyn(name) && !types_.is_unknown(name))
      return bad(Code::expr_type, node.children[i], types_.written(name) + " cannot be the type of a map's key",
                 "a key is an int, uint, bool or string");
    TK_TRY(auto type, type_of(node.children[i + 1]));
    if (optional != node.optionals.end() && *optional == i) {
      ++optional;
      TK_TRY(type, optional_part(node.children[i + 1], type));
    }
    key = i == 0 ? name : types_.join(key, name);
    value = i == 0 ? type : types_.join(value, type);
  }
  if (node.children.empty()) return types_.map(types_.unknown(), types_.unknown());
  return types_.map(key, value);
}

Result<Infer::Ref> Checker::optional_macro(const Node& node) {
  TK_TRY(auto target, type_of(node.children[0]));
  TK_TRY(auto value, optional_part(node.children[0], target));
  enter(node.names[0], value);
  auto body = type_of(node.children[1]);
  names_.leave();
  if (!body) return body;
  if (node.text == "optMap") return types_.optional(*body);
  TK_TRY(auto inner, optional_part(node.children[1], *body));
  return types_.optional(inner);
}

Result<Infer::Ref> Checker::macro(const Node& node) {
  if (node.text == "bind") {
    TK_TRY(auto init, type_of(node.children[1]));
    enter(node.names[0], init);
    auto body = type_of(node.children[2]);
    names_.leave();
    return body;
  }
  if (node.text == "optMap" || node.text == "optFlatMap") return optional_macro(node);
  TK_TRY(auto range, type_of(node.children[0]));
  auto dyn = types_.simple(Kind::dyn);
  if (types_.is_unknown(range)) types_.assignable(range, dyn);
  auto k = types_.kind(range);
  if (k != Kind::list && k != Kind::map && !types_.is_dyn(range))
    return bad(Code::expr_type, node, node.text + "() walks lists and maps, not " + types_.written(range));
  Ref key = k == Kind::map ? types_.part(range, 0) : k == Kind::list ? types_.simple(Kind::integer) : dyn;
  Ref value = k == Kind::map ? types_.part(range, 1) : k == Kind::list ? types_.part(range, 0) : dyn;
  bool two = node.names.size() == 2;
  auto first = two || k == Kind::map ? key : value;
  enter(node.names[0], first);
  if (two) enter(node.names[1], value);
  auto body = [&]() -> Result<Ref> {
    bool predicate = node.children.size() == 3 || node.text == "filter" || node.text == "all" ||
                     node.text.starts_with("exists");
    if (predicate) TK_CHECK(boolean(node.children[1]));
    if (node.text == "filter") return types_.list(first);
    if (node.text == "all" || node.text.starts_with("exists")) return types_.simple(Kind::boolean);
    const auto& last = node.children.back();
    TK_TRY(auto type, type_of(last));
    if (node.text == "transformMap") return types_.map(key, type);
    if (node.text != "transformMapEntry") return types_.list(type);
    if (types_.kind(type) != Kind::map && !types_.is_dyn(type) && !types_.is_unknown(type))
      return bad(Code::expr_type, last, "transformMapEntry() needs a map {key: value}, found " + types_.written(type));
    return type;
  }();
  names_.leave(node.names.size());
  return body;
}

}  // namespace tk::expr
