// A field of a record as it is read where it may be missing: empty, or 0.
#pragma once

#include <string>
#include <string_view>

#include "core/record/store.hpp"

namespace tk::record {

inline Value field_value(const Record& r, std::string_view name) {
  auto it = r.fields.find(name);
  return it == r.fields.end() ? Value() : it->second;
}
inline std::string field_text(const Record& r, std::string_view name) {
  auto it = r.fields.find(name);
  return it == r.fields.end() ? "" : it->second.text();
}
inline std::int64_t field_number(const Record& r, std::string_view name) {
  auto it = r.fields.find(name);
  return it == r.fields.end() ? 0 : it->second.integer();
}

}  // namespace tk::record
