#include "core/workspace/entity_index.hpp"

#include <algorithm>
#include <thread>

#include "core/crypto/digest.hpp"
#include "core/os/file.hpp"
#include "core/workspace/detail/entity_row.hpp"

namespace tk::workspace {
namespace {

using Difference = git::Repository::Difference;

constexpr std::size_t kFilesForThreads = 500;
constexpr int kLongWal = 250;  // pages; they are read by who opens it first
constexpr int kFormat = 3;
constexpr int kApplication = 0x746b6978;  // "tkix"
// A file knows the entities that it declares, so that no second tree is needed to find them; rows lie in the order in
// which they are read.
constexpr const char* kSchema = R"sql(
CREATE TABLE meta (name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE file (path TEXT PRIMARY KEY, blob TEXT NOT NULL, declares BLOB NOT NULL) WITHOUT ROWID;
CREATE TABLE entity (
  type TEXT NOT NULL, context TEXT NOT NULL, name TEXT NOT NULL, id TEXT NOT NULL, state TEXT NOT NULL,
  file TEXT NOT NULL, line INTEGER NOT NULL, body BLOB NOT NULL, PRIMARY KEY (type, context, name)) WITHOUT ROWID;
)sql";
constexpr const char* kColumns = "SELECT type, context, name, id, state, file, line, body FROM entity ";

std::span<const std::uint8_t> bytes_of(std::string_view s) { return {reinterpret_cast<const std::uint8_t*>(s.data()), s.size()}; }
std::string_view text_of(std::span<const std::uint8_t> s) { return {reinterpret_cast<const char*>(s.data()), s.size()}; }

// What only makes the index useless, not the workspace.
bool is_damage(const Error& error) { return error.code == Code::journal_broken; }
tl::unexpected<Error> damaged() { return fail(Code::journal_broken, "index.db is damaged", "remove .tk/index.db; it is made anew"); }

Result<void> remove_database(const std::string& path) {
  for (const auto* end : {"", "-wal", "-shm"}) TK_CHECK(os::remove_file(path + end));
  return {};
}

// Into an entity that is used again for each row: its texts keep their room.
Result<void> read_row(const store::Statement& s, Entity& e, std::string& file) {
  std::string* texts[] = {&e.ref.type, &e.ref.context, &e.ref.name, &e.id, &e.state, &file};
  for (int i = 0; i < 6; ++i) *texts[i] = s.cell(i).bytes;
  e.line = static_cast<int>(s.cell(6).number);
  if (!detail::decode(s.cell(7).bytes, e)) return damaged();
  return {};
}

}  // namespace

struct EntityIndex::FileRows {
  std::string path, blob;
  std::vector<Entity> entities;
};

Result<EntityIndex> EntityIndex::open(const Workspace& workspace, const git::Repository& repository) {
  TK_TRY(auto head, repository.head_commit());
  if (head.empty()) return fail(Code::ws_no_commit, "the workspace has no commit yet", "git add -A && git commit");
  TK_CHECK(workspace.prepare_state());
  return open_at(workspace.state("index.db"), repository, head);
}

Result<EntityIndex> EntityIndex::open_at(const std::string& path, const git::Repository& repository, const std::string& commit) {
  auto out = try_open(path, repository, commit);
  if (out || !is_damage(out.error())) return out;
  TK_TRY(auto lock, os::Lock::wait(path + ".lock", Code::journal_busy));
  // Whoever held the lock before may have mended it.
  auto mended = try_open(path, repository, commit);
  if (mended || !is_damage(mended.error())) return mended;
  TK_CHECK(remove_database(path));
  return try_open(path, repository, commit);
}

Result<EntityIndex> EntityIndex::try_open(const std::string& path, const git::Repository& repository, const std::string& commit) {
  TK_TRY(auto db, store::Database::open(path, store::Mode::read_write_create));
  db.leave_wal();
  TK_CHECK(db.exec("PRAGMA journal_size_limit = 1048576"));
  EntityIndex out(std::move(db));
  TK_TRY(out.materialised_, Materialised::of(repository, commit));
  TK_CHECK(out.bring_up(repository, commit));
  return out;
}

// What the rows depend on beside the commit.
std::string EntityIndex::mark() const { return detail::types_mark() + (materialised_.lazy() ? crypto::sha256_hex(materialised_.key()) : ""); }

// Empty: there is none, or it is not one of ours.
Result<std::string> EntityIndex::indexed_commit() {
  for (auto [pragma, wanted] : {std::pair{"PRAGMA application_id", kApplication}, {"PRAGMA user_version", kFormat}}) {
    TK_TRY(auto s, db_.prepare(pragma));
    TK_TRY(bool row, s.step());
    if (!row || s.integer(0) != wanted) return std::string();
  }
  std::string commit, types;
  TK_TRY(auto s, db_.prepare("SELECT name, value FROM meta WHERE name IN ('commit', 'types')"));
  for (;;) {
    TK_TRY(bool row, s.step());
    if (!row) break;
    (s.text(0) == "commit" ? commit : types) = std::string(s.text(1));
  }
  return types == mark() ? commit : std::string();
}

Result<void> EntityIndex::bring_up(const git::Repository& repository, const std::string& commit) {
  TK_TRY(commit_, indexed_commit());
  if (commit_ == commit) return {};
  TK_CHECK(db_.begin());
  auto carry_out = [&]() -> Result<void> {
    TK_TRY(commit_, indexed_commit());  // another process may have done it meanwhile
    if (commit_ == commit) return {};
    auto changed = commit_.empty() ? Result<std::vector<Difference>>(std::vector<Difference>()) : repository.differences(commit_, commit, materialised_.skip());
    if (!changed) commit_.clear();  // a commit that is gone: rewritten history
    if (commit_.empty()) {
      TK_CHECK(rebuild(repository, commit));
    } else {
      std::erase_if(*changed, [](const Difference& d) { return !declares(d.path); });
      TK_CHECK(apply(repository, *changed));
      TK_CHECK(check_manifest(repository, commit, *changed));
    }
    TK_TRY(auto s, db_.prepare("INSERT OR REPLACE INTO meta VALUES ('commit', ?)"));
    TK_CHECK(s.bind(commit).run());
    return {};
  };
  if (auto done = carry_out(); !done) return db_.rollback(), fail(done.error());
  TK_CHECK(db_.commit());
  // Emptied, not only copied: the next process to open it cannot know what was copied, and would read and copy it all again.
  // A reader in the way: the next one does it.
  if (db_.wal_is_long(kLongWal)) (void)db_.checkpoint(true);
  commit_ = commit;
  return {};
}

Result<void> EntityIndex::rebuild(const git::Repository& repository, const std::string& commit) {
  read_ = {.anew = true};
  std::vector<std::string> tables;
  {
    TK_TRY(auto s, db_.prepare("SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite_%'"));
    for (;;) {
      TK_TRY(bool row, s.step());
      if (!row) break;
      tables.emplace_back(s.text(0));
    }
  }
  for (const auto& table : tables) {
    std::string quoted;
    for (char c : table) quoted += c == '"' ? "\"\"" : std::string(1, c);
    TK_CHECK(db_.exec("DROP TABLE IF EXISTS \"" + quoted + "\""));
  }
  TK_CHECK(db_.exec(std::string(kSchema) + "PRAGMA application_id = " + std::to_string(kApplication) +
                    "; PRAGMA user_version = " + std::to_string(kFormat)));
  TK_TRY(auto s, db_.prepare("INSERT INTO meta VALUES ('types', ?)"));
  TK_CHECK(s.bind(mark()).run());
  TK_TRY(auto all, repository.differences("", commit, materialised_.skip()));
  std::erase_if(all, [](const Difference& d) { return !declares(d.path); });
  TK_CHECK(apply(repository, all));
  return check_manifest(repository, commit, all);
}

// What went goes first: an entity may have moved from one file to another.
Result<void> EntityIndex::apply(const git::Repository& repository, const std::vector<Difference>& changed) {
  std::vector<Difference> there;
  for (const auto& d : changed) {
    if (!read_.anew) {
      TK_CHECK(drop_file(d.path));
    }
    if (!d.blob.empty()) there.push_back(d);
  }
  TK_TRY(auto fresh, read_all(repository, there));
  return insert(fresh);
}

Result<std::vector<EntityIndex::FileRows>> EntityIndex::read_all(const git::Repository& repository, const std::vector<Difference>& files) {
  std::vector<FileRows> out(files.size());
  auto read_range = [&](const git::Repository& from, std::size_t begin, std::size_t end) -> Result<void> {
    for (auto i = begin; i < end; ++i) {
      TK_TRY(out[i], read_rows(from, files[i].path, files[i].blob));
    }
    return {};
  };
  std::size_t threads = files.size() < kFilesForThreads ? 1 : std::clamp(std::thread::hardware_concurrency(), 1u, 8u);
  std::vector<Result<void>> done(threads);
  std::vector<std::thread> others;
  auto part = [&](std::size_t n) { return files.size() * n / threads; };
  for (std::size_t n = 1; n < threads; ++n)
    others.emplace_back([&, n] {  // libgit2 shares a repository between threads badly: each has its own
      auto own = git::Repository::open(repository.worktree());
      done[n] = own ? read_range(*own, part(n), part(n + 1)) : fail(own.error());
    });
  done[0] = read_range(repository, 0, part(1));
  for (auto& t : others) t.join();
  for (auto& result : done)
    if (!result) return fail(result.error());  // the first in the order of paths
  for (const auto& f : out) ++read_.files, read_.entities += f.entities.size();
  return out;
}

Result<void> EntityIndex::drop_file(const std::string& path) {
  std::vector<law::Ref> refs;
  {
    TK_TRY(auto s, db_.prepare("SELECT declares FROM file WHERE path = ?"));
    TK_TRY(bool row, s.bind(path).step());
    if (!row) return {};
    if (!detail::decode_refs(text_of(s.blob(0)), refs)) return damaged();
  }
  for (const auto& ref : refs) {
    TK_TRY(auto s, db_.prepare("DELETE FROM entity WHERE type = ? AND context = ? AND name = ?"));
    TK_CHECK(s.bind(ref.type).bind(ref.context).bind(ref.name).run());
  }
  TK_TRY(auto s, db_.prepare("DELETE FROM file WHERE path = ?"));
  return s.bind(path).run();
}

Result<EntityIndex::FileRows> EntityIndex::read_rows(const git::Repository& repository, const std::string& path, const std::string& blob) {
  TK_TRY(auto content, repository.read_blob(blob));
  auto read = read_file({path, std::move(content)});
  if (!read.declared.problems.empty()) return fail(read.declared.problems.front());
  return FileRows{path, blob, std::move(read.entities)};
}

Result<void> EntityIndex::insert(const std::vector<FileRows>& files) {
  struct Row {
    const Entity* entity;
    const std::string* file;
  };
  std::vector<Row> rows;
  rows.reserve(read_.entities);
  for (const auto& f : files) {
    std::string refs;
    for (const auto& e : f.entities) {
      rows.push_back({&e, &f.path});
      detail::append_ref(refs, e.ref);
    }
    TK_TRY(auto s, db_.prepare("INSERT INTO file VALUES (?,?,?)"));
    TK_CHECK(s.bind(f.path).bind(f.blob).bind_blob(bytes_of(refs)).run());
  }
  // In the order of the table: pages are filled one after the other.
  std::stable_sort(rows.begin(), rows.end(), [](const Row& a, const Row& b) { return a.entity->ref < b.entity->ref; });
  std::string body;
  for (const auto& [e, file] : rows) {
    body.clear();
    detail::encode(*e, body);
    TK_TRY(auto s, db_.prepare("INSERT INTO entity VALUES (?,?,?,?,?,?,?,?) ON CONFLICT DO NOTHING"));
    s.bind(e->ref.type).bind(e->ref.context).bind(e->ref.name).bind(e->id).bind(e->state).bind(*file).bind(std::int64_t{e->line});
    TK_CHECK(s.bind_blob(bytes_of(body)).run());
    if (db_.changes() == 1) continue;
    TK_TRY(auto other, db_.prepare("SELECT file, line FROM entity WHERE type = ? AND context = ? AND name = ?"));
    TK_TRY(bool row, other.bind(e->ref.type).bind(e->ref.context).bind(e->ref.name).step());
    auto there = row ? std::string(other.text(0)) + ":" + std::to_string(other.integer(1)) : std::string("?");
    return fail_at(Code::law_syntax, {*file, e->line, 1}, e->ref.str() + " is declared twice", "also in " + there);
  }
  return {};
}

// Each galaxy that has a file is listed in the manifest. Asked only where one of the two changed.
Result<void> EntityIndex::check_manifest(const git::Repository& repository, const std::string& commit, const std::vector<Difference>& changed) {
  auto galaxy = [](const std::string& path) { return path.substr(9, path.find('/', 9) - 9); };
  std::map<std::string, std::string> galaxies;  // → a file of it
  bool all = false;
  for (const auto& d : changed) {
    if (d.path == "MANIFEST.xml") all = true;
    else if (!d.path.starts_with("galaxies/") || d.blob.empty()) continue;
    else if (galaxies.empty() || galaxies.rbegin()->first != galaxy(d.path)) galaxies.emplace(galaxy(d.path), d.path);
  }
  for (std::string after = "galaxies/"; all;) {
    TK_TRY(auto s, db_.prepare("SELECT path FROM file WHERE path >= ? AND path < 'galaxies0' ORDER BY path LIMIT 1"));
    TK_TRY(bool row, s.bind(after).step());
    if (!row) break;
    auto path = std::string(s.text(0));
    galaxies.emplace(galaxy(path), path);
    after = "galaxies/" + galaxy(path) + "0";  // behind all that is in it
  }
  if (galaxies.empty() && !all) return {};
  TK_TRY(auto content, repository.read(commit, "MANIFEST.xml"));
  if (!content) return fail_at(Code::ws_entity_invalid, {"MANIFEST.xml", 0, 0}, "MANIFEST.xml is missing",
                               "add <manifest version=\"1\"> with a <galaxy href=…/> for each galaxy");
  auto manifest = read_file({"MANIFEST.xml", std::move(*content)});
  for (const auto& [name, path] : galaxies) {
    auto href = "galaxies/" + name + "/galaxy.xml";
    if (!manifest.listed.contains(href))
      return fail_at(Code::ws_entity_invalid, {path, 0, 0}, href + " is not listed in MANIFEST.xml", "add <galaxy href=\"" + href + "\"/>");
  }
  return {};
}

Result<void> EntityIndex::each(std::string_view type, const Visit& visit) {
  TK_TRY(auto s, db_.prepare(std::string(kColumns) + (type.empty() ? "" : "WHERE type = ? ") + "ORDER BY type, context, name"));
  if (!type.empty()) s.bind(type);
  Entity e;
  std::string file;
  for (;;) {
    TK_TRY(bool row, s.step());
    if (!row) return {};
    TK_CHECK(read_row(s, e, file));
    TK_CHECK(visit(e, file));
  }
}

Result<void> EntityIndex::in_file(const std::string& path, const Visit& visit) {
  std::vector<law::Ref> refs;
  {
    TK_TRY(auto s, db_.prepare("SELECT declares FROM file WHERE path = ?"));
    TK_TRY(bool row, s.bind(path).step());
    if (row && !detail::decode_refs(text_of(s.blob(0)), refs)) return damaged();
  }
  for (const auto& ref : refs) TK_CHECK(find(ref, visit));
  return {};
}

Result<void> EntityIndex::find(const law::Ref& ref, const Visit& visit) {
  static const std::string sql = std::string(kColumns) + "WHERE type = ? AND context = ? AND name = ?";
  TK_TRY(auto s, db_.prepare(sql));
  TK_TRY(bool row, s.bind(ref.type).bind(ref.context).bind(ref.name).step());
  if (!row) return {};
  Entity e;
  std::string file;
  TK_CHECK(read_row(s, e, file));
  return visit(e, file);
}

Result<std::size_t> EntityIndex::size() {
  TK_TRY(auto s, db_.prepare("SELECT count(*) FROM entity"));
  TK_TRY(bool row, s.step());
  return row ? static_cast<std::size_t>(s.integer(0)) : 0;
}

}  // namespace tk::workspace
