// The one write path: every change of state in tk is a transition that goes through the ten steps
// (PROMISES.md, C10). The room declares what it needs from above as ports: Authority says who may,
// Effects carries out the outbox. Who needs to know what was committed takes the Outcome.
#pragma once

#include <array>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "core/base/value.hpp"
#include "core/journal/journal.hpp"
#include "core/law/ref.hpp"
#include "core/record/definition.hpp"
#include "core/record/tally.hpp"
#include "core/record/machine.hpp"
#include "core/record/pii.hpp"
#include "core/trace/trace.hpp"

namespace tk::record {

// Who acts. Persons appear in the journal by entity id only.
struct Actor {
  std::string kind;  // user, agent
  std::string id;    // entity id
  std::string ref;   // for people to read, and for law
  std::string sponsor;  // entity id, of an agent
  std::string on_behalf_of;      // entity id of the one whose rights are used, when another's
  std::string on_behalf_of_ref;  // law is asked about this one, when it is set
  std::string borrow_id = {};    // the lease whose right is used
  std::string purpose = {};      // what for; a lease holds for its own purpose only
  std::string token = {};        // the jti that it came by; empty = not by a token
  std::string family = {};       // of refresh tokens, that it came by
  std::string run = {};          // the run that its token was made for; filled in where something waits
  std::string maker = {};        // the id of who made its token; likewise
  std::int64_t asked_ns = 0;     // when it asked, where what it asked for is carried out later
  // What its token is limited to: actions (or *) on resources that fit; empty = all that it may do.
  struct Limit {
    std::vector<std::string> actions, resources;
  };
  std::vector<Limit> limits = {};
};

// What law is asked: `fields` are the record's, `input` the arguments of what is about to happen.
struct Question {
  const Actor& actor;
  const std::string& action;
  law::Ref resource;
  const Value::Map* fields = nullptr;
  const Value::Map* input = nullptr;
  law::History* history = nullptr;               // the journal's word, for conditions that ask for it
  std::span<const std::string> labels = {};      // of what the run has seen so far
  std::string_view trace_id = {};
};

struct Ruling {
  bool allow = false;
  std::string rule_id, reason, policy_hash;
  bool error = false;       // denied because a condition failed
  std::vector<Obligation> obligations;  // an ask: law lets it happen when these are met (step 6)
  std::optional<Value::Map> arguments;  // a modify: the input as it has to be
  std::vector<std::string> labels;      // of the resource: whoever used it has seen them
  // The leases whose right this is, the borrower's own first: each is used once by it, in the same commit, and
  // law is asked again there. Empty = the actor's own right.
  std::vector<std::string> leases;
  bool of_journal = false;  // it rests on what the journal says: law is asked again inside the commit
};

class Authority {
 public:
  virtual ~Authority() = default;
  virtual Result<Ruling> rule(const Question& question) = 0;
  // Whether the actor may answer `parked` as one who holds `whom` (role:lead, group:x, user:x).
  virtual Result<bool> holds(const Actor&, const std::string& whom, const law::Ref& parked) {
    return fail(Code::bug, "nobody here knows who holds " + whom + " for " + parked.str());
  }
};

struct Effect {
  std::string topic, body;
};

class Store;

class Effects {
 public:
  virtual ~Effects() = default;
  virtual bool handles(const std::string& topic) const = 0;
  virtual Result<void> publish(std::int64_t seq, const Effect& effect) = 0;
  // The effect can never happen (publish gave a conflict): the place for a compensating transition.
  virtual Result<void> lost(Store&, const Effect&, const Error&) { return {}; }
};

// Hears of every commit at step 10, when it is durable: the place where a checkpoint is made now and then.
class Seal {
 public:
  virtual ~Seal() = default;
  virtual void committed(journal::Journal& journal, std::int64_t last_seq) = 0;
};

struct Record {
  std::string id, type, context, name, parent, state, definition;
  std::int64_t version = 0, created_ns = 0, updated_ns = 0;
  Value::Map fields;
  // What law is asked about: type:context/parent names/name.
  law::Ref resource() const { return {type, context, name.empty() ? id : name}; }
};

// What records were before a commit, in the order of its changes; a new one has no state.
using Befores = std::vector<const Record*>;

// One transition that is asked for. `event` empty = a new record.
struct Change {
  std::string id;  // of the record; for a new one optional
  std::string type, context, name, parent;  // of a new record
  std::string event;
  Value::Map input;  // fields of a new record, or the event's input
  Actor actor;
  trace::Context trace;
  std::string idempotency_key, reason;
  std::int64_t expected_version = 0;  // the record must still be at it, else a conflict; 0 = any
  bool migrate = false;  // the event is none of the machine's: the record goes to its type's current definition
  // A transition that tk itself owes (a compensation, a record for a hand-made declaration): law is not
  // asked, the row names this as its rule. Set by code only, never from a person's words.
  std::string owed;
  std::string parked;  // the item that this carries out; set by Store::answer only
  // Called inside the transaction, when the row's seq is known, with what the records of all changes of the commit
  // were; what it gives goes to the outbox.
  std::function<Result<std::vector<Effect>>(std::int64_t seq, const Befores& befores)> effects;
  // Asked inside the transaction, where nobody else writes; an error refuses the change, and is journaled.
  std::function<Result<void>()> condition;
};

struct Outcome {
  Record record;
  std::int64_t seq = 0;
  std::string from, decision, rule_id;
  bool repeated = false;  // the idempotency key was known: this is the stored result
};

// A person's answer to a parked transition, and what it led to.
struct Answered {
  Record item;
  std::optional<Outcome> done;  // the transition, when this was the last answer that it needed
};

// The ten steps with their times, for --explain.
struct Trail {
  struct Step {
    std::int64_t us = 0;
    std::string note;
  };
  std::array<Step, 10> steps;
};
inline constexpr std::array<const char*, 10> kStepNames = {
    "resolve", "validate", "match",  "authorise", "guard",
    "obligations", "reduce", "commit", "publish", "mirror and seal"};

class Store {
 public:
  // How long an ask waits for its approvals, and how many different ones of one run or actor may wait.
  struct Asks {
    std::int64_t expires_ms = 86'400'000;
    std::int64_t per_run = 20;
  };
  Asks asks;

