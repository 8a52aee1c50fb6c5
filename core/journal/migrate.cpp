#include "core/journal/detail/schema.hpp"
#include "core/journal/journal.hpp"
#include "core/journal/tree.hpp"

namespace tk::journal::detail {
namespace {

// The leaf of every row that was written before there was a tree.
Result<void> plant(store::Database& db) {
  Tree tree(db);
  auto add = [&](const Stored& stored) -> Result<bool> {
    TK_CHECK(tree.append(stored.row.seq, merkle::leaf(canonical(stored.row))));
    return true;
  };
  return walk(db, {}, add);
}

Result<void> build(store::Database& db) {
  TK_TRY(auto version, format_of(db));  // another process may have been faster
  if (version >= kVersion) return {};
  if (version == 0) TK_CHECK(db.exec(kSchema));
  else TK_CHECK(db.copy_to(db.path() + ".format-" + std::to_string(version)));
  TK_CHECK(db.exec(kTreeSchema));
  if (version > 0) TK_CHECK(plant(db));
  return db.exec("PRAGMA user_version=" + std::to_string(kVersion));
}

}  // namespace

Result<std::int64_t> format_of(store::Database& db) {
  TK_TRY(auto s, db.prepare("PRAGMA user_version"));
  TK_TRY(bool row, s.step());
  return row ? s.integer(0) : 0;
}

Result<void> bring_up(store::Database& db) {
  TK_CHECK(db.begin());
  auto done = build(db);
  if (done) done = db.commit();
  if (!done) db.rollback();
  return done;
}

}  // namespace tk::journal::detail
