// The box of an agent's program: its account on this machine, what its profile says and what law lets it see, and the law that
// its connections are asked of. For `tk run` and for the steps of a workflow alike.
#pragma once

#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "core/acl/gate.hpp"
#include "core/box/ground.hpp"
#include "core/box/paths.hpp"
#include "core/box/profile.hpp"
#include "core/law/index.hpp"
#include "core/record/store.hpp"
#include "core/workspace/workspace.hpp"

namespace tk::agent {

// Who decides, and what there is to decide about.
struct Ask {
  const workspace::Workspace& workspace;
  const law::Index& index;
  acl::Gate& gate;
  record::Store& store;
};

struct Boxed {
  record::Actor agent;
  box::Profile profile;
  std::vector<box::Granted> granted;
  box::Box box;

  Value paths() const;     // {PATH: {use, by, resource}}
  Value journaled() const;  // {profile, uid, network, paths, missing}
};

// What the commit of `index` says of boxes.
Result<box::Ground> ground_of(const workspace::Workspace& workspace, const law::Index& index);
// An id of the workspace's range that is nobody's: for each name another one, and the same each time.
std::uint32_t free_id(const box::Ground& ground, std::string_view name);
// The box that an agent may have. Whether it may use the profile (box.run) is not asked here. `own`: the folder of the one step
// that it is for, which it may write although it lies in .tk, and programs that it may start, wherever they lie. `alone`: neither home
// nor anything that law grants the agent.
struct Own {
  std::string folder;
  std::vector<std::string> programs;
  bool alone = false;
};
Result<Boxed> box_of(const Ask& ask, const record::Actor& agent, const std::string& profile, const Own& own = {});
// PATH, HOME, TK_*, TRACEPARENT, the proxy; nothing of the caller's but words about language and terminal. `folder`: where it is at
// home and has its temporary files; empty: the account's home, and /tmp.
void set_environment(Boxed& boxed, const std::string& workspace, const std::string& token, const std::string& record, const trace::Context& span,
                     const std::string& folder = {});

// Law's word on a host, asked at each connection; journaled when it is new: as `connect` of the record that `row` makes, or as a refusal.
class Hosts {
 public:
  using Row = std::function<record::Change()>;
  using Follow = std::function<Result<void>()>;         // to the law of now
  using Say = std::function<void(const std::string&)>;  // a line for people about a refusal
  Hosts(acl::Gate& gate, record::Store& store, record::Actor agent, Row row, Follow follow, Say say)
      : gate_(gate), store_(store), agent_(std::move(agent)), row_(std::move(row)), follow_(std::move(follow)), say_(std::move(say)) {}
  std::string operator()(const box::Destination& to);
  // The program has secrets, and may put one into a name: names that these do not have are neither journaled nor said.
  void tell_only(std::vector<std::string> hosts) { told_only_ = std::move(hosts); }

 private:
  Result<std::string> ask(const box::Destination& to);

  acl::Gate& gate_;
  record::Store& store_;
  record::Actor agent_;
  Row row_;
  Follow follow_;
  Say say_;
  std::map<std::string, std::string> told_;  // what was journaled last
  std::optional<std::vector<std::string>> told_only_;
};

}  // namespace tk::agent
