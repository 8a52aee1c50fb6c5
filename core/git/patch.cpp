#include "core/git/patch.hpp"

#include <algorithm>
#include <charconv>
#include <set>

#include "core/base/text.hpp"

namespace tk::git {
namespace {

// A hunk may say any number, and every blank line costs memory: a bound for all files together.
constexpr int kMaxLine = 5'000'000;

// git quotes odd paths like C strings.
std::string unquote(std::string_view s) {
  if (s.size() < 2 || s.front() != '"' || s.back() != '"') return std::string(s);
  std::string out;
  for (std::size_t i = 1; i + 1 < s.size(); ++i) {
    if (s[i] != '\\' || i + 2 >= s.size()) {
      out += s[i];
      continue;
    }
    char c = s[++i];
    if (c >= '0' && c <= '3' && i + 3 < s.size()) {
      out += static_cast<char>((c - '0') * 64 + (s[i + 1] - '0') * 8 + (s[i + 2] - '0'));
      i += 2;
    } else {
      out += c == 'n' ? '\n' : c == 't' ? '\t' : c == 'r' ? '\r' : c;
    }
  }
  return out;
}

bool safe_path(std::string_view path) {
  if (path.empty() || path.size() > 1024 || path.front() == '/') return false;
  for (auto part : text::split(path, '/'))
    if (part.empty() || part == "." || part == ".." || part.size() > 255 || part == ".git") return false;
  return path.find('\0') == path.npos && path.find('\n') == path.npos;
}

// "b/src/x.c" of a ---/+++ line; a tab ends it (GNU diff puts a time there).
std::string header_path(std::string_view rest) {
  if (!rest.starts_with('"')) rest = rest.substr(0, rest.find('\t'));
  while (rest.ends_with('\r')) rest.remove_suffix(1);
  auto path = unquote(rest);
  if (path == "/dev/null") return {};
  if (path.starts_with("a/") || path.starts_with("b/")) path = path.substr(2);
  return path;
}

struct Hunk {
  int old_left = 0, new_at = 0, new_left = 0;
};

// @@ -1,3 +1,4 @@
bool read_hunk(std::string_view line, Hunk& out) {
  auto number = [&](char sign, int& start, int& count) {
    auto at = line.find(sign, 3);
    if (at == line.npos) return false;
    const char* end = line.data() + line.size();
    auto r = std::from_chars(line.data() + at + 1, end, start);
    if (r.ec != std::errc{} || start < 0) return false;
    count = 1;
    if (r.ptr != end && *r.ptr == ',') r = std::from_chars(r.ptr + 1, end, count);
    return r.ec == std::errc{} && count >= 0;
  };
  int old_start = 0;
  if (!number('-', old_start, out.old_left) || !number('+', out.new_at, out.new_left)) return false;
  if (out.new_at > kMaxLine || out.new_left > kMaxLine) return false;
  if (out.new_left == 0) ++out.new_at;  // "+0,0": after this line
  return true;
}

class Reader {
 public:
  Result<PatchSet> run(std::string_view diff) {
    while (!diff.empty()) {
      auto end = diff.find('\n');
      auto line = diff.substr(0, end);
      diff.remove_prefix(end == diff.npos ? diff.size() : end + 1);
      ++number_;
      TK_CHECK(take(line));
    }
    // Context may be missing (blank lines at the end are easily trimmed); a change may not.
    if (hunk_.old_left != hunk_.new_left) return bad("the diff ends in the middle of a hunk");
    if (hunk_.new_left > 0) file_.whole = false;
    finish();
    refuse_collisions();
    return std::move(out_);
  }

 private:
  tl::unexpected<Error> bad(std::string why) const {
    return fail_at(Code::wot_input, {"diff", static_cast<int>(number_), 1}, std::move(why));
  }

  Result<void> take(std::string_view line) {
    if (hunk_.old_left > 0 || hunk_.new_left > 0) return body(line);
    if (line.starts_with("\\ No newline")) return take_no_newline();
    if (line.starts_with("diff --git ")) {
      finish();
      open_ = true;
      guess(line.substr(11));
    } else if (line.starts_with("--- ")) {
      if (!open_ || seen_hunk_) finish();
      open_ = true;
      file_.old_path = header_path(line.substr(4));
    } else if (line.starts_with("+++ ") && open_) {
      auto path = header_path(line.substr(4));
      file_.deleted = path.empty();
      file_.path = path.empty() ? file_.old_path : path;
    } else if (line.starts_with("@@ ") && open_) {
      if (!read_hunk(line, hunk_)) return bad("not a hunk header");
      TK_CHECK(start_hunk());
    } else if (line.starts_with("rename to ")) {
      file_.path = unquote(line.substr(10));
    } else if (line.starts_with("rename from ")) {
      file_.old_path = unquote(line.substr(12));
    } else if (line.starts_with("deleted file mode")) {
      file_.deleted = true;
    } else if (line.starts_with("Binary files ") || line.starts_with("GIT binary patch")) {
      file_.binary = true;
    } else if (line.starts_with("new file mode 160000") || line.starts_with("index ")) {
      if (line.ends_with(" 160000") || line.starts_with("new file mode 160000")) file_.submodule = true;
    }
    return {};
  }

