#include "core/provision/sudoers.hpp"

#include <algorithm>

#include "core/base/text.hpp"
#include "core/provision/places.hpp"

namespace tk::provision {
namespace {

// Programs that start any other one, or write any file or account, when they are asked to.
constexpr std::string_view kEscapes[] = {
    "apt", "apt-get", "ash", "at", "awk", "bash", "batch", "busybox", "capsh", "cat", "chfn", "chmod", "chown", "chpasswd", "chroot", "chsh", "cp",
    "crontab", "csh", "ctr", "curl", "dash", "dd", "dialog", "dmesg", "dnf", "doas", "docker", "dpkg", "ed", "emacs", "env", "eval", "ex", "expect",
    "find", "fish", "flock", "ftp", "gawk", "gcc", "gdb", "git", "gpasswd", "groupadd", "groupmod", "gvim", "insmod", "install", "ionice", "ip",
    "journalctl", "ksh", "kubectl", "ld", "ld.so", "less", "ln", "lua", "make", "man", "mawk", "modprobe", "more", "mount", "mv", "mysql", "nano",
    "nawk", "nc", "ncat", "newgrp", "newusers", "nice", "nmap", "node", "nohup", "nsenter", "openssl", "parallel", "passwd", "pdb", "perl", "php",
    "pip", "pkexec", "podman", "psql", "python", "rpm", "rsync", "ruby", "run-parts", "runuser", "rview", "rvim", "scp", "screen", "script", "sed",
    "setarch", "setcap", "setfacl", "setpriv", "sftp", "sh", "snap", "socat", "sqlite", "ssh", "start-stop-daemon", "stdbuf", "strace", "su", "sudo",
    "sudoedit", "systemd-inhibit", "systemd-nspawn", "systemd-run", "tar", "taskset", "tcpdump", "tcsh", "tee", "time", "timeout", "tk", "tmux",
    "unshare", "useradd", "userdel", "usermod", "vi", "view", "vigr", "vim", "vipw", "visudo", "watch", "wget", "xargs", "yum", "zip", "zsh",
    "zypper"};
// Where programs stand that root alone puts there.
constexpr std::string_view kPrograms[] = {"/usr", "/bin", "/sbin", "/opt"};
// systemctl shows what it says in a pager, and edits: from both a shell can be started.
constexpr std::string_view kOfSystemctl[] = {"start", "stop", "restart", "reload", "try-restart", "reload-or-restart", "try-reload-or-restart", "daemon-reload"};

bool escapes(std::string_view command) {
  auto program = command.substr(0, command.find(' '));
  auto base = program.substr(program.rfind('/') + 1);
  // python3.11 is python, and vim.tiny is vim.
  auto stem = base.substr(0, base.find_first_of("0123456789."));
  auto is = [](std::string_view name) { return std::find(std::begin(kEscapes), std::end(kEscapes), name) != std::end(kEscapes); };
  if (base == "systemctl") {
    auto rest = text::trim(command.substr(program.size()));
    auto verb = rest.substr(0, rest.find(' '));
    return std::find(std::begin(kOfSystemctl), std::end(kOfSystemctl), verb) == std::end(kOfSystemctl);
  }
  return is(base) || (!stem.empty() && is(stem));
}

// Options that leave an owner of the key with less; command= and environment= would give more, or something else.
constexpr std::string_view kRestrictions[] = {"restrict",          "no-pty",      "no-agent-forwarding", "no-port-forwarding",
                                              "no-user-rc",        "no-X11-forwarding", "verify-required"};

}  // namespace

Result<std::string> sudo_commands(std::string_view commands) {
  std::string out;
  for (auto part : text::split(commands, ',')) {
    std::string command(text::trim(part));
    bool plain = !command.empty() && command[0] == '/' && command.find("/../") == command.npos && command.find("//") == command.npos &&
                 std::all_of(command.begin(), command.end(), [](unsigned char c) {
                   return std::isalnum(c) || c == '/' || c == '.' || c == '_' || c == '-' || c == ' ' || c == '@' || c == '+';
                 });
    if (!plain)
      return fail(Code::ws_entity_invalid, "sudo cannot be asked for \"" + text::printable(command) + "\"",
                  "an absolute path and plain arguments, nothing that a shell or sudo reads");
    auto program = std::string_view(command).substr(0, command.find(' '));
    bool stands = std::any_of(std::begin(kPrograms), std::end(kPrograms), [&](auto folder) { return program != folder && is_or_below(program, folder); });
    // To sudo a folder means every program in it.
    if (!stands || program.ends_with('/') || program.ends_with("/.") || program.ends_with("/..") || program.find("/./") != program.npos)
      return fail(Code::ws_entity_invalid, command + " is no program that root put there", "name one below /usr, /bin, /sbin or /opt");
    if (escapes(command))
      return fail(Code::ws_entity_invalid, command + " can start every other program, or write every file", "name a program that does one thing");
    out += (out.empty() ? "" : ", ") + command;
    // Without arguments sudo would take any.
    if (command.find(' ') == command.npos) out += " \"\"";
  }
  if (out.empty()) return fail(Code::ws_entity_invalid, "no command is named", "commands=\"/usr/bin/systemctl restart web\"");
  return out;
}

std::string sudo_line(const std::string& name, const std::string& runas, bool nopasswd, const std::string& commands) {
  return name + " ALL=(" + (runas.empty() ? "root" : runas) + ") " + (nopasswd ? "NOPASSWD: " : "") + commands + "\n";
}

std::string wrong_key_options(std::string_view options) {
  for (std::size_t at = 0; at < options.size();) {
    bool quoted = false;
    auto end = at;
    for (; end < options.size() && (quoted || options[end] != ','); ++end)
      if (options[end] == '"') quoted = !quoted;
    auto option = options.substr(at, end - at);
    bool is_from = option.starts_with("from=\"") && option.size() > 7 && option.ends_with('"') && option.find('"', 6) == option.size() - 1 &&
                   option.find_first_of("\n\r\\ ") == option.npos;
    bool known = std::find(std::begin(kRestrictions), std::end(kRestrictions), option) != std::end(kRestrictions);
    if (quoted || (!known && !is_from)) return std::string(option);
    at = end + 1;
  }
  return {};
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
  return key.type.empty() ? std::string(text::trim(line)).starts_with('#') ? "" : std::string(text::trim(line)) : key.options + " " + key.type + " " + key.blob;
}

}  // namespace tk::provision
