#include "core/provision/desired.hpp"

#include <algorithm>

#include "core/base/text.hpp"

namespace tk::provision {
namespace {

using workspace::Entity;

// Accounts of the system, which nobody's entity becomes.
constexpr std::string_view kReserved[] = {"root",
                                          "daemon",
                                          "bin",
                                          "sys",
                                          "sync",
                                          "games",
                                          "man",
                                          "lp",
                                          "mail",
                                          "news",
                                          "uucp",
                                          "proxy",
                                          "backup",
                                          "list",
                                          "irc",
                                          "gnats",
                                          "nobody",
                                          "messagebus",
                                          "sshd",
                                          "systemd-network",
                                          "systemd-resolve",
                                          "systemd-timesync",
                                          "adm",
                                          "tty",
                                          "disk",
                                          "kmem",
                                          "sudo",
                                          "shadow",
                                          "staff",
                                          "users",
                                          "nogroup",
                                          "wheel"};

std::string get(const Entity& e, std::string_view name) {
  for (const auto& [key, value] : e.attributes)
    if (key == name) return value;
  return {};
}

std::vector<std::string> words(std::string text) {
  std::replace(text.begin(), text.end(), ',', ' ');
  std::vector<std::string> out;
  for (auto word : text::split(text, ' '))
    if (!word.empty()) out.emplace_back(word);
  return out;
}

// Whatever stands between a reference's type and its name: user:acme.web/alice, user:alice.
bool means(const std::string& text, const law::Ref& ref) {
  auto parsed = law::parse_ref(text);
  return parsed && parsed->type == ref.type && parsed->name == ref.name && (parsed->context.empty() || parsed->context == ref.context);
}

class Maker {
 public:
  Maker(workspace::EntityIndex& index, Ids& ids) : index_(index), ids_(ids) {}

  Result<Desired> run() {
    TK_CHECK(index_.each("sshkey", [&](const Entity& e, const std::string&) { return keys_.push_back(e), Result<void>{}; }));
    std::vector<std::pair<Entity, std::string>> accounts, groups;
    auto collect = [](auto& list) {
      return [&list](const Entity& e, const std::string& file) { return list.emplace_back(e, file), Result<void>{}; };
    };
    for (const auto* type : {"user", "agent", "service"}) TK_CHECK(index_.each(type, collect(accounts)));
    TK_CHECK(index_.each("group", collect(groups)));
    // Ids are given out in the order in which the entities were made, whoever asks.
    auto older = [](const auto& a, const auto& b) { return a.first.id < b.first.id; };
    std::sort(accounts.begin(), accounts.end(), older);
    std::sort(groups.begin(), groups.end(), older);
    for (const auto& [e, file] : accounts) account(e, file);
    for (const auto& [e, file] : groups) group(e, file);
    for (const auto& [e, file] : accounts) own_groups(e, file);
    TK_CHECK(index_.each("sudo", [&](const Entity& e, const std::string& file) { return sudo(e, file), Result<void>{}; }));
    TK_CHECK(index_.each("directory", [&](const Entity& e, const std::string& file) { return folder(e, file), Result<void>{}; }));
    return std::move(out_);
  }

 private:
  void problem(const Entity& e, const std::string& file, std::string message, std::string hint) {
    out_.problems.push_back(Error{Code::ws_entity_invalid, std::move(message), {file, e.line, 1}, std::move(hint), nullptr});
  }

  // The Unix name of an entity; empty with a problem, or for one that has none of its own here.
  std::string unix_name(const Entity& e, const std::string& file) {
    auto name = get(e, "unix");
    if (name.empty()) name = e.ref.name;
    if (std::find(std::begin(kReserved), std::end(kReserved), name) != std::end(kReserved)) {
      if (get(e, "unix").empty()) problem(e, file, name + " is an account of the system", "give it another Unix name: unix=\"…\"");
      return {};  // unix="root" says who somebody is, not who is made
    }
    bool good = name.size() <= 31 && (std::islower(static_cast<unsigned char>(name[0])) || name[0] == '_') &&
                std::all_of(name.begin(), name.end(), [](unsigned char c) { return std::islower(c) || std::isdigit(c) || c == '_' || c == '-'; });
    if (!good) {
      problem(e, file, "\"" + text::printable(name) + "\" is no Unix name", "give it one: unix=\"…\" of lower-case letters, digits, _ and -");
      return {};
    }
    if (out_.accounts.contains(name) || out_.groups.contains(name)) {
      const auto& other = out_.accounts.contains(name) ? out_.accounts[name].ref : out_.groups[name].ref;
      problem(e, file, e.ref.str() + " and " + other + " would both be " + name + " on Unix", "give one of them another: unix=\"…\"");
      return {};
    }
    return name;
  }

