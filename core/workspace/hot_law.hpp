// The law of HEAD for a program that stays. A thread of its own learns of a commit (inotify on the refs,
// the page .tk/run/live, and a look each second in case both were missed), compiles its law in this
// process, puts the new policy in the place of the old one, and then tells the other processes.
//
// A request takes current() once and keeps it: it is decided by one policy from start to end. HEAD
// decides, so a commit that no law can be made of leaves no law in force: `broken` says why, and the
// caller denies. The same holds when HEAD could not be looked at for kStaleMs.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "core/law/index.hpp"
#include "core/workspace/workspace.hpp"

namespace tk::workspace {

struct Policy {
  std::string commit;            // of HEAD
  std::optional<Error> broken;   // then there is no index
  law::Index index;
  std::shared_ptr<const void> prepared;  // what the owner made of the index
  std::shared_ptr<const void> memory;    // that the index lies in
};

class HotLaw {
 public:
  static constexpr int kStaleMs = 5000;

  struct Owner {
    // Made once for each index, before it decides; may keep views of it.
    std::function<std::shared_ptr<const void>(const law::Index&)> prepare = {};
    // Told by the thread, for people: a new policy, or that something hinders.
    std::function<void(const Policy&)> changed = {};
    std::function<void(const Error&)> hindered = {};
  };

  // Fails when HEAD's law cannot be compiled: nothing starts with a broken law.
  static Result<std::unique_ptr<HotLaw>> start(const Workspace& workspace, Owner owner);
  virtual ~HotLaw() = default;
  virtual std::shared_ptr<const Policy> current() const = 0;  // never null; any thread
};

}  // namespace tk::workspace
