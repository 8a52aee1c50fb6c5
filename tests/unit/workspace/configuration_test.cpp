#include <doctest/doctest.h>

#include <algorithm>
#include <random>

#include "core/workspace/configuration.hpp"

using namespace tk;
using namespace tk::workspace;

namespace {

std::mt19937 dice(20'260'101);
std::size_t below(std::size_t n) { return std::uniform_int_distribution<std::size_t>(0, n - 1)(dice); }

std::string some_words() {
  std::string out;
  for (auto n = below(4); n > 0; --n) out += (out.empty() ? "" : " ") + std::string(1, static_cast<char>('a' + below(5)));
  return out;
}

Merge some_merge() { return static_cast<Merge>(below(3)); }

ConfigLevel some_level(const std::string& name, bool locks = false) {
  static const char* const kKeys[] = {"shell", "tools", "net.allow", "net.deny"};
  ConfigLevel out{name, {}};
  for (const char* key : kKeys)
    for (auto merge : {Merge::remove, Merge::replace, Merge::append})
      if (below(4) == 0) {
        std::optional<Merge> said = merge;
        if (std::string(key) == "net.deny") {
          if (merge != Merge::append) continue;
          said.reset();
        }
        out.entries.push_back({key, some_words(), said, locks && below(6) == 0, {name + ".xml", 1, static_cast<int>(out.entries.size() + 1)}});
      }
  std::shuffle(out.entries.begin(), out.entries.end(), dice);
  return out;
}

Result<Configuration> merged(const std::vector<ConfigLevel>& levels) {
  std::vector<const ConfigLevel*> all;
  for (const auto& level : levels) all.push_back(&level);
  return merge_levels(all);
}

std::map<std::string, std::string> values(const Configuration& config) {
  std::map<std::string, std::string> out;
  for (const auto& [key, said] : config) out.emplace(key, said.value);
  return out;
}

}  // namespace

TEST_CASE("merging is associative: levels can be put together in any grouping") {
  for (int i = 0; i < 20'000; ++i) {
    Fold a(some_merge(), some_words()), b(some_merge(), some_words()), c(some_merge(), some_words()), d(some_merge(), some_words());
    auto left = a.then(b).then(c).then(d), right = a.then(b.then(c.then(d))), middle = a.then(b.then(c)).then(d);
    REQUIRE(left == right);
    REQUIRE(left == middle);
    auto above = some_words();
    REQUIRE(left.apply(above) == Fold(Merge::append, "").apply(d.apply(c.apply(b.apply(a.apply(above))))));
  }
}

