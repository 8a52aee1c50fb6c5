// One attempt of a step by an agent's backend. exec: one JSON object on stdin, one on stdout, stderr
// is its log, limits on time, output and memory, a private folder; the environment is TK,
// TK_WORKSPACE, TK_TOKEN, TRACEPARENT and a few harmless words. noop: gives back what it got, in
// process. Until the boundary issue the program runs under the caller's uid: limits, no boundary.
#pragma once

#include <memory>
#include <string>

#include "core/agent/template.hpp"
#include "core/os/process.hpp"

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

class Attempt {
 public:
  static Result<Attempt> start(Task task);
  Attempt(Attempt&&) noexcept = default;
  ~Attempt();

  os::Child* child() { return child_.get(); }  // null for noop: it is finished at once
  bool finished() const { return !child_ || child_->finished(); }
  std::int64_t deadline_ns() const { return deadline_ns_; }  // monotonic; 0 = none
  void expire();  // the deadline passed: ends the program
  void cancel();
  // After finished(): the output, checked against the template, or why there is none.
  Result<Value::Map> result();

 private:
  Attempt() = default;
  Result<Value::Map> exec_result();
  Result<Value::Map> noop_result();
  Task task_;
  std::unique_ptr<os::Child> child_;
  std::int64_t deadline_ns_ = 0;
  bool expired_ = false;
};

}  // namespace tk::agent
