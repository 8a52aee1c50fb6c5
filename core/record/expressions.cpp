#include "core/record/detail/expressions.hpp"

#include <algorithm>

namespace tk::record::detail {
namespace {

using expr::Type;
using Kind = expr::Type::Kind;

std::size_t offset_of(std::string_view text, int line, int column) {
  std::size_t at = 0;
  for (int l = 1; l < line && at < text.size(); ++l) {
    at = text.find('\n', at);
    if (at == text.npos) return text.size();
    ++at;
  }
  for (int c = 1; c < column && at < text.size(); ++c) {
    ++at;
    while (at < text.size() && (static_cast<unsigned char>(text[at]) & 0xC0) == 0x80) ++at;
  }
  return at;
}

std::size_t utf8_size(std::string_view hex) {
  unsigned long c = std::strtoul(std::string(hex).c_str(), nullptr, 16);
  return c < 0x80 ? 1 : c < 0x800 ? 2 : c < 0x10000 ? 3 : 4;
}

// What a value may become that the checker knows to be of `type`; dyn is looked at when it is there.
bool may_be(const Type& type, const json::Type& field) {
  using Field = json::Type::Kind;
  if (type.kind == Kind::dyn || type.kind == Kind::null) return true;
  switch (field.kind) {
    case Field::text:
    case Field::bytes: return type.kind == Kind::text;
    case Field::integer: return type.kind == Kind::integer || type.kind == Kind::unsigned_integer;
    case Field::number:
      return type.kind == Kind::real || type.kind == Kind::integer || type.kind == Kind::unsigned_integer;
    case Field::boolean: return type.kind == Kind::boolean;
    case Field::list: return type.kind == Kind::list;
    default:
      return type.kind != Kind::timestamp && type.kind != Kind::duration && type.kind != Kind::bytes &&
             type.kind != Kind::type && type.kind != Kind::optional && type.kind != Kind::error;
  }
}

}  // namespace

Where locate(std::string_view source, const Where& begin, std::size_t offset) {
  auto at = offset_of(source, begin.line, begin.column);
  if (at >= source.size() || (source[at] != '"' && source[at] != '\'')) return begin;
  char quote = source[at];
  bool three = source.substr(at, 3) == std::string(3, quote);
  at += three ? 3 : 1;
  if (three && source.substr(at, 2) == "\r\n") at += 2;
  else if (three && at < source.size() && source[at] == '\n') ++at;
  while (offset > 0 && at < source.size()) {
    if (source[at] != '\\' || quote == '\'' || at + 1 >= source.size()) {
      ++at, --offset;
      continue;
    }
    char c = source[at + 1];
    if (c == '\n' || c == '\r' || c == ' ' || c == '\t') {  // a line that goes on: nothing of it is text
      at = source.find_first_not_of(" \t\r\n", at + 1);
      continue;
    }
    std::size_t digits = c == 'u' ? 4 : c == 'U' ? 8 : 0;
    auto made = digits ? utf8_size(source.substr(at + 2, digits)) : 1;
    offset -= std::min(offset, made);
    at += 2 + digits;
  }
  auto place = expr::place(source, static_cast<std::uint32_t>(std::min(at, source.size())));
  place.file = begin.file;
  return place;
}

Result<Expression> Expressions::compile(const toml::Node& node) {
  if (!node.value.as_text())
    return fail_at(Code::toml_type, node.where, "an expression is written as a text");
  Expression out;
  out.text = *node.value.as_text();
  out.where = node.where;
  if (!env_) env_ = environment(fields_, input_);
  auto program = expr::Program::compile(out.text, *env_);
  if (!program) {
    auto error = program.error();
    auto offset = error.where.line > 0 ? offset_of(out.text, error.where.line, error.where.column) : 0;
    error.where = locate(source_, node.where, offset);
    return fail(std::move(error));
  }
  out.program = std::move(*program);
  return out;
}

Result<Expression> Expressions::condition(const toml::Node& node) {
  TK_TRY(auto out, compile(node));
  const auto& type = out.program.type();
  if (type.kind != Kind::boolean && type.kind != Kind::dyn)
    return fail_at(Code::expr_type, node.where, "a condition is true or false; this is " + expr::to_string(type));
  return out;
}

Result<Expression> Expressions::value(const toml::Node& node, const json::Type& field) {
  TK_TRY(auto out, compile(node));
  const auto& type = out.program.type();
  if (!may_be(type, field))
    return fail_at(Code::expr_type, node.where,
                   "the field is " + field.str() + "; this gives " + expr::to_string(type),
                   "convert it: string(…), int(…), double(…)");
  return out;
}

}  // namespace tk::record::detail
