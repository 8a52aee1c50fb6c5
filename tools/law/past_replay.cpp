// replay and simulate: what the journal holds, decided again by a law of one's choice. In law-journal.
#include <unordered_map>

#include "core/base/clock.hpp"
#include "core/cli/output.hpp"
#include "core/json/json.hpp"
#include "core/record/deeds.hpp"
#include "tools/law/asked.hpp"
#include "tools/law/past.hpp"
#include "tools/law/past_walk.hpp"

namespace tk::tools::law_tool {
namespace {

using namespace tk::law;

constexpr std::size_t kShown = 20, kMaxKept = 100'000;

struct Differing {
  std::int64_t seq;
  std::string when, actor, action, resource, was, now, rule;
};

class Replay {
 public:
  explicit Replay(const Index& index) : engine_(index), past_(index) {
    for (const auto& e : index.entities("")) actors_.emplace(e.id.empty() ? e.str() : std::string(e.id), e);
    for (std::uint32_t rule = 0; rule < index.rule_count(); ++rule)
      if (const auto* condition = engine_.condition(rule))
        for (const auto& input : condition->inputs()) {
          reads_payload_ |= input.name == "context" || input.name == "sum";
          reads_moment_ |= input.call || input.name == "time" || input.name == "context";
        }
  }
  bool reads_payload() const { return reads_payload_; }
  bool reads_history() const { return past_.needed(); }

  void see(const record::Deed& d, bool counted_only) {
    if (!d.action.empty() && !counted_only) decide(d);
    past_.add(d);
  }

  std::int64_t rows = 0, same = 0, unknown = 0;
  std::vector<Differing> allowed, denied;

 private:
  void decide(const record::Deed& d) {
    bool was = d.kind == "done" || d.kind == "parked" || d.kind == "failed";
    ++rows;
    auto actor = actors_.find(d.actor_id);
    auto action = action_of(d.action);
    bool is = false;
    if (actor != actors_.end() && action) {
      auto answer = answer_of(actor->second, *action, d);
      if (!answer) return void(++unknown);
      is = *answer;
    }
    if (is == was) return void(++same);
    auto rule = verdict_.rules.empty() ? std::string() : std::string(engine_.index().rule(verdict_.rules.front()).id);
    (is ? allowed : denied)
        .push_back({d.seq, clock::rfc3339(d.ts_ns), actor == actors_.end() ? std::string(d.actor_id) : actor->second.str(),
                    std::string(d.action), d.resource->str(), was ? "allow" : "deny", is ? "allow" : "deny", rule});
  }

  std::optional<bool> answer_of(const EntityView& actor, std::uint32_t action, const record::Deed& d) {
    auto& target = targets_[d.resource];
    if (!target) target = std::make_unique<Target>(engine_.target(*d.resource));
    // The same question again, where no answer depends on when or with what it is asked.
    auto key = (std::uint64_t{actor.number} << 40 | std::uint64_t{action} << 24) ^ reinterpret_cast<std::uintptr_t>(target.get());
    if (!reads_moment_)
      if (auto it = known_.find(key); it != known_.end()) return it->second;
    Facts facts;
    facts.context = reads_payload_ ? arguments(d.payload) : nullptr;
    facts.now_ns = d.ts_ns;
    facts.history = &past_;
    engine_.decide(actor, action, *target, facts, Detail::first, verdict_);
    if (verdict_.error && !target->declared()) return std::nullopt;  // the record's fields of then are not known
    bool answer = verdict_.answer != Answer::deny;
    if (!reads_moment_) known_.emplace(key, answer);
    return answer;
  }

  // Many rows have the same arguments: they are parsed once.
  const Value::Map* arguments(std::string_view payload) {
    auto it = payloads_.find(payload);
    if (it == payloads_.end()) {
      if (payloads_.size() >= kMaxKept) payloads_.clear();
      auto read = json::parse(payload);
      it = payloads_.emplace(std::string(payload), read ? std::move(*read) : Value()).first;
    }
    return it->second["input"].as_map();
  }

  std::optional<std::uint32_t> action_of(std::string_view name) {
    auto it = numbers_.find(name.data());
    if (it == numbers_.end()) it = numbers_.emplace(name.data(), engine_.action(name)).first;
    return it->second;
  }

