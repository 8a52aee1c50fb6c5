#include "core/workspace/entity_index.hpp"

#include <doctest/doctest.h>

#include <cstdlib>
#include <random>

#include "core/os/file.hpp"

using namespace tk;
using workspace::EntityIndex;
using Files = std::map<std::string, std::string>;

namespace {

constexpr const char* kManifest = "<manifest version=\"1\"><galaxy href=\"galaxies/acme/galaxy.xml\"/><law combining=\"forbid-overrides\"/></manifest>";

// A repository in a folder of its own, and the files of each commit made in it.
struct World {
  std::string folder = os::temporary_directory("tk-index-").value();
  git::Repository repository = git::Repository::init(folder + "/repo").value();
  std::string index_path = folder + "/index.db";
  Files files;
  std::string head;

  World() { commit({{"MANIFEST.xml", kManifest}, {"galaxies/acme/galaxy.xml", "<galaxy name=\"acme\"/>"}}); }
  ~World() { (void)os::remove_tree(folder); }

  void commit(const std::map<std::string, std::optional<std::string>>& changes) {
    std::vector<git::Change> list;
    for (const auto& [path, content] : changes) {
      list.push_back({path, content});
      if (content) files[path] = *content;
      else files.erase(path);
    }
    head = repository.write_commit(head, list, {"t", "t@example.org"}, "m").value();
  }
  Result<EntityIndex> open() { return EntityIndex::open_at(index_path, repository, head); }
};

std::string user(const std::string& name, const std::string& title = "x") {
  return "<user name=\"" + name + "\" title=\"" + title + "\"><attr name=\"level\" type=\"int\" value=\"3\"/></user>";
}
std::string place(const std::string& name) { return "galaxies/acme/users/" + name + ".xml"; }

// Every row, as text.
std::vector<std::string> rows(EntityIndex& index) {
  std::vector<std::string> out;
  REQUIRE(index.each("", [&](const workspace::Entity& e, const std::string& file) -> Result<void> {
    auto line = e.ref.str() + "|" + e.id + "|" + e.state + "|" + file + ":" + std::to_string(e.line);
    for (const auto& [name, value] : e.attributes) line += "|" + name + "=" + value;
    for (const auto& child : e.children) {
      line += "|<" + child.name;
      for (const auto& [name, value] : child.attributes) line += " " + name + "=" + value;
    }
    out.push_back(line);
    return {};
  }));
  for (const auto* table : {"SELECT path || ' ' || blob || ' ' || hex(declares) FROM file ORDER BY path",
                            "SELECT type || context || name || hex(body) FROM entity ORDER BY 1", "SELECT name || value FROM meta ORDER BY 1"}) {
    auto s = index.db().prepare(table).value();
    while (s.step().value()) out.emplace_back(s.text(0));
  }
  return out;
}

}  // namespace

TEST_CASE("an index holds what a commit declares, and reads only what changed") {
  World w;
  w.commit({{place("alice"), user("alice")}, {place("bob"), user("bob")}, {"README.md", "no entity"}});
  {
    auto index = w.open();
    REQUIRE(index);
    CHECK(index->read().anew);
    CHECK(index->read().files == 4);
    CHECK(index->size().value() == 3);
  }
  w.commit({{place("bob"), user("bob", "y")}, {place("alice"), std::nullopt}});
  auto index = w.open();
  REQUIRE(index);
  CHECK_FALSE(index->read().anew);
  CHECK(index->read().files == 1);
  std::vector<std::string> names;
  REQUIRE(index->each("user", [&](const workspace::Entity& e, const std::string& file) -> Result<void> {
    names.push_back(e.ref.name + " " + file + " " + e.attributes[1].second + " " + e.children.at(0).attributes.at(2).second);
    return {};
  }));
  CHECK(names == std::vector<std::string>{"bob galaxies/acme/users/bob.xml y 3"});
  auto again = w.open();
  REQUIRE(again);
  CHECK(again->read().files == 0);
}

