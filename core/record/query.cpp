#include "core/base/ids.hpp"
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

Result<bool> Store::knows(const std::string& id) {
  TK_TRY(auto s, journal_.db().prepare("SELECT 1 FROM record WHERE id = ?"));
  s.bind(id);
  return s.step();
}

Result<std::shared_ptr<const Definition>> Store::definition_of(const Record& record) {
  if (auto known = definitions_.known(record.definition)) return known;
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

}  // namespace tk::record
