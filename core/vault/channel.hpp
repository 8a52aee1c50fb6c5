// What tk and its broker say to each other over a Unix socket: messages of words, with descriptors
// beside them. A secret never travels here: it is read from a descriptor that came along, and goes
// out on another one.
//
//   8 bytes: how many behind them (32 bits, little endian), how many descriptors (16), 0 (16); then
//   the words, each with a NUL behind it
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace tk::vault {

inline constexpr std::size_t kMostDescriptors = 16, kLongestMessage = 256u << 20;

// A descriptor that is closed when it goes.
class Descriptor {
 public:
  explicit Descriptor(int fd = -1) : fd_(fd) {}
  Descriptor(Descriptor&& other) noexcept : fd_(std::exchange(other.fd_, -1)) {}
  Descriptor& operator=(Descriptor&& other) noexcept;
  ~Descriptor();
  int get() const { return fd_; }
  void close() { *this = Descriptor(); }
  int release() { return std::exchange(fd_, -1); }

 private:
  int fd_;
};

struct Message {
  std::vector<std::string> words;
  std::vector<Descriptor> descriptors;

  std::string_view get(
      std::string_view key) const;  // the rest of the first word "KEY …"; empty where there is none
  std::vector<std::string_view> all(std::string_view key) const;
};

// False where the other side is gone.
bool send(int socket, const std::vector<std::string>& words, std::span<const int> descriptors = {});
// Nothing at the end, or where what came is no message.
std::optional<Message> receive(int socket);

// Two ends of a socket, or of a pipe (what is read, what is written).
std::pair<Descriptor, Descriptor> socket_pair();
std::pair<Descriptor, Descriptor> pipe_pair();

}  // namespace tk::vault
