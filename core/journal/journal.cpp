#include "core/journal/journal.hpp"

#include <cstring>

#include "core/base/ids.hpp"
#include "core/base/text.hpp"
#include "core/journal/detail/schema.hpp"
#include "core/os/fault.hpp"
#include "core/os/file.hpp"

namespace tk::journal {
namespace {

std::span<const std::uint8_t> bytes_of(std::string_view s) {
  return {reinterpret_cast<const std::uint8_t*>(s.data()), s.size()};
}
std::string string_of(std::span<const std::uint8_t> b) {
  return {reinterpret_cast<const char*>(b.data()), b.size()};
}
std::string digest_of(std::string_view stored) {
  if (stored.empty()) return {};
  return string_of(crypto::sha256(stored));
}

#define TK_ROW_COLUMNS                                                                          \
  "j.seq, j.format, j.id, j.ts_ns, j.trace_id, j.span_id, j.parent_span_id, j.actor_kind, "     \
  "j.actor_id, j.on_behalf_of, j.sponsor, j.borrow_id, j.context_path, j.entity_type, "         \
  "j.entity_id, j.event_type, j.trigger, j.from_state, j.to_state, j.payload_digest, "          \
  "j.changes_digest, j.reason, j.rule_id, j.permission_mode, j.decision, j.origin_node, "       \
  "j.kind, j.policy_hash, j.labels, j.idempotency_key, j.hash, s.payload, s.changes "           \
  "FROM journal j LEFT JOIN side s ON s.seq = j.seq "

// The text columns in their order between ts_ns and hash; the two digests are among them.
std::vector<std::string*> texts(Row& r) {
  return {&r.trace_id,    &r.span_id,        &r.parent_span_id, &r.actor_kind,
          &r.actor_id,    &r.on_behalf_of,   &r.sponsor,        &r.borrow_id,
          &r.context_path, &r.entity_type,   &r.entity_id,      &r.event_type,
          &r.trigger,     &r.from_state,     &r.to_state,       &r.payload_digest,
          &r.changes_digest, &r.reason,      &r.rule_id,        &r.permission_mode,
          &r.decision,    &r.origin_node,    &r.kind,           &r.policy_hash,
          &r.labels,      &r.idempotency_key};
}

Stored read(const store::Statement& s) {
  Stored out;
  auto& r = out.row;
  r.seq = s.integer(0);
  r.format = s.integer(1);
  r.id = s.text(2);
  r.ts_ns = s.integer(3);
  int column = 4;
  for (auto* text : texts(r)) *text = string_of(s.blob(column++));
  auto hash = s.blob(column++);
  if (hash.size() == r.hash.size()) std::memcpy(r.hash.data(), hash.data(), hash.size());
  out.payload = string_of(s.blob(column++));
  out.changes = string_of(s.blob(column));
  return out;
}

}  // namespace

Result<Journal> Journal::open(const std::string& path, store::Mode mode) {
  if (mode == store::Mode::read_only && !os::exists(path))
    return fail(Code::ws_none, "no journal at " + path, "nothing has happened in this workspace yet");
  TK_TRY(auto db, store::Database::open(path, mode));
  std::int64_t version = 0;
  auto read_version = [&]() -> Result<void> {
    TK_TRY(auto s, db.prepare("PRAGMA user_version"));
    TK_TRY(bool row, s.step());
    version = row ? s.integer(0) : 0;
    return {};
  };
  TK_CHECK(read_version());
  if (version == 0 && mode == store::Mode::read_write_create) {
    TK_CHECK(db.begin());  // another process may be making it: look again under the lock
    auto made = read_version();
    if (made && version == 0)
      made = db.exec(std::string(detail::kSchema) +
                     "PRAGMA user_version=" + std::to_string(detail::kVersion));
    if (made) made = db.commit();
    if (!made) {
      db.rollback();
      return fail(made.error());
    }
    version = detail::kVersion;
  }
  if (version > detail::kVersion)
    return fail(Code::journal_newer,
                path + " has format " + std::to_string(version) + ", this tk knows " +
                    std::to_string(detail::kVersion),
                "use the tk that wrote it, or a newer one");
  if (version == 0) return fail(Code::journal_broken, path + " is not a tk journal");
  if (mode == store::Mode::read_only) return Journal(std::move(db), Live::look(path));
  TK_TRY(auto live, Live::open(path));
  Journal journal(std::move(db), std::move(live));
  if (journal.live_->durable_seq() == 0) {  // a new page: what was there before is durable from now on
    TK_TRY(auto last, journal.head());
    if (last.seq > 0 && !journal.live_->poisoned()) TK_CHECK(journal.settle(last.seq));
  }
  if (journal.live_->halted() < 0) {  // a new page
    TK_TRY(auto s, journal.db_.prepare("SELECT count(*) FROM record WHERE type = 'standing' AND state = 'halted'"));
    TK_TRY(bool row, s.step());
    if (row && journal.live_->halted() < 0) journal.live_->set_halted(s.integer(0));
  }
  return journal;
}

Result<Head> Journal::head() {
  TK_TRY(auto s, db_.prepare("SELECT number, bytes FROM meta WHERE name = 'head'"));
  TK_TRY(bool row, s.step());
  Head head;
  if (!row || s.blob(1).size() != head.hash.size())
    return fail(Code::journal_broken, "the journal's head is missing", "run `tk log verify`");
  head.seq = s.integer(0);
  std::memcpy(head.hash.data(), s.blob(1).data(), head.hash.size());
  return head;
}

Result<void> Journal::append(Row& row, std::string_view payload, std::string_view changes) {
  TK_TRY(auto last, head());
  row.seq = last.seq + 1;
  // A backup was put back over the file: the page tells of rows that are no more.
  if (live_->durable_seq() >= row.seq || live_->head_seq() >= row.seq) live_->start_at(last.seq);
  appended_ = row.seq;
  row.payload_digest = digest_of(payload);
  row.changes_digest = digest_of(changes);
  row.hash = chain(last.hash, row);
  {
    TK_TRY(auto s, db_.prepare("INSERT INTO journal VALUES (?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,"
                               "?,?,?,?,?,?,?,?,?,?,?)"));
    s.bind(row.seq).bind(row.format).bind(row.id).bind(row.ts_ns);
    for (auto* text : texts(row)) {
      bool digest = text == &row.payload_digest || text == &row.changes_digest;
      if (digest) s.bind_blob(bytes_of(*text));
      else s.bind(*text);
    }
    s.bind_blob(row.hash);
    TK_CHECK(s.run());
  }
  os::fault("commit.row");
  if (!payload.empty() || !changes.empty()) {
    TK_TRY(auto s, db_.prepare("INSERT INTO side VALUES (?,?,?)"));
    s.bind(row.seq);
    if (payload.empty()) s.bind_null();
    else s.bind_blob(bytes_of(payload));
    if (changes.empty()) s.bind_null();
    else s.bind_blob(bytes_of(changes));
    TK_CHECK(s.run());
  }
  TK_TRY(auto s, db_.prepare("UPDATE meta SET number = ?, bytes = ? WHERE name = 'head'"));
  return s.bind(row.seq).bind_blob(row.hash).run();
}

Result<void> Journal::each(const Filter& f,
                           const std::function<Result<bool>(const Stored&)>& visit) {
  std::string sql = "SELECT " TK_ROW_COLUMNS "WHERE j.seq > ?";
  std::vector<const std::string*> words;
  auto where = [&](const std::string& value, const char* condition) {
    if (value.empty()) return;
    sql += condition;
    words.push_back(&value);
  };
  where(f.trace, " AND j.trace_id = ?");
  where(f.entity, " AND j.entity_id = ?");
  where(f.event, " AND j.event_type = ?");
  where(f.kind, " AND j.kind = ?");
  where(f.context, " AND j.context_path = ?");
  where(f.actor, " AND (j.actor_id = ?");
  if (!f.actor.empty()) {
    sql += " OR j.on_behalf_of = ?)";
    words.push_back(&f.actor);
  }
  if (f.since_ns) sql += " AND j.ts_ns >= ?";
  if (f.until_ns) sql += " AND j.ts_ns < ?";
  if (f.until_seq) sql += " AND j.seq <= ?";
  sql += f.newest_first ? " ORDER BY j.seq DESC" : " ORDER BY j.seq";
  TK_TRY(auto s, db_.prepare(sql));
  s.bind(f.after_seq);
  for (const auto* word : words) s.bind(*word);
  if (f.since_ns) s.bind(f.since_ns);
  if (f.until_ns) s.bind(f.until_ns);
  if (f.until_seq) s.bind(f.until_seq);
  for (std::int64_t n = 0; f.limit == 0 || n < f.limit; ++n) {
    TK_TRY(bool row, s.step());
    if (!row) break;
    TK_TRY(bool more, visit(read(s)));
    if (!more) break;
  }
  return {};
}

Result<std::optional<Stored>> Journal::by_key(std::string_view key) {
  TK_TRY(auto s, db_.prepare("SELECT " TK_ROW_COLUMNS
                             "WHERE j.idempotency_key = ? AND j.idempotency_key <> ''"));
  s.bind(key);
  TK_TRY(bool row, s.step());
  if (!row) return std::optional<Stored>();
  return std::optional<Stored>(read(s));
}

namespace {

// The first number that a query gives.
Result<std::optional<std::int64_t>> first_of(store::Database& db, const std::string& sql) {
  TK_TRY(auto s, db.prepare(sql));
  TK_TRY(bool row, s.step());
  if (!row || s.null(0)) return std::optional<std::int64_t>();
  return std::optional<std::int64_t>(s.integer(0));
}

// The first row with a value of another type than its column's. The same bytes as another type have
// the same digest but are no longer found by a query for them, an idempotency key among them.
std::string odd_types() {
  std::string_view columns = TK_ROW_COLUMNS;
  std::string sql = "SELECT min(j.seq) FROM journal j LEFT JOIN side s ON s.seq = j.seq WHERE "
                    "(s.seq IS NOT NULL AND s.payload IS NULL AND s.changes IS NULL)";
  for (auto column : text::split(columns.substr(0, columns.find(" FROM")), ',')) {
    column.remove_prefix(column.find_first_not_of(' '));
    bool integer = column == "j.seq" || column == "j.format" || column == "j.ts_ns";
    bool blob = column == "j.hash" || column.ends_with("_digest");
    auto is = " OR typeof(" + std::string(column) + ") ";
    if (column.starts_with("s."))
      sql += is + "NOT IN ('blob', 'null') OR length(" + std::string(column) + ") = 0";
    else
      sql += is + (integer ? "<> 'integer'" : blob ? "<> 'blob'" : "<> 'text'");
  }
  return sql;
}

}  // namespace

// What the chain does not see: side bytes without a row, programs inside the database, and damage
// inside SQLite's own structure.
Result<std::string> Journal::check_side_tables(std::int64_t& bad) {
  TK_TRY(auto orphan, first_of(db_, "SELECT min(seq) FROM side WHERE seq NOT IN (SELECT seq FROM journal)"));
  if (orphan) {
    bad = *orphan;
    return "row " + std::to_string(bad) + " is missing but its payload is there";
  }
  {
    TK_TRY(auto s, db_.prepare("SELECT type, name FROM sqlite_schema WHERE type IN ('trigger', 'view')"));
    TK_TRY(bool row, s.step());
    if (row) return "tk never made the " + std::string(s.text(0)) + " " + std::string(s.text(1)) + " of the database";
  }
  TK_TRY(auto s, db_.prepare("PRAGMA integrity_check(1)"));
  TK_TRY(bool row, s.step());
  if (row && s.text(0) != "ok") return "the database is damaged: " + std::string(s.text(0));
  return std::string();
}

Result<Snapshot> Journal::snapshot() {
  TK_CHECK(db_.begin_read());
  return Snapshot(&db_);
}

Result<Verdict> Journal::verify(const std::function<void(std::int64_t)>& progress) {
  Verdict verdict;
  crypto::Digest previous{};
  auto row_name = [](std::int64_t seq) { return "row " + std::to_string(seq); };
  auto wrong = [&](std::int64_t seq, std::string problem) {
    verdict.ok = false;
    verdict.bad_seq = seq;
    verdict.problem = std::move(problem);
    return false;
  };
  auto check = [&](const Stored& stored) -> Result<bool> {
    const auto& r = stored.row;
    auto expected = verdict.rows + 1;
    auto name = row_name(r.seq);
    if (r.seq != expected) return wrong(expected, row_name(expected) + " is missing");
    if (r.format != kFormat) return wrong(r.seq, name + " has format " + std::to_string(r.format));
    if (digest_of(stored.payload) != r.payload_digest)
      return wrong(r.seq, name + ": its payload was changed");
    if (digest_of(stored.changes) != r.changes_digest)
      return wrong(r.seq, name + ": its changes were changed");
    if (chain(previous, r) != r.hash)
      return wrong(r.seq, name + " (" + r.event_type + " of " + r.entity_type + " " + r.entity_id +
                              "): its hash does not fit; it was changed or moved");
    previous = r.hash;
    ++verdict.rows;
    if (progress) progress(verdict.rows);
    return true;
  };
  auto walked = each({}, check);
  if (!walked) {
    if (walked.error().code != Code::journal_broken) return fail(walked.error());
    wrong(verdict.rows + 1, row_name(verdict.rows + 1) + " cannot be read: " + walked.error().message);
  }
  // What the walk reads past: rows before the first, and the types of the values.
  for (bool before : {false, true}) {
    auto found = first_of(db_, before ? "SELECT min(seq) FROM journal" : odd_types());
    if (!found && found.error().code != Code::journal_broken) return fail(found.error());
    if (!found && verdict.ok) wrong(verdict.rows, "the database is damaged: " + found.error().message);
    if (!found || !*found || (before && **found > 0)) continue;
    if (verdict.ok || **found < verdict.bad_seq)
      wrong(**found, row_name(**found) + (before ? " stands before the first"
                                                 : ": a value of it, or of its payload, has another type"));
  }
  if (!verdict.ok) return verdict;
  auto last = head();
  if (!last && last.error().code != Code::journal_broken) return fail(last.error());
  bool odd_head = false;
  if (last) {
    TK_TRY(auto odd, first_of(db_, "SELECT 1 FROM meta WHERE name = 'head' AND "
                                   "(typeof(number) <> 'integer' OR typeof(bytes) <> 'blob')"));
    odd_head = odd.has_value();
  }
  auto end = row_name(verdict.rows), next = row_name(verdict.rows + 1);
  if (!last || odd_head) {
    wrong(verdict.rows, end + ": " + (last ? "the head has another type" : last.error().message));
  } else if (last->seq > verdict.rows) {
    wrong(verdict.rows + 1, next + " is missing: the tail was cut; the head says " +
                                std::to_string(last->seq) + " rows");
  } else if (last->seq < verdict.rows) {
    wrong(last->seq + 1, row_name(last->seq + 1) + " stands behind the head, which says " +
                             std::to_string(last->seq) + " rows");
  } else if (last->hash != previous) {
    wrong(verdict.rows, end + ": the head has another hash; the row was changed, or the tail was cut from " +
                            next + " on");
  }
  if (!verdict.ok) return verdict;
  std::int64_t bad = verdict.rows;
  auto problem = check_side_tables(bad);
  if (!problem && problem.error().code != Code::journal_broken) return fail(problem.error());
  auto text = problem ? *problem : problem.error().message;
  if (!text.empty()) wrong(bad, text);
  return verdict;
}

}  // namespace tk::journal
