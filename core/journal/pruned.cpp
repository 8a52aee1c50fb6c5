#include "core/journal/pruned.hpp"

#include <algorithm>

#include "core/json/json.hpp"

namespace tk::journal {
namespace {

void add(std::vector<SeqRange>& ranges, std::int64_t seq) {
  if (!ranges.empty() && ranges.back().second + 1 == seq) ranges.back().second = seq;
  else ranges.emplace_back(seq, seq);
}

}  // namespace

Result<Pruned> Pruned::read(store::Database& db) {
  Pruned out;
  TK_TRY(auto s, db.prepare("SELECT j.seq, s.payload FROM record r JOIN journal j ON j.entity_id = r.id JOIN side s ON s.seq = j.seq "
                            "WHERE r.type = 'pruning' AND j.entity_type = 'pruning' AND j.event_type = 'log.pruned' AND "
                            "j.kind = 'done'"));
  for (;;) {
    TK_TRY(bool row, s.step());
    if (!row) break;
    auto bytes = s.blob(1);
    auto payload = json::parse(std::string(reinterpret_cast<const char*>(bytes.data()), bytes.size()), "payload");
    if (!payload) continue;  // its digest does not fit then, and the walk says so
    const auto& ranges = (*payload)["input"]["ranges"];
    if (!ranges.as_list()) continue;
    for (const auto& r : *ranges.as_list()) {
      const auto* ends = r.as_list();
      if (!ends || ends->size() != 2) continue;
      auto first = (*ends)[0].integer(), last = std::min((*ends)[1].integer(), s.integer(0) - 1);
      if (first >= 1 && first <= last) out.all_.emplace_back(first, last);
    }
  }
  std::sort(out.all_.begin(), out.all_.end());
  return out;
}

bool Pruned::has(std::int64_t seq) const {
  auto behind = std::upper_bound(all_.begin(), all_.end(), SeqRange{seq, INT64_MAX});
  return behind != all_.begin() && std::prev(behind)->second >= seq;
}

Result<Prunable> prunable(Journal& journal, std::int64_t after, std::int64_t most,
                          const std::function<bool(std::string_view, std::int64_t)>& over) {
  Prunable out;
  TK_TRY(auto s, journal.db().prepare("SELECT j.seq, j.event_type, j.ts_ns FROM side s JOIN journal j ON j.seq = s.seq "
                                      "WHERE s.seq > ? AND s.payload IS NOT NULL AND j.event_type <> 'log.pruned' AND "
                                      "NOT (j.kind = 'done' AND j.trigger IN ('new', 'migrate')) ORDER BY s.seq"));
  s.bind(after);
  while (out.rows < most) {
    TK_TRY(bool row, s.step());
    if (!row) break;
    if (!over(s.text(1), s.integer(2))) continue;
    add(out.ranges, s.integer(0));
    ++out.rows;
  }
  return out;
}

Result<void> prune(Journal& journal, const Prunable& what) {
  auto& db = journal.db();
  std::int64_t gone = 0;
  for (const auto& [first, last] : what.ranges) {
    TK_TRY(auto s, db.prepare("UPDATE side SET payload = NULL WHERE seq BETWEEN ? AND ? AND payload IS NOT NULL"));
    TK_CHECK(s.bind(first).bind(last).run());
    gone += db.changes();
    TK_TRY(auto empty, db.prepare("DELETE FROM side WHERE seq BETWEEN ? AND ? AND payload IS NULL AND changes IS NULL"));
    TK_CHECK(empty.bind(first).bind(last).run());
  }
  if (gone == what.rows) return {};
  return fail(Code::record_conflict, "somebody else is pruning these rows", "try again");
}

}  // namespace tk::journal
