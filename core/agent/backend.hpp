// One attempt of a step by an agent's backend. exec: one JSON object on stdin, one on stdout, stderr
// is its log, limits on time, output and memory, a private folder; the environment is TK,
// TK_WORKSPACE, TK_TOKEN, TRACEPARENT and a few harmless words. plugin: the same as one call of a
// resident plugin (core/plugin), which serves all steps of a run; the token travels in the call. noop:
// gives back what it got, in process. Until the boundary issue the program runs under the caller's uid: limits, no boundary.
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <string>

#include "core/agent/template.hpp"
#include "core/os/process.hpp"
#include "core/plugin/plugin.hpp"

namespace tk::agent {

struct Task {
  const Template* agent_template = nullptr;
  std::string ref;        // of the agent, for messages
  Value::Map input;
  std::string workspace;  // root
  std::string folder;     // private, made and removed by the attempt
  std::string token, traceparent;
  std::string plugin_path;
  std::int64_t timeout_ns = 0;
  std::uint64_t output_limit = 0, memory_limit = 0;
};

// The resident plugins of one run: started with the first step that needs them, ended with this.
class Plugins {
 public:
  plugin::Plugin& get(const Task& task);
  // What they logged, for people.
  std::vector<std::string> take_notes();

 private:
  std::map<std::string, std::unique_ptr<plugin::Plugin>> by_command_;
};

class Attempt {
 public:
  static Result<Attempt> start(Task task, Plugins& plugins);
  Attempt(Attempt&&) noexcept;
  ~Attempt();

  os::Child* child();  // whose bytes it waits for; null when it waits for none
  bool finished();
  std::int64_t deadline_ns() const;  // monotonic; 0 = none: when to look again
  void expire();  // the deadline passed: ends the program
  void cancel();
  void end(Error why);  // ends the program; `why` is its result
  // After finished(): the output, checked against the template, or why there is none.
  Result<Value::Map> result();

 private:
  Attempt();
  Result<Value::Map> exec_result();
  Result<Value::Map> plugin_result();
  Result<Value::Map> noop_result();
  Result<Value::Map> promised(const Value& answer) const;
  Task task_;
  std::unique_ptr<os::Child> child_;      // exec
  struct Call;
  std::unique_ptr<Call> call_;            // plugin
  std::int64_t deadline_ns_ = 0;
  bool expired_ = false;
  std::optional<Error> ended_;
};

}  // namespace tk::agent
