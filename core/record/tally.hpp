// What conditions of law ask of the past, told from the journal: counters with running totals, kept in the same
// transaction as the rows that they count, and made from the rows before when a rule first asks.
//
//   count(action [, scope [, window [, kind]]])   how often: rows of kind "done" unless it says another
//   within(action, scope, window [, kind])        whether at all
//   sum(field, action, scope [, window])          of a number among the arguments
//   since(action, scope)                          how long ago the last one was; never = 292 years
//   after(a, b, scope)                            whether the last a came after the last b
// scope: "actor" (who is asked about), "resource", "actor+resource" or "all". A window is a duration that ends
// now: what is exactly as old as it is outside. Two writers never see the same count: decisions that rest on one
// are taken again inside the commit.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <tuple>
#include <vector>

#include "core/law/engine.hpp"
#include "core/record/deeds.hpp"

namespace tk::record {

enum class Scope : std::int64_t { actor, resource, both, all };

// One counter: rows of this kind for this action, for each actor, resource …; the sum of a field where it is given.
struct Need {
  std::string action, kind, field;
  Scope scope = Scope::actor;
  auto operator<=>(const Need&) const = default;

  bool counts(const Deed& deed) const { return deed.action == action && deed.kind == kind; }
  std::string key(std::string_view actor_id, const law::Ref& resource) const;
  double value(std::string_view payload) const;
};

// What a counter says: how many, their sum, when the last one was (0 = never).
struct Told {
  std::int64_t n = 0, last_ns = 0;
  double total = 0;
};

// What a call of a condition asks for: a counter, `after` a second one, and how long ago it may be (0 = ever).
struct HistoryCall {
  Need need, other;
  std::int64_t window_ns = 0;
};
Result<HistoryCall> read_call(const expr::Input& call);
// The answer from what the counters say; `other` for after(…) only.
expr::Cell answer_call(const expr::Input& call, const Told& told, const Told& other, std::int64_t now_ns);
inline constexpr std::int64_t kEver = INT64_MIN;  // "after this moment" without a window

class Tally : public law::History {
 public:
  // `reader`: the journal was opened to read; what no counter has yet is counted from the rows each time.
  explicit Tally(journal::Journal& journal, bool reader = false) : journal_(journal), deeds_(journal), reader_(reader) {}

  expr::Cell tell(const expr::Input& call, const law::EntityView& actor, const law::Ref& resource,
                  const law::Facts& facts) override;
  // Whether tell() was asked since the last reset, and what went wrong when it could not tell.
  bool asked() const { return asked_; }
  const std::string& problem() const { return problem_; }
  void reset() { asked_ = false, fresh_ = false, problem_.clear(); }
  // Whether a transaction of this journal is open: then counters may be written as they are asked for.
  void inside(bool transaction) { inside_ = transaction; }

  // Inside a transaction, after its rows: counts them where anything is counted.
  Result<void> catch_up();
  // Called where a row with labels is written: makes the index that labels_of looks in.
  Result<void> keep_labels();
  // The labels of all rows of a trace, sorted.
  Result<std::vector<std::string>> labels_of(const std::string& trace_id);

 private:
  Result<Told> ask(const Need& need, const std::string& key, std::int64_t after_ns);
  Result<expr::Cell> answer(const expr::Input& call, std::string_view actor_id, const law::Ref& resource,
                            std::int64_t now_ns);
  // The number of the counter, made and filled where it is new.
  Result<std::int64_t> number_of(const Need& need);
  Result<std::int64_t> make(const Need& need);
  Result<void> fill(const Need& need, std::int64_t number, std::int64_t until_seq);
  Result<void> read_needs();
  Result<std::int64_t> counted() const;  // the seq up to which all counters stand
  Result<void> look();                   // makes `tail_from_` true, once for a decision
  Result<void> count(const Need& need, std::int64_t number, const Deed& deed);
  Result<void> add(std::int64_t need, const std::string& key, const Deed& deed, double value);
  Result<Told> last(std::int64_t need, const std::string& key, std::int64_t until_ns);

  journal::Journal& journal_;
  Deeds deeds_;
  bool reader_ = false;
  bool asked_ = false, fresh_ = false, inside_ = false, known_ = false, kept_ = false;
  std::int64_t tail_from_ = 0, head_ = 0;  // rows after tail_from_ are in no counter yet
  std::string problem_;
  std::map<Need, std::int64_t> needs_;
};

}  // namespace tk::record
