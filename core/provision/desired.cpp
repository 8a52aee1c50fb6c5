#include "core/provision/desired.hpp"

#include <algorithm>
#include <charconv>
#include <unordered_map>

#include "core/base/ids.hpp"
#include "core/base/text.hpp"
#include "core/crypto/digest.hpp"
#include "core/provision/acl_text.hpp"
#include "core/provision/places.hpp"
#include "core/provision/sudoers.hpp"
#include "core/record/entity_types.hpp"

namespace tk::provision {

// The group and folder of a space: acme-web-api; a long one is cut and keeps apart by a hash.
std::string name_of_space(std::string context) {
  std::replace(context.begin(), context.end(), '.', '-');
  std::transform(context.begin(), context.end(), context.begin(), [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  if (context.size() <= 31) return context;
  return context.substr(0, 22) + "-" + crypto::sha256_hex(context).substr(0, 8);
}

using workspace::Entity;

bool is_account(std::string_view type) { return type == "user" || type == "agent" || type == "service"; }

bool concerns(std::string_view type) {
  return is_account(type) || type == "group" || type == "space" || type == "sshkey" || type == "sudo" || type == "directory";
}

std::string attribute_of(const Entity& e, std::string_view name) {
  for (const auto& [key, value] : e.attributes)
    if (key == name) return value;
  return {};
}

std::string shell_of(const Entity& account) {
  auto own = attribute_of(account, "shell");
  return !own.empty() ? own : account.ref.type == "user" ? "/bin/bash" : "/usr/sbin/nologin";
}

bool fits_passwd(std::string_view field) {
  return std::none_of(field.begin(), field.end(), [](unsigned char c) { return c == ':' || c < 0x20 || c == 0x7f; });
}

namespace {

std::vector<std::string> words(std::string text) {
  std::replace(text.begin(), text.end(), ',', ' ');
  std::vector<std::string> out;
  for (auto word : text::split(text, ' '))
    if (!word.empty()) out.emplace_back(word);
  return out;
}

class Maker {
 public:
  Maker(workspace::EntityIndex& index, Ids& ids) : index_(index), ids_(ids) {}

  Result<Desired> run() {
    std::vector<std::pair<Entity, std::string>> accounts, groups;
    auto collect = [](auto& list) {
      return [&list](const Entity& e, const std::string& file) { return list.emplace_back(e, file), Result<void>{}; };
    };
    for (const auto* type : {"user", "agent", "service"}) TK_CHECK(index_.each(type, collect(accounts)));
    for (const auto* type : {"group", "space"}) TK_CHECK(index_.each(type, collect(groups)));
    // Ids are given out in the order in which the entities were made, whoever asks.
    auto older = [](const auto& a, const auto& b) { return a.first.id < b.first.id; };
    std::sort(accounts.begin(), accounts.end(), older);
    std::sort(groups.begin(), groups.end(), older);
    for (const auto& [e, file] : accounts) account(e, file);
    TK_CHECK(index_.each("sshkey", [&](const Entity& e, const std::string& file) { return key(e, file), Result<void>{}; }));
    for (const auto& [e, file] : accounts) ssh_keys(e, file);
    for (const auto& [e, file] : groups) e.ref.type == "space" ? space(e, file) : group(e, file);
    for (const auto& [e, file] : accounts) own_groups(e, file);
    TK_CHECK(index_.each("sudo", [&](const Entity& e, const std::string& file) { return sudo(e, file), Result<void>{}; }));
    TK_CHECK(index_.each("directory", [&](const Entity& e, const std::string& file) { return folder(e, file), Result<void>{}; }));
    for (const auto& [e, file] : accounts) home_of_its_own(e, file);
    for (auto& [name, a] : out_.accounts)
      for (const auto& line : keys_[name]) a.keys += line + "\n";
    return std::move(out_);
  }

 private:
  void problem(const Entity& e, const std::string& file, std::string message, std::string hint) {
    out_.problems.push_back(Error{Code::ws_entity_invalid, std::move(message), {file, e.line, 1}, std::move(hint), nullptr});
  }

  // The Unix name of an entity; empty with a problem, or for one that has none of its own here.
  std::string unix_name(const Entity& e, const std::string& file, std::string name) {
    auto own = attribute_of(e, "unix");
    if (!own.empty()) name = own;
    if (record::system_account(name)) {
      if (own.empty()) problem(e, file, name + " is an account of the system", "give it another Unix name: unix=\"…\"");
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
    auto text = attribute_of(e, attribute);
    std::uint32_t wanted = 0;
    std::from_chars(text.data(), text.data() + text.size(), wanted);
    if (!ids::is_uuid(e.id)) {
      problem(e, file, e.ref.str() + " has no id, so no Unix id can stay its own", "give it one: tk repo fmt --ids");
      return 0;
    }
    auto id = ids_.give(e.id, e.ref.str(), wanted);
    if (id) return *id;
    problem(e, file, id.error().message, id.error().hint);
    return 0;
  }

  void account(const Entity& e, const std::string& file) {
    if (e.state == "draft") return;
    auto name = unix_name(e, file, e.ref.name);
    if (name.empty()) return;
    Account a;
    a.ref = e.ref.str();
    a.entity = e.id;
    a.name = name;
    a.home = attribute_of(e, "home");
    a.shell = shell_of(e);
    a.gecos = attribute_of(e, "title");
    a.uid = id_of(e, file, "uid");
    a.locked = e.state != "active";
    auto lock = attribute_of(e, "lock");
    a.still = lock == "all";
    a.keep = a.still || lock == "delete";
    if (a.uid == 0) return;
    if (a.keep) ids_.keep(e.id);
    if (a.home.empty()) a.home = "/home/" + name;
    if (no_place_for_a_home(a.home))
      return problem(e, file, "the home " + text::printable(a.home) + " of " + a.ref + " is a folder of the system",
                     "leave home out: it is /home/" + name);
    for (const auto* part : {&a.gecos, &a.shell, &a.home})
      if (!fits_passwd(*part))
        return problem(e, file, "a row of passwd cannot hold \"" + text::printable(*part) + "\"", "leave out : and control characters");
    by_name_[e.ref.type + ":" + e.ref.name].push_back({e.ref, name});
    out_.accounts.emplace(name, std::move(a));
  }

  // A home is nobody else's, stands in nobody else's, nor where others than root can put something in its place.
  void home_of_its_own(const Entity& e, const std::string& file) {
    if (homes_.empty())
      for (const auto& [name, a] : out_.accounts) homes_.emplace(a.home, &a);
    for (const auto& name : accounts_of(e.ref.str())) {
      const auto& a = out_.accounts.at(name);
      if (a.entity != e.id) continue;
      for (auto [it, end] = homes_.equal_range(a.home); it != end; ++it)
        if (it->second != &a)
          return problem(e, file, a.ref + " and " + it->second->ref + " would have one home, " + a.home, "give one of them another: home=\"…\"");
      for (auto slash = a.home.rfind('/'); slash > 0; slash = a.home.rfind('/', slash - 1)) {
        auto above = a.home.substr(0, slash);
        if (auto it = homes_.find(above); it != homes_.end())
          return problem(e, file, "the home of " + a.ref + " would stand in the home of " + it->second->ref, "give it another: home=\"…\"");
        if (auto it = out_.folders.find(above); it != out_.folders.end() && !it->second.spec.starts_with("0755:0:0:"))
          return problem(e, file, "the home of " + a.ref + " would stand in the folder of " + it->second.ref, "give it another: home=\"…\"");
      }
      auto inside = out_.folders.find(a.home);
      if (inside == out_.folders.end()) inside = out_.folders.lower_bound(a.home + "/");
      if (inside != out_.folders.end() && is_or_below(inside->first, a.home))
        return problem(e, file, inside->first + " of " + inside->second.ref + " is or stands in the home of " + a.ref, "declare another folder");
    }
  }

  // The accounts that a reference or pattern means: user:acme.web/alice, user:alice, agent:acme/**.
  std::vector<std::string> accounts_of(const std::string& pattern) const {
    std::vector<std::string> out;
    if (pattern.find('*') != pattern.npos) {
      for (const auto& [word, all] : by_name_)
        for (const auto& [ref, name] : all)
          if (law::matches(pattern, ref.type, ref.context, ref.name)) out.push_back(name);
      return out;
    }
    auto ref = law::parse_ref(pattern);
    if (!ref) return out;
    if (auto it = by_name_.find(ref->type + ":" + ref->name); it != by_name_.end())
      for (const auto& [other, name] : it->second)
        if (ref->context.empty() || ref->context == other.context) out.push_back(name);
    return out;
  }

  // A key goes to those whom it names, and to those who name it.
  void key(const Entity& e, const std::string& file) {
    if (e.state != "active") return;
    auto options = attribute_of(e, "options");
    if (auto good = check_key_options(options); !good) return problem(e, file, good.error().message, good.error().hint);
    auto line = (options.empty() ? "" : options + " ") + attribute_of(e, "public");
    for (const auto& of : words(attribute_of(e, "of")))
      for (const auto& name : accounts_of(of)) keys_[name].insert(line);
    lines_.emplace(e.ref.name, std::move(line));
  }

  void ssh_keys(const Entity& e, const std::string& file) {
    auto listed = words(attribute_of(e, "ssh-keys"));
    if (listed.empty()) return;
    auto own = accounts_of(e.ref.str());
    for (const auto& word : listed) {
      auto it = lines_.find(word);
      if (it == lines_.end())
        problem(e, file, "no active sshkey is called " + text::printable(word), "declare it: tk repo new sshkey " + word + " public=…");
      else
        for (const auto& name : own) keys_[name].insert(it->second);
    }
  }

  Group* add_group(const Entity& e, const std::string& file, const std::string& unix_name_of_it) {
    if (e.state != "active") return nullptr;
    auto name = unix_name(e, file, unix_name_of_it);
    if (name.empty()) return nullptr;
    Group g{e.ref.str(), e.id, name, id_of(e, file, "gid"), {}};
    if (g.gid == 0) return nullptr;
    groups_by_name_.emplace(e.ref.name, name);
    return &out_.groups.emplace(name, std::move(g)).first->second;
  }

  void group(const Entity& e, const std::string& file) {
    auto* g = add_group(e, file, e.ref.name);
    if (!g) return;
    for (const auto& child : e.children)
      for (const auto& [key, value] : child.attributes)
        if (child.name == "member" && key == "ref")
          for (auto& member : accounts_of(value)) g->members.insert(std::move(member));
  }

  // Those who stand in a space share a group and a folder in which what one of them makes is open to all of them.
  void space(const Entity& e, const std::string& file) {
    auto context = e.ref.context.empty() ? e.ref.name : e.ref.context + "." + e.ref.name;
    auto* g = add_group(e, file, name_of_space(context));
    if (!g) return;
    for (const auto& [word, all] : by_name_)
      for (const auto& [ref, name] : all)
        if (ref.context == context) g->members.insert(name);
    std::string path = "/srv";
    auto parts = text::split(context, '.');
    for (std::size_t i = 0; i < parts.size(); ++i) {
      path += "/" + std::string(parts[i]);
      if (i + 1 < parts.size()) out_.folders.emplace(path, Folder{e.ref.str(), path, "0755:0:0:"});
    }
    DirectoryAcl acl;
    acl.mode = 02770;
    acl.is_default = {{}, {{g->gid, 7}}};
    out_.folders.insert_or_assign(path, Folder{e.ref.str(), path, spec_of(acl, 0, g->gid)});
  }

  void own_groups(const Entity& e, const std::string& file) {
    auto listed = words(attribute_of(e, "groups"));
    if (listed.empty()) return;
    auto own = accounts_of(e.ref.str());
    for (const auto& group : listed) {
      auto named = groups_by_name_.find(group);
      auto found = out_.groups.find(named == groups_by_name_.end() ? group : named->second);
      if (found == out_.groups.end())
        problem(e, file, "no group is called " + text::printable(group), "declare it: tk repo new group " + group);
      else
        found->second.members.insert(own.begin(), own.end());
    }
  }

  void sudo(const Entity& e, const std::string& file) {
    if (e.state != "active") return;
    auto list = sudo_commands(attribute_of(e, "commands"));
    if (!list) return problem(e, file, list.error().message, list.error().hint);
    auto runas = attribute_of(e, "runas");
    for (const auto& to : words(attribute_of(e, "to"))) {
      for (const auto& name : accounts_of(to)) {
        const auto& account = out_.accounts.at(name);
        if (account.locked) continue;
        auto& sudoers = out_.sudo["tk-" + std::to_string(account.uid)];
        sudoers.ref = account.ref;
        sudoers.name = "tk-" + std::to_string(account.uid);
        sudoers.content += sudo_line(name, runas, attribute_of(e, "nopasswd") == "true", *list);
      }
    }
  }

  std::optional<std::uint32_t> number_of(const std::string& name, bool of_group) const {
    if (name.empty() || name == "root") return 0;
    if (auto a = out_.accounts.find(name); a != out_.accounts.end()) return a->second.uid;
    if (auto g = out_.groups.find(name); of_group && g != out_.groups.end()) return g->second.gid;
    return std::nullopt;
  }

  void folder(const Entity& e, const std::string& file) {
    if (e.state != "active") return;
    auto path = attribute_of(e, "path"), mode = attribute_of(e, "mode"), owner = attribute_of(e, "unix-owner"), group = attribute_of(e, "unix-group");
    auto uid = number_of(owner, false), gid = number_of(group, true);
    if (!uid || !gid)
      return problem(e, file, "nobody is called " + text::printable(uid ? group : owner) + " on Unix", "declare a user, agent or group of that name");
    if (folder_of_the_system(path))
      return problem(e, file, text::printable(path) + " is a folder of the system", "declare one below /srv, /opt or a folder of your own");
    auto acl = read_acl(attribute_of(e, "acl"), [&](const std::string& name, bool of_group) { return number_of(name, of_group); });
    if (!acl) return problem(e, file, acl.error().message, acl.error().hint);
    acl->mode = mode.empty() ? 0755 : static_cast<std::uint32_t>(std::strtoul(mode.c_str(), nullptr, 8));
    if ((acl->mode & 04000) != 0 || ((acl->mode & 02) != 0 && (acl->mode & 01000) == 0))
      return problem(e, file, "a folder cannot have the mode " + mode,
                     "one that everybody writes to is sticky (1777), and setuid means nothing there");
    if (!out_.folders.emplace(path, Folder{e.ref.str(), path, spec_of(*acl, *uid, *gid)}).second)
      problem(e, file, path + " is declared twice, by " + out_.folders[path].ref + " too", "one folder, one entity");
  }

  workspace::EntityIndex& index_;
  Ids& ids_;
  Desired out_;
  std::multimap<std::string, const Account*> homes_;
  std::unordered_map<std::string, std::vector<std::pair<law::Ref, std::string>>> by_name_;  // type:name → the accounts
  std::unordered_map<std::string, std::string> groups_by_name_;
  std::unordered_map<std::string, std::string> lines_;  // of authorized_keys, by the name of the key
  std::unordered_map<std::string, std::set<std::string>> keys_;
};

}  // namespace

Result<Desired> desired_of(workspace::EntityIndex& index, Ids& ids) {
  return Maker(index, ids).run();
}

}  // namespace tk::provision
