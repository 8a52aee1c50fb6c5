#include "core/journal/journal.hpp"

#include <cstring>

#include "core/base/ids.hpp"
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
  sql += f.newest_first ? " ORDER BY j.seq DESC" : " ORDER BY j.seq";
  TK_TRY(auto s, db_.prepare(sql));
  s.bind(f.after_seq);
  for (const auto* word : words) s.bind(*word);
  if (f.since_ns) s.bind(f.since_ns);
  if (f.until_ns) s.bind(f.until_ns);
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

// What the chain does not see: side bytes without a row, and damage inside SQLite's own structure.
Result<std::string> Journal::check_side_tables(std::int64_t& bad) {
  {
    TK_TRY(auto s, db_.prepare("SELECT seq FROM side WHERE seq NOT IN (SELECT seq FROM journal) "
                               "ORDER BY seq LIMIT 1"));
    TK_TRY(bool row, s.step());
    if (row) {
      bad = s.integer(0);
      return "row " + std::to_string(bad) + " is missing but its payload is there";
    }
  }
  TK_TRY(auto s, db_.prepare("PRAGMA integrity_check(1)"));
  TK_TRY(bool row, s.step());
  if (row && s.text(0) != "ok") return "the database is damaged: " + std::string(s.text(0));
  return std::string();
}

Result<Verdict> Journal::verify() {
  Verdict verdict;
  crypto::Digest previous{};
  auto wrong = [&](std::int64_t seq, std::string problem) {
    verdict.ok = false;
    verdict.bad_seq = seq;
    verdict.problem = std::move(problem);
    return false;
  };
  auto check = [&](const Stored& stored) -> Result<bool> {
    const auto& r = stored.row;
    auto expected = verdict.rows + 1;
    auto name = "row " + std::to_string(r.seq);
    if (r.seq != expected) return wrong(expected, "row " + std::to_string(expected) + " is missing");
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
    return true;
  };
  auto walked = each({}, check);
  if (!walked) {
    if (walked.error().code != Code::journal_broken) return fail(walked.error());
    wrong(verdict.rows + 1, "row " + std::to_string(verdict.rows + 1) + " cannot be read: " +
                                walked.error().message);
  }
  if (!verdict.ok) return verdict;
  auto last = head();
  if (!last && last.error().code != Code::journal_broken) return fail(last.error());
  if (!last) {
    wrong(verdict.rows, last.error().message);
  } else if (last->seq != verdict.rows) {
    bool cut = last->seq > verdict.rows;
    wrong(cut ? verdict.rows + 1 : verdict.rows,
          cut ? "rows " + std::to_string(verdict.rows + 1) + ".." + std::to_string(last->seq) +
                    " are missing: the tail was cut"
              : "the head says " + std::to_string(last->seq) + " rows, there are " +
                    std::to_string(verdict.rows));
  } else if (last->hash != previous) {
    wrong(verdict.rows, "row " + std::to_string(verdict.rows) + ": the head has another hash");
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
