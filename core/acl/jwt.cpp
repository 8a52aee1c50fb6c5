#include "core/acl/jwt.hpp"

#include <algorithm>
#include <charconv>
#include <optional>

#include "core/base/base64.hpp"
#include "core/base/text.hpp"
#include "core/crypto/digest.hpp"
#include "core/json/fields.hpp"
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

Result<std::string> part(std::string_view encoded, const std::string& what) {
  auto decoded = base64::decode_url(encoded);
  if (!decoded) return bad("its " + what + " is no canonical base64url");
  if (!decoded->starts_with('{')) return bad("its " + what + " is no JSON object");  // nor one behind a byte order mark
  return std::move(*decoded);
}

// One member after the other of an object that stands as it was written; none twice. No Value is built of it: a
// verification costs little more than its signature.
Result<void> each_member(std::string_view object, const std::string& what,
                         const std::function<Result<void>(json::Fields&)>& visit) {
  json::Fields fields(object);
  std::vector<std::string> seen;
  for (;;) {
    auto more = fields.next();
    if (!more) return bad("its " + what + " is no JSON object that can be read: " + more.error().message);
    if (!*more) return {};
    if (seen.size() == kMaxList) return bad("its " + what + " has too many members");
    if (std::find(seen.begin(), seen.end(), fields.name()) != seen.end())
      return bad("its " + what + " cannot be read: member " + shown(fields.name()) + " stands twice");
    seen.emplace_back(fields.name());
    TK_CHECK(visit(fields));
  }
}

Result<Value> value_at(json::Fields& at, const std::string& what) {
  auto value = json::parse(at.raw());
  if (!value) return bad("its " + what + " cannot be read: " + value.error().message);
  return value;
}

// Three members and no other: what else a header can say (jwk, jku, x5u, crit, b64, zip …) changes what a signature
// means or where its key comes from.
Result<std::string> read_header(std::string_view header) {
  std::optional<std::string> alg, typ, kid;
  std::string other;
  TK_CHECK(each_member(header, "header", [&](json::Fields& at) -> Result<void> {
    auto* into = at.name() == "alg" ? &alg : at.name() == "typ" ? &typ : at.name() == "kid" ? &kid : nullptr;
    if (!into && other.empty()) other = shown(at.name());
    if (into && at.raw().starts_with('"')) {
      auto text = at.text();
      if (!text) return bad("its header cannot be read: " + text.error().message);
      *into = std::string(*text);
    }
    return {};
  }));
  if (!alg) return bad("its header names no algorithm");
  // Two names of one algorithm: of RFC 8037, which tk writes, and of RFC 9864. A key of ours knows no other.
  if (*alg != "EdDSA" && *alg != "Ed25519") return bad("its algorithm is " + shown(*alg) + ", not EdDSA");
  if (!other.empty()) return bad("its header has " + other + ", which is refused");
  if (!typ) return bad("its header has no typ");
  if (*typ != kType) return bad("it is a " + shown(*typ) + ", not an " + std::string(kType));
  if (!kid) return bad("its header names no key");
  return std::move(*kid);
}

Result<std::string> text_at(json::Fields& at) {
  auto text = at.text();
  if (!text || text->empty() || text->size() > kMaxText) return bad("its " + shown(at.name()) + " is no text");
  return std::string(*text);
}

Result<std::int64_t> whole_at(json::Fields& at, std::int64_t most) {
  auto raw = at.raw();
  std::int64_t n = 0;
  auto [end, ec] = std::from_chars(raw.data(), raw.data() + raw.size(), n);
  bool plain = ec == std::errc{} && end == raw.data() + raw.size() && (raw == "0" || (raw[0] >= '1' && raw[0] <= '9'));
  if (!plain || n > most) return bad("its " + shown(at.name()) + " is no whole number");
  return n;
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

Result<std::vector<Detail>> details(const Value& claim) {
  std::vector<Detail> out;
  const auto* list = claim.as_list();
  if (!list || list->empty() || list->size() > kMaxList) return bad("its authorization_details are no list of objects");
  auto text_of = [](const Value& item, const char* name) -> Result<std::string> {
    if (!item.as_map()->contains(name)) return std::string();
    const auto* text = item[name].as_text();
    if (!text || text->empty() || text->size() > kMaxText) return bad("its " + std::string(name) + " is no text");
    return *text;
  };
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
    TK_TRY(d.lease, text_of(item, "lease"));
    TK_TRY(d.purpose, text_of(item, "purpose"));
    if (d.lease.empty() && (d.actions.empty() || d.locations.empty()))
      return bad("its authorization_details name no actions or no locations");
    out.push_back(std::move(d));
  }
  return out;
}

Result<std::vector<std::string>> audience(json::Fields& at) {
  if (!at.raw().starts_with('[')) {
    TK_TRY(auto one, text_at(at));
    return std::vector<std::string>{one};
  }
  TK_TRY(auto value, value_at(at, "aud"));
  TK_TRY(auto list, texts(value, "aud"));
  if (list.empty()) return bad("its aud is empty");
  return list;
}

