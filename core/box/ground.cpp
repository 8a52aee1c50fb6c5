#include "core/box/ground.hpp"

#include <charconv>

#include "core/base/text.hpp"

namespace tk::box {
namespace {

constexpr std::string_view kBegin = "tk-boxes 1", kEnd = "end";

std::uint32_t number(std::string_view word) {
  std::uint32_t out = 0;
  std::from_chars(word.data(), word.data() + word.size(), out);
  return out;
}

}  // namespace

std::uint32_t Ground::uid_of(std::string_view entity) const {
  for (const auto& [uid, owner] : ids)
    if (owner == entity) return uid;
  return 0;
}

// Words with NUL bytes behind them: "KEY VALUE", or "KEY NAME VALUE".
std::string Ground::text() const {
  std::string out;
  auto add = [&](std::string_view word) { (out += word) += '\0'; };
  add(kBegin);
  add("commit " + commit);
  add("range " + std::to_string(first) + " " + std::to_string(last));
  for (const auto& [uid, entity] : ids) add("id " + std::to_string(uid) + " " + entity);
  for (const auto& [name, toml] : profiles) add("profile " + name + " " + toml);
  for (const auto& folder : git) add("git " + folder);
  add(kEnd);
  return out;
}

Result<Ground> Ground::read(std::string_view text) {
  auto words = text::split(text, '\0');
  if (words.size() < 3 || words.front() != kBegin || words[words.size() - 2] != kEnd) return fail(Code::os_not_found, "no such file of boxes");
  Ground out;
  for (auto word : words) {
    auto space = word.find(' ');
    if (space == word.npos) continue;
    auto key = word.substr(0, space), rest = word.substr(space + 1);
    auto second = std::min(rest.find(' '), rest.size());
    auto name = rest.substr(0, second), value = rest.substr(std::min(rest.size(), second + 1));
    if (key == "commit") out.commit = rest;
    if (key == "range") out.first = number(name), out.last = number(value);
    if (key == "id") out.ids.emplace(number(name), value);
    if (key == "profile") out.profiles.emplace(name, value);
    if (key == "git") out.git.emplace_back(rest);
  }
  return out;
}

}  // namespace tk::box
