#include "core/vault/sealed.hpp"

#include "core/base/base64.hpp"
#include "core/crypto/ed25519.hpp"

namespace tk::vault {
namespace {

// Names hold no newline, so the value begins where it must.
std::string heading(const Place& place) {
  return "tk-secret 1\n" + place.ref + "\n" + place.id + "\n" + std::to_string(place.version) + "\n";
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

}  // namespace tk::vault
