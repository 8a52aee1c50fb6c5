// review: every grant with when it was last used; --attest puts into the journal that somebody looked. In law-journal.
#include <map>

#include "core/acl/statement.hpp"
#include "core/base/clock.hpp"
#include "core/base/ids.hpp"
#include "core/base/text.hpp"
#include "core/cli/output.hpp"
#include "core/crypto/digest.hpp"
#include "core/json/json.hpp"
#include "core/law/grants.hpp"
#include "tools/law/past.hpp"
#include "tools/session/session.hpp"

namespace tk::tools::law_tool {
namespace {

struct Use {
  std::int64_t ts_ns = 0, seq = 0, times = 0;
  std::string by, rule;
};

// A row names the rule that let it happen and whose right it was: the grants that give this one that rule, where
// the row's context is below the grant's, were used by it.
class Uses {
 public:
  Uses(const law::Index& index, store::Database& db) : db_(db), grants_(law::grants_of(index)) {
    for (const auto& r : law::reach_of(index)) {
      if (!r.actor.id.empty()) reach_[std::string(r.actor.id)].push_back(r);
      reach_[r.actor.str()].push_back(r);
    }
    for (std::uint32_t n = 0; n < index.rule_count(); ++n) roles_[std::string(index.rule(n).id)].insert(index.role_of(n));
  }
  const std::vector<law::GrantView>& grants() const { return grants_; }
  const Use& of(const law::GrantView& g) { return uses_[g.number]; }

  Result<void> read() {
    TK_TRY(auto s, db_.prepare("SELECT rule_id, actor_id, on_behalf_of, context_path, max(ts_ns), max(seq), count(*), "
                               "(SELECT json_extract(fields, '$.lender') FROM record WHERE id = borrow_id AND type = 'borrow') FROM journal "
                               "WHERE decision = 'allow' AND policy_hash <> '' GROUP BY rule_id, actor_id, on_behalf_of, context_path, borrow_id"));
    for (;;) {
      TK_TRY(bool row, s.step());
      if (!row) return {};
      Use use{s.integer(4), s.integer(5), s.integer(6), {}, std::string(s.text(0))};
      auto context = std::string(s.text(3));
      // Whose right it was: the lender's of a lease, another's in whose name it was done, else the actor's own.
      for (int column : {7, 2, 1})
        if (note(std::string(s.text(column)), context, use)) break;
    }
  }

  // The row of its declaration tells how old it is; one that was committed by hand is as old as the journal knows.
  Result<std::int64_t> made(const law::GrantView& g) {
    TK_TRY(auto s, db_.prepare("SELECT max(created_ns) FROM record WHERE type = 'grant' AND context = ? AND name = ?"));
    s.bind(g.context).bind(g.id);
    TK_TRY(bool row, s.step());
    return row ? s.integer(0) : 0;
  }

 private:
  bool note(const std::string& who, const std::string& context, const Use& use) {
    bool any = false;
    auto known = reach_.find(who);
    auto roles = roles_.find(use.rule);
    if (known == reach_.end() || roles == roles_.end()) return false;
    for (const auto& r : known->second) {
      const auto& g = grants_[r.grant];
      bool gives = std::any_of(roles->second.begin(), roles->second.end(), [&](auto role) { return g.roles.contains(role); });
      if (!gives || !law::covers(g.context, context)) continue;
      any = true;
      auto& last = uses_[g.number];
      auto times = last.times + use.times;
      if (use.seq > last.seq) {
        last = use;
        last.by = r.actor.str();
      }
      last.times = times;
    }
    return any;
  }

  store::Database& db_;
  std::vector<law::GrantView> grants_;
  std::map<std::string, std::vector<law::Reach>> reach_;
  std::map<std::string, std::set<std::uint32_t>, std::less<>> roles_;
  std::map<std::uint32_t, Use> uses_;
};

struct Attested {
  Value seq, statement;
};

// The row, and what it says signed with the workspace's key for tokens.
Result<Attested> attest_to(Session& s, const Value::List& seen, std::int64_t unused, const std::string& reason) {
  TK_TRY(auto key, acl::signer(s.store, acl::key_place(s.realm, s.law.index()), s.actor, s.trace));
  record::Change c;
  c.type = "review";
  c.id = ids::uuid7();
  c.context = s.workspace.default_context();
  c.actor = s.actor;
  c.trace = s.trace;
  c.reason = reason;
  c.input = {{"grants", static_cast<std::int64_t>(seen.size())}, {"unused", unused}, {"policy", s.law.index().policy_hash()},
             {"seen", crypto::sha256_hex(json::canonical(seen))}};
  auto says = c.input;
  says.insert({{"iss", acl::issuer_of(s.realm, s.law.index())}, {"jti", c.id}, {"iat", clock::now_ns() / 1'000'000'000},
               {"sub", s.actor.id}, {"actor", s.actor.ref}, {"reason", reason}});
  if (!s.actor.on_behalf_of_ref.empty()) says.emplace("on_behalf_of", s.actor.on_behalf_of_ref);
  auto statement = acl::sign_statement(says, "tk-review+jwt", key);
  c.input.emplace("statement", statement);
  TK_TRY(auto done, s.store.apply(std::move(c)));
  return Attested{done.seq, statement};
}

}  // namespace

Result<Exit> run_review(const cli::Args& args) {
  bool attest = args.has("attest");
  if (attest && text::trim(args.get("reason")).empty())
    return fail(Code::cli_usage, "who attests says why", "--reason \"quarterly review\"");
  TK_TRY(auto s, attest ? Session::open(args.get("as")) : Session::open_to_read());
  auto word = args.get("unused", "90d");
  TK_TRY(auto since, clock::parse_duration(word));
  auto from = clock::now_ns() - since;
  Uses uses(s->law.index(), s->store.journal().db());
  TK_CHECK(uses.read());
  Value::List list;
  std::vector<std::vector<std::string>> table = {{"grant", "role", "to", "last used", "uses", ""}};
  std::int64_t unused = 0;
  for (const auto& g : uses.grants()) {
    const auto& use = uses.of(g);
    TK_TRY(auto made, uses.made(g));
    bool idle = std::max(use.ts_ns, made) < from;
    unused += idle;
    auto at = std::string(g.file) + ":" + std::to_string(g.line);
    list.push_back(Value::Map{{"grant", g.ref()}, {"role", g.role}, {"to", g.to}, {"at", at}, {"unused", idle}, {"uses", use.times},
                              {"last", use.seq > 0 ? Value(Value::Map{{"ts", clock::rfc3339(use.ts_ns)}, {"seq", use.seq}, {"by", use.by},
                                                                      {"rule", use.rule}}) : Value()}});
    table.push_back({g.ref(), std::string(g.role), std::string(g.to), use.seq > 0 ? clock::rfc3339(use.ts_ns) : "never",
                     std::to_string(use.times), idle ? "unused: " + at : ""});
  }
  Attested done;
  if (attest) {
    TK_TRY(done, attest_to(*s, list, unused, args.get("reason")));
  }
  if (args.json()) {
    cli::print(json::pretty(Value::Map{{"grants", std::move(list)}, {"unused", unused}, {"attested", done.seq},
                                       {"statement", done.statement}}) + "\n");
  } else {
    cli::print(cli::table(table, true));
    if (attest) cli::print("attested: row " + std::to_string(done.seq.integer()) + "; the statement, signed:\n" + done.statement.text() + "\n");
  }
  return unused == 0 || attest ? Exit::ok : Exit::no;
}

}  // namespace tk::tools::law_tool
