#include "core/acl/jwt.hpp"

#include <algorithm>
#include <optional>

#include "core/base/base64.hpp"
#include "core/base/text.hpp"
#include "core/crypto/digest.hpp"
#include "core/json/json.hpp"

namespace tk::acl::jwt {
namespace {

constexpr std::size_t kMaxChain = 8, kMaxList = 64, kMaxText = 1024;
constexpr std::int64_t kLastSecond = 253'402'300'799;  // of the year 9999

auto bad(std::string reason) { return fail(Code::acl_bad_token, std::move(reason)); }

std::string shown(std::string_view name) { return text::printable(text::shorten(name, 40)); }

std::string_view bytes_of(const crypto::PublicKey& key) {
  return {reinterpret_cast<const char*>(key.data()), key.size()};
}

// ---- reading

Result<Value> part(std::string_view encoded, const std::string& what) {
  auto decoded = base64::decode_url(encoded);
  if (!decoded) return bad("its " + what + " is no canonical base64url");
  if (!decoded->starts_with('{')) return bad("its " + what + " is no JSON object");  // nor one behind a byte order mark
  auto value = json::parse(*decoded);
  if (!value) return bad("its " + what + " is no JSON object that can be read: " + value.error().message);
  return value;
}

// Three members and no other: what else a header can say (jwk, jku, x5u, crit, b64, zip …) changes what a signature
// means or where its key comes from.
Result<std::string> read_header(const Value& header) {
  const auto& alg = header["alg"];
  if (!alg.as_text()) return bad("its header names no algorithm");
  // Two names of one algorithm: of RFC 8037, which tk writes, and of RFC 9864. A key of ours knows no other.
  if (alg.text() != "EdDSA" && alg.text() != "Ed25519") return bad("its algorithm is " + shown(alg.text()) + ", not EdDSA");
  for (const auto& [name, value] : *header.as_map())
    if (name != "alg" && name != "typ" && name != "kid") return bad("its header has " + shown(name) + ", which is refused");
  if (!header["typ"].as_text()) return bad("its header has no typ");
  if (header["typ"].text() != kType) return bad("it is a " + shown(header["typ"].text()) + ", not an " + std::string(kType));
  const auto* kid = header["kid"].as_text();
  if (!kid) return bad("its header names no key");
  return *kid;
}

Result<std::string> text_of(const Value& in, std::string_view name, bool required = true) {
  const auto& v = in[name];
  if (v.is_null() && !required && !in.as_map()->contains(name)) return std::string();
  if (v.is_null()) return bad("it has no " + std::string(name));
  if (!v.as_text() || v.as_text()->empty() || v.as_text()->size() > kMaxText)
    return bad("its " + std::string(name) + " is no text");
  return *v.as_text();
}

Result<std::int64_t> whole(const Value& in, std::string_view name, std::int64_t most) {
  const auto& v = in[name];
  if (v.is_null()) return bad("it has no " + std::string(name));
  if (!v.as_int() || *v.as_int() < 0 || *v.as_int() > most) return bad("its " + std::string(name) + " is no whole number");
  return *v.as_int();
}

Result<std::vector<std::string>> texts(const Value& v, const std::string& name) {
  const auto* list = v.as_list();
  if (!list || list->size() > kMaxList) return bad("its " + name + " is no list of texts");
  std::vector<std::string> out;
  for (const auto& item : *list) {
    if (!item.as_text() || item.as_text()->empty() || item.as_text()->size() > kMaxText)
      return bad("its " + name + " is no list of texts");
    out.push_back(*item.as_text());
  }
  return out;
}

Result<Party> party(const Value& v) {
  Party out;
  TK_TRY(out.id, text_of(v, "sub"));
  TK_TRY(out.ref, text_of(v, "tk_ref"));
  TK_TRY(out.epoch, whole(v, "tk_epoch", INT64_MAX));
  return out;
}

Result<std::vector<Party>> chain(const Value& claims) {
  std::vector<Party> out;
  const Value* at = &claims;
  while (at->as_map()->contains("act")) {
    at = &(*at)["act"];
    if (!at->as_map()) return bad("its act is no object");
    if (out.size() == kMaxChain) return bad("its act chain is too long");
    TK_TRY(auto next, party(*at));
    out.push_back(std::move(next));
  }
  return out;
}

Result<std::vector<Detail>> details(const Value& claims) {
  std::vector<Detail> out;
  if (!claims.as_map()->contains("authorization_details")) return out;
  const auto* list = claims["authorization_details"].as_list();
  if (!list || list->empty() || list->size() > kMaxList) return bad("its authorization_details are no list of objects");
  for (const auto& item : *list) {
    if (!item.as_map()) return bad("its authorization_details are no list of objects");
    // A limit that is not understood limits nothing: refused (RFC 9396, section 5).
    if (item["type"].text() != "tk") return bad("its authorization_details have a type that is not tk");
    Detail d;
    for (const auto& [name, value] : *item.as_map())
      if (name != "type" && name != "actions" && name != "locations" && name != "lease" && name != "purpose")
        return bad("its authorization_details have " + shown(name) + ", which is unknown");
    if (item.as_map()->contains("actions")) {
      TK_TRY(d.actions, texts(item["actions"], "actions"));
    }
    if (item.as_map()->contains("locations")) {
      TK_TRY(d.locations, texts(item["locations"], "locations"));
    }
    TK_TRY(d.lease, text_of(item, "lease", false));
    TK_TRY(d.purpose, text_of(item, "purpose", false));
    if (d.lease.empty() && (d.actions.empty() || d.locations.empty()))
      return bad("its authorization_details name no actions or no locations");
    out.push_back(std::move(d));
  }
  return out;
}

Result<std::vector<std::string>> audience(const Value& claims) {
  const auto& v = claims["aud"];
  if (v.is_null()) return bad("it has no aud");
  if (v.as_list()) {
    TK_TRY(auto list, texts(v, "aud"));
    if (list.empty()) return bad("its aud is empty");
    return list;
  }
  TK_TRY(auto one, text_of(claims, "aud"));
  return std::vector<std::string>{one};
}

Result<Claims> read_claims(const Value& v) {
  Claims c;
  TK_TRY(c.issuer, text_of(v, "iss"));
  TK_TRY(c.jti, text_of(v, "jti"));
  TK_TRY(c.audience, audience(v));
  TK_TRY(c.expires, whole(v, "exp", kLastSecond));
  TK_TRY(c.not_before, whole(v, "nbf", kLastSecond));
  TK_TRY(c.issued, whole(v, "iat", kLastSecond));
  TK_TRY(c.subject, party(v));
  TK_TRY(c.chain, chain(v));
  TK_TRY(c.details, details(v));
  TK_TRY(c.family, text_of(v, "tk_family", false));
  TK_TRY(c.lease, text_of(v, "tk_lease", false));
  return c;
}

Result<void> in_place_and_time(const Claims& c, const Expected& e) {
  if (c.issuer != e.issuer) return bad("it was issued by somebody else: " + shown(c.issuer));
  if (std::find(c.audience.begin(), c.audience.end(), e.audience) == c.audience.end())
    return bad("it is not meant for " + shown(e.audience) + " but for " + shown(c.audience.front()));
  if (c.expires <= c.not_before) return bad("its exp is not after its nbf");
  if (c.expires - c.not_before > kLongest) return bad("it lives longer than any token does");
  if (c.issued > e.now + kSkew) return bad("it was issued in the future: a clock was put back, or it is forged");
  if (c.not_before > e.now + kSkew) return bad("it is not valid yet");
  if (e.now >= c.expires) return bad("it has expired");
  return {};
}

// ---- writing

void put_party(Value::Map& into, const Party& p) {
  into.insert_or_assign("sub", p.id);
  into.insert_or_assign("tk_ref", p.ref);
  into.insert_or_assign("tk_epoch", p.epoch);
}

Value list_of(const std::vector<std::string>& texts) { return Value::List(texts.begin(), texts.end()); }

Value value_of(const Claims& c) {
  Value::Map out{{"iss", c.issuer}, {"jti", c.jti}, {"exp", c.expires}, {"nbf", c.not_before}, {"iat", c.issued}};
  out.emplace("aud", c.audience.size() == 1 ? Value(c.audience.front()) : list_of(c.audience));
  put_party(out, c.subject);
  Value act;
  for (auto it = c.chain.rbegin(); it != c.chain.rend(); ++it) {
    Value::Map one;
    put_party(one, *it);
    if (!act.is_null()) one.emplace("act", std::move(act));
    act = std::move(one);
  }
  if (!act.is_null()) out.emplace("act", std::move(act));
  Value::List list;
  for (const auto& d : c.details) {
    Value::Map one{{"type", "tk"}};
    if (!d.actions.empty()) one.emplace("actions", list_of(d.actions));
    if (!d.locations.empty()) one.emplace("locations", list_of(d.locations));
    if (!d.lease.empty()) one.emplace("lease", d.lease);
    if (!d.purpose.empty()) one.emplace("purpose", d.purpose);
    list.push_back(std::move(one));
  }
  if (!list.empty()) out.emplace("authorization_details", std::move(list));
  if (!c.family.empty()) out.emplace("tk_family", c.family);
  if (!c.lease.empty()) out.emplace("tk_lease", c.lease);
  return out;
}

}  // namespace

std::string sign(const Claims& claims, const crypto::SigningKey& key, std::string_view kid) {
  auto header = json::compact(Value::Map{{"alg", "EdDSA"}, {"kid", kid}, {"typ", kType}});
  auto out = base64::encode_url(header) + "." + base64::encode_url(json::compact(value_of(claims)));
  auto signature = key.sign(out);
  return out + "." + base64::encode_url({reinterpret_cast<const char*>(signature.data()), signature.size()});
}

Result<Claims> read(std::string_view token, const FindKey& find, const Expected& expected) {
  if (token.empty()) return bad("it is empty");
  if (token.size() > kMaxBytes) return bad("it is longer than " + std::to_string(kMaxBytes) + " bytes");
  auto first = token.find('.');
  auto second = first == token.npos ? token.npos : token.find('.', first + 1);
  if (second == token.npos || token.find('.', second + 1) != token.npos) return bad("it has not the three parts of a signed token");
  TK_TRY(auto header, part(token.substr(0, first), "header"));
  TK_TRY(auto kid, read_header(header));
  const auto* key = find(kid);
  if (!key) return bad("its key is unknown");
  auto signature = base64::decode_url(token.substr(second + 1));
  if (!signature) return bad("its signature is no canonical base64url");
  if (signature->size() != sizeof(crypto::Signature)) return bad("its signature has not 64 bytes");
  if (!key->verify(token.substr(0, second), *signature)) return bad("its signature does not fit");
  // Only what our own key signed is read further.
  TK_TRY(auto claims, part(token.substr(first + 1, second - first - 1), "payload"));
  TK_TRY(auto out, read_claims(claims));
  TK_CHECK(in_place_and_time(out, expected));
  return out;
}

std::string thumbprint(const crypto::PublicKey& key) {
  // The required members in lexical order, without blanks (RFC 7638, section 3; RFC 8037, appendix A.3).
  auto digest = crypto::sha256(R"({"crv":"Ed25519","kty":"OKP","x":")" + base64::encode_url(bytes_of(key)) + "\"}");
  return base64::encode_url({reinterpret_cast<const char*>(digest.data()), digest.size()});
}

}  // namespace tk::acl::jwt
