#include <algorithm>
#include <list>

#include "core/acl/gate.hpp"
#include "core/agent/backend.hpp"
#include "core/base/clock.hpp"
#include "core/base/ids.hpp"
#include "core/base/text.hpp"
#include "core/os/file.hpp"
#include "core/os/terminal.hpp"
#include "core/wot/cast.hpp"
#include "core/wot/convergence.hpp"
#include "core/wot/run.hpp"
#include "core/wot/values.hpp"

namespace tk::wot {
namespace {

constexpr int kPollMs = 50;  // how often a waiting runner looks for an answer, until notification

class Driver {
 public:
  Driver(Environment& env, const Plan& plan, record::Record run, const Options& options)
      : env_(env), plan_(plan), run_(std::move(run)), options_(options),
        cas_(env.workspace.state("cas")), states_(plan.steps.size()) {}

  Result<Ended> run() {
    TK_TRY(input_, expand(cas_, run_.fields.at("input")));
    TK_CHECK(load_past());
    if (run_.state != "running") TK_CHECK(run_event("resume", {}));
    for (;;) {
      TK_TRY(bool moved, start_ready());
      if (ended_) return std::move(*ended_);
      if (moved) continue;
      if (all_done()) return finish();
      if (active_.empty()) {
        TK_CHECK(wait_for_human());
        if (ended_) return std::move(*ended_);
      } else {
        TK_CHECK(pump());
      }
    }
  }

 private:
  struct State {
    enum { pending, running, done } at = pending;
    std::int64_t iteration = 1;
    Value::Map output;
    std::size_t units_left = 0;
    bool looping = false;         // its feedback loop has not stopped yet
    std::vector<Value> metrics;   // of each round, for a step with feedback
    Value::Map fed_back;          // inputs that a feedback edge gives it
    std::string cast;             // the open cast's record
  };
  struct Active {
    std::size_t step, unit;
    std::string record, token;
    record::Actor actor;
    agent::Attempt attempt;
    std::int64_t began;
  };

  void say(const std::string& line) const {
    if (options_.progress) options_.progress(line);
  }

  std::string key(std::size_t step, const std::string& what, std::int64_t iteration) const {
    return run_.id + "/" + plan_.steps[step].step->name + "/" + what + "/" + std::to_string(iteration);
  }

  // What the journal already holds of this run.
  Result<void> load_past() {
    TK_TRY(auto steps, env_.store.list("step", run_.id));
    for (auto& r : steps)
      past_.emplace(r.fields["step"].text() + "/" + r.fields["agent"].text() + "/" +
                        std::to_string(r.fields["iteration"].integer()),
                    std::move(r));
    TK_TRY(casts_, env_.store.list("cast", run_.id));
    for (auto& s : states_) s.looping = false;
    for (const auto& p : plan_.steps)
      if (p.step->feedback)
        for (auto i : p.loop) states_[i].looping = true;
    return {};
  }

