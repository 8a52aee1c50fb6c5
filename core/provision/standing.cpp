#include "core/provision/standing.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>
#include <charconv>
#include <set>
#include <thread>

#include "core/base/text.hpp"
#include "core/os/file.hpp"

namespace tk::provision {
namespace {

constexpr std::int64_t kSettledNs = 1'000'000'000;
constexpr std::string_view kFormat = "tk-standing-1 ";

std::int64_t ns(const timespec& t) {
  return t.tv_sec * 1'000'000'000LL + t.tv_nsec;
}

// One line: what is known of a path. A file or folder by its inode, size and times; a folder of a plan by its spec.
std::string line_of(const struct stat& st, std::string_view path) {
  return "s " + std::to_string(st.st_ino) + " " + std::to_string(st.st_size) + " " + std::to_string(ns(st.st_mtim)) + " " +
         std::to_string(ns(st.st_ctim)) + " " + std::string(path) + "\n";
}

class Noter {
 public:
  explicit Noter(const Observed& observed) : observed_(observed) {
    timespec now{};
    ::clock_gettime(CLOCK_REALTIME, &now);
    now_ = ns(now);
  }

  void path(const std::string& path) {
    auto st = observed_.status(path);
    if (!st)
      out += "a " + path + "\n";
    else if (now_ - ns(st->st_ctim) < kSettledNs)
      young = true;
    else
      out += line_of(*st, path);
  }

  std::string out;
  bool young = false;

 private:
  const Observed& observed_;
  std::int64_t now_ = 0;
};

bool stands(int folder, const std::string& line) {
  std::int64_t numbers[4] = {};
  const char *at = line.data() + 2, *end = line.data() + line.size();
  if (line[0] == 's')
    for (auto& n : numbers) {
      auto read = std::from_chars(at, end, n);
      if (read.ec != std::errc() || read.ptr == end) return false;
      at = read.ptr + 1;
    }
  struct stat st {};
  bool there = ::fstatat(folder, at + 1, &st, AT_SYMLINK_NOFOLLOW) == 0;
  if (line[0] == 'a') return !there && errno == ENOENT;
  return there && static_cast<std::int64_t>(st.st_ino) == numbers[0] && st.st_size == numbers[1] && ns(st.st_mtim) == numbers[2] &&
         ns(st.st_ctim) == numbers[3];
}

}  // namespace

Result<void> note_standing(const std::string& file, const std::string& of, const Wanted& wanted, const Observed& observed) {
  Noter note(observed);
  std::set<std::string> above;  // whose entries the homes are: as long as it does not change they are the same folders
  for (const auto* database : kDatabases) note.path(std::string("/etc/") + database);
  note.path("/etc/sudoers.d");
  for (const auto& item : wanted.items()) {
    std::string path(item[0]);
    if (item.kind == Wanted::Kind::home) {
      above.insert(path.substr(0, path.rfind('/')));
      note.path(path + "/.ssh/authorized_keys");
    } else if (item.kind == Wanted::Kind::file) {
      note.path(path);
    } else if (item.kind == Wanted::Kind::dir) {
      note.out += "d " + observed.spec(item[1]) + "\t" + path + "\n";
    }
    if (note.young) return {};
  }
  for (const auto& folder : above) note.path(folder);
  if (note.young) return {};
  return os::replace_file(file, std::string(kFormat) + of + "\n" + note.out, 0600);
}

bool still_stands(const std::string& file, const std::string& of, const std::string& root) {
  auto text = os::read_file(file);
  auto head = std::string(kFormat) + of + "\n";
  if (!text || !text->starts_with(head)) return false;
  int folder = ::open((root + "/").c_str(), O_PATH | O_DIRECTORY | O_CLOEXEC);
  if (folder < 0) return false;
  std::atomic<bool> good = true;
  auto part = [&](std::string_view rest) {
    std::string line;
    for (; !rest.empty() && good; rest.remove_prefix(std::min(rest.size(), line.size() + 1))) {
      line.assign(rest.substr(0, rest.find('\n')));
      if (line.size() < 4)
        good = false;
      else if (line[0] == 'd') {
        auto tab = line.find('\t');
        auto now = tab == line.npos ? Result<std::string>("") : Observed::folder(root == "/" ? "" : root, line.substr(tab + 1));
        if (!now || *now != line.substr(2, tab - 2)) good = false;
      } else if (!stands(folder, line))
        good = false;
    }
  };
  // The kernel's part is nearly all of it, and it does two at once.
  auto rest = std::string_view(*text).substr(head.size());
  auto middle = rest.find('\n', rest.size() / 2);
  auto first = rest.substr(0, middle == rest.npos ? rest.size() : middle + 1);
  std::thread other(part, first);
  part(rest.substr(first.size()));
  other.join();
  ::close(folder);
  return good;
}

}  // namespace tk::provision
