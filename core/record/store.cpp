// Steps 1 to 7 of the write path, and its front: apply().
#include "core/record/store.hpp"

#include <algorithm>

#include "core/base/clock.hpp"
#include "core/base/text.hpp"
#include "core/crypto/digest.hpp"
#include "core/journal/checkpoint.hpp"
#include "core/json/json.hpp"
#include "core/os/fault.hpp"
#include "core/record/detail/prepared.hpp"
#include "core/record/migrate.hpp"
#include "core/record/owed.hpp"

namespace tk::record {

using detail::fill_row;

namespace detail {

const std::string& whose(const Actor& actor) {
  return actor.on_behalf_of_ref.empty() ? actor.ref : actor.on_behalf_of_ref;
}

}  // namespace detail

using detail::whose;

Moment Store::Prepared::moment() const {
  const auto& a = change.actor;
  const auto& ref = whose(a);
  return {a.on_behalf_of_ref.empty() ? a.kind : ref.substr(0, ref.find(':')), ref,
          a.on_behalf_of.empty() ? a.id : a.on_behalf_of, now_ns};
}

Machine& Store::machine(const Definition& definition) {
  return machines_.try_emplace(&definition, definition).first->second;
}

namespace {

Result<void> check_members(const std::map<std::string, json::Type>& types, const Value::Map& given,
                           const std::string& what) {
  for (const auto& [name, value] : given) {
    auto it = types.find(name);
    if (it == types.end()) {
      std::vector<std::string> names;
      names.reserve(types.size());
      for (const auto& [n, type] : types) names.push_back(n);
      auto near = text::nearest(name, names);
      return fail(Code::record_input, what + " takes no `" + name + "`",
                  near.empty() ? "it takes: " + (names.empty() ? "nothing" : text::join(names, ", "))
                               : "did you mean `" + near + "`?");
    }
    if (auto good = json::check(it->second, value, name); !good) {
      auto error = good.error();
      error.code = Code::record_input;
      return fail(error);
    }
  }
  return {};
}

}  // namespace

Result<void> Store::resolve(Prepared& p) {
  auto& c = p.change;
  if (c.actor.id.empty())
    return fail(Code::acl_no_actor, "no actor: nobody is asking");
  if (c.trace.trace_id.empty()) c.trace = trace::from_environment();
  p.now_ns = clock::now_ns();
  p.fresh = c.event.empty();
  if (p.fresh) {
    TK_TRY(p.definition, definitions_.current(c.type));
    p.before.id = c.id.empty() ? id_of_new(*p.definition, c) : c.id;
    p.before.type = c.type;
    p.before.context = c.context;
    p.before.name = c.name;
    p.before.parent = c.parent;
    p.before.definition = p.definition->hash;
    return {};
  }
  TK_TRY(p.before, get(c.id));
  TK_TRY(p.definition, definition_of(p.before));
  if (c.migrate) {
    TK_TRY(p.next, definitions_.current(p.before.type));
  }
  return {};
}

Result<void> Store::validate(Prepared& p) {
  const auto& c = p.change;
  TK_CHECK(seal_personal(sealer_, *p.definition, p.before, c, p.change.input));
  if (p.next) TK_CHECK(check_migration(*p.next, p.before));
  if (p.fresh) {
    TK_CHECK(check_members(p.definition->fields, c.input, "a new " + p.definition->type));
  }
  Value::Map payload{{"input", c.input}};
  if (p.fresh)
    payload.emplace("record", Value::Map{{"context", p.before.context},
                                         {"definition", p.before.definition},
                                         {"name", p.before.name},
                                         {"parent", p.before.parent}});
  if (p.next) payload.emplace("migrate", Value::Map{{"definition", p.next->hash}, {"version", p.next->version}});
  p.payload = json::compact(payload);
  if (!c.idempotency_key.empty()) TK_CHECK(find_stored(p));
  if (p.stored || c.expected_version == 0 || c.expected_version == p.before.version) return {};
  return fail(Code::record_conflict,
              p.before.type + " " + p.before.id + " is at version " + std::to_string(p.before.version) + ", not " +
                  std::to_string(c.expected_version),
              "look at it with `tk record show` and ask again");
}

namespace {

// A payload as it was asked for: without what law changed in it.
std::string asked(const std::string& payload) {
  if (payload.find("\"arguments\"") == payload.npos) return payload;
  auto read = json::parse(payload);
  if (!read || !read->as_map()) return payload;
  read->as_map()->erase("arguments");
  return json::compact(*read);
}

// Whether the row came of this payload. Of one that was pruned its digest tells.
bool came_of(const journal::Stored& stored, const std::string& payload) {
  if (!stored.payload.empty()) return asked(stored.payload) == payload;
  auto digest = crypto::sha256(payload);
  return stored.row.payload_digest == std::string_view(reinterpret_cast<const char*>(digest.data()), digest.size());
}

}  // namespace

// What was done with the same idempotency key; it must have been the same.
Result<void> Store::find_stored(Prepared& p) {
  const auto& c = p.change;
  TK_TRY(p.stored, journal_.by_key(c.idempotency_key));
  if (p.stored && ((!p.fresh && p.stored->row.entity_id != p.before.id) ||
                   p.stored->row.trigger != (p.fresh ? "new" : c.event) ||
                   p.stored->row.entity_type != p.before.type || !came_of(*p.stored, p.payload)))
    return fail(Code::record_conflict, "the idempotency key " + c.idempotency_key +
                                           " was used for another transition");
  return {};
}

Result<void> Store::match(Prepared& p) {
  if (p.fresh) {
    p.action = p.definition->create_action;
    p.event_type = p.definition->create_event;
    return {};
  }
  const auto& event = p.change.event;
  if (p.next) {
    p.action = p.before.type + ".migrate";
    p.event_type = p.before.type + ".migrated";
    return {};
  }
  // A repeated transition is judged in the state that it began in.
  const auto& state = p.stored ? p.stored->row.from_state : p.before.state;
  p.candidates = p.definition->candidates(event, state);
  if (p.candidates.empty()) {
    auto legal = p.definition->events_from(p.before.state);
    auto near = text::nearest(event, legal);
    return fail(Code::record_event,
                event + " is not legal for " + p.before.type + " in state " + p.before.state,
                !near.empty() ? "did you mean " + near + "?"
                : legal.empty() ? "no event is: the state is final"
                              : "legal events: " + text::join(legal, ", "));
  }
  TK_CHECK(check_members(p.candidates.front()->input, p.change.input, "event " + event));
  p.action = p.candidates.front()->action;
  return {};
}

Result<Ruling> Store::rule(const Prepared& p) {
  tally_.reset();
  return authority_.rule({p.change.actor, p.action, p.before.resource(), &p.before.fields, &p.asked_input(), &tally_,
                          p.labels, p.change.trace.trace_id});
}

Result<void> Store::authorise(Prepared& p) {
  TK_TRY(p.labels, tally_.labels_of(p.change.trace.trace_id));
  if (!p.change.owed.empty()) {
    if (!is_owed(p.change.owed)) return fail(Code::bug, "nothing of the name " + p.change.owed + " is owed to a record");
    p.ruling.allow = true;
    p.ruling.rule_id = p.change.owed;
    return {};
  }
  if (auto* live = journal_.live()) p.standing = live->standing();
  TK_TRY(p.ruling, rule(p));
  p.of_history = tally_.asked() || p.ruling.of_journal || !p.ruling.leases.empty();
  if (!p.ruling.allow) return denied(p);
  return p.ruling.arguments ? change_arguments(p) : Result<void>{};
}

// Inside the commit nobody else writes: what the journal says now is what it says when this row is in.
Result<void> Store::rule_again(Prepared& p) {
  TK_TRY(auto now, rule(p));
  auto same = now.allow && now.obligations == p.ruling.obligations && now.arguments == p.ruling.arguments &&
              now.leases == p.ruling.leases;
  p.ruling = std::move(now);
  if (same) return {};
  p.step = 4;
  if (!p.ruling.allow) return denied(p);
  return fail(Code::record_conflict, "law's answer changed while " + p.action + " was on its way", "try again");
}

// What was found before the commit still holds in it. A right that was taken away meanwhile is gone: nothing that
// is written after a revocation rests on what was allowed before.
Result<void> Store::hold(Prepared& p) {
  auto* live = journal_.live();
  bool moved = p.change.owed.empty() && (!live || live->standing() != p.standing);
  if (p.of_history || moved) TK_CHECK(rule_again(p));
  if (p.change.condition)
    if (auto good = p.change.condition(); !good) {
      p.step = 5;
      return good;
    }
  return spend_leases(p);
}

// Counted where nobody else writes: of many at once, as many pass as the lease has uses left.
Result<void> Store::spend_leases(Prepared& p) {
  p.spent.clear();
  for (const auto& lease : p.ruling.leases) {
    auto& use = p.spent.emplace_back();
    use.change.id = lease;
    use.change.event = "use";
    use.change.input = {{"action", p.action}, {"resource", p.before.resource().str()}, {"purpose", p.change.actor.purpose}};
    use.change.actor = p.change.actor;
    use.change.actor.borrow_id = lease;
    use.change.trace = p.change.trace;
    use.change.owed = "borrow";
    if (auto good = prepare(use, nullptr); !good) {
      p.step = 4;
      p.ruling.allow = false;
      p.ruling.reason = good.error().message;
      return fail(Code::acl_lease, "lease " + lease + ": " + good.error().message, "tk acl borrow list shows what is left");
    }
  }
  return {};
}

Result<void> Store::denied(const Prepared& p) {
  const auto& who = whose(p.change.actor);
  return fail(Code::law_denied,
              who + " may not " + p.action + " on " + p.before.resource().str() + ": " + p.ruling.reason,
              "see: tk law explain " + who + " " + p.action + " " + p.before.resource().str());
}

// Law lets it happen with other arguments: they have to fit as the asked ones did. The row keeps both.
Result<void> Store::change_arguments(Prepared& p) {
  if (p.next) return fail(Code::law_when, "rule " + p.ruling.rule_id + " changes the input of a migration, which has none");
  auto arguments = *p.ruling.arguments;  // law's own stay as they are: when it is asked again its answer is compared
  TK_CHECK(seal_personal(sealer_, *p.definition, p.before, p.change, arguments));
  TK_CHECK(check_members(p.fresh ? p.definition->fields : p.candidates.front()->input, arguments,
                         "rule " + p.ruling.rule_id + " changes the input: " + p.action));
  Value::Map payload{{"input", p.change.input}};
  auto read = json::parse(p.payload);
  if (read && read->as_map()) payload = std::move(*read->as_map());
  payload.insert_or_assign("arguments", arguments);
  p.payload = json::compact(payload);
  p.asked = std::exchange(p.change.input, std::move(arguments));
  return {};
}

Result<void> Store::guard(Prepared& p) {
  if (p.candidates.empty()) return {};
  auto choice = machine(*p.definition)
                    .choose(p.candidates, {p.before.state, p.before.fields}, p.change.input, p.moment());
  p.transition = choice.transition;
  if (!p.transition) {
    auto reasons = text::join(choice.unmet, "; ");
    return fail(Code::record_guard, p.change.event + " is not allowed now: " + reasons,
                choice.failed.empty() ? "" : "could not be evaluated: " + text::join(choice.failed, "; "));
  }
  p.event_type = p.transition->event_type;
  if (p.event_type.empty())
    p.event_type = p.before.type + (p.transition->internal() || p.definition->leaf(p.transition->to) == p.before.state
                                        ? ".updated" : ".state_changed");
  return {};
}

Result<void> Store::reduce(Prepared& p) {
  p.after = p.before;
  p.after.version = p.before.version + 1;
  p.after.updated_ns = p.now_ns;
  const auto& def = p.next ? *p.next : *p.definition;
  auto& m = machine(def);
  Result<Shape> made = fail(Code::bug, "no way to reduce");
  if (p.fresh) {
    p.after.created_ns = p.now_ns;
    made = m.create(p.change.input, p.moment());
  } else if (p.next) {
    p.after.definition = p.next->hash;
    made = migrated(def, p.before);
  } else {
    made = m.take(*p.transition, {p.before.state, p.before.fields}, p.change.input, p.moment());
  }
  if (!made) return fail(made.error());
  auto broken = m.broken(*made, p.moment());
  if (!broken.empty())
    return fail(Code::record_invariant, "an invariant of " + p.before.type + " would be broken: " + text::join(broken, "; "));
  p.after.state = std::move(made->state);
  p.after.fields = std::move(made->fields);
  return {};
}

// Steps 1 to 7, each with its fault point; the step that refuses is known by p.step.
Result<void> Store::prepare(Prepared& p, Trail* trail) {
  auto work = [&](int step) -> Result<void> {
    switch (step) {
      case 1: return resolve(p);
      case 2: return validate(p);
      case 3: return match(p);
      case 4: return authorise(p);
      case 5: return guard(p);
      case 6: return oblige(p);
      default: return reduce(p);
    }
  };
  static constexpr const char* kPoints[7] = {"step.1", "step.2", "step.3", "step.4",
                                             "step.5", "step.6", "step.7"};
  for (int i = 0; i < 7; ++i) {
    auto began = clock::monotonic_ns();
    p.step = i + 1;
    if (os::fault(kPoints[i]) != os::Fault::none)
      return fail(Code::os_io, "an injected fault");
    TK_CHECK(work(i + 1));
    if (trail)
      trail->steps[static_cast<std::size_t>(i)].us += (clock::monotonic_ns() - began) / 1000;
    if (p.stored && i == 3) return {};  // a known key, and law lets the asker: nothing is done again
  }
  return {};
}

journal::Row Store::row_of_refusal(const Prepared& p, const std::string& why) const {
  journal::Row row;
  fill_row(row, p.change, p.before, p.ruling);
  row.to_state = p.before.state;
  auto step = std::string(kStepNames[static_cast<std::size_t>(p.step - 1)]);
  row.reason = "step " + std::to_string(p.step) + " " + step + ": " + why;
  return row;
}

Result<void> Store::refuse(Prepared& p, const Error& why) {
  if (p.before.id.empty() && !p.change.event.empty())  // step 1 did not get so far
    if (auto record = get(p.change.id)) p.before = std::move(*record);
  // Without an actor or a record there is nothing that a row could be about.
  if (p.change.actor.id.empty() || p.before.id.empty()) return {};
  auto row = row_of_refusal(p, why.message);
  bool denied = why.code == Code::law_denied || info(why.code).text.starts_with("TK-ACL");
  row.kind = p.ruling.error ? "error" : denied ? "denied" : "failed";
  row.event_type = denied ? "transition.denied" : "transition.failed";
  if (!denied) row.permission_mode = row.decision = "";
  os::fault("step.8");
  return append_alone(row, p.payload);
}

Result<void> Store::refused(const Actor& actor, const std::string& action, const law::Ref& resource,
                            const std::string& entity_id, const Ruling& ruling) {
  Change c;
  c.actor = actor;
  c.trace = trace::from_environment();
  c.event = action;
  Record about;
  about.id = entity_id;
  about.type = resource.type;
  about.context = resource.context;
  journal::Row row;
  fill_row(row, c, about, ruling);
  row.kind = ruling.error ? "error" : "denied";
  row.event_type = "acl.denied";
  row.reason = ruling.reason;
  return append_alone(row, "");
}

Result<void> Store::ask(const Actor& actor, const std::string& action, const law::Ref& resource) {
  TK_TRY(auto labels, tally_.labels_of(trace::from_environment().trace_id));
  tally_.reset();
  TK_TRY(auto ruling, authority_.rule({actor, action, resource, nullptr, nullptr, &tally_, labels}));
  if (ruling.allow) return {};
  TK_CHECK(refused(actor, action, resource, resource.str(), ruling));
  const auto& who = actor.on_behalf_of_ref.empty() ? actor.ref : actor.on_behalf_of_ref;
  return fail(Code::law_denied, who + " may not " + action + " on " + resource.str() + ": " + ruling.reason,
              "see: tk law explain " + who + " " + action + " " + resource.str());
}

Result<std::vector<Outcome>> Store::apply(std::vector<Change> changes, Trail* trail) {
  std::vector<Prepared> all(changes.size());
  for (std::size_t i = 0; i < changes.size(); ++i) {
    all[i].change = std::move(changes[i]);
    if (auto good = prepare(all[i], trail); !good) {
      auto error = good.error();
      auto written = all[i].unmet.empty() ? refuse(all[i], error) : park(all[i], all.size() == 1, error);
      if (!written) return fail(written.error());
      return fail(error);
    }
  }
  auto began = clock::monotonic_ns();
  auto lap = [&](std::size_t step) {
    auto now = clock::monotonic_ns();
    if (trail) trail->steps[step].us = (now - began) / 1000;
    began = now;
  };
  bool anything = false;
  for (auto& p : all) anything = anything || !p.stored;
  for (auto& p : all)
    if (p.stored) TK_CHECK(journal_.settle(p.stored->row.seq));
  if (anything)
    if (auto done = commit(all); !done) {
      // A no inside the commit is a refusal like another.
      for (auto& p : all)
        if (p.step < 7) TK_CHECK(refuse(p, done.error()));
      return fail(done.error());
    }
  lap(7);
  if (anything) TK_CHECK(publish(all));
  lap(8);
  std::vector<Outcome> out;
  for (auto& p : all) {
    Outcome o;
    o.repeated = p.stored.has_value();
    o.seq = o.repeated ? p.stored->row.seq : p.row.seq;
    o.from = o.repeated ? p.stored->row.from_state : p.before.state;
    o.rule_id = o.repeated ? p.stored->row.rule_id : p.ruling.rule_id;
    o.decision = "allow";
    if (o.repeated) {
      TK_TRY(o.record, get(p.stored->row.entity_id));
    } else {
      o.record = std::move(p.after);
    }
    out.push_back(std::move(o));
  }
  os::fault("step.10");
  if (seal_ && anything) seal_->committed(journal_, out.back().seq);
  lap(9);
  if (trail) {
    const auto& p = all.front();
    auto& steps = trail->steps;
    steps[0].note = p.change.actor.ref + ", " + p.before.type + " " + p.before.id +
                    ", definition " + p.definition->hash.substr(0, 10);
    steps[1].note = p.change.idempotency_key.empty() ? "no idempotency key"
                    : p.stored ? "key known: the stored result is returned" : "key is new";
    steps[2].note = p.stored ? "" : (p.fresh ? "new" : p.before.state + " --" + p.change.event) +
                                        " → " + out.front().record.state;
    steps[3].note = p.stored ? "" : p.action + " allowed by rule " + p.ruling.rule_id;
    auto guards = p.transition ? p.transition->guard.size() : 0;
    steps[4].note = p.stored ? "" : guards == 0 ? "no guard" : text::count(guards, "condition") + " met";
    steps[5].note = p.stored ? "" : p.discharge ? "approved: item " + p.discharge->before.id : "none is open";
    steps[6].note = "version " + std::to_string(out.front().record.version);
    steps[7].note = "row " + std::to_string(out.front().seq) + ", flushed";
    steps[8].note = text::count(p.effects.size(), "effect");
    TK_TRY(auto sealed, journal::stored_checkpoint(journal_));
    steps[9].note = "leaf " + std::to_string(out.front().seq - 1) + " of the tree; the last checkpoint is of " +
                    text::count(static_cast<std::size_t>(sealed ? sealed->size : 0), "row");
  }
  return out;
}

Result<Outcome> Store::apply(Change change, Trail* trail) {
  std::vector<Change> one;
  one.push_back(std::move(change));
  TK_TRY(auto out, apply(std::move(one), trail));
  return std::move(out.front());
}

}  // namespace tk::record
