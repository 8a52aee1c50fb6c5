#include <doctest/doctest.h>

#include "core/os/file.hpp"
#include "core/record/store.hpp"

using namespace tk;
using namespace tk::record;
namespace journal = tk::journal;

namespace {

struct Everybody : Authority {
  bool allow = true;
  Result<Ruling> rule(const Question&) override {
    Ruling out;
    out.allow = allow;
    out.rule_id = "r1";
    out.reason = allow ? "" : "because";
    out.policy_hash = "p";
    return out;
  }
};

struct Fixture {
  std::string root = os::temporary_directory("tk-unit-").value();
  Everybody authority;
  Store store;
  Fixture() : store(open(), root, authority) {}
  ~Fixture() { static_cast<void>(os::remove_tree(root)); }
  journal::Journal open() {
    static_cast<void>(os::make_directories(root + "/records"));
    static_cast<void>(os::write_atomic(root + "/records/ticket.toml",
        "record = \"ticket\"\ninitial = \"open\"\n[fields]\ntitle = { type = \"text\" }\nreason = { type = \"text\" }\n"
        "[[state]]\nname = \"open\"\n[[state]]\nname = \"closed\"\n[[transition]]\nevent = \"close\"\n"
        "from = [\"open\"]\nto = \"closed\"\ninput = { reason = \"text\" }\n"));
    return journal::Journal::open(root + "/journal.db", store::Mode::read_write_create).value();
  }
  Change make() {
    Change c;
    c.type = "ticket";
    c.actor = {"user", "u1", "user:a/u1", "", "", ""};
    c.input = {{"title", "t"}};
    return c;
  }
  Change close(const std::string& id) {
    auto c = make();
    c.type.clear();
    c.id = id;
    c.event = "close";
    c.input = {{"reason", "done"}};
    return c;
  }
  std::int64_t rows() { return store.journal().head().value().seq; }
};

}  // namespace

TEST_CASE_FIXTURE(Fixture, "a transition goes through and the record is the fold of the journal") {
  auto made = store.apply(make()).value();
  CHECK(made.record.state == "open");
  auto closed = store.apply(close(made.record.id)).value();
  CHECK(closed.record.state == "closed");
  CHECK(closed.record.fields.at("reason") == Value("done"));
  CHECK(store.journal().verify().value().ok);
  CHECK(check_states(store.journal()).value().empty());
}

TEST_CASE_FIXTURE(Fixture, "a known idempotency key gives the stored result and writes nothing") {
  auto c = make();
  c.idempotency_key = "k";
  auto first = store.apply(c).value();
  auto again = store.apply(c).value();
  CHECK(again.repeated);
  CHECK(again.seq == first.seq);
  CHECK(again.record.id == first.record.id);
  CHECK(rows() == 1);
  auto other = close(first.record.id);
  other.idempotency_key = "k";
  CHECK(store.apply(other).error().code == Code::record_conflict);
}

TEST_CASE_FIXTURE(Fixture, "a refusal leaves the record and journals one row that names the step") {
  auto id = store.apply(make()).value().record.id;
  auto wrong = close(id);
  wrong.event = "reopen";
  CHECK(store.apply(wrong).error().code == Code::record_event);
  auto odd = close(id);
  odd.input = {{"raeson", "x"}};
  CHECK(store.apply(odd).error().hint == "did you mean `reason`?");
  authority.allow = false;
  CHECK(store.apply(close(id)).error().exit() == Exit::denied);
  CHECK(store.get(id).value().version == 1);
  std::vector<std::string> reasons, kinds;
  auto visit = [&](const journal::Stored& s) -> Result<bool> {
    reasons.push_back(s.row.reason);
    kinds.push_back(s.row.kind);
    return true;
  };
  CHECK(store.journal().each({}, visit));
  REQUIRE(kinds.size() == 4);
  CHECK(kinds[1] == "failed");
  CHECK(reasons[1].starts_with("step 3 match"));
  CHECK(kinds[3] == "denied");
  CHECK(reasons[3].starts_with("step 4 authorise"));
}

TEST_CASE_FIXTURE(Fixture, "of two writers on one version one wins and the other hears of it") {
  auto id = store.apply(make()).value().record.id;
  Everybody other_authority;
  Store other(journal::Journal::open(root + "/journal.db", store::Mode::read_write).value(), root, other_authority);
  std::vector<Change> two = {close(id), close(id)};  // both prepared on version 1
  CHECK(store.apply(std::move(two)).error().code == Code::record_conflict);
  CHECK(store.get(id).value().version == 1);  // all or nothing
  CHECK(other.apply(close(id)));
  CHECK(store.apply(close(id)).error().code == Code::record_event);
}

TEST_CASE_FIXTURE(Fixture, "a batch is one commit: a refusal in it undoes nothing because nothing was done") {
  auto id = store.apply(make()).value().record.id;
  std::vector<Change> batch = {close(id), close("no-such-record")};
  CHECK_FALSE(store.apply(std::move(batch)));
  CHECK(store.get(id).value().state == "open");
}

TEST_CASE("RFC 6902 over members: what diff makes, patch applies") {
  Value::Map a{{"x", 1}, {"gone", "g"}, {"a/b~c", 2}}, b{{"x", 2}, {"new", Value::List{1}}, {"a/b~c", 3}};
  auto patch = diff_members(a, b);
  CHECK(patch_members(a, patch));
  CHECK(a == b);
  CHECK(diff_members(b, b).as_list()->empty());
  CHECK_FALSE(patch_members(a, Value("no")));
}

TEST_CASE("a definition says what is wrong and where") {
  auto error = [](const char* text) { return parse_definition(text, "records/t.toml", ".").error(); };
  CHECK(error("record = \"t\"\ninitial = \"x\"\n").where.line == 2);
  CHECK(error("record = \"t\"\ninitail = \"x\"\n").hint == "did you mean `initial`?");
  CHECK(error("record = \"t\"\ninitial = \"a\"\n[fields]\nf = \"txt\"\n[[state]]\nname = \"a\"\n").where.line == 4);
}
