// The one who makes a plan: goes through what is wanted, thing by thing (here), then through what is there and wanted no
// more, and at last counts for the guards (plan_gone.cpp).
#pragma once

#include <algorithm>
#include <charconv>
#include <set>
#include <unordered_map>
#include <unordered_set>

#include "core/base/base64.hpp"
#include "core/base/text.hpp"
#include "core/provision/plan.hpp"
#include "core/provision/row.hpp"
#include "core/provision/strangers.hpp"
#include "core/provision/sudoers.hpp"

namespace tk::provision {

using Kind = Wanted::Kind;
using Views = std::vector<std::string_view>;

inline std::string str(std::string_view text) {
  return std::string(text);
}

inline bool is_hex(std::string_view hex, const crypto::Digest& digest) {
  static constexpr std::string_view kDigits = "0123456789abcdef";
  bool same = hex.size() == 2 * digest.size();
  for (std::size_t i = 0; same && i < digest.size(); ++i) same = hex[2 * i] == kDigits[digest[i] >> 4] && hex[2 * i + 1] == kDigits[digest[i] & 15];
  return same;
}

class Planner {
 public:
  Planner(const Wanted& wanted, const Observed& observed, const Ids& ids, const PlanOptions& options)
      : wanted_(wanted), observed_(observed), ids_(ids), options_(options), today_(std::to_string(options.today)) {}

  Result<Plan> run() {
    for (auto row : observed_.rows("passwd").rows()) {
      auto [first, fresh] = by_uid_.emplace(field_of(row, 2), row);
      // Which of the two is the entity's, and whose the files are, nobody can tell.
      if (!fresh && !ids_.owner(number(first->first)).empty())
        return fail(Code::prv_taken,
                    "uid " + str(first->first) + " belongs to two accounts, " + str(field_of(first->second, 0)) + " and " + str(field_of(row, 0)),
                    "give one of them another with usermod -u; nothing was changed");
    }
    for (auto row : observed_.rows("group").rows())
      if (auto gid = field_of(row, 2); !gid.empty()) by_gid_.emplace(gid, row);
    for (const auto& item : wanted_.items())
      if (item.kind == Kind::account || item.kind == Kind::group) names_.insert(item[0]);
    const auto& items = wanted_.items();
    for (std::size_t i = 0; i < items.size();) {
      if (auto end = end_of_what_stands(i); end > i) {
        i = end;
        continue;
      }
      TK_CHECK(begin_subject(items[i++]));
      for (; i < items.size() && !begins_subject(items[i]); ++i)
        if (!subject_.skip) TK_CHECK(one(items[i]));
      end_subject();
    }
    subject_ = {};
    TK_CHECK(gone());
    groups_gone();
    TK_CHECK(sudo_gone());
    guards();
    std::reverse(plan_.inverse.begin(), plan_.inverse.end());
    return std::move(plan_);
  }

 private:
  static bool begins_subject(const Wanted::Item& item) { return item.kind == Kind::account || item.kind == Kind::group || item.kind == Kind::other; }

  // Nearly always an account stands as it has to: that is told without making anything. Behind the last item of such a
  // one; `i` where there is more to say.
  std::size_t end_of_what_stands(std::size_t i) {
    const auto& items = wanted_.items();
    const auto& first = items[i];
    if (first.kind != Kind::account || first[5] == "all") return i;
    auto at = i + 1;
    for (; at < items.size() && !begins_subject(items[at]); ++at) {
      const auto& item = items[at];
      if (item.kind == Kind::row) {
        auto now = observed_.rows(item[0]).find(item[1]);
        if (!now || !row_fits(item[2], *now, item[0])) return i;
      } else if (item.kind == Kind::home) {
        const auto* looked = observed_.home(item[0]);
        if (!looked) return i;
        const auto& home = *looked;
        if (!home.folder || home.odd || (observed_.owners() && number(item[1]) != home.uid)) return i;
        if (home.keys != (item[2] != "-") || (home.keys && !is_hex(item[2], home.digest))) return i;
        if (home.keys && (home.keys_mode != 0600 || (observed_.owners() && number(item[1]) != home.keys_uid))) return i;
      } else {
        return i;
      }
    }
    ++accounts_;
    return at;
  }

  bool keys_stand(const Observed::File& now, std::string_view hash, std::string_view uid) const {
    return now.hash == hash && (hash == "-" || (now.mode == 0600 && (!observed_.owners() || now.uid == number(uid))));
  }

