#include "core/vault/binding.hpp"

#include <algorithm>

#include "core/base/text.hpp"
#include "core/crypto/digest.hpp"
#include "core/os/file.hpp"
#include "core/os/machine.hpp"

namespace tk::vault {
namespace {

constexpr std::size_t kLargestTool = 512u << 20;

std::vector<std::string> words_of(std::string_view text) {
  std::vector<std::string> out;
  for (auto word : text::split(text, ' '))
    if (!word.empty()) out.emplace_back(word);
  return out;
}

// Calls `part` with what stands between parameters, and `name` with each of them.
void walk(std::string_view word, const auto& part, const auto& name) {
  while (!word.empty()) {
    auto open = word.find('{'), close = word.find('}', std::min(open, word.size()));
    if (open == word.npos || close == word.npos) return part(word);
    if (open > 0) part(word.substr(0, open));
    name(std::string(word.substr(open + 1, close - open - 1)));
    word.remove_prefix(close + 1);
  }
}

// Whether nobody but root can change the file or put another one there.
bool of_root_alone(std::string path) {
  for (;; path.resize(path.rfind('/'))) {
    auto rights = os::rights_of(path.empty() ? "/" : path);
    if (!rights.exists || !rights.of_root || rights.others_write) return false;
    if (path.empty()) return true;
  }
}

}  // namespace

std::vector<std::string> parameters_of(const Binding& binding) {
  std::vector<std::string> out;
  for (const auto& word : words_of(binding.args))
    walk(
        word, [](std::string_view) {},
        [&](const std::string& name) {
          if (std::find(out.begin(), out.end(), name) == out.end()) out.push_back(name);
        });
  return out;
}

Result<std::vector<std::string>> filled(const Binding& binding,
                                        const std::map<std::string, std::string>& parameters) {
  auto names = parameters_of(binding);
  auto hint = names.empty()
                  ? "it takes no parameters"
                  : "it takes " + text::join(names, ", ") + ": --with " + names.front() + "=VALUE";
  for (const auto& [name, value] : parameters) {
    if (std::find(names.begin(), names.end(), name) == names.end())
      return fail(Code::vault_tool, "no parameter " + text::printable(name), hint);
    if (std::any_of(value.begin(), value.end(), [](unsigned char c) { return c < 32 || c == 127; }))
      return fail(Code::vault_tool, "parameter " + name + " holds a control character",
                  "printable text, without newlines");
  }
  for (const auto& name : names)
    if (!parameters.contains(name))
      return fail(Code::vault_tool, "parameter " + name + " is missing", hint);
  std::vector<std::string> out;
  for (const auto& word : words_of(binding.args)) {
    std::string filled;
    bool option = false;
    walk(
        word, [&](std::string_view part) { filled += part; },
        [&](const std::string& name) {
          const auto& value = parameters.at(name);
          option = option || (filled.empty() && value.starts_with('-'));
          filled += value;
        });
    if (option)
      return fail(Code::vault_tool,
                  "a parameter may not begin with \"-\": it would be an option of " + binding.tool,
                  hint);
    out.push_back(std::move(filled));
  }
  return out;
}

Result<std::string> checked_tool(const Binding& binding, const std::string& folder) {
  const auto& path = binding.tool;
  auto wrong = [&](const std::string& why) {
    return fail(Code::vault_tool, path + " " + why,
                "who may secret.rotate binds it anew: tk vault set --tool");
  };
  if (path.empty() || binding.sha256.empty())
    return fail(Code::vault_tool, "it is bound to no tool",
                "tk vault set NAME --mode borrow --tool PATH");
  if (os::real_path(path) != path) return wrong("is not there, or is reached through a symlink");
  TK_TRY(auto bytes, os::read_file(path, kLargestTool));
  if (crypto::sha256_hex(bytes) != binding.sha256)
    return wrong("has other bytes than it was bound with");
  if (of_root_alone(path)) return path;
  auto copy = folder + "/" + binding.sha256;
  TK_CHECK(os::make_directories(folder, 0711));
  auto there = os::read_file(copy, kLargestTool);
  if (!there || *there != bytes) TK_CHECK(os::replace_file(copy, bytes, 0555));
  return copy;
}

}  // namespace tk::vault
