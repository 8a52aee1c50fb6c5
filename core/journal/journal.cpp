#include "core/journal/journal.hpp"

#include <cstring>

#include "core/base/ids.hpp"
#include "core/base/text.hpp"
#include "core/journal/detail/schema.hpp"
#include "core/journal/tree.hpp"
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
  TK_TRY(auto version, detail::format_of(db));
  if (version > detail::kVersion)
    return fail(Code::journal_newer,
                path + " has format " + std::to_string(version) + ", this tk knows " +
                    std::to_string(detail::kVersion),
                "use the tk that wrote it, or a newer one");
  if (version == 0 && mode != store::Mode::read_write_create)
    return fail(Code::journal_broken, path + " is not a tk journal");
  if (version < detail::kVersion && mode == store::Mode::read_only) {
    TK_TRY(auto writable, store::Database::open(path, store::Mode::read_write));
    TK_CHECK(detail::bring_up(writable));
  } else if (version < detail::kVersion) {
    TK_CHECK(detail::bring_up(db));
  }
  if (mode == store::Mode::read_only) return Journal(std::move(db), Live::look(path));
  TK_TRY(auto live, Live::open(path, version == 0));
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
  if (tree_) TK_CHECK(Tree(db_).append(row.seq, merkle::leaf(canonical(row))));
  os::fault("commit.leaf");
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

namespace {

// What a filter asks for, by one of its ways to the rows.
Result<store::Statement> query(store::Database& db, const Filter& f, const char* actor) {
  std::string sql = "SELECT " TK_ROW_COLUMNS "WHERE j.seq > ?";
  std::vector<const std::string*> words;
  auto where = [&](const std::string& value, const char* condition) {
    if (value.empty()) return;
    sql += condition;
    words.push_back(&value);
  };
  where(f.trace, " AND j.trace_id = ?");
  where(f.entity, " AND j.entity_id = ?");
  where(f.borrow, " AND j.borrow_id = ? AND j.borrow_id <> ''");
  where(f.event, " AND j.event_type = ?");
  where(f.kind, " AND j.kind = ?");
  where(f.context, " AND j.context_path = ?");
  where(f.actor, actor);
  if (f.since_ns) sql += " AND j.ts_ns >= ?";
  if (f.until_ns) sql += " AND j.ts_ns < ?";
  if (f.until_seq) sql += " AND j.seq <= ?";
  sql += f.newest_first ? " ORDER BY j.seq DESC" : " ORDER BY j.seq";
  TK_TRY(auto s, db.prepare(sql));
  s.bind(f.after_seq);
  for (const auto* word : words) s.bind(*word);
  if (f.since_ns) s.bind(f.since_ns);
  if (f.until_ns) s.bind(f.until_ns);
  if (f.until_seq) s.bind(f.until_seq);
  return s;
}

}  // namespace

namespace detail {

// Rows that an actor did, and rows that were done for it, each come in order from their own index and are merged
// here: an OR of both would read the whole table, or sort all that it found.
Result<void> walk(store::Database& db, const Filter& f, const std::function<Result<bool>(const Stored&)>& visit) {
  std::vector<store::Statement> ways;
  TK_TRY(auto own, query(db, f, " AND j.actor_id = ?"));
  ways.push_back(std::move(own));
  if (!f.actor.empty()) {
    TK_TRY(auto lent, query(db, f, " AND j.on_behalf_of = ? AND j.on_behalf_of <> '' AND j.actor_id <> j.on_behalf_of"));
    ways.push_back(std::move(lent));
  }
  std::vector<bool> ready(ways.size());
  for (std::size_t i = 0; i < ways.size(); ++i) {
    TK_TRY(ready[i], ways[i].step());
  }
  for (std::int64_t n = 0; f.limit == 0 || n < f.limit; ++n) {
    std::size_t next = ways.size();
    for (std::size_t i = 0; i < ways.size(); ++i)
      if (ready[i] && (next == ways.size() || (ways[i].integer(0) < ways[next].integer(0)) != f.newest_first)) next = i;
    if (next == ways.size()) break;
    TK_TRY(bool more, visit(read(ways[next])));
    if (!more) break;
    TK_TRY(ready[next], ways[next].step());
  }
  return {};
}

}  // namespace detail

Result<void> Journal::each(const Filter& filter, const std::function<Result<bool>(const Stored&)>& visit) {
  return detail::walk(db_, filter, visit);
}

Result<std::optional<Stored>> Journal::by_key(std::string_view key) {
  TK_TRY(auto s, db_.prepare("SELECT " TK_ROW_COLUMNS
                             "WHERE j.idempotency_key = ? AND j.idempotency_key <> ''"));
  s.bind(key);
  TK_TRY(bool row, s.step());
  if (!row) return std::optional<Stored>();
  return std::optional<Stored>(read(s));
}

Result<Snapshot> Journal::snapshot() {
  TK_CHECK(db_.begin_read());
  return Snapshot(&db_);
}

}  // namespace tk::journal