TEST_CASE("the order of siblings in a level says nothing") {
  int with_three = 0;
  for (int i = 0; i < 5'000; ++i) {
    std::vector<ConfigLevel> levels = {some_level("one"), some_level("two"), some_level("three")};
    auto before = merged(levels);
    for (auto& level : levels) std::shuffle(level.entries.begin(), level.entries.end(), dice);
    auto after = merged(levels);
    REQUIRE(before.has_value() == after.has_value());
    if (!before) continue;
    REQUIRE(values(*before) == values(*after));
    with_three += before->size() >= 3;
  }
  CHECK(with_three > 1'000);
}

TEST_CASE("a lock only ever refuses: it changes no value of what is still valid, and one more refuses no less") {
  int refused = 0, kept = 0;
  for (int i = 0; i < 5'000; ++i) {
    std::vector<ConfigLevel> levels = {some_level("one", true), some_level("two", true), some_level("three")};
    auto open = levels;
    for (auto& level : open)
      for (auto& entry : level.entries) entry.lock = false;
    auto more = levels;
    auto& into = more[below(3)].entries;
    if (!into.empty()) into[below(into.size())].lock = true;
    auto locked = merged(levels), free = merged(open), stricter = merged(more);
    REQUIRE(free);
    if (locked) REQUIRE(values(*locked) == values(*free));
    if (stricter) REQUIRE(locked);  // monotone: what passes with more locks passes with fewer
    if (!locked) {
      REQUIRE(locked.error().code == Code::ws_config_locked);
      REQUIRE_FALSE(stricter);
    }
    (locked ? kept : refused)++;
  }
  CHECK(refused > 500);
  CHECK(kept > 500);
}

TEST_CASE("what is denied above is allowed nowhere below") {
  for (int i = 0; i < 5'000; ++i) {
    std::vector<ConfigLevel> levels = {some_level("one"), some_level("two")};
    auto above = merged(levels);
    levels.push_back(some_level("three"));
    auto below_it = merged(levels);
    REQUIRE(above);
    REQUIRE(below_it);
    auto denied = words_in((*above)["net.deny"].value), still = words_in((*below_it)["net.deny"].value), allowed = words_in((*below_it)["net.allow"].value);
    for (const auto& word : denied) {
      REQUIRE(std::find(still.begin(), still.end(), word) != still.end());
      REQUIRE(std::find(allowed.begin(), allowed.end(), word) == allowed.end());
    }
  }
  ConfigLevel top{"top", {{"net.deny", "git.*", {}, false, {"a.xml", 1, 1}}}}, leaf{"leaf", {{"net.deny", "x", Merge::replace, false, {"b.xml", 2, 3}}}};
  auto refused = merged({top, leaf});
  REQUIRE_FALSE(refused);
  CHECK(refused.error().where.file == "b.xml");
  ConfigLevel allow{"leaf", {{"net.allow", "git.push curl", {}, false, {"b.xml", 2, 3}}}};
  auto config = merged({top, allow}).value();
  CHECK(config["net.allow"].value == "curl");
  REQUIRE(config["net.allow"].denied.size() == 1);
  CHECK(config["net.allow"].denied[0].second.file == "a.xml");
}

TEST_CASE("what a locked key's breach names: both places") {
  ConfigLevel top{"galaxy:acme", {{"shell", "/bin/sh", {}, true, {"galaxy.xml", 2, 3}}}};
  ConfigLevel leaf{"space:acme/web/api", {{"shell", "/bin/zsh", {}, false, {"space.xml", 4, 5}}}};
  auto refused = merged({top, leaf});
  REQUIRE_FALSE(refused);
  CHECK(describe(refused.error()).find("space.xml:4:5") != std::string::npos);
  CHECK(refused.error().message.find("galaxy.xml:2:3") != std::string::npos);
}

TEST_CASE("a key is said once a level for each merge") {
  auto twice = read_config("<galaxy>\n <config key=\"a\" value=\"1\"/>\n <config key=\"a\" value=\"2\"/></galaxy>", "galaxies/x/galaxy.xml");
  REQUIRE_FALSE(twice);
  CHECK(twice.error().where.line == 3);
  auto both = read_config("<galaxy><config key=\"a\" value=\"1\" merge=\"append\"/>"
                          "<config key=\"a\" value=\"2\" merge=\"remove\"/></galaxy>", "galaxies/x/galaxy.xml");
  REQUIRE(both);
  CHECK(both->entries.size() == 2);
}

TEST_CASE("levels are read from their files, a galaxy after the one that it inherits") {
  std::map<std::string, std::string> files = {
      {"MANIFEST.xml", "<manifest version=\"1\"><defaults><config key=\"umask\" value=\"0027\"/></defaults></manifest>"},
      {"galaxies/base/galaxy.xml", "<galaxy><config key=\"shell\" value=\"/bin/sh\"/><config key=\"tools\" value=\"git\"/></galaxy>"},
      {"galaxies/acme/galaxy.xml", "<galaxy inherits=\"base\"><config key=\"shell\" value=\"/bin/bash\"/></galaxy>"},
      {"galaxies/acme/systems/web/system.xml", "<system><config key=\"tools\" value=\"make\" merge=\"append\"/></system>"},
      {"galaxies/acme/systems/web/spaces/api/space.xml", "<space tools=\"cargo\"/>"}};
  auto reader = [&] {
    return ConfigReader([&](const std::string& path) -> Result<std::optional<std::string>> {
      auto it = files.find(path);
      return it == files.end() ? std::optional<std::string>() : it->second;
    });
  };
  auto config = reader().of("acme.web").value();
  CHECK(config["shell"].value == "/bin/bash");
  CHECK(config["shell"].chain.size() == 2);
  CHECK(config["tools"].value == "git make");
  CHECK(config["umask"].value == "0027");
  CHECK(reader().of("acme.web.api").value()["tools"].value == "cargo");
  auto own = config_of_entity("<user name=\"al\" shell=\"/bin/zsh\" title=\"x\"/>", "f.xml", "user", "al").value();
  auto theirs = reader().of_entity("acme.web.api", own).value();
  CHECK(theirs["shell"].value == "/bin/zsh");
  CHECK_FALSE(theirs.contains("title"));
  files["galaxies/base/galaxy.xml"] = "<galaxy inherits=\"acme\"/>";
  CHECK_FALSE(reader().of("acme"));
}
