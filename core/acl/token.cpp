#include "core/acl/token.hpp"

#include <algorithm>
#include <cstring>
#include <optional>

#include "core/acl/gate.hpp"
#include "core/acl/lease.hpp"
#include "core/acl/standing.hpp"
#include "core/base/clock.hpp"
#include "core/base/ids.hpp"
#include "core/json/fields.hpp"
#include "core/json/json.hpp"

namespace tk::acl {
namespace {

constexpr std::size_t kMostKept = 1 << 16;
constexpr std::int64_t kKeptNs = 1'000'000'000;  // a writer that was killed before it could tell is noticed then

// Its record, whatever it is; nothing where there is none.
Result<std::optional<record::Record>> record_of(record::Store& store, const std::string& id, std::string_view type) {
  auto found = store.get(id);
  if (!found && found.error().code == Code::record_unknown) return std::nullopt;
  if (!found) return fail(found.error());
  if (found->type != type) return std::nullopt;
  return std::move(*found);
}

law::EntityView first_galaxy(const law::Index& index) {
  law::EntityView first;  // ids are in the order in which they were made
  for (const auto& galaxy : index.entities("galaxy"))
    if (first.id.empty() || (!galaxy.id.empty() && galaxy.id < first.id)) first = galaxy;
  return first;
}

Value list_of(const std::vector<std::string>& texts) { return Value::List(texts.begin(), texts.end()); }

Value value_of(const std::vector<jwt::Detail>& details) {
  Value::List out;
  for (const auto& d : details)
    out.push_back(Value::Map{{"actions", list_of(d.actions)}, {"locations", list_of(d.locations)},
                             {"lease", d.lease}, {"purpose", d.purpose}});
  return out;
}

// A signature alone makes no token: what it says is what was journaled when it was issued. Its record, as it is
// written; records of before format 3 have no ids.
Result<bool> issued_as(std::string_view fields, const jwt::Claims& c) {
  if (c.audience.size() != 1 || c.chain.size() > 1) return false;
  json::Fields at(fields);
  int fit = 0;
  auto text = [&](std::string_view said) -> Result<bool> {
    TK_TRY(auto kept, at.text());
    return kept == said;
  };
  for (;;) {
    TK_TRY(bool more, at.next());
    if (!more) return fit == 8;
    Result<bool> same = true;
    auto name = at.name();
    bool counts = true;
    if (name == "actor") same = text(c.actor().ref);
    else if (name == "on_behalf_of") same = text(c.chain.empty() ? "" : std::string_view(c.subject.ref));
    else if (name == "audience") same = text(c.audience.front());
    else if (name == "family") same = text(c.family);
    else if (name == "lease") same = text(c.lease);
    else if (name == "expires") same = at.raw() == std::to_string(c.expires * 1000);
    else if (name == "epoch") same = at.raw() == std::to_string(c.subject.epoch);
    else if (name == "details") same = c.details.empty() ? at.raw() == "[]" : at.raw() == json::compact(value_of(c.details));
    else counts = false;
    if (name == "actor_id") same = text(c.actor().id);
    else if (name == "subject_id") same = text(c.subject.id);
    if (!same || !*same) return same;
    fit += counts;
  }
}

}  // namespace

std::string issuer_of(const Realm& realm, const law::Index& index) {
  return realm.issuer.empty() ? "tk:" + std::string(first_galaxy(index).id) : realm.issuer;
}

KeyPlace key_place(const Realm& realm, const law::Index& index) {
  return {realm.keys, std::string(first_galaxy(index).name)};
}

Result<jwt::Party> party_of(record::Store& store, const record::Actor& actor) {
  TK_TRY(auto standing, standing_of(store, actor.id));
  if (standing.halted)
    return fail(Code::acl_halted, actor.ref + " is halted since " + standing.since, "tk law resume " + actor.ref);
  return jwt::Party{actor.id, actor.ref, standing.epoch};
}

Result<std::string> party_problem(record::Store& store, const law::Index& index, const jwt::Party& party,
                                  law::EntityView& found) {
  auto ref = law::parse_ref(party.ref);
  if (!ref) return "it names no actor";
  auto fits = [&](const law::EntityView& e) { return e.id.empty() ? e.str() == party.id : e.id == party.id; };
  auto entity = index.lookup(*ref);
  if (!entity || !fits(*entity)) {  // renamed since
    entity.reset();
    for (const auto& e : index.entities(ref->type))
      if (fits(e)) entity = e;
  }
  if (!entity) return party.ref + " is not declared any more";
  found = *entity;
  if (!found.active()) return found.str() + " is " + std::string(found.state);
  TK_TRY(auto standing, standing_of(store, party.id));
  if (standing.halted) return found.str() + " is halted";
  if (standing.epoch != party.epoch) return "the rights that " + found.str() + " was given by then were revoked";
  return "";
}

Result<Issued> issue(record::Store& store, const law::Index& index, const Realm& realm, const Wanted& wanted,
                     const record::Actor& by, const trace::Context& trace) {
  TK_TRY(auto key, signer(store, key_place(realm, index), by, trace));
  Issued out;
  out.jti = ids::uuid7();
  jwt::Claims c;
  c.issuer = issuer_of(realm, index);
  c.jti = out.jti;
  c.audience = {wanted.audience.empty() ? realm.audience : wanted.audience};
  c.issued = c.not_before = clock::now_ns() / 1'000'000'000;
  c.expires = std::min((wanted.expires_ms + 999) / 1000, c.issued + jwt::kLongest);
  if (c.expires <= c.issued) return fail(Code::acl_token_for, "the token would have expired before it is made");
  c.subject = wanted.subject;
  c.chain = wanted.chain;
  c.details = wanted.details;
  c.family = wanted.family;
  c.lease = wanted.lease;
  out.token = jwt::sign(c, key.key, key.kid);
  if (out.token.size() > jwt::kMaxBytes)
    return fail(Code::acl_token_for, "the token would be longer than " + std::to_string(jwt::kMaxBytes) + " bytes",
                "limit it to fewer actions and resources");
  out.expires_ms = c.expires * 1000;
  auto& change = out.change;
  change.type = "token";
  change.id = change.name = out.jti;
  change.context = wanted.context;
  change.parent = wanted.parent;
  change.input = {{"actor", c.actor().ref}, {"on_behalf_of", c.chain.empty() ? "" : c.subject.ref}, {"actor_id", c.actor().id},
                  {"subject_id", c.subject.id}, {"kind", wanted.kind}, {"audience", c.audience.front()},
                  {"expires", out.expires_ms}, {"epoch", c.subject.epoch},
                  {"family", c.family}, {"lease", c.lease}, {"details", value_of(c.details)}};
  change.actor = by;
  change.trace = trace::child(trace);
  return out;
}

std::size_t Verifier::ByDigest::operator()(const crypto::Digest& d) const {
  std::size_t out = 0;
  std::memcpy(&out, d.data(), sizeof out);
  return out;
}

// By the rules of kept_: as long as no right was taken away and law is the same, and for a second.
void Verifier::forget_if_moved(std::uint64_t standing, bool live) {
  auto tick = clock::monotonic_ns();
  if (live && standing == known_standing_ && known_commit_ == index_.commit() && tick - known_ns_ < kKeptNs && !issuer_.empty()) return;
  parties_.clear();
  families_.clear();
  issuer_ = issuer_of(realm_, index_);
  known_commit_ = index_.commit();
  known_standing_ = standing;
  known_ns_ = tick;
}

Result<const Verifier::Known*> Verifier::party(const jwt::Party& p) {
  auto key = p.id + '\n' + p.ref + '\n' + std::to_string(p.epoch);
  if (auto it = parties_.find(key); it != parties_.end()) return &it->second;
  Known made;
  law::EntityView entity;
  TK_TRY(made.why, party_problem(store_, index_, p, entity));
  if (made.why.empty()) {
    made.ref = entity.str();
    TK_TRY(made.actor, actor_of(index_, {std::string(entity.type), std::string(entity.context), std::string(entity.name)}));
  }
  return &parties_.emplace(std::move(key), std::move(made)).first->second;
}

Result<std::string> Verifier::family(const std::string& id) {
  if (auto it = families_.find(id); it != families_.end()) return it->second;
  TK_TRY(auto family, record_of(store_, id, "refresh"));
  std::string why = family && family->state == "live" ? "" : "the family of its refresh token was ended";
  families_.emplace(id, why);
  return why;
}

// Everything that can end a token before its time.
Result<std::string> Verifier::problem(const jwt::Claims& c, std::int64_t now_ns, Verified& out) {
  {
    TK_TRY(auto s, store_.journal().db().prepare("SELECT state, fields FROM record WHERE id = ? AND type = 'token'"));
    s.bind(c.jti);
    TK_TRY(bool there, s.step());
    if (!there) return "it is unknown here";
    if (s.text(0) != "live") return "it was revoked";
    auto same = issued_as(s.text(1), c);
    if (!same) return fail(Code::journal_broken, "the fields of record " + c.jti + " cannot be read");
    if (!*same) return "it says something else than what was issued";
  }
  TK_TRY(const auto* subject, party(c.subject));
  if (!subject->why.empty()) return subject->why;
  const auto* acts = subject;
  for (auto it = c.chain.rbegin(); it != c.chain.rend(); ++it) {
    TK_TRY(acts, party(*it));
    if (!acts->why.empty()) return acts->why;
  }
  auto actor = *acts->actor;
  // A lease is its borrower's to use; it says itself by whose right.
  if (c.lease.empty() && !c.chain.empty()) {
    actor.on_behalf_of = c.subject.id;
    actor.on_behalf_of_ref = subject->ref;
  }
  actor.token = c.jti;
  actor.family = c.family;
  actor.borrow_id = c.lease;
  for (const auto& d : c.details) {
    if (!d.purpose.empty()) actor.purpose = d.purpose;
    if (!d.actions.empty() || !d.locations.empty()) actor.limits.push_back({d.actions, d.locations});
  }
  out.actor = std::move(actor);
  if (!c.family.empty()) {
    TK_TRY(auto why, family(c.family));
    if (!why.empty()) return why;
  }
  if (!c.lease.empty()) {
    TK_TRY(auto lease, record_of(store_, c.lease, "borrow"));
    if (!lease) return "its lease is unknown here";
    auto lent = lease_of(*lease);
    if (lent.state == "ended" && lent.on_revoke == "park") lent.state = "active";  // the gate parks what still comes
    if (auto over = lent.over(now_ns / 1'000'000); !over.empty()) return "its lease " + over;
  }
  return "";
}

Result<Verified> Verifier::look(std::string_view token, std::string_view audience, std::int64_t now_ns) {
  auto* live = store_.journal().live();
  auto standing = live ? live->standing() : 0;
  auto tick = clock::monotonic_ns();
  bool fresh = false;
  if (!ring_ || !live || standing != ring_standing_ || tick - ring_ns_ > kKeptNs) {
    TK_TRY(auto ring, KeyRing::load(store_));
    ring_ = std::make_unique<KeyRing>(std::move(ring));
    ring_standing_ = standing;
    ring_ns_ = tick;
    fresh = true;
  }
  forget_if_moved(standing, live != nullptr);
  std::optional<Error> broken;
  auto find = [&](std::string_view kid) -> const crypto::VerifyingKey* {
    if (const auto* key = ring_->find(kid, now_ns / 1'000'000); key || fresh) return key;
    auto ring = KeyRing::load(store_);  // made since
    if (!ring) return broken = ring.error(), nullptr;
    *ring_ = std::move(*ring);
    return ring_->find(kid, now_ns / 1'000'000);
  };
  Verified out;
  auto claims = jwt::read(token, find, {issuer_, audience, now_ns / 1'000'000'000});
  if (broken) return fail(*broken);
  if (!claims) {
    out.reason = claims.error().message;
    return out;
  }
  TK_TRY(out.reason, problem(*claims, now_ns, out));
  out.valid = out.reason.empty();
  if (out.valid) out.claims = std::move(*claims);
  else out.actor = {};
  return out;
}

Result<std::shared_ptr<const Verified>> Verifier::verify(std::string_view token, std::string_view audience) {
  if (audience.empty()) audience = realm_.audience;
  auto now = clock::now_ns();
  auto* live = store_.journal().live();
  if (!live || token.size() > jwt::kMaxBytes) {
    TK_TRY(auto answer, look(token, audience, now));
    return std::make_shared<const Verified>(std::move(answer));
  }
  // Read before anything is looked up: what changes meanwhile is then looked up again.
  auto standing = live->standing();
  auto tick = clock::monotonic_ns();
  auto digest = crypto::sha256(token);
  if (auto it = kept_.find(digest); it != kept_.end()) {
    const auto& k = it->second;
    const auto& c = k.answer->claims;
    auto second = now / 1'000'000'000;
    if (k.standing == standing && k.commit == index_.commit() && k.audience == audience && tick - k.looked_ns < kKeptNs &&
        second < c.expires && c.issued <= second + jwt::kSkew && c.not_before <= second + jwt::kSkew)
      return k.answer;
    kept_.erase(it);
  }
  TK_TRY(auto answer, look(token, audience, now));
  auto out = std::make_shared<const Verified>(std::move(answer));
  if (!out->valid) return out;
  if (kept_.size() >= kMostKept) kept_.clear();
  kept_.insert_or_assign(digest, Kept{out, std::string(audience), std::string(index_.commit()), standing, tick});
  return out;
}

}  // namespace tk::acl
