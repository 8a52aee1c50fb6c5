#include <doctest/doctest.h>

#include "core/os/file.hpp"
#include "core/record/store.hpp"

using namespace tk;
using namespace tk::record;
namespace journal = tk::journal;

namespace {

struct Law : Authority {
  bool allow = true;
  std::vector<Obligation> more;  // what law itself asks for
  Result<Ruling> rule(const Question&) override {
    Ruling out;
    out.allow = allow;
    out.rule_id = "r1";
    out.reason = allow ? "" : "because";
    out.policy_hash = "p";
    out.obligations = more;
    return out;
  }
  // Who is called so: user:a/lead-1 holds role:lead.
  Result<bool> holds(const Actor& a, const std::string& whom, const law::Ref&) override {
    auto role = whom.substr(whom.find(':') + 1);
    return a.ref.find("/" + role) != a.ref.npos;
  }
};

const char* kTicket = R"toml(
record = "ticket"
initial = "open"
[fields]
size = { type = "int", default = 1 }
[[state]]
name = "open"
[[state]]
name = "closed"
final = true
[[transition]]
event = "close"
from = ["open"]
to = "closed"
input = { size = "int" }
guard = [{ when = "record.size < 9", reason = "too big" }]
obligations = [{ kind = "approval", of = "role:lead", n = 2 }]
[[transition]]
event = "grow"
from = ["open"]
set = { size = "record.size + 10" }
[[transition]]
event = "check"
from = ["open"]
obligations = [{ kind = "four-eyes" }]
[[transition]]
event = "explain"
from = ["open"]
obligations = [{ kind = "reason" }]
)toml";

struct Fixture {
  std::string root = os::temporary_directory("tk-unit-").value();
  Law law;
  Store store;
  Fixture() : store(open(), root, law) {}
  ~Fixture() { static_cast<void>(os::remove_tree(root)); }
  journal::Journal open() {
    static_cast<void>(os::make_directories(root + "/records"));
    static_cast<void>(os::write_atomic(root + "/records/ticket.toml", kTicket));
    return journal::Journal::open(root + "/journal.db", store::Mode::read_write_create).value();
  }
  static Actor actor(const std::string& name) { return {"user", "id-" + name, "user:a/" + name, "", "", ""}; }

  std::string ticket() {
    Change c;
    c.type = "ticket";
    c.actor = actor("ann");
    return store.apply(std::move(c)).value().record.id;
  }
  Result<Outcome> put(const std::string& id, const std::string& event, const std::string& who = "ann", const std::string& reason = "") {
    Change c;
    c.id = id;
    c.event = event;
    if (event == "close") c.input = {{"size", 2}};
    c.actor = actor(who);
    c.reason = reason;
    return store.apply(std::move(c));
  }
  Record item() {
    auto all = store.list("parked").value();
    REQUIRE_FALSE(all.empty());
    return all.back();
  }
  Result<Answered> approve(const std::string& who) { return store.answer(actor(who), {}, item().id, true, ""); }
  std::vector<std::string> kinds() {
    std::vector<std::string> out;
    auto visit = [&](const journal::Stored& s) -> Result<bool> {
      out.push_back(s.row.kind + " " + s.row.event_type);
      return true;
    };
    REQUIRE(store.journal().each({}, visit));
    return out;
  }
  void whole() {
    CHECK(check_states(store.journal()).value() == "");
    CHECK(store.journal().verify().value().ok);
  }
};

}  // namespace

TEST_CASE_FIXTURE(Fixture, "an unmet obligation parks: one row, one item, the record as it was") {
  auto id = ticket();
  auto e = put(id, "close").error();
  CHECK(e.code == Code::record_parked);
  CHECK(e.exit() == Exit::waiting);
  CHECK(store.get(id).value().version == 1);
  CHECK(item().state == "open");
  CHECK(kinds() == std::vector<std::string>{"done ticket.created", "parked transition.parked", "done obligation.opened"});
  // Asked again: journaled again, but it waits only once.
  CHECK(put(id, "close").error().code == Code::record_parked);
  CHECK(store.list("parked").value().size() == 1);
  whole();
}

