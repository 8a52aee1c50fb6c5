// Whether everything that was done stands in the journal: every run and step with its start and its end, every agent
// that was started with its row, no row missing, no row of somebody whom nobody knows, no effect left undone.
#include <set>

#include "core/base/text.hpp"
#include "tools/evidence/evidence.hpp"

namespace tk::tools::evidence {
namespace {

class Reading {
 public:
  explicit Reading(Scene& scene) : scene_(scene) {}

  Result<Coverage> run() {
    auto& o = out_;
    TK_TRY(o.rows, number("SELECT count(*) FROM journal"));
    TK_TRY(o.runs, number("SELECT count(*) FROM journal WHERE event_type = 'wot.started' AND kind = 'done'"));
    TK_TRY(o.open_runs, number("SELECT count(*) FROM record WHERE type = 'run' AND state IN ('running','waiting')"));
    TK_TRY(o.steps, number("SELECT count(*) FROM journal WHERE event_type IN ('step.started','step.retried') AND kind = 'done'"));
    TK_TRY(o.open_steps, number("SELECT count(*) FROM record r JOIN record p ON p.id = r.parent WHERE r.type = 'step' AND "
                                "r.state = 'running' AND p.state IN ('running','waiting')"));
    TK_TRY(o.agents, number("SELECT count(*) FROM journal j JOIN record r ON r.id = j.entity_id WHERE j.event_type = 'token.issued' "
                            "AND j.kind = 'done' AND r.type = 'token' AND r.parent <> ''"));
    TK_CHECK(each("SELECT seq, 'rows ' || (before + 1) || ' to ' || (seq - 1) FROM (SELECT seq, lag(seq, 1, 0) OVER (ORDER BY seq) AS "
                  "before FROM journal) WHERE seq <> before + 1",
                  "missing-rows", "critical", "are not there", "tk log verify; compare with a backup"));
    TK_CHECK(each("SELECT (SELECT max(seq) FROM journal), 'the last rows' FROM meta WHERE name = 'head' AND number <> (SELECT "
                  "coalesce(max(seq), 0) FROM journal)",
                  "missing-rows", "critical", "are not those that the head names", "tk log verify; compare with a backup"));
    TK_CHECK(each("SELECT j.seq, 'step ' || r.id FROM record r JOIN journal j ON j.entity_id = r.id AND j.trigger = 'new' LEFT JOIN "
                  "record p ON p.id = r.parent WHERE r.type = 'step' AND r.state = 'running' AND coalesce(p.state, '') NOT IN "
                  "('running','waiting')",
                  "step-without-end", "high", "was started and nothing says how it ended, although its run is over", "tk wot show"));
    TK_CHECK(each("SELECT j.seq, 'agent of step ' || r.id FROM record r JOIN journal j ON j.entity_id = r.id AND j.trigger = 'new' WHERE "
                  "r.type = 'step' AND NOT EXISTS (SELECT 1 FROM record t WHERE t.type = 'token' AND t.parent = r.id)",
                  "agent-without-token", "medium", "was started without a token of its own", "tk log --entity"));
    TK_CHECK(each("SELECT seq, topic || ' of row ' || seq FROM outbox", "effect-left", "medium",
                  "was committed and is not carried out yet", "any tk command that writes carries it out"));
    TK_CHECK(unknown_actors());
    return std::move(out_);
  }

 private:
  Result<std::int64_t> number(const char* sql) {
    TK_TRY(auto s, scene_.db().prepare(sql));
    TK_TRY(bool row, s.step());
    return row ? s.integer(0) : 0;
  }

  Result<void> each(const char* sql, const char* kind, const char* severity, const char* message, const char* mend) {
    TK_TRY(auto s, scene_.db().prepare(sql));
    for (;;) {
      TK_TRY(bool row, s.step());
      if (!row) return {};
      TK_CHECK(add(kind, severity, std::string(s.text(1)), s.integer(0), message, mend));
    }
  }

  Result<void> add(const char* kind, const char* severity, std::string what, std::int64_t seq, std::string message, std::string mend) {
    Found f{kind, severity, std::move(what), "row " + std::to_string(seq), std::move(message), std::move(mend), seq, {}};
    TK_TRY(f.hash, hash_of(scene_, seq));
    out_.gaps.push_back(std::move(f));
    return {};
  }

  // Known is whom the law of HEAD declares, and whose declaration a row tells of: who left did act once.
  Result<void> unknown_actors() {
    std::set<std::string, std::less<>> known;
    for (const auto* type : {"user", "agent"})
      for (const auto& e : scene_.index().entities(type)) known.insert(e.id.empty() ? e.str() : std::string(e.id));
    TK_TRY(auto s, scene_.db().prepare("SELECT min(seq), actor_id, count(*) FROM journal WHERE actor_id NOT IN (SELECT id FROM record "
                                       "WHERE type IN ('user','agent')) GROUP BY actor_id ORDER BY 1"));
    for (;;) {
      TK_TRY(bool row, s.step());
      if (!row) return {};
      if (known.contains(s.text(1))) continue;
      auto n = static_cast<std::size_t>(s.integer(2));
      TK_CHECK(add("unknown-actor", "high", "actor " + std::string(s.text(1)), s.integer(0),
                   "did " + text::count(n, "row") + " and is nobody whom a declaration or a row knows", "find out who that was"));
    }
  }

  Scene& scene_;
  Coverage out_;
};

}  // namespace

Result<Coverage> coverage(Scene& scene) { return Reading(scene).run(); }

}  // namespace tk::tools::evidence
