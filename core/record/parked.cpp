// Step 6: obligations, and the transitions that wait for them. One that waits is a record of the driven type
// `parked`; an approval is bound to the hash of exactly what was asked, so nothing else can be done with it.
#include <algorithm>

#include "core/base/clock.hpp"
#include "core/base/text.hpp"
#include "core/crypto/digest.hpp"
#include "core/json/json.hpp"
#include "core/record/field.hpp"
#include "core/record/detail/prepared.hpp"

namespace tk::record {
namespace {

using detail::whose;

// Whether one could be the other: by name, or by acting in the other's name. Who acts for two others (a server that
// speaks for many) is neither of them: law let them act as each.
bool same_person(const Value& a, const Value& b) {
  auto effective = [](const Value& v) {
    auto other = v["on_behalf_of"].text();
    return other.empty() ? v["id"].text() : other;
  };
  auto x = effective(a), y = effective(b);
  return x == y || a["id"].text() == y || b["id"].text() == x;
}

// The texts of an Actor that an item keeps. Not the token: it may be dead when the last approval comes, and it is
// the asker's rights of then that count.
struct Member {
  const char* name;
  std::string Actor::*text;
};
constexpr Member kActor[] = {{"kind", &Actor::kind}, {"id", &Actor::id}, {"ref", &Actor::ref},
                             {"sponsor", &Actor::sponsor}, {"on_behalf_of", &Actor::on_behalf_of},
                             {"on_behalf_of_ref", &Actor::on_behalf_of_ref}, {"borrow_id", &Actor::borrow_id},
                             {"purpose", &Actor::purpose}, {"family", &Actor::family}, {"run", &Actor::run},
                             {"maker", &Actor::maker}};

Value texts(const std::vector<std::string>& all) {
  Value::List out(all.begin(), all.end());
  return out;
}

std::vector<std::string> texts(const Value& list) {
  std::vector<std::string> out;
  if (const auto* all = list.as_list())
    for (const auto& v : *all) out.push_back(v.text());
  return out;
}

Value actor_value(const Actor& a) {
  Value::Map out;
  for (const auto& m : kActor) out.emplace(m.name, a.*m.text);
  Value::List limits;
  for (const auto& l : a.limits)
    limits.push_back(Value::Map{{"actions", texts(l.actions)}, {"resources", texts(l.resources)}});
  if (!limits.empty()) out.emplace("limits", std::move(limits));
  return out;
}

Actor actor_from(const Value& v) {
  Actor out;
  for (const auto& m : kActor) out.*m.text = v[m.name].text();
  if (const auto* limits = v["limits"].as_list())
    for (const auto& l : *limits) out.limits.push_back({texts(l["actions"]), texts(l["resources"])});
  return out;
}

std::string binding_of(const Change& c, const Value::Map& asked, const Record& before, bool fresh) {
  Value::Map bound{{"actor", c.actor.id}, {"on_behalf_of", c.actor.on_behalf_of}, {"event", c.event},
                   {"input", asked}, {"version", before.version}, {"reason", c.reason}};
  for (const auto& [name, value] : {std::pair{"borrow", c.actor.borrow_id}, {"purpose", c.actor.purpose}, {"run", c.actor.run}})
    if (!value.empty()) bound.emplace(name, value);
  if (c.migrate) bound.emplace("migrate", true);
  if (fresh)
    bound.insert({{"type", c.type}, {"context", c.context}, {"name", c.name}, {"parent", c.parent}});
  else
    bound.emplace("record", before.id);
  return crypto::sha256_hex(json::canonical(bound));
}

std::string describe(const Obligation& o) {
  if (o.kind == "approval")
    return (o.n == 1 ? "an approval of " : std::to_string(o.n) + " approvals of ") + o.of;
  return o.kind == "four-eyes" ? "an approval of somebody else" : "a reason";
}

std::string describe(const std::vector<Obligation>& all) {
  std::vector<std::string> words;
  for (const auto& o : all) words.push_back(describe(o));
  return text::join(words, " and ");
}

std::vector<Obligation> read_obligations(const Value& list) {
  std::vector<Obligation> out;
  if (const auto* items = list.as_list())
    for (const auto& o : *items) out.push_back({o["kind"].text(), o["of"].text(), o["n"].integer(1)});
  return out;
}

// Which obligations the approvals do not meet yet. Each approval counts for one of them: who consents to lend their
// right is not one of the two leads besides. That somebody else looked (four-eyes) needs no approval of its own.
class Tallied {
 public:
  Tallied(const std::vector<Obligation>& needs, const Value& approvals) : needs_(needs), counted_(needs.size()) {
    static const Value::List none;
    for (const auto& a : approvals.as_list() ? *approvals.as_list() : none) {
      for (std::size_t i = 0; i < needs_.size(); ++i)
        if (needs_[i].kind == "four-eyes" && fits(i, a)) counted_[i].push_back(&a);
      std::vector<bool> seen(needs.size());
      place(a, seen);
    }
  }
  std::vector<Obligation> left() const {
    std::vector<Obligation> out;
    for (std::size_t i = 0; i < needs_.size(); ++i)
      if (counted_[i].size() < wanted(i)) out.push_back(needs_[i]);
    return out;
  }

