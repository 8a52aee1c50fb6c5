#include "core/provision/plan.hpp"

#include <algorithm>

#include "core/base/base64.hpp"
#include "core/base/text.hpp"
#include "core/crypto/digest.hpp"

namespace tk::provision {
namespace {

std::string base64(std::string_view bytes) {
  return bytes.empty() ? "" : base64::encode(bytes);
}

std::string members_of(const std::set<std::string>& members) {
  std::string out;
  for (const auto& m : members) out += (out.empty() ? "" : ",") + m;
  return out;
}

class Planner {
 public:
  Planner(const Desired& desired, const Observed& observed, const Ids& ids, std::int64_t today, PlanOptions options)
      : desired_(desired), observed_(observed), ids_(ids), today_(today), options_(options) {}

  Result<Plan> run() {
    TK_CHECK(foreign());
    for (const auto& [name, account] : desired_.accounts) TK_CHECK(account_rows(account));
    for (const auto& [name, group] : desired_.groups) group_rows(group.name, group.gid, members_of(group.members));
    TK_CHECK(gone());
    TK_CHECK(sudo());
    for (const auto& [path, folder] : desired_.folders) TK_CHECK(folder_ops(folder));
    std::reverse(plan_.inverse.begin(), plan_.inverse.end());
    return std::move(plan_);
  }

 private:
  std::string row(const std::string& database, const std::string& name) const {
    const auto& rows = observed_.rows(database).by_name;
    auto it = rows.find(name);
    return it == rows.end() ? "-" : it->second;
  }

  void change(const std::string& database, const std::string& name, const std::string& before, const std::string& after) {
    const auto& follows = observed_.rows(database).follows;
    auto at = follows.find(name);
    plan_.operations.push_back({"row", database, name, before, after, ""});
    plan_.inverse.push_back({"row", database, name, after, before, before == "-" || after != "-" ? "" : at->second});
  }
  void want(const std::string& database, const std::string& name, const std::string& wanted) {
    if (auto now = row(database, name); now != wanted) change(database, name, now, wanted);
  }

  // Rows that are not tk's but bear a name or an id that is declared.
  Result<void> foreign() {
    std::map<std::string, std::string> by_id;
    for (const auto& name : observed_.rows("passwd").names)
      if (auto f = observed_.rows("passwd").fields(name); f && f->size() > 3) by_id.emplace((*f)[2], name);
    for (const auto& [name, a] : desired_.accounts) {
      auto id = std::to_string(a.uid);
      auto f = observed_.rows("passwd").fields(name);
      if (f && (f->size() < 7 || (*f)[2] != id))
        return fail(Code::ws_entity_invalid,
                    "the account " + name + " is there already with uid " + (f->size() > 2 ? (*f)[2] : "?") + ", but " + a.ref + " has " + id,
                    "give " + a.ref + " another Unix name (unix=…), or import the account: tk repo import");
      if (auto other = by_id.find(id); other != by_id.end() && other->second != name)
        return fail(Code::ws_entity_invalid, "uid " + id + " of " + a.ref + " belongs to the account " + other->second,
                    "an account is not renamed yet: put its old name back");
    }
    for (const auto& [name, g] : desired_.groups)
      if (auto f = observed_.rows("group").fields(name); f && (f->size() < 3 || (*f)[2] != std::to_string(g.gid)))
        return fail(Code::ws_entity_invalid,
                    "the group " + name + " is there already with gid " + (f->size() > 2 ? (*f)[2] : "?") + ", but " + g.ref + " has " +
                        std::to_string(g.gid),
                    "give " + g.ref + " another Unix name: unix=…");
    return {};
  }

  // The password is never tk's: it is locked or not, whatever it is.
  void shadow(const Account& a, bool locked) {
    auto now = observed_.rows("shadow").fields(a.name);
    auto row = [&](const std::string& password, const std::string& day, const std::string& end) {
      return a.name + ":" + password + ":" + day + ":0:99999:7::" + end + ":";
    };
    auto end = locked ? "1" : "";
    if (!now) return change("shadow", a.name, "-", row(locked ? "!*" : "*", std::to_string(today_), end));
    bool is_locked = now->size() > 1 && (*now)[1].starts_with('!');
    auto old = a.name + ":" + (is_locked ? "!=" : "?=");
    for (std::size_t i = 2; i < now->size(); ++i) old += ":" + (i == 2 ? "=" : (*now)[i]);
    auto wanted = row(locked ? "!=" : "?=", "=", end);
    if (old != wanted) change("shadow", a.name, old, wanted);
  }

