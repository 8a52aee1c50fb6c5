// Walks the plan of one run. What the journal already holds of it is taken instead of done again.
#pragma once

#include <list>
#include <map>
#include <optional>
#include <set>

#include "core/agent/backend.hpp"
#include "core/wot/run.hpp"
#include "core/wot/values.hpp"

namespace tk::wot::detail {

class Driver {
 public:
  Driver(Environment& env, const Plan& plan, record::Record run, const Options& options)
      : env_(env), plan_(plan), run_(std::move(run)), options_(options),
        cas_(env.workspace.state("cas")), states_(plan.steps.size()), next_(plan.steps.size()) {}

  Result<Ended> run();

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

  void say(const std::string& line) const;
  void note(const std::string& line) const;
  std::string key(std::size_t step, const std::string& what, std::int64_t iteration) const;
  Result<void> load_past();
  void step_done(std::size_t i);
  void wake(const std::vector<std::size_t>& steps);  // look at what follows them again

  Result<void> run_event(const std::string& event, Value::Map input, std::string reason = {},
                         std::string idempotency_key = {});
  bool ready(std::size_t i) const;
  bool shares_loop(std::size_t a, std::size_t b) const;
  Result<bool> start_ready();
  Value::Map seen_by(std::size_t i, bool with_inputs) const;
  Value::Map input_of(std::size_t i, const Unit& unit) const;
  std::int64_t timeout_of(std::size_t i, const Unit& unit) const;
  std::uint64_t limit(const char* key) const;
  Result<void> start_unit(std::size_t i, std::size_t u);
  Result<Value> box_for(agent::Task& task, const record::Actor& actor);
  Result<void> kill_tokens(const std::string& step, std::vector<record::Change>& batch);
  // Ends the token with what else is in the batch, unless somebody ended it already.
  Result<void> revoke(const std::string& token, std::vector<record::Change>& batch);
  Result<void> unit_failed(const record::Actor& actor, const trace::Context& span,
                           const std::string& record, const std::string& token, const Error& why);
  Result<void> pump();
  Result<void> go_on();
  Result<void> end_revoked();
  Result<void> interrupted();
  // Ends what is under way: each step stands as failed and its token is dead, in one commit.
  Result<void> stop_active(const std::string& why);
  Result<void> collect_all(std::list<Active>& over);
  Result<void> collect(Active& a, Value::Map output);
  Result<void> unit_done(std::size_t i, Value::Map output);
  Result<void> feed_back(std::size_t i);

  // casts: drive_casts.cpp
  std::vector<std::size_t> open_cast_steps() const;
  Result<void> open_cast(std::size_t i);
  Result<void> reuse(std::size_t i, const record::Record& cast);
  Result<void> cast_answered(std::size_t i, const record::Record& cast);
  Result<void> look_for_answers();
  Result<void> wait_for_news(std::vector<os::Child*>& children, int ms);
  Result<void> wait_for_human();
  Result<Ended> finish();

  Environment& env_;
  const Plan& plan_;
  record::Record run_;
  const Options& options_;
  store::Cas cas_;
  Value::Map input_;
  std::vector<State> states_;
  std::vector<std::vector<std::size_t>> next_;  // the steps behind each step
  std::set<std::size_t> candidates_;            // steps that may have become ready
  std::size_t done_ = 0;
  std::timed_mutex law_and_journal_;  // ours but while we wait: then proxies of boxes may ask
  std::unique_lock<std::timed_mutex> turn_{law_and_journal_};
  agent::Plugins plugins_;
  std::list<Active> active_;  // ends before the plugins that it speaks to
  std::map<std::string, record::Record> past_;
  std::vector<record::Record> casts_;
  std::int64_t cast_deadline_ms_ = 0;  // of the open casts, the nearest; 0 = none
  std::optional<Ended> ended_;
  struct Layers {
    std::string none;                // why no box can be had here; empty: one can
    std::vector<std::string> lacks;  // what one has not
  };
  std::map<std::string, Layers> layers_;  // by profile, of those that let something be missing
  std::uint64_t standing_ = 0;  // Live::standing when the tokens of what runs were looked at
};

}  // namespace tk::wot::detail
