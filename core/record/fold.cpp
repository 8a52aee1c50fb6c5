// What records must be according to their rows: as of a moment, and all of them against the table `record`.
#include <map>

#include "core/crypto/digest.hpp"
#include "core/json/json.hpp"
#include "core/record/store.hpp"

namespace tk::record {
namespace {

// What counts of a row of kind `done`.
struct Step {
  std::string_view type, trigger, to, payload, changes;
  std::int64_t ts_ns = 0;
};

struct Folded {
  Record record;
  std::vector<std::string> earlier;  // definitions that it was pinned to before

  Result<void> take(const Step& step) {
    auto& r = record;
    if (step.trigger == "new") {
      TK_TRY(auto payload, json::parse(step.payload, "payload"));
      const auto& made = payload["record"];
      r.type = step.type;
      r.context = made["context"].text();
      r.name = made["name"].text();
      r.parent = made["parent"].text();
      r.definition = made["definition"].text();
      r.created_ns = step.ts_ns;
    } else if (step.trigger == "migrate") {  // or an event of that name: only a migration names a definition
      TK_TRY(auto payload, json::parse(step.payload, "payload"));
      if (auto to = payload["migrate"]["definition"].text(); !to.empty()) earlier.push_back(std::exchange(r.definition, to));
    }
    r.state = step.to;
    r.updated_ns = step.ts_ns;
    ++r.version;
    if (step.changes.empty()) return {};
    TK_TRY(auto patch, json::parse(step.changes, "changes"));
    return patch_members(r.fields, patch);
  }
};

// The walk over all rows by record, and beside it over all records, both in the order of their ids: what is held is
// one record, however many there are.
class Check {
 public:
  static Result<std::string> run(store::Database& db) {
    TK_TRY(auto rows, db.prepare(
        "SELECT j.entity_id, j.entity_type, j.trigger, j.to_state, j.ts_ns, s.payload, s.changes FROM journal j INDEXED BY journal_entity "
        "LEFT JOIN side s ON s.seq = j.seq WHERE j.kind = 'done' ORDER BY j.entity_id, j.seq"));
    TK_TRY(auto records, db.prepare(
        "SELECT id, type, context, name, parent, version, state, definition, fields, created_ns, updated_ns, typeof(id) || typeof(type) || "
        "typeof(context) || typeof(name) || typeof(parent) || typeof(state) || typeof(definition) || typeof(fields) || typeof(version) || "
        "typeof(created_ns) || typeof(updated_ns) = 'texttexttexttexttexttexttexttextintegerintegerinteger' FROM record ORDER BY id"));
    return Check(db, std::move(rows), std::move(records)).all();
  }

 private:
  Check(store::Database& db, store::Statement rows, store::Statement records) : db_(db), rows_(std::move(rows)), records_(std::move(records)) {}

  Result<std::string> all() {
    TK_TRY(row_, rows_.step());
    TK_TRY(record_, records_.step());
    while (row_) {
      TK_TRY(auto folded, next());
      TK_TRY(auto problem, compare(folded));
      if (!problem.empty()) return problem;
    }
    if (record_) note_extra();
    if (missing_ > 1) first_missing_ += " and " + std::to_string(missing_ - 1) + " more";
    if (!first_extra_.empty() || missing_ > 0) return first_extra_ + (first_extra_.empty() || missing_ == 0 ? "" : "; ") + first_missing_;
    return definitions();
  }

  // The rows of one record.
  Result<Folded> next() {
    Folded out;
    out.record.id = rows_.text(0);
    while (row_ && rows_.text(0) == out.record.id) {
      TK_CHECK(out.take({rows_.text(1), rows_.text(2), rows_.text(3), rows_.text(5), rows_.text(6), rows_.integer(4)}));
      TK_TRY(row_, rows_.step());
    }
    return out;
  }

  void note_extra() {
    if (first_extra_.empty()) first_extra_ = "record " + std::string(records_.text(0)) + " stands in no row of the journal";
  }

  Result<std::string> compare(const Folded& folded) {
    const auto& r = folded.record;
    while (record_ && records_.text(0) < r.id) {
      note_extra();
      TK_TRY(record_, records_.step());
    }
    if (!record_ || records_.text(0) != r.id) {
      if (missing_++ == 0) first_missing_ = "record " + r.id + " (" + r.type + ") is missing";
      return std::string();
    }
    auto& s = records_;
    bool same = s.text(1) == r.type && s.text(2) == r.context && s.text(3) == r.name && s.text(4) == r.parent && s.integer(5) == r.version &&
                s.text(6) == r.state && s.text(7) == r.definition && s.text(8) == json::compact(r.fields) && s.integer(9) == r.created_ns &&
                s.integer(10) == r.updated_ns && s.integer(11) == 1;
    if (!same) return "record " + r.id + " (" + r.type + ") is not the fold of its journal rows";
    pinned_.try_emplace(r.definition, r.type, r.id);
    for (const auto& hash : folded.earlier) pinned_.try_emplace(hash, r.type, r.id);
    TK_TRY(record_, records_.step());
    return std::string();
  }

  // Every definition is the text that its hash names, and the one that records are pinned to.
  Result<std::string> definitions() {
    std::string extra;
    TK_TRY(auto s, db_.prepare("SELECT hash, type, text, typeof(hash) || typeof(type) || typeof(text) = 'texttexttext' FROM definition"));
    for (;;) {
      TK_TRY(bool row, s.step());
      if (!row) break;
      auto name = "definition " + std::string(s.text(0));
      auto it = pinned_.find(s.text(0));
      if (it == pinned_.end()) {
        if (extra.empty()) extra = name + " belongs to no record";
        continue;
      }
      if (s.text(1) != it->second.first || crypto::sha256_hex(s.text(2)) != it->first || s.integer(3) != 1)
        return name + " of record " + it->second.second + " was changed";
      pinned_.erase(it);
    }
    if (!pinned_.empty())
      extra += (extra.empty() ? "definition " : "; definition ") + pinned_.begin()->first + " of record " + pinned_.begin()->second.second + " is missing";
    return extra;
  }

  store::Database& db_;
  store::Statement rows_, records_;
  bool row_ = false, record_ = false;
  std::map<std::string, std::pair<std::string, std::string>, std::less<>> pinned_;  // by hash: the type, a record
  std::string first_extra_, first_missing_;
  std::int64_t missing_ = 0;
};

}  // namespace

Result<Record> Store::as_of(const std::string& id, std::int64_t seq, std::int64_t ts_ns) {
  Folded folded;
  journal::Filter f;
  f.entity = id;
  f.until_seq = seq;
  f.until_ns = ts_ns > 0 ? ts_ns + 1 : 0;
  auto visit = [&](const journal::Stored& stored) -> Result<bool> {
    const auto& row = stored.row;
    if (row.kind == "done") {
      folded.record.id = row.entity_id;
      TK_CHECK(folded.take({row.entity_type, row.trigger, row.to_state, stored.payload, stored.changes, row.ts_ns}));
    }
    return true;
  };
  TK_CHECK(journal_.each(f, visit));
  if (folded.record.id.empty()) return fail(Code::record_unknown, "record " + id + " was not there yet", "tk log --entity " + id + " shows its rows");
  return std::move(folded.record);
}

Result<std::string> check_states(journal::Journal& journal) { return Check::run(journal.db()); }

}  // namespace tk::record
