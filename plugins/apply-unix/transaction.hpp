// A plan is carried out wholly or not at all, whenever it is killed.
//
//   etc/.tk-stage   the plan, while what it needs is made beside its place; who finds it there removes all of that
//   etc/.tk-commit  the same file under another name: this rename is the moment from which the plan holds, and who
//                   finds it there goes on with it
//
// No row of passwd ever stands without what belongs to it: new accounts get their row of passwd last, accounts that
// go lose it first. Everything happens under etc/.pwd.lock, as in useradd, vipw and systemd-sysusers.
#pragma once

#include <map>
#include <set>

#include "plugins/apply-unix/database.hpp"
#include "plugins/apply-unix/plan.hpp"
#include "plugins/apply-unix/tree.hpp"

namespace tk::apply_unix {

struct Outcome {
  std::size_t done = 0, already = 0;  // operations
  std::string recovered;              // the plan that was found half done, and was finished; or "dropped"
  std::vector<std::string> left;      // what recovery found changed by somebody else, and left as it was
};

class Transaction {
 public:
  explicit Transaction(const Tree& tree) : tree_(tree) {}

  Outcome apply(const Plan& plan);
  Outcome recover();
  // What does not stand as the plan says that it did; throws kStale on the first. True: the plan was carried out already.
  bool check(const Plan& plan);

 private:
  State state(const Op& op);
  State state_of_file(const Op& op);
  bool stands_as(const Op& file) const;
  void lock();
  static void no_id_twice(const Plan& plan, const Databases& databases);
  void recover_locked(Outcome& out);
  void stage(const Plan& plan);
  void forward(const Plan& plan);
  void clean(const Plan& plan);
  void stage_rows(const Plan& plan);
  void stage_home(const Op& op);
  void stage_file(const Op& op);
  void forward_op(const Op& op);
  void carry_out(const Op& op);
  void clean_op(const Op& op);
  void check_folders(const Plan& plan);
  // What `act` gives; nothing, and the file is left, where the owner of a home is in the way.
  template <typename Act>
  auto unless_theirs(const Op& file, Act act) -> std::optional<decltype(act())>;
  std::string attic_name(const Op& op) const;

  const Tree& tree_;
  Fd lock_;
  std::string id_;
  FileSystems written_;  // and not flushed yet
  std::set<std::string> left_;
};

}  // namespace tk::apply_unix