// What the claims and each act below them say of somebody: sub, tk_ref, tk_epoch, and the next act.
struct Level {
  Party party;
  bool sub = false, ref = false, epoch = false, act = false;
  std::string_view next;
  // Whether it was one of these.
  Result<bool> take(json::Fields& at) {
    if (at.name() == "sub") {
      TK_TRY(party.id, text_at(at));
      return sub = true;
    }
    if (at.name() == "tk_ref") {
      TK_TRY(party.ref, text_at(at));
      return ref = true;
    }
    if (at.name() == "tk_epoch") {
      TK_TRY(party.epoch, whole_at(at, INT64_MAX));
      return epoch = true;
    }
    if (at.name() != "act") return false;
    next = at.raw();
    if (!next.starts_with('{')) return bad("its act is no object");
    return act = true;
  }
  Result<void> whole() const {
    for (auto [there, name] : {std::pair(sub, "sub"), std::pair(ref, "tk_ref"), std::pair(epoch, "tk_epoch")})
      if (!there) return bad("it has no " + std::string(name));
    return {};
  }
};

// What is not understood must at least be JSON.
Result<void> ignore(json::Fields& at) {
  TK_TRY(auto value, value_at(at, "payload"));
  static_cast<void>(value);
  return {};
}

Result<Claims> read_claims(std::string_view payload) {
  Claims c;
  Level subject;
  bool exp = false, nbf = false, iat = false;
  TK_CHECK(each_member(payload, "payload", [&](json::Fields& at) -> Result<void> {
    auto name = at.name();
    TK_TRY(bool taken, subject.take(at));
    if (taken) return {};
    auto* text = name == "iss" ? &c.issuer : name == "jti" ? &c.jti : name == "tk_family" ? &c.family : name == "tk_lease" ? &c.lease : nullptr;
    if (text) {
      TK_TRY(*text, text_at(at));
      return {};
    }
    if (name == "exp" || name == "nbf" || name == "iat") {
      (name == "exp" ? exp : name == "nbf" ? nbf : iat) = true;
      TK_TRY((name == "exp" ? c.expires : name == "nbf" ? c.not_before : c.issued), whole_at(at, kLastSecond));
    } else if (name == "aud") {
      TK_TRY(c.audience, audience(at));
    } else if (name == "authorization_details") {
      TK_TRY(auto value, value_at(at, "authorization_details"));
      TK_TRY(c.details, details(value));
    } else {
      return ignore(at);
    }
    return {};
  }));
  TK_CHECK(subject.whole());
  c.subject = std::move(subject.party);
  for (auto next = subject.act ? subject.next : std::string_view(); !next.empty();) {
    if (c.chain.size() == kMaxChain) return bad("its act chain is too long");
    Level level;
    TK_CHECK(each_member(next, "act", [&](json::Fields& at) -> Result<void> {
      TK_TRY(bool taken, level.take(at));
      return taken ? Result<void>() : ignore(at);
    }));
    TK_CHECK(level.whole());
    c.chain.push_back(std::move(level.party));
    next = level.act ? level.next : std::string_view();
  }
  const std::pair<bool, const char*> required[] = {{!c.issuer.empty(), "iss"}, {!c.jti.empty(), "jti"}, {!c.audience.empty(), "aud"},
                                                   {exp, "exp"}, {nbf, "nbf"}, {iat, "iat"}};
  for (auto [there, name] : required)
    if (!there) return bad("it has no " + std::string(name));
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
  // Nearly all headers are the same one.
  thread_local std::string last, last_kid;
  if (last.empty() || last != token.substr(0, first)) {
    TK_TRY(auto header, part(token.substr(0, first), "header"));
    TK_TRY(last_kid, read_header(header));
    last = token.substr(0, first);
  }
  const auto* key = find(last_kid);
  if (!key) return bad("its key is unknown");
  auto signature = base64::decode_url(token.substr(second + 1));
  if (!signature) return bad("its signature is no canonical base64url");
  if (signature->size() != sizeof(crypto::Signature)) return bad("its signature has not 64 bytes");
  if (!key->verify(token.substr(0, second), *signature)) return bad("its signature does not fit");
  // Only what our own key signed is read further.
  TK_TRY(auto payload, part(token.substr(first + 1, second - first - 1), "payload"));
  TK_TRY(auto out, read_claims(payload));
  TK_CHECK(in_place_and_time(out, expected));
  return out;
}

std::string thumbprint(const crypto::PublicKey& key) {
  // The required members in lexical order, without blanks (RFC 7638, section 3; RFC 8037, appendix A.3).
  auto digest = crypto::sha256(R"({"crv":"Ed25519","kty":"OKP","x":")" + base64::encode_url(bytes_of(key)) + "\"}");
  return base64::encode_url({reinterpret_cast<const char*>(digest.data()), digest.size()});
}

}  // namespace tk::acl::jwt
