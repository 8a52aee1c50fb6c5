#include "plugins/apply-unix/database.hpp"

#include <algorithm>

namespace tk::apply_unix {
namespace {

std::vector<std::string_view> split(std::string_view row) {
  std::vector<std::string_view> out;
  for (;;) {
    auto colon = row.find(':');
    out.push_back(row.substr(0, colon));
    if (colon == row.npos) return out;
    row.remove_prefix(colon + 1);
  }
}

// "!" alone is what useradd leaves where no password was set; a lock stands before one. Empty would be no password at all.
bool locked(std::string_view password) {
  return password.size() > 1 && password[0] == '!';
}

}  // namespace

Database::Database(std::string name, std::string content, std::size_t more) : name_(std::move(name)), lines_(1) {
  more += static_cast<std::size_t>(std::count(content.begin(), content.end(), '\n')) + 2;
  lines_.reserve(more);
  at_.reserve(more);
  ends_ = content.empty() || content.back() == '\n';
  for (std::string_view rest = content; !rest.empty();) {
    auto end = rest.find('\n');
    auto text = rest.substr(0, end);
    rest.remove_prefix(end == rest.npos ? rest.size() : end + 1);
    auto colon = text.find(':');
    auto at = insert(lines_[0].before, std::string(text));
    // Rows go before those of NIS, as useradd puts them.
    bool nis = !text.empty() && (text[0] == '+' || text[0] == '-');
    if (nis && end_ == 0) end_ = at;
    if (text.empty() || text[0] == '#' || nis || colon == text.npos) continue;
    std::string key(text.substr(0, colon));
    if (!at_.emplace(key, at).second) twice_.push_back(std::move(key));
  }
}

std::size_t Database::insert(std::size_t behind, std::string text) {
  auto at = lines_.size(), follows = lines_[behind].after;
  lines_.push_back({std::move(text), behind, follows});
  lines_[behind].after = lines_[follows].before = at;
  return at;
}

const std::string* Database::find(std::string_view name) const {
  auto it = at_.find(name);
  return it == at_.end() ? nullptr : &lines_[it->second].text;
}

bool Database::same(std::string_view plan, std::string_view here) const {
  if (name_ != "shadow" && name_ != "gshadow") return plan == here;
  auto a = split(plan), b = split(here);
  auto fits = [](std::string_view x, std::string_view y) { return x == y || x == "=" || (x == "!=" && locked(y)) || (x == "?=" && !locked(y)); };
  return a.size() == b.size() && std::equal(a.begin(), a.end(), b.begin(), fits);
}

std::string Database::merged(std::string_view plan, std::string_view here) const {
  if (name_ != "shadow" && name_ != "gshadow") return std::string(plan);
  auto a = split(plan), b = split(here);
  std::string out;
  for (std::size_t i = 0; i < a.size(); ++i) {
    if (i > 0) out += ':';
    std::string stays(i < b.size() && !here.empty() && !(i == 1 && b[i].empty()) ? b[i] : i == 1 ? "*" : "");
    if (a[i] == "!=" && !locked(stays)) stays.insert(0, 1, '!');
    if (a[i] == "?=" && locked(stays)) stays.erase(0, 1);
    out += a[i] == "=" || a[i] == "!=" || a[i] == "?=" ? stays : std::string(a[i]);
  }
  return out;
}

// What a row is called after an operation that renames it; empty for every other.
std::string_view Database::name_after(const Op& op) {
  if (op.at(2) == "-" || op.at(3) == "-") return {};
  auto name = op.at(3).substr(0, op.at(3).find(':'));
  return name == op.at(1) ? std::string_view() : name;
}

State Database::state(const Op& op) const {
  auto name = op.at(1), before = op.at(2), after = op.at(3);
  if (std::find(twice_.begin(), twice_.end(), name) != twice_.end()) return State::other;
  const auto* row = find(name);
  if (auto renamed = name_after(op); !renamed.empty()) {
    const auto* there = find(renamed);
    if (!row && there && same(after, *there)) return State::after;
    return row && !there && same(before, *row) ? State::before : State::other;
  }
  auto is = [&](std::string_view plan) { return row ? plan != "-" && same(plan, *row) : plan == "-"; };
  if (is(after)) return State::after;
  return is(before) ? State::before : State::other;
}

void Database::carry_out(const Op& op) {
  auto name = op.at(1), after = op.at(3), follows = op.at(4);
  auto it = at_.find(name);
  if (it == at_.end()) {
    if (after == "-") return;
    auto before = at_.find(follows);
    auto behind = follows == ":" ? 0 : before != at_.end() ? before->second : lines_[end_].before;
    at_.emplace(std::string(name), insert(behind, merged(after, "")));
    return;
  }
  auto at = it->second;
  auto& line = lines_[at];
  if (after == "-") {
    lines_[line.before].after = line.after;
    lines_[line.after].before = line.before;
    at_.erase(it);
    return;
  }
  line.text = merged(after, line.text);
  if (auto renamed = name_after(op); !renamed.empty()) {
    at_.erase(it);
    at_.emplace(std::string(renamed), at);
  }
}

std::unordered_set<std::string_view> Database::ids() const {
  std::unordered_set<std::string_view> out;
  for (const auto& [name, at] : at_)
    if (auto id = row_field(lines_[at].text, 2); !id.empty()) out.insert(id);
  return out;
}

std::string Database::content() const {
  std::string out;
  for (auto at = lines_[0].after; at != 0; at = lines_[at].after) out.append(lines_[at].text).push_back('\n');
  if (!ends_ && !out.empty()) out.pop_back();
  return out;
}

}  // namespace tk::apply_unix
