// A small organisation with a real journal, law and gate, for the tests of leases: users l0…l2 who lend, agents
// b0…b2 who borrow, an owner, things to act on. What law permits and forbids is set anew at will.
#pragma once

#include <functional>
#include <memory>
#include <set>
#include <string>
#include <tuple>

#include "core/acl/gate.hpp"
#include "core/acl/lease.hpp"
#include "core/law/model.hpp"

namespace tk::test {

inline constexpr int kParties = 3, kActions = 3, kThings = 3;

struct Rights {
  std::set<std::tuple<int, int, int>> permits;   // lender, action, thing
  std::set<std::tuple<int, int, int>> forbids;   // borrower, action, thing
  std::set<int> suspended;                       // lenders
  std::function<void(law::Model&)> more = {};    // what a test declares besides
};
inline Rights all() {
  Rights r;
  for (int l = 0; l < kParties; ++l)
    for (int a = 0; a < kActions; ++a)
      for (int t = 0; t < kThings; ++t) r.permits.insert({l, a, t});
  return r;
}

std::string lender(int i);
std::string borrower(int i);
std::string action(int i);
law::Ref thing(int i);

class World {
 public:
  // In a folder that exists; several processes may open the same one.
  static Result<std::unique_ptr<World>> open(const std::string& root, const Rights& rights);
  // From now on law is this.
  Result<void> set(const Rights& rights);
  record::Actor actor(const std::string& ref);
  acl::Gate& gate() { return *gate_; }
  record::Store& store() { return *store_; }
  const trace::Context& trace() const { return trace_; }

 private:
  std::string bytes_;
  law::Index index_;
  std::optional<acl::Gate> gate_;
  std::optional<record::Store> store_;
  trace::Context trace_;
  std::string root_;
};

// What asks for the first action on everything.
acl::Request wish(World& w, int from, int to);

}  // namespace tk::test
