// Whose memory OpenSSL works in.
#pragma once

#include <cstddef>

namespace tk::crypto {

// From now on these give it and take it back. Before anything else of this room is called; false:
// too late.
bool work_in(void* (*take)(std::size_t), void* (*resize)(void*, std::size_t),
             void (*give_back)(void*));

}  // namespace tk::crypto
