#include "plugins/box-exec/box.hpp"

#include <cerrno>
#include <charconv>
#include <cstring>

namespace tk::box_exec {
namespace {

[[noreturn]] void bad(const std::string& what) {
  throw Refusal{"box", what};
}

std::uint64_t number(std::string_view text) {
  std::uint64_t out = 0;
  auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), out);
  if (error != std::errc() || end != text.data() + text.size()) bad("not a number: " + std::string(text));
  return out;
}

std::uint32_t id(std::string_view text) {
  auto out = number(text);
  if (out == 0 || out >= 0xfffffffe) bad("not an id for a program: " + std::string(text));
  return static_cast<std::uint32_t>(out);
}

std::string plain_path(std::string_view text) {
  if (text.size() < 2 || text.size() > 4000 || text[0] != '/' || text.ends_with('/')) bad("not a path: " + std::string(text));
  for (std::string_view rest = text.substr(1);;) {
    auto part = rest.substr(0, rest.find('/'));
    if (part.empty() || part == "." || part == ".." || part.size() > 255) bad("not a plain path: " + std::string(text));
    if (part.size() == rest.size()) return std::string(text);
    rest.remove_prefix(part.size() + 1);
  }
}

void allow(Box& box, std::string_view path, Use use) {
  auto [it, is_new] = box.paths.try_emplace(plain_path(path), use);
  if (!is_new && it->second < use) it->second = use;
  if (box.paths.size() > 4096) bad("too many paths");
}

void take(Box& box, std::string_view key, std::string_view value) {
  auto two = [&](char between) {
    auto at = value.find(between);
    if (at == value.npos) bad("half of a " + std::string(key));
    return std::pair(std::string(value.substr(0, at)), value.substr(at + 1));
  };
  for (auto [word, use] : {std::pair("read", Use::read), std::pair("exec", Use::exec), std::pair("write", Use::write)})
    if (key == word) return allow(box, value, use);
  if (key == "uid") return void(box.own_account = (box.uid = id(value)) != 0);
  if (key == "gid") return void(box.gid = id(value));
  if (key == "group") return box.groups.push_back(id(value));
  if (key == "hide") return box.hidden.push_back(plain_path(value));
  if (key == "link") return void(box.links.emplace_back(two('\n').first, plain_path(two('\n').second)));
  if (key == "network" && value == "proxy") return void(box.proxy = true);
  if (key == "sockets" && value == "unix") return void(box.unix_sockets = true);
  if (key == "secrets" && value == "4") return void(box.secrets = true);
  if (key == "limit") return void(box.limits[two(' ').first] = number(two(' ').second));
  if (key == "missing") return void(box.missing.emplace(value));
  if (key == "dir") return void(box.directory = value == "/" ? "/" : plain_path(value));
  if (key == "env" && value.find('=') != value.npos) return void(box.environment.emplace_back(value));
  if (key == "arg") return void(box.command.emplace_back(value));
  bad("unknown word " + std::string(key));
}

}  // namespace

bool is_lack(int error) {
  return error == ENOSYS || error == EPERM || error == EINVAL || error == EOPNOTSUPP || error == ENOSPC;
}

void refuse(const std::string& layer, const std::string& what) {
  throw Refusal{layer, what + ": " + std::strerror(errno), is_lack(errno)};
}

Box read_box(std::string_view text) {
  Box box;
  if (!text.starts_with(std::string_view("tk-box 1\0", 9)) || text.back() != '\0') bad("not a box of format 1");
  for (text.remove_prefix(9); !text.empty();) {
    auto word = text.substr(0, text.find('\0'));
    text.remove_prefix(word.size() + 1);
    auto space = word.find(' ');
    if (space == word.npos) bad("a word without a value");
    take(box, word.substr(0, space), word.substr(space + 1));
  }
  if (box.command.empty()) bad("no command");
  if (box.own_account != (box.gid != 0)) bad("uid and gid go together");
  return box;
}

}  // namespace tk::box_exec
