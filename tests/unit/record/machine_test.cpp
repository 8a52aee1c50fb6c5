#include <doctest/doctest.h>

#include "core/record/graph.hpp"
#include "core/record/machine.hpp"
#include "core/record/mirror.hpp"
#include "core/record/walk.hpp"

using namespace tk;
using namespace tk::record;

namespace {

const char* kTicket = R"toml(
record = "ticket"
initial = "work"
[fields]
n = { type = "int", default = 0 }
trail = { type = "text", default = "" }
owner = "text"
[[state]]
name = "work"
initial = "open"
on_enter = [{ set = "trail", to = "record.trail + '+work'" }]
on_exit = [{ set = "trail", to = "record.trail + '-work'" }]
tools = ["read"]
[[state]]
name = "open"
parent = "work"
on_enter = [{ set = "trail", to = "record.trail + '+open'" }]
on_exit = [{ set = "trail", to = "record.trail + '-open'" }]
tools = ["assign"]
[[state]]
name = "busy"
parent = "work"
on_enter = [{ set = "trail", to = "record.trail + '+busy'" }]
[[state]]
name = "closed"
final = true
[[transition]]
event = "take"
from = ["open"]
to = "busy"
input = { owner = "text" }
guard = [{ when = "input.owner != ''", reason = "nobody is named" }, { when = "record.n < 3", reason = "too often" }]
set = { n = "record.n + 1" }
[[transition]]
event = "note"
from = ["work"]
set = { n = "record.n + 10" }
[[transition]]
event = "note"
from = ["busy"]
set = { owner = "null" }
[[transition]]
event = "again"
from = ["work"]
to = "work"
[[transition]]
event = "close"
from = ["work"]
to = "closed"
[[invariant]]
when = "record.n <= 12"
reason = "n stays small"
)toml";

struct Fixture {
  Definition def = parse_definition(kTicket, "t", ".").value();
  Machine machine{def};
  Moment moment{"user", "user:a/u", "u", 1'700'000'000'000'000'000};

  Shape fresh() { return machine.create({}, moment).value(); }
  Result<Shape> put(const Shape& s, const std::string& event, const Value::Map& input = {}) {
    auto choice = machine.choose(def.candidates(event, s.state), s, input, moment);
    if (!choice.transition) return fail(Code::record_guard, choice.unmet.empty() ? "none" : choice.unmet.front());
    return machine.take(*choice.transition, s, input, moment);
  }
  std::string trail(const Shape& s) { return s.fields.at("trail").text(); }
};

}  // namespace

TEST_CASE_FIXTURE(Fixture, "a new record enters the initial state from the outside in, with defaults") {
  auto s = fresh();
  CHECK(s.state == "open");
  CHECK(trail(s) == "+work+open");
  CHECK(s.fields.at("n") == Value(0));
  CHECK(def.tools_in("open") == std::vector<std::string>{"assign", "read"});
  CHECK(def.leaves() == std::vector<std::string>{"open", "busy", "closed"});
}

TEST_CASE_FIXTURE(Fixture, "a transition leaves and enters only what is not common to both sides") {
  auto s = put(fresh(), "take", {{"owner", "x"}}).value();
  CHECK(s.state == "busy");
  CHECK(trail(s) == "+work+open-open+busy");
  CHECK(s.fields.at("owner") == Value("x"));
  CHECK(s.fields.at("n") == Value(1));
}

TEST_CASE_FIXTURE(Fixture, "a parent's transition holds in its children; the nearest wins") {
  auto open = put(fresh(), "note").value();
  CHECK(open.state == "open");
  CHECK(open.fields.at("n") == Value(10));
  CHECK(trail(open) == "+work+open");  // internal: nothing is left or entered
  auto busy = put(put(fresh(), "take", {{"owner", "x"}}).value(), "note").value();
  CHECK(busy.fields.at("n") == Value(1));
  CHECK_FALSE(busy.fields.contains("owner"));  // null takes a field away
}

TEST_CASE_FIXTURE(Fixture, "a transition of a state to itself leaves it and enters it") {
  auto s = put(put(fresh(), "take", {{"owner", "x"}}).value(), "again").value();
  CHECK(s.state == "open");
  CHECK(trail(s) == "+work+open-open+busy-work+work+open");
}

TEST_CASE_FIXTURE(Fixture, "every unmet condition gives its reason; one that fails is unmet") {
  auto s = fresh();
  s.fields["n"] = 3;
  Value::Map input{{"owner", ""}};
  auto choice = machine.choose(def.candidates("take", "open"), s, input, moment);
  CHECK(choice.unmet == std::vector<std::string>{"nobody is named", "too often"});
  Value::Map nothing;
  choice = machine.choose(def.candidates("take", "open"), s, nothing, moment);
  CHECK(choice.unmet.size() == 2);
  CHECK(choice.failed.size() == 1);
}

TEST_CASE_FIXTURE(Fixture, "an expression that fails, and an invariant that breaks, are said") {
  auto s = fresh();
  s.fields["n"] = INT64_MAX;
  CHECK(put(s, "note").error().code == Code::record_failed);
  s.fields["n"] = 5;
  CHECK(machine.broken(put(s, "note").value(), moment) == std::vector<std::string>{"n stays small"});
}

TEST_CASE_FIXTURE(Fixture, "walk takes every transition, the same way for the same seed") {
  auto one = walk(def, 1, 100'000), two = walk(def, 1, 100'000);
  CHECK(one.taken() == one.edges.size());
  CHECK(one.steps == two.steps);
}

TEST_CASE_FIXTURE(Fixture, "pictures and mirrors are the same bytes each time") {
  auto again = parse_definition(kTicket, "t", ".").value();
  CHECK(mermaid(def) == mermaid(again));
  CHECK(dot(def) == dot(again));
  CHECK(xstate(def) == xstate(again));
  CHECK(typescript(def).value() == typescript(again).value());
  CHECK(json_schema(def).value() == json_schema(again).value());
  CHECK(mermaid(def).find("open --> busy : take") != std::string::npos);
}

TEST_CASE("what has no translation is an error at its place, never left out") {
  std::string head = "record = \"t\"\ninitial = \"a\"\n[fields]\nx = \"text\"\nj = \"json\"\n[[state]]\nname = \"a\"\n"
                     "[[transition]]\nevent = \"e\"\nfrom = [\"a\"]\n";
  for (std::string bad : {"record.x.matches('a+')", "int(record.j) > 1", "duration(record.x) > duration('1s')",
                          "type(record.j) == string", "record.?j.hasValue()"}) {
    auto def = parse_definition(head + "guard = [{ when = \"" + bad + "\", reason = \"r\" }]\n", "t.toml", ".");
    REQUIRE_MESSAGE(def, bad);
    auto text = typescript(*def);
    REQUIRE_MESSAGE(!text, bad);
    CHECK(text.error().code == Code::record_mirror);
    CHECK(text.error().where.line == 11);
  }
}
