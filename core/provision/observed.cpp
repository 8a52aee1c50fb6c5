#include "core/provision/observed.hpp"

#include <fcntl.h>
#include <linux/openat2.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <algorithm>
#include <charconv>
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

// Below the root, and through no symlink: who owns a home does not choose what is read.
int open_below(const std::string& root, const std::string& path) {
  int folder = ::open((root + "/").c_str(), O_PATH | O_DIRECTORY | O_CLOEXEC);
  if (folder < 0) return -1;
  open_how how{};
  how.flags = O_RDONLY | O_NONBLOCK | O_CLOEXEC;
  how.resolve = RESOLVE_BENEATH | RESOLVE_NO_SYMLINKS | RESOLVE_NO_MAGICLINKS;
  int fd = static_cast<int>(::syscall(SYS_openat2, folder, path.c_str() + 1, &how, sizeof how));
  int error = errno;
  ::close(folder);
  errno = error;
  return fd;
}

bool owners_are_seen(const std::string& root, struct stat& etc) {
  return ::geteuid() == 0 || (::lstat((root + "/etc").c_str(), &etc) == 0 && etc.st_uid == 0);
}

}  // namespace

Result<void> Rows::read(std::string content, const std::string& path) {
  content_ = std::make_shared<const std::string>(std::move(content));
  auto lines = static_cast<std::size_t>(std::count(content_->begin(), content_->end(), '\n')) + 1;
  std::size_t size = 16;
  while (size < lines * 2) size *= 2;
  table_.assign(size, 0);
  rows_.reserve(lines);
  auto database = std::string_view(path).substr(path.rfind('/') + 1);
  bool many = database.starts_with("sub");  // a name may have more than one range of ids
  int number = 0;
  auto wrong = [&](const std::string& why) {
    return fail_at(Code::prv_target, {path, number, 1}, why, "mend it with vipw or vigr; nothing was changed");
  };
  // A password has no business in an error.
  bool secret = database.ends_with("shadow");
  auto shown = [&](std::string_view line) { return secret ? std::string() : ": " + text::printable(text::shorten(line, 60)); };
  bool odd_bytes = content_->find_first_of(std::string_view("\0\r", 2)) != content_->npos;
  for (std::string_view rest = *content_; !rest.empty();) {
    ++number;
    auto line = rest.substr(0, rest.find('\n'));
    rest.remove_prefix(std::min(rest.size(), line.size() + 1));
    if (odd_bytes && line.find_first_of(std::string_view("\0\r", 2)) != line.npos) return wrong("a line with a control byte" + shown(line));
    if (line.empty() || line[0] == '#' || line[0] == '+' || line[0] == '-') continue;
    auto colon = line.find(':');
    if (colon == line.npos || colon == 0) return wrong("not a row" + shown(line));
    auto name = line.substr(0, colon);
    if (auto why = wrong_row(line, database); !why.empty()) return wrong("the row of " + text::printable(text::shorten(name, 40)) + " " + why);
    auto at = std::hash<std::string_view>()(name) & (size - 1);
    bool again = false;
    for (; table_[at] != 0 && !again; at = (at + 1) & (size - 1)) again = field_of(rows_[table_[at] - 1], 0) == name;
    if (again && !many) return wrong("a second row of " + text::printable(text::shorten(name, 40)));
    rows_.push_back(line);
    if (again)
      twice_.insert(name);
    else
      table_[at] = static_cast<std::uint32_t>(rows_.size());
  }
  return {};
}

std::optional<std::size_t> Rows::place(std::string_view name) const {
  auto is = [&](std::size_t i) { return rows_[i].size() > name.size() && rows_[i][name.size()] == ':' && rows_[i].starts_with(name); };
  if (next_ < rows_.size() && is(next_)) return next_++;
  if (table_.empty()) return std::nullopt;
  for (auto at = std::hash<std::string_view>()(name) & (table_.size() - 1); table_[at] != 0; at = (at + 1) & (table_.size() - 1))
    if (is(table_[at] - 1)) return next_ = table_[at], next_ - 1;
  return std::nullopt;
}

std::optional<std::string_view> Rows::find(std::string_view name) const {
  auto at = place(name);
  return at ? std::optional(rows_[*at]) : std::nullopt;
}

