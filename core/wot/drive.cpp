#include <algorithm>

#include "core/acl/gate.hpp"
#include "core/acl/standing.hpp"
#include "core/acl/token.hpp"
#include "core/base/clock.hpp"
#include "core/base/ids.hpp"
#include "core/os/file.hpp"
#include "core/os/terminal.hpp"
#include "core/wot/convergence.hpp"
#include "core/wot/detail/driver.hpp"

namespace tk::wot {
namespace detail {

Result<Ended> Driver::run() {
  TK_TRY(input_, expand(cas_, run_.fields.at("input")));
  TK_CHECK(load_past());
  // Whoever goes on with a run must be allowed to, before any step of it is carried out.
  if (!options_.fresh) TK_CHECK(run_event("resume", {}));
  for (;;) {
    TK_TRY(bool moved, start_ready());
    if (ended_) return std::move(*ended_);
    if (moved) continue;
    if (done_ == states_.size()) return finish();
    if (active_.empty()) {
      TK_CHECK(wait_for_human());
      if (ended_) return std::move(*ended_);
    } else {
      TK_CHECK(pump());
    }
  }
}

void Driver::step_done(std::size_t i) {
  states_[i].at = State::done;
  ++done_;
  wake({i});
}

void Driver::wake(const std::vector<std::size_t>& steps) {
  for (auto i : steps) candidates_.insert(next_[i].begin(), next_[i].end());
}

std::int64_t Driver::timeout_of(std::size_t i, const Unit& unit) const {
  auto ns = plan_.steps[i].step->timeout_ns;
  auto own = unit.agent_template->timeout_ns;
  if (own == 0)
    own = clock::parse_duration(env_.workspace.config("agent.timeout").value_or("10m")).value_or(0);
  return ns == 0 ? own : own == 0 ? ns : std::min(ns, own);
}

std::uint64_t Driver::limit(const char* key) const {
  return std::strtoull(env_.workspace.config(key).value_or("0").c_str(), nullptr, 10);
}

void Driver::say(const std::string& line) const {
  if (options_.progress) options_.progress(line);
}

void Driver::note(const std::string& line) const {
  if (options_.note) options_.note(line);
}

std::string Driver::key(std::size_t step, const std::string& what, std::int64_t iteration) const {
  return run_.id + "/" + plan_.steps[step].step->name + "/" + what + "/" + std::to_string(iteration);
}

// What the journal already holds of this run.
Result<void> Driver::load_past() {
  TK_TRY(auto steps, env_.store.list("step", run_.id));
  for (auto& r : steps)
    past_.emplace(r.fields["step"].text() + "/" + r.fields["agent"].text() + "/" +
                      std::to_string(r.fields["iteration"].integer()),
                  std::move(r));
  TK_TRY(casts_, env_.store.list("cast", run_.id));
  for (std::size_t i = 0; i < plan_.steps.size(); ++i) {
    const auto& p = plan_.steps[i];
    if (p.before.empty()) candidates_.insert(i);
    for (auto b : p.before) next_[b].push_back(i);
    for (auto j : p.loop) states_[j].looping = true;
  }
  return {};
}

Result<void> Driver::run_event(const std::string& event, Value::Map input, std::string reason,
                       std::string idempotency_key) {
  record::Change c;
  c.id = run_.id;
  c.event = event;
  c.input = std::move(input);
  c.actor = env_.actor;
  c.trace = trace::child(env_.trace);
  c.reason = std::move(reason);
  c.idempotency_key = std::move(idempotency_key);
  TK_TRY(auto done, env_.store.apply(std::move(c)));
  run_ = std::move(done.record);
  return {};
}

bool Driver::ready(std::size_t i) const {
  if (states_[i].at != State::pending) return false;
  for (auto b : plan_.steps[i].before) {
    if (states_[b].at != State::done) return false;
    // Outside of a loop nothing sees its values before it has stopped.
    if (states_[b].looping && !shares_loop(b, i)) return false;
  }
  return true;
}

bool Driver::shares_loop(std::size_t a, std::size_t b) const {
  for (const auto& p : plan_.steps) {
    auto in = [&](std::size_t i) { return std::find(p.loop.begin(), p.loop.end(), i) != p.loop.end(); };
    if (in(a) && in(b)) return true;
  }
  return false;
}

Result<bool> Driver::start_ready() {
  bool moved = false;
  while (!candidates_.empty() && !ended_) {
    auto i = *candidates_.begin();
    candidates_.erase(candidates_.begin());
    if (!ready(i)) continue;
    moved = true;
    if (plan_.steps[i].step->is_cast()) {
      TK_CHECK(open_cast(i));
      continue;
    }
    states_[i].at = State::running;
    states_[i].units_left = plan_.steps[i].units.size();
    states_[i].output.clear();
    for (std::size_t u = 0; u < plan_.steps[i].units.size(); ++u) TK_CHECK(start_unit(i, u));
  }
  return moved;
}

// The fields that step i's predecessors hand on; the workflow's inputs where asked for.
Value::Map Driver::seen_by(std::size_t i, bool with_inputs) const {
  Value::Map out;
  for (auto b : plan_.steps[i].before) {
    const auto& will = plan_.steps[b].step->will;
    for (const auto& [name, value] : states_[b].output) {
      if (!will) out.insert_or_assign(name, value);
      else if (auto it = will->find(name); it != will->end()) out.insert_or_assign(it->second, value);
    }
  }
  if (with_inputs)
    for (const auto& [name, value] : input_) out.emplace(name, value);
  for (const auto& [name, value] : states_[i].fed_back) out.insert_or_assign(name, value);
  return out;
}

Value::Map Driver::input_of(std::size_t i, const Unit& unit) const {
  auto seen = seen_by(i, true);
  Value::Map out;
  for (const auto& [name, port] : unit.agent_template->input) {
    if (auto it = seen.find(name); it != seen.end()) out.emplace(name, it->second);
    else if (port.fallback) out.emplace(name, *port.fallback);
  }
  return out;
}

// Starts one agent of a step, or takes its answer from the journal.
Result<void> Driver::start_unit(std::size_t i, std::size_t u) {
  // A run may wait for days: each step is decided by the law of now.
  if (env_.refresh_law) TK_CHECK(env_.refresh_law());
  const auto& unit = plan_.steps[i].units[u];
  auto& state = states_[i];
  auto ref = unit.agent.str();
  auto found = past_.find(plan_.steps[i].step->name + "/" + ref + "/" + std::to_string(state.iteration));
  if (found != past_.end() && found->second.state == "done") {
    TK_TRY(auto output, expand(cas_, found->second.fields["output"]));
    return unit_done(i, std::move(output));
  }
  TK_TRY(auto actor, acl::actor_of(env_.index, unit.agent));
  actor.on_behalf_of = env_.actor.on_behalf_of.empty() ? env_.actor.id : env_.actor.on_behalf_of;
  auto span = trace::child(env_.trace);
  auto timeout = timeout_of(i, unit);
  auto input = input_of(i, unit);
  TK_TRY(auto stored, shrink(cas_, input));
  std::vector<record::Change> batch(1);
  auto& c = batch[0];
  c.actor = actor;
  c.trace = span;
  if (found == past_.end()) {
    c.type = "step";
    c.id = ids::uuid7();
    c.context = run_.context;
    c.name = plan_.graph->name + "/" + plan_.steps[i].step->name;
    c.parent = run_.id;
    c.input = {{"step", plan_.steps[i].step->name}, {"iteration", state.iteration},
               {"attempt", 1}, {"agent", ref}, {"input", stored}};
    c.idempotency_key = key(i, ref, state.iteration);
  } else {
    c.id = found->second.id;
    c.event = "retry";
    c.input = {{"attempt", found->second.fields["attempt"].integer() + 1}};
    TK_CHECK(kill_tokens(c.id, batch));
  }
  auto record_id = batch[0].id;
  agent::Task task;
  task.agent_template = unit.agent_template.get();
  task.ref = ref;
  task.workspace = env_.workspace.root();
  task.folder = env_.workspace.state("run/" + run_.id + "/" + plan_.steps[i].step->name + "-" +
                                     std::to_string(u) + "-" + std::to_string(state.iteration));
  task.plugin_path = env_.workspace.config("plugin.path").value_or("");
  task.record = record_id;
  task.run = run_.id;
  task.span = span;
  TK_TRY(auto box, box_for(task, actor));
  c.input.emplace("box", std::move(box));
  std::string token_id;
  if (unit.agent_template->backend != "noop") {
    auto expires = (clock::now_ns() + (timeout > 0 ? timeout : 3'600'000'000'000)) / 1'000'000 + 1000;
    acl::Wanted wanted;
    TK_TRY(wanted.subject, acl::party_of(env_.store, actor));
    wanted.expires_ms = expires;
    wanted.kind = "step";
    wanted.context = run_.context;
    wanted.parent = record_id;
    TK_TRY(auto issued, acl::issue(env_.store, env_.index, acl::realm_of(env_.workspace), wanted, env_.actor, span));
    task.token = issued.token;
    token_id = issued.change.id;
    batch.push_back(std::move(issued.change));
  }
  TK_CHECK(env_.store.apply(std::move(batch)));
  task.input = std::move(input);
  task.traceparent = trace::traceparent(span);
  task.look = [this, actor, token = token_id]() -> Result<void> {
    auto alone = actor;  // its token was made from its own rights
    alone.token = token;
    alone.on_behalf_of.clear();
    TK_CHECK(go_on());
    for (const auto* who : {&actor, &std::as_const(alone)}) {
      TK_TRY(auto trouble, env_.gate.trouble(*who));
      if (!trouble.empty()) return fail(Code::acl_halted, trouble, "tk log --actor " + actor.ref);
    }
    return {};
  };
  task.timeout_ns = timeout;
  task.output_limit = limit("agent.output");
  task.memory_limit = limit("agent.memory");
  auto attempt = agent::Attempt::start(std::move(task), plugins_);
  if (!attempt) return unit_failed(actor, span, record_id, token_id, attempt.error());
  active_.push_back({i, u, record_id, token_id, actor, std::move(*attempt), clock::monotonic_ns()});
  return {};
}

Result<void> Driver::kill_tokens(const std::string& step, std::vector<record::Change>& batch) {
  TK_TRY(auto tokens, env_.store.list("token", step));
  for (const auto& t : tokens) TK_CHECK(revoke(t.id, batch));
  return {};
}

Result<void> Driver::revoke(const std::string& token, std::vector<record::Change>& batch) {
  if (token.empty()) return {};
  TK_TRY(auto now, env_.store.get(token));
  if (now.state != "live") return {};
  auto& c = batch.emplace_back();
  c.id = token;
  c.event = "revoke";
  c.actor = env_.actor;
  c.trace = trace::child(env_.trace);
  return {};
}

namespace {

// Telling that a step failed takes no right: also one whose agent lost all of its own is journaled.
constexpr const char* kFailure = "failure";

}  // namespace

// The step's error is journaled, its token dies with it, and the run stands as failed.
Result<void> Driver::unit_failed(const record::Actor& actor, const trace::Context& span,
                         const std::string& record, const std::string& token, const Error& why) {
  std::vector<record::Change> batch(1);
  batch[0].id = record;
  batch[0].event = "fail";
  batch[0].input = {{"error", describe(why)}};
  batch[0].actor = actor;
  batch[0].trace = span;
  batch[0].owed = kFailure;
  TK_CHECK(revoke(token, batch));
  TK_CHECK(env_.store.apply(std::move(batch)));
  TK_CHECK(stop_active("another step failed"));
  TK_CHECK(go_on());
  TK_CHECK(run_event("fail", {{"reason", describe(why)}}));
  return fail(why);
}

// Whether nobody has stopped the run.
Result<void> Driver::go_on() {
  TK_TRY(auto run, env_.store.get(run_.id));
  if (run.state != "stopped") return {};
  return fail(Code::acl_halted, "run " + run_.id + " was stopped: " + run.fields.at("reason").text(), "tk wot resume " + run_.id);
}

// A program whose token was ended by somebody (a revocation, a lease that kills, a halt) is ended with it.
Result<void> Driver::end_revoked() {
  auto* live = env_.store.journal().live();
  if (!live || live->standing() == standing_) return {};
  standing_ = live->standing();
  if (auto stopped = go_on(); !stopped) {
    plugins_.kill();
    TK_CHECK(stop_active("the run was stopped"));
    return stopped;
  }
  for (auto& a : active_) {
    if (a.token.empty() || a.attempt.finished()) continue;
    TK_TRY(auto token, env_.store.get(a.token));
    TK_TRY(auto standing, acl::standing_of(env_.store, a.actor.id));
    bool ended = token.state != "live" || standing.halted ||
                 (token.fields.contains("epoch") && token.fields.at("epoch").integer() != standing.epoch);
    if (ended) a.attempt.end({Code::acl_bad_token, "its rights were ended while it ran", {}, "tk log --actor " + a.actor.ref + " tells by whom", nullptr});
  }
  return {};
}

Result<void> Driver::pump() {
  std::vector<os::Child*> children;
  std::int64_t nearest = 0;
  bool instant = false;
  // All look first: what one sees may end the program that another would wait for.
  for (auto& a : active_) instant = a.attempt.finished() || instant;
  for (auto& a : active_) {
    auto* child = a.attempt.child();  // a resident plugin's serves many
    if (child && std::find(children.begin(), children.end(), child) == children.end()) children.push_back(child);
    auto deadline = a.attempt.deadline_ns();
    if (deadline > 0 && (nearest == 0 || deadline < nearest)) nearest = deadline;
  }
  if (!instant) {
    int wait = 1000;
    if (nearest > 0)
      wait = static_cast<int>(std::clamp<std::int64_t>((nearest - clock::monotonic_ns()) / 1'000'000 + 1, 0, 1000));
    TK_CHECK(wait_for_news(children, wait));
  }
  for (const auto& note : plugins_.take_notes()) say(note);
  if (os::interrupted()) return interrupted();
  for (auto& a : active_)
    if (!a.attempt.finished() && a.attempt.deadline_ns() > 0 && clock::monotonic_ns() >= a.attempt.deadline_ns())
      a.attempt.expire();
  std::list<Active> over;
  for (auto it = active_.begin(); it != active_.end();) {
    auto next = std::next(it);
    if (it->attempt.finished()) over.splice(over.end(), active_, it);
    it = next;
  }
  return collect_all(over);
}

// Good answers first: they are journaled before a failure stops the rest. Of several that failed at once (one
// plugin crashed) the first tells why; the others are stopped with whatever else is under way.
Result<void> Driver::collect_all(std::list<Active>& over) {
  std::optional<Error> why;
  for (auto it = over.begin(); it != over.end();) {
    auto next = std::next(it);
    auto output = it->attempt.result();
    if (output) {
      TK_CHECK(collect(*it, std::move(*output)));
      over.erase(it);
    } else if (!why) {
      why = output.error();
    }
    it = next;
  }
  if (over.empty()) return {};
  auto failed = std::move(over.front());
  over.pop_front();
  active_.splice(active_.end(), over);
  return unit_failed(failed.actor, trace::child(env_.trace), failed.record, failed.token, *why);
}

Result<void> Driver::stop_active(const std::string& why) {
  std::vector<record::Change> batch;
  for (auto& a : active_) {
    a.attempt.cancel();
    record::Change c;
    c.id = a.record;
    c.event = "fail";
    c.input = {{"error", "stopped: " + why}};
    c.actor = a.actor;
    c.trace = trace::child(env_.trace);
    c.owed = kFailure;
    batch.push_back(std::move(c));
    TK_CHECK(revoke(a.token, batch));
  }
  // Their rows first: what they left behind may take its time.
  auto done = batch.empty() ? Result<void>() : env_.store.apply(std::move(batch)).transform([](auto&&) {});
  active_.clear();
  return done;
}

Result<void> Driver::interrupted() {
  TK_CHECK(stop_active("interrupted"));
  return fail(Code::interrupted, "interrupted; nothing that was done is lost",
              "go on with: tk wot resume " + run_.id);
}

Result<void> Driver::collect(Active& a, Value::Map output) {
  auto span = trace::child(env_.trace);
  TK_TRY(auto stored, shrink(cas_, output));
  std::vector<record::Change> batch(1);
  batch[0].id = a.record;
  batch[0].event = "finish";
  batch[0].input = {{"output", stored}};
  batch[0].actor = a.actor;
  batch[0].trace = span;
  TK_CHECK(revoke(a.token, batch));
  // An agent that lost its rights while it ended has no answer to give any more.
  if (auto done = env_.store.apply(std::move(batch)); !done)
    return done.error().exit() == Exit::denied ? unit_failed(a.actor, span, a.record, a.token, done.error())
                                               : fail(done.error());
  const auto& name = plan_.steps[a.step].step->name;
  auto iteration = states_[a.step].iteration;
  say(name + (iteration > 1 ? " (round " + std::to_string(iteration) + ")" : "") + " done in " +
      std::to_string((clock::monotonic_ns() - a.began) / 1'000'000) + " ms");
  return unit_done(a.step, std::move(output));
}

Result<void> Driver::unit_done(std::size_t i, Value::Map output) {
  auto& s = states_[i];
  s.output.merge(output);
  if (--s.units_left > 0) return {};
  step_done(i);
  if (plan_.steps[i].step->feedback) return feed_back(i);
  return {};
}

// A round of the loop is over: stop, or give the outputs back and run its steps again. The
// decision is journaled once, also when the run is resumed behind it.
Result<void> Driver::feed_back(std::size_t i) {
  const auto& p = plan_.steps[i];
  const auto& f = *p.step->feedback;
  auto& s = states_[i];
  if (f.metric.empty()) {
    Value::Map fed;
    for (const auto& [output, input] : f.map) fed.emplace(output, s.output[output]);
    s.metrics.push_back(fed.size() == 1 ? fed.begin()->second : Value(fed));
  } else {
    s.metrics.push_back(s.output[f.metric]);
  }
  auto round = decide_round(s.metrics, f.threshold, f.max_iterations);
  Value::Map note{{"step", p.step->name}, {"iteration", s.iteration}, {"delta", round.delta},
                  {"decision", round.stop ? "stop" : "continue"}, {"reason", round.reason}};
  if (!f.metric.empty()) note.emplace(f.metric, s.metrics.back());
  TK_CHECK(run_event("iterate", {{"converged", note}},
                     round.stop ? round.reason : "delta " + std::to_string(round.delta),
                     key(i, "iterate", s.iteration)));
  if (round.stop) {
    for (auto j : p.loop) states_[j].looping = false;
    wake(p.loop);
    say(p.step->name + ": " + round.reason + " after round " + std::to_string(s.iteration));
    return {};
  }
  auto& target = states_[p.feedback_to];
  for (const auto& [output, input] : f.map) target.fed_back.insert_or_assign(input, s.output[output]);
  for (auto j : p.loop) {
    states_[j].at = State::pending;
    ++states_[j].iteration;
    --done_;
    candidates_.insert(j);
  }
  return {};
}

Result<Ended> Driver::finish() {
  const auto& last = states_.back().output;
  Value::Map output;
  for (const auto& [name, value] : last)
    if (plan_.graph->output.empty() || plan_.graph->output.contains(name)) output.emplace(name, value);
  TK_TRY(auto stored, shrink(cas_, output));
  TK_CHECK(run_event("finish", {{"output", stored}}));
  return Ended{run_.id, Ending::done, std::move(output), {}};
}

}  // namespace detail

namespace {

// How a run that has ended ended; nothing for one that has not.
Result<std::optional<Ended>> ending_of(Environment& env, const record::Record& run) {
  const auto& id = run.id;
  if (run.state == "done") {
    store::Cas cas(env.workspace.state("cas"));
    TK_TRY(auto output, expand(cas, run.fields.at("output")));
    return std::optional<Ended>(Ended{id, Ending::done, std::move(output), {}});
  }
  if (run.state == "rejected") return std::optional<Ended>(Ended{id, Ending::rejected, {}, {}});
  if (run.state == "timed_out") return std::optional<Ended>(Ended{id, Ending::timed_out, {}, {}});
  return std::optional<Ended>();
}

}  // namespace

Result<Ended> drive(Environment& env, const Plan& plan, const std::string& id, const Options& options) {
  TK_TRY(auto run, env.store.get(id));
  if (!options.fresh) TK_CHECK(env.store.ask(env.actor, "run.advance", run.resource()));
  TK_CHECK(os::make_directories(env.workspace.state("run"), 0700));
  auto lock = os::Lock::take(env.workspace.state("run/" + id + ".lock"), Code::wot_busy);
  if (!lock) {
    auto error = lock.error();
    if (error.code == Code::wot_busy) error.message = "run " + id + ": " + error.message;
    return fail(error);
  }
  TK_TRY(run, env.store.get(id));  // as it stands under the lock
  TK_TRY(auto over, ending_of(env, run));
  if (over) return std::move(*over);
  auto ended = detail::Driver(env, plan, std::move(run), options).run();
  static_cast<void>(os::remove_tree(env.workspace.state("run/" + id)));
  return ended;
}

}  // namespace tk::wot
