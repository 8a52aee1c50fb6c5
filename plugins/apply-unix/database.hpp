// One of the six files of accounts as lines: rows are found by their first field; what is not touched keeps its bytes
// and its place.
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <unordered_map>
#include <unordered_set>
#include <vector>

#include "plugins/apply-unix/plan.hpp"

namespace tk::apply_unix {

class Database {
 public:
  // `more`: how many rows may come, at most.
  Database(std::string name, std::string content, std::size_t more = 0);

  State state(const Op& op) const;
  void carry_out(const Op& op);
  std::string content() const;
  std::unordered_set<std::string_view> ids() const;  // the third field of each row

 private:
  struct Hash {
    using is_transparent = void;
    std::size_t operator()(std::string_view name) const { return std::hash<std::string_view>()(name); }
  };
  struct Line {
    std::string text;
    std::size_t before = 0, after = 0;  // its neighbours
  };
  std::size_t insert(std::size_t behind, std::string text);  // the new line's number
  bool same(std::string_view plan, std::string_view here) const;  // "=" fits everything where passwords stand
  std::string merged(std::string_view plan, std::string_view here) const;
  const std::string* find(std::string_view name) const;
  static std::string_view name_after(const Op& op);

  std::string name_;
  std::vector<Line> lines_;                           // a ring; the first is no line, and stands between end and beginning
  std::unordered_map<std::string, std::size_t, Hash, std::equal_to<>> at_;  // by name: its line
  std::vector<std::string> twice_;
  bool ends_ = true;     // with a newline
  std::size_t end_ = 0;  // before which new rows come: the first line of NIS, or the end
};

using Databases = std::map<std::string, Database, std::less<>>;  // by name
inline Database& of(Databases& databases, const Op& op) { return databases.find(op.at(0))->second; }

}  // namespace tk::apply_unix
