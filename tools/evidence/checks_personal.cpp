// Checks of personal data: what definitions (of records, and of entities that are declared) mark as `pii`.
#include "core/os/file.hpp"
#include "core/toml/toml.hpp"
#include "core/record/entity_types.hpp"
#include "tools/evidence/checks.hpp"

namespace tk::tools::evidence {
namespace {

struct Personal {
  std::string type, field;  // of a record; of an entity below `attributes`
};

// Of every definition that a record was ever pinned to, and of every type that is declared.
Result<std::vector<Personal>> personal_fields(Scene& scene) {
  std::vector<Personal> out;
  for (const auto& type : record::entity_type_table())
    for (const auto& a : type.attributes)
      if (a.personal()) out.push_back({std::string(type.name), "attributes.\"" + std::string(a.name) + "\""});
  TK_TRY(auto s, scene.db().prepare("SELECT type, text FROM definition ORDER BY type, hash"));
  for (;;) {
    TK_TRY(bool row, s.step());
    if (!row) return out;
    TK_TRY(auto doc, toml::parse(s.text(1), "definition"));
    const auto* fields = doc.find("fields");
    if (!fields || !fields->is_table()) continue;
    for (const auto& [name, field] : fields->table) {
      const auto* mark = field.is_table() ? field.find("pii") : nullptr;
      bool is = mark && (mark->value.as_text() || mark->value == Value(true));
      Personal p{std::string(s.text(0)), "\"" + name + "\""};
      bool known = std::any_of(out.begin(), out.end(), [&](const auto& o) { return o.type == p.type && o.field == p.field; });
      if (is && !known) out.push_back(std::move(p));
    }
  }
}

}  // namespace

Result<Outcome> personal_sealed(Scene& scene) {
  TK_TRY(auto fields, personal_fields(scene));
  std::string sql;
  for (const auto& p : fields) {
    auto type = quoted({p.type}), note = quoted({p.type + "." + p.field});
    auto judged = [&](const std::string& from, const std::string& document, const std::string& path, const std::string& seq) {
      auto at = "json_extract(" + document + ", " + quoted({path}) + ")";
      return "SELECT " + seq + " AS seq, " + at + " NOT LIKE 'pii:v1:%' AS bad, " + note + " AS note FROM " + from +
             " AND typeof(" + at + ") = 'text'";
    };
    auto payload = "(SELECT seq, entity_type, CASE WHEN json_valid(CAST(payload AS TEXT)) THEN CAST(payload AS TEXT) ELSE '{}' END AS payload "
                   "FROM journal JOIN side USING (seq) WHERE entity_type = " + type + scene.since() + ") j WHERE 1";
    sql += (sql.empty() ? "" : " UNION ALL ") + judged(payload, "j.payload", "$.input." + p.field, "j.seq") + " UNION ALL " +
           judged(payload, "j.payload", "$.arguments." + p.field, "j.seq") + " UNION ALL " +
           judged("record r WHERE r.type = " + type, "r.fields", "$." + p.field, "(SELECT max(seq) FROM journal WHERE entity_id = r.id)");
  }
  return ask(scene, "SELECT seq, bad, note FROM (" + (sql.empty() ? "SELECT 0 AS seq, 0 AS bad, '' AS note WHERE 0" : sql) + ") ORDER BY seq");
}

// The row stands before the key goes; a key that is gone without a row was lost, and with it what it sealed.
Result<Outcome> erasures_hold(Scene& scene) {
  Outcome out;
  out.query = "tk record list subject; tk log --event subject.erased; ls .tk/keys/subjects";
  TK_TRY(auto s, scene.db().prepare("SELECT r.name, r.state, (SELECT max(seq) FROM journal WHERE entity_id = r.id), (SELECT count(*) FROM journal "
                                    "WHERE entity_id = r.id AND event_type = 'subject.erased' AND kind = 'done') FROM record r "
                                    "WHERE r.type = 'subject' ORDER BY 3"));
  std::vector<Ground> bad, good;
  for (;;) {
    TK_TRY(bool row, s.step());
    if (!row) break;
    auto name = std::string(s.text(0));
    bool erased = s.text(1) == "erased", key = os::exists(scene.session.workspace.state("keys/subjects/" + name));
    std::string why = erased && s.integer(3) == 0 ? "no row says that it was erased"
                      : erased && key             ? "it was erased and its key is still there"
                      : !erased && !key           ? "its key is gone and no row says why"
                                                  : "";
    (why.empty() ? good : bad).push_back({s.integer(2), {}, "subject " + name + (why.empty() ? "" : ": " + why)});
  }
  TK_CHECK(show(scene, out, std::move(bad), std::move(good)));
  return out;
}

}  // namespace tk::tools::evidence