  struct Subject {
    bool is_account = false, skip = false, fresh = false, locks = false;
    std::string what, ref, name, old_name, old_home, lock;
    std::size_t operations = 0;
  };

  Result<void> begin_subject(const Wanted::Item& item) {
    subject_ = {};
    subject_.operations = plan_.operations.size();
    if (item.kind == Kind::other) {
      subject_.ref = str(item[0]);
      return {};
    }
    subject_.ref = str(item[1]);
    subject_.name = subject_.old_name = str(item[0]);
    subject_.is_account = item.kind == Kind::account;
    subject_.what = (subject_.is_account ? "account " : "group ") + subject_.name;
    return subject_.is_account ? begin_account(item) : begin_group(item);
  }

  Error taken(const std::string& what, const std::string& why) {
    return Error{
        Code::prv_taken, what + why, {}, "give " + subject_.ref + " another Unix name (unix=…), or take the account over: tk repo import", nullptr};
  }

  // Nothing of that name may stand anywhere before it: neither another's group, nor a password that somebody left there.
  Result<void> begin_new_account(const Wanted::Item& item) {
    subject_.fresh = true;
    auto uid = item[3];
    if (auto other = by_gid_.find(uid); other != by_gid_.end() && field_of(other->second, 0) != item[0])
      return fail(taken("gid " + str(uid) + " of " + subject_.ref, " belongs to the group " + str(field_of(other->second, 0))));
    auto group = observed_.rows("group").find(item[0]);
    if (group && field_of(*group, 2) != uid)
      return fail(taken("the name " + subject_.name + " of " + subject_.ref, " belongs to a group with gid " + str(field_of(*group, 2))));
    for (const auto* database : {"shadow", "gshadow", "subuid", "subgid"})
      if (!group && observed_.rows(database).find(item[0]))
        return fail(taken("the name " + subject_.name + " of " + subject_.ref, str(" has a row in ") + database + " without an account"));
    subject_.skip = item[4] == "locked";  // nobody is made only to be locked
    if (auto of = subject_.skip ? "" : strangers_.group_with(subject_.name); !of.empty())
      standing_ += (standing_.empty() ? "" : ", ") + subject_.name + " of " + of, ++standing_members_;
    return {};
  }

  Result<void> begin_account(const Wanted::Item& item) {
    auto uid = item[3], entity = item[2];
    subject_.lock = str(item[5]);
    ++accounts_;
    auto row = observed_.rows("passwd").find(item[0]);
    auto of_uid = by_uid_.find(uid);
    if (!row && of_uid != by_uid_.end()) {
      // The same id under another name: an entity that was renamed, or somebody else's.
      auto other = str(fields_of(of_uid->second)[0]);
      if (names_.contains(other) || ids_.owner(number(uid)) != entity || ids_.is_new(number(uid)) || field_of(of_uid->second, 3) != uid ||
          !strangers_.ours(other, number(uid)))
        return fail(taken("uid " + str(uid) + " of " + subject_.ref, " belongs to the account " + other));
      subject_.old_name = other;
      row = of_uid->second;
    }
    if (!row) return begin_new_account(item);
    auto f = fields_of(*row);
    if (f[2] == uid && ids_.is_new(number(uid)))
      return fail(taken("the account " + subject_.name, " is there already, and " + subject_.ref + " is new"));
    if (f[2] != uid) {
      if (ids_.owner(number(f[2])) != entity)
        return fail(taken("the account " + subject_.name, " is there already with uid " + str(f[2]) + ", but " + subject_.ref + " has " + str(uid)));
      if (of_uid != by_uid_.end())
        return fail(taken("uid " + str(uid) + " of " + subject_.ref, " belongs to the account " + str(fields_of(of_uid->second)[0])));
      ++uid_changes_;
      plan_.waiting.push_back({"files of " + subject_.name + " keep the uid " + str(f[2]), "find / -xdev -uid " + str(f[2])});
    }
    subject_.old_home = str(f[5]);
    auto shadow = observed_.rows("shadow").find(subject_.old_name);
    bool was = shadow && fields_of(*shadow).size() > 1 && is_locked(fields_of(*shadow)[1]);
    subject_.locks = item[4] == "locked" && !was;
    return {};
  }

