#include "core/base/clock.hpp"
#include "core/base/text.hpp"
#include "core/cli/output.hpp"
#include "core/journal/pruned.hpp"
#include "core/json/json.hpp"
#include "help/log.hpp"
#include "tools/log/whom.hpp"
#include "tools/session/session.hpp"
#include "tools/session/values.hpp"

namespace tk::tools::log_tool {
namespace {

constexpr std::int64_t kAtOnce = 10'000;  // rows of one transaction: others wait for it

struct Asked {
  std::string type;  // empty: every type that [retention] names
  std::int64_t before = 0;  // 0: whatever is over
  bool picks(std::string_view event_type) const {
    if (type.empty()) return true;
    return type.ends_with('*') ? event_type.starts_with(std::string_view(type).substr(0, type.size() - 1)) : event_type == type;
  }
};

// The first row that is asked for and must be kept longer.
Result<void> check_time(Session& s, const Asked& asked, std::int64_t now) {
  if (asked.before == 0 && asked.type.empty()) return {};
  std::string why;
  auto early = [&](std::string_view type, std::int64_t ts) {
    if (!why.empty() || !asked.picks(type) || (asked.before > 0 && ts >= asked.before)) return false;
    auto kept = s.workspace.retention(type);
    if (kept == 0 ? asked.type.empty() : ts < now - kept || asked.before == 0) return false;
    why = std::string(type) + " of " + clock::rfc3339(ts) + (kept > 0 ? " must be kept until " + clock::rfc3339(ts + kept) : " is kept for ever");
    return true;
  };
  TK_CHECK(journal::prunable(s.store.journal(), 0, 1, early));
  if (why.empty()) return {};
  return fail(Code::journal_retention, "nothing is pruned: " + why, "[retention] in tk.toml says how long each type is kept, 183d or more");
}

record::Change change_of(Session& s, const Asked& asked, const journal::Prunable& what, const std::string& reason) {
  Value::List ranges;
  for (const auto& [first, last] : what.ranges) ranges.push_back(Value::List{first, last});
  record::Change c;
  c.type = "pruning";
  c.context = s.workspace.default_context();
  c.input = {{"before", asked.before > 0 ? clock::rfc3339(asked.before) : ""}, {"type", asked.type}, {"rows", what.rows},
             {"ranges", std::move(ranges)}};
  c.actor = s.actor;
  c.trace = trace::child(s.trace);
  c.reason = reason;
  return c;
}

Result<Exit> run(const cli::Args& args) {
  TK_TRY(auto s, Session::open(args.get("as")));
  Asked asked{args.get("type"), 0};
  TK_TRY(asked.before, read_time(args.get("before")));
  auto now = clock::now_ns();
  auto over = [&](std::string_view type, std::int64_t ts) {
    if (!asked.picks(type) || (asked.before > 0 && ts >= asked.before)) return false;
    auto kept = s->workspace.retention(type);
    return kept > 0 && ts < now - kept;
  };
  // What is deleted is gone from the pages too.
  TK_CHECK(s->store.journal().db().exec("PRAGMA secure_delete=ON"));
  Value::List rows;
  std::int64_t gone = 0, after = 0;
  for (bool first = true;; first = false) {
    TK_TRY(auto what, journal::prunable(s->store.journal(), after, kAtOnce, over));
    // Who may not prune, or asks too early, is refused and remembered also where there is nothing to do.
    auto early = first ? check_time(*s, asked, now) : Result<void>{};
    if (!first && what.rows == 0) break;
    auto c = change_of(*s, asked, what, args.get("reason"));
    if (first && what.rows == 0 && early) {
      TK_CHECK(s->store.ask(s->actor, "log.prune", {"pruning", c.context, "none"}));
      break;
    }
    c.condition = [&] { return early; };
    c.effects = [&](std::int64_t, const record::Befores&) -> Result<std::vector<record::Effect>> {
      TK_CHECK(journal::prune(s->store.journal(), what));
      return std::vector<record::Effect>{};
    };
    TK_TRY(auto done, s->store.apply(std::move(c)));
    rows.push_back(done.seq);
    gone += what.rows;
    after = what.ranges.back().second;
    if (what.rows < kAtOnce) break;
  }
  if (args.json())
    cli::print(json::pretty(Value::Map{{"pruned", gone}, {"rows", std::move(rows)}}) + "\n");
  else
    cli::print(gone == 0 ? "nothing to prune: no payload's time is over\n"
                         : "pruned: the payloads of " + text::count(static_cast<std::size_t>(gone), "row") + "\n");
  return Exit::ok;
}

}  // namespace

cli::VerbSpec prune_verb() {
  return {"prune", "remove the payloads of rows whose time is over", {},
          {{"before", "WHEN", "only rows older than this: a duration ago, or an RFC 3339 time"},
           {"type", "EVENT", "only this type of event, or its beginning with *"},
           {"reason", "TEXT", "why; it is journaled in clear, so name no personal data"}, kAsOption},
          {{"tk log prune", "what [retention] in tk.toml lets go"},
           {"tk log prune --type 'transition.*' --before 400d", "a part of it; refused where a row must be kept longer"}},
          help::k_prune, run, "{pruned: int, rows: [int]}", values};
}

}  // namespace tk::tools::log_tool
