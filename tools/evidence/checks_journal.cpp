// Checks that the journal alone answers: each is one SQL query of (seq, speaks against it, note).
#include "core/acl/lease.hpp"
#include "core/record/owed.hpp"
#include "tools/evidence/checks.hpp"

namespace tk::tools::evidence {

namespace {

constexpr std::int64_t kHour = 3600LL * 1000, kSlack = 1000;
constexpr const char* kNinetyDays = "7776000000000000";  // ns

// The rules of rows that tk owes to a record: law is not asked for them, and they name no policy.
std::string owed_words() {
  std::vector<std::string> words;
  for (const auto& o : record::kOwed) words.emplace_back(o.word);
  return quoted(words);
}

std::string field(const char* name, const char* of = "r") {
  return std::string("json_extract(") + of + ".fields,'$." + name + "')";
}

// The last row of a record, and its first.
const std::string kLast = "(SELECT max(seq) FROM journal WHERE entity_id = r.id)";
const std::string kFirst = "(SELECT min(seq) FROM journal WHERE entity_id = r.id)";

// The id of the entity that a field of `r` names as type:context/name.
std::string id_of(const std::string& ref) {
  return "(SELECT e.id FROM record e WHERE e.type = substr(" + ref + ", 1, instr(" + ref + ", ':') - 1) AND e.name = substr(" + ref +
         ", instr(" + ref + ", '/') + 1) AND e.context = substr(" + ref + ", instr(" + ref + ", ':') + 1, instr(" + ref +
         ", '/') - instr(" + ref + ", ':') - 1))";
}

// When a lease ends (acl::Lease::expires), in Unix milliseconds; without a time to live it never began.
std::string end_of_lease() {
  return "(max(coalesce(" + field("not_before") + ", 0), r.created_ns / 1000000) + coalesce(" + field("ttl") + ", 0))";
}

}  // namespace

std::string live_rights(const Scene& scene) {
  auto now = std::to_string(scene.now_ms());
  auto of = [&](const char* type, const char* state, const char* who, const std::string& epoch, const std::string& end) {
    auto ref = field(who);
    return "SELECT r.id, r.type, " + ref + " AS who, " + end + " AS expires FROM record r WHERE r.type = '" + type +
           "' AND r.state = '" + state + "' AND coalesce(" + epoch + ", 0) >= coalesce((SELECT json_extract(s.fields,'$.epoch') "
           "FROM record s WHERE s.type = 'standing' AND s.name = " + id_of(ref) + "), 0)";
  };
  // Of a family the chain says it: whose rights, then who acts.
  return "SELECT * FROM (" + of("token", "live", "actor", field("epoch"), field("expires")) + " UNION ALL " +
         of("refresh", "live", "actor", "coalesce(" + field("parties[1].epoch") + ", " + field("parties[0].epoch") + ")", field("expires")) + " UNION ALL " +
         of("borrow", "active", "lender", field("lender_epoch"), end_of_lease()) + " UNION ALL " +
         of("borrow", "active", "borrower", field("borrower_epoch"), end_of_lease()) +
         ") WHERE coalesce(expires, 0) <= 0 OR expires > " + now;
}

Result<std::vector<std::string>> holders_without_standing(Scene& scene) {
  std::vector<std::string> out;
  TK_TRY(auto s, scene.db().prepare("SELECT DISTINCT who FROM (" + live_rights(scene) + ") ORDER BY who"));
  for (;;) {
    TK_TRY(bool row, s.step());
    if (!row) return out;
    auto ref = law::parse_ref(s.text(0));
    auto e = ref ? scene.index().lookup(*ref) : std::nullopt;
    if (!e || !e->active()) out.emplace_back(s.text(0));
  }
}

Result<Outcome> decisions_say_why(Scene& scene) {
  return ask(scene, "SELECT seq, actor_id = '' OR (decision = 'allow' AND rule_id = '') OR (decision = 'deny' AND reason = '') "
                    "OR (policy_hash = '' AND rule_id NOT IN (" + owed_words() + ")) AS bad, event_type AS note FROM journal "
                    "WHERE decision <> ''" + scene.since() + " ORDER BY seq");
}

Result<Outcome> refusals_recorded(Scene& scene) {
  return ask(scene, "SELECT seq, actor_id = '' OR reason = '' AS bad, kind || ' ' || event_type AS note FROM journal "
                    "WHERE kind <> 'done'" + scene.since() + " ORDER BY seq");
}

Result<Outcome> agents_have_sponsors(Scene& scene) {
  return ask(scene, "SELECT seq, sponsor = '' OR trace_id = '' AS bad, event_type AS note FROM journal "
                    "WHERE actor_kind = 'agent'" + scene.since() + " ORDER BY seq");
}

Result<Outcome> humans_answer(Scene& scene) {
  return ask(scene, "SELECT seq, actor_kind <> 'user' AS bad, event_type AS note FROM journal WHERE kind = 'done' AND "
                    "event_type IN ('cast.answered','obligation.approved')" + scene.since() + " ORDER BY seq");
}

Result<Outcome> clock_steady(Scene& scene) {
  return ask(scene, "SELECT seq, ts_ns < before - 1000000000 AS bad, origin_node AS note FROM (SELECT seq, ts_ns, origin_node, "
                    "lag(ts_ns, 1, ts_ns) OVER (ORDER BY seq) AS before FROM journal) WHERE 1" + scene.since() + " ORDER BY seq");
}

Result<Outcome> leases_bounded(Scene& scene) {
  auto ttl = "coalesce(" + field("ttl") + ", 0)";
  return ask(scene, "SELECT " + kFirst + " AS seq, " + ttl + " <= 0 OR " + ttl + " > " + std::to_string(acl::kLeaseCap) +
                    " AS bad, 'lease ' || r.id AS note FROM record r WHERE r.type = 'borrow' ORDER BY seq");
}

// From when it was made; a family from when it was last turned, and only while it lives. A step's token dies with its
// step, which may be long.
Result<Outcome> tokens_bounded(Scene& scene) {
  auto expires = field("expires");
  auto most = [&](const char* from, std::int64_t hours) {
    return expires + " - r." + from + " / 1000000 > " + std::to_string(hours * kHour + kSlack);
  };
  return ask(scene, "SELECT " + kFirst + " AS seq, coalesce(" + expires + ", 0) <= 0 OR CASE WHEN r.type = 'refresh' THEN r.state = 'live' AND " +
                    most("updated_ns", 24) + " WHEN r.parent <> '' THEN " + most("created_ns", 7 * 24) + " ELSE " + most("created_ns", 24) +
                    " END AS bad, r.type || ' ' || r.id AS note FROM record r WHERE r.type IN ('token','refresh') ORDER BY seq");
}

// What there is to see a shared token by: a refresh token that came twice within 90 days; a family that was turned, or
// a lease that was used, by another than its own, or on two nodes; and an agent (whose rows all come by a token) that
// acted on more than one node while just one token of its was alive.
Result<Outcome> no_shared_token(Scene& scene) {
  auto actor = id_of(field("actor"));
  auto dies = "coalesce(" + field("expires") + ", 0) * 1000000";
  auto window = "OVER (PARTITION BY who ORDER BY a, id";
  auto since = scene.since_ns > 0 ? " AND j.ts_ns >= " + std::to_string(scene.since_ns) : std::string();
  return ask(scene,
             "WITH t AS (SELECT r.id, " + actor + " AS who, " + kFirst + " AS seq, r.created_ns AS a, CASE r.state WHEN 'live' THEN " + dies +
             " ELSE min(r.updated_ns, " + dies + ") END AS b FROM record r WHERE r.type = 'token' AND " + field("actor") + " LIKE 'agent:%'), "
             "u AS (SELECT *, coalesce(max(b) " + window + " ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING), 0) < a AND "
             "coalesce(lead(a) " + window + "), 9223372036854775807) > b AS alone FROM t), "
             "m AS MATERIALIZED (SELECT * FROM (SELECT actor_id, ts_ns, lag(seq) OVER p AS before, origin_node <> lag(origin_node) OVER p AS moved "
             "FROM journal WHERE actor_kind = 'agent' WINDOW p AS (PARTITION BY actor_id ORDER BY seq)) WHERE moved) "
             "SELECT * FROM (SELECT u.seq, u.alone AND EXISTS (SELECT 1 FROM m WHERE m.actor_id = u.who AND m.before >= u.seq AND "
             "m.ts_ns <= u.b) AS bad, 'token ' || u.id AS note FROM u UNION ALL "
             "SELECT j.seq, coalesce(" + actor + " NOT IN (j.actor_id, j.on_behalf_of), 0) OR EXISTS (SELECT 1 FROM "
             "journal k WHERE k.entity_id = j.entity_id AND k.trigger = 'rotate' AND k.kind = 'done' AND k.origin_node <> j.origin_node) AS bad, "
             "'family ' || r.id AS note FROM journal j JOIN record r ON r.id = j.entity_id WHERE j.event_type = 'token.refreshed' AND "
             "j.kind = 'done'" + since + " UNION ALL "
             "SELECT j.seq, j.ts_ns > " + std::to_string(scene.now_ns) + " - " + kNinetyDays + " AS bad, 'family ' || j.entity_id AS note FROM "
             "journal j WHERE j.event_type = 'token.revoked' AND j.kind = 'done' AND j.rule_id = 'reuse'" + since + " UNION ALL "
             "SELECT j.seq, coalesce(" + id_of(field("borrower")) + " NOT IN (j.actor_id, j.on_behalf_of), 0) AS bad, "
             "'lease ' || r.id AS note FROM journal j JOIN record r ON r.id = j.entity_id WHERE j.event_type = 'borrow.used' AND "
             "j.kind = 'done'" + since + ") ORDER BY seq");
}

Result<Outcome> glass_reviewed(Scene& scene) {
  auto due = "coalesce(" + field("review_due") + ", 0)";
  return ask(scene, "SELECT " + kFirst + " AS seq, " + due + " > 0 AND " + due + " < " + std::to_string(scene.now_ms()) +
                    " AS bad, 'lease ' || r.id AS note FROM record r WHERE r.type = 'borrow' AND " + field("glass") + " = 1 ORDER BY seq");
}

Result<Outcome> approvals_by_others(Scene& scene) {
  return ask(scene, "SELECT " + kLast + " AS seq, EXISTS (SELECT 1 FROM json_each(r.fields, '$.approvals') a WHERE json_extract(a.value, '$.id') = "
                    "json_extract(r.fields, '$.asker.id')) OR NOT EXISTS (SELECT 1 FROM json_each(r.fields, '$.approvals')) AS bad, "
                    "'item ' || r.id AS note FROM record r WHERE r.type = 'parked' AND r.state IN ('approved','done') ORDER BY seq");
}

// What tk owes to records (the end of a step that was ended with its agent) stands in the agent's name too; law was
// not asked for it.
Result<Outcome> halts_hold(Scene& scene) {
  return ask(scene,
             "SELECT h.seq AS seq, EXISTS (SELECT 1 FROM journal d WHERE d.kind = 'done' AND d.seq > h.seq AND d.seq < coalesce((SELECT "
             "min(k.seq) FROM journal k WHERE k.entity_id = h.entity_id AND k.event_type = 'actor.resumed' AND k.seq > h.seq), "
             "9223372036854775807) AND d.policy_hash <> '' AND (d.actor_id = r.name OR d.on_behalf_of = r.name)) AS bad, "
             "'halt of ' || r.name AS note "
             "FROM journal h JOIN record r ON r.id = h.entity_id WHERE h.event_type = 'actor.halted' AND h.kind = 'done' ORDER BY h.seq");
}

Result<Outcome> grants_reviewed(Scene& scene) {
  return ask(scene, "SELECT seq, ts_ns < " + std::to_string(scene.now_ns) + " - " + kNinetyDays + " AS bad, event_type AS note FROM "
                    "(SELECT seq, ts_ns, event_type FROM journal WHERE event_type = 'law.reviewed' AND kind = 'done' AND actor_kind = 'user' "
                    "OR seq = 1 ORDER BY seq DESC LIMIT 1)");
}

Result<Outcome> steps_have_ends(Scene& scene) {
  return ask(scene, "SELECT j.seq AS seq, r.state = 'running' AND coalesce(p.state, '') NOT IN ('running','waiting') AS bad, 'step ' || r.id AS note "
                    "FROM journal j JOIN record r ON r.id = j.entity_id LEFT JOIN record p ON p.id = r.parent "
                    "WHERE j.event_type = 'step.started' AND j.kind = 'done'" + scene.since() + " ORDER BY j.seq");
}

Result<Outcome> inactive_hold_nothing(Scene& scene) {
  TK_TRY(auto who, holders_without_standing(scene));
  return ask(scene, "SELECT " + kLast + " AS seq, coalesce(r.who IN (" + quoted(who) + "), 0) AS bad, r.type || ' ' || r.id AS note FROM (" +
                    live_rights(scene) + ") r ORDER BY seq");
}

}  // namespace tk::tools::evidence
