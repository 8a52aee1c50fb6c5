// A program of an actor in its box, journaled from before it begins to its end. For `tk run`, and
// for `tk vault run`, whose programs get secrets.
#pragma once

#include <functional>
#include <optional>

#include "core/acl/lease.hpp"
#include "core/agent/boxed.hpp"
#include "core/base/ids.hpp"
#include "core/box/box.hpp"
#include "tools/session/session.hpp"

namespace tk::tools::run_tool {

struct Task {
  agent::Boxed plan;
  std::optional<acl::Lease> lease;
  std::string id = ids::uuid7();          // of its record
  std::vector<record::Change> rows = {};  // committed with it
  // Where it is more than a program with this process's input and output:
  std::function<Result<box::Running>(const box::Box&, box::Way)> start = {};
  std::function<std::string(const box::Destination&, agent::Hosts&)> may_reach =
      {};  // why not; empty: it may
  std::optional<std::vector<std::string>> hosts_told =
      {};  // of a program that has secrets: the names of hosts that are journaled
  std::function<Result<void>()> look =
      {};                             // an error ends it; asked before it begins and while it runs
  std::function<Value()> after = {};  // how often a secret was masked
};

Result<Exit> run_in_box(Session& s, Task task);
Result<std::optional<acl::Lease>> lease_for(Session& s, const std::string& id);  // empty: none

template <class Words>
Value texts(const Words& words) {
  Value::List out;
  for (const auto& w : words) out.emplace_back(w);
  return out;
}

}  // namespace tk::tools::run_tool
