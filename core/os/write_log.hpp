// In test builds, with TK_RECORD_WRITES=FILE: a log of what reaches the disk and of what was acknowledged,
// appended by all processes, from which tests/fault/powercut.py makes the disk as it would be after a cut.
// A line is "<pid> w <file> <offset> <size> <hex>", "t <file> <size>", "b <file>" and "s <file>" (a flush
// began, was done), "c <file>" (made), "d <file>" (removed), "a <seq>"; the file "." is the folder. A line
// is written after what it tells of, b before it; one that is cut short is of a process that was killed.
// Elsewhere nothing.
#pragma once

#include <cstddef>
#include <cstdint>

namespace tk::os {

#ifdef TK_FAULTS
bool recording();
void record_write(const char* file, std::int64_t offset, const void* bytes, std::size_t size);
void record_event(char kind, const char* file, std::int64_t number = -1);
inline void acknowledged(std::int64_t seq) {
  if (recording()) record_event('a', "", seq);
}
#else
inline void acknowledged(std::int64_t) {}
#endif

}  // namespace tk::os
