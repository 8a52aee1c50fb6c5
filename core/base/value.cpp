#include "core/base/value.hpp"

#include <array>

namespace tk {

const Value& Value::operator[](std::string_view key) const {
  static const Value null;
  const auto* map = as_map();
  if (!map) return null;
  auto it = map->find(key);
  return it == map->end() ? null : it->second;
}

std::string Value::text(std::string_view otherwise) const {
  const auto* t = as_text();
  return t ? *t : std::string(otherwise);
}

std::int64_t Value::integer(std::int64_t otherwise) const {
  const auto* i = as_int();
  return i ? *i : otherwise;
}

bool Value::number(double& out) const {
  if (const auto* i = as_int()) return out = static_cast<double>(*i), true;
  if (const auto* u = as_uint()) return out = static_cast<double>(*u), true;
  if (const auto* d = as_double()) return out = *d, true;
  return false;
}

std::string_view Value::kind() const {
  static constexpr std::array<std::string_view, 11> kNames = {
      "null",  "bool", "int", "int",       "number",  "text",
      "bytes", "list", "map", "timestamp", "duration"};
  return kNames[v_.index()];
}

}  // namespace tk
