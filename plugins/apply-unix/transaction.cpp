#include "plugins/apply-unix/transaction.hpp"

#include <dirent.h>
#include <fcntl.h>
#include <sys/fsuid.h>
#include <unistd.h>

#include <cerrno>
#include <chrono>
#include <map>
#include <set>
#include <thread>

#include "plugins/apply-unix/acl.hpp"
#include "plugins/apply-unix/database.hpp"

namespace tk::apply_unix {
namespace {

using Kind = Op::Kind;
constexpr std::size_t kMaxDatabase = 256u << 20;
constexpr const char* kStage = "/etc/.tk-stage";
constexpr const char* kCommit = "/etc/.tk-commit";
// In this order; passwd comes behind the homes.
constexpr const char* kDatabases[] = {"group", "gshadow", "shadow", "subuid", "subgid"};

std::string path_of(std::string_view database) {
  return "/etc/" + std::string(database);
}

Databases read_databases(const Tree& tree, const Plan& plan) {
  std::map<std::string_view, std::size_t> rows;
  for (const auto& op : plan.ops)
    if (op.kind == Kind::row) ++rows[op.at(0)];
  Databases out;
  for (auto [name, count] : rows) out.emplace(name, Database(std::string(name), tree.read(path_of(name), kMaxDatabase).value_or(""), count));
  return out;
}

// What is done inside a home is done as its owner, who cannot be led anywhere that is not theirs.
class AsOwner {
 public:
  AsOwner(const Tree& tree, std::uint32_t uid, std::uint32_t gid) : on_(tree.privileged()) {
    if (on_) gid_ = ::setfsgid(gid), uid_ = ::setfsuid(uid);
  }
  ~AsOwner() {
    if (on_) ::setfsuid(static_cast<uid_t>(uid_)), ::setfsgid(static_cast<gid_t>(gid_));
  }
  AsOwner(const AsOwner&) = delete;

