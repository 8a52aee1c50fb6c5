// Journal::verify: the walk over all rows by two threads, then what stands beside them.
#include <algorithm>
#include <optional>
#include <thread>

#include "core/base/ids.hpp"
#include "core/journal/detail/schema.hpp"
#include "core/journal/detail/walk.hpp"
#include "core/journal/journal.hpp"

namespace tk::journal {
namespace {

using detail::row_name;
using Type = store::Statement::Type;
constexpr std::int64_t kWorthTwo = 32 * Tree::kWidth;  // rows from which on a second thread pays

std::string_view text_of(std::span<const std::uint8_t> bytes) {
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

// The first number that a query gives.
Result<std::optional<std::int64_t>> first_of(store::Database& db, const std::string& sql) {
  TK_TRY(auto s, db.prepare(sql));
  TK_TRY(bool row, s.step());
  if (!row || s.null(0)) return std::optional<std::int64_t>();
  return std::optional<std::int64_t>(s.integer(0));
}

// SQLite's own structure. quick_check looks at every page of the file; that indexes hold what their tables do, for
// which integrity_check looks up each row in each of them, is found by the prints of index and walk.
struct Structure {
  std::string problem;
  detail::Prints prints{};
};

Result<Structure> check_structure(store::Database& db, std::int64_t last, const detail::Secret& secret) {
  Structure out;
  auto ask = [&](const std::string& pragma) -> Result<bool> {
    TK_TRY(auto s, db.prepare("PRAGMA " + pragma));
    TK_TRY(bool row, s.step());
    if (row && s.text(0) != "ok") out.problem = "the database is damaged: " + std::string(s.text(0));
    return out.problem.empty();
  };
  TK_TRY(bool good, ask("quick_check(1)"));
  for (std::size_t i = 0; good && i < detail::kIndexes.size(); ++i) {
    TK_TRY(out.prints[i], detail::print_index(db, detail::kIndexes[i], secret, last, out.problem));
    good = out.problem.empty();
  }
  if (!good) return out;
  TK_TRY(auto s, db.prepare("SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT IN ('journal', 'side', 'leaf', 'tile')"));
  for (;;) {
    TK_TRY(bool more, s.step());
    if (!more) return out;
    std::string name;
    for (char c : s.text(0)) name += c == '"' ? "\"\"" : std::string(1, c);
    TK_TRY(good, ask("integrity_check(\"" + name + "\")"));
    if (!good) return out;
  }
}

// A damaged file is a finding like others.
Result<Structure> find_structure(store::Database& db, std::int64_t last, const detail::Secret& secret) {
  auto out = check_structure(db, last, secret);
  if (out || out.error().code != Code::journal_broken) return out;
  return Structure{"the database is damaged: " + out.error().message, {}};
}

struct Seen {
  detail::Walked walked;
  std::string damage;  // of the structure; of interest where the walk found nothing
};

// The journal in two parts at once, the structure beside the smaller one. What the first finds comes before what the
// second finds.
Result<Seen> look(store::Database& db, std::int64_t last, const std::function<void(std::int64_t)>& progress) {
  detail::Secret secret{};
  ids::random_bytes({reinterpret_cast<std::uint8_t*>(secret.data()), sizeof secret});
  std::atomic<std::int64_t> done{0};
  std::atomic<bool> over{false};
  bool two = last >= kWorthTwo;
  auto part = two ? last * 7 / 10 / Tree::kWidth * Tree::kWidth : last;
  Result<detail::Walked> second = detail::Walked{};
  Result<Structure> structure = Structure{};
  std::thread other([&] {
    if (!two) return;
    // Its own moment is later than ours, but the rows up to `last` and their full tiles never change.
    auto mine = store::Database::open(db.path(), store::Mode::read_only);
    second = mine ? detail::walk_range(*mine, {part + 1, last}, secret, done) : Result<detail::Walked>(fail(mine.error()));
    if (mine && second && !second->bad_seq && done >= 0) structure = find_structure(*mine, last, secret);
  });
  std::thread teller([&] {
    for (; progress && two && !over; std::this_thread::sleep_for(std::chrono::milliseconds(50)))
      progress(std::max<std::int64_t>(done, 0));
  });
  auto first = detail::walk_range(db, {1, part}, secret, done);
  other.join();
  over = true;
  teller.join();
  if (!first) return fail(first.error());
  if (first->bad_seq) return Seen{std::move(*first), ""};
  if (!second) return fail(second.error());
  if (two) {
    second->tiles.insert(0, first->tiles);
    for (std::size_t i = 0; i < second->prints.size(); ++i) second->prints[i] += first->prints[i];
  } else {
    second = std::move(first);
    if (!second->bad_seq) structure = find_structure(db, last, secret);
  }
  if (!structure) return fail(structure.error());
  for (std::size_t i = 0; structure->problem.empty() && i < detail::kIndexes.size(); ++i)
    if (structure->prints[i] != second->prints[i])
      structure->problem = std::string("the index ") + detail::kIndexes[i].name + " does not hold what the rows say: some would not be found";
  return Seen{std::move(*second), std::move(structure->problem)};
}

// The levels above the tiles of the leaves, and the leaves behind the last of those.
Result<std::string> check_tree(store::Database& db, const detail::Walked& walked, std::int64_t last) {
  std::int64_t tiles = last / Tree::kWidth, leaves = 0;
  for (auto [level, below] = std::pair(1U, walked.tiles); !below.empty(); ++level) {
    std::string above;
    constexpr auto kFull = static_cast<std::size_t>(Tree::kWidth) * Tree::kHash;
    for (std::size_t n = 0; n * kFull < below.size(); ++n, ++tiles) {
      auto right = std::string_view(below).substr(n * kFull, kFull);
      TK_TRY(auto s, db.prepare("SELECT hashes FROM tile WHERE at = ?"));
      s.bind(Tree::place(level, static_cast<std::int64_t>(n)));
      TK_TRY(bool there, s.step());
      if (!there || s.cell(0).type != Type::blob || s.cell(0).bytes != right)
        return "tile " + std::to_string(n) + " of level " + std::to_string(level) + " is not what the rows make of it";
      if (right.size() == kFull) above += text_of(merkle::fold(right));
    }
    below = std::move(above);
  }
  TK_TRY(auto found, first_of(db, "SELECT count(*) FROM tile"));
  if (found != tiles) return "the tree has " + std::to_string(found.value_or(0)) + " tiles, the rows make " + std::to_string(tiles);
  TK_TRY(auto s, db.prepare("SELECT seq, hash FROM leaf ORDER BY seq"));
  auto rest = std::string_view(walked.rest);
  for (auto seq = last / Tree::kWidth * Tree::kWidth + 1;; ++seq, ++leaves) {
    TK_TRY(bool there, s.step());
    if (!there && rest.empty()) return std::string();
    if (there && s.integer(0) < seq) return "the tree has a leaf for " + row_name(s.integer(0)) + " too many";
    if (!there || s.integer(0) > seq || s.cell(1).type != Type::blob || s.cell(1).bytes != rest.substr(0, Tree::kHash))
      return rest.empty() ? "the tree has a leaf for " + row_name(s.integer(0)) + ", which is not there"
                          : row_name(seq) + ": the tree holds another leaf for it, or none";
    rest.remove_prefix(Tree::kHash);
  }
}

// What stands in the schema beside what tk makes: a program inside the database, or an index of another meaning.
Result<std::string> check_schema(store::Database& db) {
  TK_TRY(auto fresh, store::Database::open(":memory:", store::Mode::read_write_create));
  TK_CHECK(fresh.exec(std::string(detail::kSchema) + detail::kTreeSchema));
  TK_TRY(auto ours, fresh.prepare("SELECT name, sql FROM sqlite_schema WHERE sql IS NOT NULL"));
  for (;;) {
    TK_TRY(bool more, ours.step());
    if (!more) break;
    TK_TRY(auto theirs, db.prepare("SELECT count(*), max(sql) FROM sqlite_schema WHERE name = ?"));
    theirs.bind(ours.text(0));
    TK_TRY(bool there, theirs.step());
    if (!there || theirs.integer(0) != 1 || theirs.text(1) != ours.text(1))
      return "the table or index " + std::string(ours.text(0)) + " of the database is not as tk makes it";
  }
  TK_TRY(auto s, db.prepare("SELECT type, name FROM sqlite_schema WHERE type IN ('trigger', 'view')"));
  TK_TRY(bool row, s.step());
  if (row) return "tk never made the " + std::string(s.text(0)) + " " + std::string(s.text(1)) + " of the database";
  return std::string();
}

// Side bytes without a row.
Result<std::string> check_side(store::Database& db, std::int64_t last, std::int64_t& bad) {
  TK_TRY(auto orphan, first_of(db, "SELECT min(seq) FROM side WHERE seq < 1"));
  if (!orphan) {
    TK_TRY(orphan, first_of(db, "SELECT min(seq) FROM side WHERE seq > " + std::to_string(last)));
  }
  if (!orphan) return std::string();
  bad = *orphan;
  return row_name(bad) + " is missing but its payload is there";
}

// How the head that stands in meta fits what the walk came to.
Result<std::string> check_head(Journal& journal, std::int64_t rows, const crypto::Digest& hash, std::int64_t& bad) {
  auto last = journal.head();
  if (!last && last.error().code != Code::journal_broken) return fail(last.error());
  auto end = row_name(rows), next = row_name(rows + 1);
  bad = rows;
  if (!last) return end + ": " + last.error().message;
  TK_TRY(auto odd, first_of(journal.db(), "SELECT 1 FROM meta WHERE name = 'head' AND "
                                          "(typeof(number) <> 'integer' OR typeof(bytes) <> 'blob')"));
  if (odd) return end + ": the head has another type";
  if (last->seq > rows) {
    bad = rows + 1;
    return next + " is missing: the tail was cut; the head says " + std::to_string(last->seq) + " rows";
  }
  if (last->seq < rows) {
    bad = last->seq + 1;
    return row_name(bad) + " stands behind the head, which says " + std::to_string(last->seq) + " rows";
  }
  if (last->hash != hash)
    return end + ": the head has another hash; the row was changed, or the tail was cut from " + next + " on";
  return std::string();
}

}  // namespace

Result<Verdict> Journal::verify(const std::function<void(std::int64_t)>& progress) {
  Verdict verdict;
  auto wrong = [&](std::int64_t seq, std::string problem) {
    verdict.ok = false;
    verdict.bad_seq = seq;
    verdict.problem = std::move(problem);
    return verdict;
  };
  // A damaged file is a finding, any other error is not.
  auto found = [&](std::int64_t seq, const Result<std::string>& problem) -> Result<bool> {
    if (!problem && problem.error().code != Code::journal_broken) return fail(problem.error());
    auto text = problem ? *problem : problem.error().message;
    if (!text.empty()) wrong(seq, text);
    return !text.empty();
  };
  auto end = [&](const char* way) -> Result<std::optional<std::int64_t>> {
    auto number = first_of(db_, std::string("SELECT ") + way + "(seq) FROM journal");
    if (number || number.error().code != Code::journal_broken) return number;
    wrong(1, "the database is damaged: " + number.error().message);
    return std::optional<std::int64_t>();
  };
  TK_TRY(auto last, end("max"));
  TK_TRY(auto first, end("min"));
  if (!verdict.ok) return verdict;
  if (first && *first < 1) return wrong(*first, row_name(*first) + " stands before the first");
  auto rows = last.value_or(0);
  TK_TRY(auto seen, look(db_, rows, progress));
  const auto& walked = seen.walked;
  verdict.rows = walked.bad_seq ? walked.bad_seq - 1 : rows;
  if (walked.bad_seq) return wrong(walked.bad_seq, walked.problem);
  std::int64_t bad = rows;
  auto head = check_head(*this, rows, walked.hash, bad);
  TK_TRY(bool found_one, found(bad, head));
  if (found_one) return verdict;
  TK_TRY(found_one, found(rows, check_tree(db_, walked, rows)));
  if (found_one) return verdict;
  auto beside = check_side(db_, rows, bad = rows);
  TK_TRY(found_one, found(bad, beside));
  if (found_one) return verdict;
  TK_TRY(found_one, found(rows, check_schema(db_)));
  if (found_one) return verdict;
  TK_TRY(found_one, found(rows, seen.damage));
  return verdict;
}

}  // namespace tk::journal
