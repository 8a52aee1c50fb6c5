// Values with their kinds: cel-spec's Value message in protobuf's JSON. What comes in is written as a literal of
// CEL and evaluated, so that there is one way to make a map with keys of any kind.
#include <cmath>

#include "core/expr/ast.hpp"
#include "tools/expr/request.hpp"

namespace tk::tools::expr_tool {
namespace {

using tk::expr::Cell;

std::string quoted(std::string_view text) {
  tk::expr::Node node;
  node.value = text;
  return tk::expr::unparse(node);
}

tl::unexpected<Error> bad(std::string what) {
  return fail(Code::cli_usage, "not a typed value: " + std::move(what), "like {\"int64Value\": \"1\"}");
}

Result<std::string> object(const Value& v) {
  auto kind = v["@type"].text();
  auto name = kind.substr(kind.rfind('/') + 1);
  if (name == "google.protobuf.Timestamp") return "timestamp(" + quoted(v["value"].text()) + ")";
  if (name == "google.protobuf.Duration") return "duration(" + quoted(v["value"].text()) + ")";
  return bad("a message of type " + name);
}

Result<std::string> list(const Value& v) {
  std::string out = "[";
  if (const auto* values = v["values"].as_list())
    for (const auto& item : *values) {
      TK_TRY(auto text, literal_of(item));
      out += text + ",";
    }
  return out + "]";
}

Result<std::string> map(const Value& v) {
  std::string out = "{";
  if (const auto* entries = v["entries"].as_list())
    for (const auto& entry : *entries) {
      TK_TRY(auto key, literal_of(entry["key"]));
      TK_TRY(auto value, literal_of(entry["value"]));
      out += key + ":" + value + ",";
    }
  return out + "}";
}

std::string real(const Value& v) {
  double d = 0;
  if (!v.number(d)) return "double(" + quoted(v.text()) + ")";  // NaN, Infinity, -Infinity
  tk::expr::Node node;
  node.value = d;
  return tk::expr::unparse(node);
}

Value base64(std::string_view bytes) {
  auto env = tk::expr::Environment().variable("b");
  auto program = tk::expr::Program::compile("base64.encode(b)", env);
  tk::expr::Scratch scratch;
  Value owned = Value::Bytes(bytes.begin(), bytes.end());
  Cell slot = Cell::of(owned);
  return program->run({&slot, 1}, scratch).value();
}

}  // namespace

Result<std::string> literal_of(const Value& typed) {
  const auto* map_of = typed.as_map();
  if (!map_of || map_of->size() != 1) return bad("one member says kind and value");
  const auto& [kind, v] = *map_of->begin();
  bool whole = v.as_int() || v.as_uint();
  auto digits = v.as_int() ? std::to_string(*v.as_int()) : v.as_uint() ? std::to_string(*v.as_uint()) : v.text();
  bool fits = whole || (!digits.empty() && digits.find_first_not_of("-0123456789") == digits.npos);
  if (kind == "nullValue") return "null";
  if (kind == "boolValue" && v.as_bool()) return *v.as_bool() ? "true" : "false";
  if (kind == "int64Value" && fits) return digits;
  if (kind == "uint64Value" && fits) return digits + "u";
  if (kind == "doubleValue") return real(v);
  if (kind == "stringValue" && v.as_text()) return quoted(*v.as_text());
  if (kind == "bytesValue" && v.as_text()) return "base64.decode(" + quoted(*v.as_text()) + ")";
  if (kind == "typeValue" && v.as_text()) return *v.as_text();
  if (kind == "listValue") return list(v);
  if (kind == "mapValue") return map(v);
  if (kind == "objectValue") return object(v);
  return bad(kind);
}

Value typed_of(const Cell& cell) {
  auto made = [](const char* kind, Value value) { return Value::Map{{kind, std::move(value)}}; };
  auto object = [&](const char* type) {
    return made("objectValue", Value::Map{{"@type", "type.googleapis.com/google.protobuf." + std::string(type)},
                                          {"value", cell.written()}});
  };
  switch (cell.kind()) {
    case Cell::Kind::boolean: return made("boolValue", cell.value());
    case Cell::Kind::integer: return made("int64Value", cell.written());
    case Cell::Kind::unsigned_integer: return made("uint64Value", cell.written());
    case Cell::Kind::text: return made("stringValue", cell.value());
    case Cell::Kind::bytes: {
      auto value = cell.value();
      const auto* b = value.as_bytes();
      return made("bytesValue", base64({reinterpret_cast<const char*>(b->data()), b->size()}));
    }
    case Cell::Kind::type: return made("typeValue", cell.written());
    case Cell::Kind::timestamp: return object("Timestamp");
    case Cell::Kind::duration: return object("Duration");
    case Cell::Kind::real: {
      auto value = cell.value();
      double d = *value.as_double();
      if (std::isnan(d)) return made("doubleValue", "NaN");
      return made("doubleValue", std::isinf(d) ? Value(d > 0 ? "Infinity" : "-Infinity") : value);
    }
    case Cell::Kind::list:
    case Cell::Kind::map:
    case Cell::Kind::optional: {
      Value::List members;
      cell.members([&](const Cell* key, const Cell& value) {
        members.push_back(key ? Value(Value::Map{{"key", typed_of(*key)}, {"value", typed_of(value)}}) : typed_of(value));
      });
      if (cell.kind() == Cell::Kind::optional)
        return made("optionalValue", members.empty() ? Value() : std::move(members[0]));
      bool list = cell.kind() == Cell::Kind::list;
      return made(list ? "listValue" : "mapValue", Value::Map{{list ? "values" : "entries", std::move(members)}});
    }
    case Cell::Kind::missing:
    case Cell::Kind::error:
    case Cell::Kind::null: break;
  }
  return made("nullValue", nullptr);
}

}  // namespace tk::tools::expr_tool
