// A declaration is written (FORMATS.md): objects that nothing refers to, then one transaction with
// the transition and the outbox entry `ref old→new`, then the ref by compare-and-swap, then index and
// files. What a process did not live to finish, the next one rolls forward.
#pragma once

#include <functional>
#include <future>
#include <string>
#include <vector>

#include "core/git/repository.hpp"
#include "core/os/file.hpp"
#include "core/record/store.hpp"
#include "core/workspace/workspace.hpp"

namespace tk::workspace {

// Carries out outbox entries of the topic "ref". One process declares at a time: the others wait for
// its lock, so that only people who commit by hand can be in the way.
class RefEffects : public record::Effects {
 public:
  static Result<RefEffects> open(const git::Repository& repo);
  bool handles(const std::string& topic) const override { return topic == "ref"; }
  Result<void> publish(std::int64_t seq, const record::Effect& effect) override;
  // The declaration cannot be put into git: a compensating row for each of its records.
  Result<void> lost(record::Store& store, const record::Effect& effect, const Error& why) override;

 private:
  RefEffects(const git::Repository& repo, os::Lock lock) : repo_(repo), lock_(std::move(lock)) {}
  const git::Repository& repo_;
  os::Lock lock_;
  std::future<void> indexed_;  // what many files declare, looked up while they are put in place
};

struct Declaration {
  std::vector<git::Change> files;
  std::vector<record::Change> changes;  // at least one; the first carries the outbox entry
  std::string message;                  // subject line
  git::Author author;
  bool check_clean = true;
  // Whether it may be so as a whole; asked while the contents are written.
  std::function<Result<void>(const std::vector<git::Change>&)> check = {};
};

// The seq of the first row. Conflicts: git_dirty, git_moved (with a compensating row).
Result<std::int64_t> declare(record::Store& store, const git::Repository& repo, Declaration d);

}  // namespace tk::workspace
