// A secret as it stands in git: an age file whose text says whose it is, so that a sealed value that was put into another secret's
// place, or an older one put back, is refused. Pure. manifest.hpp has what is said of all of them.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include "core/vault/age.hpp"

namespace tk::vault {

struct Place {
  std::string ref, id;  // secret:acme.web/db, and its entity's id
  std::int64_t version = 1;
};

// One line of base64.
std::string seal(const Place& place, std::string_view value, std::span<const age::Recipient> recipients);
// Failure::payload where it was sealed for another place or version. The caller wipes what it gets.
tl::expected<std::string, age::Failure> open(const Place& place, std::string_view sealed, const age::Keys& keys);

struct Sealed {
  Place place;
  std::string value;  // as seal() gave it
};

}  // namespace tk::vault
