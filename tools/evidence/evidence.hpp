// What a workspace can show for itself: checks over the journal and the law in force, each one in one place, whatever
// asks for it (`tk compliance report`, `tk audit`, `tk status`). All only read. A check of the journal *is* its SQL:
// what is printed is what was run, and `sqlite3 .tk/journal.db` gives the same.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "tools/log/whole.hpp"
#include "tools/session/session.hpp"

namespace tk::tools::evidence {

// One moment of one workspace.
struct Scene {
  Session& session;
  std::int64_t now_ns = 0;
  log_tool::Claims claims = {};  // read before the snapshot
  std::int64_t since_ns = 0;     // rows from then on; 0 = all
  const law::Index& index() const { return session.law.index(); }
  store::Database& db() { return session.store.journal().db(); }
  std::string since() const { return since_ns > 0 ? " AND ts_ns >= " + std::to_string(since_ns) : std::string(); }
  std::int64_t now_ms() const { return now_ns / 1'000'000; }
};

// A row that a figure rests on.
struct Ground {
  std::int64_t seq = 0;
  std::string hash, note;
};

struct Outcome {
  bool passed = true;
  std::int64_t figure = 0;   // how much speaks against it
  std::int64_t of = 0;       // of how much that was looked at
  std::string query;         // exactly what was asked: SQL over .tk/journal.db, or a command
  std::vector<Ground> rows;  // at most kShown: those that speak against it, else the newest that were looked at
};
inline constexpr std::size_t kShown = 10;

struct Check {
  std::string_view id;
  std::string_view says;  // what is so when it passes
  Result<Outcome> (*run)(Scene&);
};
const std::vector<Check>& checks();
const Check* find_check(std::string_view id);

// SQL whose rows are (seq, whether it speaks against the control, a note), in the order of seq.
Result<Outcome> ask(Scene& scene, std::string sql);
// An outcome of what was looked at otherwise: what speaks against it, and what does not.
Result<void> show(Scene& scene, Outcome& out, std::vector<Ground> bad, std::vector<Ground> good);
Result<std::string> hash_of(Scene& scene, std::int64_t seq);  // hex; empty where there is no such row
Result<void> with_hashes(Scene& scene, std::vector<Ground>& rows);
// The seq of the last row about an entity or record; 0 where there is none.
Result<std::int64_t> last_row_of(Scene& scene, std::string_view id);
// 'a','b': for SQL.
std::string quoted(const std::vector<std::string>& words);
// The actors that still hold a token, a family or a lease and may not: not active, or not declared at all.
Result<std::vector<std::string>> holders_without_standing(Scene& scene);

// ---- what an audit finds, with the place and the mend
struct Found {
  std::string kind, severity;  // critical, high, medium, low
  std::string what, at;        // the thing; its file:line, or "row N"
  std::string message, mend;
  std::int64_t seq = 0;        // of the row that it rests on, where one does
  std::string hash;
};
Result<std::vector<Found>> god_mode(Scene& scene);
Result<std::vector<Found>> rules_at_large(Scene& scene);   // the part of god_mode that is about the law in force
Result<std::vector<Found>> rights_at_large(Scene& scene);  // the part that is about tokens and leases
Result<std::vector<Found>> clear_secrets(Scene& scene);

// ---- whether everything that was done stands in the journal
struct Coverage {
  std::int64_t rows = 0, runs = 0, steps = 0, agents = 0, open_runs = 0, open_steps = 0;
  std::vector<Found> gaps;
};
Result<Coverage> coverage(Scene& scene);

// Findings as they are printed, and as JSON of the shape kFound.
std::string lines_of(const std::vector<Found>& found);
Value json_of(const std::vector<Found>& found);
inline constexpr const char* kFound =
    "{kind: text, severity: 'critical'|'high'|'medium'|'low', what: text, at: text, message: text, mend: text, "
    "seq: int|null, hash: text}";

}  // namespace tk::tools::evidence
