#include "core/os/ancestry.hpp"

#include <sys/prctl.h>
#include <unistd.h>

#include <cstdlib>

#include "core/base/text.hpp"
#include "core/os/file.hpp"

namespace tk::os {
namespace {

std::string of(int pid, const char* what) {
  return read_file("/proc/" + std::to_string(pid) + "/" + what, 4u << 20).value_or("");
}

int parent_of(int pid) {
  auto stat = of(pid, "stat");  // 12 (any name) S 7 …
  auto close = stat.rfind(')');
  return close == stat.npos || close + 4 > stat.size() ? 0 : std::atoi(stat.c_str() + close + 4);
}

}  // namespace

std::vector<int> ancestors() {
  std::vector<int> out;
  for (int pid = ::getppid(); pid > 1 && out.size() < 256; pid = parent_of(pid)) out.push_back(pid);
  return out;
}

bool has_environment(int pid, std::string_view name) {
  auto all = of(pid, "environ");
  for (auto one : text::split(all, '\0'))
    if (one.size() > name.size() && one.starts_with(name) && one[name.size()] == '=') return true;
  return false;
}

std::string program_name(int pid) { return std::string(text::trim(of(pid, "comm"))); }

void adopt_orphans() { ::prctl(PR_SET_CHILD_SUBREAPER, 1); }

}  // namespace tk::os