  void group_rows(const std::string& name, std::uint32_t gid, const std::string& members) {
    auto before = plan_.operations.size();
    want("group", name, name + ":x:" + std::to_string(gid) + ":" + members);
    auto now = observed_.rows("gshadow").fields(name);
    if (!now)
      change("gshadow", name, "-", name + ":!::" + members);
    else if (now->size() == 4 && (*now)[3] != members)
      change("gshadow", name, name + ":=:" + (*now)[2] + ":" + (*now)[3], name + ":=:" + (*now)[2] + ":" + members);
    if (plan_.operations.size() != before) note(row("group", name) == "-" ? "create" : "change", "group " + name);
  }

  void note(const std::string& verb, const std::string& what) { plan_.about.push_back(verb + "  " + what); }

  Result<void> account_rows(const Account& a) {
    auto before = plan_.operations.size();
    auto id = std::to_string(a.uid);
    bool fresh = row("passwd", a.name) == "-";
    if (fresh && a.locked) return {};  // nobody is made only to be locked
    auto now = observed_.rows("shadow").fields(a.name);
    bool was_locked = now && now->size() > 1 && (*now)[1].starts_with('!');
    group_rows_of_account(a);
    shadow(a, a.locked);
    auto range = a.name + ":" + std::to_string(100'000 + std::uint64_t{a.uid % 60'000} * 65'536) + ":65536";
    want("subuid", a.name, range);
    want("subgid", a.name, range);
    TK_CHECK(home(a));
    want("passwd", a.name, a.name + ":x:" + id + ":" + id + ":" + a.gecos + ":" + a.home + ":" + a.shell);
    if (plan_.operations.size() == before) return {};
    if (fresh)
      ++plan_.created, note("create", "account " + a.name + " (" + a.ref + ", uid " + id + ")");
    else if (a.locked && !was_locked)
      ++plan_.locked, note("lock", "account " + a.name + " (" + a.ref + ")");
    else
      ++plan_.changed, note("change", "account " + a.name + " (" + a.ref + ")");
    return {};
  }

  void group_rows_of_account(const Account& a) {
    want("group", a.name, a.name + ":x:" + std::to_string(a.uid) + ":");
    if (!observed_.rows("gshadow").fields(a.name)) change("gshadow", a.name, "-", a.name + ":!::");
  }

  Result<void> home(const Account& a) {
    auto id = std::to_string(a.uid);
    auto owner = observed_.owner(a.home);
    if (!owner) {
      plan_.operations.push_back({"home", a.home, id, id, "0750", a.keys.empty() ? "-" : base64(a.keys)});
      plan_.inverse.push_back({"attic", a.home, id});
      return {};
    }
    if (*owner == UINT32_MAX)
      return fail(Code::ws_entity_invalid, "the home " + a.home + " of " + a.ref + " is no folder there",
                  "look who put something else into its place");
    auto path = a.home + "/.ssh/authorized_keys";
    TK_TRY(auto now, observed_.file(path));
    auto wanted = a.keys.empty() ? std::string("-") : crypto::sha256_hex(a.keys);
    if (now == wanted) return {};
    plan_.operations.push_back({"file", path, now, a.keys.empty() ? "-" : base64(a.keys), "0600", id, id});
    TK_TRY(auto content, observed_.content(path));
    plan_.inverse.push_back({"file", path, wanted, content ? base64(*content) : "-", "0600", id, id});
    return {};
  }