TEST_CASE_FIXTURE(Fixture, "with the n-th approval the transition is carried out in the name of who asked") {
  auto id = ticket();
  CHECK_FALSE(put(id, "close"));
  auto first = approve("lead-1").value();
  CHECK_FALSE(first.done);
  CHECK(first.item.state == "open");
  auto second = approve("lead-2").value();
  REQUIRE(second.done);
  CHECK(second.done->record.state == "closed");
  CHECK(second.done->record.fields.at("size") == Value(2));
  CHECK(second.item.state == "done");
  CHECK(approve("lead-3").error().code == Code::record_answered);
  journal::Filter of_ticket;
  of_ticket.entity = id;
  std::string last;
  auto visit = [&](const journal::Stored& s) -> Result<bool> {
    last = s.row.actor_id;
    return true;
  };
  CHECK(store.journal().each(of_ticket, visit));
  CHECK(last == "id-ann");
  whole();
}

TEST_CASE_FIXTURE(Fixture, "nobody approves what they asked for, counts twice, or counts without the role") {
  auto id = ticket();
  CHECK_FALSE(put(id, "close", "lead-0"));
  CHECK(approve("lead-0").error().code == Code::record_approval);
  auto in_anothers_name = actor("lead-0");
  in_anothers_name.on_behalf_of = "id-lead-7";
  in_anothers_name.on_behalf_of_ref = "user:a/lead-7";
  CHECK(store.answer(in_anothers_name, {}, item().id, true, "").error().code == Code::record_approval);
  CHECK(approve("bob").error().exit() == Exit::denied);
  CHECK(approve("lead-1"));
  CHECK(approve("lead-1").error().code == Code::record_approval);
  law.allow = false;
  CHECK(approve("lead-2").error().code == Code::law_denied);
  CHECK(store.get(id).value().version == 1);
  whole();
}

TEST_CASE_FIXTURE(Fixture, "a record that moved meanwhile is a conflict, and the item lapses") {
  auto id = ticket();
  CHECK_FALSE(put(id, "close"));
  CHECK(put(id, "grow"));
  CHECK(approve("lead-1"));
  CHECK(approve("lead-2").error().exit() == Exit::conflict);
  CHECK(item().state == "lapsed");
  CHECK(store.get(id).value().state == "open");
  whole();
}

TEST_CASE_FIXTURE(Fixture, "law and guards are asked before anything waits, and again when it is carried out") {
  auto id = ticket();
  CHECK(put(id, "grow"));
  CHECK(put(id, "close").error().code == Code::record_guard);
  CHECK(store.list("parked").value().empty());
}

TEST_CASE_FIXTURE(Fixture, "denied is denied, with the reason; asked again it is another item") {
  auto id = ticket();
  CHECK_FALSE(put(id, "close"));
  auto denied = store.answer(actor("bob"), {}, item().id, false, "not on a Friday").value();
  CHECK(denied.item.state == "denied");
  CHECK(denied.item.fields.at("outcome") == Value("denied by user:a/bob: not on a Friday"));
  CHECK_FALSE(put(id, "close"));
  CHECK(store.list("parked").value().size() == 2);
  CHECK(item().state == "open");
  whole();
}

TEST_CASE_FIXTURE(Fixture, "four eyes: anybody but who asked") {
  auto id = ticket();
  CHECK_FALSE(put(id, "check"));
  CHECK(approve("ann").error().code == Code::record_approval);
  CHECK(approve("bob").value().done);
}

TEST_CASE_FIXTURE(Fixture, "a reason is given by who asks, with the question") {
  auto id = ticket();
  auto e = put(id, "explain").error();
  CHECK(e.exit() == Exit::waiting);
  CHECK(store.list("parked").value().empty());
  CHECK(kinds().back() == "parked transition.parked");
  CHECK(put(id, "explain", "ann", "because"));
}

