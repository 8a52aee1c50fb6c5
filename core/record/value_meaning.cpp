// What no pattern can say of a value. A grammar lets these pass; tk does not.
#include <algorithm>
#include <array>
#include <cctype>
#include <charconv>
#include <map>

#include "core/base/base64.hpp"
#include "core/base/clock.hpp"
#include "core/base/text.hpp"
#include "core/law/ref.hpp"
#include "core/record/entity_types.hpp"

namespace tk::record {
namespace {

template <class List>
bool has(const List& list, std::string_view word) {
  return std::find(std::begin(list), std::end(list), word) != std::end(list);
}

bool control(std::string_view s) {
  return std::any_of(s.begin(), s.end(), [](unsigned char c) { return c < 0x20 || c == 0x7F; });
}

std::int64_t number(std::string_view s) {
  std::int64_t out = -1;
  std::from_chars(s.data(), s.data() + s.size(), out);
  return out;
}

// "2027-02-30" fits the pattern, and is no day.
std::string timestamp(std::string_view s) {
  return clock::parse_rfc3339(s) ? "" : "there is no such time";
}

std::string range(std::string_view s) {
  auto dash = s.find('-');
  return number(s.substr(0, dash)) <= number(s.substr(dash + 1)) ? "" : "it ends before it begins";
}

std::string path(std::string_view s) {
  if (control(s)) return "a path has no control characters";
  if (s.size() > 1 && s.back() == '/') return "a path ends without /";
  for (std::string_view rest = s; rest.size() > 1;) {
    rest.remove_prefix(1);
    auto part = rest.substr(0, rest.find('/'));
    if (part.empty()) return "a path has no // in it";
    if (part == "." || part == "..") return "a path goes straight, without . and ..";
    if (part.size() > 255) return "no name in a path is longer than 255 bytes";
    rest.remove_prefix(part.size());
  }
  return s.size() > 4095 ? "a path has 4095 bytes at most" : "";
}

std::string unix_id(std::string_view s) {
  if (s == "0") return "0 is root";
  if (s == "65534") return "65534 is nobody";
  if (s == "65535") return "65535 means no id to programs of 16 bits";
  return {};
}

std::string references(std::string_view s) {
  auto list = std::string(s);
  std::replace(list.begin(), list.end(), ',', ' ');
  for (auto word : text::split(list, ' ')) {
    if (word.empty() || word.find('*') != word.npos) continue;
    if (auto ref = law::parse_ref(word); !ref) return "it holds no reference: " + shown_value(word);
    else if (!find_entity_type(ref->type)) return "no type of entity is called " + ref->type;
  }
  return {};
}

// Programs that start any other one, or write any file or account, when they are asked to.
constexpr std::array kEscapes = {
    "apt", "apt-get", "ash", "at", "awk", "bash", "batch", "busybox", "capsh", "cat", "chfn", "chmod", "chown", "chpasswd", "chroot",
    "chsh", "cp", "crontab", "csh", "ctr", "curl", "dash", "dd", "dialog", "dmesg", "dnf", "doas", "docker", "dpkg", "ed", "editor",
    "emacs", "env", "eval", "ex", "expect", "find", "fish", "flock", "ftp", "gawk", "gcc", "gdb", "git", "gpasswd", "groupadd", "groupmod",
    "gvim", "insmod", "install", "ionice", "ip", "journalctl", "ksh", "kubectl", "ld", "ld-linux-x", "ld.so", "less", "ln", "lua", "make",
    "man", "mawk", "modprobe", "more", "mount", "mv", "mysql", "nano", "nawk", "nc", "ncat", "newgrp", "newusers", "nice", "nmap", "node",
    "nohup", "nsenter", "openssl", "pager", "parallel", "passwd", "pdb", "perl", "php", "pico", "pip", "pkexec", "podman", "psql", "python",
    "rpm", "rsync", "ruby", "run-parts", "runuser", "rview", "rvim", "scp", "screen", "script", "sed", "setarch", "setcap", "setfacl",
    "setpriv", "sftp", "sh", "snap", "socat", "sqlite", "ssh", "start-stop-daemon", "stdbuf", "strace", "su", "sudo", "sudoedit",
    "systemd-inhibit", "systemd-nspawn", "systemd-run", "tar", "taskset", "tcpdump", "tcsh", "tee", "time", "timeout", "tk", "tmux",
    "unshare", "useradd", "userdel", "usermod", "vi", "view", "vigr", "vim", "vipw", "visudo", "watch", "wget", "xargs", "yum", "zip",
    "zsh", "zypper"};
// Where programs stand that root alone puts there.
constexpr std::array kPrograms = {"/usr/", "/bin/", "/sbin/", "/opt/"};
// systemctl shows what it says in a pager, and edits: from both a shell can be started.
constexpr std::array kOfSystemctl = {"start", "stop", "restart", "reload", "try-restart", "reload-or-restart", "try-reload-or-restart", "daemon-reload"};

// python3.11 is python, and vim.tiny is vim.
bool escapes(std::string_view program) {
  auto base = program.substr(program.rfind('/') + 1);
  return has(kEscapes, base) || has(kEscapes, base.substr(0, base.find_first_of("0123456789.")));
}

// One command after the other: a whole path and plain arguments. visudo takes much that opens everything ("/usr/bin/less *"
// has a shell behind "!"), so a command is taken only where it can do what it says and no more.
std::string commands(std::string_view s) {
  if (control(s)) return "commands stand in one line";
  for (auto part : text::split(s, ',')) {
    auto command = text::trim(part);
    auto shown = "\"" + shown_value(command) + "\"";
    if (command.empty()) return "one of its commands is empty";
    if (command[0] != '/') return shown + " is no absolute path";
    auto plain = [](unsigned char c) { return std::isalnum(c) || std::string_view("/._- @+").find(static_cast<char>(c)) != std::string_view::npos; };
    if (!std::all_of(command.begin(), command.end(), plain)) return shown + " holds a character that a shell or sudo reads";
    auto program = command.substr(0, command.find(' '));
    if (auto wrong = path(program); !wrong.empty()) return shown + ": " + wrong;
    if (program.size() == 1 || (std::string(command) + "/").find("/../") != std::string::npos) return shown + " leads somewhere else";
    if (std::none_of(kPrograms.begin(), kPrograms.end(), [&](std::string_view folder) { return program.starts_with(folder); }))
      return shown + " stands where others than root may put programs; name one below /usr, /bin, /sbin or /opt";
    auto verb = text::trim(command.substr(program.size()));
    if (program.ends_with("/systemctl") && !has(kOfSystemctl, verb.substr(0, verb.find(' ')))) return shown + " can start a pager or an editor";
    if (escapes(program)) return shown + " can start every other program, or write every file";
  }
  return {};
}

// ---- OpenSSH (RFC 4253 section 6.6, RFC 5656 section 3.1, RFC 8709 section 4): each field has its length before it.
class Blob {
 public:
  explicit Blob(std::string_view bytes) : s_(bytes) {}
  // False when the next field is not whole.
  bool field(std::string_view& out) {
    if (s_.size() < 4) return false;
    std::uint32_t size = 0;
    for (std::size_t i = 0; i < 4; ++i) size = size << 8 | static_cast<unsigned char>(s_[i]);
    if (size > s_.size() - 4) return false;
    out = s_.substr(4, size);
    s_.remove_prefix(4 + std::size_t{size});
    return true;
  }
  bool end() const { return s_.empty(); }