TEST_CASE("an entity that moves from a file into a list keeps one row") {
  World w;
  w.commit({{place("zoe"), user("zoe")}});
  REQUIRE(w.open());
  w.commit({{place("zoe"), std::nullopt}, {"galaxies/acme/users/all.xml", "<users>" + user("zoe", "moved") + user("yan") + "</users>"}});
  auto index = w.open();
  REQUIRE(index);
  CHECK(index->size().value() == 3);
  std::vector<std::string> declared;
  REQUIRE(index->in_file("galaxies/acme/users/all.xml", [&](const workspace::Entity& e, const std::string&) -> Result<void> {
    declared.push_back(e.ref.str());
    return {};
  }));
  CHECK(declared == std::vector<std::string>{"user:acme/zoe", "user:acme/yan"});
}

TEST_CASE("a commit with a problem is refused, the file is named, and the index stays as it was") {
  World w;
  w.commit({{place("alice"), user("alice")}});
  REQUIRE(w.open());
  auto good = w.head;
  auto refused = [&](const std::map<std::string, std::optional<std::string>>& changes) {
    auto before = w.head;
    w.commit(changes);
    auto index = w.open();
    REQUIRE_FALSE(index);
    w.head = before;
    return index.error();
  };
  CHECK(refused({{place("bad"), "<user name=\"bad\" nonsense=\"1\"/>"}}).where.file == place("bad"));
  auto twice = refused({{"galaxies/acme/users/all.xml", "<users>\n" + user("alice") + "</users>"}});
  CHECK(twice.where.file == "galaxies/acme/users/all.xml");
  CHECK(twice.message == "user:acme/alice is declared twice");
  CHECK(twice.hint.find(place("alice")) != twice.hint.npos);
  CHECK(refused({{"galaxies/other/galaxy.xml", "<galaxy name=\"other\"/>"}}).message == "galaxies/other/galaxy.xml is not listed in MANIFEST.xml");
  CHECK(refused({{"MANIFEST.xml", "<manifest version=\"1\"/>"}}).message == "galaxies/acme/galaxy.xml is not listed in MANIFEST.xml");
  CHECK(refused({{"MANIFEST.xml", std::nullopt}}).message == "MANIFEST.xml is missing");
  auto index = EntityIndex::open_at(w.index_path, w.repository, good);
  REQUIRE(index);
  CHECK(index->read().files == 0);
}

TEST_CASE("an index that is damaged, foreign or of a commit that is gone is made anew") {
  World w;
  w.commit({{place("alice"), user("alice")}});
  auto fresh = [&] {
    auto index = w.open();
    REQUIRE(index);
    CHECK(index->read().anew);
    CHECK(index->size().value() == 2);
    return rows(*index);
  };
  auto expected = fresh();
  auto overwrite = [&](const std::string& bytes) {
    REQUIRE(os::remove_file(w.index_path + "-wal"));
    REQUIRE(os::remove_file(w.index_path + "-shm"));
    REQUIRE(os::write_atomic(w.index_path, bytes));
  };
  auto whole = os::read_file(w.index_path).value();
  SUBCASE("no database") { overwrite("not a database at all, however long it is: " + std::string(5000, 'x')); }
  SUBCASE("cut off") { overwrite(whole.substr(0, whole.size() / 2)); }
  SUBCASE("another application's") {
    auto db = store::Database::open(w.index_path, store::Mode::read_write).value();
    REQUIRE(db.exec("PRAGMA application_id = 7; CREATE TABLE \"odd \"\" name\" (x)"));
  }
  SUBCASE("another format") {
    auto db = store::Database::open(w.index_path, store::Mode::read_write).value();
    REQUIRE(db.exec("PRAGMA user_version = 1; DROP TABLE entity; CREATE TABLE entity (x)"));
  }
  SUBCASE("another table of types") {
    auto db = store::Database::open(w.index_path, store::Mode::read_write).value();
    REQUIRE(db.exec("UPDATE meta SET value = 'other' WHERE name = 'types'"));
  }
  SUBCASE("a commit that is gone") {
    auto db = store::Database::open(w.index_path, store::Mode::read_write).value();
    REQUIRE(db.exec("UPDATE meta SET value = '" + std::string(40, 'a') + "' WHERE name = 'commit'"));
  }
  CHECK(fresh() == expected);
}

