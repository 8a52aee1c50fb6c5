#include "core/provision/ids.hpp"

#include <doctest/doctest.h>

#include <cstdlib>
#include <map>
#include <random>
#include <set>

#include "core/base/text.hpp"
#include "core/provision/places.hpp"

using namespace tk;
using provision::IdRange;
using provision::Ids;

namespace {

std::string uuid(unsigned n) {
  char out[40];
  std::snprintf(out, sizeof out, "01900000-%04x-7000-8000-%012x", n >> 16, n);
  return out;
}

Ids read(const std::string& text, IdRange range = {}) {
  return Ids::read(text, range).value();
}

// As git joins two branches of one file with merge=union: what both have, then what each of them added.
std::string joined(const std::string& base, const std::string& a, const std::string& b) {
  return a + b.substr(base.size());
}

}  // namespace

TEST_CASE("an id stays whose it is, through a new name and a file that is written and read") {
  Ids ids;
  CHECK(ids.give(uuid(1), "user:a/eve").value() == 20000);
  CHECK(ids.give(uuid(1), "user:a/eva").value() == 20000);
  CHECK(ids.give(uuid(2), "user:a/bob").value() == 20001);
  ids.keep(uuid(2));
  auto again = read(ids.text());
  CHECK(again.text() == ids.text());
  CHECK_FALSE(again.changed());
  CHECK(again.given().empty());
  CHECK(again.find(uuid(2)) == 20001);
  CHECK(again.kept(uuid(2)));
  CHECK(again.refs(20000) == std::vector<std::string>{"user:a/eve"});
  CHECK(again.give(uuid(3), "user:a/ann").value() == 20002);
  CHECK(again.is_new(20002));
  CHECK_FALSE(again.is_new(20001));
}

TEST_CASE("an id that is taken, or one of the system, is given to nobody") {
  Ids ids;
  (void)ids.give(uuid(1), "user:a/eve", 30000);
  CHECK_FALSE(ids.give(uuid(2), "user:a/bob", 30000));
  for (auto id : {1U, 33U, 999U, 65534U, 65535U, 0x80000000U, 0xffffffffU}) CHECK_FALSE(ids.give(uuid(2), "user:a/bob", id));
  CHECK(ids.give(uuid(2), "user:a/bob", 1000).value() == 1000);
  for (const char* line : {"0", "33", "999", "65534", "4294967295", "4294967296", "-1", "020000", "2e4", ""}) {
    auto text = std::string(line) + "\t" + uuid(1) + "\tuser:a/eve\n";
    auto got = Ids::read(text, {});
    CHECK_MESSAGE((!got || std::string(line) == "020000"), line);
  }
  for (const char* text : {"20000\tnobody\tx\n", "20000\n", "20000\tx", "\t\t\n"}) CHECK_FALSE(Ids::read(text, {}));
}

TEST_CASE("an id beyond the range, or at its end, uses nothing up") {
  Ids ids = read("", {20000, 20003});
  CHECK(ids.give(uuid(1), "user:a/a", 70000).value() == 70000);
  CHECK(ids.give(uuid(2), "user:a/b", 20003).value() == 20003);
  std::set<std::uint32_t> given;
  for (unsigned n = 3; n < 6; ++n) given.insert(ids.give(uuid(n), "user:a/x").value());
  CHECK(given == std::set<std::uint32_t>{20000, 20001, 20002});
  CHECK_FALSE(ids.give(uuid(9), "user:a/z"));
  // nobody and its neighbour lie within a range that a person writes
  Ids wide = read("", {65533, 65540});
  CHECK(wide.give(uuid(1), "user:a/a").value() == 65533);
  CHECK(wide.give(uuid(2), "user:a/b").value() == 65536);
}