  std::uint32_t id_of(const Entity& e, const std::string& file, std::string_view attribute) {
    auto text = get(e, attribute);
    std::uint32_t wanted = text.empty() || text == "auto" ? 0 : static_cast<std::uint32_t>(std::strtoul(text.c_str(), nullptr, 10));
    if (e.id.empty()) {
      problem(e, file, e.ref.str() + " has no id, so no Unix id can stay its own", "give it one: tk repo fmt --ids");
      return 0;
    }
    auto id = ids_.give(e.id, e.ref.str(), wanted);
    if (id) return *id;
    problem(e, file, id.error().message, id.error().hint);
    return 0;
  }

  void account(const Entity& e, const std::string& file) {
    auto name = unix_name(e, file);
    if (name.empty() || e.state == "draft") return;
    Account a{e.ref.str(), e.id, name, get(e, "home"), get(e, "shell"), get(e, "title"), id_of(e, file, "uid"), e.state != "active", {}};
    if (a.uid == 0) return;
    if (a.home.empty()) a.home = "/home/" + name;
    if (a.shell.empty()) a.shell = e.ref.type == "user" ? "/bin/bash" : "/usr/sbin/nologin";
    for (const auto* part : {&a.gecos, &a.shell, &a.home})
      if (part->find_first_of(":\n") != part->npos || std::any_of(part->begin(), part->end(), [](unsigned char c) { return c < 0x20; }))
        return problem(e, file, "a row of passwd cannot hold \"" + text::printable(*part) + "\"", "leave out : and control characters");
    a.keys = keys_of(e);
    names_.emplace(e.ref.str(), name);
    out_.accounts.emplace(name, std::move(a));
  }

  std::string keys_of(const Entity& e) const {
    auto listed = words(get(e, "ssh-keys"));
    std::set<std::string> lines;
    for (const auto& key : keys_) {
      if (key.state != "active") continue;
      bool theirs = std::find(listed.begin(), listed.end(), key.ref.name) != listed.end();
      for (const auto& of : words(get(key, "of"))) theirs = theirs || means(of, e.ref);
      auto options = get(key, "options");
      if (theirs) lines.insert((options.empty() ? "" : options + " ") + get(key, "public"));
    }
    std::string out;
    for (const auto& line : lines) out += line + "\n";
    return out;
  }

  std::vector<std::string> accounts_of(const std::string& pattern) const {
    std::vector<std::string> out;
    if (pattern.find('*') != pattern.npos) {
      for (const auto& [ref, name] : names_)
        if (auto r = law::parse_ref(ref); r && law::matches(pattern, r->type, r->context, r->name)) out.push_back(name);
      return out;
    }
    for (const auto& [ref, name] : names_)
      if (auto parsed = law::parse_ref(ref); parsed && means(pattern, *parsed)) out.push_back(name);
    return out;
  }

  void group(const Entity& e, const std::string& file) {
    if (e.state != "active") return;
    auto name = unix_name(e, file);
    if (name.empty()) return;
    Group g{e.ref.str(), e.id, name, id_of(e, file, "gid"), {}};
    if (g.gid == 0) return;
    for (const auto& child : e.children)
      for (const auto& [key, value] : child.attributes)
        if (child.name == "member" && key == "ref")
          for (auto& member : accounts_of(value)) g.members.insert(std::move(member));
    out_.groups.emplace(name, std::move(g));
  }

