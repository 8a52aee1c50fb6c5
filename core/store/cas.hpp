// Content-addressed storage: .tk/cas/<2 hex>/<62 hex> named by the SHA-256 of the bytes. A put
// returns when the bytes are on disk; putting what is there costs one look. A get checks the digest.
#pragma once

#include <string>
#include <string_view>

#include "core/base/error.hpp"

namespace tk::store {

class Cas {
 public:
  explicit Cas(std::string root) : root_(std::move(root)) {}
  Result<std::string> put(std::string_view bytes) const;  // the digest in hex
  Result<std::string> get(const std::string& digest) const;

 private:
  std::string path(const std::string& digest) const;
  std::string root_;
};

}  // namespace tk::store
