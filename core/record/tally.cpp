#include "core/record/tally.hpp"

#include <algorithm>
#include <array>
#include <limits>
#include <set>

#include "core/base/text.hpp"
#include "core/json/json.hpp"

namespace tk::record {
namespace {

constexpr auto kAll = std::numeric_limits<std::int64_t>::max();

// Counters can be made again from the rows at any time, so they are no part of the journal's format.
constexpr const char* kTables =
    "CREATE TABLE IF NOT EXISTS tally_need (number INTEGER PRIMARY KEY, action TEXT NOT NULL, kind TEXT NOT NULL, "
    "field TEXT NOT NULL, scope INTEGER NOT NULL, UNIQUE (action, kind, field, scope));"
    "CREATE TABLE IF NOT EXISTS tally (need INTEGER NOT NULL, key TEXT NOT NULL, ts INTEGER NOT NULL, "
    "seq INTEGER NOT NULL, n INTEGER NOT NULL, total REAL NOT NULL, PRIMARY KEY (need, key, ts, seq)) WITHOUT ROWID;"
    "INSERT OR IGNORE INTO meta VALUES ('tally', 0, NULL)";

Result<Scope> scope_of(std::string_view word) {
  static constexpr std::array<std::string_view, 4> kWords = {"actor", "resource", "actor+resource", "all"};
  for (std::size_t i = 0; i < kWords.size(); ++i)
    if (word == kWords[i]) return static_cast<Scope>(i);
  auto near = text::nearest(std::string(word), {"actor", "resource", "actor+resource", "all"});
  return fail(Code::expr_name, "unknown scope \"" + std::string(word) + "\"",
              near.empty() ? "actor, resource, actor+resource or all" : "did you mean " + near + "?");
}

}  // namespace

// The number that an argument of the deed had; 0 where it had none.
double Need::value(std::string_view payload) const {
  if (field.empty() || payload.empty()) return 0;
  auto read = json::parse(payload);
  double out = 0;
  if (!read) return out;
  if (!(*read)["arguments"][field].number(out)) (*read)["input"][field].number(out);
  return out;
}

std::string Need::key(std::string_view actor_id, const law::Ref& resource) const {
  switch (scope) {
    case Scope::actor: return std::string(actor_id);
    case Scope::resource: return resource.str();
    case Scope::both: return std::string(actor_id) + " " + resource.str();
    case Scope::all: break;
  }
  return {};
}

Result<HistoryCall> read_call(const expr::Input& call) {
  std::vector<std::string> words;
  HistoryCall out;
  for (const auto& a : call.arguments) {
    if (const auto* window = a.as_duration()) out.window_ns = window->ns;
    else words.push_back(a.text());
  }
  out.need = {words[0], "done", {}, Scope::actor};
  std::size_t at = 1;
  if (call.name == "sum") out.need.field = words[0], out.need.action = words[at++];
  std::string other;
  if (call.name == "after") other = words[at++];
  if (at < words.size()) {
    TK_TRY(out.need.scope, scope_of(words[at++]));
  }
  if (at < words.size()) out.need.kind = words[at];
  out.other = out.need;
  out.other.action = other;
  return out;
}

expr::Cell answer_call(const expr::Input& call, const Told& told, const Told& other, std::int64_t now_ns) {
  if (call.name == "count") return expr::Cell::integer(told.n);
  if (call.name == "within") return expr::Cell::boolean(told.n > 0);
  if (call.name == "sum") return expr::Cell::real(told.total);
  if (call.name == "since") return expr::Cell::duration({told.last_ns ? now_ns - told.last_ns : kAll});
  return expr::Cell::boolean(told.last_ns > other.last_ns);
}

Result<void> Tally::read_needs() {
  known_ = true;
  needs_.clear();
  {
    TK_TRY(auto s, journal_.db().prepare("SELECT 1 FROM sqlite_schema WHERE name = 'tally_need'"));
    TK_TRY(bool row, s.step());
    kept_ = row;
    if (!row) return {};
  }
  TK_TRY(auto s, journal_.db().prepare("SELECT number, action, kind, field, scope FROM tally_need"));
  for (;;) {
    TK_TRY(bool row, s.step());
    if (!row) return {};
    needs_[{std::string(s.text(1)), std::string(s.text(2)), std::string(s.text(3)), static_cast<Scope>(s.integer(4))}] = s.integer(0);
  }
}

Result<std::int64_t> Tally::counted() const {
  TK_TRY(auto s, journal_.db().prepare("SELECT number FROM meta WHERE name = 'tally'"));
  TK_TRY(bool row, s.step());
  return row ? s.integer(0) : 0;
}

Result<Told> Tally::last(std::int64_t need, const std::string& key, std::int64_t until_ns) {
  TK_TRY(auto s, journal_.db().prepare("SELECT n, total, ts FROM tally WHERE need = ? AND key = ? AND ts <= ? "
                                       "ORDER BY ts DESC, seq DESC LIMIT 1"));
  s.bind(need).bind(key).bind(until_ns);
  TK_TRY(bool row, s.step());
  Told out;
  if (!row) return out;
  out.n = s.integer(0);
  out.total = std::stod(std::string(s.text(1)));
  out.last_ns = s.integer(2);
  return out;
}

Result<void> Tally::add(std::int64_t need, const std::string& key, const Deed& deed, double value) {
  TK_TRY(auto before, last(need, key, deed.ts_ns));
  {
    TK_TRY(auto s, journal_.db().prepare("INSERT OR IGNORE INTO tally VALUES (?,?,?,?,?,CAST(? AS REAL))"));
    TK_CHECK(s.bind(need).bind(key).bind(deed.ts_ns).bind(deed.seq).bind(before.n + 1)
                 .bind(json::compact(Value(before.total + value))).run());
  }
  // A clock that was set back: what came "later" counts one more.
  TK_TRY(auto s, journal_.db().prepare("UPDATE tally SET n = n + 1, total = total + CAST(? AS REAL) "
                                       "WHERE need = ? AND key = ? AND ts > ?"));
  return s.bind(json::compact(Value(value))).bind(need).bind(key).bind(deed.ts_ns).run();
}

Result<void> Tally::fill(const Need& need, std::int64_t number, std::int64_t until_seq) {
  Deeds::Which which;
  which.until_seq = until_seq;
  which.payload = !need.field.empty();
  if (until_seq == 0) return {};
  return deeds_.each(which, [&](const Deed& d) -> Result<bool> {
    TK_CHECK(count(need, number, d));
    return true;
  });
}

Result<void> Tally::count(const Need& need, std::int64_t number, const Deed& d) {
  if (!need.counts(d)) return {};
  return add(number, need.key(d.actor_id, *d.resource), d, need.value(d.payload));
}

// Written in the transaction that is open.
Result<std::int64_t> Tally::make(const Need& need) {
  TK_CHECK(journal_.db().exec(kTables));
  TK_CHECK(read_needs());
  TK_CHECK(catch_up());
  {
    TK_TRY(auto s, journal_.db().prepare("INSERT OR IGNORE INTO tally_need (action, kind, field, scope) VALUES (?,?,?,?)"));
    s.bind(need.action).bind(need.kind).bind(need.field);
    TK_CHECK(s.bind(static_cast<std::int64_t>(need.scope)).run());
  }
  bool fresh = journal_.db().changes() == 1;
  TK_CHECK(read_needs());
  auto number = needs_[need];
  TK_TRY(auto until, counted());
  if (fresh) TK_CHECK(fill(need, number, until));
  return number;
}

Result<std::int64_t> Tally::number_of(const Need& need) {
  if (!known_) TK_CHECK(read_needs());
  if (auto it = needs_.find(need); it != needs_.end()) return it->second;
  if (reader_) {  // a writer may have made it meanwhile
    TK_CHECK(read_needs());
    auto it = needs_.find(need);
    return it == needs_.end() ? std::int64_t{-1} : it->second;
  }
  if (inside_) return make(need);
  TK_TRY(auto transaction, journal_.begin());
  TK_TRY(auto number, make(need));
  TK_CHECK(transaction.commit());
  fresh_ = false;
  return number;
}

Result<void> Tally::catch_up() {
  if (!known_) TK_CHECK(read_needs());
  if (!kept_) return {};
  fresh_ = false;
  TK_TRY(auto from, counted());
  TK_TRY(auto head, journal_.head());
  if (from == head.seq) return {};
  if (from > head.seq) {  // an older journal was put back
    TK_CHECK(journal_.db().exec("DELETE FROM tally"));
    from = 0;
  }
  Deeds::Which which;
  which.after_seq = from;
  for (const auto& [need, number] : needs_) which.payload |= !need.field.empty();
  auto count_all = [&](const Deed& d) -> Result<bool> {
    for (const auto& [need, number] : needs_) TK_CHECK(count(need, number, d));
    return true;
  };
  if (!needs_.empty()) TK_CHECK(deeds_.each(which, count_all));
  TK_TRY(auto s, journal_.db().prepare("UPDATE meta SET number = ? WHERE name = 'tally'"));
  return s.bind(head.seq).run();
}

Result<void> Tally::look() {
  if (fresh_) return {};
  if (inside_) TK_CHECK(catch_up());
  TK_TRY(auto head, journal_.head());
  TK_TRY(tail_from_, counted());
  head_ = head.seq;
  if (tail_from_ > head_) tail_from_ = 0;
  fresh_ = true;
  return {};
}

// What is in the counter, and in the rows that no counter has yet.
Result<Told> Tally::ask(const Need& need, const std::string& key, std::int64_t after_ns) {
  TK_TRY(auto number, number_of(need));
  TK_CHECK(look());
  Told out;
  auto from = number < 0 ? 0 : tail_from_;
  if (from > 0) {
    TK_TRY(out, last(number, key, kAll));
    if (after_ns != kEver) {
      TK_TRY(auto before, last(number, key, after_ns));
      out.n -= before.n;
      out.total -= before.total;
    }
  }
  if (from == head_) return out;
  Deeds::Which which;
  which.after_seq = from;
  which.until_seq = head_;
  which.payload = !need.field.empty();
  auto visit = [&](const Deed& d) -> Result<bool> {
    if (!need.counts(d) || need.key(d.actor_id, *d.resource) != key) return true;
    out.last_ns = std::max(out.last_ns, d.ts_ns);
    if (d.ts_ns > after_ns) ++out.n, out.total += need.value(d.payload);
    return true;
  };
  TK_CHECK(deeds_.each(which, visit));
  return out;
}

Result<expr::Cell> Tally::answer(const expr::Input& call, std::string_view actor_id, const law::Ref& resource,
                                 std::int64_t now_ns) {
  TK_TRY(auto asked, read_call(call));
  auto key = asked.need.key(actor_id, resource);
  TK_TRY(auto told, ask(asked.need, key, asked.window_ns ? now_ns - asked.window_ns : kEver));
  Told other;
  if (!asked.other.action.empty()) {
    TK_TRY(other, ask(asked.other, key, kEver));
  }
  return answer_call(call, told, other, now_ns);
}

expr::Cell Tally::tell(const expr::Input& call, const law::EntityView& actor, const law::Ref& resource,
                       const law::Facts& facts) {
  asked_ = true;
  auto told = answer(call, actor.id.empty() ? actor.str() : std::string(actor.id), resource, facts.now_ns);
  if (told) return *told;
  problem_ = told.error().message;
  return {};
}

Result<void> Tally::keep_labels() {
  return journal_.db().exec("CREATE INDEX IF NOT EXISTS journal_labels ON journal (trace_id, labels) WHERE labels <> ''");
}

Result<std::vector<std::string>> Tally::labels_of(const std::string& trace_id) {
  std::set<std::string> out;
  {  // a workspace that labels nothing pays one look
    TK_TRY(auto s, journal_.db().prepare("SELECT 1 FROM sqlite_schema WHERE name = 'journal_labels'"));
    TK_TRY(bool kept, s.step());
    if (!kept) return std::vector<std::string>();
  }
  TK_TRY(auto s, journal_.db().prepare("SELECT DISTINCT labels FROM journal WHERE trace_id = ? AND labels <> ''"));
  s.bind(trace_id);
  for (;;) {
    TK_TRY(bool row, s.step());
    if (!row) break;
    for (auto label : text::split(s.text(0), ',')) out.emplace(label);
  }
  return std::vector<std::string>(out.begin(), out.end());
}

}  // namespace tk::record