  void own_groups(const Entity& e, const std::string& file) {
    auto it = names_.find(e.ref.str());
    if (it == names_.end()) return;
    for (const auto& group : words(get(e, "groups"))) {
      auto found = std::find_if(out_.groups.begin(), out_.groups.end(),
                                [&](const auto& g) { return g.first == group || g.second.ref.ends_with("/" + group); });
      if (found == out_.groups.end())
        problem(e, file, "no group is called " + text::printable(group), "declare it: tk repo new group " + group);
      else
        found->second.members.insert(it->second);
    }
  }

  // What can start any other program is not given to somebody who may start this one only.
  static bool escapes(std::string_view command) {
    static constexpr std::string_view kShells[] = {"sh",  "bash", "dash", "zsh",  "env",   "find",   "vi",      "vim",  "less", "more",
                                                   "man", "awk",  "gawk", "sed",  "perl",  "python", "python3", "ruby", "lua",  "node",
                                                   "tar", "git",  "ssh",  "nice", "xargs", "tee",    "cp",      "mv",   "su",   "sudo"};
    auto program = command.substr(0, command.find(' '));
    auto base = program.substr(program.rfind('/') + 1);
    return std::find(std::begin(kShells), std::end(kShells), base) != std::end(kShells);
  }

  void sudo(const Entity& e, const std::string& file) {
    if (e.state != "active") return;
    std::string list;
    for (auto part : text::split(get(e, "commands"), ',')) {
      auto command = std::string(text::trim(part));
      if (command.empty() || command[0] != '/' || command.find_first_of("*?[]!\\\n\"'`$;&|<>(){}=:#") != command.npos)
        return problem(e, file, "sudo cannot be asked for \"" + text::printable(command) + "\"",
                       "an absolute path and plain arguments, nothing that a shell or sudo reads");
      if (escapes(command)) return problem(e, file, command + " can start every other program", "name a program that does one thing");
      list += (list.empty() ? "" : ", ") + command;
    }
    if (list.empty()) return problem(e, file, "no command is named", "commands=\"/usr/bin/systemctl restart web\"");
    auto runas = get(e, "runas");
    for (const auto& to : words(get(e, "to"))) {
      for (const auto& name : accounts_of(to)) {
        const auto& account = out_.accounts.at(name);
        if (account.locked) continue;
        auto& sudoers = out_.sudo["tk-" + std::to_string(account.uid)];
        sudoers.ref = account.ref;
        sudoers.name = "tk-" + std::to_string(account.uid);
        sudoers.content +=
            name + " ALL=(" + (runas.empty() ? "root" : runas) + ") " + (get(e, "nopasswd") == "true" ? "NOPASSWD: " : "") + list + "\n";
      }
    }
  }

  void folder(const Entity& e, const std::string& file) {
    if (e.state != "active") return;
    auto path = get(e, "path"), mode = get(e, "mode"), owner = get(e, "unix-owner"), group = get(e, "unix-group");
    auto number = [&](const std::string& name, bool of_group) -> std::string {
      if (name.empty() || name == "root") return "0";
      if (auto a = out_.accounts.find(name); a != out_.accounts.end()) return std::to_string(a->second.uid);
      if (auto g = out_.groups.find(name); of_group && g != out_.groups.end()) return std::to_string(g->second.gid);
      problem(e, file, "nobody is called " + text::printable(name) + " on Unix", "declare a user, agent or group of that name");
      return {};
    };
    auto uid = number(owner, false), gid = number(group, true);
    if (uid.empty() || gid.empty()) return;
    if (mode.size() < 4) mode.insert(0, 4 - std::max<std::size_t>(mode.size(), 3), '0');
    if (get(e, "mode").empty()) mode = "0755";
    out_.folders.emplace(path, Folder{e.ref.str(), path, mode + ":" + uid + ":" + gid + ":" + get(e, "acl")});
  }

  workspace::EntityIndex& index_;
  Ids& ids_;
  Desired out_;
  std::vector<Entity> keys_;
  std::map<std::string, std::string> names_;  // of accounts, by reference
};

}  // namespace

Result<Desired> desired_of(workspace::EntityIndex& index, Ids& ids) {
  return Maker(index, ids).run();
}

}  // namespace tk::provision
