// A resident plugin: an executable that is started once and spoken to in JSON-RPC lines on its stdin and
// stdout; stderr is its log. Many calls may be under way at once. Whatever it does, a call ends: with an
// answer, or with one error that names the plugin and what it did, at the latest when its time is up.
//
// A plugin that crashed, hung, flooded or broke the protocol is ended (its whole process group), its calls
// fail, and the next call starts it again: after 100 ms, doubled with each failure in a row up to 5 s; after
// six in a row it stays down. One thread uses a Plugin, and drives it from its poll loop: child() goes to
// os::Child::pump, then look().
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "core/os/process.hpp"
#include "core/plugin/rpc.hpp"

namespace tk::plugin {

// libexec/tk/plugins, ~/.local/libexec/tk/plugins, then the folders of `plugin_path` (separated by ":",
// absolute); never PATH. Empty when there is none.
std::string find(const std::string& name, const std::string& plugin_path);

struct Launch {
  std::string kind, name;            // "agent", "agent-review": for the handshake and for messages
  std::vector<std::string> command;  // its path and further words
  std::vector<std::string> environment;
  std::string directory, workspace;
  std::uint64_t memory_limit = 0;
  std::int64_t handshake_ms = 10'000;
  std::function<Result<os::Child>(os::Spawn)> start = os::Child::start;  // what it is started by: a box, say
};

class Plugin {
 public:
  explicit Plugin(Launch launch);
  Plugin(const Plugin&) = delete;
  Plugin& operator=(const Plugin&) = delete;
  ~Plugin();  // shutdown()

  // Asks; starts the plugin where it is not running. deadline_ms 0 = none. Gives the call's id, which
  // stays good until take().
  std::int64_t call(const std::string& method, Value params, std::int64_t deadline_ms);
  // The caller does not want the answer any more. The plugin is told; when it does not answer within a
  // second it is taken for hung.
  void cancel(std::int64_t id);

  bool done(std::int64_t id) const { return answers_.contains(id); }
  Result<Value> take(std::int64_t id);  // after done(id)

  os::Child* child() { return child_ ? &*child_ : nullptr; }  // null while it is down
  // Milliseconds until something is due by itself (a deadline, a restart); -1 = nothing.
  int due_ms() const;
  // Takes what the plugin wrote and what became due.
  void look();
  // Waits for one call: pump and look until it is done.
  Result<Value> wait(std::int64_t id);

  // Lets it end by itself within two seconds, then ends it. Calls under way fail.
  void shutdown();

  bool idle() const { return calls_.empty() && answers_.empty(); }  // nobody waits for anything of it
  const std::string& name() const { return launch_.name; }
  // Lines for people: what it logged and announced. Taken once.
  std::vector<std::string> take_notes() { return std::exchange(notes_, {}); }

 private:
  struct Call {
    std::string method;
    Value params;
    std::int64_t deadline_ns = 0;  // monotonic; 0 = none
    std::int64_t give_up_ns = 0;   // cancelled: until then an answer is waited for
    bool sent = false;
  };
  void start();
  void send_waiting();
  void read();
  void handle(std::string_view line);
  void handshake(const Message& message);
  void expire();
  void settle(std::int64_t id, Result<Value> answer);
  void down(const std::string& what, Code code);  // ends it, fails what was sent
  void fail_calls(Code code);
  std::string tail();
  std::string scrub(std::string_view said) const;

  Launch launch_;
  std::optional<os::Child> child_;
  enum class State { down, greeting, up, given_up } state_ = State::down;
  std::int64_t next_id_ = 1, handshake_ns_ = 0, restart_ns_ = 0;
  int failures_ = 0;
  std::size_t unasked_ = 0;  // bytes that answered nothing, since the last answer
  std::string line_;         // not yet whole
  std::map<std::int64_t, Call> calls_;
  std::map<std::int64_t, Result<Value>> answers_;
  std::string last_failure_;
  std::vector<std::string> notes_;
};

}  // namespace tk::plugin
