// One of the six files of accounts as lines: rows are found by their first field; what is not touched keeps its bytes
// and its place.
#pragma once

#include <string>
#include <string_view>
#include <unordered_map>
#include <unordered_set>
#include <vector>

#include "plugins/apply-unix/plan.hpp"

namespace tk::apply_unix {

class Database {
 public:
  Database(std::string name, std::string content);

  enum class State { old_row, new_row, other };
  // How an operation's row stands here: as before it, as after it, or as somebody else left it.
  State state(const Op& op) const;
  void carry_out(const Op& op);
  std::string content() const;
  std::unordered_set<std::string> ids() const;  // the third field of each row, as the file was

 private:
  struct Line {
    std::string text;
    bool gone = false;
    std::vector<std::string> behind;  // rows that were put behind it
  };
  bool same(std::string_view plan, std::string_view here) const;  // "=" fits everything where passwords stand
  std::string merged(std::string_view plan, std::string_view here) const;
  const std::string* find(const std::string& name) const;
  static std::string name_after(const Op& op);

  std::string name_;
  std::vector<Line> lines_;                                                  // the first stands for what is before all of them
  std::unordered_map<std::string, std::pair<std::size_t, std::size_t>> at_;  // by name: the line, its place behind it (from 1) or 0
  std::vector<std::string> twice_;
  bool ends_ = true;  // with a newline
  bool nis_ = false;  // there are lines of NIS, the first of them behind line `end_`
  std::size_t end_ = 0;
};

}  // namespace tk::apply_unix
