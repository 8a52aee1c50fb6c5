// Tokens of anybody, against one key. A token as it stands is taken only if it is one that we signed, byte for byte.
// With a line break in it, the first line is a header and the rest a payload which our key signs: then words may be
// anything, and what is taken keeps what a token promises. Refresh tokens and invitations have one spelling.
#include <algorithm>
#include <set>
#include <string>

#include "core/acl/jwt.hpp"
#include "core/acl/opaque.hpp"
#include "core/base/base64.hpp"
#include "tests/fuzz/fuzz.hpp"

using namespace tk;
using namespace tk::acl;

namespace {

constexpr std::int64_t kNow = 1'800'000'000;

struct World {
  crypto::SigningKey key = crypto::SigningKey::from_seed({7, 7, 7});
  crypto::VerifyingKey verifying{key.public_key()};
  std::set<std::string, std::less<>> good;  // the seeds in tests/fuzz/corpus/jwt begin with these
  World() {
    jwt::Claims c;
    c.issuer = "tk:here";
    c.jti = "j";
    c.audience = {"tk"};
    c.issued = c.not_before = kNow;
    c.expires = kNow + 300;
    c.subject = {"u", "user:a/u", 0};
    good.insert(jwt::sign(c, key, "k"));
    c.chain = {{"a", "agent:a/a", 1}};
    c.details = {{{"cast.answer"}, {"cast:a/**"}, "", "p"}, {{}, {}, "l", ""}};
    c.family = "f";
    c.lease = "l";
    good.insert(jwt::sign(c, key, "k"));
  }
};

Result<jwt::Claims> read(const World& w, std::string_view token) {
  return jwt::read(token, [&](std::string_view kid) { return kid == "k" ? &w.verifying : nullptr; }, {"tk:here", "tk", kNow});
}

void signed_words(const World& w, std::string_view header, std::string_view payload) {
  auto text = base64::encode_url(header) + "." + base64::encode_url(payload);
  auto signature = w.key.sign(text);
  auto token = text + "." + base64::encode_url({reinterpret_cast<const char*>(signature.data()), signature.size()});
  auto got = read(w, token);
  if (!got) {
    TK_PROMISE(got.error().code == Code::acl_bad_token && !got.error().message.empty());
    return;
  }
  TK_PROMISE(token.size() <= jwt::kMaxBytes);
  TK_PROMISE(got->issuer == "tk:here" && !got->jti.empty() && !got->subject.id.empty() && !got->actor().ref.empty());
  TK_PROMISE(std::find(got->audience.begin(), got->audience.end(), "tk") != got->audience.end());
  TK_PROMISE(got->expires > kNow && got->not_before <= kNow + jwt::kSkew && got->issued <= kNow + jwt::kSkew);
  TK_PROMISE(got->expires - got->not_before <= jwt::kLongest && got->chain.size() <= 8);
  for (const auto& d : got->details) TK_PROMISE(!d.lease.empty() || (!d.actions.empty() && !d.locations.empty()));
  // What was understood is all that there was to understand: written again it says the same.
  auto again = read(w, jwt::sign(*got, w.key, "k"));
  TK_PROMISE(!again || *again == *got);  // it may be too long now that blanks are escaped
}

}  // namespace

TK_FUZZ(jwt) {
  static const World w;
  if (auto line = bytes.find('\n'); line != bytes.npos) {
    signed_words(w, bytes.substr(0, line), bytes.substr(line + 1));
    return;
  }
  for (std::string_view prefix : {"tkr_", "tki_"})
    if (auto opaque = read_opaque(prefix, bytes)) TK_PROMISE(spell(prefix, *opaque) == bytes);
  auto got = read(w, bytes);
  if (got) TK_PROMISE(w.good.contains(bytes));
  if (!got) TK_PROMISE(got.error().code == Code::acl_bad_token && !w.good.contains(bytes));
}
