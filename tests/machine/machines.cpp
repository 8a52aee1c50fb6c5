// Random machines, the heavy checks of core/record:
//   machines fold [EVENTS]          random events through Store::apply: every record is the fold of its journal,
//                                   and what the pure machine makes of the same events
//   machines mirror FOLDER SEQUENCES   each machine's TypeScript mirror, and sequences with what C++ makes of them
//   machines journal FOLDER EVENTS     a journal's rows as events, and what tk has of the record at its end
#include <cstdio>
#include <cstdlib>
#include <map>

#include "core/base/clock.hpp"
#include "core/json/json.hpp"
#include "core/os/file.hpp"
#include "core/record/made_up.hpp"
#include "core/record/mirror.hpp"
#include "core/record/store.hpp"
#include "tests/machine/random_machine.hpp"

using namespace tk;
using namespace tk::record;

namespace {

constexpr int kMachines = 50;

[[noreturn]] void stop(const std::string& why) {
  std::fprintf(stderr, "FAILED: %s\n", why.c_str());
  std::exit(1);
}
template <class T>
T good(Result<T> r, const std::string& what) {
  if (!r) stop(what + ": " + describe(r.error()));
  return std::move(*r);
}
void good(const Result<void>& r, const std::string& what) {
  if (!r) stop(what + ": " + describe(r.error()));
}

struct Everybody : Authority {
  Result<Ruling> rule(const Question&) override {
    Ruling out;
    out.allow = true;
    out.rule_id = "r";
    out.policy_hash = "p";
    return out;
  }
};

std::string type_of(int k) { return "m" + std::to_string(k); }

std::string json_of(const Shape& s, std::int64_t version) {
  return json::compact(Value::Map{{"fields", s.fields}, {"state", s.state}, {"version", version}});
}

Value event_value(const std::string& event, const Value::Map& input, const Moment& m) {
  return Value::Map{{"type", event}, {"input", input}, {"now", m.now_ns},
                    {"actor", Value::Map{{"kind", m.actor_kind}, {"ref", m.actor_ref}, {"id", m.actor_id}}}};
}

std::int64_t injected = 0;

// An event that is legal in the state, now and then one that is not.
std::string some_event(const Definition& d, const std::string& state, Dice& dice) {
  auto events = d.events_from(state);
  if (events.empty() || dice.one_in(40)) return "e" + std::to_string(dice.below(9));
  return events[dice.below(events.size())];
}

Value::Map some_input(const Definition& d, const std::string& event, const std::string& state, MadeUp& made_up) {
  const auto* t = d.find(event, state);
  return t ? made_up.members(t->input) : Value::Map{};
}

struct Scratch {
  std::string root = os::temporary_directory("tk-machines-").value();
  ~Scratch() { static_cast<void>(os::remove_tree(root)); }
  journal::Journal open() {
    good(os::make_directories(root + "/records"), "records");
    for (int k = 0; k < kMachines; ++k)
      good(os::write_atomic(root + "/records/" + type_of(k) + ".toml", machine::random_definition(1000 + k, type_of(k))), "write");
    return good(journal::Journal::open(root + "/journal.db", store::Mode::read_write_create), "journal");
  }
};

void fold(std::int64_t events) {
  setenv("TK_FAIL_AT", "db.sync=skip", 1);  // nothing here is about the disk
  clock::inject([] { return injected; });
  Scratch scratch;
  Everybody everybody;
  Store store(scratch.open(), scratch.root, everybody);
  std::int64_t done = 0, refused = 0;
  for (int k = 0; k < kMachines; ++k) {
    auto def = good(store.definitions().current(type_of(k)), type_of(k));
    Machine pure(*def);
    Dice dice(static_cast<std::uint64_t>(k));
    MadeUp made_up(*def, dice);
    Shape shape;
    std::string id;
    std::int64_t version = 0;
    for (std::int64_t n = 0; n < events / kMachines; ++n) {
      Change c;
      auto moment = made_up.moment();
      injected = moment.now_ns;
      c.actor = {moment.actor_kind, moment.actor_id.empty() ? "x" : moment.actor_id, moment.actor_ref, "", "", ""};
      moment.actor_id = c.actor.id;
      Result<Shape> expected = fail(Code::bug, "none");
      if (id.empty() || dice.one_in(60)) {
        c.type = type_of(k);
        c.input = made_up.members(def->fields);
        expected = pure.create(c.input, moment);
        id.clear();
      } else {
        c.id = id;
        c.event = some_event(*def, shape.state, dice);
        c.input = some_input(*def, c.event, shape.state, made_up);
        auto choice = pure.choose(def->candidates(c.event, shape.state), shape, c.input, moment);
        if (choice.transition) expected = pure.take(*choice.transition, shape, c.input, moment);
      }
      if (expected && !pure.broken(*expected, moment).empty()) expected = fail(Code::bug, "broken");
      auto applied = store.apply(std::move(c));
      if (applied.has_value() != expected.has_value())
        stop(type_of(k) + ": apply and the pure machine differ: " + (applied ? "done" : describe(applied.error())));
      applied ? ++done : ++refused;
      if (!applied) continue;
      id = applied->record.id;
      version = applied->record.version;
      shape = {applied->record.state, applied->record.fields};
      if (json_of(shape, version) != json_of(*expected, version)) stop(type_of(k) + ": not what the pure machine makes");
    }
    if (id.empty()) continue;
    auto kept = good(store.get(id), id);
    if (json_of({kept.state, kept.fields}, kept.version) != json_of(shape, version)) stop("what is kept differs");
  }
  auto differs = good(check_states(store.journal()), "fold");
  if (!differs.empty()) stop("not the fold of the journal: " + differs);
  if (!good(store.journal().verify(), "verify").ok) stop("the chain does not hold");
  std::printf("%lld events over %d machines: %lld done, %lld refused; every state is the fold of its journal\n",
              static_cast<long long>(done + refused), kMachines, static_cast<long long>(done), static_cast<long long>(refused));
}

// FNV-1a over everything that a sequence went through.
struct Digest {
  std::uint64_t h = 14695981039346656037u;
  void add(std::string_view s) {
    for (char c : s) h = (h ^ static_cast<unsigned char>(c)) * 1099511628211u;
  }
  std::string hex() const {
    char out[17];
    std::snprintf(out, sizeof out, "%016llx", static_cast<unsigned long long>(h));
    return out;
  }
};

// One sequence: how it begins, its events, the digest of all states and the last of them.
std::string sequence(const Definition& def, Machine& pure, Dice& dice, MadeUp& made_up) {
  auto moment = made_up.moment();
  auto fields = made_up.members(def.fields);
  auto shape = pure.create(fields, moment);
  Value::List events;
  Digest digest;
  std::int64_t version = 1;
  std::string last;
  if (shape && !pure.broken(*shape, moment).empty()) shape = fail(Code::bug, "broken");
  Value begin = event_value("", fields, moment);
  if (shape) digest.add(last = json_of(*shape, version));
  for (auto n = 2 + dice.below(10); shape && n > 0; --n) {
    auto event = some_event(def, shape->state, dice);
    auto input = some_input(def, event, shape->state, made_up);
    moment = made_up.moment();
    events.push_back(event_value(event, input, moment));
    auto choice = pure.choose(def.candidates(event, shape->state), *shape, input, moment);
    for (const auto& reason : choice.unmet) digest.add(reason);
    if (choice.transition)
      if (auto next = pure.take(*choice.transition, *shape, input, moment); next && pure.broken(*next, moment).empty()) {
        // As it comes back from where it is kept.
        auto kept = json::parse(json::compact(next->fields));
        *shape = {next->state, *good(std::move(kept), "fields").as_map()};
        ++version;
      }
    digest.add(last = json_of(*shape, version));
  }
  return json::compact(Value::Map{{"begin", begin}, {"events", events}, {"digest", digest.hex()}, {"last", last}}) + "\n";
}

void mirror(const std::string& folder, std::int64_t sequences) {
  for (int k = 0; k < kMachines; ++k) {
    auto def = good(parse_definition(machine::random_definition(1000 + k, type_of(k)), type_of(k), "."), type_of(k));
    auto file = folder + "/" + type_of(k);
    auto text = good(typescript(def), type_of(k));
    if (text != good(typescript(def), "again")) stop("a mirror is not deterministic");
    good(os::write_atomic(file + ".ts", text), file);
    Machine pure(def);
    Dice dice(static_cast<std::uint64_t>(k) + 77);
    MadeUp made_up(def, dice);
    std::string lines;
    for (std::int64_t n = 0; n < sequences / kMachines; ++n) lines += sequence(def, pure, dice, made_up);
    good(os::write_atomic(file + ".jsonl", lines), file);
  }
}

void journal_events(const std::string& folder, std::int64_t events) {
  setenv("TK_FAIL_AT", "db.sync=skip", 1);
  clock::inject([] { return injected; });
  Scratch scratch;
  Everybody everybody;
  Store store(scratch.open(), scratch.root, everybody);
  // The machine that can do most: one whose events do not run dry.
  for (int k = 0; k < kMachines; ++k) {
    auto def = good(store.definitions().current(type_of(k)), type_of(k));
    Dice dice(static_cast<std::uint64_t>(k));
    MadeUp made_up(*def, dice);
    Record record;
    std::int64_t tries = 0, done = 0;
    for (; done < events && tries < events * 4 + 100; ++tries) {
      auto moment = made_up.moment();
      injected = moment.now_ns;
      Change c;
      c.actor = {moment.actor_kind, "id-" + moment.actor_kind, moment.actor_kind + ":w/one", "", "", ""};
      if (record.id.empty()) {
        c.type = type_of(k);
      } else {
        c.id = record.id;
        c.event = some_event(*def, record.state, dice);
        c.input = some_input(*def, c.event, record.state, made_up);
      }
      auto applied = store.apply(std::move(c));
      if (applied) record = applied->record, ++done;
      else if (record.id.empty() && tries > 50) break;
    }
    if (done < events) continue;
    good(os::write_atomic(folder + "/journal.ts", good(typescript(*def), "mirror")), "write");
    std::string lines;
    journal::Filter filter;
    filter.entity = record.id;
    auto visit = [&](const journal::Stored& s) -> Result<bool> {
      auto payload = good(json::parse(s.payload), "payload");
      Moment m{s.row.actor_kind, s.row.actor_kind + ":w/one", s.row.actor_id, s.row.ts_ns};
      lines += json::compact(event_value(s.row.trigger, *payload["input"].as_map(), m)) + "\n";
      return true;
    };
    good(store.journal().each(filter, visit), "rows");
    auto kept = good(store.get(record.id), "record");
    good(os::write_atomic(folder + "/journal.jsonl", lines), "write");
    good(os::write_atomic(folder + "/journal.last", json_of({kept.state, kept.fields}, kept.version)), "write");
    std::printf("%lld of %lld events of %s were done\n", static_cast<long long>(done), static_cast<long long>(tries), type_of(k).c_str());
    return;
  }
  stop("no machine takes so many events");
}

}  // namespace

int main(int argc, char** argv) {
  std::string mode = argc > 1 ? argv[1] : "";
  bool full = std::getenv("TK_FULL") != nullptr;
  if (mode == "fold") fold(argc == 3 ? std::atoll(argv[2]) : full ? 1'000'000 : 100'000);
  else if (mode == "mirror" && argc == 4) mirror(argv[2], std::atoll(argv[3]));
  else if (mode == "journal" && argc == 4) journal_events(argv[2], std::atoll(argv[3]));
  else if (mode == "print" && argc == 3) std::fputs(machine::random_definition(1000 + static_cast<std::uint64_t>(std::atoll(argv[2])), "m").c_str(), stdout);
  else return 2;
  return 0;
}