 private:
  std::string_view s_;
};

// Of a number without its sign; 0 for one that is negative or has needless zeros.
std::size_t bits(std::string_view mpint) {
  if (mpint.empty() || static_cast<unsigned char>(mpint[0]) >= 0x80) return 0;
  if (mpint[0] == 0 && (mpint.size() == 1 || static_cast<unsigned char>(mpint[1]) < 0x80)) return 0;
  if (mpint[0] == 0) mpint.remove_prefix(1);
  std::size_t out = (mpint.size() - 1) * 8;
  for (auto c = static_cast<unsigned char>(mpint[0]); c; c = static_cast<unsigned char>(c >> 1)) ++out;
  return out;
}

std::string ssh_key(std::string_view s) {
  auto type = s.substr(0, s.find(' '));
  auto rest = s.substr(type.size() + 1);
  auto bytes = base64::decode(rest.substr(0, rest.find(' ')));
  if (!bytes) return "the key's base64 cannot be read";
  if (control(s)) return "a key has no control characters";
  Blob blob(*bytes);
  std::string_view inner, curve, point, e, n, application;
  if (!blob.field(inner)) return "the key is cut off";
  if (inner != type) return "it says " + std::string(type) + ", and the key is " + shown_value(text::to_utf8(inner));
  if (type == "ssh-rsa") {
    if (!blob.field(e) || !blob.field(n)) return "the key is cut off";
    if (bits(n) < 2048 || bits(n) > 16384) return "an RSA key has 2048 to 16384 bits, not " + std::to_string(bits(n));
    if (bits(e) < 2 || bits(e) > 64 || !(static_cast<unsigned char>(e.back()) & 1)) return "the key's exponent is none";
  } else if (type.ends_with("ed25519") || type == "sk-ssh-ed25519@openssh.com") {
    if (!blob.field(point)) return "the key is cut off";
    if (point.size() != 32) return "an Ed25519 key has 32 bytes, not " + std::to_string(point.size());
  } else {
    if (!blob.field(curve) || !blob.field(point)) return "the key is cut off";
    auto wanted = type.starts_with("sk-") ? std::string_view("nistp256") : type.substr(type.rfind('-') + 1);
    if (curve != wanted) return "the key is of another curve than " + std::string(wanted);
    std::size_t size = wanted == "nistp256" ? 32 : wanted == "nistp384" ? 48 : 66;
    if (point.size() != 2 * size + 1 || point[0] != 4) return "the key's point has the wrong length";
  }
  if (type.starts_with("sk-") && !(blob.field(application) && application.starts_with("ssh:"))) return "the key names no application ssh:";
  return blob.end() ? "" : "something stands behind the key";
}

// Restrictions only, each as sshd(8) names it; nothing that gives more, and no second line.
std::string ssh_options(std::string_view s) {
  static constexpr std::array kPlain = {"restrict", "no-pty", "no-port-forwarding", "no-agent-forwarding", "no-x11-forwarding",
                                        "no-user-rc", "pty", "verify-required", "port-forwarding", "user-rc"};
  static constexpr std::array kQuoted = {"command", "from", "expiry-time", "permitopen", "permitlisten"};
  if (control(s)) return "options stand in one line";
  for (std::size_t at = 0;;) {
    auto end = s.find_first_of("=, ", at);
    auto name = std::string(s.substr(at, end - at));
    std::transform(name.begin(), name.end(), name.begin(), [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c | 0x20) : c; });
    bool quoted = end != s.npos && s[end] == '=';
    auto shown = "\"" + shown_value(name) + "\"";
    if (!quoted && !has(kPlain, name)) return has(kQuoted, name) ? shown + " has no value" : "no option is called " + shown;
    if (quoted) {
      if (!has(kQuoted, name)) return "no option with a value is called " + shown;
      if (end + 1 >= s.size() || s[end + 1] != '"') return "the value of " + shown + " does not stand in quotes";
      auto close = s.find('"', end + 2);
      while (close != s.npos && s[close - 1] == '\\') close = s.find('"', close + 1);
      if (close == s.npos) return "the value of " + shown + " is never closed";
      if (close == end + 2) return "the value of " + shown + " is empty";
      end = close + 1;
    }
    if (end >= s.size()) return {};
    if (s[end] != ',') return "a comma stands between options, and nothing else";
    at = end + 1;
  }
}

using Check = std::string (*)(std::string_view);
const std::map<std::string_view, Check>& checks() {
  static const std::map<std::string_view, Check> all = {
      {"timestamp", timestamp}, {"range", range},       {"path", path},       {"unix-id", unix_id},        {"reference", references},
      {"references", references}, {"commands", commands}, {"ssh-key", ssh_key}, {"ssh-options", ssh_options}};
  return all;
}

}  // namespace

std::string check_meaning(const AttributeType& type, std::string_view value) {
  auto it = checks().find(type.kind);
  if (it == checks().end()) return {};
  auto wrong = it->second(value);
  return wrong.empty() ? wrong : std::string(type.name) + " is not good: " + wrong;
}

bool system_account(std::string_view name) {
  static constexpr std::array kSystem = {"root",      "daemon",  "bin",     "sys",   "sync",       "games", "man",
                                         "lp",        "mail",    "news",    "uucp",  "proxy",      "backup", "list",
                                         "irc",       "gnats",   "nobody",  "messagebus", "sshd",  "systemd-network",
                                         "systemd-resolve", "systemd-timesync", "adm", "tty", "disk", "kmem", "sudo",
                                         "shadow",    "staff",   "users",   "nogroup", "wheel"};
  return has(kSystem, name);
}

}  // namespace tk::record
