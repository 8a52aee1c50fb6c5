// Running a workflow. Every run, step and cast is a record; completed means journaled. drive() walks
// the plan and takes what the journal already holds instead of doing it again, so that starting anew
// and going on after kill -9 are the same code. One process drives a run at a time.
#pragma once

#include <functional>
#include <string>

#include "core/acl/gate.hpp"
#include "core/law/index.hpp"
#include "core/record/store.hpp"
#include "core/workspace/workspace.hpp"
#include "core/wot/plan.hpp"

namespace tk::wot {

struct Environment {
  record::Store& store;
  acl::Gate& gate;
  const law::Index& index;
  const workspace::Workspace& workspace;
  record::Actor actor;  // who runs
  trace::Context trace;
  std::function<Result<void>()> refresh_law = {};  // follows HEAD; `index` stays the same object
};

struct Options {
  bool wait = false;  // block until a human answers
  bool fresh = false; // right behind start(): law was asked for run.start just now
  // Told what happens, a line at a time, for people.
  std::function<void(const std::string& line)> progress;
  std::function<void(const std::string& line)> note;  // what they must know: a wall that is missing, what law refused a program
  // Asked once for each cast that opens while `wait`; may answer it (tk demo --ask).
  std::function<Result<void>(const record::Record& cast)> on_cast;
};

enum class Ending { done, waiting, rejected, timed_out };

struct Ended {
  std::string run;
  Ending ending = Ending::done;
  Value::Map output;
  std::vector<std::string> open_casts;  // when waiting
};

// The workflow by name (wots/<name>.toml) or by path; agents are looked up in the law index.
Result<Plan> load_plan(const std::string& name_or_file, const law::Index& index,
                       const workspace::Workspace& workspace);
// The context that a run of this workflow belongs to.
std::string context_of(const Graph& graph, const workspace::Workspace& workspace);

// Checks the inputs and makes the run's record; its id.
Result<std::string> start(Environment& env, const Plan& plan, const Value::Map& input);
// Fails with the step's error (and the run stands as failed), or with `interrupted`.
Result<Ended> drive(Environment& env, const Plan& plan, const std::string& run, const Options& options);
// The plan of an existing run; wot_changed when its files are not what they were.
Result<Plan> plan_of(Environment& env, const record::Record& run);

}  // namespace tk::wot