  Result<void> begin_group(const Wanted::Item& item) {
    auto row = observed_.rows("group").find(item[0]);
    subject_.fresh = !row;
    if (!row) {
      if (auto other = by_gid_.find(item[3]); other != by_gid_.end())
        return fail(Code::prv_taken, "gid " + str(item[3]) + " of " + subject_.ref + " belongs to the group " + str(fields_of(other->second)[0]),
                    "let tk give another: gid=\"auto\"");
      return {};
    }
    auto f = fields_of(*row);
    if (ids_.is_new(number(item[3])) && f[2] == item[3])
      return fail(taken("the group " + subject_.name, " is there already, and " + subject_.ref + " is new"));
    if (f.size() < 4 || f[2] != item[3])
      return fail(Code::prv_taken,
                  "the group " + subject_.name + " is there already with gid " + str(f.size() > 2 ? f[2] : "?") + ", but " + subject_.ref + " has " +
                      str(item[3]),
                  "give " + subject_.ref + " another Unix name: unix=…");
    return {};
  }

  void end_subject() {
    if (plan_.operations.size() == subject_.operations || subject_.what.empty()) return;
    bool renamed = subject_.old_name != subject_.name;
    plan_.steps.push_back({subject_.fresh   ? "create"
                           : subject_.locks ? "lock"
                           : renamed        ? "rename"
                                            : "change",
                           subject_.what + (renamed ? " (was " + subject_.old_name + ")" : ""), subject_.ref});
    if (subject_.lock == "all" && !subject_.fresh) ++locked_entities_;
    if (subject_.locks) ++locks_;
  }

  static std::uint32_t number(std::string_view text) {
    std::uint32_t out = 0;
    std::from_chars(text.data(), text.data() + text.size(), out);
    return out;
  }

  Result<void> one(const Wanted::Item& item) {
    switch (item.kind) {
      case Kind::row:
        if (observed_.rows(item[0]).twice(item[1]))
          return fail(Code::prv_target, str(item[1]) + " has more than one row in " + str(item[0]), "tk gives one: take the other away");
        return row(item[0], item[1], item[2]), Result<void>{};
      case Kind::home:
        return home(item);
      case Kind::file:
        return file(item);
      default:
        return folder(item);
    }
  }

  void differs(std::string what, std::string_view is, std::string_view want) {
    auto about = subject_.what.empty() ? what : subject_.what.substr(subject_.what.find(' ') + 1);
    plan_.differences.push_back({about, subject_.ref, std::move(what), str(is), str(want)});
  }

  void operation(std::initializer_list<std::string_view> fields, std::initializer_list<std::string_view> back) {
    plan_.operations.push_back(write_line(fields));
    plan_.inverse.push_back(write_line(back));
  }

  // Behind which row one that goes stood, as that is called when the inverse comes to it: what a plan does earlier is not
  // turned back yet.
  std::string follows(std::string_view database, std::string_view name) {
    auto& moved = moved_[str(database)];
    auto at = str(observed_.rows(database).before(name));
    for (auto it = moved.gone.find(at); it != moved.gone.end(); it = moved.gone.find(at)) at = it->second;
    moved.gone.emplace(name, at);
    auto it = moved.renamed.find(at);
    return it == moved.renamed.end() ? at : it->second;
  }

  void change(std::string_view database, std::string_view name, std::string_view before, std::string_view after) {
    auto named = after == "-" ? name : field_of(after, 0);
    if (after != "-" && before != "-" && named != name) moved_[str(database)].renamed.emplace(name, named);
    operation({"row", database, name, before, after, ""}, {"row", database, named, after, before, after == "-" ? follows(database, name) : ""});
    bool mine = name == options_.caller;
    if (database == "passwd" && after == "-") self_ += mine;
    if (database == "passwd" && after != "-") renamed_.insert(str(name));
    if (database == "shadow" && mine && field_of(before, 1) == "?=" && field_of(after, 1) == "!=") ++self_;
  }