  Result<void> run_event(const std::string& event, Value::Map input, std::string reason = {},
                         std::string idempotency_key = {}) {
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

  bool all_done() const {
    return std::all_of(states_.begin(), states_.end(), [](const State& s) { return s.at == State::done; });
  }

  bool ready(std::size_t i) const {
    if (states_[i].at != State::pending) return false;
    for (auto b : plan_.steps[i].before) {
      if (states_[b].at != State::done) return false;
      // Outside of a loop nothing sees its values before it has stopped.
      if (states_[b].looping && !shares_loop(b, i)) return false;
    }
    return true;
  }

  bool shares_loop(std::size_t a, std::size_t b) const {
    for (const auto& p : plan_.steps) {
      auto in = [&](std::size_t i) { return std::find(p.loop.begin(), p.loop.end(), i) != p.loop.end(); };
      if (in(a) && in(b)) return true;
    }
    return false;
  }

  Result<bool> start_ready() {
    bool moved = false;
    for (std::size_t i = 0; i < states_.size() && !ended_; ++i) {
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
  Value::Map seen_by(std::size_t i, bool with_inputs) const {
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

  Value::Map input_of(std::size_t i, const Unit& unit) const {
    auto seen = seen_by(i, true);
    Value::Map out;
    for (const auto& [name, port] : unit.agent_template->input) {
      if (auto it = seen.find(name); it != seen.end()) out.emplace(name, it->second);
      else if (port.fallback) out.emplace(name, *port.fallback);
    }
    return out;
  }

  std::int64_t timeout_of(std::size_t i, const Unit& unit) const {
    auto ns = plan_.steps[i].step->timeout_ns;
    auto own = unit.agent_template->timeout_ns;
    if (own == 0)
      own = clock::parse_duration(env_.workspace.config("agent.timeout").value_or("10m")).value_or(0);
    return ns == 0 ? own : own == 0 ? ns : std::min(ns, own);
  }

  std::uint64_t limit(const char* key) const {
    return std::strtoull(env_.workspace.config(key).value_or("0").c_str(), nullptr, 10);
  }

  // Starts one agent of a step, or takes its answer from the journal.
  Result<void> start_unit(std::size_t i, std::size_t u) {
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
    std::string token_id;
    if (unit.agent_template->backend == "exec") {
      auto expires = (clock::now_ns() + (timeout > 0 ? timeout : 3'600'000'000'000)) / 1'000'000 + 1000;
      auto issued = acl::issue(actor, env_.actor, span, run_.context, record_id, expires);
      task.token = issued.token;
      token_id = issued.change.id;
      batch.push_back(std::move(issued.change));
    }
    TK_CHECK(env_.store.apply(std::move(batch)));
    task.agent_template = unit.agent_template.get();
    task.ref = ref;
    task.input = std::move(input);
    task.workspace = env_.workspace.root();
    task.folder = env_.workspace.state("run/" + run_.id + "/" + plan_.steps[i].step->name + "-" +
                                       std::to_string(u) + "-" + std::to_string(state.iteration));
    task.traceparent = trace::traceparent(span);
    task.plugin_path = env_.workspace.config("plugin.path").value_or("");
    task.timeout_ns = timeout;
    task.output_limit = limit("agent.output");
    task.memory_limit = limit("agent.memory");
    auto attempt = agent::Attempt::start(std::move(task));
    if (!attempt) return unit_failed(actor, span, record_id, token_id, attempt.error());
    active_.push_back({i, u, record_id, token_id, actor, std::move(*attempt), clock::monotonic_ns()});
    return {};
  }

  Result<void> kill_tokens(const std::string& step, std::vector<record::Change>& batch) {
    TK_TRY(auto tokens, env_.store.list("token", step));
    for (const auto& t : tokens)
      if (t.state == "live") batch.push_back(revoke(t.id));
    return {};
  }

  record::Change revoke(const std::string& token) const {
    record::Change c;
    c.id = token;
    c.event = "revoke";
    c.actor = env_.actor;
    c.trace = trace::child(env_.trace);
    return c;
  }

  // The step's error is journaled, its token dies with it, and the run stands as failed.
  Result<void> unit_failed(const record::Actor& actor, const trace::Context& span,
                           const std::string& record, const std::string& token, const Error& why) {
    std::vector<record::Change> batch(1);
    batch[0].id = record;
    batch[0].event = "fail";
    batch[0].input = {{"error", describe(why)}};
    batch[0].actor = actor;
    batch[0].trace = span;
    if (!token.empty()) batch.push_back(revoke(token));
    TK_CHECK(env_.store.apply(std::move(batch)));
    for (auto& a : active_) a.attempt.cancel();
    active_.clear();
    TK_CHECK(run_event("fail", {{"reason", describe(why)}}));
    return fail(why);
  }

  Result<void> pump() {
    std::vector<os::Child*> children;
    std::int64_t nearest = 0;
    bool instant = false;
    for (auto& a : active_) {
      if (a.attempt.child()) children.push_back(a.attempt.child());
      instant = instant || a.attempt.finished();
      auto deadline = a.attempt.deadline_ns();
      if (deadline > 0 && (nearest == 0 || deadline < nearest)) nearest = deadline;
    }
    if (!instant) {
      int wait = 1000;
      if (nearest > 0)
        wait = static_cast<int>(std::clamp<std::int64_t>((nearest - clock::monotonic_ns()) / 1'000'000 + 1, 0, 1000));
      if (!open_cast_steps().empty()) wait = std::min(wait, kPollMs);
      os::Child::pump(children, wait, os::interrupt_fd());
      TK_CHECK(look_for_answers());
    }
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
    for (auto& a : over) TK_CHECK(collect(a));
    return {};
  }

  Result<void> interrupted() {
    for (auto& a : active_) a.attempt.cancel();
    active_.clear();
    return fail(Code::interrupted, "interrupted; nothing that was done is lost",
                "go on with: tk wot resume " + run_.id);
  }

  Result<void> collect(Active& a) {
    auto output = a.attempt.result();
    auto span = trace::child(env_.trace);
    if (!output) return unit_failed(a.actor, span, a.record, a.token, output.error());
    TK_TRY(auto stored, shrink(cas_, *output));
    std::vector<record::Change> batch(1);
    batch[0].id = a.record;
    batch[0].event = "finish";
    batch[0].input = {{"output", stored}};
    batch[0].actor = a.actor;
    batch[0].trace = span;
    if (!a.token.empty()) batch.push_back(revoke(a.token));
    TK_CHECK(env_.store.apply(std::move(batch)));
    const auto& name = plan_.steps[a.step].step->name;
    auto iteration = states_[a.step].iteration;
    say(name + (iteration > 1 ? " (round " + std::to_string(iteration) + ")" : "") + " done in " +
        std::to_string((clock::monotonic_ns() - a.began) / 1'000'000) + " ms");
    return unit_done(a.step, std::move(*output));
  }

  Result<void> unit_done(std::size_t i, Value::Map output) {
    auto& s = states_[i];
    s.output.merge(output);
    if (--s.units_left > 0) return {};
    s.at = State::done;
    if (plan_.steps[i].step->feedback) return feed_back(i);
    return {};
  }

  // A round of the loop is over: stop, or give the outputs back and run its steps again. The
  // decision is journaled once, also when the run is resumed behind it.
  Result<void> feed_back(std::size_t i) {
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
      say(p.step->name + ": " + round.reason + " after round " + std::to_string(s.iteration));
      return {};
    }
    auto& target = states_[p.feedback_to];
    for (const auto& [output, input] : f.map) target.fed_back.insert_or_assign(input, s.output[output]);
    for (auto j : p.loop) {
      states_[j].at = State::pending;
      ++states_[j].iteration;
    }
    return {};
  }

  // ---- casts

  std::vector<std::size_t> open_cast_steps() const {
    std::vector<std::size_t> out;
    for (std::size_t i = 0; i < states_.size(); ++i)
      if (states_[i].at == State::running && !states_[i].cast.empty()) out.push_back(i);
    return out;
  }

  Result<void> open_cast(std::size_t i) {
    const auto& step = *plan_.steps[i].step;
    auto& s = states_[i];
    s.output = seen_by(i, plan_.steps[i].before.empty());
    TK_TRY(auto stored, shrink(cas_, s.output));
    for (auto& cast : casts_) {
      if (cast.fields["step"].text() != step.name || cast.fields["input"] != stored) continue;
      s.at = State::running;
      s.cast = cast.id;
      if (cast.state == "open") return {};
      if (cast.fields["iteration"].integer() != s.iteration) TK_CHECK(reuse(i, cast));
      return cast_answered(i, cast);
    }
    static constexpr const char* kHow[] = {"fail", "approve", "reject"};
    record::Change c;
    c.type = "cast";
    c.context = run_.context;
    c.name = plan_.graph->name + "/" + step.cast;
    c.parent = run_.id;
    c.input = {{"step", step.name}, {"iteration", s.iteration}, {"prompt", step.prompt},
               {"input", stored},
               {"deadline", step.timeout_ns > 0 ? (clock::now_ns() + step.timeout_ns) / 1'000'000 : 0},
               {"on_timeout", kHow[static_cast<int>(step.on_timeout)]}};
    c.actor = env_.actor;
    c.trace = trace::child(env_.trace);
    c.idempotency_key = key(i, "cast", s.iteration);
    TK_TRY(auto done, env_.store.apply(std::move(c)));
    s.at = State::running;
    s.cast = done.record.id;
    casts_.push_back(done.record);
    say(step.cast + " asks: " + step.prompt);
    if (options_.wait && options_.on_cast) TK_CHECK(options_.on_cast(done.record));
    return {};
  }

  Result<void> reuse(std::size_t i, const record::Record& cast) {
    record::Change c;
    c.id = cast.id;
    c.event = "reuse";
    c.actor = env_.actor;
    c.trace = trace::child(env_.trace);
    c.reason = "the same question as in round " + std::to_string(cast.fields.at("iteration").integer());
    c.idempotency_key = key(i, "reuse", states_[i].iteration);
    TK_CHECK(env_.store.apply(std::move(c)));
    say(cast_name(cast) + ": the earlier answer to the same question counts");
    return {};
  }

  Result<void> cast_answered(std::size_t i, const record::Record& cast) {
    auto& s = states_[i];
    auto answer = cast.fields.at("answer").text(), by = cast.fields.at("by").text();
    for (const char* name : {"answer", "by", "at"}) s.output.insert_or_assign(name, cast.fields.at(name));
    s.cast.clear();
    s.at = State::done;
    say(cast_name(cast) + ": " + (answer.empty() ? "nobody answered in time" : answer + " by " + by));
    if (answer == "approve") return {};
    bool rejected = answer == "reject";
    for (auto& a : active_) a.attempt.cancel();
    active_.clear();
    TK_CHECK(run_event(rejected ? "reject" : "time_out",
                       {{"reason", rejected ? cast_name(cast) + " was rejected by " + by
                                            : cast_name(cast) + " was not answered in time"}}));
    ended_ = Ended{run_.id, rejected ? Ending::rejected : Ending::timed_out, s.output, {}};
    return {};
  }

  Result<void> look_for_answers() {
    for (auto i : open_cast_steps()) {
      TK_TRY(auto cast, env_.store.get(states_[i].cast));
      if (cast.state == "open" && past_deadline(cast)) {
        auto expired = expire(env_, cast);
        // A human was faster by a hair: the answer counts.
        if (!expired && expired.error().exit() != Exit::conflict &&
            expired.error().code != Code::record_event)
          return fail(expired.error());
        TK_TRY(cast, env_.store.get(cast.id));
      }
      if (cast.state == "open") continue;
      for (auto& known : casts_)
        if (known.id == cast.id) known = cast;
      TK_CHECK(cast_answered(i, cast));
      if (ended_) return {};
    }
    return {};
  }

  Result<void> wait_for_human() {
    TK_CHECK(look_for_answers());
    auto open = open_cast_steps();
    if (open.empty() || ended_) return {};
    if (os::interrupted()) return interrupted();
    if (options_.wait) {
      std::vector<os::Child*> none;
      os::Child::pump(none, kPollMs, os::interrupt_fd());
      return {};
    }
    TK_CHECK(run_event("wait", {}));
    Ended out{run_.id, Ending::waiting, {}, {}};
    for (auto i : open) out.open_casts.push_back(plan_.steps[i].step->cast);
    ended_ = std::move(out);
    return {};
  }

  Result<Ended> finish() {
    const auto& last = states_.back().output;
    Value::Map output;
    for (const auto& [name, value] : last)
      if (plan_.graph->output.empty() || plan_.graph->output.contains(name)) output.emplace(name, value);
    TK_TRY(auto stored, shrink(cas_, output));
    TK_CHECK(run_event("finish", {{"output", stored}}));
    return Ended{run_.id, Ending::done, std::move(output), {}};
  }

  Environment& env_;
  const Plan& plan_;
  record::Record run_;
  const Options& options_;
  store::Cas cas_;
  Value::Map input_;
  std::vector<State> states_;
  std::list<Active> active_;
  std::map<std::string, record::Record> past_;
  std::vector<record::Record> casts_;
  std::optional<Ended> ended_;
};

}  // namespace

Result<Ended> drive(Environment& env, const Plan& plan, const std::string& id, const Options& options) {
  TK_TRY(auto run, env.store.get(id));
  if (run.state == "done") {
    store::Cas cas(env.workspace.state("cas"));
    TK_TRY(auto output, expand(cas, run.fields["output"]));
    return Ended{id, Ending::done, std::move(output), {}};
  }
  if (run.state == "rejected") return Ended{id, Ending::rejected, {}, {}};
  if (run.state == "timed_out") return Ended{id, Ending::timed_out, {}, {}};
  TK_CHECK(os::make_directories(env.workspace.state("run"), 0700));
  auto lock = os::Lock::take(env.workspace.state("run/" + id + ".lock"), Code::wot_busy);
  if (!lock) {
    auto error = lock.error();
    if (error.code == Code::wot_busy) error.message = "run " + id + ": " + error.message;
    return fail(error);
  }
  TK_TRY(run, env.store.get(id));  // as it stands under the lock
  auto ended = Driver(env, plan, std::move(run), options).run();
  static_cast<void>(os::remove_tree(env.workspace.state("run/" + id)));
  return ended;
}

}  // namespace tk::wot
