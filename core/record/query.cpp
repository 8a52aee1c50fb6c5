#include "core/base/ids.hpp"
#include "core/crypto/digest.hpp"
#include "core/json/json.hpp"
#include "core/record/store.hpp"

#define TK_RECORD_COLUMNS \
  "SELECT id, type, context, name, parent, version, state, definition, fields, created_ns, " \
  "updated_ns FROM record "

namespace tk::record {

Result<Record> Store::read(store::Statement& s) {
  Record r;
  r.id = s.text(0);
  r.type = s.text(1);
  r.context = s.text(2);
  r.name = s.text(3);
  r.parent = s.text(4);
  r.version = s.integer(5);
  r.state = s.text(6);
  r.definition = s.text(7);
  auto fields = json::parse(s.text(8), "record " + r.id);
  if (!fields || !fields->as_map())
    return fail(Code::journal_broken, "the fields of record " + r.id + " cannot be read");
  r.fields = std::move(*fields->as_map());
  r.created_ns = s.integer(9);
  r.updated_ns = s.integer(10);
  return r;
}

Result<Record> Store::get(const std::string& id) {
  TK_TRY(auto s, journal_.db().prepare(TK_RECORD_COLUMNS "WHERE id = ?"));
  s.bind(id);
  TK_TRY(bool row, s.step());
  if (!row) return fail(Code::record_unknown, "no record " + id, "`tk record list` shows them");
  return read(s);
}

Result<std::shared_ptr<const Definition>> Store::definition_of(const Record& record) {
  TK_TRY(auto s, journal_.db().prepare("SELECT text FROM definition WHERE hash = ?"));
  s.bind(record.definition);
  TK_TRY(bool row, s.step());
  if (!row)
    return fail(Code::journal_broken, "the definition of record " + record.id + " is missing");
  return definitions_.pinned(record.definition, s.text(0));
}

Result<std::optional<Record>> Store::by_name(const std::string& type, const std::string& name) {
  TK_TRY(auto s, journal_.db().prepare(TK_RECORD_COLUMNS "WHERE type = ? AND name = ?"));
  s.bind(type).bind(name);
  TK_TRY(bool row, s.step());
  if (!row) return std::optional<Record>();
  TK_TRY(auto record, read(s));
  return std::optional<Record>(std::move(record));
}

Result<std::optional<Record>> Store::of_entity(const law::Ref& ref) {
  TK_TRY(auto s, journal_.db().prepare(TK_RECORD_COLUMNS "WHERE type = ? AND name = ? AND context = ?"));
  s.bind(ref.type).bind(ref.name).bind(ref.context);
  TK_TRY(bool row, s.step());
  if (!row) return std::optional<Record>();
  TK_TRY(auto record, read(s));
  return std::optional<Record>(std::move(record));
}

Result<Record> Store::find(const std::string& prefix, const std::string& type) {
  bool hex = !prefix.empty() && prefix.find_first_not_of("0123456789abcdef-") == prefix.npos;
  std::vector<Record> found;
  if (hex) {
    TK_TRY(auto s, journal_.db().prepare(TK_RECORD_COLUMNS
                                         "WHERE id >= ?1 AND id < ?1 || 'g' AND (?2 = '' OR type = "
                                         "?2) LIMIT 2"));
    s.bind(prefix).bind(type);
    for (;;) {
      TK_TRY(bool row, s.step());
      if (!row) break;
      TK_TRY(auto record, read(s));
      found.push_back(std::move(record));
    }
  }
  auto noun = type.empty() ? std::string("record") : type;
  if (found.size() > 1)
    return fail(Code::record_unknown, "more than one " + noun + " begins with " + prefix,
                "give more of the id");
  if (found.empty())
    return fail(Code::record_unknown, "no " + noun + " " + prefix, "`tk record list` shows them");
  return std::move(found.front());
}

Result<std::vector<Record>> Store::list(const std::string& type, const std::string& parent) {
  std::string sql = TK_RECORD_COLUMNS "WHERE 1";
  if (!type.empty()) sql += " AND type = ?";
  if (!parent.empty()) sql += " AND parent = ?";
  TK_TRY(auto s, journal_.db().prepare(sql + " ORDER BY created_ns, id"));
  if (!type.empty()) s.bind(type);
  if (!parent.empty()) s.bind(parent);
  std::vector<Record> out;
  for (;;) {
    TK_TRY(bool row, s.step());
    if (!row) return out;
    TK_TRY(auto record, read(s));
    out.push_back(std::move(record));
  }
}

namespace {

// What a record must be according to the journal.
struct Folded {
  std::string type, state, context, name, parent, definition;
  std::vector<std::string> earlier;  // definitions that it was pinned to before
  std::int64_t version = 0, created_ns = 0, updated_ns = 0;
  Value::Map fields;
};

Result<void> fold(std::map<std::string, Folded>& all, const journal::Stored& stored) {
  const auto& row = stored.row;
  if (row.kind != "done") return {};
  auto& f = all[row.entity_id];
  if (row.trigger == "new") {
    TK_TRY(auto payload, json::parse(stored.payload, "payload"));
    const auto& r = payload["record"];
    f.type = row.entity_type;
    f.context = r["context"].text();
    f.name = r["name"].text();
    f.parent = r["parent"].text();
    f.definition = r["definition"].text();
    f.created_ns = row.ts_ns;
  } else if (row.trigger == "migrate") {  // or an event of that name: only a migration names a definition
    TK_TRY(auto payload, json::parse(stored.payload, "payload"));
    if (auto to = payload["migrate"]["definition"].text(); !to.empty())
      f.earlier.push_back(std::exchange(f.definition, to));
  }
  f.state = row.to_state;
  f.updated_ns = row.ts_ns;
  ++f.version;
  if (stored.changes.empty()) return {};
  TK_TRY(auto patch, json::parse(stored.changes, "changes"));
  return patch_members(f.fields, patch);
}

}  // namespace

Result<Record> Store::as_of(const std::string& id, std::int64_t seq, std::int64_t ts_ns) {
  std::map<std::string, Folded> all;
  journal::Filter f;
  f.entity = id;
  f.until_seq = seq;
  f.until_ns = ts_ns > 0 ? ts_ns + 1 : 0;
  auto visit = [&](const journal::Stored& stored) -> Result<bool> {
    TK_CHECK(fold(all, stored));
    return true;
  };
  TK_CHECK(journal_.each(f, visit));
  if (all.empty()) return fail(Code::record_unknown, "record " + id + " was not there yet", "tk log --entity " + id + " shows its rows");
  auto& folded = all.begin()->second;
  Record r;
  r.id = id;
  r.type = folded.type;
  r.context = folded.context;
  r.name = folded.name;
  r.parent = folded.parent;
  r.state = folded.state;
  r.definition = folded.definition;
  r.version = folded.version;
  r.created_ns = folded.created_ns;
  r.updated_ns = folded.updated_ns;
  r.fields = std::move(folded.fields);
  return r;
}

namespace {

// Every definition is the text that its hash names, and the one that records are pinned to.
Result<std::string> check_definitions(journal::Journal& journal, const std::map<std::string, Folded>& all) {
  std::map<std::string, std::pair<std::string, std::string>, std::less<>> pinned;  // its type, a record
  for (const auto& [id, f] : all) {
    pinned.try_emplace(f.definition, f.type, id);
    for (const auto& hash : f.earlier) pinned.try_emplace(hash, f.type, id);
  }
  std::string extra;
  TK_TRY(auto s, journal.db().prepare("SELECT hash, type, text, typeof(hash) || typeof(type) || typeof(text) "
                                      "= 'texttexttext' FROM definition"));
  for (;;) {
    TK_TRY(bool row, s.step());
    if (!row) break;
    auto name = "definition " + std::string(s.text(0));
    auto it = pinned.find(s.text(0));
    if (it == pinned.end()) {
      if (extra.empty()) extra = name + " belongs to no record";
      continue;
    }
    if (s.text(1) != it->second.first || crypto::sha256_hex(s.text(2)) != it->first || s.integer(3) != 1)
      return name + " of record " + it->second.second + " was changed";
    pinned.erase(it);
  }
  if (!pinned.empty())
    extra += (extra.empty() ? "definition " : "; definition ") + pinned.begin()->first + " of record " +
             pinned.begin()->second.second + " is missing";
  return extra;
}

}  // namespace

Result<std::string> check_states(journal::Journal& journal) {
  std::map<std::string, Folded> all;
  auto visit = [&](const journal::Stored& stored) -> Result<bool> {
    TK_CHECK(fold(all, stored));
    return true;
  };
  TK_CHECK(journal.each({}, visit));
  auto missing = all;
  std::string extra;
  TK_TRY(auto s, journal.db().prepare(
                     "SELECT id, type, context, name, parent, version, state, definition, fields, created_ns, "
                     "updated_ns, typeof(id) || typeof(type) || typeof(context) || typeof(name) || "
                     "typeof(parent) || typeof(state) || typeof(definition) || typeof(fields) || "
                     "typeof(version) || typeof(created_ns) || typeof(updated_ns) = "
                     "'texttexttexttexttexttexttexttextintegerintegerinteger' FROM record"));
  for (;;) {
    TK_TRY(bool row, s.step());
    if (!row) break;
    auto id = std::string(s.text(0));
    auto it = missing.find(id);
    if (it == missing.end()) {
      if (extra.empty()) extra = "record " + id + " stands in no row of the journal";
      continue;
    }
    const auto& f = it->second;
    bool same = s.text(1) == f.type && s.text(2) == f.context && s.text(3) == f.name &&
                s.text(4) == f.parent && s.integer(5) == f.version && s.text(6) == f.state &&
                s.text(7) == f.definition && s.text(8) == json::compact(f.fields) &&
                s.integer(9) == f.created_ns && s.integer(10) == f.updated_ns && s.integer(11) == 1;
    if (!same) return "record " + id + " (" + f.type + ") is not the fold of its journal rows";
    missing.erase(it);
  }
  if (!missing.empty())
    extra += (extra.empty() ? "record " : "; record ") + missing.begin()->first + " (" +
             missing.begin()->second.type + ") is missing" +
             (missing.size() > 1 ? " and " + std::to_string(missing.size() - 1) + " more" : "");
  if (!extra.empty()) return extra;
  return check_definitions(journal, all);
}

}  // namespace tk::record
