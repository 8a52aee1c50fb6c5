#include "core/record/store.hpp"

#include <algorithm>

#include "core/base/clock.hpp"
#include "core/base/ids.hpp"
#include "core/base/text.hpp"
#include "core/json/json.hpp"
#include "core/os/fault.hpp"
#include "core/os/terminal.hpp"

namespace tk::record {

// A change on its way through the steps.
struct Store::Prepared {
  Change change;
  Record before, after;
  std::shared_ptr<const Definition> definition;
  const Transition* transition = nullptr;
  bool fresh = false;  // a new record
  std::string action, event_type, payload;
  Ruling ruling;
  std::vector<Effect> effects;
  std::optional<journal::Stored> stored;  // of a known idempotency key
  int step = 0;                           // 1-based, the one that is under way
  journal::Row row;
};

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
  p.fresh = c.event.empty();
  if (p.fresh) {
    TK_TRY(p.definition, definitions_.current(c.type));
    p.before.id = c.id.empty() ? ids::uuid7() : c.id;
    p.before.type = c.type;
    p.before.context = c.context;
    p.before.name = c.name;
    p.before.parent = c.parent;
    p.before.definition = p.definition->hash;
    return {};
  }
  TK_TRY(p.before, get(c.id));
  TK_TRY(p.definition, definition_of(p.before));
  return {};
}

Result<void> Store::validate(Prepared& p) {
  const auto& c = p.change;
  if (p.fresh) {
    TK_CHECK(check_members(p.definition->fields, c.input, "a new " + p.definition->type));
  }
  Value::Map payload{{"input", c.input}};
  if (p.fresh)
    payload.emplace("record", Value::Map{{"context", p.before.context},
                                         {"definition", p.before.definition},
                                         {"name", p.before.name},
                                         {"parent", p.before.parent}});
  p.payload = json::compact(payload);
  if (c.idempotency_key.empty()) return {};
  return find_stored(p);
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

}  // namespace

// What was done with the same idempotency key; it must have been the same.
Result<void> Store::find_stored(Prepared& p) {
  const auto& c = p.change;
  TK_TRY(p.stored, journal_.by_key(c.idempotency_key));
  if (p.stored && ((!p.fresh && p.stored->row.entity_id != p.before.id) ||
                   p.stored->row.trigger != (p.fresh ? "new" : c.event) ||
                   p.stored->row.entity_type != p.before.type || asked(p.stored->payload) != p.payload))
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
  // A repeated transition is judged in the state that it began in.
  const auto& state = p.stored ? p.stored->row.from_state : p.before.state;
  p.transition = p.definition->find(event, state);
  if (!p.transition) {
    auto legal = p.definition->events_from(p.before.state);
    auto near = text::nearest(event, legal);
    return fail(Code::record_event,
                event + " is not legal for " + p.before.type + " in state " + p.before.state,
                !near.empty() ? "did you mean " + near + "?"
                : legal.empty() ? "no event is: the state is final"
                              : "legal events: " + text::join(legal, ", "));
  }
  TK_CHECK(check_members(p.transition->input, p.change.input, "event " + event));
  p.action = p.transition->action;
  p.event_type = p.transition->event_type;
  if (p.event_type.empty())
    p.event_type = p.before.type + (p.transition->to == "=" || p.transition->to == p.before.state
                                        ? ".updated" : ".state_changed");
  return {};
}

Result<void> Store::authorise(Prepared& p) {
  if (!p.change.owed.empty()) {
    p.ruling.allow = true;
    p.ruling.rule_id = p.change.owed;
    return {};
  }
  TK_TRY(p.ruling, authority_.rule({p.change.actor, p.action, p.before.resource(), &p.before.fields, &p.change.input}));
  if (p.ruling.allow && p.ruling.arguments) return change_arguments(p);
  if (p.ruling.allow) return {};
  const auto& a = p.change.actor;
  const auto& who = a.on_behalf_of_ref.empty() ? a.ref : a.on_behalf_of_ref;
  return fail(Code::law_denied,
              who + " may not " + p.action + " on " + p.before.resource().str() + ": " +
                  p.ruling.reason,
              "see: tk law explain " + who + " " + p.action + " " + p.before.resource().str());
}

// Law lets it happen with other arguments: they have to fit as the asked ones did. The row keeps both.
Result<void> Store::change_arguments(Prepared& p) {
  TK_CHECK(check_members(p.fresh ? p.definition->fields : p.transition->input, *p.ruling.arguments,
                         "rule " + p.ruling.rule_id + " changes the input: " + p.action));
  Value::Map payload{{"input", p.change.input}};
  auto read = json::parse(p.payload);
  if (read && read->as_map()) payload = std::move(*read->as_map());
  payload.insert_or_assign("arguments", *p.ruling.arguments);
  p.payload = json::compact(payload);
  p.change.input = *p.ruling.arguments;
  return {};
}

