#include "core/provision/sudoers.hpp"

#include "core/base/text.hpp"
#include "core/record/entity_types.hpp"

namespace tk::provision {
namespace {

// What the table of types says of a value; it is the same that `tk repo validate` says.
Result<void> valid(std::string_view type, std::string_view attribute, std::string_view value) {
  const auto& kind = *record::find_entity_type(type)->find(attribute);
  auto wrong = record::check_value(kind, value);
  if (wrong.empty()) wrong = record::check_meaning(kind, value);
  if (wrong.empty()) return {};
  return fail(Code::ws_entity_invalid, wrong, "tk repo validate says where, tk repo types " + std::string(type) + " what may stand there");
}

}  // namespace

Result<std::string> sudo_commands(std::string_view commands) {
  TK_CHECK(valid("sudo", "commands", commands));
  std::string out;
  for (auto part : text::split(commands, ',')) {
    std::string command(text::trim(part));
    out += (out.empty() ? "" : ", ") + command;
    // Without arguments sudo would take any.
    if (command.find(' ') == command.npos) out += " \"\"";
  }
  return out;
}

std::string sudo_line(const std::string& name, const std::string& runas, bool nopasswd, const std::string& commands) {
  return name + " ALL=(" + (runas.empty() ? "root" : runas) + ") " + (nopasswd ? "NOPASSWD: " : "") + commands + "\n";
}

Result<void> check_key_options(std::string_view options) {
  return options.empty() ? Result<void>{} : valid("sshkey", "options", options);
}

KeyLine read_key_line(std::string_view line) {
  KeyLine out;
  line = text::trim(line);
  if (line.empty() || line[0] == '#') return out;
  auto word = [&](bool quotes) {
    bool quoted = false;
    std::size_t end = 0;
    for (; end < line.size() && (quoted || (line[end] != ' ' && line[end] != '\t')); ++end)
      if (quotes && line[end] == '"') quoted = !quoted;
    auto taken = std::string(line.substr(0, end));
    line = text::trim(line.substr(end));
    return taken;
  };
  auto is_type = [](std::string_view t) { return t.starts_with("ssh-") || t.starts_with("ecdsa-sha2-") || t.starts_with("sk-"); };
  auto first = word(true);
  if (!is_type(first)) out.options = first, first = word(false);
  if (!is_type(first)) return KeyLine{};
  out.type = first;
  out.blob = word(false);
  out.comment = std::string(line);
  return out;
}

std::string key_of_line(std::string_view line) {
  auto key = read_key_line(line);
  return key.type.empty() ? std::string(text::trim(line)).starts_with('#') ? "" : std::string(text::trim(line))
                          : key.options + " " + key.type + " " + key.blob;
}

}  // namespace tk::provision
