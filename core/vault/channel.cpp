#include "core/vault/channel.hpp"

#include <fcntl.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstdint>
#include <cstring>

namespace tk::vault {
namespace {

struct Head {
  std::uint32_t size = 0;
  std::uint16_t descriptors = 0, zero = 0;
};
static_assert(sizeof(Head) == 8);

bool write_whole(int socket, std::string_view bytes) {
  while (!bytes.empty()) {
    auto n = ::send(socket, bytes.data(), bytes.size(), MSG_NOSIGNAL);
    if (n < 0 && errno == EINTR) continue;
    if (n <= 0) return false;
    bytes.remove_prefix(static_cast<std::size_t>(n));
  }
  return true;
}

bool read_whole(int socket, char* to, std::size_t size) {
  while (size > 0) {
    auto n = ::recv(socket, to, size, 0);
    if (n < 0 && errno == EINTR) continue;
    if (n <= 0) return false;
    to += n, size -= static_cast<std::size_t>(n);
  }
  return true;
}

}  // namespace

Descriptor& Descriptor::operator=(Descriptor&& other) noexcept {
  if (fd_ >= 0) ::close(fd_);
  fd_ = std::exchange(other.fd_, -1);
  return *this;
}

Descriptor::~Descriptor() {
  if (fd_ >= 0) ::close(fd_);
}

std::string_view Message::get(std::string_view key) const {
  auto found = all(key);
  return found.empty() ? std::string_view() : found.front();
}

std::vector<std::string_view> Message::all(std::string_view key) const {
  std::vector<std::string_view> out;
  for (std::string_view word : words)
    if (word.starts_with(key) && word.size() > key.size() && word[key.size()] == ' ')
      out.push_back(word.substr(key.size() + 1));
  return out;
}

bool send(int socket, const std::vector<std::string>& words, std::span<const int> descriptors) {
  std::string body;
  for (const auto& word : words) (body += word) += '\0';
  if (descriptors.size() > kMostDescriptors || body.size() > kLongestMessage) return false;
  Head head{static_cast<std::uint32_t>(body.size()), static_cast<std::uint16_t>(descriptors.size()),
            0};
  iovec part{&head, sizeof head};
  alignas(cmsghdr) std::array<char, CMSG_SPACE(sizeof(int) * kMostDescriptors)> room{};
  msghdr message{};
  message.msg_iov = &part;
  message.msg_iovlen = 1;
  if (!descriptors.empty()) {
    message.msg_control = room.data();
    message.msg_controllen = CMSG_SPACE(descriptors.size_bytes());
    auto* first = CMSG_FIRSTHDR(&message);
    first->cmsg_level = SOL_SOCKET;
    first->cmsg_type = SCM_RIGHTS;
    first->cmsg_len = CMSG_LEN(descriptors.size_bytes());
    std::memcpy(CMSG_DATA(first), descriptors.data(), descriptors.size_bytes());
  }
  ssize_t n;
  do n = ::sendmsg(socket, &message, MSG_NOSIGNAL);
  while (n < 0 && errno == EINTR);
  return n == sizeof head && write_whole(socket, body);
}

std::optional<Message> receive(int socket) {
  Head head;
  iovec part{&head, sizeof head};
  alignas(cmsghdr) std::array<char, CMSG_SPACE(sizeof(int) * kMostDescriptors)> room{};
  msghdr message{};
  message.msg_iov = &part;
  message.msg_iovlen = 1;
  message.msg_control = room.data();
  message.msg_controllen = room.size();
  ssize_t n;
  do n = ::recvmsg(socket, &message, MSG_CMSG_CLOEXEC);
  while (n < 0 && errno == EINTR);
  Message out;
  if (auto* first = n > 0 ? CMSG_FIRSTHDR(&message) : nullptr;
      first && first->cmsg_level == SOL_SOCKET && first->cmsg_type == SCM_RIGHTS)
    for (std::size_t i = 0; i < (first->cmsg_len - CMSG_LEN(0)) / sizeof(int); ++i) {
      int fd = -1;
      std::memcpy(&fd, CMSG_DATA(first) + i * sizeof fd, sizeof fd);
      out.descriptors.emplace_back(fd);
    }
  if (n <= 0) return std::nullopt;
  auto left = sizeof head - static_cast<std::size_t>(n);
  if (!read_whole(socket, reinterpret_cast<char*>(&head) + n, left) ||
      head.size > kLongestMessage || head.descriptors != out.descriptors.size())
    return std::nullopt;
  std::string body(head.size, '\0');
  if (!read_whole(socket, body.data(), body.size()) || (!body.empty() && body.back() != '\0'))
    return std::nullopt;
  for (std::size_t at = 0; at < body.size();) {
    auto end = body.find('\0', at);
    out.words.push_back(body.substr(at, end - at));
    at = end + 1;
  }
  return out;
}

std::pair<Descriptor, Descriptor> socket_pair() {
  int fds[2] = {-1, -1};
  if (::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, fds) != 0)
    return std::pair<Descriptor, Descriptor>();
  return {Descriptor(fds[0]), Descriptor(fds[1])};
}

std::pair<Descriptor, Descriptor> pipe_pair() {
  int fds[2] = {-1, -1};
  if (::pipe2(fds, O_CLOEXEC) != 0) return std::pair<Descriptor, Descriptor>();
  return {Descriptor(fds[0]), Descriptor(fds[1])};
}

}  // namespace tk::vault