TEST_CASE("two branches that gave one id to two: the older entity keeps it, and what else the other has it keeps") {
  auto base = read("").text();
  auto line = [](unsigned id, unsigned n) { return std::to_string(id) + "\t" + uuid(n) + "\tuser:a/u" + std::to_string(n) + "\n"; };
  for (bool older_first : {true, false}) {
    auto ids = read(joined(base, base + line(20000, older_first ? 1 : 2), base + line(20000, older_first ? 2 : 1)));
    CHECK(ids.owner(20000) == uuid(1));
    CHECK(ids.find(uuid(2)) == 0);
    CHECK(ids.give(uuid(2), "user:a/u2").value() == 20001);
  }
  auto ids = read(base + line(20000, 2) + line(20005, 2) + line(20000, 1));
  CHECK(ids.find(uuid(2)) == 20005);
  CHECK(ids.find(uuid(1)) == 20000);
}

TEST_CASE("property: whatever is made, deleted, renamed, chosen and merged, no id comes to a second entity") {
  const unsigned steps = std::getenv("TK_FULL") ? 100'000 : 5'000;
  const IdRange range{20000, 500000};
  std::mt19937 random(20260);
  auto below = [&](std::size_t n) { return static_cast<std::size_t>(random() % n); };
  auto ids = read("", range);
  std::map<std::uint32_t, std::set<std::string>> claimed;  // who was ever given it, on any branch
  std::map<std::string, std::uint32_t> has;                // of those that live
  std::vector<std::string> living;
  unsigned made = 0, merges = 0;
  auto claim = [&](const std::string& entity, std::uint32_t id) {
    has[entity] = id;
    claimed[id].insert(entity);
  };
  auto make = [&](Ids& of, std::vector<std::pair<std::string, std::uint32_t>>& out) {
    auto entity = uuid(++made);
    auto wanted = below(20) == 0 ? static_cast<std::uint32_t>(20000 + below(500000)) : 0;
    if (!provision::of_people(wanted)) wanted = 0;
    auto id = of.give(entity, "user:a/u" + std::to_string(made), wanted);
    if (!id) {
      REQUIRE(wanted != 0);  // somebody's
      REQUIRE(claimed.contains(wanted));
      return;
    }
    out.emplace_back(entity, *id);
  };
  for (unsigned step = 0; step < steps; ++step) {
    auto what = below(100);
    std::vector<std::pair<std::string, std::uint32_t>> fresh;
    if (what < 45 || living.empty()) {
      make(ids, fresh);
      for (const auto& [entity, id] : fresh) {
        REQUIRE_FALSE(claimed.contains(id));
        claim(entity, id), living.push_back(entity);
      }
    } else if (what < 70) {
      auto at = below(living.size());
      has.erase(living[at]);
      living[at] = living.back(), living.pop_back();
    } else if (what < 98) {
      const auto& entity = living[below(living.size())];
      REQUIRE(ids.give(entity, "user:b/renamed" + std::to_string(step)).value() == has[entity]);
    } else {
      ++merges;
      auto base = ids.text();
      std::string sides[2];
      std::vector<std::pair<std::string, std::uint32_t>> given[2];
      for (int side = 0; side < 2; ++side) {
        auto branch = read(base, range);
        for (auto n = below(6); n > 0; --n) make(branch, given[side]);
        sides[side] = branch.text();
      }
      ids = read(joined(base, sides[0], sides[1]), range);
      for (const auto& side : given)
        for (const auto& [entity, id] : side) claimed[id].insert(entity), living.push_back(entity), has[entity] = ids.find(entity);
      // One that lost its id to an older one gets another, which was nobody's.
      for (const auto& side : given)
        for (const auto& [entity, id] : side) {
          auto owner = ids.owner(id);
          REQUIRE(owner == *claimed[id].begin());
          if (has[entity] != 0) {
            REQUIRE(has[entity] == id);
            continue;
          }
          auto another = ids.give(entity, "user:a/again").value();
          REQUIRE_FALSE(claimed.contains(another));
          claim(entity, another);
        }
    }
  }
  std::set<std::uint32_t> ids_of_living;
  for (const auto& [entity, id] : has) {
    REQUIRE(id != 0);
    REQUIRE(ids.find(entity) == id);
    REQUIRE(ids.owner(id) == entity);
    REQUIRE(ids_of_living.insert(id).second);
  }
  auto again = read(ids.text(), range);
  for (const auto& [id, who] : claimed) REQUIRE(again.owner(id) == ids.owner(id));
  CHECK(merges > 10);
  CHECK(has.size() > 100);
}