  // "a/x b/x": where the two halves are equal the path is known before any +++ line.
  void guess(std::string_view rest) {
    if (rest.starts_with('"')) return;
    auto half = rest.size() / 2;
    if (rest.size() % 2 == 1 && rest.substr(0, 2) == "a/" && rest.substr(half + 1, 2) == "b/" &&
        rest.substr(2, half - 2) == rest.substr(half + 3))
      file_.path = std::string(rest.substr(half + 3));
  }

  Result<void> start_hunk() {
    seen_hunk_ = true;
    // Lines that would stand elsewhere than their header says could hide from who reads the state.
    if (hunk_.new_at <= line_ && hunk_.new_left > 0) return bad("this hunk begins inside the one before");
    padding_ += std::max(0, hunk_.new_at - line_ - 1);
    if (padding_ > kMaxLine) return bad("the hunks leave out more than 5,000,000 lines");
    if (line_ == 0 && hunk_.new_at > 1) file_.whole = false;
    if (line_ > 0 && hunk_.new_at != line_ + 1) file_.whole = false;
    for (; line_ + 1 < hunk_.new_at; ++line_) file_.content += '\n';
    return {};
  }

  Result<void> body(std::string_view line) {
    char kind = line.empty() ? ' ' : line.front();  // some mailers cut the blank of an empty line
    auto text = line.empty() ? line : line.substr(1);
    if (kind == '\\') return take_no_newline();
    if (kind != '+' && kind != ' ' && kind != '-')
      return bad("a line of a hunk begins with neither blank, + nor -");
    if ((kind != '+' && hunk_.old_left == 0) || (kind != '-' && hunk_.new_left == 0))
      return bad("the hunk holds more lines than its header says");
    if (kind == '-') {
      --hunk_.old_left;
      last_was_new_ = false;
      return {};
    }
    if (ended_) return bad("a line follows the one that ends without a newline");
    ++line_;
    file_.content += text;
    file_.content += '\n';
    --hunk_.new_left;
    last_was_new_ = true;
    if (kind == '+') {
      if (!file_.added.empty() && file_.added.back().last + 1 == line_) file_.added.back().last = line_;
      else file_.added.push_back({line_, line_});
    } else {
      --hunk_.old_left;
    }
    return {};
  }

  Result<void> take_no_newline() {
    if (!last_was_new_) return {};
    file_.content.pop_back();  // the newline that body() wrote
    last_was_new_ = false;
    ended_ = true;
    return {};
  }

  void finish() {
    if (open_) {
      if (safe_path(file_.path)) out_.files.push_back(std::move(file_));
      else out_.refused.emplace_back(text::printable(file_.path), "not a path inside the tree");
    }
    file_ = {};
    hunk_ = {};
    line_ = 0;
    open_ = seen_hunk_ = last_was_new_ = ended_ = false;
  }

  // A file cannot be another one's folder, nor stand twice.
  void refuse_collisions() {
    std::set<std::string> files, folders;
    std::vector<PatchedFile> kept;
    for (auto& f : out_.files) {
      std::vector<std::string> above;
      for (auto at = f.path.find('/'); at != f.path.npos; at = f.path.find('/', at + 1))
        above.push_back(f.path.substr(0, at));
      bool bad = files.contains(f.path) || folders.contains(f.path);
      for (const auto& folder : above) bad = bad || files.contains(folder);
      if (bad && !f.deleted) {
        out_.refused.emplace_back(f.path, "stands in the way of another file of the change");
        continue;
      }
      if (!f.deleted) {
        files.insert(f.path);
        folders.insert(above.begin(), above.end());
      }
      kept.push_back(std::move(f));
    }
    out_.files = std::move(kept);
  }

  PatchSet out_;
  PatchedFile file_;
  Hunk hunk_;
  int padding_ = 0;
  int line_ = 0;  // of the new state, the last one written
  std::size_t number_ = 0;
  bool open_ = false, seen_hunk_ = false, last_was_new_ = false;
  bool ended_ = false;  // the new state's last line has no newline
};

}  // namespace

bool PatchedFile::adds(int line) const {
  auto it = std::upper_bound(added.begin(), added.end(), line,
                             [](int l, const Lines& r) { return l < r.first; });
  return it != added.begin() && line <= std::prev(it)->last;
}

Result<PatchSet> read_patch(std::string_view diff) { return Reader().run(diff); }

}  // namespace tk::git