  // Accounts of ids that were given out to entities that are not declared any more.
  Result<void> gone() {
    for (const auto& name : observed_.rows("passwd").names) {
      if (desired_.accounts.contains(name)) continue;
      auto f = observed_.rows("passwd").fields(name);
      if (!f || f->size() < 7) continue;
      auto uid = static_cast<std::uint32_t>(std::strtoul((*f)[2].c_str(), nullptr, 10));
      if (!ids_.knows(uid)) continue;
      auto now = observed_.rows("shadow").fields(name);
      if (!now || (now->size() > 1 && !(*now)[1].starts_with('!'))) {
        Account a;
        a.name = name;
        a.ref = "nobody";
        shadow(a, true);
        ++plan_.locked;
        note("lock", "account " + name + " (no longer declared)");
      } else if (options_.purge) {
        remove(name, *f);
      } else {
        plan_.waiting.push_back({"the account " + name + " is locked and no longer declared", "remove it: tk repo plan --purge"});
      }
    }
    return {};
  }

  void remove(const std::string& name, const std::vector<std::string>& passwd) {
    change("passwd", name, row("passwd", name), "-");
    for (const auto* database : {"subuid", "subgid", "group"})
      if (auto now = row(database, name); now != "-") change(database, name, now, "-");
    for (const auto* database : {"shadow", "gshadow"}) {
      auto now = observed_.rows(database).fields(name);
      if (!now) continue;
      auto old = name + ":" + (std::string_view(database) == "shadow" ? "!=" : "=");
      for (std::size_t i = 2; i < now->size(); ++i) old += ":" + (*now)[i];
      change(database, name, old, "-");
    }
    if (auto owner = observed_.owner(passwd[5]); owner && *owner != UINT32_MAX && passwd[5] != "/") {
      plan_.operations.push_back({"attic", passwd[5], passwd[2]});
      plan_.inverse.push_back({"home", passwd[5], passwd[2], passwd[2], "0750", "-"});
    }
    ++plan_.removed;
    note("remove", "account " + name + " (its home goes to the attic)");
  }

  Result<void> file(const std::string& path, const std::string& content, bool wanted) {
    TK_TRY(auto now, observed_.file(path));
    auto hash = wanted ? crypto::sha256_hex(content) : std::string("-");
    if (now == hash) return {};
    TK_TRY(auto before, observed_.content(path));
    plan_.operations.push_back({"file", path, now, wanted ? base64(content) : "-", "0440", "0", "0"});
    plan_.inverse.push_back({"file", path, hash, before ? base64(*before) : "-", "0440", "0", "0"});
    note(!wanted ? "remove" : before ? "change" : "create", path);
    return {};
  }

  Result<void> sudo() {
    for (const auto& [name, sudoers] : desired_.sudo) TK_CHECK(file("/etc/sudoers.d/" + name, sudoers.content, true));
    TK_TRY(auto files, observed_.sudo_files());
    for (const auto& name : files)
      if (!desired_.sudo.contains(name)) TK_CHECK(file("/etc/sudoers.d/" + name, "", false));
    return {};
  }

  Result<void> folder_ops(const Folder& folder) {
    TK_TRY(auto now, observed_.folder(folder.path));
    if (now == folder.spec) return {};
    plan_.operations.push_back({"dir", folder.path, now, folder.spec});
    plan_.inverse.push_back({"dir", folder.path, folder.spec, now});
    note(now == "-" ? "create" : "change", "folder " + folder.path);
    return {};
  }

