#include "core/expr/detail/library.hpp"

#include <array>
#include <mutex>
#include <unordered_map>

#include "core/base/text.hpp"
#include "core/expr/detail/natives.hpp"

namespace tk::expr {
namespace {

struct Row {
  std::string_view name, signatures;  // separated by ;
  Native native;
  Op op = Op::call;
};

// What compares by size: equal kinds, and numbers of any two.
#define TK_ORDERED(op)                                                                             \
  op "(bool, bool) bool;" op "(int, int) bool;" op "(uint, uint) bool;" op "(double, double) bool;" \
  op "(int, uint) bool;" op "(int, double) bool;" op "(uint, int) bool;" op "(uint, double) bool;"  \
  op "(double, int) bool;" op "(double, uint) bool;" op "(string, string) bool;"                   \
  op "(bytes, bytes) bool;" op "(timestamp, timestamp) bool;" op "(duration, duration) bool"
#define TK_PART(name) "timestamp." name "() int; timestamp." name "(string) int"
#define TK_PART_OF_BOTH(name) TK_PART(name) "; duration." name "() int"
#define TK_INTS(name) name "(int, int) int;" name "(uint, uint) uint"

constexpr Row kRows[] = {
    // Operators.
    {"_+_",
     "_+_(int, int) int; _+_(uint, uint) uint; _+_(double, double) double; _+_(string, string) string;"
     "_+_(bytes, bytes) bytes; _+_(list(T), list(T)) list(T); _+_(duration, duration) duration;"
     "_+_(timestamp, duration) timestamp; _+_(duration, timestamp) timestamp",
     nullptr},
    {"_-_",
     "_-_(int, int) int; _-_(uint, uint) uint; _-_(double, double) double; _-_(duration, duration) duration;"
     "_-_(timestamp, duration) timestamp; _-_(timestamp, timestamp) duration",
     nullptr},
    {"_*_", "_*_(int, int) int; _*_(uint, uint) uint; _*_(double, double) double", nullptr},
    {"_/_", "_/_(int, int) int; _/_(uint, uint) uint; _/_(double, double) double", nullptr},
    {"_%_", "_%_(int, int) int; _%_(uint, uint) uint", nullptr},
    {"-_", "-_(int) int; -_(double) double", nullptr},
    {"!_", "!_(bool) bool", nullptr},
    {"_&&_", "_&&_(bool, bool) bool", nullptr},
    {"_||_", "_||_(bool, bool) bool", nullptr},
    {"_?_:_", "_?_:_(bool, T, T) T", nullptr},
    {"_==_", "_==_(T, T) bool", nullptr},
    {"_!=_", "_!=_(T, T) bool", nullptr},
    {"_<_", TK_ORDERED("_<_"), nullptr},
    {"_<=_", TK_ORDERED("_<=_"), nullptr},
    {"_>_", TK_ORDERED("_>_"), nullptr},
    {"_>=_", TK_ORDERED("_>=_"), nullptr},
    {"@in", "@in(T, list(T)) bool; @in(K, map(K, V)) bool", nullptr},
    {"_[_]",
     "_[_](list(T), int) T; _[_](map(K, V), K) V; _[_](optional_type(list(T)), int) optional_type(T);"
     "_[_](optional_type(map(K, V)), K) optional_type(V)",
     nullptr},
    {"_[?_]",
     "_[?_](list(T), int) optional_type(T); _[?_](map(K, V), K) optional_type(V);"
     "_[?_](optional_type(list(T)), int) optional_type(T);"
     "_[?_](optional_type(map(K, V)), K) optional_type(V)",
     nullptr},
    // Standard definitions.
    {"size",
     "size(string) int; size(bytes) int; size(list(T)) int; size(map(K, V)) int;"
     "string.size() int; bytes.size() int; list(T).size() int; map(K, V).size() int",
     native::size},
    {"type", "type(T) type(T)", native::type_of},
    {"dyn", "dyn(T) dyn", native::same},
    {"bool", "bool(bool) bool; bool(string) bool", native::to_bool},
    {"int", "int(int) int; int(uint) int; int(double) int; int(string) int; int(timestamp) int; int(duration) int",
     native::to_int},
    {"uint", "uint(uint) uint; uint(int) uint; uint(double) uint; uint(string) uint", native::to_uint},
    {"double", "double(double) double; double(int) double; double(uint) double; double(string) double",
     native::to_double},
    {"string",
     "string(string) string; string(bool) string; string(int) string; string(uint) string; string(double) string;"
     "string(bytes) string; string(timestamp) string; string(duration) string",
     native::to_string},
    {"bytes", "bytes(bytes) bytes; bytes(string) bytes", native::to_bytes},
    {"timestamp", "timestamp(timestamp) timestamp; timestamp(string) timestamp; timestamp(int) timestamp",
     native::to_timestamp},
    {"duration", "duration(duration) duration; duration(string) duration; duration(int) duration",
     native::to_duration},
    {"contains", "string.contains(string) bool", nullptr, Op::contains},
    {"startsWith", "string.startsWith(string) bool", nullptr, Op::starts_with},
    {"endsWith", "string.endsWith(string) bool", nullptr, Op::ends_with},
    {"matches", "matches(string, string) bool; string.matches(string) bool", native::matches},
    {"getFullYear", TK_PART("getFullYear"), native::full_year},
    {"getMonth", TK_PART("getMonth"), native::month},
    {"getDayOfMonth", TK_PART("getDayOfMonth"), native::day_of_month},
    {"getDate", TK_PART("getDate"), native::date},
    {"getDayOfWeek", TK_PART("getDayOfWeek"), native::day_of_week},
    {"getDayOfYear", TK_PART("getDayOfYear"), native::day_of_year},
    {"getHours", TK_PART_OF_BOTH("getHours"), native::hours},
    {"getMinutes", TK_PART_OF_BOTH("getMinutes"), native::minutes},
    {"getSeconds", TK_PART_OF_BOTH("getSeconds"), native::seconds},
    {"getMilliseconds", TK_PART_OF_BOTH("getMilliseconds"), native::milliseconds},
    // Optionals.
    {"optional.of", "optional.of(T) optional_type(T)", native::optional_of},
    {"optional.ofNonZeroValue", "optional.ofNonZeroValue(T) optional_type(T)", native::optional_of_non_zero},
    {"optional.none", "optional.none() optional_type(T)", native::optional_none},
    {"hasValue", "optional_type(T).hasValue() bool", native::has_value},
    {"value", "optional_type(T).value() T", native::value},
    {"or", "optional_type(T).or(optional_type(T)) optional_type(T)", native::or_else},
    {"orValue", "optional_type(T).orValue(T) T", native::or_value},
    // The extension `strings`.
    {"charAt", "string.charAt(int) string", native::char_at},
    {"indexOf", "string.indexOf(string) int; string.indexOf(string, int) int", native::index_of},
    {"lastIndexOf", "string.lastIndexOf(string) int; string.lastIndexOf(string, int) int", native::last_index_of},
    {"lowerAscii", "string.lowerAscii() string", native::lower_ascii},
    {"upperAscii", "string.upperAscii() string", native::upper_ascii},
    {"replace", "string.replace(string, string) string; string.replace(string, string, int) string", native::replace},
    {"split", "string.split(string) list(string); string.split(string, int) list(string)", native::split},
    {"join", "list(string).join() string; list(string).join(string) string", native::join},
    {"substring", "string.substring(int) string; string.substring(int, int) string", native::substring},
    {"trim", "string.trim() string", native::trim},
    {"reverse", "string.reverse() string", native::reverse},
    {"format", "string.format(list(dyn)) string", native::format},
    {"strings.quote", "strings.quote(string) string", native::quote},
    // The extension `encoders`.
    {"base64.encode", "base64.encode(bytes) string", native::base64_encode},
    {"base64.decode", "base64.decode(string) bytes", native::base64_decode},
    // The extension `math`.
    {"math.greatest", "", native::greatest},
    {"math.least", "", native::least},
    {"math.ceil", "math.ceil(double) double", native::ceil},
    {"math.floor", "math.floor(double) double", native::floor},
    {"math.round", "math.round(double) double", native::round},
    {"math.trunc", "math.trunc(double) double", native::trunc},
    {"math.sqrt", "math.sqrt(double) double; math.sqrt(int) double; math.sqrt(uint) double", native::sqrt},
    {"math.abs", "math.abs(int) int; math.abs(uint) uint; math.abs(double) double", native::abs},
    {"math.sign", "math.sign(int) int; math.sign(uint) uint; math.sign(double) double", native::sign},
    {"math.isNaN", "math.isNaN(double) bool", native::is_nan},
    {"math.isInf", "math.isInf(double) bool", native::is_inf},
    {"math.isFinite", "math.isFinite(double) bool", native::is_finite},
    {"math.bitAnd", TK_INTS("math.bitAnd"), native::bit_and},
    {"math.bitOr", TK_INTS("math.bitOr"), native::bit_or},
    {"math.bitXor", TK_INTS("math.bitXor"), native::bit_xor},
    {"math.bitNot", "math.bitNot(int) int; math.bitNot(uint) uint", native::bit_not},
    {"math.bitShiftLeft", "math.bitShiftLeft(int, int) int; math.bitShiftLeft(uint, int) uint", native::shift_left},
    {"math.bitShiftRight", "math.bitShiftRight(int, int) int; math.bitShiftRight(uint, int) uint",
     native::shift_right},
};

constexpr std::size_t kCount = std::size(kRows);

Function read(const Row& row) {
  Function out;
  out.native = row.native;
  out.op = row.op;
  out.variadic = row.signatures.empty();
  if (out.variadic) return out;
  for (auto text : text::split(row.signatures, ';'))
    out.overloads.push_back(parse_signature(text::trim(text), row.name).value());
  return out;
}

bool is_operator(std::string_view name) { return name.find_first_of("_@!-") == 0; }

}  // namespace

const Function* find_function(std::string_view name) {
  static const auto places = [] {
    std::unordered_map<std::string_view, std::size_t> out;
    for (std::size_t i = 0; i < kCount; ++i) out.emplace(kRows[i].name, i);
    return out;
  }();
  static std::array<std::once_flag, kCount> read_once;
  static std::array<Function, kCount> functions;
  auto it = places.find(name);
  if (it == places.end()) return nullptr;
  auto i = it->second;
  std::call_once(read_once[i], [&] { functions[i] = read(kRows[i]); });
  return &functions[i];
}

std::vector<std::string_view> function_names() {
  std::vector<std::string_view> out;
  for (const auto& row : kRows)
    if (!is_operator(row.name)) out.push_back(row.name);
  return out;
}

}  // namespace tk::expr