  Store(journal::Journal journal, std::string root, Authority& authority, Effects* effects = nullptr)
      : journal_(std::move(journal)), definitions_(std::move(root)), authority_(authority),
        effects_(effects) {}

  void set_seal(Seal* seal) { seal_ = seal; }

  // All or nothing, in one commit. A refusal (denied, not legal here, wrong input) is journaled as
  // one row and comes back as the error.
  Result<std::vector<Outcome>> apply(std::vector<Change> changes, Trail* trail = nullptr);
  Result<Outcome> apply(Change change, Trail* trail = nullptr);

  Result<Record> get(const std::string& id);
  Result<bool> knows(const std::string& id);
  // As it was when row `seq` had been written (0 = any), or at a time (0 = any): the fold of its rows up to there.
  Result<Record> as_of(const std::string& id, std::int64_t seq, std::int64_t ts_ns);
  // The definition that the record is pinned to.
  Result<std::shared_ptr<const Definition>> definition_of(const Record& record);
  Result<std::optional<Record>> by_name(const std::string& type, const std::string& name);
  Result<std::optional<Record>> of_entity(const law::Ref& ref);
  // By full id or by a prefix that only one record of the type (empty = any) has.
  Result<Record> find(const std::string& id_or_prefix, const std::string& type = {});
  Result<std::vector<Record>> list(const std::string& type, const std::string& parent = {});

