#include <doctest/doctest.h>

#include "core/record/definition.hpp"

using namespace tk;
using namespace tk::record;

namespace {

const std::string kHead = "record = \"t\"\ninitial = \"a\"\n[fields]\nsize = \"int\"\ntitle = \"text\"\n"
                          "[[state]]\nname = \"a\"\n[[state]]\nname = \"b\"\n[[state]]\nname = \"done\"\nfinal = true\n";
const std::string kEdge = "[[transition]]\nevent = \"go\"\nfrom = [\"a\"]\nto = \"b\"\n";  // lines 13 to 16

Error error(const std::string& text) {
  auto def = parse_definition(text, "records/t.toml", ".");
  REQUIRE_FALSE(def.has_value());
  return def.error();
}
Error edge(const std::string& more) { return error(kHead + kEdge + more); }

}  // namespace

TEST_CASE("an unknown name in a guard is refused with its place and the nearest name") {
  auto e = edge("guard = [{ when = \"record.sise > 1\", reason = \"r\" }]\n");
  CHECK(e.exit() == Exit::usage);
  CHECK(e.where.file == "records/t.toml");
  CHECK(e.where.line == 17);
  CHECK(e.where.column == 27);
  CHECK(e.hint.find("size") != e.hint.npos);
  CHECK(edge("guard = [{ when = \"input.x > 1\", reason = \"r\" }]\n").exit() == Exit::usage);
  CHECK(edge("guard = [{ when = \"actor.nmae == ''\", reason = \"r\" }]\n").where.line == 17);
}

TEST_CASE("the place of a mistake is found behind escapes and in texts of many lines") {
  auto escaped = edge("guard = [{ when = \"record.title == \\\"\\u00e4\\\" && recrd.size > 1\", reason = \"r\" }]\n");
  CHECK(escaped.where.line == 17);
  CHECK(escaped.where.column == 50);
  auto many = edge("guard = [{ reason = \"r\", when = \"\"\"\nrecord.size > 1\n  && record.siz < 3\"\"\" }]\n");
  CHECK(many.where.line == 19);
  CHECK(many.where.column == 13);
}

TEST_CASE("a guard that is malformed, no condition, or says nothing is refused") {
  CHECK(edge("guard = [{ when = \"record.size >\", reason = \"r\" }]\n").code == Code::expr_syntax);
  CHECK(edge("guard = [{ when = \"record.size + 1\", reason = \"r\" }]\n").code == Code::expr_type);
  CHECK(edge("guard = [{ when = \"record.size == 'x'\", reason = \"r\" }]\n").code == Code::expr_type);
  CHECK(edge("guard = [{ when = \"true\", reason = \" \" }]\n").message == "`reason` says nothing");
  CHECK(edge("guard = [{ when = \"true\" }]\n").code == Code::toml_key);
  CHECK(edge("guard = [{ whne = \"true\", reason = \"r\" }]\n").hint == "did you mean `when`?");
  CHECK(edge("guard = 3\n").where.line == 17);
}

TEST_CASE("what is set must be a field, and of its type") {
  CHECK(edge("set = { sise = \"1\" }\n").hint == "did you mean \"size\"?");
  CHECK(edge("set = { size = \"'x'\" }\n").code == Code::expr_type);
  CHECK(edge("set = { size = 1 }\n").code == Code::toml_type);
  CHECK(edge("[[invariant]]\nwhen = \"input.x\"\nreason = \"r\"\n").exit() == Exit::usage);
}

TEST_CASE("obligations are of three kinds") {
  CHECK(edge("obligations = [{ kind = \"aproval\", of = \"role:x\" }]\n").hint == "did you mean \"approval\"?");
  CHECK(edge("obligations = [{ kind = \"approval\", of = \"lead\" }]\n").hint == "write of = \"role:lead\"");
  CHECK(edge("obligations = [{ kind = \"approval\", of = \"role:x\", n = 0 }]\n").message == "`n` is 1 to 100");
  CHECK(edge("obligations = [{ kind = \"reason\", n = 2 }]\n").code == Code::toml_key);
}

TEST_CASE("states in each other: circles, strangers and missing children are refused at their place") {
  auto with = [](const std::string& states) { return error("record = \"t\"\ninitial = \"a\"\n" + states); };
  auto circle = with("[[state]]\nname = \"a\"\nparent = \"b\"\ninitial = \"b\"\n[[state]]\nname = \"b\"\nparent = \"a\"\ninitial = \"a\"\n");
  CHECK(circle.message.find("circle") != circle.message.npos);
  CHECK(circle.where.line == 5);
  CHECK(with("[[state]]\nname = \"a\"\nparent = \"a\"\ninitial = \"a\"\n").message.find("circle") != std::string::npos);
  CHECK(with("[[state]]\nname = \"aa\"\n[[state]]\nname = \"a\"\nparent = \"ab\"\n").hint == "did you mean \"aa\"?");
  CHECK(with("[[state]]\nname = \"a\"\n[[state]]\nname = \"b\"\nparent = \"a\"\n").message == "a has states in it and needs `initial`");
  CHECK(with("[[state]]\nname = \"a\"\ninitial = \"b\"\n[[state]]\nname = \"b\"\n").where.line == 5);
}

TEST_CASE("a transition that could never be told from another is refused") {
  CHECK(edge(kEdge).message == "event go from a stands twice");
  CHECK(edge("guard = [{ when = \"record.size > 1\", reason = \"r\" }]\n" + kEdge +
             "guard = [{ when = \"record.size > 1\", reason = \"other words\" }]\n").where.line == 18);
  CHECK(edge("guard = [{ when = \"record.size > 1\", reason = \"r\" }]\n" + kEdge + "action = \"t.other\"\n")
            .message.find("another action") != std::string::npos);
  CHECK(edge("[[transition]]\nevent = \"x\"\nfrom = [\"a\", \"a\"]\n").message.find("twice") != std::string::npos);
  CHECK(edge("[[transition]]\nevent = \"x\"\nfrom = [\"done\"]\nto = \"a\"\n").message.find("final") != std::string::npos);
  CHECK(edge("[[transition]]\nevent = \"x\"\nfrom = [\"b\"]\nto = \"dne\"\n").hint == "did you mean \"done\"?");
}

TEST_CASE("[migrate] leads to states that are there") {
  CHECK(edge("[migrate]\nstates = { old = \"bb\" }\n").exit() == Exit::usage);
  auto def = parse_definition(kHead + kEdge + "[migrate]\nstates = { old = \"b\" }\n", "f", ".");
  REQUIRE(def);
  CHECK(def->migrate_states.at("old") == "b");
}
