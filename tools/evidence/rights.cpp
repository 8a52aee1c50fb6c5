// Rights that were given and are alive, and too wide, too long, or in the wrong hands: tokens, families, leases.
#include <algorithm>
#include <map>

#include "core/acl/lease.hpp"
#include "core/record/field.hpp"
#include "tools/evidence/checks.hpp"

namespace tk::tools::evidence {
namespace {

bool has(const Value& list, std::string_view word) {
  const auto* items = list.as_list();
  return items && std::find(items->begin(), items->end(), Value(std::string(word))) != items->end();
}

// What a check says against rows of records, as findings.
struct As {
  Result<Outcome> (*check)(Scene&);
  const char *kind, *severity, *message, *mend;
};
constexpr As kFromChecks[] = {
    {inactive_hold_nothing, "right-of-nobody", "high", "somebody who is not active here holds it", "tk acl revoke"},
    {leases_bounded, "endless-lease", "critical", "it never expires, or lasts longer than 8 h", "tk acl borrow revoke"},
    {tokens_bounded, "endless-token", "critical", "it never expires, or lasts longer than 24 h", "tk acl revoke"},
    {no_shared_token, "shared-token", "high", "more than one used it: it came twice, on two nodes, or by another actor than its own", "tk acl revoke"},
};

class Rights {
 public:
  explicit Rights(Scene& scene) : scene_(scene) {}

  Result<std::vector<Found>> run() {
    // A lease is alive while both its sides stand by it.
    TK_TRY(auto s, scene_.db().prepare("SELECT id, type FROM (" + live_rights(scene_) + ") GROUP BY id, type HAVING type <> 'borrow' OR count(*) = 2"));
    for (;;) {
      TK_TRY(bool row, s.step());
      if (!row) break;
      alive_.emplace(s.text(0), s.text(1));
    }
    for (const auto& as : kFromChecks) {
      TK_TRY(auto outcome, every(as));
      for (auto& row : outcome) out_.push_back(std::move(row));
    }
    for (const auto& [id, type] : alive_) {
      if (type == "borrow") continue;
      TK_TRY(auto t, scene_.session.store.get(id));
      TK_CHECK(token(t));
    }
    TK_TRY(auto leases, scene_.session.store.list("borrow"));
    for (const auto& l : leases) TK_CHECK(lease(l));
    return std::move(out_);
  }

 private:
  // Every row that the check's query says speaks against it; what is over already is history and no right any more.
  Result<std::vector<Found>> every(const As& as) {
    TK_TRY(auto outcome, as.check(scene_));
    std::vector<Found> out;
    TK_TRY(auto s, scene_.db().prepare("SELECT q.*, j.entity_id FROM (" + outcome.query + ") q JOIN journal j ON j.seq = q.seq WHERE q.bad"));
    for (;;) {
      TK_TRY(bool row, s.step());
      if (!row) return out;
      TK_TRY(auto record, scene_.session.store.get(std::string(s.text(3))));
      bool alive = alive_.contains(record.id);
      if (!alive && std::string_view(as.kind) != "shared-token") continue;
      auto what = std::string(s.text(2));
      if (!out.empty() && out.back().what == what) continue;
      Found f{as.kind, as.severity, what, "row " + std::to_string(s.integer(0)), as.message,
              alive ? std::string(as.mend) + " " + record.id : "it is ended already; find out who had it: tk log --entity " + record.id,
              s.integer(0), {}};
      TK_TRY(f.hash, hash_of(scene_, f.seq));
      out.push_back(std::move(f));
    }
  }

  // A token of a step is limited by its step: it is that step's agent alone, and dies with it. One of a lease gives
  // what the lease covers, one of a family is told of with its family.
  Result<void> token(const record::Record& t) {
    if (!record::field_text(t, "lease").empty() || alive_.contains(record::field_text(t, "family"))) return {};
    auto actor = record::field_text(t, "actor");
    auto details = record::field_value(t, "details");
    const auto* list = details.as_list();
    bool wide = false;
    for (const auto& d : list ? *list : Value::List{}) {
      bool anywhere = !d["locations"].as_list() || has(d["locations"], "**");
      wide = wide || (has(d["actions"], "*") && anywhere);
    }
    bool unlimited = !list || list->empty() || wide;
    if (actor.starts_with("agent:") && unlimited && t.parent.empty())
      return say("unlimited-token", "high", (t.type == "token" ? "token " : "family ") + t.id, t, actor + " holds a token that is limited to nothing",
                 "tk acl revoke " + t.id + ", and issue one for the actions that it needs");
    return {};
  }

  Result<void> lease(const record::Record& l) {
    auto borrower = record::field_text(l, "borrower");
    if (alive_.contains(l.id) && has(record::field_value(l, "actions"), "*") &&
        (record::field_text(l, "scope") == "**" || record::field_text(l, "scope") == "*"))
      TK_CHECK(say("god-lease", "critical", "lease " + l.id, l, borrower + " may do everything that " + record::field_text(l, "lender") + " may",
                   "tk acl borrow revoke " + l.id));
    auto due = record::field_number(l, "review_due");
    if (record::field_value(l, "glass") == Value(true) && due > 0)
      TK_CHECK(say("unreviewed-break-glass", due < scene_.now_ms() ? "high" : "low", "lease " + l.id, l,
                   borrower + " broke the glass for " + record::field_text(l, "purpose") + " and nobody has reviewed it yet" +
                       (due < scene_.now_ms() ? ": it is overdue" : ""),
                   "look at tk log --entity " + l.id + ", then tk acl borrow review " + l.id));
    return {};
  }

  Result<void> say(const char* kind, const char* severity, std::string what, const record::Record& r, std::string message, std::string mend) {
    Found f{kind, severity, std::move(what), {}, std::move(message), std::move(mend), 0, {}};
    TK_TRY(f.seq, last_row_of(scene_, r.id));
    TK_TRY(f.hash, hash_of(scene_, f.seq));
    f.at = "row " + std::to_string(f.seq);
    out_.push_back(std::move(f));
    return {};
  }

  Scene& scene_;
  std::map<std::string, std::string, std::less<>> alive_;  // id → type, of what can be used now
  std::vector<Found> out_;
};

}  // namespace

Result<std::vector<Found>> rights_at_large(Scene& scene) { return Rights(scene).run(); }

}  // namespace tk::tools::evidence
