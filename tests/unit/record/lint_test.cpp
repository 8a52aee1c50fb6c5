#include <doctest/doctest.h>

#include "core/record/lint.hpp"

using namespace tk;
using namespace tk::record;

namespace {

std::vector<std::string> kinds(const std::string& transitions, const std::string& states = "") {
  auto def = parse_definition("record = \"t\"\ninitial = \"a\"\n[fields]\nn = \"int\"\ns = \"text\"\nb = \"bool\"\n[[state]]\nname = \"a\"\n"
                              "[[state]]\nname = \"z\"\nfinal = true\n" + states + transitions, "t", ".");
  REQUIRE_MESSAGE(def, (def ? "" : describe(def.error())));
  std::vector<std::string> out;
  for (const auto& f : lint(*def)) out.push_back(f.kind);
  return out;
}
std::string edge(const std::string& guard, const std::string& event = "e", const std::string& to = "z") {
  return "[[transition]]\nevent = \"" + event + "\"\nfrom = [\"a\"]\nto = \"" + to + "\"\n" +
         (guard.empty() ? "" : "guard = [{ when = \"" + guard + "\", reason = \"r\" }]\n");
}
using Kinds = std::vector<std::string>;

}  // namespace

TEST_CASE("tk's own definitions have no findings") {
  Definitions all("/nonexistent");
  for (const auto* types : {&entity_types(), &driven_types()})
    for (const auto& type : *types) {
      auto def = all.current(type).value();
      for (const auto& f : lint(*def)) FAIL_CHECK(type << ": " << f.message);
    }
}

TEST_CASE("states that nobody reaches, and that nobody leaves") {
  CHECK(kinds(edge("")) == Kinds{});
  CHECK(kinds(edge(""), "[[state]]\nname = \"x\"\nfinal = true\n") == Kinds{"unreachable"});
  CHECK(kinds(edge("", "e", "x") + edge("", "f"), "[[state]]\nname = \"x\"\n") == Kinds{"dead-end"});
  // Reached only by a transition that is never taken.
  CHECK(kinds(edge("record.n > 3 && record.n < 3", "e", "z")) == Kinds{"unreachable", "never"});
}

TEST_CASE("guards that can never hold or always do, where it can be proved") {
  auto never = [](const std::string& guard) { return kinds(edge(guard) + edge("", "f")) == Kinds{"never"}; };
  CHECK(never("record.n > 5 && record.n <= 5"));
  CHECK(never("record.s == 'a' && record.s == 'b'"));
  CHECK(never("record.b && !record.b"));
  CHECK(never("record.n == 3 && record.n > 3"));
  CHECK(never("1 > 2"));
  CHECK(never("record.n == 4 && 4 != record.n"));
  CHECK(kinds(edge("2 > 1") + edge("", "f")) == Kinds{"always"});
  for (std::string fine : {"record.n > 5 || record.n <= 5", "record.n >= 5 && record.n <= 5", "record.n > 5",
                           "has(record.n) && record.n != 0", "record.n + 1 > record.n", "record.n > 4 && record.n < 6"})
    CHECK_MESSAGE(kinds(edge(fine) + edge("", "f")) == Kinds{}, fine);
}

TEST_CASE("transitions beside each other: overlap, shadow, and the one without a guard") {
  CHECK(kinds(edge("record.n > 5") + edge("record.n > 3")) == Kinds{"overlap"});
  CHECK(kinds(edge("record.n > 5") + edge("record.n <= 5")) == Kinds{});
  CHECK(kinds(edge("record.n > 5") + edge("size(record.s) > 3")) == Kinds{});  // not provable
  CHECK(kinds(edge("record.n > 5") + edge("record.n < 6")) == Kinds{});  // no int is there
  CHECK(kinds(edge("record.n > 5") + edge("")) == Kinds{"unguarded"});
  auto both = edge("record.n > 5") + "[[transition]]\nevent = \"e\"\nfrom = [\"a\"]\nto = \"z\"\nguard = [{ when = \"record.n > 5\", reason = \"r\" }, "
              "{ when = \"record.b\", reason = \"r\" }]\n";
  CHECK(kinds(both) == Kinds{"shadowed"});
}
