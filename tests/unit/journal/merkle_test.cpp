#include <doctest/doctest.h>

#include <bit>

#include "core/base/ids.hpp"
#include "core/journal/checkpoint.hpp"
#include "core/journal/detail/schema.hpp"
#include "tests/unit/journal/workbench.hpp"

using namespace tk;
using namespace tk::journal;
using test::Workbench;

namespace {

using merkle::Digest;

// RFC 9162 section 2.1.1 as it is written, over the entries themselves.
Digest mth(const std::vector<std::string>& d) {
  if (d.empty()) return crypto::sha256("");
  if (d.size() == 1) return crypto::sha256(std::string(1, '\0') + d[0]);
  auto k = static_cast<std::ptrdiff_t>(std::bit_floor(d.size() - 1));
  auto left = mth({d.begin(), d.begin() + k}), right = mth({d.begin() + k, d.end()});
  return crypto::sha256("\x01" + std::string(left.begin(), left.end()) + std::string(right.begin(), right.end()));
}

merkle::Nodes nodes_of(const std::vector<std::string>& entries) {
  return [&entries](unsigned height, merkle::Size index) -> Result<Digest> {
    auto begin = static_cast<std::ptrdiff_t>(index << height), end = static_cast<std::ptrdiff_t>((index + 1) << height);
    REQUIRE(end <= static_cast<std::ptrdiff_t>(entries.size()));
    return mth({entries.begin() + begin, entries.begin() + end});
  };
}

std::string unhex(std::string_view text) {
  std::string out;
  for (std::size_t i = 0; i < text.size(); i += 2) out += static_cast<char>(std::stoi(std::string(text.substr(i, 2)), nullptr, 16));
  return out;
}

// The leaves of the reference tests of RFC 6962.
const std::vector<std::string>& reference() {
  static const std::vector<std::string> out = {"", std::string(1, '\0'), unhex("10"), unhex("2021"), unhex("3031"), unhex("40414243"),
                                               unhex("5051525354555657"), unhex("606162636465666768696a6b6c6d6e6f")};
  return out;
}

}  // namespace

TEST_CASE("the roots of the reference tests of RFC 6962") {
  const char* roots[9] = {"e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
                          "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
                          "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
                          "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
                          "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
                          "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
                          "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
                          "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
                          "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328"};
  auto nodes = nodes_of(reference());
  for (merkle::Size n = 0; n <= 8; ++n) CHECK(ids::hex(merkle::root(n, nodes).value()) == roots[n]);
}

TEST_CASE("every proof of every small tree holds, and none holds for anything else") {
  std::vector<std::string> all;
  for (int i = 0; i < 40; ++i) all.push_back("entry " + std::to_string(i));
  auto nodes = nodes_of(all);
  std::vector<Digest> roots;
  for (std::size_t n = 0; n <= all.size(); ++n) {
    roots.push_back(merkle::root(n, nodes).value());
    CHECK(roots.back() == mth({all.begin(), all.begin() + static_cast<std::ptrdiff_t>(n)}));
  }
  for (merkle::Size n = 1; n <= all.size(); ++n)
    for (merkle::Size i = 0; i < n; ++i) {
      auto path = merkle::inclusion(i, n, nodes).value();
      auto leaf = merkle::leaf(all[i]);
      REQUIRE(merkle::included(leaf, i, n, path, roots[n]));
      for (merkle::Size other = 0; other < n; ++other)
        if (other != i) REQUIRE(!merkle::included(leaf, other, n, path, roots[n]));
      REQUIRE(!merkle::included(merkle::leaf("other"), i, n, path, roots[n]));
      if (n > 1) REQUIRE(!merkle::included(leaf, i, n, path, roots[n - 1]));
      for (auto& hash : path) {
        hash[7] ^= 1;
        REQUIRE(!merkle::included(leaf, i, n, path, roots[n]));
        hash[7] ^= 1;
      }
      auto longer = path;
      longer.push_back(leaf);
      REQUIRE(!merkle::included(leaf, i, n, longer, roots[n]));
      if (n > 1) {
        path.pop_back();
        REQUIRE(!merkle::included(leaf, i, n, path, roots[n]));
      }
      // The tree of i + 1 leaves is the beginning of the one of n.
      auto old = i + 1;
      auto proof = merkle::consistency(old, n, nodes).value();
      REQUIRE(merkle::consistent(old, n, proof, roots[old], roots[n]));
      if (old < n) REQUIRE(!merkle::consistent(old, n, proof, roots[old - 1], roots[n]));
      REQUIRE(!merkle::consistent(old, n, proof, roots[old], mth({"x"})));
      for (auto& hash : proof) {
        hash[31] ^= 128;
        REQUIRE(!merkle::consistent(old, n, proof, roots[old], roots[n]));
        hash[31] ^= 128;
      }
      proof.push_back(leaf);
      REQUIRE(!merkle::consistent(old, n, proof, roots[old], roots[n]));
    }
}

