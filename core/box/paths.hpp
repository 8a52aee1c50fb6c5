// Which paths a box has: what every program needs, and what law lets its actor see or change.
#pragma once

#include "core/box/box.hpp"
#include "core/law/index.hpp"
#include "core/record/store.hpp"

namespace tk::box {

// Programs and libraries (/usr), and what they read in /etc: names, certificates, the time zone. No secret among them.
void add_system(Box& box);
// A path that somebody declared. It must be what it says: where a part of it is a symlink, or it is this workspace by
// another name (a bind mount), it is refused, as who may write beside it could lead it elsewhere. box_profile.
Result<void> add_path(Box& box, const std::string& path, Use use, const std::string& workspace);

// Why a path is in a box.
struct Granted {
  std::string path;
  Use use = Use::read;
  std::string resource, rule;  // what law was asked about, and the rule that says yes
  std::string lease;           // by whose lease, where it is not the actor's own right
};
// The folders that are declared (directory entities), and the workspace itself (workspace:GALAXY/tree, of the actor's
// galaxy), each where law lets the actor box.read or box.write it, or the lease that it has as its borrow_id.
Result<std::vector<Granted>> granted_by_law(record::Authority& law, const law::Index& index, const record::Actor& actor,
                                            const std::string& workspace);
// Folders that tk itself reads and the workspace has not yet are made, empty, where a box may write beside it: else who is in the box would make it.
Result<void> close_gaps(const Box& box, const std::string& workspace);
// The last word on the paths of a box. The workspace's journal is never there, and what tk itself reads (git's history,
// wherever it lies: `git`; declarations, tk.toml, templates) is never written, whatever lets it. Folders between a path that may be
// written and one below it become mounts of their own, which cannot be renamed: nothing can be put into their place.
void guard(Box& box, const std::string& workspace, const std::vector<std::string>& git);

}  // namespace tk::box
