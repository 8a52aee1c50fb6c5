// The tables of journal.db, PRAGMA user_version 2. Migrations only go forward, one transaction each,
// after a copy by the backup API (migrate.cpp).
#pragma once

#include "core/store/sqlite.hpp"

namespace tk::journal::detail {

inline constexpr int kVersion = 2;

inline constexpr const char* kSchema = R"sql(
CREATE TABLE meta (name TEXT PRIMARY KEY, number INTEGER, bytes BLOB) WITHOUT ROWID;
CREATE TABLE journal (
  seq INTEGER PRIMARY KEY, format INTEGER NOT NULL, id TEXT NOT NULL, ts_ns INTEGER NOT NULL,
  trace_id TEXT NOT NULL, span_id TEXT NOT NULL, parent_span_id TEXT NOT NULL,
  actor_kind TEXT NOT NULL, actor_id TEXT NOT NULL, on_behalf_of TEXT NOT NULL,
  sponsor TEXT NOT NULL, borrow_id TEXT NOT NULL, context_path TEXT NOT NULL,
  entity_type TEXT NOT NULL, entity_id TEXT NOT NULL, event_type TEXT NOT NULL,
  trigger TEXT NOT NULL, from_state TEXT NOT NULL, to_state TEXT NOT NULL,
  payload_digest BLOB NOT NULL, changes_digest BLOB NOT NULL,
  reason TEXT NOT NULL, rule_id TEXT NOT NULL, permission_mode TEXT NOT NULL,
  decision TEXT NOT NULL, origin_node TEXT NOT NULL, kind TEXT NOT NULL,
  policy_hash TEXT NOT NULL, labels TEXT NOT NULL, idempotency_key TEXT NOT NULL,
  hash BLOB NOT NULL);
CREATE INDEX journal_entity ON journal (entity_id);
CREATE INDEX journal_trace ON journal (trace_id);
CREATE INDEX journal_actor ON journal (actor_id);
CREATE UNIQUE INDEX journal_key ON journal (idempotency_key) WHERE idempotency_key <> '';
CREATE TABLE side (seq INTEGER PRIMARY KEY, payload BLOB, changes BLOB);
CREATE TABLE record (
  id TEXT PRIMARY KEY, type TEXT NOT NULL, context TEXT NOT NULL, name TEXT NOT NULL,
  parent TEXT NOT NULL, version INTEGER NOT NULL, state TEXT NOT NULL, definition TEXT NOT NULL,
  fields TEXT NOT NULL, created_ns INTEGER NOT NULL, updated_ns INTEGER NOT NULL) WITHOUT ROWID;
CREATE INDEX record_name ON record (type, name);
CREATE INDEX record_parent ON record (parent) WHERE parent <> '';
CREATE TABLE definition (hash TEXT PRIMARY KEY, type TEXT NOT NULL, text TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE outbox (seq INTEGER NOT NULL, n INTEGER NOT NULL, topic TEXT NOT NULL,
  body TEXT NOT NULL, PRIMARY KEY (seq, n)) WITHOUT ROWID;
INSERT INTO meta VALUES ('head', 0, zeroblob(32));
)sql";

// What format 2 added: the tree (tree.hpp), the signed checkpoints, and ways to what was done by another's right.
inline constexpr const char* kTreeSchema = R"sql(
CREATE TABLE leaf (seq INTEGER PRIMARY KEY, hash BLOB NOT NULL);
CREATE TABLE tile (at INTEGER PRIMARY KEY, hashes BLOB NOT NULL);
CREATE TABLE checkpoint (size INTEGER PRIMARY KEY, note TEXT NOT NULL, ts_ns INTEGER NOT NULL);
CREATE INDEX journal_behalf ON journal (on_behalf_of) WHERE on_behalf_of <> '';
CREATE INDEX journal_borrow ON journal (borrow_id) WHERE borrow_id <> '';
)sql";

// The format that a database has now; 0 = none.
Result<std::int64_t> format_of(store::Database& db);
// Brings it to kVersion, from nothing or from an earlier format, in one transaction.
Result<void> bring_up(store::Database& db);

}  // namespace tk::journal::detail
