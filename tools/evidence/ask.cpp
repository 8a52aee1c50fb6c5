// How checks ask the journal, and how what they found is shown.
#include <deque>

#include "core/base/text.hpp"
#include "core/json/json.hpp"
#include "tools/evidence/evidence.hpp"

namespace tk::tools::evidence {

Result<std::string> hash_of(Scene& scene, std::int64_t seq) {
  TK_TRY(auto s, scene.db().prepare("SELECT lower(hex(hash)) FROM journal WHERE seq = ?"));
  s.bind(seq);
  TK_TRY(bool row, s.step());
  return row ? std::string(s.text(0)) : std::string();
}

Result<void> with_hashes(Scene& scene, std::vector<Ground>& rows) {
  for (auto& r : rows) {
    TK_TRY(r.hash, hash_of(scene, r.seq));
  }
  return {};
}

Result<std::int64_t> last_row_of(Scene& scene, std::string_view id) {
  TK_TRY(auto s, scene.db().prepare("SELECT coalesce(max(seq), 0) FROM journal WHERE entity_id = ?"));
  s.bind(id);
  TK_TRY(bool row, s.step());
  return row ? s.integer(0) : 0;
}

Result<Outcome> ask(Scene& scene, std::string sql) {
  Outcome out;
  std::deque<Ground> newest;
  {
    TK_TRY(auto s, scene.db().prepare(sql));
    for (;;) {
      TK_TRY(bool row, s.step());
      if (!row) break;
      ++out.of;
      bool bad = s.integer(1) != 0;
      out.figure += bad;
      if (bad && out.rows.size() < kShown) out.rows.push_back({s.integer(0), {}, std::string(s.text(2))});
      if (out.figure > 0) continue;
      newest.push_back({s.integer(0), {}, std::string(s.text(2))});
      if (newest.size() > kShown) newest.pop_front();
    }
  }
  out.passed = out.figure == 0;
  if (out.passed) out.rows.assign(newest.begin(), newest.end());
  TK_CHECK(with_hashes(scene, out.rows));
  out.query = std::move(sql);
  return out;
}

Result<void> show(Scene& scene, Outcome& out, std::vector<Ground> bad, std::vector<Ground> good) {
  out.figure = static_cast<std::int64_t>(bad.size());
  out.of = static_cast<std::int64_t>(bad.size() + good.size());
  out.passed = bad.empty();
  auto& rows = out.passed ? good : bad;
  if (rows.size() > kShown) rows.resize(kShown);
  out.rows = std::move(rows);
  return with_hashes(scene, out.rows);
}

std::string quoted(const std::vector<std::string>& words) {
  std::string out;
  for (const auto& w : words) {
    out += out.empty() ? "'" : ",'";
    for (char c : w) out += c == '\'' ? std::string("''") : std::string(1, c);
    out += "'";
  }
  return out.empty() ? "NULL" : out;
}

std::string lines_of(const std::vector<Found>& found) {
  std::string out;
  for (const auto& f : found)
    out += text::printable(f.at) + ": " + f.severity + ": " + f.kind + ": " + text::printable(f.what) + ": " +
           text::printable(f.message) + "\n" + (f.mend.empty() ? "" : "  mend: " + text::printable(f.mend) + "\n");
  return out;
}

Value json_of(const std::vector<Found>& found) {
  Value::List out;
  for (const auto& f : found)
    out.push_back(Value::Map{{"kind", f.kind}, {"severity", f.severity}, {"what", f.what}, {"at", f.at}, {"message", f.message},
                             {"mend", f.mend}, {"seq", f.seq > 0 ? Value(f.seq) : Value()}, {"hash", f.hash}});
  return out;
}

}  // namespace tk::tools::evidence