std::string Rows::before(std::string_view name) const {
  auto at = place(name);
  if (!at) return {};
  return *at == 0 ? ":" : std::string(field_of(rows_[*at - 1], 0));
}

Result<Observed> Observed::read(const std::string& root) {
  Observed out;
  out.root_ = root == "/" ? "" : root;
  auto etc = out.status("/etc");
  if (!etc || !S_ISDIR(etc->st_mode)) return fail(Code::prv_target, "no system stands in " + root, "a target has at least etc/passwd and etc/group");
  out.owners_ = owners_are_seen(out.root_, *etc);
  for (std::size_t i = 0; i < out.rows_.size(); ++i) {
    auto path = out.root_ + "/etc/" + kDatabases[i];
    auto st = out.status(std::string("/etc/") + kDatabases[i]);
    if (!st && i > 1) continue;
    if (!st)
      return fail(Code::prv_target, "no system stands in " + root + ": etc/" + kDatabases[i] + " is missing",
                  "a target has at least etc/passwd and etc/group");
    if (st && !S_ISREG(st->st_mode)) return fail(Code::prv_target, path + " is no file", "look who put something else into its place");
    auto content = os::read_file(path, kMaxDatabase);
    if (!content) return fail(content.error());
    TK_CHECK(out.rows_[i].read(std::move(*content), path));
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
  auto odd = [&](const char* why) { return fail(Code::prv_target, root_ + path + why, "look who put something else into its place"); };
  int fd = open_below(root_, path);
  if (fd < 0 && errno == ENOENT) return out;
  if (fd < 0 && (errno == ELOOP || errno == ENOTDIR || errno == ENXIO)) return odd(" is no file, or stands behind a symlink");
  if (fd < 0) return fail(os::errno_error(errno, "read", root_ + path));
  auto closed = std::unique_ptr<int, void (*)(int*)>(&fd, [](int* open) { ::close(*open); });
  struct stat st {};
  if (::fstat(fd, &st) != 0) return fail(os::errno_error(errno, "look at", root_ + path));
  if (!S_ISREG(st.st_mode)) return odd(" is no file");
  if (st.st_nlink > 1) return odd(" has another name too: whose it is cannot be said");
  std::vector<char> buffer(1 << 16);
  for (;;) {
    auto n = ::read(fd, buffer.data(), buffer.size());
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) return fail(os::errno_error(errno, "read", root_ + path));
    if (n == 0) break;
    out.content.append(buffer.data(), static_cast<std::size_t>(n));
    if (out.content.size() > kMaxFile) return odd(" is larger than 1 MiB");
  }
  out.hash = crypto::sha256_hex(out.content);
  out.mode = st.st_mode & 07777;
  out.uid = st.st_uid;
  out.gid = st.st_gid;
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

std::int64_t ns(const timespec& t) {
  return t.tv_sec * 1'000'000'000LL + t.tv_nsec;
}

std::vector<Seen> read_seen(const std::string& path) {
  std::vector<Seen> out;
  auto bytes = os::read_file(path);
  if (!bytes || !bytes->starts_with(kSeenFormat) || (bytes->size() - kSeenFormat.size()) % sizeof(Seen) != 0) return out;
  out.resize((bytes->size() - kSeenFormat.size()) / sizeof(Seen));
  std::memcpy(out.data(), bytes->data() + kSeenFormat.size(), bytes->size() - kSeenFormat.size());
  return std::is_sorted(out.begin(), out.end()) ? out : std::vector<Seen>();
}

}  // namespace

const Observed::Home* Observed::home(std::string_view path) const {
  auto it = homes_.find(path);
  return it == homes_.end() ? nullptr : &it->second;
}

