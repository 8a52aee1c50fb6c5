#include "core/acl/lease.hpp"
#include "core/acl/standing.hpp"
#include "core/base/text.hpp"
#include "tools/acl/verbs.hpp"

namespace tk::tools::acl_tool {
namespace {

struct Ended {
  std::string kind, id;
  std::int64_t seq = 0;  // 0: it had ended before
};

Result<Ended> end_actor(Session& s, const std::string& word, const std::string& reason) {
  TK_TRY(auto ref, law::parse_ref(word));
  TK_TRY(auto entity, s.law.index().find(ref));
  if (entity.type != "user" && entity.type != "agent")
    return fail(Code::cli_usage, entity.str() + " is no actor", "users and agents have tokens; a role is taken away in git");
  // Not actor_of: what a suspended one was given is ended too.
  record::Actor actor;
  actor.kind = entity.type;
  actor.ref = entity.str();
  actor.id = entity.id.empty() ? actor.ref : std::string(entity.id);
  for (int tries = 0;; ++tries) {
    TK_TRY(auto change, acl::judge(s.store, acl::Verdict::revoke, actor, s.actor, trace::child(s.trace), reason));
    auto done = s.store.apply(std::move(change));
    if (done) return Ended{"actor", actor.ref, done->seq};
    if (done.error().code != Code::record_conflict || tries == 100) return fail(done.error());
  }
}

Result<Ended> end_record(Session& s, const std::string& word, const std::string& reason) {
  auto found = s.store.find(word);
  if (!found && found.error().code == Code::record_unknown)
    return fail(Code::record_unknown, "there is no token, family, invitation or lease " + text::printable(text::shorten(word, 80)),
                "an actor is named with its type, like agent:analyst; tk record list token shows tokens");
  TK_TRY(auto record, std::move(found));
  if (record.type == "borrow") {
    TK_TRY(auto ended, acl::end_lease(s.store, record.id, s.actor, trace::child(s.trace), reason.empty() ? "revoked" : reason));
    return Ended{"lease", record.id, ended.repeated ? 0 : ended.seq};
  }
  static constexpr struct {
    std::string_view type, kind, event;
  } kKinds[] = {{"token", "token", "revoke"}, {"refresh", "family", "revoke"}, {"invitation", "invitation", "withdraw"}};
  for (const auto& k : kKinds) {
    if (record.type != k.type) continue;
    for (int tries = 0;; ++tries) {
      if (record.state != "live" && record.state != "open")
        return Ended{std::string(k.kind), record.id, 0};
      record::Change c;
      c.id = record.id;
      c.event = k.event;
      c.actor = s.actor;
      c.trace = trace::child(s.trace);
      c.reason = reason;
      auto done = s.store.apply(std::move(c));
      if (done) return Ended{std::string(k.kind), record.id, done->seq};
      if (done.error().code != Code::record_conflict || tries == 100) return fail(done.error());
      TK_TRY(record, s.store.get(record.id));
    }
  }
  return fail(Code::cli_usage, "a " + record.type + " cannot be revoked", "actors, tokens, families of refresh tokens, leases and invitations can");
}

Result<Exit> run(const cli::Args& args) {
  auto word = args.get("WHAT");
  TK_TRY(auto s, Session::open(args.get("as")));
  TK_TRY(auto ended, word.find(':') != word.npos ? end_actor(*s, word, args.get("reason")) : end_record(*s, word, args.get("reason")));
  if (args.json())
    cli::print(json::pretty(Value::Map{{"revoked", ended.kind}, {"id", ended.id}, {"before", ended.seq == 0},
                                       {"seq", ended.seq == 0 ? Value() : Value(ended.seq)}}) + "\n");
  else if (ended.seq == 0)
    cli::print(ended.kind + " " + ended.id + " had ended before\n");
  else
    cli::print(ended.kind == "actor" ? "every token and lease of " + ended.id + " is void  (row " + std::to_string(ended.seq) + ")\n"
                                     : ended.kind + " " + ended.id + " is revoked  (row " + std::to_string(ended.seq) + ")\n");
  return Exit::ok;
}

}  // namespace

cli::VerbSpec revoke_verb() {
  return {"revoke", "end a token, a family, a lease or everything that an actor was given, at once",
          {{"WHAT", "an actor (agent:analyst), or the id of a token (its jti), family, lease or invitation"}},
          {{"reason", "TEXT", "why, for the journal"}, kAsOption},
          {{"tk acl revoke agent:analyst --reason \"its laptop is gone\"", "every token and lease that it holds, by one row"},
           {"tk acl revoke 0192f3aa-…", "one token; a prefix of the id will do"}},
          help::k_revoke, run, "{revoked: 'actor'|'token'|'family'|'lease'|'invitation', id: text, before: bool, seq: int|null}",
          values};
}

}  // namespace tk::tools::acl_tool
