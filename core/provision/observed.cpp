#include "core/provision/observed.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <cstring>
#include <thread>

#include "core/base/ids.hpp"
#include "core/base/text.hpp"
#include "core/crypto/digest.hpp"
#include "core/os/file.hpp"
#include "core/provision/acl_read.hpp"

namespace tk::provision {
namespace {

constexpr std::size_t kMaxDatabase = 256u << 20, kMaxFile = 1u << 20;

std::string octal(unsigned mode) {
  std::string out;
  for (int shift = 9; shift >= 0; shift -= 3) out += static_cast<char>('0' + (mode >> shift & 7));
  return out;
}

}  // namespace

std::vector<std::string_view> fields_of(std::string_view row) {
  std::vector<std::string_view> out;
  for (;;) {
    auto colon = row.find(':');
    out.push_back(row.substr(0, colon));
    if (colon == row.npos) return out;
    row.remove_prefix(colon + 1);
  }
}

std::string_view field_of(std::string_view row, std::size_t i) {
  for (; i > 0; --i) {
    auto colon = row.find(':');
    if (colon == row.npos) return {};
    row.remove_prefix(colon + 1);
  }
  return row.substr(0, row.find(':'));
}

Result<void> Rows::read(std::string content, const std::string& path) {
  content_ = std::make_shared<const std::string>(std::move(content));
  int number = 0;
  at_.reserve(content_->size() / 40);
  for (std::string_view rest = *content_; !rest.empty();) {
    ++number;
    auto line = rest.substr(0, rest.find('\n'));
    rest.remove_prefix(std::min(rest.size(), line.size() + 1));
    auto colon = line.find(':');
    if (line.empty() || line[0] == '#' || line[0] == '+' || line[0] == '-') continue;
    if (colon == line.npos || colon == 0)
      return fail_at(Code::prv_target, {path, number, 1}, "not a row: " + text::printable(text::shorten(line, 60)), "mend it with vipw or vigr; nothing was changed");
    if (!at_.emplace(line.substr(0, colon), rows_.size()).second)
      return fail_at(Code::prv_target, {path, number, 1}, "a second row of " + text::printable(line.substr(0, colon)), "take one of them away; nothing was changed");
    rows_.push_back(line);
  }
  return {};
}

std::optional<std::string_view> Rows::find(std::string_view name) const {
  auto it = at_.find(name);
  return it == at_.end() ? std::nullopt : std::optional(rows_[it->second]);
}

std::string Rows::before(std::string_view name) const {
  auto it = at_.find(name);
  if (it == at_.end()) return {};
  if (it->second == 0) return ":";
  auto row = rows_[it->second - 1];
  return std::string(row.substr(0, row.find(':')));
}

Result<Observed> Observed::read(const std::string& root) {
  Observed out;
  out.root_ = root == "/" ? "" : root;
  auto etc = out.status("/etc");
  if (!etc || !S_ISDIR(etc->st_mode)) return fail(Code::prv_target, "no system stands in " + root, "a target has at least etc/passwd and etc/group");
  out.owners_ = ::geteuid() == 0 || etc->st_uid == 0;
  for (std::size_t i = 0; i < out.rows_.size(); ++i) {
    auto path = out.root_ + "/etc/" + kDatabases[i];
    auto st = out.status(std::string("/etc/") + kDatabases[i]);
    if (!st && i > 1) continue;
    if (st && !S_ISREG(st->st_mode)) return fail(Code::prv_target, path + " is no file", "look who put something else into its place");
    auto content = os::read_file(path, kMaxDatabase);
    if (!content) return fail(content.error());
    TK_CHECK(out.rows_[i].read(std::move(*content), path));
  }
  for (auto row : out.rows("passwd").rows()) {
    if (auto colons = std::count(row.begin(), row.end(), ':'); colons != 6)
      return fail(Code::prv_target, out.root_ + "/etc/passwd: the row of " + text::printable(field_of(row, 0)) + " has " + std::to_string(colons + 1) + " fields, not 7",
                  "mend it with vipw; nothing was changed");
  }
  return out;
}

const Rows& Observed::rows(std::string_view database) const {
  for (std::size_t i = 0; i < rows_.size(); ++i)
    if (database == kDatabases[i]) return rows_[i];
  return rows_[0];
}

std::optional<struct stat> Observed::status(const std::string& path) const {
  struct stat st {};
  if (::lstat((root_ + path).c_str(), &st) != 0) return std::nullopt;
  return st;
}

Result<Observed::File> Observed::file(const std::string& path) const {
  File out;
  out.hash = "-";
  auto st = status(path);
  if (!st) return out;
  if (!S_ISREG(st->st_mode)) return fail(Code::prv_target, root_ + path + " is no file", "look who put something else into its place");
  TK_TRY(out.content, os::read_file(root_ + path, kMaxFile));
  out.hash = crypto::sha256_hex(out.content);
  out.mode = st->st_mode & 07777;
  out.uid = st->st_uid;
  out.gid = st->st_gid;
  return out;
}

namespace {

// One file that was read: found by its path, good as long as nothing about it changed. Times are the kernel's, which only
// root can set back.
struct Seen {
  std::uint64_t path = 0, inode = 0;
  std::int64_t size = 0, modified = 0, changed = 0;
  crypto::Digest digest{};
  bool operator<(const Seen& other) const { return path < other.path; }
};
constexpr std::string_view kSeenFormat = "tk-seen-1\n";
// What changed so lately may change again within the same tick of the clock.
constexpr std::int64_t kSettledNs = 1'000'000'000;

std::uint64_t key_of(std::string_view path) {
  std::uint64_t out = 14695981039346656037U;  // FNV-1a
  for (unsigned char c : path) out = (out ^ c) * 1099511628211U;
  return out;
}

std::int64_t ns(const timespec& t) { return t.tv_sec * 1'000'000'000LL + t.tv_nsec; }

std::vector<Seen> read_seen(const std::string& path) {
  std::vector<Seen> out;
  auto bytes = os::read_file(path);
  if (!bytes || !bytes->starts_with(kSeenFormat) || (bytes->size() - kSeenFormat.size()) % sizeof(Seen) != 0) return out;
  out.resize((bytes->size() - kSeenFormat.size()) / sizeof(Seen));
  std::memcpy(out.data(), bytes->data() + kSeenFormat.size(), bytes->size() - kSeenFormat.size());
  return std::is_sorted(out.begin(), out.end()) ? out : std::vector<Seen>();
}

}  // namespace

Result<std::vector<Observed::Home>> Observed::homes(const std::vector<std::string_view>& paths, const std::string& seen_path) const {
  std::vector<Home> out(paths.size());
  std::vector<Seen> next(paths.size());
  const auto seen = read_seen(seen_path);
  timespec clock{};
  ::clock_gettime(CLOCK_REALTIME, &clock);
  auto look = [&](std::size_t i) {
    auto& home = out[i];
    home.path = paths[i];
    auto st = status(home.path);
    home.there = st.has_value();
    if (!st) return false;
    home.folder = S_ISDIR(st->st_mode);
    home.uid = st->st_uid;
    auto keys = home.path + "/.ssh/authorized_keys";
    auto ks = home.folder ? status(keys) : std::nullopt;
    if (!ks || !S_ISREG(ks->st_mode)) {
      if (auto file_there = home.folder ? file(keys) : File{"-", {}, 0, 0, 0}; file_there) home.keys = std::move(*file_there);
      else home.problem = fail(file_there.error());
      return false;
    }
    Seen now{key_of(keys), ks->st_ino, ks->st_size, ns(ks->st_mtim), ns(ks->st_ctim), {}};
    home.keys = File{"", {}, ks->st_mode & 07777U, ks->st_uid, ks->st_gid};
    auto it = std::lower_bound(seen.begin(), seen.end(), now);
    if (it != seen.end() && it->path == now.path && it->inode == now.inode && it->size == now.size && it->modified == now.modified && it->changed == now.changed) {
      now.digest = it->digest;
      home.keys.hash = ids::hex(now.digest);
      next[i] = now;
      return false;
    }
    auto content = file(keys);
    if (!content) return home.problem = fail(content.error()), false;
    home.keys.hash = content->hash;
    if (ns(clock) - now.changed < kSettledNs) return false;
    now.digest = crypto::sha256(content->content);
    next[i] = now;
    return true;
  };
  // The kernel's part of this is most of it, and it does two at once.
  bool anew[2] = {false, false};
  auto half = [&](std::size_t part) {
    for (std::size_t i = part * (paths.size() / 2); i < (part == 0 ? paths.size() / 2 : paths.size()); ++i) anew[part] = look(i) || anew[part];
  };
  std::thread other(half, 0);
  half(1);
  other.join();
  if ((anew[0] || anew[1]) && !seen_path.empty()) {
    std::erase_if(next, [](const Seen& s) { return s.path == 0; });
    std::sort(next.begin(), next.end());
    std::string bytes(kSeenFormat);
    bytes.append(reinterpret_cast<const char*>(next.data()), next.size() * sizeof(Seen));
    TK_CHECK(os::replace_file(seen_path, bytes, 0600));
  }
  return out;
}

Result<std::vector<std::string>> Observed::sudo_files() const {
  auto folder = root_ + "/etc/sudoers.d";
  if (!os::is_directory(folder)) return std::vector<std::string>();
  return os::list_directory(folder, "tk-");
}

Result<std::string> Observed::folder(const std::string& path) const {
  auto st = status(path);
  if (!st) return std::string("-");
  if (!S_ISDIR(st->st_mode)) return fail(Code::prv_target, root_ + path + " is no folder", "look who put something else into its place");
  int fd = ::open((root_ + path).c_str(), O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
  if (fd < 0) return fail(os::errno_error(errno, "open", root_ + path));
  auto acl = read_acl_of(fd);
  ::close(fd);
  if (!acl) return fail(os::errno_error(errno, "read the ACL of", root_ + path));
  auto owner = owners_ ? std::to_string(st->st_uid) + ":" + std::to_string(st->st_gid) : std::string("-:-");
  return octal(st->st_mode & 07777) + ":" + owner + ":" + *acl;
}

std::string Observed::spec(std::string_view wanted) const {
  if (owners_) return std::string(wanted);
  auto f = fields_of(wanted);
  if (f.size() < 4) return std::string(wanted);
  auto acl = wanted.substr(static_cast<std::size_t>(f[3].data() - wanted.data()));
  return std::string(f[0]) + ":-:-:" + std::string(acl);
}

}  // namespace tk::provision
