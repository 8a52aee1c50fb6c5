#include "core/provision/sudoers.hpp"

#include "core/base/text.hpp"
<<<<<<< HEAD
#include "core/provision/places.hpp"
=======
#include "core/record/entity_types.hpp"
>>>>>>> omni

namespace tk::provision {
namespace {

<<<<<<< HEAD
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
=======
// What the table of types says of a value; it is the same that `tk repo validate` says.
Result<void> valid(std::string_view type, std::string_view attribute, std::string_view value) {
  auto wrong = record::check_value(*record::find_entity_type(type)->find(attribute), value);
  if (wrong.empty()) return {};
  return fail(Code::ws_entity_invalid, wrong, "tk repo validate says where, tk repo types " + std::string(type) + " what may stand there");
>>>>>>> omni
}

}  // namespace

Result<std::string> sudo_commands(std::string_view commands) {
  TK_CHECK(valid("sudo", "commands", commands));
  std::string out;
  for (auto part : text::split(commands, ',')) {
    std::string command(text::trim(part));
<<<<<<< HEAD
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
=======
>>>>>>> omni
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
  return key.type.empty() ? std::string(text::trim(line)).starts_with('#') ? "" : std::string(text::trim(line)) : key.options + " " + key.type + " " + key.blob;
}

}  // namespace tk::provision
