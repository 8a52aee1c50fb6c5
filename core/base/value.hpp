// The one value of tk (FORMATS.md, Values): null, bool, int64, uint64, double, text, bytes, list,
// map, timestamp, duration. Records, workflows and plugins all speak it. Maps are ordered by key.
// A value owns what it holds; copies are deep. Threads: as std::string.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace tk {

struct Timestamp {
  std::int64_t ns = 0;  // since 1970-01-01T00:00:00Z
  auto operator<=>(const Timestamp&) const = default;
};
struct Duration {
  std::int64_t ns = 0;
  auto operator<=>(const Duration&) const = default;
};

class Value {
 public:
  using List = std::vector<Value>;
  using Map = std::map<std::string, Value, std::less<>>;
  using Bytes = std::vector<std::uint8_t>;

  Value() = default;
  Value(std::nullptr_t) {}
  Value(bool v) : v_(v) {}
  Value(int v) : v_(std::int64_t{v}) {}
  Value(std::int64_t v) : v_(v) {}
  Value(std::uint64_t v) : v_(v) {}
  Value(double v) : v_(v) {}
  Value(std::string v) : v_(std::move(v)) {}
  Value(std::string_view v) : v_(std::string(v)) {}
  Value(const char* v) : v_(std::string(v)) {}
  Value(Bytes v) : v_(std::move(v)) {}
  Value(List v) : v_(std::move(v)) {}
  Value(Map v) : v_(std::move(v)) {}
  Value(Timestamp v) : v_(v) {}
  Value(Duration v) : v_(v) {}

  bool is_null() const { return std::holds_alternative<std::monostate>(v_); }
  const bool* as_bool() const { return std::get_if<bool>(&v_); }
  const std::int64_t* as_int() const { return std::get_if<std::int64_t>(&v_); }
  const std::uint64_t* as_uint() const { return std::get_if<std::uint64_t>(&v_); }
  const double* as_double() const { return std::get_if<double>(&v_); }
  const std::string* as_text() const { return std::get_if<std::string>(&v_); }
  const Bytes* as_bytes() const { return std::get_if<Bytes>(&v_); }
  const List* as_list() const { return std::get_if<List>(&v_); }
  const Map* as_map() const { return std::get_if<Map>(&v_); }
  const Timestamp* as_timestamp() const { return std::get_if<Timestamp>(&v_); }
  const Duration* as_duration() const { return std::get_if<Duration>(&v_); }
  List* as_list() { return std::get_if<List>(&v_); }
  Map* as_map() { return std::get_if<Map>(&v_); }

  // A member of a map; null value when this is no map or has no such member.
  const Value& operator[](std::string_view key) const;
  // The text of a text value, else `otherwise`.
  std::string text(std::string_view otherwise = {}) const;
  std::int64_t integer(std::int64_t otherwise = 0) const;
  // Any numeric kind as double; false when this is no number.
  bool number(double& out) const;

  std::string_view kind() const;  // "text", "int", …: the words of FORMATS.md, Types

  bool operator==(const Value& other) const = default;

 private:
  std::variant<std::monostate, bool, std::int64_t, std::uint64_t, double, std::string, Bytes, List,
               Map, Timestamp, Duration>
      v_;
};

}  // namespace tk
