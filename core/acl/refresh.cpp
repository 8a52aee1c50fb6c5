#include "core/acl/refresh.hpp"

#include "core/acl/gate.hpp"
#include "core/acl/keyfile.hpp"
#include "core/acl/opaque.hpp"
#include "core/base/clock.hpp"
#include "core/base/ids.hpp"
#include "core/crypto/seal.hpp"

namespace tk::acl {
namespace {

constexpr std::string_view kPrefix = "tkr_";

std::int64_t now_ms() { return clock::now_ns() / 1'000'000; }

auto refused(const std::string& why) {
  return fail(Code::acl_refresh, "the refresh token cannot be used: " + why, "sign in anew: tk acl token --for ACTOR --refresh");
}

std::string nth(const std::string& key, const std::string& family, std::uint32_t n) {
  return spell(kPrefix, {family, n, crypto::hmac_sha256(key, "tk-refresh " + family + " " + std::to_string(n))});
}

constexpr const char* kKey = "refresh.key";

Value value_of(const jwt::Party& p) { return Value::Map{{"id", p.id}, {"ref", p.ref}, {"epoch", p.epoch}}; }

Value list_of(const std::vector<std::string>& texts) { return Value::List(texts.begin(), texts.end()); }

std::vector<std::string> texts(const Value& list) {
  std::vector<std::string> out;
  for (const auto& item : list.as_list() ? *list.as_list() : Value::List{}) out.push_back(item.text());
  return out;
}

// What the family's tokens are like, as its record keeps it.
Wanted wanted_of(const record::Record& family) {
  Wanted out;
  bool first = true;
  for (const auto& p : *family.fields.at("parties").as_list()) {
    jwt::Party party{p["id"].text(), p["ref"].text(), p["epoch"].integer()};
    if (first) out.subject = std::move(party);
    else out.chain.push_back(std::move(party));
    first = false;
  }
  for (const auto& d : *family.fields.at("details").as_list())
    out.details.push_back({texts(d["actions"]), texts(d["locations"]), "", ""});
  out.audience = family.fields.at("audience").text();
  out.family = family.id;
  out.context = family.context;
  out.expires_ms = (now_ms() / 1000 + family.fields.at("ttl").integer()) * 1000;
  return out;
}

record::Change change_of(const record::Record& family, const record::Actor& by, const trace::Context& trace, std::string event) {
  record::Change c;
  c.id = family.id;
  c.event = std::move(event);
  c.actor = by;
  c.trace = trace::child(trace);
  c.owed = c.event == "revoke" ? "reuse" : "refresh";
  return c;
}

// In whose name the family's rows stand: whoever holds its token acts as its actor.
record::Actor actor_of_family(const law::Index& index, const record::Record& family, const Wanted& wanted) {
  const auto& p = wanted.chain.empty() ? wanted.subject : wanted.chain.front();
  record::Actor out;
  out.kind = p.ref.substr(0, p.ref.find(':'));
  out.id = p.id;
  out.ref = p.ref;
  // Who answers for an agent, whether or not the agent may still do anything.
  auto ref = law::parse_ref(p.ref);
  auto entity = ref ? index.find(*ref) : Result<law::EntityView>(fail(ref.error()));
  auto sponsor = entity ? law::parse_ref(index.attribute(*entity, "sponsor").value_or("")) : Result<law::Ref>(fail(entity.error()));
  if (sponsor)
    if (auto found = index.find(*sponsor)) out.sponsor = found->id;
  if (!wanted.chain.empty()) {
    out.on_behalf_of = wanted.subject.id;
    out.on_behalf_of_ref = wanted.subject.ref;
  }
  out.family = family.id;
  return out;
}

// One look at the family: a successor, a refusal, or nothing when somebody else was faster.
class Attempt {
 public:
  Attempt(record::Store& store, const law::Index& index, const Realm& realm, const trace::Context& trace)
      : store_(store), index_(index), realm_(realm), trace_(trace) {}

  Result<std::optional<Refreshed>> at(const record::Record& family, const std::string& key, std::uint32_t n) {
    wanted_ = wanted_of(family);
    actor_ = actor_of_family(index_, family, wanted_);
    if (family.state != "live") return refused("its family was ended");
    auto now = now_ms();
    auto turn = family.fields.at("turn").integer();
    auto presented = crypto::sha256_hex(nth(key, family.id, n));
    bool current = n == turn && crypto::equal(presented, family.fields.at("current").text());
    auto since = now - family.fields.at("rotated").integer();
    // A clock that was put back a little is no thief.
    bool again = n + 1 == turn && crypto::equal(presented, family.fields.at("previous").text()) &&
                 since >= -jwt::kSkew * 1000 && since < kRetryWindow;
    if (!current && !again) return reused(family);
    if (current && now >= family.fields.at("expires").integer()) return refused("it has expired");
    TK_CHECK(standing());
    return hand_out(family, key, n + 1, current, now);
  }

