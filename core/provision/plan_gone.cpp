#include "core/provision/detail/planner.hpp"

namespace tk::provision {

// Accounts of ids that were given out to entities that are not declared any more: locked by one plan, removed by
// another that says so.
Result<void> Planner::gone() {
  for (auto row : observed_.rows("passwd").rows()) {
    if (names_.contains(field_of(row, 0))) continue;
    auto f = fields_of(row);
    auto entity = ids_.owner(number(f[2]));
    if (entity.empty() || renamed_.contains(str(f[0]))) continue;
    auto name = str(f[0]);
    if (!strangers_.ours(name, number(f[2]))) {
      stranger("account " + name, f[2], entity);
      continue;
    }
    if (unread(number(f[2]))) continue;
    ++accounts_;
    auto shadow = observed_.rows("shadow").find(name);
    bool shut = shadow && fields_of(*shadow).size() > 1 && is_locked(fields_of(*shadow)[1]);
    if (ids_.kept(entity)) {
      plan_.waiting.push_back(
          {"the account " + name + " is kept by lock=\"delete\" though its entity is gone", "it goes when its line in ids.lock ends without keep"});
    } else if (!shut) {
      row_locked(name, shadow);
      ++locks_;
      plan_.steps.push_back({"lock", "account " + name, "no longer declared"});
      TK_CHECK(keys_away(str(f[5]), str(f[2])));
    } else if (options_.purge) {
      remove(name, f);
    } else {
      plan_.waiting.push_back({"the account " + name + " is locked and no longer declared", "remove it: tk repo plan --purge"});
    }
  }
  return {};
}

// An id that was given out to an entity that is gone, under a name that it never had here.
void Planner::stranger(const std::string& what, std::string_view id, const std::string& entity) {
  if (ids_.owner(number(id)) == entity && !declared(entity))
    plan_.waiting.push_back({"the " + what + " has the id " + str(id) + " of an entity that is gone, and is not known to have been its own",
                             "remove it by hand if it was"});
}

bool Planner::declared(std::string_view entity) {
  if (entities_.empty())
    for (const auto& item : wanted_.items())
      if (item.kind == Kind::account || item.kind == Kind::group) entities_.insert(item[2]);
  return entities_.contains(entity);
}

bool Planner::unread(std::uint32_t id) const {
  return options_.unread && options_.unread(ids_.owner(id), ids_.refs(id));
}

void Planner::row_locked(const std::string& name, const std::optional<std::string_view>& shadow) {
  subject_.what = "account " + name;
  differs("account", "there", "locked: no longer declared");
  subject_.what.clear();
  if (!shadow) return change("shadow", name, "-", name + ":!*:" + today_ + ":0:99999:7::1:");
  auto f = fields_of(*shadow);
  auto after = name + ":!=:" + str(f.size() > 2 ? f[2] : "") + ":0:99999:7::1:";
  change("shadow", name, without_password(*shadow, "shadow"), after);
}

// sshd asks for a key before it looks at the password.
Result<void> Planner::keys_away(const std::string& home, const std::string& uid) {
  auto st = observed_.status(home);
  if (!st || !S_ISDIR(st->st_mode) || (observed_.owners() && std::to_string(st->st_uid) != uid)) return {};
  auto path = home + "/.ssh/authorized_keys";
  auto now = observed_.file(path);
  if (!now) return odd_keys(home, now.error());
  if (now->hash != "-") write(path, *now, "-", "-", "0600", uid, uid);
  return {};
}

void Planner::remove(const std::string& name, const Views& passwd) {
  change("passwd", name, join_fields(passwd), "-");
  for (const auto* database : {"subuid", "subgid", "group", "shadow", "gshadow"})
    if (auto now = observed_.rows(database).find(name);
        now && !observed_.rows(database).twice(name) && (std::string_view(database) != "group" || field_of(*now, 2) == passwd[2]))
      change(database, name, without_password(*now, database), "-");
  auto home = str(passwd[5]);
  if (auto st = observed_.status(home);
      st && S_ISDIR(st->st_mode) && home != "/" && (!observed_.owners() || std::to_string(st->st_uid) == passwd[2])) {
    operation({"attic", home, passwd[2]}, {"home", home, passwd[2], passwd[2], "0750", "-"});
  }
  plan_.steps.push_back({"remove", "account " + name, "its home goes to the attic"});
  ++removals_;
}

void Planner::groups_gone() {
  for (auto row : observed_.rows("group").rows()) {
    if (names_.contains(field_of(row, 0))) continue;
    auto f = fields_of(row);
    if (f.size() < 4 || ids_.owner(number(f[2])).empty() || by_uid_.contains(f[2])) continue;
    if (observed_.rows("passwd").find(f[0])) continue;
    auto name = str(f[0]);
    if (!strangers_.ours(name, number(f[2]))) {
      stranger("group " + name, f[2], ids_.owner(number(f[2])));
      continue;
    }
    if (unread(number(f[2]))) continue;
    change("group", name, str(row), "-");
    if (auto now = observed_.rows("gshadow").find(name)) change("gshadow", name, without_password(*now, "gshadow"), "-");
    plan_.steps.push_back({"remove", "group " + name, "no longer declared"});
  }
}

Result<void> Planner::sudo_gone() {
  TK_TRY(auto files, observed_.sudo_files());
  for (const auto& name : files) {
    auto of = by_uid_.find(std::string_view(name).substr(3));
    bool strangers = of != by_uid_.end() && !names_.contains(field_of(of->second, 0)) && !strangers_.ours(field_of(of->second, 0), number(of->first));
    if (sudo_.contains(name)) continue;
    if (strangers || unread(number(std::string_view(name).substr(3)))) {
      ++sudo_left_;
      continue;
    }
    auto path = "/etc/sudoers.d/" + name;
    TK_TRY(auto now, observed_.file(path));
    if (now.hash == "-") continue;
    differs(path, "there", "nothing: no longer declared");
    plan_.steps.push_back({"remove", path, "no longer declared"});
    write(path, now, "-", "-", "0440", "0", "0");
  }
  return {};
}

void Planner::guards() {
  auto gone = locks_ + removals_;
  std::size_t limit = std::max<std::size_t>(5, accounts_ / 10);
  if (const auto& says = options_.max_removals; !says.empty()) limit = says.back() == '%' ? accounts_ * number(says) / 100 : number(says);
  auto guard = [&](const char* name, std::size_t count, std::string message) {
    if (count > 0) plan_.guards.push_back({name, std::move(message), count});
  };
  guard("removals", gone > limit ? gone : 0,
        text::count(gone, "account") + " of " + std::to_string(accounts_) + " would be locked or removed, more than " + std::to_string(limit));
  guard("uid-change", uid_changes_, text::count(uid_changes_, "living account") + " would get another uid; what it owns keeps the old one");
  guard("locked", locked_entities_, std::to_string(locked_entities_) + " of what a lock keeps would be changed");
  std::size_t admins_before = 0, admins_after = sudo_.size() + sudo_left_;
  guard("standing-member", standing_members_, "a group that is not declared has the name of a new account for a member: " + standing_);
  guard("self-lockout", self_, "you, " + options_.caller + ", would lose your own account or your own sudo");
  if (auto before = observed_.sudo_files()) admins_before = before->size();
  guard("last-admin", admins_before > 0 && admins_after == 0 ? admins_before : 0,
        "nobody would be left in sudoers.d of " + std::to_string(admins_before));
}

bool Planner::caller_sudo(const std::string& path) const {
  auto row = observed_.rows("passwd").find(options_.caller);
  return row && path == "/etc/sudoers.d/tk-" + str(fields_of(*row)[2]);
}

}  // namespace tk::provision
