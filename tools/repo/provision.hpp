// What plan, apply, drift, undo and recover share: the target, the plan of HEAD for it, and the program that carries a
// plan out.
#pragma once

#include "core/git/repository.hpp"
#include "core/provision/plan.hpp"
#include "core/provision/standing.hpp"
#include "core/store/cas.hpp"
#include "tools/session/session.hpp"

namespace tk::tools::repo_tool {

struct Target {
  std::string root;  // "/" or the folder, absolute
  std::string name;  // as plans and records say it: root=DIR, or /@ and the machine's id
};
// "root=DIR", or "/" where `yes-live` says that this very machine is meant.
Result<Target> read_target(const cli::Args& args);

struct Planned {
  provision::Plan plan;
  provision::Wanted wanted;  // of a plan that has something to do
};
// Of HEAD for the target; nothing is changed.
Result<Planned> plan_for(const workspace::Workspace& workspace, const git::Repository& repository, const Target& target, bool purge);

// What a commit wants, and the ids that it gives out for it (wanted.cpp).
struct OfCommit {
  std::string commit, max_removals;  // of <provision>
  provision::Ids ids;
  provision::Wanted wanted;
};
Result<OfCommit> wanted_of_head(const workspace::Workspace& workspace, const git::Repository& repository);
// A commit, and which of its spaces are read.
Result<std::string> what_is_read(const git::Repository& repository, const std::string& commit);
Result<crypto::SigningKey> plan_key(const workspace::Workspace& workspace);

// The record of a plan that has something to do, and its text in the content-addressed store.
struct Made {
  record::Record record;
  std::string text;
};
Result<Made> record_plan(Session& session, const Planned& planned, const std::string& undoes = {});
// A plan by its file, or by the id of its record; "" is none.
Result<Made> find_plan(Session& session, const std::string& word);
Result<std::optional<record::Record>> last_applied(Session& session, const Target& target);

struct Applied {
  std::int64_t seq = 0;
  std::size_t done = 0, already = 0;
  std::string recovered;
};
// Journals that it begins, carries it out, journals what it came to.
Result<Applied> apply_plan(Session& session, const git::Repository& repository, const Target& target, const Made& made, const std::vector<std::string>& allowed,
                           const std::string& reason);
// Ends what was cut: on the target, and in the records of those plans.
Result<Applied> recover(Session& session, const Target& target);

Value json_of(const provision::Plan& plan);
void print_plan(const provision::Plan& plan);
// Guards that were not allowed by name and count (--allow removals=7) are an error.
Result<void> check_guards(const provision::Plan& plan, const std::vector<std::string>& allowed);

inline const cli::Option kTargetOption = {"target", "WHERE", "root=DIR: the system below that folder; / is this machine (with --yes-live)"};
inline const cli::Option kLiveOption = {"yes-live", "", "this very machine is meant"};
inline const cli::Option kAllowOption = {"allow", "GUARD=COUNT", "let that many through a guard", {}, true};

}  // namespace tk::tools::repo_tool