TEST_CASE("a row that was tampered with is an error, not an entity") {
  World w;
  w.commit({{place("alice"), user("alice")}});
  auto index = w.open();
  REQUIRE(index);
  for (const auto* body : {"x''", "x'ff'", "x'ffffffffff'", "x'0101'", "x'020161'", "x'000000'"}) {
    REQUIRE(index->db().exec("UPDATE entity SET body = " + std::string(body) + " WHERE name = 'alice'"));
    CHECK_FALSE(index->each("user", [](const auto&, const auto&) -> Result<void> { return {}; }));
  }
}

// Adds, edits, renames, deletes, merges and switches between branches: after each the index that was carried along
// says the same as one made of that commit alone.
TEST_CASE("after any walk through the history the index equals a new one, row for row") {
  const int steps = std::getenv("TK_FULL") ? 1000 : 100;
  World w;
  std::mt19937 dice(11);
  auto below = [&](int n) { return static_cast<int>(dice() % static_cast<unsigned>(n)); };
  struct Branch {
    std::string head;
    Files files;
  };
  std::vector<Branch> branches = {{w.head, w.files}};
  static constexpr const char* kFolders[] = {"galaxies/acme/", "galaxies/acme/systems/web/", "galaxies/acme/systems/web/spaces/api/",
                                              "galaxies/acme/systems/ops/"};
  auto content = [&](const std::string& path) {
    auto name = path.substr(path.rfind('/') + 1);
    name = name.substr(0, name.size() - 4);
    auto title = std::to_string(below(1000));
    if (path.find("/groups/") != path.npos) return "<group name=\"" + name + "\"><member ref=\"user:u" + title + "\"/></group>";
    if (!name.starts_with("l")) return user(name, title);
    std::string out = "<users>";
    for (int i = 0, n = below(5); i < n; ++i) out += user(name + "-" + std::to_string(i), title);
    return out + "</users>";
  };
  auto path = [&] {
    auto folder = std::string(kFolders[below(4)]);
    if (below(4) == 0) return folder + "groups/g" + std::to_string(below(40)) + ".xml";
    return folder + "users/" + (below(5) ? "u" : "l") + std::to_string(below(60)) + ".xml";
  };
  auto existing = [&](const Files& files) {
    auto it = files.begin();
    std::advance(it, below(static_cast<int>(files.size())));
    return it->first == "MANIFEST.xml" || it->first == "galaxies/acme/galaxy.xml" ? std::string() : it->first;
  };
  int merges = 0, switches = 0;
  std::size_t at = 0;
  for (int step = 0; step < steps; ++step) {
    if (below(6) == 0 && branches.size() < 4) branches.push_back(branches[at]);
    if (below(4) == 0) at = static_cast<std::size_t>(below(static_cast<int>(branches.size()))), ++switches;
    auto& branch = branches[at];
    w.head = branch.head, w.files = branch.files;
    std::map<std::string, std::optional<std::string>> changes;
    if (below(10) == 0) {  // what a merge that takes all of the other side leaves
      ++merges;
      for (const auto& [p, c] : branches[static_cast<std::size_t>(below(static_cast<int>(branches.size())))].files) changes[p] = c;
    }
    for (int n = below(4); n >= 0; --n) {
      auto old = existing(w.files);
      switch (below(4)) {
        case 0: {
          auto to = path();
          changes[to] = content(to);
          break;
        }
        case 1: if (!old.empty()) changes[old] = content(old); break;
        case 2: if (!old.empty()) changes[old] = std::nullopt; break;
        case 3:  // a rename, with or without another content
          if (auto to = path(); !old.empty() && to != old) changes[old] = std::nullopt, changes[to] = content(to);
      }
    }
    w.commit(changes);
    branch = {w.head, w.files};
    auto carried = w.open();
    if (!carried) FAIL(carried.error().where.file << ": " << carried.error().message << "; " << carried.error().hint);
    if (step > 0) CHECK_FALSE(carried->read().anew);
    auto alone = EntityIndex::open_at(w.folder + "/alone.db", w.repository, w.head);
    REQUIRE(alone);
    REQUIRE(alone->read().anew);
    REQUIRE(rows(*carried) == rows(*alone));
    { auto gone = std::move(*alone); }
    for (const auto* end : {"", "-wal", "-shm"}) REQUIRE(os::remove_file(w.folder + "/alone.db" + end));
  }
  CHECK(merges > 0);
  CHECK(switches > 0);
}
