#include "core/acl/keys.hpp"

#include <algorithm>

#include "core/acl/keyfile.hpp"
#include "core/base/base64.hpp"
#include "core/base/clock.hpp"
#include "core/base/ids.hpp"
#include "core/os/file.hpp"

namespace tk::acl {
namespace {

std::int64_t now_ms() { return clock::now_ns() / 1'000'000; }

std::string file_of(std::int64_t serial) { return "token-" + std::to_string(serial) + ".key"; }

std::string_view bytes_of(const crypto::PublicKey& key) {
  return {reinterpret_cast<const char*>(key.data()), key.size()};
}

Result<crypto::SigningKey> seed_of(const std::string& folder, std::int64_t serial, bool make) {
  TK_TRY(auto bytes, make ? read_or_make_key(folder, file_of(serial), sizeof(crypto::Seed))
                          : read_key(folder, file_of(serial), sizeof(crypto::Seed)));
  crypto::Seed seed{};
  std::copy(bytes.begin(), bytes.end(), seed.begin());
  auto key = crypto::SigningKey::from_seed(seed);
  crypto::wipe(seed.data(), seed.size());
  crypto::wipe(bytes.data(), bytes.size());
  return key;
}

// One process at a time makes and turns keys.
class Ring {
 public:
  static Result<Ring> open(record::Store& store, const KeyPlace& place, const record::Actor& by,
                           const trace::Context& trace) {
    TK_CHECK(os::make_directories(place.folder, 0700));
    TK_TRY(auto lock, os::Lock::wait(place.folder + "/.ring", Code::os_io));
    return Ring(store, place, by, trace, std::move(lock));
  }

  // tk owes these: whoever needs a key first makes it.
  Result<KeyRing> complete() {
    TK_TRY(auto ring, KeyRing::load(store_));
    if (!ring.in("next")) TK_CHECK(make(ring));
    if (!ring.in("current")) {
      auto turned = change();
      turned.id = ring.in("next")->record;
      turned.event = "rotate";
      turned.owed = "keys";
      TK_CHECK(store_.apply(std::move(turned)));
      TK_CHECK(make(ring));
    }
    return ring;
  }

  record::Change change() const {
    record::Change c;
    c.actor = by_;
    c.trace = trace::child(trace_);
    return c;
  }

 private:
  Ring(record::Store& store, const KeyPlace& place, const record::Actor& by, const trace::Context& trace, os::Lock lock)
      : store_(store), place_(place), by_(by), trace_(trace), lock_(std::move(lock)) {}

  Result<void> make(KeyRing& ring) {
    std::int64_t serial = 1;
    for (const auto& k : ring.keys()) serial = std::max(serial, k.serial + 1);
    TK_TRY(auto key, seed_of(place_.folder, serial, true));
    auto c = change();
    c.type = "key";
    c.id = ids::uuid7();
    c.context = place_.context;
    c.name = jwt::thumbprint(key.public_key());
    c.input = {{"serial", serial}, {"public", base64::encode_url(bytes_of(key.public_key()))}, {"until", std::int64_t{0}}};
    c.owed = "keys";
    TK_CHECK(store_.apply(std::move(c)));
    TK_TRY(ring, KeyRing::load(store_));
    return {};
  }

  record::Store& store_;
  const KeyPlace& place_;
  const record::Actor& by_;
  const trace::Context& trace_;
  os::Lock lock_;
};

}  // namespace

Result<KeyRing> KeyRing::load(record::Store& store) {
  KeyRing out;
  TK_TRY(auto records, store.list("key"));
  for (const auto& r : records) {
    Key key{r.name, r.id, r.state, r.fields.at("serial").integer(), r.fields.at("until").integer(), {}};
    auto bytes = base64::decode_url(r.fields.at("public").text());
    if (!bytes || bytes->size() != key.point.size())
      return fail(Code::acl_key, "the record of key " + r.name + " holds no Ed25519 key", "tk log verify");
    std::copy(bytes->begin(), bytes->end(), key.point.begin());
    out.verifying_.emplace_back(key.point);
    out.keys_.push_back(std::move(key));
  }
  return out;
}

const crypto::VerifyingKey* KeyRing::find(std::string_view kid, std::int64_t now) const {
  for (std::size_t i = 0; i < keys_.size(); ++i)
    if (keys_[i].kid == kid) return counts(keys_[i], now) ? &verifying_[i] : nullptr;
  return nullptr;
}

const Key* KeyRing::in(std::string_view state) const {
  for (const auto& k : keys_)
    if (k.state == state) return &k;
  return nullptr;
}

Value KeyRing::jwks(std::int64_t now) const {
  Value::List keys;
  for (const auto& k : keys_)
    if (counts(k, now))
      keys.push_back(Value::Map{{"kty", "OKP"}, {"crv", "Ed25519"}, {"alg", "EdDSA"}, {"use", "sig"}, {"kid", k.kid},
                                {"x", base64::encode_url(bytes_of(k.point))}});
  return Value::Map{{"keys", std::move(keys)}};
}

Result<Signer> signer(record::Store& store, const KeyPlace& place, const record::Actor& by, const trace::Context& trace) {
  TK_TRY(auto ring, KeyRing::load(store));
  if (!ring.in("current") || !ring.in("next")) {
    TK_TRY(auto maker, Ring::open(store, place, by, trace));
    TK_TRY(ring, maker.complete());
  }
  const auto* current = ring.in("current");
  auto key = seed_of(place.folder, current->serial, false);
  if (!key && key.error().code != Code::os_not_found) return fail(key.error());
  if (!key || key->public_key() != current->point)
    return fail(Code::acl_key, file_of(current->serial) + " in .tk/keys is not there, or not what it was",
                "put it back from your backup, or make new ones: tk acl keys rotate");
  return Signer{std::move(*key), current->kid};
}

Result<KeyRing> rotate(record::Store& store, const KeyPlace& place, const record::Actor& by,
                       const trace::Context& trace, const std::string& reason, bool at_once) {
  TK_TRY(auto maker, Ring::open(store, place, by, trace));
  TK_TRY(auto ring, maker.complete());
  auto until = now_ms() + (at_once ? 0 : (jwt::kLongest + jwt::kSkew) * 1000);
  std::vector<record::Change> batch;
  for (const auto& k : ring.keys()) {
    bool counts = k.state != "retired" || k.until_ms > until;
    bool turned = !at_once && k.state == "next";
    bool retired = at_once ? counts : k.state == "current";
    if (!turned && !retired) continue;
    auto c = maker.change();
    c.id = k.record;
    c.reason = reason;
    c.event = turned ? "rotate" : "retire";
    if (retired) c.input = {{"until", until}};
    batch.push_back(std::move(c));
  }
  TK_CHECK(store.apply(std::move(batch)));
  TK_TRY(ring, maker.complete());
  // Seeds of keys that verify nothing any more are of no use but to a thief.
  for (const auto& k : ring.keys()) {
    auto file = place.folder + "/" + file_of(k.serial);
    if (k.state == "retired" && k.until_ms <= now_ms() && os::exists(file)) TK_CHECK(os::remove_file(file));
  }
  return ring;
}

}  // namespace tk::acl
