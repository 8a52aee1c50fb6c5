#include <set>

#include "core/provision/policy.hpp"
#include "core/base/ids.hpp"
#include "core/base/text.hpp"
#include "core/cli/output.hpp"
#include "core/json/json.hpp"
#include "core/provision/places.hpp"
#include "core/provision/sudoers.hpp"
#include "core/record/entity_types.hpp"
#include "core/workspace/entity_index.hpp"
#include "help/repo.hpp"
#include "tools/repo/provision.hpp"
#include "tools/repo/verbs.hpp"
#include "tools/session/declare.hpp"
#include "tools/session/values.hpp"

namespace tk::tools::repo_tool {
namespace {

using Pairs = std::vector<std::pair<std::string, std::string>>;

// Accounts and groups of a computer as entities; what tk has no words for is left, and named.
class Importer {
 public:
  Importer(Session& s, const provision::Observed& observed, provision::Ids& ids, std::string context)
      : s_(s), observed_(observed), ids_(ids), context_(std::move(context)) {}

  Result<void> run(workspace::EntityIndex& index, const std::vector<std::string>& only) {
    TK_CHECK(index.each("", [&](const workspace::Entity& e, const std::string&) {
      taken_.insert(e.ref.type + ":" + e.ref.name);
      for (const auto& [key, value] : e.attributes)
        if (key == "unix") declared_.insert(value);
      if (e.ref.type == "user" || e.ref.type == "agent" || e.ref.type == "service" || e.ref.type == "group") declared_.insert(e.ref.name);
      return Result<void>{};
    }));
    for (auto row : observed_.rows("passwd").rows()) {
      auto f = provision::fields_of(row);
      auto uid = static_cast<std::uint32_t>(std::strtoul(std::string(f[2]).c_str(), nullptr, 10));
      std::string name(f[0]);
      bool named = std::find(only.begin(), only.end(), name) != only.end();
      if (!named && (!only.empty() || uid < 1000 || uid >= 60000)) continue;
      if (declared_.contains(name)) continue;
      TK_CHECK(account(name, f, uid));
    }
    if (only.empty()) TK_CHECK(groups());
    return {};
  }

  std::vector<git::Change> files;
  std::vector<record::Change> changes;
  std::vector<std::pair<std::string, std::string>> left;  // name, why
  std::vector<std::string> refs;

 private:
  void leave(const std::string& name, const std::string& why) { left.emplace_back(name, why); }

  using Children = std::vector<workspace::Entity::Child>;
  Result<void> add(const std::string& type, const std::string& name, const Pairs& attributes, const Children& children, std::uint32_t unix_id) {
    law::Ref ref{type, context_, name};
    auto id = ids::uuid7();
    if (unix_id != 0) TK_CHECK(ids_.give(id, ref.str(), unix_id));
    auto path = workspace::entity_path(ref);
    files.push_back({path, workspace::write_entity(ref, id, attributes, children)});
    changes.push_back(change_for(s_, ref, id, path, attributes_in(path, *files.back().content, ref)));
    refs.push_back(ref.str());
    return {};
  }

  static bool fits(std::string_view type, std::string_view attribute, std::string_view value) {
    const auto* t = record::find_entity_type(type);
    const auto* a = t ? t->find(attribute) : nullptr;
    return a && record::check_value(*a, value).empty();
  }

  Result<void> account(const std::string& name, const std::vector<std::string_view>& f, std::uint32_t uid) {
    if (!fits("user", "unix", name)) return leave(name, "no name that tk gives"), Result<void>{};
    auto group = observed_.rows("group").find(name);
    if (f[3] != f[2] || !group || provision::fields_of(*group)[2] != f[2] || provision::fields_of(*group).back() != "")
      return leave(name, "its first group is not one of its own"), Result<void>{};
    if (!provision::of_people(uid)) return leave(name, "it is an account of the system"), Result<void>{};
    if (f[1] != "x") return leave(name, "its password stands in passwd"), Result<void>{};
    if (auto owner = ids_.owner(uid); !owner.empty()) return leave(name, "its uid was given to another entity (ids.lock)"), Result<void>{};
    std::string home(f[5]), shell(f[6]);
    auto st = observed_.status(home);
    if (!st || !S_ISDIR(st->st_mode) || (observed_.owners() && st->st_uid != uid))
      return leave(name, "its home " + home + " is missing or not its own"), Result<void>{};
    if (provision::no_place_for_a_home(home) || !fits("user", "home", home) || !fits("user", "shell", shell))
      return leave(name, "its home or shell is no plain path"), Result<void>{};
    auto shadow = observed_.rows("shadow").find(name);
    if (!shadow || provision::fields_of(*shadow).size() != 9 || !observed_.rows("gshadow").find(name))
      return leave(name, "it has no whole row in shadow or gshadow"), Result<void>{};
    Pairs attributes = {{"uid", std::to_string(uid)}, {"unix", name}, {"shell", shell}};
    if (home != "/home/" + name) attributes.emplace_back("home", home);
    if (!f[4].empty()) attributes.emplace_back("title", std::string(f[4]));
    if (provision::fields_of(*shadow)[7] == "1") attributes.emplace_back("state", "suspended");
    TK_TRY(auto keys, observed_.file(home + "/.ssh/authorized_keys"));
    TK_TRY(bool good, import_keys(name, keys.content, attributes));
    if (!good) return {};
    declared_.insert(name);
    accounts_.insert(name);
    return add("user", name, attributes, {}, uid);
  }

