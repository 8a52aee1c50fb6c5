#include "core/os/write_log.hpp"

#ifdef TK_FAULTS
#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

#include <string>
#include <utility>

namespace tk::os {
namespace {

int log_fd() {
  static const int fd = [] {
    const char* path = ::getenv("TK_RECORD_WRITES");
    return path && *path ? ::open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600) : -1;
  }();
  return fd;
}

// One write a line: O_APPEND keeps the lines of many processes whole and in their order. It begins a
// line of its own even where a killed process left half of one.
void put(std::string line) {
  line.insert(0, "\n" + std::to_string(::getpid()) + " ");
  if (::write(log_fd(), line.data(), line.size()) != static_cast<ssize_t>(line.size())) ::abort();
}

}  // namespace

bool recording() { return log_fd() >= 0; }

void record_write(const char* file, std::int64_t offset, const void* bytes, std::size_t size) {
  static constexpr char kDigits[] = "0123456789abcdef";
  auto line = "w " + std::string(file) + " " + std::to_string(offset) + " " + std::to_string(size) + " ";
  const auto* b = static_cast<const unsigned char*>(bytes);
  for (std::size_t i = 0; i < size; ++i) {
    line += kDigits[b[i] >> 4];
    line += kDigits[b[i] & 15];
  }
  put(std::move(line));
}

void record_event(char kind, const char* file, std::int64_t number) {
  auto line = std::string(1, kind) + (*file ? " " + std::string(file) : "");
  put(line + (number >= 0 ? " " + std::to_string(number) : ""));
}

}  // namespace tk::os
#endif