  const Desired& desired_;
  const Observed& observed_;
  const Ids& ids_;
  std::int64_t today_;
  PlanOptions options_;
  Plan plan_;
};

std::string encode(std::string_view field) {
  std::string out;
  for (unsigned char c : field) {
    if (c < 0x20 || c == 0x7f || c == '%') {
      out += '%';
      out += "0123456789ABCDEF"[c >> 4];
      out += "0123456789ABCDEF"[c & 15];
    } else {
      out += static_cast<char>(c);
    }
  }
  return out;
}

std::string join(const Line& line) {
  std::string out;
  for (const auto& field : line) out += (out.empty() ? "" : "\t") + encode(field);
  return out + "\n";
}

Result<std::string> decode(std::string_view field) {
  std::string out;
  for (std::size_t i = 0; i < field.size(); ++i) {
    if (field[i] != '%') {
      out += field[i];
      continue;
    }
    auto digit = [&](std::size_t at) { return at < field.size() ? std::string_view("0123456789ABCDEF").find(field[at]) : std::string_view::npos; };
    auto high = digit(i + 1), low = digit(i + 2);
    if (high == std::string_view::npos || low == std::string_view::npos) return fail(Code::cli_usage, "% without two digits");
    out += static_cast<char>(high * 16 + low);
    i += 2;
  }
  return out;
}

}  // namespace

Result<Plan> make_plan(const Desired& desired, const Observed& observed, const Ids& ids, std::int64_t today, PlanOptions options) {
  return Planner(desired, observed, ids, today, options).run();
}

std::string write_plan(const Plan& plan, const crypto::SigningKey& key) {
  std::string out = "tk-plan\t1\n";
  for (const auto& [word, value] :
       {std::pair("id", &plan.id), {"commit", &plan.commit}, {"target", &plan.target}, {"by", &plan.by}, {"made", &plan.made}})
    out += join({word, *value});
  for (const auto& line : plan.about) out += join({"note", line});
  for (const auto& line : plan.operations) out += join(line);
  for (auto line : plan.inverse) {
    line.insert(line.begin(), "undo");
    out += join(line);
  }
  auto signature = key.sign(out);
  auto view = [](const auto& bytes) { return std::string_view(reinterpret_cast<const char*>(bytes.data()), bytes.size()); };
  return out + "sign\t" + base64(view(key.public_key())) + "\t" + base64(view(signature)) + "\n";
}

Result<Plan> read_plan(const std::string& text, const std::string& name) {
  Plan out;
  int number = 0;
  for (auto line : text::split(text, '\n')) {
    ++number;
    if (line.empty()) continue;
    Line fields;
    for (auto part : text::split(line, '\t')) {
      auto field = decode(part);
      if (!field) return fail_at(Code::cli_usage, {name, number, 1}, "this plan is damaged");
      fields.push_back(std::move(*field));
    }
    auto word = fields[0];
    if (number == 1 && (word != "tk-plan" || fields.size() != 2 || fields[1] != "1"))
      return fail_at(Code::cli_usage, {name, 1, 1}, "this is no plan of format 1");
    auto value = fields.size() > 1 ? fields[1] : "";
    if (word == "id")
      out.id = value;
    else if (word == "commit")
      out.commit = value;
    else if (word == "target")
      out.target = value;
    else if (word == "by")
      out.by = value;
    else if (word == "made")
      out.made = value;
    else if (word == "note")
      out.about.push_back(value);
    else if (word == "undo")
      out.inverse.emplace_back(fields.begin() + 1, fields.end());
    else if (word != "tk-plan" && word != "sign")
      out.operations.push_back(std::move(fields));
  }
  if (out.id.empty()) return fail_at(Code::cli_usage, {name, 1, 1}, "this plan is cut");
  return out;
}

Plan inverse_of(const Plan& plan) {
  Plan out;
  out.commit = plan.commit;
  out.target = plan.target;
  out.operations = plan.inverse;
  out.inverse.assign(plan.operations.rbegin(), plan.operations.rend());
  for (const auto& line : plan.about) out.about.push_back("undo: " + line);
  return out;
}

std::vector<Guard> guards(const Plan& plan, const Observed& observed, const Desired& desired, const std::string& caller) {
  std::vector<Guard> out;
  std::size_t tks = desired.accounts.size() + plan.removed + plan.locked;
  auto gone = plan.removed + plan.locked;
  auto limit = std::max<std::size_t>(5, tks / 10);
  if (gone > limit)
    out.push_back({"removals",
                   std::to_string(gone) + " of " + std::to_string(tks) + " accounts would be locked or removed, more than " + std::to_string(limit),
                   gone});
  for (const auto& line : plan.operations)
    if (line[0] == "row" && line[1] == "shadow" && line[2] == caller && line[4].find(":!=") != line[4].npos)
      out.push_back({"self-lockout", "your own account " + caller + " would be locked", 1});
  // Whoever may do everything as root is an administrator; the last one stays.
  auto before = observed.sudo_files().value_or(std::vector<std::string>());
  if (!before.empty() && desired.sudo.empty()) out.push_back({"last-admin", "nobody would be left in sudoers.d", before.size()});
  return out;
}

}  // namespace tk::provision
