#include "core/vault/age.hpp"

#include <algorithm>
#include <vector>

#include "core/base/base64.hpp"
#include "core/base/text.hpp"
#include "core/crypto/ed25519.hpp"
#include "core/crypto/seal.hpp"
#include "core/vault/bech32.hpp"

namespace tk::vault::age {
namespace {

using crypto::Key;
using crypto::Nonce;

constexpr std::string_view kVersion = "age-encryption.org/v1", kX25519Info = "age-encryption.org/v1/X25519", kScryptInfo = "age-encryption.org/v1/scrypt";
constexpr std::string_view kRecipient = "age", kIdentity = "age-secret-key-";
constexpr std::string_view kBegin = "-----BEGIN AGE ENCRYPTED FILE-----", kEnd = "-----END AGE ENCRYPTED FILE-----";
constexpr std::size_t kFileKey = 16, kChunk = 64u << 10, kColumns = 64, kStreamNonce = 16, kSalt = 16;

tl::unexpected<Failure> no(Failure::Kind kind, std::string why) {
  return tl::unexpected<Failure>({kind, std::move(why)});
}

// Base64 without padding.
std::string encode(std::string_view bytes) {
  auto out = base64::encode(bytes);
  while (out.ends_with('=')) out.pop_back();
  return out;
}

std::optional<std::string> decode(std::string_view text) {
  if (text.find('=') != text.npos || text.size() % 4 == 1) return std::nullopt;
  return base64::decode(std::string(text) + std::string((4 - text.size() % 4) % 4, '='));
}

std::optional<Key> key_of(std::string_view bytes) {
  Key out{};
  if (bytes.size() != out.size()) return std::nullopt;
  std::copy(bytes.begin(), bytes.end(), out.begin());
  return out;
}

struct Stanza {
  std::string type;
  std::vector<std::string> args;
  std::string body;

  std::string text() const {
    std::string out = "-> " + type;
    for (const auto& arg : args) out += " " + arg;
    auto encoded = encode(body);
    // The last line is shorter than a whole one, if need be empty.
    for (std::size_t at = 0; at <= encoded.size(); at += kColumns) out += "\n" + encoded.substr(at, kColumns);
    return out + "\n";
  }
};

struct Header {
  std::vector<Stanza> stanzas;
  std::string_view signed_part;  // up to and with "---"
  std::string mac;
  std::string_view payload;
};

// Lines of a header, each ended by a newline.
class Lines {
 public:
  explicit Lines(std::string_view text) : text_(text) {}
  std::optional<std::string_view> next() {
    auto end = text_.find('\n', at_);
    if (end == text_.npos) return std::nullopt;
    auto line = text_.substr(at_, end - at_);
    began_ = std::exchange(at_, end + 1);
    return line;
  }
  std::size_t began() const { return began_; }
  std::string_view rest() const { return text_.substr(at_); }