  void row(std::string_view database, std::string_view name, std::string_view wanted) {
    auto old_name = subject_.is_account && name == subject_.name ? std::string_view(subject_.old_name) : name;
    auto now = observed_.rows(database).find(old_name);
    if (auto shell = field_of(wanted, 6); database == "passwd" && !(now && field_of(*now, 6) == shell) && !strangers_.lists_shell(shell))
      plan_.waiting.push_back(
          {"the shell " + str(shell) + " of " + subject_.name + " does not stand in /etc/shells", "add it there, or declare another"});
    if (!now) {
      if (!subject_.fresh || database == "passwd" || !subject_.is_account) differs(str(database), "missing", wanted);
      return change(database, name, "-", fresh_row(wanted, database, today_));
    }
    std::string adopted;
    if (database == "shadow" && fields_of(wanted)[1] == "~") wanted = adopted = adopted_row(wanted, *now);
    if (row_fits(wanted, *now, database)) return;
    auto w = fields_of(wanted), n = fields_of(*now);
    for (std::size_t i = 0; i < std::max(w.size(), n.size()); ++i) {
      auto a = i < n.size() ? n[i] : std::string_view("missing"), b = i < w.size() ? w[i] : std::string_view("missing");
      if (fits(b, a)) continue;
      bool password = is_secret(database) && i == 1;
      differs(str(database) + " " + str(field_name(database, i)), password ? (is_locked(a) ? "locked" : "open") : a,
              password ? (b == "!=" ? "locked" : "open") : b);
    }
    change(database, old_name, without_password(*now, database), str(wanted));
  }

  // Of an account that was there before tk: only what tk's own lock did is taken back.
  static std::string adopted_row(std::string_view wanted, std::string_view now) {
    auto n = fields_of(now);
    auto name = str(fields_of(wanted)[0]);
    return n.size() > 7 && n[7] == "1" ? name + ":?=:=:=:=:=:=::=" : name + ":=:=:=:=:=:=:=:=";
  }

  Result<void> home(const Wanted::Item& item) {
    auto path = str(item[0]), uid = str(item[1]);
    if (path != subject_.old_home) {
      if (auto other = strangers_.home_around(path, subject_.old_name); !other.empty())
        return fail(taken("the home " + path, " of " + subject_.ref + " is, or stands in, the home of " + other));
    }
    auto st = observed_.status(path);
    auto keys_at = path;
    if (!st && !subject_.old_home.empty() && subject_.old_home != path && observed_.status(subject_.old_home)) {
      operation({"move", subject_.old_home, path, uid}, {"move", path, subject_.old_home, uid});
      keys_at = subject_.old_home;
      st = observed_.status(keys_at);
    }
    if (!st) {
      if (!subject_.fresh) differs("home " + path, "missing", "a folder");
      operation({"home", path, uid, uid, "0750", item[3]}, {"attic", path, uid});
      return {};
    }
    if (!S_ISDIR(st->st_mode))
      return fail(Code::prv_target, "the home " + observed_.root() + keys_at + " of " + subject_.ref + " is no folder",
                  "look who put something else into its place; nothing was changed");
    if (observed_.owners() && std::to_string(st->st_uid) != uid) {
      if (subject_.fresh)
        return fail(taken("the home " + path, " of " + subject_.ref + " is there already and belongs to uid " + std::to_string(st->st_uid)));
      differs("owner of " + path, std::to_string(st->st_uid), uid);
      plan_.waiting.push_back({"the home " + path + " belongs to uid " + std::to_string(st->st_uid) + ", not " + uid,
                               "chown -R " + uid + ":" + uid + " " + path + ", when you know why"});
    }
    return keys(keys_at, path, item[2], item[3], uid);
  }

  Result<void> keys(const std::string& at, const std::string& home, std::string_view hash, std::string_view content, const std::string& uid) {
    auto read = observed_.file(at + "/.ssh/authorized_keys");
    if (!read) return odd_keys(home, read.error());
    const auto& now = *read;
    if (keys_stand(now, hash, uid) || (now.hash != hash && now.mode == 0600 && same_keys(now.content, content))) return {};
    auto path = home + "/.ssh/authorized_keys";
    if (now.hash == hash)
      differs("mode or owner of " + path, mode_of(now), "0600 " + uid);
    else
      differs(path, now.hash == "-" ? "missing" : "other keys", hash == "-" ? "none" : "the declared keys");
    if (at != home)
      return plan_.waiting.push_back({"the keys of " + subject_.name + " change when its home has moved", "make another plan then"}), Result<void>{};
    write(path, now, content, hash, "0600", uid, uid);
    return {};
  }

  // What somebody makes of their own home stops nobody else's plan.
  Result<void> odd_keys(const std::string& home, const Error& error) {
    differs(home + "/.ssh/authorized_keys", "unreadable", "the declared keys");
    plan_.waiting.push_back({error.message, error.hint});
    return {};
  }

