#include <doctest/doctest.h>

#include <algorithm>
#include <random>

#include "core/workspace/capabilities.hpp"

using namespace tk;
using namespace tk::workspace;

namespace {

std::vector<Capability> read(const std::string& context, const std::string& xml) { return read_capabilities(xml, "i.xml", context).value(); }

std::vector<Capability> join(std::vector<Capability> a, const std::vector<Capability>& b) {
  a.insert(a.end(), b.begin(), b.end());
  return a;
}

CapabilityMode mode(const std::vector<Capability>& all, const CapabilityAsker& who, const std::string& name) {
  return capability_of(all, who, "github", "tool", name).mode;
}

}  // namespace

TEST_CASE("what nobody names is off, and so is what has no mode") {
  auto all = read("acme", "<integration server=\"github\"><capability kind=\"tool\" name=\"push\"/></integration>");
  CapabilityAsker who{{}, "acme.web"};
  CHECK(mode(all, who, "push") == CapabilityMode::off);
  auto nothing = capability_of(all, who, "github", "tool", "pull");
  CHECK(nothing.mode == CapabilityMode::off);
  CHECK(nothing.by == nullptr);
}

TEST_CASE("several that give are joined, an off that is written out wins") {
  auto all = join(read("acme", "<integration server=\"github\">\n<capability kind=\"tool\" name=\"push\" mode=\"borrow\" lender=\"user:a\"/></integration>"),
                  read("acme.web", "<integration server=\"github\" profile=\"dev\"><capability kind=\"tool\" name=\"push\" mode=\"on\"/></integration>"));
  CapabilityAsker dev{{"dev"}, "acme.web.api"}, other{{"ops"}, "acme.web.api"}, outside{{"dev"}, "acme.sales"}, elsewhere{{"dev"}, "other"};
  CHECK(mode(all, dev, "push") == CapabilityMode::on);
  CHECK(mode(all, other, "push") == CapabilityMode::borrow);
  CHECK(mode(all, outside, "push") == CapabilityMode::borrow);
  CHECK(mode(all, elsewhere, "push") == CapabilityMode::off);
  CHECK(capability_of(all, other, "github", "tool", "push").by->at.line == 2);
  // An entry without a mode takes nothing away.
  all = join(all, read("acme.web", "<integration server=\"github\"><capability kind=\"tool\" name=\"push\"/></integration>"));
  CHECK(mode(all, dev, "push") == CapabilityMode::on);
  all = join(all, read("acme", "<integrations><integration name=\"no\" server=\"github\">"
                               "<capability kind=\"tool\" name=\"pu*\" mode=\"off\"/></integration></integrations>"));
  CHECK(mode(all, dev, "push") == CapabilityMode::off);
  CHECK(capability_of(all, dev, "github", "tool", "push").by->integration == "integration:acme/no");
}

TEST_CASE("what is suspended gives nothing; approve=human of any that gives holds") {
  auto all = read("acme", "<integration server=\"github\" state=\"suspended\"><capability kind=\"tool\" name=\"push\" mode=\"on\"/></integration>");
  CHECK(all.empty());
  all = join(read("acme", "<integration server=\"github\"><capability kind=\"tool\" name=\"push\" mode=\"on\"/></integration>"),
             read("acme", "<integration server=\"github\"><capability kind=\"tool\" name=\"*\" mode=\"borrow\" approve=\"human\"/></integration>"));
  auto ruling = capability_of(all, {{}, "acme"}, "github", "tool", "push");
  CHECK(ruling.mode == CapabilityMode::on);
  CHECK(ruling.human);
  CHECK(capabilities_of(all, {{}, "acme"}).size() == 2);
}

TEST_CASE("property: off is final, more never gives less, and the order of files says nothing") {
  std::mt19937 dice(7);
  auto below = [&](std::size_t n) { return std::uniform_int_distribution<std::size_t>(0, n - 1)(dice); };
  const char* const contexts[] = {"acme", "acme.web", "acme.web.api", "other"};
  const char* const profiles[] = {"", "dev", "ops"};
  const char* const names[] = {"push", "pull", "p*", "*"};
  const char* const modes[] = {"", " mode=\"off\"", " mode=\"borrow\"", " mode=\"on\""};
  for (int i = 0; i < 3'000; ++i) {
    std::vector<Capability> all;
    for (auto n = below(8); n > 0; --n)
      all = join(all, read(contexts[below(4)], std::string("<integration server=\"github\" profile=\"") + profiles[below(3)] +
                                                  "\"><capability kind=\"tool\" name=\"" +
                                                  names[below(4)] + "\"" + modes[below(4)] + "/></integration>"));
    CapabilityAsker who{{profiles[1 + below(2)]}, contexts[below(4)]};
    auto before = capability_of(all, who, "github", "tool", "push");
    auto off = before.by && before.by->said && before.mode == CapabilityMode::off;
    auto shuffled = all;
    std::shuffle(shuffled.begin(), shuffled.end(), dice);
    REQUIRE(mode(shuffled, who, "push") == before.mode);
    auto more = join(all, read("acme", std::string("<integration server=\"github\"><capability kind=\"tool\" name=\"push\"") +
                                          modes[2 + below(2)] + "/></integration>"));
    if (off) REQUIRE(mode(more, who, "push") == CapabilityMode::off);
    else REQUIRE(mode(more, who, "push") >= before.mode);
  }
}