TEST_CASE_FIXTURE(Fixture, "what law asks for is asked for too, also of a new record") {
  law.more = {{"approval", "role:boss", 1}};
  Change c;
  c.type = "ticket";
  c.actor = actor("ann");
  CHECK(store.apply(c).error().code == Code::record_parked);
  law.more.clear();
  law.more = {{"approval", "role:boss", 1}};
  auto asked = item();
  // The answer itself is a transition: law asks nothing more of it here.
  law.more.clear();
  auto done = store.answer(actor("boss"), {}, asked.id, true, "").value();
  REQUIRE(done.done);
  CHECK(done.done->record.id == asked.fields.at("record").text());
  CHECK(done.done->record.state == "open");
  whole();
}

TEST_CASE_FIXTURE(Fixture, "an approval is good for exactly what was asked") {
  auto id = ticket();
  CHECK_FALSE(put(id, "close"));
  Change other;
  other.id = id;
  other.event = "close";
  other.input = {{"size", 3}};
  other.actor = actor("ann");
  CHECK(approve("lead-1"));
  CHECK(store.apply(other).error().code == Code::record_parked);
  CHECK(store.list("parked").value().size() == 2);
}

TEST_CASE_FIXTURE(Fixture, "law and the definition that ask for the same role ask for the larger number, not for both") {
  auto id = ticket();
  law.more = {{"approval", "role:lead", 1}};
  CHECK_FALSE(put(id, "close"));
  law.more.clear();
  CHECK(item().fields.at("needs").as_list()->size() == 1);
  CHECK_FALSE(approve("lead-1").value().done);
  CHECK(approve("lead-2").value().done);
  whole();
}

TEST_CASE_FIXTURE(Fixture, "an approval is bound to the reason, the purpose and the lease that were given with the ask") {
  auto id = ticket();
  CHECK_FALSE(put(id, "check", "ann", "one"));
  CHECK_FALSE(put(id, "check", "ann", "one"));
  CHECK(store.list("parked").value().size() == 1);
  CHECK_FALSE(put(id, "check", "ann", "two"));
  Change c;
  c.id = id;
  c.event = "check";
  c.reason = "one";
  c.actor = actor("ann");
  c.actor.purpose = "p";
  CHECK_FALSE(store.apply(c));
  c.actor.borrow_id = "lease";
  CHECK_FALSE(store.apply(c));
  CHECK(store.list("parked").value().size() == 4);
}

TEST_CASE_FIXTURE(Fixture, "no more items wait than may, and what waits already is no more") {
  store.asks.per_run = 3;
  auto id = ticket();
  for (const char* why : {"1", "2", "3", "2", "1"}) CHECK(put(id, "check", "ann", why).error().code == Code::record_parked);
  CHECK(put(id, "check", "ann", "4").error().code == Code::record_asks);
  CHECK(put(id, "check", "bob", "4").error().code == Code::record_parked);
  CHECK(store.list("parked").value().size() == 4);
  whole();
}

TEST_CASE_FIXTURE(Fixture, "what somebody else carried out meanwhile is over, and is not asked for anew") {
  auto id = ticket();
  CHECK_FALSE(put(id, "check"));
  auto asked = item();
  // One who approved, and was stopped before it was carried out; two others finish it.
  auto text = asked.id;
  Change grant;
  grant.id = text;
  grant.event = "grant";
  grant.owed = "consent";
  grant.actor = actor("bob");
  grant.input = {{"approvals", Value::List{Value::Map{{"id", "id-bob"}, {"as", Value::List{Value("four-eyes")}}}}}};
  REQUIRE(store.apply(std::move(grant)));
  Store other(open(), root, law);
  CHECK(store.answer(actor("bob"), {}, text, true, "").value().done);
  CHECK(other.answer(actor("eve"), {}, text, true, "").error().code == Code::record_answered);
  Change late;  // as the other would have it, who had seen it approved
  late.id = id;
  late.event = "check";
  late.actor = actor("ann");
  late.parked = text;
  CHECK(other.apply(std::move(late)).error().code == Code::record_answered);
  CHECK(store.list("parked").value().size() == 1);
  whole();
}