  // Comments and blank lines let nobody in.
  static bool same_keys(const std::string& is, std::string_view wanted) {
    auto bytes = base64::decode(wanted);
    if (wanted == "-" || !bytes) return false;
    auto keys = [](const std::string& text) {
      std::set<std::string> out;
      for (auto line : text::split(text, '\n'))
        if (auto key = key_of_line(line); !key.empty()) out.insert(key);
      return out;
    };
    return keys(is) == keys(*bytes);
  }

  static std::string mode_of(const Observed::File& file) {
    std::string out;
    for (int shift = 9; shift >= 0; shift -= 3) out += static_cast<char>('0' + (file.mode >> shift & 7));
    return out + " " + std::to_string(file.uid);
  }

  void write(const std::string& path, const Observed::File& now, std::string_view content, std::string_view hash, const std::string& mode,
             const std::string& uid, const std::string& gid) {
    bool there = now.hash != "-", owned = there && observed_.owners();
    auto old_mode = mode_of(now).substr(0, 4);
    operation({"file", path, now.hash, content, mode, uid, gid},
              {"file", path, hash, there ? base64::encode(now.content) : "-", there ? old_mode : mode, owned ? std::to_string(now.uid) : uid,
               owned ? std::to_string(now.gid) : gid});
    if (content == "-" && caller_sudo(path)) ++self_;
  }

  Result<void> file(const Wanted::Item& item) {
    auto path = str(item[0]);
    sudo_.insert(path.substr(path.rfind('/') + 1));
    TK_TRY(auto now, observed_.file(path));
    bool good = now.hash == item[1] && mode_of(now).substr(0, 4) == item[3] &&
                (!observed_.owners() || (std::to_string(now.uid) == item[4] && std::to_string(now.gid) == item[5]));
    if (good) return {};
    differs(path, now.hash == "-" ? "missing" : now.hash == item[1] ? "mode " + mode_of(now) : "another content", "as declared");
    plan_.steps.push_back({now.hash == "-" ? "create" : "change", path, subject_.ref});
    write(path, now, item[2], item[1], str(item[3]), str(item[4]), str(item[5]));
    return {};
  }

  Result<void> folder(const Wanted::Item& item) {
    auto path = str(item[0]), wanted = observed_.spec(item[1]);
    if (auto other = strangers_.home_around(path, subject_.old_name); !other.empty())
      return fail(taken("the folder " + path, " of " + subject_.ref + " is, or stands in, the home of " + other));
    TK_TRY(auto now, observed_.folder(path));
    if (now == wanted) return {};
    differs(path, now == "-" ? "missing" : now, wanted);
    plan_.steps.push_back({now == "-" ? "create" : "change", "folder " + path, subject_.ref});
    operation({"dir", path, now, wanted}, {"dir", path, wanted, now});
    return {};
  }

  // plan_gone.cpp
  Result<void> gone();
  void stranger(const std::string& what, std::string_view id, const std::string& entity);
  bool declared(std::string_view entity);
  bool unread(std::uint32_t id) const;
  void row_locked(const std::string& name, const std::optional<std::string_view>& shadow);
  Result<void> keys_away(const std::string& home, const std::string& uid);
  void remove(const std::string& name, const Views& passwd);
  void groups_gone();
  Result<void> sudo_gone();
  void guards();
  bool caller_sudo(const std::string& path) const;

  const Wanted& wanted_;
  const Observed& observed_;
  const Ids& ids_;
  const PlanOptions& options_;
  std::string today_;
  Plan plan_;
  Subject subject_;
  std::unordered_map<std::string_view, std::string_view> by_uid_, by_gid_;
  std::unordered_set<std::string_view> names_, entities_;
  Strangers strangers_{observed_, ids_, names_, options_};
  std::string standing_;
  std::unordered_set<std::string> sudo_, renamed_;
  struct Moved {
    std::unordered_map<std::string, std::string> gone, renamed;  // behind which row it stood; its new name
  };
  std::unordered_map<std::string, Moved> moved_;  // by database
  std::size_t accounts_ = 0, locks_ = 0, removals_ = 0, uid_changes_ = 0, locked_entities_ = 0, self_ = 0, standing_members_ = 0, sudo_left_ = 0;
};

}  // namespace tk::provision
