#include "core/workspace/entity_index.hpp"

#include "core/json/json.hpp"
#include "core/os/file.hpp"

namespace tk::workspace {
namespace {

constexpr int kFormat = 1;
// Also a reason to make it anew: what an entity may hold.
constexpr const char* kSchema = R"sql(
CREATE TABLE meta (name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE file (path TEXT PRIMARY KEY, blob TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE entity (
  number INTEGER PRIMARY KEY, type TEXT NOT NULL, context TEXT NOT NULL, name TEXT NOT NULL, id TEXT NOT NULL,
  state TEXT NOT NULL, file TEXT NOT NULL, line INTEGER NOT NULL, attributes TEXT NOT NULL, children TEXT NOT NULL);
CREATE UNIQUE INDEX entity_ref ON entity (type, context, name);
CREATE INDEX entity_file ON entity (file);
)sql";

Value pairs(const std::vector<std::pair<std::string, std::string>>& all) {
  Value::List out;
  for (const auto& [name, value] : all) out.emplace_back(Value::List{name, value});
  return out;
}

std::vector<std::pair<std::string, std::string>> read_pairs(const Value& list) {
  std::vector<std::pair<std::string, std::string>> out;
  if (const auto* all = list.as_list())
    for (const auto& pair : *all)
      if (const auto* two = pair.as_list(); two && two->size() == 2) out.emplace_back((*two)[0].text(), (*two)[1].text());
  return out;
}

}  // namespace

Result<EntityIndex> EntityIndex::open(const Workspace& workspace, const git::Repository& repository) {
  TK_TRY(auto head, repository.head_commit());
  if (head.empty()) return fail(Code::ws_no_commit, "the workspace has no commit yet", "git add -A && git commit");
  TK_CHECK(workspace.prepare_state());
  TK_TRY(auto db, store::Database::open(workspace.state("index.db"), store::Mode::read_write_create));
  EntityIndex out(std::move(db));
  TK_CHECK(out.bring_up(workspace, repository, head));
  return out;
}

Result<void> EntityIndex::bring_up(const Workspace&, const git::Repository& repository, const std::string& head) {
  auto at = [&]() -> Result<std::string> {
    TK_TRY(auto version, db_.prepare("PRAGMA user_version"));
    TK_TRY(bool row, version.step());
    if (!row || version.integer(0) != kFormat) return std::string();
    TK_TRY(auto s, db_.prepare("SELECT value FROM meta WHERE name = 'commit'"));
    TK_TRY(bool there, s.step());
    return there ? std::string(s.text(0)) : std::string();
  };
  TK_TRY(commit_, at());
  if (commit_ == head) return {};
  TK_CHECK(db_.begin());
  TK_TRY(commit_, at());  // another process may have done it meanwhile
  if (commit_ == head) return db_.rollback(), Result<void>{};
  auto carry_out = [&]() -> Result<void> {
    std::vector<std::string> changed;
    if (!commit_.empty()) {
      auto paths = repository.changed_paths(commit_, head);
      if (paths)
        changed = std::move(*paths);
      else
        commit_.clear();  // a commit that is gone: rewritten history
    }
    if (commit_.empty()) {
      read_.anew = true;
      for (const auto* table : {"meta", "file", "entity"}) TK_CHECK(db_.exec("DROP TABLE IF EXISTS " + std::string(table)));
      TK_CHECK(db_.exec(std::string(kSchema) + "PRAGMA user_version = " + std::to_string(kFormat)));
      TK_TRY(auto files, repository.files(head));
      for (const auto& f : files)
        if (declares(f.path)) TK_CHECK(add_file(repository, f));
    } else {
      for (const auto& path : changed) {
        if (!declares(path)) continue;
        TK_CHECK(drop_file(path));
        TK_TRY(auto files, repository.files(head, path));
        for (const auto& f : files)
          if (f.path == path) TK_CHECK(add_file(repository, f));
      }
    }
    TK_TRY(auto s, db_.prepare("INSERT OR REPLACE INTO meta VALUES ('commit', ?)"));
    return s.bind(head).run();
  };
  if (auto done = carry_out(); !done) return db_.rollback(), fail(done.error());
  TK_CHECK(db_.commit());
  commit_ = head;
  return {};
}

Result<void> EntityIndex::drop_file(const std::string& path) {
  for (const auto* sql : {"DELETE FROM entity WHERE file = ?", "DELETE FROM file WHERE path = ?"}) {
    TK_TRY(auto s, db_.prepare(sql));
    TK_CHECK(s.bind(path).run());
  }
  return {};
}

Result<void> EntityIndex::add_file(const git::Repository& repository, const git::Repository::File& file) {
  TK_TRY(auto content, repository.read_blob(file.blob));
  auto read = read_file({file.path, std::move(content)});
  if (!read.declared.problems.empty()) return fail(read.declared.problems.front());
  ++read_.files;
  read_.entities += read.entities.size();
  TK_TRY(auto f, db_.prepare("INSERT INTO file VALUES (?,?)"));
  TK_CHECK(f.bind(file.path).bind(file.blob).run());
  for (const auto& e : read.entities) {
    Value::List children;
    for (const auto& child : e.children) children.push_back(Value::List{child.name, pairs(child.attributes)});
    TK_TRY(auto s, db_.prepare("INSERT INTO entity (type, context, name, id, state, file, line, attributes, children) VALUES (?,?,?,?,?,?,?,?,?)"));
    TK_CHECK(s.bind(e.ref.type)
                 .bind(e.ref.context)
                 .bind(e.ref.name)
                 .bind(e.id)
                 .bind(e.state)
                 .bind(file.path)
                 .bind(std::int64_t{e.line})
                 .bind(json::compact(pairs(e.attributes)))
                 .bind(json::compact(children))
                 .run());
  }
  return {};
}

Result<void> EntityIndex::each(std::string_view type, const std::function<Result<void>(const Entity&, const std::string& file)>& visit) {
  TK_TRY(auto s, db_.prepare("SELECT type, context, name, id, state, file, line, attributes, children FROM entity WHERE ?1 = '' OR type = ?1 "
                             "ORDER BY type, context, name"));
  s.bind(type);
  for (;;) {
    TK_TRY(bool row, s.step());
    if (!row) return {};
    Entity e{{std::string(s.text(0)), std::string(s.text(1)), std::string(s.text(2))},
             std::string(s.text(3)),
             std::string(s.text(4)),
             static_cast<int>(s.integer(6)),
             {},
             {}};
    TK_TRY(auto attributes, json::parse(s.text(7), "index.db"));
    e.attributes = read_pairs(attributes);
    TK_TRY(auto children, json::parse(s.text(8), "index.db"));
    if (const auto* all = children.as_list())
      for (const auto& child : *all)
        if (const auto* two = child.as_list(); two && two->size() == 2) e.children.push_back({(*two)[0].text(), read_pairs((*two)[1])});
    TK_CHECK(visit(e, std::string(s.text(5))));
  }
}

}  // namespace tk::workspace
