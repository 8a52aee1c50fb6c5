#include "core/json/type.hpp"

#include <charconv>

#include "core/base/text.hpp"
#include "core/json/json.hpp"
#include "core/os/file.hpp"

namespace tk::json {
namespace {

using Kind = Type::Kind;

constexpr std::pair<std::string_view, Kind> kNames[] = {
    {"text", Kind::text},   {"int", Kind::integer}, {"number", Kind::number},
    {"bool", Kind::boolean}, {"json", Kind::json},  {"bytes", Kind::bytes}};

bool fits(const Type& type, const Value& v) {
  double ignored = 0;
  switch (type.kind) {
    case Kind::text: return v.as_text();
    case Kind::integer: return v.as_int() || v.as_uint();
    case Kind::number: return v.number(ignored);
    case Kind::boolean: return v.as_bool();
    case Kind::bytes: return v.as_bytes() || v.as_text();
    case Kind::list: return v.as_list();
    default: return true;
  }
}

constexpr int kMaxLists = 32;  // list<list<…>>: a text can nest deeper than a stack is

Result<Type> read_type(std::string_view text, const std::string& root, int lists);

}  // namespace

std::string Type::str() const {
  if (kind == Kind::list) return "list<" + item->str() + ">";
  if (kind == Kind::schema) return schema_path;
  for (auto [name, k] : kNames)
    if (k == kind) return std::string(name);
  return "json";
}

Result<Type> parse_type(std::string_view text, const std::string& root) {
  return read_type(text, root, 0);
}

namespace {

Result<Type> read_type(std::string_view text, const std::string& root, int lists) {
  for (auto [name, kind] : kNames)
    if (text == name) return Type{kind, nullptr, {}, {}};
  if (text.starts_with("list<") && text.ends_with(">")) {
    if (lists == kMaxLists)
      return fail(Code::toml_type, "a type of more than 32 lists in each other");
    TK_TRY(auto item, read_type(text.substr(5, text.size() - 6), root, lists + 1));
    return Type{Kind::list, std::make_shared<const Type>(std::move(item)), {}, {}};
  }
  if (text.ends_with(".json") && text.find("..") == text.npos && !text.starts_with('/')) {
    TK_TRY(auto schema, os::read_file(root + "/" + std::string(text), 1u << 20));
    return Type{Kind::schema, nullptr, std::string(text), std::move(schema)};
  }
  auto near = text::nearest(text, {"text", "int", "number", "bool", "json", "bytes", "list<json>"});
  return fail(Code::toml_type, "unknown type \"" + text::printable(text.substr(0, 80)) + "\"",
              near.empty() ? "types are text, int, number, bool, json, bytes, list<T>, or the path "
                             "of a JSON Schema file in the workspace"
                           : "did you mean " + near + "?");
}

}  // namespace

Result<void> check(const Type& type, const Value& value, std::string_view name) {
  if (!fits(type, value))
    return fail(Code::wot_type, "`" + std::string(name) + "` must be " + type.str() + ", not " +
                                    std::string(value.kind()));
  if (type.kind == Kind::list)
    for (const auto& item : *value.as_list())
      TK_CHECK(check(*type.item, item, std::string(name) + "[]"));
  if (type.kind == Kind::schema) {
    if (auto good = check_schema(type.schema_text, type.schema_path, value); !good) {
      auto error = good.error();
      error.message = "`" + std::string(name) + "`: " + error.message;
      return fail(error);
    }
  }
  return {};
}

bool feeds(const Type& from, const Type& to) {
  if (from.kind == Kind::json || to.kind == Kind::json) return true;
  if (from.kind == Kind::integer && to.kind == Kind::number) return true;
  if (from.kind != to.kind) return false;
  if (from.kind == Kind::list) return feeds(*from.item, *to.item);
  return from.schema_text == to.schema_text;
}

Result<Value> read_word(const Type& type, std::string_view word, std::string_view name) {
  if (type.kind == Kind::text || type.kind == Kind::bytes) return Value(word);
  auto value = parse(word, name);
  if (!value && type.kind == Kind::json) return Value(word);  // a bare word is a text
  if (!value || !fits(type, *value))
    return fail(Code::cli_usage, "`" + std::string(name) + "` must be " + type.str() + ", not \"" +
                                     text::printable(text::shorten(word, 80)) + "\"");
  TK_CHECK(check(type, *value, name));
  return value;
}

}  // namespace tk::json
