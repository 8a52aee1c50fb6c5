// A diff of any bytes: paths stay inside the tree, the added lines exist in the new state.
#include <algorithm>

#include "core/base/text.hpp"
#include "core/git/patch.hpp"
#include "tests/fuzz/fuzz.hpp"

using namespace tk;

namespace {

bool leaves_tree(std::string_view path) {
  if (path.empty() || path.front() == '/') return true;
  for (auto part : text::split(path, '/'))
    if (part.empty() || part == "." || part == ".." || part == ".git") return true;
  return path.find('\0') != path.npos;
}

}  // namespace

TK_FUZZ(patch) {
  auto set = git::read_patch(bytes);
  if (!set) {
    TK_PROMISE(!set.error().message.empty());
    return;
  }
  std::size_t added = 0;
  for (const auto& f : set->files) {
    TK_PROMISE(!leaves_tree(f.path));
    auto lines = std::count(f.content.begin(), f.content.end(), '\n') + 1;
    int last = 0;
    for (auto range : f.added) {
      TK_PROMISE(range.first > last && range.last >= range.first && range.last <= lines);
      TK_PROMISE(f.adds(range.first) && f.adds(range.last) && !f.adds(range.last + 1));
      last = range.last;
      added += static_cast<std::size_t>(range.last - range.first) + 1;
    }
    TK_PROMISE(!f.adds(0) && !f.adds(last + 1));
  }
  TK_PROMISE(added <= bytes.size());
}