 private:
  bool on_;
  int uid_ = 0, gid_ = 0;
};

Owner owner_of(const Op& file) {
  return {read_id(file.at(4)), read_id(file.at(5)), read_id(file.at(3), 8)};
}

// What whoever has a home can make of it at any time: a symlink or a fifo for their keys, a folder that they cannot enter,
// a full quota. It stops their own keys, and nobody's plan.
bool is_their_doing(const Failure& failure) {
  for (int error : {ELOOP, ENOTDIR, EISDIR, ENOENT, EACCES, EPERM, ENOTEMPTY, EEXIST, ENXIO, EDQUOT, EXDEV})
    if (failure.error == error) return true;
  return false;
}

// A plan that stands in etc is carried out as it is, so nobody else may have put it there.
std::optional<std::string> read_begun(const Tree& tree, const char* path) {
  auto st = tree.status(path);
  if (st && (st->st_uid != ::geteuid() || st->st_nlink != 1 || (st->st_mode & 077) != 0 || !S_ISREG(st->st_mode)))
    throw Failure{kDenied, std::string(path) + " was not left by this program: look who put it there, and take it away"};
  return tree.read(path, kMaxPlan);
}

bool removes_row(const Op& op) {
  return op.kind == Kind::row && op.at(0) == "passwd" && op.at(3) == "-";
}

}  // namespace

template <typename Act>
auto Transaction::unless_theirs(const Op& file, Act act) -> std::optional<decltype(act())> {
  try {
    return act();
  } catch (const Failure& failure) {
    if (!is_their_doing(failure)) throw;
    left_.insert(file.text(0));
    return std::nullopt;
  }
}

std::string Transaction::attic_name(const Op& op) const {
  return op.text(1) + "-" + id_;
}

// Whether a file that a plan wants has the mode and the owner of the plan.
bool Transaction::stands_as(const Op& file) const {
  auto st = tree_.status(file.at(0));
  if (!st) return true;
  auto owner = owner_of(file);
  return (st->st_mode & 07777) == owner.mode && (!tree_.privileged() || (st->st_uid == owner.uid && st->st_gid == owner.gid));
}

State Transaction::state(const Op& op) {
  if (op.kind == Kind::home) {
    auto st = tree_.status(op.at(0));
    if (!st) return State::before;
    return S_ISDIR(st->st_mode) && (!tree_.privileged() || st->st_uid == read_id(op.at(1))) ? State::after : State::other;
  }
  if (op.kind == Kind::attic) {
    auto st = tree_.status(op.at(0));
    if (!st) return State::after;
    return S_ISDIR(st->st_mode) && (!tree_.privileged() || st->st_uid == read_id(op.at(1))) ? State::before : State::other;
  }
  if (op.kind == Kind::move) {
    auto from = tree_.status(op.at(0)), to = tree_.status(op.at(1));
    auto theirs = [&](const auto& st) { return st && S_ISDIR(st->st_mode) && (!tree_.privileged() || st->st_uid == read_id(op.at(2))); };
    if (from && to) return State::other;
    return theirs(from) ? State::before : theirs(to) ? State::after : State::other;
  }
  if (op.kind == Kind::dir) {
    auto now = read_directory(tree_, op.text(0));
    return now == op.at(2) ? State::after : now == op.at(1) ? State::before : State::other;
  }
  return in_home(op) ? unless_theirs(op, [&] { return state_of_file(op); }).value_or(State::other) : state_of_file(op);
}

State Transaction::state_of_file(const Op& op) {
  auto st = tree_.status(op.at(0));
  if (st && in_home(op) && (!S_ISREG(st->st_mode) || st->st_nlink != 1 || st->st_size > static_cast<off_t>(kMaxField))) return State::other;
  auto now = tree_.read(op.at(0), kMaxField);
  auto hash = now ? sha256_hex(*now) : "-";
  auto wanted = op.at(2) == "-" ? "-" : sha256_hex(from_base64(op.at(2), "content"));
  if (hash == wanted && stands_as(op)) return State::after;
  return hash == op.at(1) ? State::before : State::other;
}

void Transaction::lock() {
  if (lock_) return;
  auto fd = tree_.open(tree_.root(), "/etc/.pwd.lock", O_WRONLY | O_CREAT | O_NOFOLLOW, 0600);
  if (!fd) fail_errno("cannot open etc/.pwd.lock");
  using Clock = std::chrono::steady_clock;
  for (auto until = Clock::now() + std::chrono::seconds(15);;) {
    struct flock lock {};
    lock.l_type = F_WRLCK;
    if (::fcntl(fd.get(), F_SETLK, &lock) == 0) break;
    if (errno != EAGAIN && errno != EACCES && errno != EINTR) fail_errno("cannot lock etc/.pwd.lock");
    if (Clock::now() > until) throw Failure{kAgain, "somebody else has been changing accounts for 15 s (etc/.pwd.lock)"};
    std::this_thread::sleep_for(std::chrono::milliseconds(5));
  }
  lock_ = std::move(fd);
}

bool Transaction::check(const Plan& plan) {
  id_ = plan.id;
  auto databases = read_databases(tree_, plan);
  std::size_t after = 0;
  const Op* before = nullptr;
  auto stale = [](const Op& op) {
    throw Failure{kStale, (op.kind == Kind::row ? "the row of " + op.text(1) + " in " : "") + op.text(0) + " is not as it was when the plan was made"};
  };
  for (const auto& op : plan.ops) {
    auto now = op.kind == Kind::row ? of(databases, op).state(op) : state(op);
    if (now == State::other) stale(op);
    if (now == State::after)
      ++after;
    else
      before = &op;
    if (after > 0 && before) stale(op);
  }
  if (before) no_id_twice(plan, databases), check_folders(plan);
  return !before;
}

// What would fail behind the commit, or be led somewhere else: a folder in one that is not there, and a home in one into
// which others than root can put something.
void Transaction::check_folders(const Plan& plan) {
  std::set<std::string> made, looked;
  auto roots = [&](const std::string& home) {
    for (auto slash = home.rfind('/'); slash > 0; slash = home.rfind('/', slash - 1)) {
      auto folder = home.substr(0, slash);
      if (!looked.insert(folder).second) continue;
      auto st = tree_.status(folder);
      if (st && tree_.privileged() && (st->st_uid != 0 || (st->st_mode & 022) != 0))
        throw Failure{kDenied, home + " is no place for a home: others than root can write to " + folder};
    }
  };
  for (const auto& op : plan.ops) {
    if (op.kind == Kind::home || op.kind == Kind::attic || op.kind == Kind::move) roots(op.text(0));
    if (op.kind == Kind::move) roots(op.text(1));
    if (op.kind != Kind::dir || op.at(2) == "-") continue;
    auto above = op.text(0).substr(0, op.at(0).rfind('/'));
    if (!above.empty() && !made.contains(above) && !tree_.status(above)) throw Failure{kFailed, "there is no folder for " + op.text(0)};
    made.insert(op.text(0));
  }
}

// A plan knows nothing of an account that somebody made since, under another name.
void Transaction::no_id_twice(const Plan& plan, const Databases& databases) {
  for (const char* name : {"passwd", "group"}) {
    auto it = databases.find(name);
    if (it == databases.end()) continue;
    auto ids = it->second.ids();
    for (const auto& op : plan.ops) {
      if (op.kind != Kind::row || op.at(0) != name || op.at(3) == "-") continue;
      auto id = row_field(op.at(3), 2);
      if (id == row_field(op.at(2), 2)) continue;
      if (!ids.insert(id).second) throw Failure{kStale, "the id " + std::string(id) + " of " + op.text(1) + " belongs to somebody else in " + name + " now"};
    }
  }
}

void Transaction::stage_rows(const Plan& plan) {
  auto databases = read_databases(tree_, plan);
  bool removes = false;
  for (const auto& op : plan.ops) removes = removes || removes_row(op);
  auto write = [&](const std::string& name, const std::string& beside, const std::string& content) {
    auto st = tree_.status(path_of(name));
    bool secret = name == "shadow" || name == "gshadow";
    Owner owner = st ? Owner{st->st_uid, st->st_gid, st->st_mode & 07777} : Owner{0, 0, secret ? 0600U : 0644U};
    auto place = tree_.place(path_of(beside));
    tree_.write_new(place, content, owner);
  };
  if (removes) {
    auto first = databases.find("passwd")->second;
    for (const auto& op : plan.ops)
      if (removes_row(op) && first.state(op) == State::before) first.carry_out(op);
    write("passwd", "passwd.first", first.content());
  }
  for (const auto& op : plan.ops)
    if (op.kind == Kind::row)
      if (auto& database = of(databases, op); database.state(op) == State::before) database.carry_out(op);
  for (const auto& [name, database] : databases) write(name, name, database.content());
}

void Transaction::stage_home(const Op& op) {
  auto place = tree_.place(op.at(0));
  auto name = Tree::new_name(place.name);
  remove_all(place.folder.get(), name);
  Owner owner{read_id(op.at(1)), read_id(op.at(2)), read_id(op.at(3), 8)};
  if (::mkdirat(place.folder.get(), name.c_str(), 0700) != 0) fail_errno("cannot make " + op.text(0));
  Tree::Place home{tree_.open(place.folder.get(), name, O_RDONLY | O_DIRECTORY), ""};
  if (!home.folder) fail_errno("cannot open " + op.text(0));
  // Its files are made at once under their names: the folder itself has another one until it is whole.
  auto put = [&](const Tree::Place& folder, const std::string& file, std::string_view content, std::uint32_t mode) {
    Tree::Place at{Fd(::dup(folder.folder.get())), file};
    tree_.write_new(at, content, {owner.uid, owner.gid, mode}, Tree::Flush::later);
    tree_.stand_in(at);
  };
  if (auto skel = tree_.open(tree_.root(), "/etc/skel", O_RDONLY | O_DIRECTORY)) {
    int copy = ::dup(skel.get());
    if (DIR* dir = copy < 0 ? nullptr : ::fdopendir(copy)) {
      std::vector<std::string> names;
      while (const auto* entry = ::readdir(dir)) names.emplace_back(entry->d_name);
      ::closedir(dir);
      for (const auto& file : names) {
        struct stat st {};
        if (::fstatat(skel.get(), file.c_str(), &st, AT_SYMLINK_NOFOLLOW) != 0 || !S_ISREG(st.st_mode)) continue;
        if (auto content = tree_.read("/etc/skel/" + file, kMaxField)) put(home, file, *content, st.st_mode & 0777);
      }
    }
  }
  if (op.at(4) != "-") {
    if (::mkdirat(home.folder.get(), ".ssh", 0700) != 0) fail_errno("cannot make .ssh of " + op.text(0));
    Tree::Place ssh{tree_.open(home.folder.get(), ".ssh", O_RDONLY | O_DIRECTORY), ""};
    put(ssh, "authorized_keys", from_base64(op.at(4), "keys"), 0600);
    tree_.own(ssh.folder.get(), {owner.uid, owner.gid, 0700});
  }
  tree_.own(home.folder.get(), owner);
  written_.add(place);
}

void Transaction::stage_file(const Op& op) {
  auto owner = owner_of(op);
  AsOwner as(tree_, owner.uid, owner.gid);
  auto place = tree_.find_place(op.at(0));
  if (!place && owner.uid != 0) {  // .ssh of a home that has none yet
    auto parent = tree_.place(op.at(0).substr(0, op.at(0).rfind('/')));
    if (::mkdirat(parent.folder.get(), parent.name.c_str(), 0700) != 0) fail_errno("cannot make the folder of " + op.text(0));
  }
  if (!place) place = tree_.place(op.at(0));
  tree_.write_new(*place, from_base64(op.at(2), "content"), owner, Tree::Flush::later);
  written_.add(*place);
}

void Transaction::stage(const Plan& plan) {
  for (const auto& op : plan.ops) {
    if (op.kind == Kind::home && state(op) == State::before) stage_home(op);
    if (op.kind != Kind::file || op.at(2) == "-" || state(op) != State::before) continue;
    if (in_home(op))
      unless_theirs(op, [&] { return stage_file(op), true; });
    else
      stage_file(op);
  }
  stage_rows(plan);
  written_.sync();
}

void Transaction::forward_op(const Op& op) {
  if (in_home(op))
    unless_theirs(op, [&] { return carry_out(op), true; });
  else
    carry_out(op);
}

void Transaction::carry_out(const Op& op) {
  auto now = state(op);
  // Owner, mode and ACL of a folder are set one after the other: one that was cut is between.
  if (op.kind == Kind::dir && now != State::after) return make_directory(tree_, op.text(0), op.text(2));
  if (now != State::before) return;
  auto place = tree_.place(op.at(0));
  if (op.kind == Kind::home) {
    if (::renameat2(place.folder.get(), Tree::new_name(place.name).c_str(), place.folder.get(), place.name.c_str(), RENAME_NOREPLACE) != 0)
      fail_errno("cannot put the home " + op.text(0) + " in its place");
  } else if (op.kind == Kind::attic) {
    if (::mkdirat(place.folder.get(), ".tk-attic", 0700) != 0 && errno != EEXIST) fail_errno("cannot make the attic");
    auto attic = tree_.open(place.folder.get(), ".tk-attic", O_RDONLY | O_DIRECTORY);
    if (!attic) fail_errno("cannot open the attic");
    if (::renameat2(place.folder.get(), place.name.c_str(), attic.get(), attic_name(op).c_str(), RENAME_NOREPLACE) != 0)
      fail_errno("cannot put " + op.text(0) + " into the attic");
  } else if (op.kind == Kind::move) {
    auto to = tree_.place(op.at(1));
    if (::renameat2(place.folder.get(), place.name.c_str(), to.folder.get(), to.name.c_str(), RENAME_NOREPLACE) != 0)
      fail_errno("cannot move " + op.text(0) + " to " + op.text(1));
    written_.add(to);
  } else {
    auto owner = owner_of(op);
    AsOwner as(tree_, owner.uid, owner.gid);
    op.at(2) == "-" ? tree_.remove(place) : tree_.stand_in(place);
  }
  written_.add(place);
}

void Transaction::forward(const Plan& plan) {
  std::map<std::string, bool> touched;
  bool removes = false;
  for (const auto& op : plan.ops) {
    if (op.kind == Kind::row) touched[op.text(0)] = true;
    removes = removes || removes_row(op);
  }
  auto etc = tree_.place("/etc/passwd");
  auto put = [&](const char* beside, const char* name) {
    if (::renameat(etc.folder.get(), Tree::new_name(beside).c_str(), etc.folder.get(), name) != 0)
      fail_errno("cannot put " + std::string(name) + " in its place");
  };
  if (removes) put("passwd.first", "passwd"), tree_.sync(etc);
  for (const auto* name : kDatabases)
    if (touched.contains(name)) put(name, name);
  for (const auto& op : plan.ops)
    if (op.kind != Kind::row) forward_op(op);
  tree_.sync(etc);
  written_.sync();
  if (touched.contains("passwd")) put("passwd", "passwd"), tree_.sync(etc);
}

void Transaction::clean_op(const Op& op) {
  auto place = tree_.find_place(op.at(0));
  if (!place) return;
  if (op.kind == Kind::home) return remove_all(place->folder.get(), Tree::new_name(place->name));
  auto owner = owner_of(op);
  AsOwner as(tree_, owner.uid, owner.gid);
  tree_.drop(*place);
}

// What a plan has beside the places of what it makes.
void Transaction::clean(const Plan& plan) {
  for (const char* name : {"passwd.first", "passwd", "group", "gshadow", "shadow", "subuid", "subgid"}) tree_.drop(tree_.place(path_of(name)));
  for (const auto& op : plan.ops) {
    if (op.kind != Kind::home && op.kind != Kind::file) continue;
    if (in_home(op))
      unless_theirs(op, [&] { return clean_op(op), true; });
    else
      clean_op(op);
  }
}

void Transaction::recover_locked(Outcome& out) {
  auto unlink = [&](const char* path) {
    auto place = tree_.place(path);
    tree_.remove(place);
    tree_.sync(place);
  };
  auto stage_place = tree_.place(kStage);
  tree_.drop(stage_place);
  if (auto text = read_begun(tree_, kStage)) {
    auto plan = read_plan(std::move(*text));
    clean(plan);
    unlink(kStage);
    out.recovered = "dropped " + plan.id;
  }
  if (auto text = read_begun(tree_, kCommit)) {
    auto plan = read_plan(std::move(*text));
    id_ = plan.id;
    for (auto databases = read_databases(tree_, plan); const auto& op : plan.ops) {
      if (op.kind == Kind::dir) continue;
      bool other = op.kind == Kind::row ? of(databases, op).state(op) == State::other : state(op) == State::other;
      if (other) left_.insert(op.kind == Kind::row ? op.text(0) + " " + op.text(1) : op.text(0));
    }
    stage(plan);
    forward(plan);
    clean(plan);
    unlink(kCommit);
    out.recovered = "finished " + plan.id;
  }
  out.left.assign(left_.begin(), left_.end());
}

Outcome Transaction::recover() {
  lock();
  Outcome out;
  recover_locked(out);
  return out;
}

Outcome Transaction::apply(const Plan& plan) {
  lock();
  Outcome out;
  recover_locked(out);
  id_ = plan.id;
  if (check(plan)) {
    out.already = plan.ops.size();
    return out;
  }
  auto place = tree_.place(kStage);
  bool committed = false;
  try {
    tree_.write_new(place, plan.text, {0, 0, 0600});
    tree_.stand_in(place);
    tree_.sync(place);
    stage(plan);
    if (::renameat(place.folder.get(), place.name.c_str(), place.folder.get(), ".tk-commit") != 0) fail_errno("cannot commit the plan");
    committed = true;
    tree_.sync(place);
    forward(plan);
    clean(plan);
    auto commit = tree_.place(kCommit);
    tree_.remove(commit);
    tree_.sync(commit);
  } catch (Failure& failure) {
    failure.committed = committed;
    if (!committed) {
      try {
        clean(plan);
        tree_.drop(place);
        tree_.remove(place);
      } catch (const Failure&) {
        failure.message += "; what was made beside its place goes away with the next apply or recover";
      }
    }
    throw;
  }
  out.done = plan.ops.size();
  out.left.assign(left_.begin(), left_.end());
  return out;
}

}  // namespace tk::apply_unix
