#include "core/os/process.hpp"
#include "core/os/terminal.hpp"
#include "core/workspace/compiled_law.hpp"
#include "help/law.hpp"
#include "tools/law/verbs.hpp"

namespace tk::tools::law_tool {
namespace {

// A server needs git, XML and the network; `tk law can` must not pay for them at each start. So another
// program serves, law-server beside this one, and takes the same words.
Result<Exit> become_server(const cli::Args& args) {
  std::vector<std::string> argv{workspace::libexec() + "/law-server", "serve"};
  for (const auto* flag : {"json", "quiet", "verbose", "allow-remote"})
    if (args.has(flag)) argv.push_back(std::string("--") + flag);
  for (const auto* option : {"listen", "socket", "url", "for"})
    if (args.has(option)) {
      argv.push_back(std::string("--") + option);
      argv.push_back(args.get(option));
    }
  return fail(os::replace_process(argv));
}

}  // namespace

cli::VerbSpec serve_verb() {
  return {"serve", "answer questions of law over HTTP (OpenID AuthZEN)", {},
          {{"listen", "ADDRESS", "127.0.0.1:PORT or [::1]:PORT; port 0 takes a free one"},
           {"socket", "FILE", "listen on a unix socket that only you can open"},
           {"url", "URL", "what clients call this server, when a proxy stands before it"},
           {"for", "DURATION", "end after this time, with 0 (default: at SIGTERM or SIGINT)"},
           {"allow-remote", "", "listen on an address that other machines can reach, without TLS"}},
          {{"tk law serve --listen 127.0.0.1:8180", "prints where it listens as soon as it does"},
           {"tk law serve --socket law.sock", "for programs of this Unix user only"}},
          help::k_serve, become_server,
          "{listening: [text], url: text, commit: text, policy_hash: text, pid: int}"};
}

}  // namespace tk::tools::law_tool