namespace {

// Rows without flushes, and their entries.
std::vector<std::string> grow(Journal& journal, int rows) {
  std::vector<std::string> entries;
  auto transaction = journal.begin().value();
  for (int i = 0; i < rows; ++i) {
    Row row;
    row.id = "row-" + std::to_string(i);
    row.kind = "done";
    REQUIRE(journal.append(row, i % 3 ? "{}" : "", ""));
    entries.push_back(canonical(row));
  }
  REQUIRE(transaction.commit());
  return entries;
}

// Two levels of tiles and a rest; more than one thread walks it.
constexpr int kRows = 256 * 257 + 77;

}  // namespace

TEST_CASE_FIXTURE(Workbench, "the stored tree is the tree of the rows, at every size") {
  auto journal = open();
  auto entries = grow(journal, 1100);
  Tree tree(journal.db());
  for (std::int64_t n : {1, 2, 255, 256, 257, 511, 512, 513, 1023, 1024, 1100}) {
    std::vector<std::string> some(entries.begin(), entries.begin() + n);
    auto root = tree.root(n).value();
    CHECK(root == mth(some));
    for (std::int64_t i : {std::int64_t{0}, n / 3, n - 1}) {
      auto up = tree.inclusion(i, n).value();
      CHECK(merkle::included(merkle::leaf(some[static_cast<std::size_t>(i)]), static_cast<merkle::Size>(i), static_cast<merkle::Size>(n), up, root));
      CHECK(merkle::consistent(static_cast<merkle::Size>(i + 1), static_cast<merkle::Size>(n), tree.consistency(i + 1, n).value(),
                               tree.root(i + 1).value(), root));
    }
  }
  CHECK(journal.verify()->ok);
}

