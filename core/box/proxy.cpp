#include "core/box/proxy.hpp"

#include <arpa/inet.h>
#include <fcntl.h>
#include <ifaddrs.h>
#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <chrono>
#include <condition_variable>
#include <cstring>
#include <memory>
#include <mutex>
#include <optional>
#include <thread>
#include <vector>

#include "core/base/text.hpp"

namespace tk::box {
namespace {

constexpr std::size_t kMostHead = 16u << 10, kMostConnections = 128, kMostIdle = 4;
constexpr int kPatience = 30'000;  // ms for a request's head, and for a connection to come about

class Socket {
 public:
  explicit Socket(int fd = -1) : fd_(fd) {}
  Socket(Socket&& other) noexcept : fd_(std::exchange(other.fd_, -1)) {}
  Socket& operator=(Socket&& other) noexcept {
    std::swap(fd_, other.fd_);
    return *this;
  }
  ~Socket() {
    if (fd_ >= 0) ::close(fd_);
  }
  int fd() const { return fd_; }
  explicit operator bool() const { return fd_ >= 0; }

 private:
  int fd_;
};

// What is written goes out; nothing waits for more.
void send_at_once(int fd) {
  int on = 1;
  ::setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
}

bool send_all(int fd, std::string_view bytes) {
  while (!bytes.empty()) {
    auto n = ::send(fd, bytes.data(), bytes.size(), MSG_NOSIGNAL);
    if (n < 0 && errno == EINTR) continue;
    if (n <= 0) return false;
    bytes.remove_prefix(static_cast<std::size_t>(n));
  }
  return true;
}

// A host as law is asked about it. Forms of an address that only a resolver understands (0x7f.1, 2130706433) are no names.
std::optional<Destination> destination(std::string_view host, std::string_view port) {
  Destination out;
  auto [end, error] = std::from_chars(port.data(), port.data() + port.size(), out.port);
  if (error != std::errc() || end != port.data() + port.size() || out.port == 0) return std::nullopt;
  if (host.ends_with('.')) host.remove_suffix(1);
  if (host.empty() || host.size() > 64 || host.front() == '-' || host.front() == '.') return std::nullopt;
  for (char c : host) {
    if (!std::isalnum(static_cast<unsigned char>(c)) && c != '-' && c != '.' && c != '_') return std::nullopt;
    out.host += static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  }
  in_addr address{};
  auto last = out.host.substr(out.host.rfind('.') + 1);
  bool numeric = last.starts_with("0x") || last.find_first_not_of("0123456789") == last.npos;
  if (numeric && ::inet_pton(AF_INET, out.host.c_str(), &address) != 1) return std::nullopt;
  return out;
}

// Whether one of this machine's interfaces has it.
bool is_ours(const sockaddr* address) {
  ifaddrs* all = nullptr;
  if (::getifaddrs(&all) != 0) return true;
  std::unique_ptr<ifaddrs, void (*)(ifaddrs*)> list(all, ::freeifaddrs);
  for (auto* one = all; one; one = one->ifa_next) {
    if (!one->ifa_addr || one->ifa_addr->sa_family != address->sa_family) continue;
    if (address->sa_family == AF_INET && std::memcmp(&reinterpret_cast<const sockaddr_in*>(address)->sin_addr,
                                                     &reinterpret_cast<const sockaddr_in*>(one->ifa_addr)->sin_addr, sizeof(in_addr)) == 0)
      return true;
    if (address->sa_family == AF_INET6 && std::memcmp(&reinterpret_cast<const sockaddr_in6*>(address)->sin6_addr,
                                                      &reinterpret_cast<const sockaddr_in6*>(one->ifa_addr)->sin6_addr, sizeof(in6_addr)) == 0)
      return true;
  }
  return false;
}

// What a name of somebody else's must not lead to: this machine, its link, nobody.
bool of_this_machine(const sockaddr* address) {
  if (is_ours(address)) return true;
  if (address->sa_family == AF_INET) {
    auto a = ntohl(reinterpret_cast<const sockaddr_in*>(address)->sin_addr.s_addr);
    return (a >> 24) == 127 || (a >> 24) == 0 || (a >> 16) == 0xa9fe || (a >> 28) >= 14;
  }
  const auto& six = reinterpret_cast<const sockaddr_in6*>(address)->sin6_addr;
  return IN6_IS_ADDR_LOOPBACK(&six) || IN6_IS_ADDR_LINKLOCAL(&six) || IN6_IS_ADDR_UNSPECIFIED(&six) || IN6_IS_ADDR_MULTICAST(&six) ||
         IN6_IS_ADDR_V4MAPPED(&six);
}

// `ending`: readable when nobody waits any more.
Socket connect_to(const Destination& to, int ending, std::string& why) {
  addrinfo hints{}, *found = nullptr;
  hints.ai_socktype = SOCK_STREAM;
  in_addr literal{};
  if (::inet_pton(AF_INET, to.host.c_str(), &literal) == 1) hints.ai_flags = AI_NUMERICHOST | AI_NUMERICSERV;
  bool named = to.host == "localhost" || ::inet_pton(AF_INET, to.host.c_str(), &literal) == 1;
  if (int rc = ::getaddrinfo(to.host.c_str(), std::to_string(to.port).c_str(), &hints, &found); rc != 0) {
    why = ::gai_strerror(rc);
    return Socket();
  }
  std::unique_ptr<addrinfo, void (*)(addrinfo*)> list(found, ::freeaddrinfo);
  why = "nobody answers";
  for (auto* a = found; a; a = a->ai_next) {
    if (!named && of_this_machine(a->ai_addr)) {
      why = "its name leads to this machine";
      continue;
    }
    Socket out(::socket(a->ai_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
    if (!out) continue;
    if (::connect(out.fd(), a->ai_addr, a->ai_addrlen) != 0) {
      std::array<pollfd, 2> ready{{{out.fd(), POLLOUT, 0}, {ending, POLLIN, 0}}};
      int error = errno;
      if (error == EINPROGRESS) error = ::poll(ready.data(), ready.size(), kPatience) < 1 || ready[1].revents ? ETIMEDOUT : 0;
      socklen_t size = sizeof error;
      if (error == 0) ::getsockopt(out.fd(), SOL_SOCKET, SO_ERROR, &error, &size);
      if (error != 0) {
        why = std::strerror(error);
        continue;
      }
    }
    ::fcntl(out.fd(), F_SETFL, ::fcntl(out.fd(), F_GETFL) & ~O_NONBLOCK);
    send_at_once(out.fd());
    return out;
  }
  return Socket();
}

// Bytes both ways until both sides have said all.
void relay(int a, int b) {
  std::array<char, 64u << 10> buffer;
  std::array<pollfd, 2> fds{{{a, POLLIN, 0}, {b, POLLIN, 0}}};
  int open = 2;
  while (open > 0) {
    if (::poll(fds.data(), fds.size(), -1) < 0) {
      if (errno == EINTR) continue;
      return;
    }
    for (std::size_t i = 0; i < 2; ++i) {
      if (!(fds[i].revents & (POLLIN | POLLHUP | POLLERR))) continue;
      int to = i == 0 ? b : a;
      auto n = ::recv(fds[i].fd, buffer.data(), buffer.size(), 0);
      if (n < 0 && (errno == EINTR || errno == EAGAIN)) continue;
      if (n > 0 && send_all(to, {buffer.data(), static_cast<std::size_t>(n)})) continue;
      if (n > 0) return;
      ::shutdown(to, SHUT_WR);
      fds[i].fd = -1;
      --open;
    }
  }
}

}  // namespace

struct Proxy::State : std::enable_shared_from_this<Proxy::State> {
  State(int fd, Way w) : listener(fd), way(std::move(w)), stop(::eventfd(0, EFD_CLOEXEC)) {}

  // Nobody is answered any more, and no connection goes on. A thread that resolves a name still holds this for a while.
  void end() {
    {
      std::lock_guard lock(mutex);
      ending = true;
      for (int fd : open) ::shutdown(fd, SHUT_RDWR);
    }
    std::uint64_t one = 1;
    static_cast<void>(!::write(stop.fd(), &one, sizeof one));
    ::shutdown(listener.fd(), SHUT_RDWR);  // accept() ends
    for (std::unique_lock lock(mutex); taking > 0 || asking > 0;) gone.wait(lock);
  }

  // Law's word. Whoever ends the box may hold the turn meanwhile.
  std::string ask(const Destination& to) {
    static constexpr std::chrono::milliseconds kLook(10);
    {
      std::lock_guard lock(mutex);
      if (ending) return "the box ends";
      ++asking;
    }
    std::string out = "the box ends";
    for (std::unique_lock turn(*way.turn, std::defer_lock); !turn.owns_lock();) {
      // By the clock of the wall: ThreadSanitizer does not see a lock that is waited for by the other one.
      if (turn.try_lock_until(std::chrono::system_clock::now() + kLook)) out = way.ask(to);
      std::lock_guard lock(mutex);
      if (ending) break;
    }
    std::lock_guard lock(mutex);
    --asking;
    gone.notify_all();
    return out;
  }

  // Remembers a descriptor as long as it is open, so that the end of all reaches it.
  class Held {
   public:
    Held(State& state, int fd) : state_(state), fd_(fd) {
      std::lock_guard lock(state_.mutex);
      state_.open.push_back(fd);
      if (state_.ending) ::shutdown(fd, SHUT_RDWR);
    }
    ~Held() {
      std::lock_guard lock(state_.mutex);
      std::erase(state_.open, fd_);
    }
    Held(const Held&) = delete;

   private:
    State& state_;
    int fd_;
  };

  void start_worker();  // holding the mutex
  void work();
  void serve(Socket client);
  void serve_http(int client, std::string head);
  void serve_socks(int client, std::string head);
  void pass(int client, const Destination& to, std::string_view first, const std::function<void(const std::string& why, bool denied)>& no,
            std::string_view yes);

  Socket listener;
  Way way;
  Socket stop;  // readable when it ends
  std::mutex mutex;
  std::condition_variable gone;
  std::vector<int> open;
  bool ending = false;
  std::size_t threads = 0, taking = 0, asking = 0;  // all; those that wait for a connection; for law
};

void Proxy::State::start_worker() {
  ++threads, ++taking;
  std::thread([self = shared_from_this()] { self->work(); }).detach();
}

// Takes connections and serves them one after the other; there is always somebody who takes, up to the most that there may be.
void Proxy::State::work() {
  for (;;) {
    Socket client(::accept4(listener.fd(), nullptr, nullptr, SOCK_CLOEXEC));
    if (!client && errno != EINVAL) {
      if (errno != EINTR) ::poll(nullptr, 0, 10);  // no descriptors left: some will come back
      std::lock_guard lock(mutex);
      if (!ending) continue;
    }
    bool over = !client;
    {
      std::lock_guard lock(mutex);
      --taking;
      over = over || ending;
      if (!over && taking == 0 && threads < kMostConnections) start_worker();
    }
    if (!over) serve(std::move(client));
    std::lock_guard lock(mutex);
    if (over || ending || taking >= kMostIdle) {
      --threads;
      gone.notify_all();
      return;
    }
    ++taking;
  }
}

void Proxy::State::serve(Socket client) {
  Held held(*this, client.fd());
  send_at_once(client.fd());
  timeval patience{kPatience / 1000, 0};
  ::setsockopt(client.fd(), SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
  std::string head;
  std::array<char, 4096> buffer;
  do {
    auto n = ::recv(client.fd(), buffer.data(), buffer.size(), 0);
    if (n <= 0) return;
    head.append(buffer.data(), static_cast<std::size_t>(n));
    if (head[0] == 5) return serve_socks(client.fd(), std::move(head));
    if (head.size() > kMostHead)
      return static_cast<void>(send_all(client.fd(), "HTTP/1.1 431 Request Header Fields Too Large\r\nConnection: close\r\n\r\n"));
  } while (head.find("\r\n\r\n") == head.npos);
  serve_http(client.fd(), std::move(head));
}

void Proxy::State::pass(int client, const Destination& to, std::string_view first, const std::function<void(const std::string&, bool)>& no,
                        std::string_view yes) {
  if (auto why = ask(to); !why.empty()) return no(why, true);
  std::string why;
  auto upstream = connect_to(to, stop.fd(), why);
  if (!upstream) return no(to.host + ": " + why, false);
  Held held(*this, upstream.fd());
  if (send_all(client, yes) && send_all(upstream.fd(), first)) relay(client, upstream.fd());
}

void Proxy::State::serve_http(int client, std::string head) {
  auto no = [&](const std::string& why, bool denied) {
    auto body = "tk: " + text::printable(why) + "\n";
    send_all(client, std::string(denied ? "HTTP/1.1 403 Forbidden" : "HTTP/1.1 502 Bad Gateway") +
                         "\r\nContent-Type: text/plain; charset=utf-8\r\nConnection: close\r\nContent-Length: " + std::to_string(body.size()) +
                         "\r\n\r\n" + body);
  };
  auto bad = [&] { send_all(client, "HTTP/1.1 400 Bad Request\r\nConnection: close\r\nContent-Length: 0\r\n\r\n"); };
  auto line = std::string_view(head).substr(0, head.find("\r\n"));
  auto words = text::split(line, ' ');
  if (words.size() != 3 || !words[2].starts_with("HTTP/1.")) return bad();
  std::string_view target = words[1];
  bool tunnel = words[0] == "CONNECT";
  if (!tunnel) {
    if (!target.starts_with("http://")) return bad();
    target.remove_prefix(7);
  }
  auto authority = target.substr(0, target.find_first_of("/?#"));
  auto colon = authority.rfind(':');
  if (authority.find('@') != authority.npos || (tunnel && colon == authority.npos)) return bad();
  auto to = destination(authority.substr(0, colon), colon == authority.npos ? "80" : authority.substr(colon + 1));
  if (!to) return bad();
  auto body = head.find("\r\n\r\n");
  if (tunnel) return pass(client, *to, std::string_view(head).substr(body + 4), no, "HTTP/1.1 200 Connection established\r\n\r\n");
  // To an origin server, one request for one connection: the next one may be for somebody else.
  auto path = std::string(target.substr(authority.size()));
  std::string sent = std::string(words[0]) + " " + (path.starts_with('/') ? path : "/" + path) + " " + std::string(words[2]) + "\r\n";
  for (auto field : text::split(std::string_view(head).substr(line.size() + 2, body - line.size() - 2), '\n')) {
    if (field.ends_with('\r')) field.remove_suffix(1);
    std::string name(field.substr(0, field.find(':')));
    std::transform(name.begin(), name.end(), name.begin(), [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
    if (field.empty() || name == "connection" || name == "proxy-connection" || name == "proxy-authorization" || name == "keep-alive" ||
        name == "host")
      continue;
    sent += std::string(field) + "\r\n";
  }
  sent += "Host: " + std::string(authority) + "\r\nConnection: close\r\n\r\n" + head.substr(body + 4);
  pass(client, *to, sent, no, "");
}

void Proxy::State::serve_socks(int client, std::string head) {
  auto want = [&](std::size_t bytes) {
    while (head.size() < bytes) {
      std::array<char, 512> buffer;
      auto n = ::recv(client, buffer.data(), std::min(buffer.size(), bytes - head.size()), 0);
      if (n <= 0) return false;
      head.append(buffer.data(), static_cast<std::size_t>(n));
    }
    return true;
  };
  auto byte = [&](std::size_t i) { return static_cast<std::size_t>(static_cast<unsigned char>(head[i])); };
  auto reply = [&](char code) { send_all(client, std::string("\x05") + code + std::string("\0\x01\0\0\0\0\0\0", 8)); };
  if (!want(2) || !want(2 + byte(1))) return;
  auto greeting = 2 + byte(1);
  if (head.substr(2, byte(1)).find('\0') == head.npos) return static_cast<void>(send_all(client, "\x05\xff"));
  if (!send_all(client, std::string_view("\x05\0", 2))) return;
  head.erase(0, greeting);  // who is sure of the answer sends on
  if (!want(5) || byte(0) != 5) return;
  if (byte(1) != 1) return reply(7);
  std::string host;
  std::size_t at = 4;
  if (byte(3) == 1) {
    if (!want(10)) return;
    char text[INET_ADDRSTRLEN];
    host = ::inet_ntop(AF_INET, head.data() + 4, text, sizeof text);
    at = 8;
  } else if (byte(3) == 3) {
    at = 5 + byte(4);
    if (!want(at + 2)) return;
    host = head.substr(5, byte(4));
  } else {
    return reply(8);  // law is asked about names and IPv4 addresses
  }
  auto to = destination(host, std::to_string(byte(at) << 8 | byte(at + 1)));
  if (!to) return reply(1);
  auto no = [&](const std::string&, bool denied) { reply(denied ? 2 : 5); };
  pass(client, *to, std::string_view(head).substr(at + 2), no, std::string_view("\x05\0\0\x01\0\0\0\0\0\0", 10));
}

Result<Proxy> Proxy::start(int listener, Way way) {
  auto state = std::make_shared<State>(listener, std::move(way));
  if (!state->stop || !state->way.ask || !state->way.turn) return fail(Code::box_layer, "net: nobody to ask for the proxy, or no descriptors");
  std::lock_guard lock(state->mutex);
  state->start_worker();
  return Proxy(state);
}

Proxy::Proxy(std::shared_ptr<State> state) : state_(std::move(state)) {}
Proxy::Proxy(Proxy&&) noexcept = default;
Proxy::~Proxy() {
  if (state_) state_->end();
}

}  // namespace tk::box
