// What plan, apply, drift, undo and recover share: the target, the plan of HEAD for it, and the program that carries a
// plan out.
#pragma once

#include "core/git/repository.hpp"
#include "core/provision/plan.hpp"
#include "tools/session/session.hpp"

namespace tk::tools::repo_tool {

struct Target {
  std::string root;   // "/" or the folder, absolute
  std::string name;   // as it was given: root=DIR or /
};
// "root=DIR", or "/" where `live` says that this very machine is meant.
Result<Target> read_target(const cli::Args& args);

struct Planned {
  provision::Plan plan;
  provision::Ids ids;
  std::vector<provision::Guard> guards;
};
// Of HEAD for the target; nothing is changed.
Result<Planned> plan_for(Session& session, const git::Repository& repository, const Target& target, bool purge);
Result<provision::IdRange> id_range(const git::Repository& repository, const std::string& head);
Result<crypto::SigningKey> plan_key(const workspace::Workspace& workspace);

// What apply-unix says; its exit as an error.
struct Carried {
  std::size_t done = 0, already = 0;
  std::string recovered;
  std::vector<std::string> left;
};
Result<Carried> carry_out(const workspace::Workspace& workspace, const std::string& verb, const Target& target, const std::string& plan);

Value json_of(const provision::Plan& plan, const std::vector<provision::Guard>& guards);
void print_plan(const provision::Plan& plan, const std::vector<provision::Guard>& guards);
// Guards that were not allowed by name and count (--allow removals=7) are an error.
Result<void> check_guards(const std::vector<provision::Guard>& guards, const std::vector<std::string>& allowed);

inline const cli::Option kTargetOption = {"target", "WHERE", "root=DIR: the system below that folder; / is this machine (with --yes-live)"};

}  // namespace tk::tools::repo_tool
