// A clock for the tests of rights, and an organisation in a folder of its own.
#pragma once

#include "core/acl/keys.hpp"
#include "core/acl/token.hpp"
#include "core/base/clock.hpp"
#include "core/os/file.hpp"
#include "tests/acl/world.hpp"

namespace tk::acl::test {

inline std::int64_t now_ns = 0;

struct Office {
  Office() {
    now_ns = 1'800'000'000'000'000'000;
    clock::inject([] { return now_ns; });
    world = tk::test::World::open(folder, rights).value();
  }
  ~Office() {
    world.reset();
    clock::inject(nullptr);
    static_cast<void>(os::remove_tree(folder));
  }
  record::Store& store() const { return world->store(); }
  const law::Index& index() const { return world->gate().index(); }
  record::Actor actor(const std::string& ref) const { return world->actor(ref); }
  record::Actor owner() const { return actor("user:a/owner"); }
  static void seconds(double n) { now_ns += static_cast<std::int64_t>(n * 1e9); }

  Wanted wanted(const std::string& ref, std::int64_t life = 300) const {
    Wanted out;
    out.subject = party_of(world->store(), world->actor(ref)).value();
    out.audience = "tk";
    out.context = "a";
    out.expires_ms = (now_ns / 1'000'000'000 + life) * 1000;
    return out;
  }
  Issued issue(const Wanted& w) const {
    auto out = acl::issue(store(), index(), realm, w, owner(), world->trace()).value();
    store().apply(out.change).value();
    return out;
  }
  Result<record::Outcome> event(const std::string& id, const std::string& name, const record::Actor& by) const {
    record::Change c;
    c.id = id;
    c.event = name;
    c.actor = by;
    c.trace = world->trace();
    return store().apply(std::move(c));
  }

  std::string folder = os::temporary_directory("tk-unit-").value();
  Realm realm{folder + "/keys", "tk:test", "tk"};
  tk::test::Rights rights;
  std::unique_ptr<tk::test::World> world;
};

}  // namespace tk::acl::test