TEST_CASE_FIXTURE(Workbench, "a journal of many tiles verifies by two threads, and a change in either part is named") {
  auto journal = open();
  grow(journal, kRows);
  auto good = journal.verify().value();
  CHECK(good.ok);
  CHECK(good.rows == kRows);
  for (std::int64_t seq : {1, 256, 257, 46'000, 46'080, 65'793, kRows}) {
    auto& db = journal.db();
    auto where = " WHERE seq IN (" + std::to_string(seq) + ", " + std::to_string(kRows) + ")";
    CHECK(db.exec("UPDATE journal SET actor_id = 'mallory'" + where));
    CHECK(journal.verify()->bad_seq == seq);
    CHECK(db.exec("UPDATE journal SET actor_id = ''" + where));
  }
}

TEST_CASE_FIXTURE(Workbench, "what is changed in the tree alone is found") {
  auto journal = open();
  grow(journal, 256 * 2 + 5);
  for (const char* change : {"UPDATE leaf SET hash = zeroblob(32) WHERE seq = 514", "DELETE FROM leaf WHERE seq = 517",
                             "INSERT INTO leaf VALUES (518, zeroblob(32))", "INSERT INTO leaf VALUES (3, zeroblob(32))",
                             "UPDATE tile SET hashes = zeroblob(8192) WHERE at = 1", "DELETE FROM tile WHERE at = 0",
                             "UPDATE tile SET hashes = substr(hashes, 1, 8191) WHERE at = 0", "INSERT INTO tile VALUES (2, zeroblob(8192))",
                             "UPDATE tile SET hashes = zeroblob(64) WHERE at = 281474976710656", "DELETE FROM tile WHERE at = 281474976710656"}) {
    auto& db = journal.db();
    CHECK(db.begin());
    CHECK(db.exec(change));
    INFO(change);
    CHECK(!journal.verify()->ok);
    db.rollback();
  }
  CHECK(journal.verify()->ok);
}

TEST_CASE_FIXTURE(Workbench, "a journal of format 1 is brought to format 2 with a tree of its rows, and a copy stays") {
  {
    auto db = store::Database::open(path, store::Mode::read_write_create).value();
    auto dump = os::read_file(std::string(TK_SOURCE_DIR) + "/tests/corpus/journal/format-1.sql").value();
    REQUIRE(db.exec(dump));
  }
  auto reader = open(store::Mode::read_only);
  CHECK(reader.head()->seq == 29);
  CHECK(reader.verify()->ok);
  auto copy = store::Database::open(path + ".format-1", store::Mode::read_only).value();
  CHECK(detail::format_of(copy).value() == 1);
  auto journal = open();
  CHECK(add(journal) == 30);
  CHECK(journal.verify()->ok);
}

TEST_CASE_FIXTURE(Workbench, "a checkpoint is a note that its key signed, and fits the rows or says what does not") {
  auto journal = open();
  auto key = crypto::SigningKey::generate(), other = crypto::SigningKey::generate();
  CHECK(make_checkpoint(journal, key).error().code == Code::journal_proof);
  grow(journal, 300);
  auto made = make_checkpoint(journal, key).value();
  CHECK(made.size == 300);
  CHECK(make_checkpoint(journal, key)->note == made.note);
  auto origin = origin_of(journal).value();
  CHECK(origin == "tk/row-0");
  NoteKey name{origin, key.public_key()}, wrong{origin, other.public_key()};
  CHECK(parse_note_key(name.str())->str() == name.str());
  CHECK(!parse_note_key(name.str() + "A"));
  CHECK(open_note(made.note, {name})->size == 300);
  CHECK(check_checkpoint(journal, made.note, {name}).value().empty());
  CHECK(!check_checkpoint(journal, made.note, {wrong}).value().empty());
  for (std::size_t i = 0; i < made.note.size(); ++i) {  // no byte of it can be another
    auto changed = made.note;
    changed[i] = static_cast<char>(changed[i] ^ 1);
    INFO(i);
    CHECK(!open_note(changed, {name}));
  }
  CHECK(!open_note(made.note.substr(0, made.note.size() - 1), {name}));
  // A rewritten row: the old note does not fit, and no new one is signed over it.
  CHECK(journal.db().exec("UPDATE tile SET hashes = zeroblob(length(hashes))"));
  grow(journal, 1);
  CHECK(!check_checkpoint(journal, made.note, {name}).value().empty());
  CHECK(make_checkpoint(journal, key).error().code == Code::journal_checkpoint);
}

TEST_CASE_FIXTURE(Workbench, "rows of an actor, of its own and on its behalf, come in order and once") {
  auto journal = open();
  {
    auto transaction = journal.begin().value();
    for (int i = 0; i < 60; ++i) {
      Row row;
      row.id = std::to_string(i);
      row.kind = "done";
      if (i % 3 != 1) row.actor_id = "a";
      if (i % 4 == 1) row.on_behalf_of = "a";
      if (i % 5 == 0) row.borrow_id = "lease";
      REQUIRE(journal.append(row, "", ""));
    }
    REQUIRE(transaction.commit());
  }
  for (bool newest : {false, true})
    for (std::int64_t limit : {0, 7}) {
      Filter f;
      f.actor = "a";
      f.newest_first = newest;
      f.limit = limit;
      std::vector<std::int64_t> got, want;
      CHECK(journal.each(f, [&](const Stored& s) -> Result<bool> { return got.push_back(s.row.seq), true; }));
      for (int k = 0; k < 60; ++k) {
        int i = newest ? 59 - k : k;
        if ((i % 3 != 1 || i % 4 == 1) && (limit == 0 || static_cast<std::int64_t>(want.size()) < limit)) want.push_back(i + 1);
      }
      CHECK(got == want);
    }
  Filter f;
  f.borrow = "lease";
  int n = 0;
  CHECK(journal.each(f, [&](const Stored& s) -> Result<bool> { return n += s.row.borrow_id == "lease", true; }));
  CHECK(n == 12);
}