  struct Hash : std::hash<std::string_view> {
    using is_transparent = void;
  };
  Engine engine_;
  Past past_;
  Verdict verdict_;
  bool reads_payload_ = false, reads_moment_ = false;
  std::unordered_map<std::string, EntityView, Hash, std::equal_to<>> actors_;
  std::unordered_map<const Ref*, std::unique_ptr<Target>> targets_;
  std::unordered_map<const char*, std::optional<std::uint32_t>> numbers_;  // by place: Deeds keeps its names
  std::unordered_map<std::string, Value, Hash, std::equal_to<>> payloads_;
  std::unordered_map<std::uint64_t, bool> known_;
};

Value::List list_of(const std::vector<Differing>& rows) {
  Value::List out;
  for (const auto& r : rows)
    out.push_back(Value::Map{{"seq", r.seq}, {"ts", r.when}, {"actor", r.actor}, {"action", r.action}, {"resource", r.resource},
                             {"was", r.was}, {"now", r.now}, {"rule", r.rule}});
  return out;
}

std::string lines_of(const char* title, const std::vector<Differing>& rows) {
  if (rows.empty()) return {};
  auto out = std::string(title) + ": " + std::to_string(rows.size()) + "\n";
  for (std::size_t i = 0; i < rows.size() && i < kShown; ++i)
    out += "  " + std::to_string(rows[i].seq) + "  " + rows[i].when + "  " + rows[i].actor + " " + rows[i].action + " " +
           rows[i].resource + (rows[i].rule.empty() ? "" : "  rule " + rows[i].rule) + "\n";
  if (rows.size() > kShown) out += "  … and " + std::to_string(rows.size() - kShown) + " more: --json has them all\n";
  return out;
}

Result<Exit> replay(const cli::Args& args, const std::string& what) {
  Law law;
  TK_TRY(law.workspace, workspace::Workspace::find());
  if (what.empty()) {
    TK_TRY(law.compiled, workspace::CompiledLaw::open(law.workspace));
  } else {
    TK_TRY(law.compiled, workspace::CompiledLaw::of(law.workspace, what));
  }
  std::int64_t since = 0;
  if (auto word = args.get("since"); !word.empty()) {
    auto ago = clock::parse_duration(word);
    auto moment = ago ? Result<std::int64_t>(clock::now_ns() - *ago) : clock::parse_rfc3339(word);
    if (!moment) return fail(moment.error());
    since = *moment;
  }
  TK_TRY(auto journal, journal::Journal::open(law.workspace.journal_path(), store::Mode::read_only));
  Replay replay(law.index());
  record::Deeds deeds(journal);
  record::Deeds::Which which;
  which.payload = replay.reads_payload();
  // Rules that ask for the past need it from the start.
  if (!replay.reads_history()) which.since_ns = since;
  TK_CHECK(deeds.each(which, [&](const record::Deed& d) -> Result<bool> {
    replay.see(d, d.ts_ns < since);
    return true;
  }));
  if (args.json()) {
    cli::print(json::compact(Value::Map{{"decisions", replay.rows}, {"same", replay.same}, {"unknown", replay.unknown},
                                        {"now_allowed", list_of(replay.allowed)}, {"now_denied", list_of(replay.denied)},
                                        {"policy_hash", law.index().policy_hash()}}) + "\n");
  } else {
    cli::page();
    cli::print(lines_of("would be allowed", replay.allowed) + lines_of("would be denied", replay.denied) +
               std::to_string(replay.rows) + " decisions, " + std::to_string(replay.same) + " the same" +
               (replay.unknown ? ", " + std::to_string(replay.unknown) + " not to be told: they read fields of a record of then" : "") +
               "\n");
  }
  return replay.allowed.empty() && replay.denied.empty() ? Exit::ok : Exit::waiting;
}

}  // namespace

Result<Exit> run_replay(const cli::Args& args) { return replay(args, args.get("law")); }

Result<Exit> run_simulate(const cli::Args& args) {
  TK_TRY(auto ws, workspace::Workspace::find());
  return replay(args, args.get("WHAT", ws.root()));
}

}  // namespace tk::tools::law_tool
