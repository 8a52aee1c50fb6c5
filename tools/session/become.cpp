#include "tools/session/become.hpp"

#include <vector>

#include "core/os/file.hpp"
#include "core/os/process.hpp"
#include "core/workspace/compiled_law.hpp"

namespace tk::tools {

Result<void> become(const std::string& program) {
  // The words as they were given: a command does not keep them.
  TK_TRY(auto words, os::read_file("/proc/self/cmdline", 16u << 20));
  std::vector<std::string> argv;
  for (std::size_t at = 0; at < words.size();) {
    auto end = words.find('\0', at);
    argv.push_back(words.substr(at, end - at));
    at = end == words.npos ? words.size() : end + 1;
  }
  if (argv.empty()) return fail(Code::bug, "no command line");
  argv[0] = workspace::libexec() + "/" + program;
  return fail(os::replace_process(argv));
}

}  // namespace tk::tools
