// What is said of all secrets, under one signature (Ed25519, RFC 8032), so that nothing can be
// changed, taken out, added, put back to an older version or given to another recipient by who has
// no key of the vault. Pure. A file of lines, each part sorted:
//
//   tk-vault 1
//   generation N                    one more each time that it is signed: which of two is the newer
//   recipient AGE1… SIGNER|-        whom secrets are sealed to; with the key that they sign with, if they may set secrets
//   former AGE1…                    who was one
//   secret REF ID VERSION SHA256 READERS
//                                   of what is declared of it (kSigned); READERS: who could ever open this value, by 16
//                                   letters behind age1
//   signed SIGNER SIGNATURE         over the bytes of all lines before it; keys and signatures in base64
//
// There is one spelling: what reads differently is no manifest.
#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/vault/sealed.hpp"

namespace tk::vault {

inline constexpr std::string_view kManifestFile = "vault.manifest";

struct Manifest {
  struct Entry {
    std::string id;
    std::int64_t version = 0;
    std::string sha256;             // digest_of() it
    std::set<std::string> readers;  // by short_name()
    bool operator==(const Entry&) const = default;
  };
  std::int64_t generation = 0;
  std::map<std::string, std::string> recipients;  // signer, or empty
  std::set<std::string> former;
  std::map<std::string, Entry> secrets;  // by ref
  std::string signer, signature;         // base64

  static tl::expected<Manifest, std::string> read(std::string_view text);
  // What a text says of itself, nothing else of it read or verified: which of many are worth that.
  struct Claim {
    std::int64_t generation = 0;
    std::string signer;
  };
  static std::optional<Claim> claim(std::string_view text);
  std::string body() const;  // what is signed
  std::string text() const;
  bool is_signed() const;  // by `signer`, whoever that is
  // `same`: its value is what it was, so whoever could open that before stays among its readers.
  void put(const Place& place, std::string sha256, std::span<const age::Recipient> to, bool same);
};

// What a commit says of the vault, laid beside the law for programs that read no git (.tk/run/vault.idx):
//   COMMIT
//   manifest BLOB                     git's id of its manifest, where it has one
//   newest GENERATION SIGNER BLOB,…   of each who signed one in its history; more than one where that many are of that
//                                     generation, signed beside each other; then an empty line
//   the manifest
struct Laid {
  std::string commit, blob;
  struct Newest {
    std::int64_t generation = 0;
    std::set<std::string> blobs;
    bool operator==(const Newest&) const = default;
  };
  std::map<std::string, Newest> newest;  // by signer
  std::optional<std::string> manifest;
  static std::optional<Laid> read(std::string_view text);
  std::string text() const;
};

// The attributes of a secret that are signed: the value, and all that says who gets it and how.
inline constexpr std::array<std::string_view, 10> kSigned = {
    "env",       "mode",       "rotate-after", "set-at",      "tool",
    "tool-args", "tool-hosts", "tool-profile", "tool-sha256", "value"};
struct Declared {
  Place place;
  std::map<std::string, std::string> attributes;  // also others
};
std::string digest_of(const Declared& secret);

std::string short_name(std::string_view recipient);
std::vector<std::string> signers_of(const Manifest& manifest);

// Why the secrets that there are, and the recipients that are declared, are not those of the
// manifest: a line each.
std::vector<std::string> differences(const Manifest& manifest, const std::vector<Declared>& all,
                                     const std::set<std::string>& recipients);

// What one side alone changed; the refs of what both did stand in `conflicts`. Of a value that both
// sealed anew ours stays. Unsigned.
struct Merged {
  Manifest manifest;
  std::vector<std::string> conflicts;
};
Merged merge(const Manifest& base, const Manifest& ours, const Manifest& theirs);
// The same rule for one secret: 1 ours, 2 theirs, 0 a conflict.
struct Value3 {
  std::int64_t version = 0;  // 0: it is not there
  std::string value;
  bool operator==(const Value3&) const = default;
};
int which(const Value3& base, const Value3& ours, const Value3& theirs);

}  // namespace tk::vault
