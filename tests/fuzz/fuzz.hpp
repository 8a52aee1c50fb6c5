// One fuzz target is one file <name>_fuzz.cpp: TK_FUZZ(name) { … bytes … }. Built for libFuzzer
// (preset `fuzz`) it is a program of its own; in every other preset the same function is registered
// and driven by replay.cpp over the seeds, the inputs of found bugs and a few seeded mutations.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <string_view>

namespace tk::fuzz {

using Target = void (*)(std::string_view bytes);

// A promise of tk that the input broke: libFuzzer and replay.cpp both keep what aborts.
inline void promise(bool kept, const char* what, const char* file, int line) {
  if (kept) return;
  std::fprintf(stderr, "%s:%d: promise broken: %s\n", file, line, what);
  std::abort();
}

struct Registered {
  Registered(const char* name, Target target);
};

}  // namespace tk::fuzz

#define TK_PROMISE(condition) ::tk::fuzz::promise((condition), #condition, __FILE__, __LINE__)

#ifdef TK_LIBFUZZER
#define TK_FUZZ_ENTRY(name)                                                             \
  extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {   \
    fuzz_##name(size ? std::string_view(reinterpret_cast<const char*>(data), size)      \
                     : std::string_view(""));                                           \
    return 0;                                                                           \
  }
#else
#define TK_FUZZ_ENTRY(name) static const ::tk::fuzz::Registered registered_##name(#name, fuzz_##name);
#endif

#define TK_FUZZ(name)                             \
  static void fuzz_##name(std::string_view bytes); \
  TK_FUZZ_ENTRY(name)                             \
  static void fuzz_##name(std::string_view bytes)
