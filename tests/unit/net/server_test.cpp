#include "core/net/server.hpp"

#include <arpa/inet.h>
#include <doctest/doctest.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#include <atomic>
#include <optional>
#include <stdexcept>
#include <thread>

#include "core/os/watch.hpp"

using namespace tk;

namespace {

// A server in a thread of its own, for as long as this stands.
struct Running {
  Running(net::Service service, const net::Limits& limits = {}) : bell(*os::Bell::make()) {
    net::Listen where;
    where.address = "127.0.0.1:0";
    auto made = net::Server::listen(where, std::move(service), limits);
    REQUIRE(made);
    server.emplace(std::move(*made));
    thread = std::thread([this] { ended = server->run(bell.fd()).has_value(); });
  }
  ~Running() {
    bell.ring();
    thread.join();
    CHECK(ended);
  }
  os::Bell bell;
  std::optional<net::Server> server;
  std::atomic<bool> ended{false};
  std::thread thread;
};

// What comes back on one connection until the server closes it, or 5 s are over.
std::string say(int port, std::string_view bytes, bool half_close = true) {
  int fd = ::socket(AF_INET, SOCK_STREAM, 0);
  sockaddr_in to{};
  to.sin_family = AF_INET;
  to.sin_port = htons(static_cast<std::uint16_t>(port));
  to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  REQUIRE(::connect(fd, reinterpret_cast<sockaddr*>(&to), sizeof to) == 0);
  timeval limit{5, 0};
  ::setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit);
  REQUIRE(::send(fd, bytes.data(), bytes.size(), MSG_NOSIGNAL) == static_cast<ssize_t>(bytes.size()));
  if (half_close) ::shutdown(fd, SHUT_WR);
  std::string out;
  char buffer[4096];
  for (ssize_t n; (n = ::recv(fd, buffer, sizeof buffer, 0)) > 0;) out.append(buffer, static_cast<std::size_t>(n));
  ::close(fd);
  return out;
}

net::Service echo() {
  net::Service out;
  out.handle = [](const net::Request& r) {
    if (r.path() == "/throw") throw std::runtime_error("no");
    net::Response response{201, "text/plain", std::string(r.method) + " " + std::string(r.target) + " " + std::string(r.body)};
    response.headers.emplace_back("X-Said", std::string(r.header("x-SAY")) + "\r\nX-Forged: 1");
    return response;
  };
  return out;
}

}  // namespace

TEST_CASE("net: a request reaches the service whole, and its answer goes back whole") {
  Running r(echo());
  auto got = say(r.server->port(), "PUT /a?b=c HTTP/1.1\r\nHost: localhost\r\nX-Say: hi\r\nContent-Length: 4\r\n\r\nbody");
  CHECK(got.starts_with("HTTP/1.1 201 Created\r\n"));
  CHECK(got.ends_with("\r\n\r\nPUT /a?b=c body"));
  CHECK(got.find("\r\nContent-Type: text/plain\r\n") != got.npos);
  CHECK(got.find("\r\nX-Said: hiX-Forged: 1\r\n") != got.npos);  // one header stays one
}

TEST_CASE("net: a service that throws is 500, and its connection goes on") {
  Running r(echo());
  auto got = say(r.server->port(), "GET /throw HTTP/1.1\r\nHost: localhost\r\n\r\nGET /x HTTP/1.1\r\nHost: localhost\r\n\r\n");
  CHECK(got.starts_with("HTTP/1.1 500 "));
  CHECK(got.find("HTTP/1.1 201 ") != got.npos);
}

TEST_CASE("net: a slow request holds up nobody") {
  std::atomic<bool> go{false};
  net::Service service;
  service.slow = [](const net::Request& r) { return r.target == "/slow"; };
  service.handle = [&](const net::Request& r) {
    for (int i = 0; r.target == "/slow" && !go && i < 5000; ++i) ::usleep(1000);
    return net::plain(200, std::string(r.target));
  };
  Running r(std::move(service));
  std::string late;
  std::thread asker([&] { late = say(r.server->port(), "GET /slow HTTP/1.1\r\nHost: localhost\r\n\r\n"); });
  for (int i = 0; i < 20; ++i)
    CHECK(say(r.server->port(), "GET /quick HTTP/1.1\r\nHost: localhost\r\n\r\n").starts_with("HTTP/1.1 200 "));
  go = true;
  asker.join();
  CHECK(late.ends_with("/slow\n"));
}

TEST_CASE("net: time is bounded for the header, the body and the silence between requests") {
  net::Limits limits;
  limits.header_ms = limits.body_ms = limits.idle_ms = 300;
  Running r(echo(), limits);
  auto port = r.server->port();
  CHECK(say(port, "", false).empty());
  CHECK(say(port, "GET / HT", false).empty());
  CHECK(say(port, "PUT / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 9\r\n\r\nhalf", false).empty());
  CHECK(say(port, "GET / HTTP/1.1\r\nHost: localhost\r\n\r\n", false).starts_with("HTTP/1.1 201 "));
}

TEST_CASE("net: sizes are bounded, and said") {
  net::Limits limits;
  limits.header = 1000;
  limits.body = 100;
  Running r(echo(), limits);
  auto port = r.server->port();
  CHECK(say(port, "GET / HTTP/1.1\r\nHost: localhost\r\nX: " + std::string(2000, 'x') + "\r\n\r\n").starts_with("HTTP/1.1 431 "));
  CHECK(say(port, "PUT / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 101\r\n\r\n").starts_with("HTTP/1.1 413 "));
  auto fits = "PUT / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 100\r\n\r\n" + std::string(100, 'x');
  CHECK(say(port, fits).starts_with("HTTP/1.1 201 "));
}

TEST_CASE("net: with every place taken the one that was silent longest leaves") {
  net::Limits limits;
  limits.connections = 2;
  Running r(echo(), limits);
  std::string first;
  std::thread silent([&] { first = say(r.server->port(), "GET /1 HTTP/1.1\r\nHost: localhost\r\n\r\n", false); });
  ::usleep(100'000);
  for (int i = 0; i < 3; ++i)
    CHECK(say(r.server->port(), "GET /2 HTTP/1.1\r\nHost: localhost\r\n\r\n").starts_with("HTTP/1.1 201 "));
  std::thread another([&] { say(r.server->port(), "GET /3 HTTP/1.1\r\nHost: localhost\r\n\r\n", false); });
  ::usleep(100'000);
  CHECK(say(r.server->port(), "GET /4 HTTP/1.1\r\nHost: localhost\r\n\r\n").starts_with("HTTP/1.1 201 "));
  silent.join();
  CHECK(first.starts_with("HTTP/1.1 201 "));
  r.bell.ring();  // lets the other go
  another.join();
}

TEST_CASE("net: only this machine, unless told") {
  for (const auto* address : {"0.0.0.0:0", "[::]:0", "192.0.2.1:0", "example.test:80", "127.0.0.1", "127.0.0.1:99999", ":1", ""}) {
    net::Listen where;
    where.address = address;
    auto made = net::Server::listen(where, echo());
    REQUIRE_FALSE(made);
    CHECK(made.error().code == Code::net_address);
  }
}
