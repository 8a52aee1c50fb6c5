// A client that is not the bottleneck: one thread, raw sockets, epoll. Each connection has one request
// under way and sends the next as soon as the answer is there. Prints one line of JSON.
// usage: http_load PORT CONNECTIONS SECONDS PATH <bodies, one a line
#include <arpa/inet.h>
#include <netinet/tcp.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <unistd.h>

#include <algorithm>
#include <charconv>
#include <cstdio>
#include <cstdlib>
#include <iostream>
#include <string>
#include <vector>

#include "core/base/clock.hpp"

namespace {

struct Client {
  int fd = -1;
  std::size_t next = 0;
  std::int64_t sent_ns = 0;
  std::string in;
};

[[noreturn]] void die(const std::string& why) {
  std::fprintf(stderr, "http_load: %s\n", why.c_str());
  std::exit(1);
}

int connect_to(int port) {
  int fd = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in to{};
  to.sin_family = AF_INET;
  to.sin_port = htons(static_cast<std::uint16_t>(port));
  to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  if (::connect(fd, reinterpret_cast<sockaddr*>(&to), sizeof to) != 0) die("cannot connect");
  int one = 1;
  ::setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
  return fd;
}

void send_next(Client& c, const std::vector<std::string>& requests) {
  const auto& r = requests[c.next++ % requests.size()];
  c.sent_ns = tk::clock::monotonic_ns();
  if (::send(c.fd, r.data(), r.size(), MSG_NOSIGNAL) != static_cast<ssize_t>(r.size())) die("cannot send");
}

// Whether the whole answer is there; anything but 200 ends the run.
bool whole(const std::string& in) {
  auto end = in.find("\r\n\r\n");
  if (end == in.npos) return false;
  if (in.compare(9, 3, "200") != 0) die("answered: " + in);
  auto at = in.find("Content-Length: ");
  std::size_t length = 0;
  std::from_chars(in.data() + at + 16, in.data() + end, length);
  return in.size() >= end + 4 + length;
}

double seconds(timeval t) { return static_cast<double>(t.tv_sec) + static_cast<double>(t.tv_usec) / 1e6; }

}  // namespace

int main(int argc, char** argv) {
  if (argc != 5) die("usage: http_load PORT CONNECTIONS SECONDS PATH <bodies");
  int port = std::atoi(argv[1]), connections = std::atoi(argv[2]);
  auto for_ns = static_cast<std::int64_t>(std::atof(argv[3]) * 1e9);
  std::vector<std::string> requests;
  for (std::string body; std::getline(std::cin, body);)
    requests.push_back("POST " + std::string(argv[4]) + " HTTP/1.1\r\nHost: 127.0.0.1:" + argv[1] +
                       "\r\nContent-Type: application/json\r\nContent-Length: " + std::to_string(body.size()) +
                       "\r\n\r\n" + body);
  if (requests.empty()) die("no bodies");
  int poll = ::epoll_create1(EPOLL_CLOEXEC);
  std::vector<Client> clients(static_cast<std::size_t>(connections));
  for (std::size_t i = 0; i < clients.size(); ++i) {
    clients[i].fd = connect_to(port);
    clients[i].next = i * requests.size() / clients.size();
    epoll_event e{};
    e.events = EPOLLIN;
    e.data.u64 = i;
    ::epoll_ctl(poll, EPOLL_CTL_ADD, clients[i].fd, &e);
  }
  std::vector<double> took_us;
  took_us.reserve(1u << 22);
  auto began = tk::clock::monotonic_ns();
  for (auto& c : clients) send_next(c, requests);
  std::vector<char> buffer(1u << 16);
  std::int64_t now = began;
  while (now - began < for_ns) {
    epoll_event events[64];
    int n = ::epoll_wait(poll, events, 64, 1000);
    if (n == 0) die("no answer within a second");
    for (int i = 0; i < n; ++i) {
      auto& c = clients[events[i].data.u64];
      auto got = ::recv(c.fd, buffer.data(), buffer.size(), 0);
      if (got <= 0) die("the server closed a connection");
      c.in.append(buffer.data(), static_cast<std::size_t>(got));
      if (!whole(c.in)) continue;
      now = tk::clock::monotonic_ns();
      took_us.push_back(static_cast<double>(now - c.sent_ns) / 1000);
      c.in.clear();
      send_next(c, requests);
    }
  }
  rusage used{};
  ::getrusage(RUSAGE_SELF, &used);
  std::sort(took_us.begin(), took_us.end());
  auto at = [&](double p) { return took_us[static_cast<std::size_t>(static_cast<double>(took_us.size() - 1) * p)]; };
  double s = static_cast<double>(now - began) / 1e9;
  std::printf("{\"requests\":%zu,\"seconds\":%.2f,\"per_second\":%.0f,\"p50_us\":%.0f,\"p99_us\":%.0f,\"max_us\":%.0f,"
              "\"client_cpu\":%.2f}\n",
              took_us.size(), s, static_cast<double>(took_us.size()) / s, at(.5), at(.99), at(1),
              (seconds(used.ru_utime) + seconds(used.ru_stime)) / s);
}