Result<void> Store::reduce(Prepared& p) {
  p.after = p.before;
  p.after.version = p.before.version + 1;
  p.after.updated_ns = clock::now_ns();
  if (p.fresh) {
    p.after.created_ns = p.after.updated_ns;
    p.after.state = p.definition->initial;
    p.after.fields = p.change.input;
    return {};
  }
  if (p.transition->to != "=") p.after.state = p.transition->to;
  for (const auto& [name, value] : p.change.input)
    if (p.definition->fields.contains(name)) p.after.fields.insert_or_assign(name, value);
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
      case 7: return reduce(p);
      default: return {};  // guards and obligations arrive with CEL
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

namespace {

void fill_row(journal::Row& row, const Change& c, const Record& r, const Ruling& ruling) {
  static const std::string node = os::host_name();
  row.id = ids::uuid7();
  row.ts_ns = clock::now_ns();
  row.trace_id = c.trace.trace_id;
  row.span_id = c.trace.span_id;
  row.parent_span_id = c.trace.parent_span_id;
  row.actor_kind = c.actor.kind;
  row.actor_id = c.actor.id;
  row.on_behalf_of = c.actor.on_behalf_of;
  row.sponsor = c.actor.sponsor;
  row.context_path = r.context;
  row.entity_type = r.type;
  row.entity_id = r.id;
  row.trigger = c.event.empty() ? "new" : c.event;
  row.from_state = r.state;
  row.rule_id = ruling.rule_id;
  row.permission_mode = ruling.allow ? "on" : "denied";
  row.decision = ruling.allow ? "allow" : "deny";
  row.policy_hash = ruling.policy_hash;
  row.origin_node = node;
}

}  // namespace

Result<void> Store::write(Prepared& p) {
  auto& db = journal_.db();
  auto& row = p.row;
  fill_row(row, p.change, p.before, p.ruling);
  row.ts_ns = p.after.updated_ns;
  row.event_type = p.event_type;
  row.to_state = p.after.state;
  row.kind = "done";
  row.reason = p.change.reason;
  row.idempotency_key = p.change.idempotency_key;
  auto patch = diff_members(p.before.fields, p.after.fields);
  auto changes = patch.as_list()->empty() ? std::string() : json::compact(patch);
  if (p.change.effects) {
    TK_TRY(auto head, journal_.head());
    TK_TRY(p.effects, p.change.effects(head.seq + 1));
  }
  TK_CHECK(journal_.append(row, p.payload, changes));
  os::fault("commit.state");
  if (p.fresh) {
    TK_TRY(auto pin, db.prepare("INSERT OR IGNORE INTO definition VALUES (?,?,?)"));
    TK_CHECK(pin.bind(p.definition->hash).bind(p.definition->type).bind(p.definition->text).run());
    TK_TRY(auto s, db.prepare("INSERT OR IGNORE INTO record VALUES (?,?,?,?,?,?,?,?,?,?,?)"));
    s.bind(p.after.id).bind(p.after.type).bind(p.after.context).bind(p.after.name);
    s.bind(p.after.parent).bind(p.after.version).bind(p.after.state).bind(p.after.definition);
    s.bind(json::compact(p.after.fields)).bind(p.after.created_ns).bind(p.after.updated_ns);
    TK_CHECK(s.run());
  } else {
    TK_TRY(auto s, db.prepare("UPDATE record SET version = ?, state = ?, fields = ?, updated_ns = ? "
                              "WHERE id = ? AND version = ?"));
    s.bind(p.after.version).bind(p.after.state).bind(json::compact(p.after.fields));
    s.bind(p.after.updated_ns).bind(p.after.id).bind(p.before.version);
    TK_CHECK(s.run());
  }
  if (db.changes() != 1)
    return fail(Code::record_conflict, p.before.type + " " + p.before.id +
                                           (p.fresh ? " exists already" : " changed meanwhile"),
                "look at it with `tk record show` and try again");
  os::fault("commit.outbox");
  for (std::size_t n = 0; n < p.effects.size(); ++n) {
    TK_TRY(auto s, db.prepare("INSERT INTO outbox VALUES (?,?,?,?)"));
    s.bind(row.seq).bind(static_cast<std::int64_t>(n)).bind(p.effects[n].topic);
    TK_CHECK(s.bind(p.effects[n].body).run());
  }
  return {};
}

Result<void> Store::commit(std::vector<Prepared>& all) {
  os::fault("step.8");
  TK_TRY(auto transaction, journal_.begin());
  std::int64_t last = 0;
  for (auto& p : all) {
    // The same key may have been committed since step 2.
    if (!p.stored && !p.change.idempotency_key.empty()) TK_CHECK(find_stored(p));
    if (!p.stored) TK_CHECK(write(p));
    last = std::max(last, p.stored ? p.stored->row.seq : p.row.seq);
  }
  os::fault("commit.flush");
  TK_CHECK(transaction.commit());
  os::fault("commit.settle");
  // Also the reply to a known key waits until what it tells of is on disk.
  return journal_.settle(last);
}

Result<void> Store::refuse(const Prepared& p, const Error& why) {
  // Without an actor or a record there is nothing that a row could be about.
  if (p.change.actor.id.empty() || p.before.id.empty()) return {};
  journal::Row row;
  fill_row(row, p.change, p.before, p.ruling);
  bool denied = why.code == Code::law_denied;
  row.kind = p.ruling.error ? "error" : denied ? "denied" : "failed";
  row.event_type = denied ? "transition.denied" : "transition.failed";
  row.to_state = p.before.state;
  auto step = std::string(kStepNames[static_cast<std::size_t>(p.step - 1)]);
  row.reason = "step " + std::to_string(p.step) + " " + step + ": " + why.message;
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
  TK_TRY(auto ruling, authority_.rule({actor, action, resource}));
  if (ruling.allow) return {};
  TK_CHECK(refused(actor, action, resource, resource.str(), ruling));
  const auto& who = actor.on_behalf_of_ref.empty() ? actor.ref : actor.on_behalf_of_ref;
  return fail(Code::law_denied, who + " may not " + action + " on " + resource.str() + ": " + ruling.reason,
              "see: tk law explain " + who + " " + action + " " + resource.str());
}

Result<void> Store::append_alone(journal::Row& row, const std::string& payload) {
  TK_TRY(auto transaction, journal_.begin());
  TK_CHECK(journal_.append(row, payload, ""));
  TK_CHECK(transaction.commit());
  return journal_.settle(row.seq);
}

Result<void> Store::publish_one(std::int64_t seq, int n, const Effect& effect) {
  if (!effects_ || !effects_->handles(effect.topic)) return {};
  auto published = effects_->publish(seq, effect);
  // A conflict is final: the effect can never happen, so it must not be tried for ever.
  if (!published && published.error().exit() != Exit::conflict) return published;
  if (!published) TK_CHECK(effects_->lost(*this, effect, published.error()));
  // Not waited for: an effect that is published twice is known by its seq.
  TK_TRY(auto transaction, journal_.begin());
  {
    TK_TRY(auto s, journal_.db().prepare("DELETE FROM outbox WHERE seq = ? AND n = ?"));
    TK_CHECK(s.bind(seq).bind(std::int64_t{n}).run());
  }
  TK_CHECK(transaction.commit());
  return published;
}

Result<void> Store::publish(std::vector<Prepared>& all) {
  os::fault("step.9");
  for (auto& p : all)
    for (std::size_t n = 0; n < p.effects.size(); ++n)
      TK_CHECK(publish_one(p.row.seq, static_cast<int>(n), p.effects[n]));
  return {};
}

Result<std::vector<Error>> Store::recover() {
  struct Pending {
    std::int64_t seq;
    int n;
    Effect effect;
  };
  std::vector<Pending> pending;
  {
    TK_TRY(auto s, journal_.db().prepare("SELECT seq, n, topic, body FROM outbox ORDER BY seq, n"));
    for (;;) {
      TK_TRY(bool row, s.step());
      if (!row) break;
      pending.push_back({s.integer(0), static_cast<int>(s.integer(1)),
                         {std::string(s.text(2)), std::string(s.text(3))}});
    }
  }
  if (!pending.empty()) TK_CHECK(journal_.settle(pending.back().seq));
  std::vector<Error> compensated;
  for (const auto& p : pending) {
    auto done = publish_one(p.seq, p.n, p.effect);
    if (!done && done.error().exit() != Exit::conflict) return fail(done.error());
    if (!done) compensated.push_back(done.error());
  }
  return compensated;
}

Result<std::vector<Outcome>> Store::apply(std::vector<Change> changes, Trail* trail) {
  std::vector<Prepared> all(changes.size());
  for (std::size_t i = 0; i < changes.size(); ++i) {
    all[i].change = std::move(changes[i]);
    if (auto good = prepare(all[i], trail); !good) {
      auto error = good.error();
      if (auto written = refuse(all[i], error); !written) return fail(written.error());
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
  for (const auto& p : all) anything = anything || !p.stored;
  for (const auto& p : all)
    if (p.stored) TK_CHECK(journal_.settle(p.stored->row.seq));
  if (anything) TK_CHECK(commit(all));
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
    steps[4].note = steps[5].note = "not yet (arrives with CEL)";
    steps[6].note = "version " + std::to_string(out.front().record.version);
    steps[7].note = "row " + std::to_string(out.front().seq) + ", flushed";
    steps[8].note = text::count(p.effects.size(), "effect");
    steps[9].note = "Merkle leaf and signed receipt not yet (arrive with the ACL)";
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
