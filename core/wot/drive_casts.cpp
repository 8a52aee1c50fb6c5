// The driver's half that asks humans.
#include <algorithm>

#include "core/base/clock.hpp"
#include "core/os/terminal.hpp"
#include "core/wot/cast.hpp"
#include "core/wot/detail/driver.hpp"

namespace tk::wot::detail {

std::vector<std::size_t> Driver::open_cast_steps() const {
  std::vector<std::size_t> out;
  for (std::size_t i = 0; i < states_.size(); ++i)
    if (states_[i].at == State::running && !states_[i].cast.empty()) out.push_back(i);
  return out;
}

Result<void> Driver::open_cast(std::size_t i) {
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

Result<void> Driver::reuse(std::size_t i, const record::Record& cast) {
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

Result<void> Driver::cast_answered(std::size_t i, const record::Record& cast) {
  auto& s = states_[i];
  auto answer = cast.fields.at("answer").text(), by = cast.fields.at("by").text();
  for (const char* name : {"answer", "by", "at"}) s.output.insert_or_assign(name, cast.fields.at(name));
  s.cast.clear();
  step_done(i);
  say(cast_name(cast) + ": " + (answer.empty() ? "nobody answered in time" : answer + " by " + by));
  if (answer == "approve") return {};
  bool rejected = answer == "reject";
  TK_CHECK(stop_active("the gate closed"));
  TK_CHECK(run_event(rejected ? "reject" : "time_out",
                     {{"reason", rejected ? cast_name(cast) + " was rejected by " + by
                                          : cast_name(cast) + " was not answered in time"}}));
  ended_ = Ended{run_.id, rejected ? Ending::rejected : Ending::timed_out, s.output, {}};
  return {};
}

Result<void> Driver::look_for_answers() {
  cast_deadline_ms_ = 0;
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
    if (cast.state == "open") {
      auto deadline = cast.fields.at("deadline").integer();
      if (deadline > 0 && (cast_deadline_ms_ == 0 || deadline < cast_deadline_ms_)) cast_deadline_ms_ = deadline;
      continue;
    }
    for (auto& known : casts_)
      if (known.id == cast.id) known = cast;
    TK_CHECK(cast_answered(i, cast));
    if (ended_) return {};
  }
  return {};
}

// Until a program has something, somebody answered, or a signal came; at most `ms`, and not beyond the
// deadline of an open cast. An answer wakes us through the journal's live page.
Result<void> Driver::wait_for_news(std::vector<os::Child*>& children, int ms) {
  std::vector<int> wake{os::interrupt_fd()};
  bool asks = !open_cast_steps().empty();
  auto* live = asks || !active_.empty() ? env_.store.journal().live() : nullptr;
  if (live) {
    wake.push_back(live->event_fd());
    live->clear_event();
    TK_CHECK(end_revoked());
    if (asks) TK_CHECK(look_for_answers());  // what came before we listened
    if (asks && (ended_ || open_cast_steps().empty())) return {};
    if (asks && cast_deadline_ms_ > 0)
      ms = static_cast<int>(std::clamp<std::int64_t>(cast_deadline_ms_ - clock::now_ns() / 1'000'000 + 1, 0, ms));
  }
  turn_.unlock();
  os::Child::pump(children, ms, wake);
  turn_.lock();
  if (live) TK_CHECK(end_revoked());
  return live && asks ? look_for_answers() : Result<void>();
}

Result<void> Driver::wait_for_human() {
  TK_CHECK(look_for_answers());
  auto open = open_cast_steps();
  if (open.empty() || ended_) return {};
  if (os::interrupted()) return interrupted();
  if (options_.wait) {
    std::vector<os::Child*> none;
    return wait_for_news(none, 1000);
  }
  TK_CHECK(run_event("wait", {}));
  Ended out{run_.id, Ending::waiting, {}, {}};
  for (auto i : open) out.open_casts.push_back(plan_.steps[i].step->cast);
  ended_ = std::move(out);
  return {};
}

}  // namespace tk::wot::detail
