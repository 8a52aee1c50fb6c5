// What the shells' tables have in common (render_shells.cpp says what a table is).
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "core/cli/spec.hpp"

namespace tk::tools::help_tool {

// In single quotes; inside of them fish, unlike the others, reads \\ and \'.
inline std::string quoted(std::string_view text, bool fish = false) {
  std::string out = "'";
  for (char c : text) {
    if (fish && (c == '\'' || c == '\\')) out += std::string("\\") + c;
    else out += c == '\'' ? "'\\''" : std::string(1, c);
  }
  return out + "'";
}

inline std::string identifier(std::string name) {
  for (auto& c : name)
    if (c == '-') c = '_';
  return name;
}

inline std::string joined(const std::vector<std::string>& words, const char* between = " ") {
  std::string out;
  for (const auto& w : words) out += (&w == &words.front() ? "" : between) + w;
  return out;
}

// What the shells have in common: one verb as words for a table.
struct Row {
  std::string verb;
  std::vector<std::string> flags, helps;  // "-q", "--quiet"; the help of each
  std::vector<std::pair<std::string, std::string>> values;  // a flag and what it wants
  std::vector<std::string> positions;
};

inline std::string wanted(const std::string& kind, const std::vector<std::string>& choices, bool dynamic) {
  if (!choices.empty()) return "=" + joined(choices, ",");
  return kind == "FILE" ? "f" : kind == "DIR" ? "d" : dynamic ? "@" : "n";
}

inline Row row_of(const cli::VerbSpec& v, bool dynamic) {
  Row row{v.name, {}, {}, {}, {}};
  for (const auto& o : v.options) {
    std::vector<std::string> forms;
    if (o.brief) forms.push_back("-" + std::string(1, o.brief));
    forms.push_back("--" + o.name);
    for (auto& form : forms) {
      if (!o.value.empty()) row.values.emplace_back(form, wanted(o.value, o.choices, dynamic));
      row.flags.push_back(std::move(form));
      row.helps.push_back(o.help);
    }
  }
  for (const auto& p : v.positionals)
    row.positions.push_back(wanted(p.name, p.choices, dynamic) + (p.many ? "+" : ""));
  return row;
}

// Where no verb stands yet, and there is none without a name.
inline constexpr const char* kBareHelp = "this text";

// fish's (render_fish.cpp): the table of a command, and the engine that reads it.
std::string fish_table(const cli::CommandSpec& command, bool dynamic);
extern const char* const kFish;

}  // namespace tk::tools::help_tool