Result<void> Observed::look_at_homes(const std::string& seen_path) {
  const auto seen = read_seen(seen_path);
  struct Part {
    std::vector<std::pair<std::string_view, Home>> homes;
    std::vector<Seen> next;
    bool anew = false;
  } parts[2];
  timespec clock{};
  ::clock_gettime(CLOCK_REALTIME, &clock);
  int folder = ::open((root_ + "/").c_str(), O_PATH | O_DIRECTORY | O_CLOEXEC);
  if (folder < 0) return fail(os::errno_error(errno, "open", root_ + "/"));
  auto below = [&](const std::string& path, struct stat& st) { return ::fstatat(folder, path.c_str() + 1, &st, AT_SYMLINK_NOFOLLOW) == 0; };
  auto look = [&](std::string path, Part& part) {
    Home home;
    struct stat st {
    }, ks{};
    if (!below(path, st)) return home;
    home.folder = S_ISDIR(st.st_mode);
    home.uid = st.st_uid;
    path += "/.ssh/authorized_keys";
    if (!home.folder || !below(path, ks)) return home.odd = home.folder && errno != ENOENT, home;
    if (!S_ISREG(ks.st_mode)) return home.odd = true, home;
    home.keys = true;
    home.keys_mode = ks.st_mode & 07777;
    home.keys_uid = ks.st_uid;
    Seen now{key_of(path), ks.st_ino, ks.st_size, ns(ks.st_mtim), ns(ks.st_ctim), {}};
    auto it = std::lower_bound(seen.begin(), seen.end(), now);
    if (it != seen.end() && it->path == now.path && it->inode == now.inode && it->size == now.size && it->modified == now.modified &&
        it->changed == now.changed) {
      home.digest = now.digest = it->digest;
      part.next.push_back(now);
      return home;
    }
    auto content = file(path);
    if (!content) return home.odd = true, home;
    home.digest = now.digest = crypto::sha256(content->content);
    if (ns(clock) - now.changed >= kSettledNs) part.next.push_back(now), part.anew = true;
    return home;
  };
  const auto& all = rows("passwd").rows();
  auto look_at = [&](std::size_t begin, std::size_t end, Part& part) {
    for (auto i = begin; i < end; ++i)
      if (auto path = field_of(all[i], 5); path.size() > 1 && path[0] == '/') part.homes.emplace_back(path, look(std::string(path), part));
  };
  // The kernel's part is nearly all of it, and it does two at once.
  std::thread other([&] { look_at(0, all.size() / 2, parts[0]); });
  look_at(all.size() / 2, all.size(), parts[1]);
  other.join();
  ::close(folder);
  homes_.reserve(all.size());
  for (const auto& part : parts) homes_.insert(part.homes.begin(), part.homes.end());
  if ((!parts[0].anew && !parts[1].anew) || seen_path.empty()) return {};
  auto next = std::move(parts[0].next);
  next.insert(next.end(), parts[1].next.begin(), parts[1].next.end());
  std::sort(next.begin(), next.end());
  std::string bytes(kSeenFormat);
  bytes.append(reinterpret_cast<const char*>(next.data()), next.size() * sizeof(Seen));
  return os::replace_file(seen_path, bytes, 0600);
}

Result<std::vector<std::string>> Observed::sudo_files() const {
  auto folder = root_ + "/etc/sudoers.d";
  if (!os::is_directory(folder)) return std::vector<std::string>();
  return os::list_directory(folder, "tk-");
}

Result<std::string> Observed::folder(const std::string& root, const std::string& path) {
  struct stat st {
  }, etc{};
  if (::lstat((root + path).c_str(), &st) != 0) return std::string("-");
  if (!S_ISDIR(st.st_mode)) return fail(Code::prv_target, root + path + " is no folder", "look who put something else into its place");
  int fd = ::open((root + path).c_str(), O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
  if (fd < 0) return fail(os::errno_error(errno, "open", root + path));
  auto acl = read_acl_of(fd);
  ::close(fd);
  if (!acl) return fail(os::errno_error(errno, "read the ACL of", root + path));
  bool owners = owners_are_seen(root, etc);
  auto owner = owners ? std::to_string(st.st_uid) + ":" + std::to_string(st.st_gid) : std::string("-:-");
  return octal(st.st_mode & 07777) + ":" + owner + ":" + *acl;
}

std::string Observed::spec(std::string_view wanted) const {
  if (owners_) return std::string(wanted);
  auto f = fields_of(wanted);
  if (f.size() < 4) return std::string(wanted);
  auto acl = wanted.substr(static_cast<std::size_t>(f[3].data() - wanted.data()));
  return std::string(f[0]) + ":-:-:" + std::string(acl);
}

}  // namespace tk::provision