  // Transitions whose obligations are not met yet wait as records of type `parked` (parked.cpp). One that
  // waits is answered by somebody else than who asked; with the last approval it goes through apply again, in
  // the name of who asked, with law and guards asked anew.
  Result<Answered> answer(const Actor& actor, const trace::Context& trace, const std::string& item, bool approve,
                          const std::string& reason);

  // Law's answer where no transition asks: the denial is journaled and comes back as the error.
  Result<void> ask(const Actor& actor, const std::string& action, const law::Ref& resource);
  // Journals that law refused something that is no transition (acting as somebody else).
  Result<void> refused(const Actor& actor, const std::string& action, const law::Ref& resource,
                       const std::string& entity_id, const Ruling& ruling);

  // Carries out what an earlier process committed and did not live to publish.
  // Gives what could not be done any more and was compensated.
  Result<std::vector<Error>> recover();
  Result<bool> owes(const std::string& topic);  // whether the outbox holds any of it

  // Without one nothing personal is taken.
  void set_sealer(Sealer* sealer) { sealer_ = sealer; }

  journal::Journal& journal() { return journal_; }
  Tally& history() { return tally_; }
  Definitions& definitions() { return definitions_; }

 private:
  struct Prepared;
  Result<void> prepare(Prepared& p, Trail* trail);
  Result<void> resolve(Prepared& p);
  Result<void> validate(Prepared& p);
  Result<void> find_stored(Prepared& p);
  Result<void> match(Prepared& p);
  Result<void> authorise(Prepared& p);
  Result<Ruling> rule(const Prepared& p);
  Result<void> rule_again(Prepared& p);
  Result<void> hold(Prepared& p);
  Result<void> spend_leases(Prepared& p);
  Result<void> denied(const Prepared& p);
  Result<void> change_arguments(Prepared& p);
  Result<void> guard(Prepared& p);
  Result<void> oblige(Prepared& p);
  Result<void> reduce(Prepared& p);
  Result<void> park(Prepared& p, bool alone, Error& why);
  Result<void> park_once(Prepared& p, bool alone, Error& why);
  Result<std::optional<Record>> parked_for(const std::string& binding);
  Result<void> may_ask(const Prepared& p);
  Result<void> look_behind(Actor& actor);
  Result<void> expire(const Record& item, const Actor& actor, const trace::Context& trace);
  Result<Record> answer_once(const Actor& actor, const trace::Context& trace, const Record& item, bool approve,
                             const std::string& reason);
  Result<Outcome> carry_out(const Record& item, const trace::Context& trace);
  Result<void> may_answer(const Actor& actor, const trace::Context& trace, const Record& item, Value::Map& approval);
  Machine& machine(const Definition& definition);
  Result<void> commit(std::vector<Prepared>& all, journal::Row* beside = nullptr, const std::string& payload = {});
  Result<void> ask_effects(Prepared& p, const std::vector<Prepared>& all);
  Result<void> write(Prepared& p);
  Result<void> write_state(Prepared& p);
  Result<void> refuse(Prepared& p, const Error& why);
  journal::Row row_of_refusal(const Prepared& p, const std::string& why) const;
  Result<void> append_alone(journal::Row& row, const std::string& payload);
  Result<void> publish(std::vector<Prepared>& all);
  Result<void> publish_one(std::int64_t seq, int n, const Effect& effect);
  Result<Record> read(store::Statement& s);

  journal::Journal journal_;
  Definitions definitions_;
  Tally tally_{journal_};
  Authority& authority_;
  Effects* effects_;
  Sealer* sealer_ = nullptr;
  Seal* seal_ = nullptr;
  std::map<const Definition*, Machine> machines_;
};

// Compares every record with the fold of its journal rows; empty = all equal, else what differs.
Result<std::string> check_states(journal::Journal& journal);

// RFC 6902 over the members of an object: the patch that makes `after` of `before`, and its use.
Value diff_members(const Value::Map& before, const Value::Map& after);
Result<void> patch_members(Value::Map& members, const Value& patch);

}  // namespace tk::record
