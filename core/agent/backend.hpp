// One attempt of a step by an agent's backend. exec: one JSON object on stdin, one on stdout, stderr
// is its log, limits on time, output and memory, a private folder; the environment is TK,
// TK_WORKSPACE, TK_TOKEN, TRACEPARENT and a few harmless words. plugin: the same as one call of a
// resident plugin (core/plugin), which serves the steps that one agent has in a run; the token travels in the call.
// noop: gives back what it got, in process. Programs run in a box (boxed.hpp); where a declared profile lets the box be
// missing, and it is, under the caller's uid with limits.
#pragma once

#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>

#include "core/agent/boxed.hpp"
#include "core/agent/template.hpp"
#include "core/box/boxes.hpp"
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
  std::string record, run;             // of the step, and of what it is a step of
  trace::Context span;
  std::optional<Boxed> boxed;          // nothing: no box can be had, and its profile lets that be
  std::function<Result<void>()> look;  // whether the program may begin, asked when whoever stops its agent would find it
  std::shared_ptr<Hosts> hosts;        // of a box with a proxy, asked while nobody else has
  std::timed_mutex* turn = nullptr;    // this (box/proxy.hpp)
};

// The programs of a task that its box must have, and where it works.
Own own_of(const Task& task);

// The resident plugins of one run: started with the first step that needs them, ended with this.
class Plugins {
 public:
  struct Resident {
    Task task;           // the first that it was started for: whose it is, and its box
    std::string folder;  // its own, in which its steps have theirs
    std::optional<box::Entered> entered;
    std::optional<box::Running> box;
    std::vector<std::weak_ptr<Hosts>> hosts;  // of the steps that it has
    std::unique_ptr<plugin::Plugin> plugin;   // ends before what is told of it
    std::string ask(const box::Destination& to);  // for a step that is under way
  };
  Resident& get(const Task& task);
  // What they logged, for people.
  std::vector<std::string> take_notes();
  void kill();  // all of them, at once

 private:
  std::map<std::string, std::unique_ptr<Resident>> by_command_;
  std::size_t started_ = 0;
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
  std::unique_ptr<os::Child> child_;      // exec, without a box
  std::unique_ptr<box::Running> box_;     // exec, in one
  std::optional<box::Entered> entered_;
  struct Call;
  std::unique_ptr<Call> call_;            // plugin
  std::int64_t deadline_ns_ = 0;
  bool expired_ = false;
  std::optional<Error> ended_;
};

}  // namespace tk::agent
