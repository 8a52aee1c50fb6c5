// Steps 8 and 9 of the write path: one transaction, then the outbox.
#include <algorithm>

#include "core/base/clock.hpp"
#include "core/base/ids.hpp"
#include "core/base/text.hpp"
#include "core/json/json.hpp"
#include "core/os/fault.hpp"
#include "core/os/terminal.hpp"
#include "core/record/detail/prepared.hpp"

namespace tk::record {

namespace detail {

// What the run had seen, and what this resource is: whoever used it has seen that too.
std::string joined(std::vector<std::string> labels, const std::vector<std::string>& more) {
  labels.insert(labels.end(), more.begin(), more.end());
  std::sort(labels.begin(), labels.end());
  labels.erase(std::unique(labels.begin(), labels.end()), labels.end());
  return text::join(labels, ",");
}

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
  row.borrow_id = c.actor.borrow_id.empty() && r.type == "borrow" ? r.id : c.actor.borrow_id;  // its grant and its end too
  row.permission_mode = !ruling.allow ? "denied" : c.actor.borrow_id.empty() ? "on" : "borrow";
  row.decision = ruling.allow ? "allow" : "deny";
  row.policy_hash = ruling.policy_hash;
  row.origin_node = node;
}

}  // namespace detail

using detail::fill_row;

namespace {

// Whether a change of such a record may take a right away from somebody.
bool is_standing(const Record& r) {
  static constexpr std::string_view kTypes[] = {"token", "refresh", "standing", "borrow", "key", "user", "agent"};
  return std::find(std::begin(kTypes), std::end(kTypes), r.type) != std::end(kTypes);
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
  row.labels = detail::joined(p.labels, p.ruling.labels);
  row.reason = p.change.reason;
  row.idempotency_key = p.change.idempotency_key;
  auto patch = diff_members(p.before.fields, p.after.fields);
  auto changes = patch.as_list()->empty() ? std::string() : json::compact(patch);
  if (!row.labels.empty()) TK_CHECK(tally_.keep_labels());
  TK_CHECK(journal_.append(row, p.payload, changes));
  bool ends = p.event_type == "wot.stopped";  // what goes on
  if (ends || (!p.fresh && p.event_type != "borrow.used" && is_standing(p.before))) journal_.touches_standing();
  os::fault("commit.state");
  TK_CHECK(write_state(p));
  if (p.after.type == "standing" && !p.fresh) {
    TK_TRY(auto s, db.prepare("SELECT count(*) FROM record WHERE type = 'standing' AND state = 'halted'"));
    TK_TRY(bool one, s.step());
    if (one) journal_.leaves_halted(s.integer(0));
  }
  os::fault("commit.outbox");
  for (std::size_t n = 0; n < p.effects.size(); ++n) {
    TK_TRY(auto s, db.prepare("INSERT INTO outbox VALUES (?,?,?,?)"));
    s.bind(row.seq).bind(static_cast<std::int64_t>(n)).bind(p.effects[n].topic);
    TK_CHECK(s.bind(p.effects[n].body).run());
  }
  // The approvals are used up with the transition that they were given for, or neither is; so are the leases.
  if (p.discharge) TK_CHECK(write(*p.discharge));
  for (auto& use : p.spent) TK_CHECK(write(use));
  return {};
}

Result<void> Store::write_state(Prepared& p) {
  auto& db = journal_.db();
  if (const auto* pinned = p.next ? p.next.get() : p.fresh ? p.definition.get() : nullptr) {
    TK_TRY(auto pin, db.prepare("INSERT OR IGNORE INTO definition VALUES (?,?,?)"));
    TK_CHECK(pin.bind(pinned->hash).bind(pinned->type).bind(pinned->text).run());
  }
  if (p.fresh) {
    TK_TRY(auto s, db.prepare("INSERT OR IGNORE INTO record VALUES (?,?,?,?,?,?,?,?,?,?,?)"));
    s.bind(p.after.id).bind(p.after.type).bind(p.after.context).bind(p.after.name);
    s.bind(p.after.parent).bind(p.after.version).bind(p.after.state).bind(p.after.definition);
    s.bind(json::compact(p.after.fields)).bind(p.after.created_ns).bind(p.after.updated_ns);
    TK_CHECK(s.run());
  } else {
    TK_TRY(auto s, db.prepare("UPDATE record SET version = ?, state = ?, fields = ?, updated_ns = ?, "
                              "definition = ? WHERE id = ? AND version = ?"));
    s.bind(p.after.version).bind(p.after.state).bind(json::compact(p.after.fields));
    s.bind(p.after.updated_ns).bind(p.after.definition).bind(p.after.id).bind(p.before.version);
    TK_CHECK(s.run());
  }
  if (db.changes() == 1) return {};
  return fail(Code::record_conflict, p.before.type + " " + p.before.id +
                                         (p.fresh ? " exists already" : " changed meanwhile"),
              "look at it with `tk record show` and try again");
}

Result<void> Store::ask_effects(Prepared& p, const std::vector<Prepared>& all) {
  Befores befores;
  for (const auto& one : all) befores.push_back(&one.before);
  TK_TRY(auto head, journal_.head());
  TK_TRY(p.effects, p.change.effects(head.seq + 1, befores));
  return {};
}

Result<void> Store::commit(std::vector<Prepared>& all, journal::Row* beside, const std::string& payload) {
  os::fault("step.8");
  TK_TRY(auto transaction, journal_.begin());
  tally_.inside(true);
  struct Outside {
    Tally& tally;
    ~Outside() { tally.inside(false); }
  } outside{tally_};
  std::int64_t last = 0;
  if (beside) {
    TK_CHECK(journal_.append(*beside, payload, ""));
    last = beside->seq;
  }
  for (auto& p : all) {
    // The same key may have been committed since step 2.
    if (!p.stored && !p.change.idempotency_key.empty()) TK_CHECK(find_stored(p));
    if (!p.stored) TK_CHECK(hold(p));
    if (!p.stored && p.change.effects) TK_CHECK(ask_effects(p, all));
    if (!p.stored) TK_CHECK(write(p));
    last = std::max(last, p.stored ? p.stored->row.seq : p.row.seq);
  }
  os::fault("commit.tally");
  TK_CHECK(tally_.catch_up());
  os::fault("commit.flush");
  TK_CHECK(transaction.commit());
  os::fault("commit.settle");
  // Also the reply to a known key waits until what it tells of is on disk.
  return journal_.settle(last);
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

Result<bool> Store::owes(const std::string& topic) {
  TK_TRY(auto s, journal_.db().prepare("SELECT 1 FROM outbox WHERE topic = ? LIMIT 1"));
  s.bind(topic);
  return s.step();
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

}  // namespace tk::record
