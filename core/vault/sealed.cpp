#include "core/vault/sealed.hpp"

#include <algorithm>
#include <map>
#include <set>

#include "core/base/base64.hpp"
#include "core/base/text.hpp"
#include "core/crypto/digest.hpp"

namespace tk::vault {
namespace {

constexpr std::string_view kFormat = "tk-vault 1\n", kSigned = "signed ";

// Names hold no newline, so the value begins where it must.
std::string heading(const Place& place) {
  return "tk-secret 1\n" + place.ref + "\n" + place.id + "\n" + std::to_string(place.version) + "\n";
}

std::string line_of(const Sealed& one) {
  return "secret " + one.place.ref + " " + one.place.id + " " + std::to_string(one.place.version) + " " + crypto::sha256_hex(one.value);
}

// The lines without the signature.
std::string body(std::vector<Sealed> all, const std::vector<age::Recipient>& recipients) {
  std::set<std::string> lines;
  for (const auto& one : recipients) lines.insert("recipient " + one.text());
  std::string out(kFormat);
  for (const auto& line : lines) out += line + "\n";
  std::sort(all.begin(), all.end(), [](const auto& a, const auto& b) { return a.place.ref < b.place.ref; });
  for (const auto& one : all) out += line_of(one) + "\n";
  return out;
}

}  // namespace

std::string seal(const Place& place, std::string_view value, std::span<const age::Recipient> recipients) {
  auto text = heading(place);
  text += value;
  auto out = base64::encode(age::encrypt(text, recipients));
  crypto::wipe(text.data(), text.size());
  return out;
}

tl::expected<std::string, age::Failure> open(const Place& place, std::string_view sealed, const age::Keys& keys) {
  auto file = base64::decode(sealed);
  if (!file) return tl::unexpected<age::Failure>({age::Failure::header, "its value is not base64"});
  auto text = age::decrypt(*file, keys);
  if (!text) return text;
  auto expected = heading(place);
  if (!text->starts_with(expected)) {
    crypto::wipe(text->data(), text->size());
    return tl::unexpected<age::Failure>({age::Failure::payload, "it was sealed for another secret, or as another version"});
  }
  auto value = text->substr(expected.size());
  crypto::wipe(text->data(), text->size());
  return value;
}

std::string manifest(std::vector<Sealed> all, std::vector<age::Recipient> recipients, const crypto::SigningKey& key) {
  auto out = body(std::move(all), recipients);
  auto signature = key.sign(out);
  return out + std::string(kSigned) + base64::encode({reinterpret_cast<const char*>(signature.data()), signature.size()}) + "\n";
}

std::vector<std::string> check(std::string_view manifest, const std::vector<Sealed>& all, const std::vector<age::Recipient>& recipients,
                               const crypto::PublicKey& key) {
  auto at = manifest.rfind(std::string("\n") + std::string(kSigned));
  if (!manifest.starts_with(kFormat) || at == manifest.npos || !manifest.ends_with('\n')) return {"the manifest is none of this form"};
  auto signed_part = manifest.substr(0, at + 1);
  auto signature = base64::decode(manifest.substr(at + 1 + kSigned.size(), manifest.size() - at - 2 - kSigned.size()));
  if (!signature || !crypto::VerifyingKey(key).verify(signed_part, *signature)) return {"the manifest was changed, or signed by another key"};
  std::vector<std::string> out;
  std::map<std::string, std::string> told;  // ref, line
  std::set<std::string> known;              // recipients
  for (auto line : text::split(signed_part, '\n')) {
    auto words = text::split(line, ' ');
    if (words.size() == 5 && words[0] == "secret") told.emplace(words[1], line);
    if (words.size() == 2 && words[0] == "recipient") known.emplace(words[1]);
  }
  for (const auto& one : recipients)
    if (known.erase(one.text()) == 0) out.push_back("recipient " + one.text() + " was added, and nobody signed that");
  for (const auto& gone : known) out.push_back("recipient " + gone + " was taken away, and nobody signed that");
  for (const auto& one : all) {
    auto it = told.find(one.place.ref);
    if (it == told.end())
      out.push_back(one.place.ref + " is not in the manifest");
    else if (it->second != line_of(one))
      out.push_back(one.place.ref + " is not what was signed: changed, or of another version");
    if (it != told.end()) told.erase(it);
  }
  for (const auto& [ref, line] : told) out.push_back(ref + " is missing");
  return out;
}

}  // namespace tk::vault
