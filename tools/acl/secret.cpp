#include <unistd.h>

#include "core/base/clock.hpp"
#include "core/base/text.hpp"
#include "core/os/file.hpp"
#include "core/os/terminal.hpp"
#include "tools/acl/verbs.hpp"

namespace tk::tools::acl_tool {

Result<std::string> read_secret(const cli::Args& args, const std::string& positional, const char* variable,
                                const std::string& what) {
  auto given = args.get(positional);
  if (!given.empty() && given != "-") return given;
  if (given.empty()) given = *variable ? os::environment(variable) : "";
  if (!given.empty() && given != "-") return given;
  if (args.get(positional).empty() && os::is_terminal(STDIN_FILENO))
    return fail(Code::cli_usage, "no " + what + " was given",
                *variable ? "put it into " + std::string(variable) + ", or write - and pass it on standard input"
                          : "write - and pass it on standard input");
  TK_TRY(auto read, os::read_stdin(1 << 20));
  std::string line(text::trim(read));
  if (line.empty()) return fail(Code::cli_usage, "no " + what + " was given", "standard input was empty");
  return line;
}

std::string time_of(std::int64_t ms) { return clock::rfc3339(ms * 1'000'000); }

}  // namespace tk::tools::acl_tool
