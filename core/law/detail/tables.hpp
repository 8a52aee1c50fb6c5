// Reading the tables of an index in place, every range cut to what is there.
#pragma once

#include <algorithm>
#include <string_view>
#include <utility>

#include "core/law/detail/layout.hpp"

namespace tk::law::detail {

inline const Header& header(std::string_view bytes) {
  return *reinterpret_cast<const Header*>(bytes.data());
}

inline std::string_view str(std::string_view bytes, Str s) {
  const auto& pool = header(bytes).tables[kPool];
  if (std::uint64_t{s.at} + s.size > pool.size) return {};
  return bytes.substr(pool.at + s.at, s.size);
}

// The rows [range) of a table, cut to what is there: a damaged range can shorten an answer towards
// deny but never read outside.
template <class T>
std::pair<const T*, std::size_t> rows(std::string_view bytes, Table table, Range range) {
  const auto& t = header(bytes).tables[table];
  if (range.at >= t.size) return {nullptr, 0};
  auto n = std::min<std::size_t>(range.size, t.size - range.at);
  return {reinterpret_cast<const T*>(bytes.data() + t.at) + range.at, n};
}
template <class T>
std::pair<const T*, std::size_t> all(std::string_view bytes, Table table) {
  return rows<T>(bytes, table, {0, header(bytes).tables[table].size});
}

}  // namespace tk::law::detail
