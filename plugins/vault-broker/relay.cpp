#include "plugins/vault-broker/relay.hpp"

#include <poll.h>
#include <unistd.h>

#include <cerrno>

#include "core/vault/scrub.hpp"

namespace tk::vault_broker {
namespace {

constexpr std::size_t kRead = 60u << 10;

// Of a descriptor that somebody made so that it does not wait.
bool waits(int fd, short events) {
  if (errno != EAGAIN) return false;
  pollfd ready{fd, events, 0};
  return ::poll(&ready, 1, -1) >= 0 || errno == EINTR;
}

// False at the end; the other side of a terminal that nobody holds any more is an error (EIO),
// which is its end.
bool read_some(int fd, std::string& into) {
  into.resize(kRead);
  ssize_t n;
  do n = ::read(fd, into.data(), into.size());
  while (n < 0 && (errno == EINTR || waits(fd, POLLIN)));
  into.resize(n > 0 ? static_cast<std::size_t>(n) : 0);
  return n > 0;
}

}  // namespace

bool write_whole(int fd, std::string_view bytes) {
  while (!bytes.empty()) {
    auto n = ::write(fd, bytes.data(), bytes.size());
    if (n < 0 && (errno == EINTR || waits(fd, POLLOUT))) continue;
    if (n <= 0) return false;
    bytes.remove_prefix(static_cast<std::size_t>(n));
  }
  return true;
}

std::map<std::string, std::uint64_t> relay_without(const Secrets& secrets, int from, int to) {
  vault::Scrubber scrubber;
  for (const auto& [name, value] : secrets) scrubber.add(name, value);
  std::string bytes;
  bool read_by_somebody = true;
  while (read_by_somebody && read_some(from, bytes))
    read_by_somebody = write_whole(to, scrubber.feed(bytes));
  if (read_by_somebody) write_whole(to, scrubber.finish());
  return scrubber.found();
}

}  // namespace tk::vault_broker