 private:
  std::size_t wanted(std::size_t i) const { return static_cast<std::size_t>(std::max<std::int64_t>(1, needs_[i].n)); }
  bool fits(std::size_t i, const Value& approval) const {
    const auto& o = needs_[i];
    const auto* as = approval["as"].as_list();
    return as && std::find(as->begin(), as->end(), Value(o.kind == "four-eyes" ? o.kind : o.of)) != as->end();
  }
  // Finds a place where it counts; another one there makes room if it counts elsewhere too.
  bool place(const Value& a, std::vector<bool>& seen) {
    for (std::size_t i = 0; i < needs_.size(); ++i) {
      if (seen[i] || needs_[i].kind == "four-eyes" || !fits(i, a)) continue;
      seen[i] = true;
      if (counted_[i].size() < wanted(i)) return counted_[i].push_back(&a), true;
      for (auto& other : counted_[i])
        if (place(*other, seen)) return other = &a, true;
    }
    return false;
  }

  const std::vector<Obligation>& needs_;
  std::vector<std::vector<const Value*>> counted_;
};

std::vector<Obligation> left_of(const std::vector<Obligation>& needs, const Value& approvals) {
  return Tallied(needs, approvals).left();
}

// An ask that nobody answered in time is answered: no. Items from before there was a time have none.
bool is_over(const Record& item) {
  auto it = item.fields.find("expires");
  return it != item.fields.end() && it->second.integer() > 0 && clock::now_ns() / 1'000'000 >= it->second.integer();
}

}  // namespace

Result<void> Store::expire(const Record& item, const Actor& actor, const trace::Context& trace) {
  Change c;
  c.id = item.id;
  c.event = "expire";
  c.input = {{"outcome", "nobody answered in time"}};
  c.actor = actor;
  c.trace = trace;
  c.owed = "obligations";
  auto done = apply(std::move(c));
  return done || done.error().exit() == Exit::conflict ? Result<void>{} : fail(done.error());
}

// The run that an asker's token was made for, and who made it: what waits is bound to the one, and the other is not
// somebody else than the asker.
Result<void> Store::look_behind(Actor& actor) {
  if (actor.token.empty() || !actor.maker.empty()) return {};
  auto token = get(actor.token);
  if (!token && token.error().code == Code::record_unknown) return {};
  if (!token) return fail(token.error());
  if (!token->parent.empty()) {
    auto step = get(token->parent);
    if (step && step->type == "step") actor.run = step->parent;
  }
  journal::Filter first;
  first.entity = actor.token;
  first.limit = 1;
  return journal_.each(first, [&](const journal::Stored& row) -> Result<bool> {
    actor.maker = row.row.on_behalf_of.empty() ? row.row.actor_id : row.row.on_behalf_of;
    return false;
  });
}

// A run, or an actor who asks from many, has only so many items waiting: whoever answers can read them all.
Result<void> Store::may_ask(const Prepared& p) {
  TK_TRY(auto s, journal_.db().prepare(
                     "SELECT count(*) FROM record WHERE type = 'parked' AND state = 'open' AND "
                     "(json_extract(fields, '$.trace') = ? OR json_extract(fields, '$.asker.id') = ?) AND "
                     "coalesce(json_extract(fields, '$.expires'), 0) > ?"));
  s.bind(p.change.trace.trace_id).bind(p.change.actor.id).bind(clock::now_ns() / 1'000'000);
  TK_TRY(bool row, s.step());
  auto waiting = row ? s.integer(0) : 0;
  if (waiting < asks.per_run) return {};
  return fail(Code::record_asks, text::count(static_cast<std::size_t>(waiting), "item") + " of this run or actor wait already",
              "have them answered first: tk inbox list");
}

Result<std::optional<Record>> Store::parked_for(const std::string& binding) {
  TK_TRY(auto s, journal_.db().prepare("SELECT id FROM record WHERE type = 'parked' AND name = ? "
                                       "ORDER BY created_ns DESC, id DESC LIMIT 1"));
  s.bind(binding.substr(0, 16));
  TK_TRY(bool row, s.step());
  if (!row) return std::optional<Record>();
  TK_TRY(auto item, get(std::string(s.text(0))));
  bool waits = (item.state == "open" || item.state == "approved") && !is_over(item);
  if (!waits || field_text(item, "binding") != binding) return std::optional<Record>();
  return std::optional<Record>(std::move(item));
}

Result<void> Store::oblige(Prepared& p) {
  std::vector<Obligation> needs;
  if (p.change.owed.empty()) {
    if (p.transition) needs = p.transition->obligations;
    for (const auto& o : p.ruling.obligations) {
      auto same = std::find_if(needs.begin(), needs.end(), [&](const auto& n) { return n.kind == o.kind && n.of == o.of; });
      if (same == needs.end()) needs.push_back(o);
      else same->n = std::max(same->n, o.n);
    }
  }
  bool no_reason = text::trim(p.change.reason).empty();
  for (const auto& o : needs)
    if (o.kind == "reason" && no_reason) {
      p.unmet = {o};
      return fail(Code::record_parked, p.change.event + " needs a reason", "ask again with --reason \"…\"");
    }
  std::erase_if(needs, [](const Obligation& o) { return o.kind == "reason"; });
  if (needs.empty() && p.change.parked.empty()) return {};
  TK_CHECK(look_behind(p.change.actor));
  p.binding = binding_of(p.change, p.asked_input(), p.before, p.fresh);
  TK_TRY(auto item, parked_for(p.binding));
  auto left = left_of(needs, item ? item->fields["approvals"] : Value());
  // What carries an item out does nothing but that: if somebody did it meanwhile, it does not ask anew.
  if (!p.change.parked.empty() && (!item || item->id != p.change.parked))
    return fail(Code::record_answered, "item " + p.change.parked + " is over already");
  if (!left.empty()) {
    p.unmet = needs;
    return fail(Code::record_parked, (p.fresh ? "a new " + p.before.type : p.change.event) + " waits for " +
                                         describe(left) + (item ? ": item " + item->id : ""));
  }
  p.discharge = std::make_unique<Prepared>();
  p.discharge->change.id = item->id;
  p.discharge->change.event = item->state == "open" ? "carry" : "carry_out";
  p.discharge->change.actor = p.change.actor;
  p.discharge->change.trace = p.change.trace;
  p.discharge->change.owed = "obligations";
  return prepare(*p.discharge, nullptr);
}

// Journals that the transition waits, and opens an item for it unless one is open already.
Result<void> Store::park(Prepared& p, bool alone, Error& why) {
  for (int tries = 0;; ++tries) {
    auto said = why;
    auto done = park_once(p, alone, said);
    // Whoever asked for the same at the same moment opened the item.
    if (!done && done.error().code == Code::record_conflict && tries < 100) continue;
    bool too_many = !done && done.error().code == Code::record_asks;
    why = too_many ? done.error() : said;
    if (!too_many) return done;
    p.unmet.clear();
    return refuse(p, why);
  }
}

Result<void> Store::park_once(Prepared& p, bool alone, Error& why) {
  std::vector<Prepared> items;
  bool only_reason = p.binding.empty();
  TK_TRY(auto item, only_reason ? Result<std::optional<Record>>(std::nullopt) : parked_for(p.binding));
  if (!only_reason && !item) {
    Value::List needs;
    for (const auto& o : p.unmet) needs.push_back(Value::Map{{"kind", o.kind}, {"of", o.of}, {"n", o.n}});
    Change c;
    c.type = "parked";
    c.context = p.before.context;
    c.name = p.binding.substr(0, 16);
    c.parent = p.before.id;
    // What has an effect outside, or is one of several, is asked for again by who asked for it.
    bool carried = alone && !p.change.effects && !p.change.migrate;
    c.input = {{"resource", p.before.resource().str()}, {"record", p.before.id}, {"version", p.before.version},
               {"event", p.change.event}, {"input", p.asked_input()}, {"reason", p.change.reason},
               {"key", p.change.idempotency_key}, {"asker", actor_value(p.change.actor)}, {"binding", p.binding},
               {"needs", needs}, {"carried", carried}, {"trace", p.change.trace.trace_id},
               {"expires", p.now_ns / 1'000'000 + asks.expires_ms}};
    if (p.fresh)
      c.input.emplace("new", Value::Map{{"type", p.before.type}, {"context", p.before.context},
                                        {"name", p.before.name}, {"parent", p.before.parent}});
    c.actor = p.change.actor;
    c.trace = p.change.trace;
    c.owed = "obligations";
    // Counted where nobody else writes: of many at once, as many are opened as there is room for, and each once.
    c.condition = [this, &p]() -> Result<void> {
      TK_TRY(auto there, parked_for(p.binding));
      return there ? fail(Code::record_conflict, "it waits already: item " + there->id) : may_ask(p);
    };
    auto& opened = items.emplace_back();
    opened.change = std::move(c);
    TK_CHECK(prepare(opened, nullptr));
    why.message += ": item " + opened.before.id;
    why.hint = "`tk inbox list` shows it; somebody else answers: tk inbox answer " + opened.before.id + " approve";
  }
  auto row = row_of_refusal(p, why.message);
  row.kind = "parked";
  row.event_type = "transition.parked";
  row.decision = "ask";
  return commit(items, &row, p.payload);
}

// Nobody approves what he asked for, in whatever name, and nobody counts twice.
Result<void> Store::may_answer(const Actor& actor, const trace::Context& trace, const Record& item, Value::Map& approval) {
  auto me = actor_value(actor);
  auto refuse = [&](std::string why, std::string hint) -> Result<void> {
    Ruling no;
    no.reason = why;
    TK_CHECK(refused(actor, "cast.answer", item.resource(), item.id, no));
    return fail(Code::record_approval, whose(actor) + " may not approve this: " + why, std::move(hint));
  };
  if (actor.kind == "agent" || whose(actor).starts_with("agent:"))
    return refuse("agents never approve", "a person must answer, in no agent's name");
  auto from = item.fields.find("trace");
  if (from != item.fields.end() && from->second.text() == trace.trace_id)
    return refuse("this answer comes from the run that asked", "answer from outside of it");
  if (same_person(me, item.fields.at("asker")))
    return refuse("nobody approves what they asked for themselves", "somebody else must answer");
  auto approvals = item.fields.contains("approvals") ? item.fields.at("approvals") : Value(Value::List{});
  for (const auto& a : *approvals.as_list())
    if (same_person(me, a)) return refuse("they approved it already", "another person must answer");
  Value::List as;
  bool counts = false;
  for (const auto& o : read_obligations(item.fields.at("needs"))) {
    if (o.kind == "four-eyes") {
      // The eyes behind an agent are its sponsor's, and of who made the token that it asked with.
      auto behind = [&](const char* member) {
        auto who = item.fields.at("asker")[member].text();
        return !who.empty() && (who == actor.id || who == actor.on_behalf_of);
      };
      if (behind("sponsor") || behind("maker")) continue;
      counts = true;
      as.push_back(o.kind);
    }
    if (o.kind != "approval") continue;
    TK_TRY(bool holds, authority_.holds(actor, o.of, item.resource()));
    if (holds) as.push_back(o.of);
  }
  if (!counts && as.empty())
    return refuse("it waits for " + describe(read_obligations(item.fields.at("needs"))),
                  "law must let them answer by a rule of that very role");
  approval = {{"id", actor.id}, {"on_behalf_of", actor.on_behalf_of}, {"by", whose(actor)},
              {"at", clock::rfc3339(clock::now_ns())}, {"as", std::move(as)}};
  return {};
}

// The transition itself, in the name of who asked for it; the item is closed in the same commit.
Result<Outcome> Store::carry_out(const Record& item, const trace::Context& trace) {
  Change c;
  if (item.fields.contains("new")) {
    const auto& made = item.fields.at("new");
    c.type = made["type"].text();
    c.context = made["context"].text();
    c.name = made["name"].text();
    c.parent = made["parent"].text();
  }
  c.id = field_text(item, "record");
  c.event = field_text(item, "event");
  c.expected_version = item.fields.at("version").integer();
  c.input = *item.fields.at("input").as_map();
  c.reason = field_text(item, "reason");
  c.idempotency_key = field_text(item, "key");
  c.actor = actor_from(item.fields.at("asker"));
  c.actor.asked_ns = item.created_ns;
  // It is still a deed of the run that asked: what that run has seen, and the leases bound to it, count.
  c.trace = trace;
  if (auto run = field_text(item, "trace"); !run.empty()) c.trace.trace_id = run;
  c.parked = item.id;
  auto done = apply(std::move(c));
  if (done) return done;
  auto error = done.error();
  if (error.exit() == Exit::temporary || error.exit() == Exit::waiting || error.exit() == Exit::bug) return fail(error);
  TK_TRY(auto now, get(item.id));
  if (now.state != "approved") return fail(Code::record_answered, "item " + item.id + " is " + now.state);
  Change over;  // it can never be done as it was asked for
  over.id = item.id;
  over.event = "lapse";
  over.input = {{"outcome", error.message}};
  over.actor = actor_from(item.fields.at("asker"));
  over.trace = trace;
  over.owed = "obligations";
  TK_CHECK(apply(std::move(over)));
  return fail(error);
}

namespace {

// Somebody whose own consent is asked for needs no law to give it.
bool named(const Record& item, const Actor& actor) {
  for (const auto& o : read_obligations(item.fields.at("needs")))
    if (o.of == whose(actor)) return true;
  return false;
}

}  // namespace

Result<Record> Store::answer_once(const Actor& actor, const trace::Context& trace, const Record& item, bool approve,
                                  const std::string& reason) {
  Change c;
  c.id = item.id;
  c.expected_version = item.version;
  c.actor = actor;
  c.trace = trace;
  c.reason = reason;
  if (approve) {
    if (!named(item, actor)) TK_CHECK(ask(actor, "cast.answer", item.resource()));
    Value::Map approval;
    TK_CHECK(may_answer(actor, trace, item, approval));
    auto approvals = item.fields.contains("approvals") ? *item.fields.at("approvals").as_list() : Value::List{};
    approvals.push_back(std::move(approval));
    bool last = left_of(read_obligations(item.fields.at("needs")), approvals).empty();
    c.event = last ? "grant" : "approve";
    c.input = {{"approvals", std::move(approvals)}};
  } else {
    c.event = "deny";
    c.input = {{"outcome", "denied by " + whose(actor) + (reason.empty() ? "" : ": " + reason)}};
  }
  if (named(item, actor)) c.owed = "consent";
  TK_TRY(auto answered, apply(std::move(c)));
  return std::move(answered.record);
}

Result<Answered> Store::answer(const Actor& actor, const trace::Context& trace, const std::string& id, bool approve,
                               const std::string& reason) {
  TK_TRY(auto item, find(id, "parked"));
  Answered out;
  auto over = [&](const Record& r) {
    auto outcome = field_text(r, "outcome");
    return fail(Code::record_answered, "item " + r.id + " is " + r.state + (outcome.empty() ? "" : ": " + outcome));
  };
  // Others answer it too: each answer counts on top of theirs, or comes too late.
  for (int tries = 0; item.state == "open"; ++tries) {
    if (is_over(item)) {
      TK_CHECK(expire(item, actor, trace));
      TK_TRY(item, get(item.id));
      return over(item);
    }
    auto answered = answer_once(actor, trace, item, approve, reason);
    if (answered) {
      item = out.item = std::move(*answered);
      break;
    }
    if (answered.error().code != Code::record_conflict || tries == 100) return fail(answered.error());
    TK_TRY(item, get(item.id));
    if (item.state != "open") return over(item);
  }
  if (out.item.id.empty() && (item.state != "approved" || !approve || is_over(item))) return over(item);
  if (item.state == "approved" && item.fields.at("carried") == Value(true)) {
    TK_TRY(out.done, carry_out(item, trace));
    TK_TRY(item, get(item.id));
  }
  out.item = std::move(item);
  return out;
}

}  // namespace tk::record
