// Which paths a box has: what every program needs, and what law lets its actor see or change.
#pragma once

#include "core/box/box.hpp"
#include "core/law/index.hpp"
#include "core/record/store.hpp"

namespace tk::box {

// Programs and libraries (/usr), and what they read in /etc: names, certificates, the time zone. No secret among them.
void add_system(Box& box);
// A path that is a symlink stays one, and what it leads to comes with it. False: it is not there.
bool add_path(Box& box, const std::string& path, Use use);

// Why a path is in a box.
struct Granted {
  std::string path;
  Use use = Use::read;
  std::string resource, rule;  // what law was asked about, and the rule that says yes
};
// The folders that are declared (directory entities), and the workspace itself (workspace:GALAXY/tree, of the actor's
// galaxy), each where law lets the actor box.read or box.write it.
Result<std::vector<Granted>> granted_by_law(record::Authority& law, const law::Index& index, const record::Actor& actor,
                                            const std::string& workspace);
// Puts them into a box. The workspace's journal is never there, and what tk itself reads (git's history, declarations,
// tk.toml, templates) is never written, whatever lets it.
void add_granted(Box& box, const std::vector<Granted>& granted, const std::string& workspace);

}  // namespace tk::box
