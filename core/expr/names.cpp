#include "core/expr/detail/names.hpp"

#include <algorithm>

#include "core/base/text.hpp"
#include "core/expr/detail/lexer.hpp"
#include "core/expr/detail/parser.hpp"

namespace tk::expr {

using Kind = Type::Kind;

namespace {

std::size_t parts_of(std::string_view name) {
  return 1 + static_cast<std::size_t>(std::count(name.begin(), name.end(), '.'));
}

const std::map<std::string, Type, std::less<>>& type_names() {
  static const std::map<std::string, Type, std::less<>> names = {
      {"bool", {Kind::boolean, {}, {}}},
      {"int", {Kind::integer, {}, {}}},
      {"uint", {Kind::unsigned_integer, {}, {}}},
      {"double", {Kind::real, {}, {}}},
      {"string", {Kind::text, {}, {}}},
      {"bytes", {Kind::bytes, {}, {}}},
      {"list", {Kind::list, {{}}, {}}},
      {"map", {Kind::map, {{}, {}}, {}}},
      {"null_type", {Kind::null, {}, {}}},
      {"type", {Kind::type, {}, {}}},
      {"optional_type", {Kind::optional, {{}}, {}}},
      {"google.protobuf.Timestamp", {Kind::timestamp, {}, {}}},
      {"google.protobuf.Duration", {Kind::duration, {}, {}}}};
  return names;
}

}  // namespace

const Node& root(const Node& node) {
  const Node* n = &node;
  while (n->kind == Node::Kind::select) n = n->children.data();
  return *n;
}

std::string chain(const Node& node, std::size_t longest, bool any_select) {
  std::vector<std::string_view> parts;
  const Node* n = &node;
  for (; n->kind == Node::Kind::select; n = n->children.data()) {
    bool plain = (!n->test && !n->optional) || (any_select && n == &node);
    if (!plain || parts.size() + 1 >= longest) return {};
    parts.push_back(n->text);
  }
  if (n->kind != Node::Kind::name) return {};
  std::string out = n->text;
  for (auto part = parts.rbegin(); part != parts.rend(); ++part) {
    out += '.';
    out += *part;
  }
  return out;
}

void Names::enter(const std::string& name, std::uint32_t id) {
  locals_[name].push_back(id);
  entered_.push_back(name);
}

void Names::leave(std::size_t n) {
  for (; n > 0; --n, entered_.pop_back()) locals_[entered_.back()].pop_back();
}

std::optional<std::uint32_t> Names::local(std::string_view name) const {
  auto it = locals_.find(name);
  if (it == locals_.end() || it->second.empty()) return {};
  return it->second.back();
}

// a.b in container x.y: x.y.a.b, x.a.b, a.b. A leading dot asks for the last alone.
std::vector<std::string> Names::candidates(std::string_view name) const {
  std::vector<std::string> out;
  if (name.starts_with('.')) return {std::string(name.substr(1))};
  for (auto prefix = env_.container; !prefix.empty();) {
    out.push_back(prefix + "." + std::string(name));
    auto dot = prefix.rfind('.');
    prefix.resize(dot == prefix.npos ? 0 : dot);
  }
  out.emplace_back(name);
  return out;
}

Meaning Names::of(const Node& node) const {
  auto longest = std::max<std::size_t>(env_.longest, 3);  // google.protobuf.Timestamp
  auto name = chain(node, longest, true);
  if (name.empty() || local(root(node).text)) return {};
  for (auto& candidate : candidates(name)) {
    if (auto it = env_.variables.find(candidate); it != env_.variables.end())
      return {Meaning::Kind::variable, candidate, {}, it->second};
    if (env_.records.contains(candidate)) return {Meaning::Kind::whole_record, candidate, {}, {}};
    if (auto dot = candidate.rfind('.'); dot != candidate.npos && node.kind == Node::Kind::select) {
      auto record = env_.records.find(std::string_view(candidate).substr(0, dot));
      if (record != env_.records.end()) {
        auto field = record->second.fields.find(node.text);
        if (field != record->second.fields.end())
          return {Meaning::Kind::field, record->first, node.text, field->second};
        return {record->second.open ? Meaning::Kind::field : Meaning::Kind::no_such_field, record->first, node.text, {}};
      }
    }
    if (auto it = type_names().find(candidate); it != type_names().end() && !node.test && !node.optional)
      return {Meaning::Kind::type, it->first, {}, it->second};
  }
  if (node.kind == Node::Kind::name && env_.any_variable)
    return {Meaning::Kind::variable, candidates(name).back(), {}, {}};
  return {};
}

FunctionMeaning Names::function_named(std::string_view name) const {
  for (auto& candidate : candidates(name)) {
    FunctionMeaning out;
    out.name = candidate;
    if (auto it = env_.input_functions.find(candidate); it != env_.input_functions.end()) out.input = &it->second;
    if (auto it = env_.functions.find(candidate); it != env_.functions.end()) out.declared = &it->second;
    out.library = find_function(candidate);
    if (out) return out;
  }
  return {};
}

FunctionMeaning Names::function(const Node& call, bool& whole) const {
  whole = !call.member;
  if (call.member) {
    const auto& target = call.children[0];
    auto name = chain(target, 8);
    if (!name.empty() && !local(root(target).text))
      if (auto found = function_named(name + "." + call.text)) {
        whole = true;
        return found;
      }
  }
  return function_named(call.text);
}

std::string Names::nearest(std::string_view name) const {
  std::vector<std::string> known;
  for (const auto& local : entered_)
    if (is_identifier(local)) known.push_back(local);
  for (const auto& [variable, type] : env_.variables) known.push_back(variable);
  for (const auto& [record, what] : env_.records) known.push_back(record);
  for (const auto& [type, what] : type_names()) known.push_back(type);
  return text::nearest(name, known);
}

std::string Names::nearest_function(std::string_view name) const {
  std::vector<std::string> known = {"all", "exists", "exists_one", "filter", "map", "has", "optMap", "optFlatMap",
                                    "transformList", "transformMap", "cel.bind"};
  for (auto function : function_names()) known.emplace_back(function);
  for (const auto& [function, what] : env_.input_functions) known.push_back(function);
  for (const auto& [function, what] : env_.functions) known.push_back(function);
  return text::nearest(name, known);
}

std::string Names::nearest_field(std::string_view record, std::string_view field) const {
  std::vector<std::string> known;
  if (auto it = env_.records.find(record); it != env_.records.end())
    for (const auto& [name, type] : it->second.fields) known.push_back(name);
  auto near = text::nearest(field, known);
  if (!near.empty()) return "did you mean " + std::string(record) + "." + near + "?";
  return known.empty() ? std::string() : "it has " + text::join(known, ", ");
}

bool is_block(const Node& node) {
  return node.kind == Node::Kind::call && node.member && node.text == "block" && node.children.size() == 3 &&
         node.children[0].kind == Node::Kind::name && node.children[0].text == "cel" &&
         node.children[1].kind == Node::Kind::list && node.children[1].optionals.empty();
}

std::string called_as_variable(const Node& node) {
  if (!node.member || node.children[0].kind != Node::Kind::name || node.children[0].text != "cel") return {};
  if (node.text == "index" && node.children.size() == 2)
    if (const auto* i = node.children[1].value.as_int()) return "cel.index(" + std::to_string(*i) + ")";
  return block_variable(node);
}

bool is_constant_argument(const Node& node) {
  if (node.kind == Node::Kind::literal) return true;
  return node.kind == Node::Kind::call && !node.member && (node.text == "duration" || node.text == "timestamp") &&
         node.children.size() == 1 && node.children[0].kind == Node::Kind::literal;
}

// Copies of an environment share what is declared until one of them declares more.
Environment::Detail& Environment::own() {
  if (!detail_) detail_ = std::make_shared<Detail>();
  else if (detail_.use_count() > 1) detail_ = std::make_shared<Detail>(*detail_);
  return *detail_;
}

Environment& Environment::variable(std::string name, Type type) {
  auto& d = own();
  d.longest = std::max(d.longest, parts_of(name) + 1);
  d.variables.insert_or_assign(std::move(name), std::move(type));
  return *this;
}

Environment& Environment::record(std::string name, std::vector<std::pair<std::string, Type>> fields, bool open) {
  auto& d = own();
  d.longest = std::max(d.longest, parts_of(name) + 2);
  auto& record = d.records[std::move(name)];
  record.open = open;
  for (auto& [field, type] : fields) record.fields.insert_or_assign(std::move(field), std::move(type));
  return *this;
}

Environment& Environment::input_function(std::string name, std::vector<Type> parameters, Type result) {
  auto& function = own().input_functions[std::move(name)];
  function.takes.push_back(std::move(parameters));
  function.result = std::move(result);
  return *this;
}

Environment& Environment::container(std::string name) {
  auto& d = own();
  d.longest += parts_of(name);
  d.container = std::move(name);
  return *this;
}

Result<void> Environment::function(std::string_view signature) {
  TK_TRY(auto read, parse_signature(signature));
  own().functions[read.name].push_back(std::move(read));
  return {};
}

Environment& Environment::any_variable() {
  own().any_variable = true;
  return *this;
}

Environment& Environment::zones(Zones source) {
  own().zones = source;
  return *this;
}

}  // namespace tk::expr