  Result<bool> import_keys(const std::string& name, const std::string& content, Pairs& attributes) {
    std::vector<Pairs> keys;
    for (auto line : text::split(content, '\n')) {
      if (provision::key_of_line(line).empty()) continue;
      auto key = provision::read_key_line(line);
      auto text = key.type + " " + key.blob;
      if (!provision::check_key_options(key.options) || !fits("sshkey", "public", text))
        return leave(name, "a line of its authorized_keys says what tk does not"), false;
      Pairs pairs = {{"public", text}};
      if (!key.options.empty()) pairs.emplace_back("options", key.options);
      keys.push_back(std::move(pairs));
    }
    std::string names;
    for (std::size_t i = 0; i < keys.size(); ++i) {
      auto key = name + "-" + std::to_string(i + 1);
      if (taken_.contains("sshkey:" + key)) return leave(name, "there is a key " + key + " already"), false;
      TK_CHECK(add("sshkey", key, keys[i], {}, 0));
      names += (names.empty() ? "" : " ") + key;
    }
    if (!names.empty()) attributes.emplace_back("ssh-keys", names);
    return true;
  }

  Result<void> groups() {
    for (auto row : observed_.rows("group").rows()) {
      auto f = provision::fields_of(row);
      std::string name(f[0]);
      auto gid = f.size() == 4 ? static_cast<std::uint32_t>(std::strtoul(std::string(f[2]).c_str(), nullptr, 10)) : 0;
      if (gid < 1000 || gid >= 60000 || declared_.contains(name) || observed_.rows("passwd").find(name)) continue;
      auto shadow = observed_.rows("gshadow").find(name);
      if (!fits("group", "unix", name) || !shadow || !ids_.owner(gid).empty()) {
        leave(name, "a group that tk has no words for");
        continue;
      }
      Children members;
      bool known = true;
      for (auto member : text::split(f[3], ','))
        if (!member.empty())
          known = known && accounts_.contains(std::string(member)), members.push_back({"member", {{"ref", "user:" + std::string(member)}}});
      if (!known) {
        leave(name, "a member of this group is not taken over");
        continue;
      }
      TK_CHECK(add("group", name, {{"gid", std::to_string(gid)}, {"unix", name}}, members, gid));
    }
    return {};
  }

  Session& s_;
  const provision::Observed& observed_;
  provision::Ids& ids_;
  std::string context_;
  std::set<std::string> taken_, declared_, accounts_;
};

Result<Exit> run(const cli::Args& args) {
  TK_TRY(auto ws, workspace::Workspace::find());
  TK_TRY(auto repository, git::Repository::open(ws.root()));
  TK_TRY(auto target, read_target(args));
  TK_TRY(auto effects, workspace::RefEffects::open(repository));
  TK_TRY(auto s, Session::open(args.get("as"), &effects));
  TK_TRY(auto index, workspace::EntityIndex::open(ws, repository));
  TK_TRY(auto observed, provision::Observed::read(target.root));
  TK_TRY(auto ids, provision::read_ids(repository, index.commit()));
  Importer importer(*s, observed, ids, args.get("context", ws.default_context()));
  TK_CHECK(importer.run(index, args.all("account")));
  std::int64_t seq = 0;
  if (!importer.files.empty()) {
    importer.files.push_back({"ids.lock", ids.text()});
    TK_TRY(seq, commit_entities(*s, repository, std::move(importer.files), std::move(importer.changes), "repo: import from " + target.name));
  }
  if (args.json()) {
    Value::List refs(importer.refs.begin(), importer.refs.end()), left;
    for (const auto& [name, why] : importer.left) left.push_back(Value::Map{{"name", name}, {"why", why}});
    cli::print(json::pretty(Value::Map{{"entities", std::move(refs)}, {"left", std::move(left)}, {"seq", seq}}) + "\n");
    return Exit::ok;
  }
  for (const auto& ref : importer.refs) cli::print(ref + "\n");
  for (const auto& [name, why] : importer.left) cli::note("left " + text::printable(name) + ": " + why);
  if (importer.refs.empty()) cli::note("nothing to import");
  return Exit::ok;
}

}  // namespace

cli::VerbSpec import_verb() {
  return {"import",
          "take over accounts that stand on a computer already",
          {},
          {kTargetOption,
           kLiveOption,
           {"account", "NAME", "only this one", {}, true},
           {"context", "PATH", "where they stand then (default: workspace.context)"},
           kAsOption},
          {{"tk repo import --target root=/srv/image", "people and groups from uid 1000 on; a plan is empty afterwards"}},
          help::k_import,
          run,
          "{entities: [text], left: [{name: text, why: text}], seq: int}",
          values};
}

}  // namespace tk::tools::repo_tool
