#include "core/provision/acl_text.hpp"

#include <charconv>

#include "core/base/text.hpp"

namespace tk::provision {
namespace {

std::string rwx(unsigned bits) {
  return {bits & 4 ? 'r' : '-', bits & 2 ? 'w' : '-', bits & 1 ? 'x' : '-'};
}

std::optional<unsigned> read_rwx(std::string_view text) {
  unsigned bits = 0;
  for (char c : text) {
    auto bit = c == 'r' ? 4U : c == 'w' ? 2U : c == 'x' ? 1U : 0U;
    if (bit == 0 && c != '-') return std::nullopt;
    bits |= bit;
  }
  return text.empty() || text.size() > 3 ? std::nullopt : std::optional(bits);
}

unsigned mask_of(const DirectoryAcl::Entries& entries, unsigned group) {
  for (const auto& [id, bits] : entries.users) group |= bits;
  for (const auto& [id, bits] : entries.groups) group |= bits;
  return group;
}

std::string text_of(const DirectoryAcl::Entries& entries, std::uint32_t mode) {
  std::string out = "user::" + rwx(mode >> 6 & 7);
  for (const auto& [id, bits] : entries.users) out += ",user:" + std::to_string(id) + ":" + rwx(bits);
  out += ",group::" + rwx(mode >> 3 & 7);
  for (const auto& [id, bits] : entries.groups) out += ",group:" + std::to_string(id) + ":" + rwx(bits);
  return out + ",mask::" + rwx(mask_of(entries, mode >> 3 & 7)) + ",other::" + rwx(mode & 7);
}

}  // namespace

Result<DirectoryAcl> read_acl(std::string_view text, const NumberOf& number_of) {
  DirectoryAcl out;
  for (auto item : text::split(text, ',')) {
    auto entry = text::trim(item);
    if (entry.empty()) continue;
    auto wrong = [&](const std::string& why) {
      return fail(Code::ws_entity_invalid, "an ACL cannot hold \"" + text::printable(entry) + "\": " + why,
                  "write it like user:alice:rwx or default:group:web:rx");
    };
    auto parts = text::split(entry, ':');
    bool later = parts[0] == "default" || parts[0] == "d";
    if (later) parts.erase(parts.begin());
    bool group = parts.size() == 3 && (parts[0] == "group" || parts[0] == "g"), user = parts.size() == 3 && (parts[0] == "user" || parts[0] == "u");
    if ((!group && !user) || parts[1].empty()) return wrong("it names no user or group");
    std::optional<std::uint32_t> id = number_of(std::string(parts[1]), group);
    if (!id) return wrong("nobody is called " + text::printable(parts[1]) + " on Unix");
    auto bits = read_rwx(parts[2]);
    if (!bits) return wrong("rights are of r, w, x");
    auto& entries = later ? out.is_default : out.access;
    (group ? entries.groups : entries.users)[*id] = *bits;
  }
  return out;
}

std::string spec_of(const DirectoryAcl& acl, std::uint32_t uid, std::uint32_t gid) {
  // With entries the group's bits of the mode are the mask.
  auto mode = acl.mode;
  std::string access;
  if (!acl.access.empty()) {
    access = text_of(acl.access, acl.mode);
    mode = (mode & ~070U) | mask_of(acl.access, acl.mode >> 3 & 7) << 3;
  }
  std::string octal;
  for (int shift = 9; shift >= 0; shift -= 3) octal += static_cast<char>('0' + (mode >> shift & 7));
  return octal + ":" + std::to_string(uid) + ":" + std::to_string(gid) + ":" + access +
         (acl.is_default.empty() ? "" : ";" + text_of(acl.is_default, acl.mode));
}

}  // namespace tk::provision
