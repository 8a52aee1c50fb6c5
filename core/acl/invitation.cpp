#include "core/acl/invitation.hpp"

#include <cctype>

#include "core/acl/gate.hpp"
#include "core/acl/keyfile.hpp"
#include "core/acl/opaque.hpp"
#include "core/acl/standing.hpp"
#include "core/base/clock.hpp"
#include "core/base/ids.hpp"
#include "core/base/text.hpp"
#include "core/crypto/seal.hpp"

namespace tk::acl {
namespace {

constexpr std::string_view kPrefix = "tki_";

auto refused(const std::string& why) {
  return fail(Code::acl_invitation, "the invitation cannot be accepted: " + why, "ask for a new one: tk acl invite ADDRESS --role ROLE");
}

// Of somebody@somewhere, however its letters are written.
Result<std::string> sealed_address(const Realm& realm, const std::string& address) {
  std::string plain(text::trim(address));
  auto at = plain.rfind('@');
  bool good = at != plain.npos && at > 0 && at + 1 < plain.size() && plain.size() <= 320;
  for (char& c : plain) {
    good = good && static_cast<unsigned char>(c) > 0x20 && c != 0x7f;
    c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  }
  // It is not repeated: what is typed in the wrong place may be anything.
  if (!good) return fail(Code::cli_usage, "that is no address", "write it like ada@example.org");
  TK_TRY(auto key, read_or_make_key(realm.keys, "invitation.key", 32));
  return ids::hex(crypto::hmac_sha256(key, plain));
}

std::string field(const record::Record& r, const char* name) { return r.fields.at(name).text(); }

}  // namespace

Result<Invited> invite(record::Store& store, const Realm& realm, const std::string& address, const std::string& role,
                       const std::string& into, const record::Actor& by, const trace::Context& trace) {
  TK_TRY(auto sealed, sealed_address(realm, address));
  Invited out;
  Opaque opaque{ids::uuid7(), 0, {}};
  ids::random_bytes(opaque.secret);
  out.code = spell(kPrefix, opaque);
  std::vector<record::Change> batch(1);
  auto& c = batch[0];
  c.type = "invitation";
  c.id = c.name = opaque.id;
  c.context = into;
  c.input = {{"code", crypto::sha256_hex(out.code)}, {"address", sealed}, {"role", role}, {"into", into},
             {"inviter", by.on_behalf_of.empty() ? by.id : by.on_behalf_of},
             {"expires", (clock::now_ns() + kInvitationLifeNs) / 1'000'000}, {"used_by", ""}};
  c.actor = by;
  c.trace = trace::child(trace);
  TK_TRY(auto earlier, store.list("invitation"));
  for (const auto& r : earlier) {
    if (r.state != "open" || field(r, "address") != sealed || field(r, "role") != role || field(r, "into") != into) continue;
    record::Change w;
    w.id = r.id;
    w.event = "withdraw";
    w.actor = by;
    w.trace = trace::child(trace);
    w.reason = "the same address is invited anew: " + opaque.id;
    w.owed = "invited anew";
    out.withdrawn.push_back(r.id);
    batch.push_back(std::move(w));
  }
  TK_TRY(auto done, store.apply(std::move(batch)));
  out.invitation = std::move(done.front().record);
  out.expires_ns = out.invitation.created_ns + kInvitationLifeNs;
  return out;
}

Result<Welcome> open_invitation(record::Store& store, const law::Index& index, const Realm& realm, const std::string& code,
                                const std::string& address, const trace::Context& trace) {
  TK_TRY(auto sealed, sealed_address(realm, address));
  auto opaque = read_opaque(kPrefix, code);
  if (!opaque) return refused("that is no code of one");
  auto found = store.get(opaque->id);
  if (!found && found.error().code != Code::record_unknown) return fail(found.error());
  if (!found || found->type != "invitation" || !crypto::equal(crypto::sha256_hex(code), field(*found, "code")))
    return refused("it is unknown");
  Welcome out{std::move(*found), {}};
  const auto& r = out.invitation;
  if (!crypto::equal(sealed, field(r, "address"))) return refused("it is for another address");
  if (r.state == "used") return refused("it was accepted already");
  if (r.state == "withdrawn") return refused("it was withdrawn");
  if (r.state != "open") return refused("it is older than 72 hours");
  law::Ref inviter;
  for (const auto& e : index.entities(""))
    if (e.id == field(r, "inviter")) inviter = {std::string(e.type), std::string(e.context), std::string(e.name)};
  if (inviter.name.empty()) return refused("who invited is not declared any more");
  auto actor = actor_of(index, inviter);
  if (!actor) return refused("who invited is not active any more");
  out.inviter = std::move(*actor);
  if (clock::now_ns() >= r.created_ns + kInvitationLifeNs) {
    record::Change c;
    c.id = r.id;
    c.event = "expire";
    c.expected_version = r.version;
    c.actor = out.inviter;
    c.trace = trace::child(trace);
    c.owed = "72 hours";
    c.reason = "somebody presented it when its time was over";
    auto done = store.apply(std::move(c));
    if (!done && done.error().code != Code::record_conflict && done.error().code != Code::record_event) return fail(done.error());
    return refused("it is older than 72 hours");
  }
  TK_TRY(auto standing, standing_of(store, out.inviter.id));
  if (standing.halted) return refused("who invited is halted");
  return out;
}

record::Change acceptance(const Welcome& welcome, const std::string& user_id, const trace::Context& trace) {
  record::Change c;
  c.id = welcome.invitation.id;
  c.event = "accept";
  c.expected_version = welcome.invitation.version;
  c.input = {{"used_by", user_id}};
  c.actor = welcome.inviter;
  c.trace = trace::child(trace);
  c.reason = "invitation " + welcome.invitation.id;
  // It may have been found open a moment before its time was over.
  c.condition = [until = welcome.invitation.created_ns + kInvitationLifeNs]() -> Result<void> {
    if (clock::now_ns() >= until) return refused("it is older than 72 hours");
    return {};
  };
  return c;
}

}  // namespace tk::acl
