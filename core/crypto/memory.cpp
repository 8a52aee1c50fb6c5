#include "core/crypto/memory.hpp"

#include <openssl/crypto.h>

namespace tk::crypto {
namespace {

void* (*take)(std::size_t) = nullptr;
void* (*resize)(void*, std::size_t) = nullptr;
void (*give_back)(void*) = nullptr;

}  // namespace

bool work_in(void* (*taking)(std::size_t), void* (*resizing)(void*, std::size_t),
             void (*giving)(void*)) {
  take = taking, resize = resizing, give_back = giving;
  return CRYPTO_set_mem_functions(
             [](std::size_t n, const char*, int) { return take(n); },
             [](void* at, std::size_t n, const char*, int) { return resize(at, n); },
             [](void* at, const char*, int) { give_back(at); }) == 1;
}

}  // namespace tk::crypto