 private:
  Result<std::optional<Refreshed>> reused(const record::Record& family) {
    auto c = change_of(family, actor_, trace_, "revoke");
    c.reason = "reuse: a refresh token was presented after its successor was handed out";
    auto ended = store_.apply(std::move(c));
    // Ended by somebody else meanwhile is as good.
    if (!ended && ended.error().code != Code::record_event && ended.error().code != Code::record_conflict)
      return fail(ended.error());
    if (!ended && ended.error().code == Code::record_conflict) return std::nullopt;
    return refused("it was used before, so two hold it: its family is ended, with every token that came of it");
  }

  Result<void> standing() {
    law::EntityView entity;
    TK_TRY(auto why, party_problem(store_, index_, wanted_.subject, entity));
    for (const auto& p : wanted_.chain)
      if (why.empty()) {
        TK_TRY(why, party_problem(store_, index_, p, entity));
      }
    if (!why.empty()) return refused(why);
    return {};
  }

  Result<std::optional<Refreshed>> hand_out(const record::Record& family, const std::string& key, std::uint32_t next,
                                            bool current, std::int64_t now) {
    Refreshed out;
    out.refresh_token = nth(key, family.id, next);
    out.family = family.id;
    out.expires_ms = current ? now + kRefreshLife : family.fields.at("expires").integer();
    TK_TRY(out.access, issue(store_, index_, realm_, wanted_, actor_, trace_));
    out.access.change.owed = "refresh";
    std::vector<record::Change> batch;
    if (current) {
      auto c = change_of(family, actor_, trace_, "rotate");
      c.expected_version = family.version;
      c.input = {{"turn", std::int64_t{next}}, {"current", crypto::sha256_hex(out.refresh_token)},
                 {"previous", family.fields.at("current")}, {"rotated", now}, {"expires", out.expires_ms}};
      batch.push_back(std::move(c));
    }
    batch.push_back(out.access.change);
    auto done = store_.apply(std::move(batch));
    if (!done && done.error().code == Code::record_conflict) return std::nullopt;
    if (!done) return fail(done.error());
    return out;
  }

  record::Store& store_;
  const law::Index& index_;
  const Realm& realm_;
  const trace::Context& trace_;
  Wanted wanted_;
  record::Actor actor_;
};

}  // namespace

Result<Family> new_family(const Realm& realm, const Wanted& wanted, std::int64_t ttl_s, const record::Actor& by,
                          const trace::Context& trace) {
  Family out;
  TK_TRY(auto key, read_or_make_key(realm.keys, kKey, 32));
  out.id = ids::uuid7();
  out.refresh_token = nth(key, out.id, 0);
  auto now = now_ms();
  out.expires_ms = now + kRefreshLife;
  Value::List parties{value_of(wanted.subject)}, details;
  for (const auto& p : wanted.chain) parties.push_back(value_of(p));
  for (const auto& d : wanted.details)
    details.push_back(Value::Map{{"actions", list_of(d.actions)}, {"locations", list_of(d.locations)}});
  auto& c = out.change;
  c.type = "refresh";
  c.id = c.name = out.id;
  c.context = wanted.context;
  c.input = {{"actor", (wanted.chain.empty() ? wanted.subject : wanted.chain.front()).ref},
             {"on_behalf_of", wanted.chain.empty() ? "" : wanted.subject.ref}, {"audience", wanted.audience},
             {"parties", std::move(parties)}, {"details", std::move(details)}, {"ttl", ttl_s}, {"turn", std::int64_t{0}},
             {"current", crypto::sha256_hex(out.refresh_token)}, {"previous", ""}, {"rotated", now}, {"expires", out.expires_ms}};
  c.actor = by;
  c.trace = trace::child(trace);
  return out;
}

Result<Refreshed> refresh(record::Store& store, const law::Index& index, const Realm& realm, std::string_view token,
                          const trace::Context& trace) {
  auto opaque = read_opaque(kPrefix, token);
  if (!opaque) return refused("it is none");
  auto found = read_key(realm.keys, kKey, 32);
  if (!found && found.error().code == Code::os_not_found) return refused("it is unknown");
  TK_TRY(auto key, std::move(found));
  // A made-up one ends nobody's family.
  if (!crypto::equal(nth(key, opaque->id, opaque->n), token)) return refused("it is unknown");
  for (int tries = 0; tries < 1000; ++tries) {
    auto family = store.get(opaque->id);
    if (!family && family.error().code != Code::record_unknown) return fail(family.error());
    if (!family || family->type != "refresh") return refused("it is unknown");
    TK_TRY(auto out, Attempt(store, index, realm, trace).at(*family, key, opaque->n));
    if (out) return std::move(*out);
  }
  return fail(Code::record_conflict, "the family of the refresh token keeps changing", "try again");
}

}  // namespace tk::acl