 private:
  std::string_view text_;
  std::size_t at_ = 0, began_ = 0;
};

bool is_word(std::string_view word) {
  return !word.empty() && std::all_of(word.begin(), word.end(), [](char c) { return c >= 33 && c <= 126; });
}

tl::expected<Header, Failure> read_header(std::string_view file) {
  Header out;
  Lines lines(file);
  auto bad = [](std::string why) { return no(Failure::header, std::move(why)); };
  if (auto first = lines.next(); !first || *first != kVersion) return bad("it is no age file of version 1");
  for (;;) {
    auto line = lines.next();
    if (!line) return bad("its header has no end");
    if (line->starts_with("---")) {
      auto mac = line->starts_with("--- ") ? decode(line->substr(4)) : std::nullopt;
      if (!mac || mac->size() != 32) return bad("the MAC of its header cannot be read");
      if (out.stanzas.empty()) return bad("it is for nobody");
      out.mac = *mac;
      out.signed_part = file.substr(0, lines.began() + 3);
      out.payload = lines.rest();
      return out;
    }
    if (!line->starts_with("-> ")) return bad("a line of its header is none");
    auto words = text::split(line->substr(3), ' ');
    if (words.empty() || !std::all_of(words.begin(), words.end(), is_word)) return bad("a stanza has an empty word, or one that cannot be printed");
    Stanza stanza{std::string(words[0]), {words.begin() + 1, words.end()}, ""};
    std::string body;
    for (bool more = true; more;) {
      auto part = lines.next();
      if (!part || part->size() > kColumns) return bad("a stanza's body has no end, or a line that is too long");
      auto bytes = decode(*part);
      if (!bytes) return bad("a stanza's body is not base64");
      body += *bytes;
      more = part->size() == kColumns;
    }
    stanza.body = std::move(body);
    out.stanzas.push_back(std::move(stanza));
  }
}

std::string mac_of(std::string_view file_key, std::string_view signed_part) {
  auto mac = crypto::hmac_sha256(crypto::view(crypto::hkdf_sha256(file_key, "", "header")), signed_part);
  return {mac.begin(), mac.end()};
}

Key wrapping_key(const Key& shared, const Key& ephemeral, const Key& recipient) {
  return crypto::hkdf_sha256(crypto::view(shared), std::string(crypto::view(ephemeral)) + std::string(crypto::view(recipient)), kX25519Info);
}

// The file key, nothing where it is another's, or what is wrong with the stanza.
using Unwrapped = tl::expected<std::optional<std::string>, Failure>;

Unwrapped unwrap_x25519(const Stanza& stanza, const Identity& identity) {
  if (stanza.type != "X25519") return std::nullopt;
  auto share = stanza.args.size() == 1 ? decode(stanza.args[0]) : std::nullopt;
  auto point = share ? key_of(*share) : std::nullopt;
  if (!point || stanza.body.size() != kFileKey + crypto::kAeadTag) return no(Failure::header, "its X25519 stanza is malformed");
  auto shared = identity.agree(*point);
  if (!shared) return no(Failure::header, "its X25519 stanza has a point of small order");
  return crypto::aead_open(wrapping_key(*shared, *point, identity.recipient().point()), Nonce{}, stanza.body);
}

Unwrapped unwrap_scrypt(const Stanza& stanza, std::string_view passphrase) {
  if (stanza.type != "scrypt") return std::nullopt;
  auto malformed = [] { return no(Failure::header, "its scrypt stanza is malformed"); };
  if (stanza.args.size() != 2) return malformed();
  auto salt = decode(stanza.args[0]);
  const auto& work = stanza.args[1];
  bool number = !work.empty() && work.size() <= 2 && work[0] != '0' && work.find_first_not_of("0123456789") == work.npos;
  if (!salt || salt->size() != kSalt || !number || stanza.body.size() != kFileKey + crypto::kAeadTag) return malformed();
  auto log_n = static_cast<unsigned>(std::stoul(work));
  if (log_n > kMostWork) return no(Failure::header, "its passphrase asks for more work than is done here");
  auto key = crypto::scrypt(passphrase, std::string(kScryptInfo) + *salt, log_n);
  if (!key) return no(Failure::header, "there is no memory for the work that its passphrase asks for");
  return crypto::aead_open(*key, Nonce{}, stanza.body);
}

tl::expected<std::string, Failure> file_key_of(const Header& header, const Keys& keys) {
  const auto& all = header.stanzas;
  if (all.size() > 1 && std::any_of(all.begin(), all.end(), [](const auto& s) { return s.type == "scrypt"; }))
    return no(Failure::header, "a passphrase is not its only recipient");
  for (const auto& stanza : all) {
    for (const auto& identity : keys.identities) {
      auto key = unwrap_x25519(stanza, identity);
      if (!key) return tl::unexpected(key.error());
      if (*key) return **key;
    }
    if (!keys.passphrase) continue;
    auto key = unwrap_scrypt(stanza, *keys.passphrase);
    if (!key) return tl::unexpected(key.error());
    if (*key) return **key;
  }
  return no(Failure::no_match, "none of the keys is one of its recipients'");
}

Nonce chunk_nonce(std::uint64_t counter, bool last) {
  Nonce out{};
  for (std::size_t i = 0; i < 8; ++i) out[10 - i] = static_cast<std::uint8_t>(counter >> 8 * i);
  out[11] = last;
  return out;
}

std::string file_of(std::string_view text, const std::string& file_key, const std::vector<Stanza>& stanzas) {
  std::string out = std::string(kVersion) + "\n";
  for (const auto& stanza : stanzas) out += stanza.text();
  out += "---";
  out += " " + encode(mac_of(file_key, out)) + "\n";
  std::string nonce(kStreamNonce, '\0');
  crypto::random_bytes(nonce.data(), nonce.size());
  out += nonce;
  auto key = crypto::hkdf_sha256(file_key, nonce, "payload");
  std::uint64_t counter = 0;
  do {
    auto chunk = text.substr(0, kChunk);
    text.remove_prefix(chunk.size());
    out += crypto::aead_seal(key, chunk_nonce(counter++, text.empty()), chunk);
  } while (!text.empty());
  crypto::wipe(key.data(), key.size());
  return out;
}

tl::expected<std::string, Failure> text_of(std::string_view payload, const std::string& file_key) {
  if (payload.size() < kStreamNonce) return no(Failure::header, "it ends before its text");
  auto key = crypto::hkdf_sha256(file_key, payload.substr(0, kStreamNonce), "payload");
  payload.remove_prefix(kStreamNonce);
  std::string out;
  out.reserve(payload.size());
  for (std::uint64_t counter = 0;; ++counter) {
    auto chunk = payload.substr(0, kChunk + crypto::kAeadTag);
    payload.remove_prefix(chunk.size());
    bool last = payload.empty();
    auto text = crypto::aead_open(key, chunk_nonce(counter, last), chunk);
    // An empty chunk is the whole text, or none.
    if (!text || (text->empty() && counter > 0)) {
      crypto::wipe(out.data(), out.size());
      return no(Failure::payload, "its text was changed or cut");
    }
    out += *text;
    crypto::wipe(text->data(), text->size());
    if (last) return out;
  }
}

std::string new_file_key() {
  std::string out(kFileKey, '\0');
  crypto::random_bytes(out.data(), out.size());
  return out;
}

}  // namespace

std::optional<Recipient> Recipient::parse(std::string_view text) {
  auto decoded = bech32::decode(text);
  if (!decoded || decoded->prefix != kRecipient || text.find_first_of("ABCDEFGHIJKLMNOPQRSTUVWXYZ") != text.npos) return std::nullopt;
  auto key = key_of(decoded->bytes);
  return key ? std::optional(Recipient(*key)) : std::nullopt;
}

std::string Recipient::text() const {
  return bech32::encode(kRecipient, crypto::view(point_));
}

Identity Identity::generate() {
  Key secret{};
  crypto::random_bytes(secret.data(), secret.size());
  Identity out(secret);
  crypto::wipe(secret.data(), secret.size());
  return out;
}

std::optional<Identity> Identity::parse(std::string_view text) {
  auto decoded = bech32::decode(text);
  if (!decoded || decoded->prefix != kIdentity || text.find_first_of("abcdefghijklmnopqrstuvwxyz") != text.npos) return std::nullopt;
  auto key = key_of(decoded->bytes);
  crypto::wipe(decoded->bytes.data(), decoded->bytes.size());
  return key ? std::optional(Identity(*key)) : std::nullopt;
}

Identity::~Identity() {
  crypto::wipe(secret_.data(), secret_.size());
}

std::string Identity::text() const {
  auto out = bech32::encode(kIdentity, crypto::view(secret_));
  std::transform(out.begin(), out.end(), out.begin(), [](unsigned char c) { return static_cast<char>(std::toupper(c)); });
  return out;
}

std::string encrypt(std::string_view text, std::span<const Recipient> recipients) {
  auto file_key = new_file_key();
  std::vector<Stanza> stanzas;
  for (const auto& recipient : recipients) {
    auto ephemeral = crypto::X25519::generate();
    const auto& share = ephemeral.point();
    // A recipient of small order would make the key everybody's: what is wrapped for it is for nobody.
    auto shared = ephemeral.agree(recipient.point());
    Key key;
    if (shared) key = wrapping_key(*shared, share, recipient.point());
    else crypto::random_bytes(key.data(), key.size());
    stanzas.push_back({"X25519", {encode(crypto::view(share))}, crypto::aead_seal(key, Nonce{}, file_key)});
    crypto::wipe(key.data(), key.size());
  }
  auto out = file_of(text, file_key, stanzas);
  crypto::wipe(file_key.data(), file_key.size());
  return out;
}

std::string encrypt(std::string_view text, std::string_view passphrase, unsigned work) {
  auto file_key = new_file_key();
  std::string salt(kSalt, '\0');
  crypto::random_bytes(salt.data(), salt.size());
  auto key = crypto::scrypt(passphrase, std::string(kScryptInfo) + salt, work);
  if (!key) std::abort();
  auto out = file_of(text, file_key, {{"scrypt", {encode(salt), std::to_string(work)}, crypto::aead_seal(*key, Nonce{}, file_key)}});
  crypto::wipe(key->data(), key->size());
  crypto::wipe(file_key.data(), file_key.size());
  return out;
}

tl::expected<std::string, Failure> decrypt(std::string_view file, const Keys& keys) {
  std::string binary;
  auto begins = file.find_first_not_of(" \t\r\n");
  if (begins != file.npos && file.substr(begins).starts_with("-----BEGIN")) {
    auto read = dearmored(file);
    if (!read) return tl::unexpected(read.error());
    file = binary = std::move(*read);
  }
  auto header = read_header(file);
  if (!header) return tl::unexpected(header.error());
  auto file_key = file_key_of(*header, keys);
  if (!file_key) return file_key;
  if (!crypto::equal(mac_of(*file_key, header->signed_part), header->mac)) return no(Failure::mac, "its header was changed");
  auto out = text_of(header->payload, *file_key);
  crypto::wipe(file_key->data(), file_key->size());
  return out;
}

std::string armored(std::string_view file) {
  auto encoded = base64::encode(file);
  std::string out = std::string(kBegin) + "\n";
  for (std::size_t at = 0; at < encoded.size(); at += kColumns) out += encoded.substr(at, kColumns) + "\n";
  return out + std::string(kEnd) + "\n";
}

tl::expected<std::string, Failure> dearmored(std::string_view text) {
  auto bad = [](std::string why) { return no(Failure::armor, std::move(why)); };
  constexpr std::string_view kBlank = " \t\r\n";
  text.remove_prefix(std::min(text.size(), text.find_first_not_of(kBlank)));
  text = text.substr(0, text.find_last_not_of(kBlank) + 1);
  std::vector<std::string_view> lines;
  for (auto line : text::split(text, '\n')) {
    if (line.ends_with('\r')) line.remove_suffix(1);
    lines.push_back(line);
  }
  if (lines.size() < 2 || lines.front() != kBegin || lines.back() != kEnd) return bad("its armor does not begin and end as it must");
  std::string encoded;
  for (std::size_t i = 1; i + 1 < lines.size(); ++i) {
    bool last = i + 2 == lines.size();
    if (lines[i].empty() || lines[i].size() > kColumns || (!last && lines[i].size() != kColumns)) return bad("a line of its armor has not 64 characters");
    encoded += lines[i];
  }
  auto out = base64::decode(encoded);
  if (!out) return bad("its armor is not base64");
  return *out;
}

}  // namespace tk::vault::age
