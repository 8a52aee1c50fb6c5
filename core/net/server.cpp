#include "core/net/server.hpp"

#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <charconv>

#include "core/net/detail/connection.hpp"
#include "core/os/file.hpp"
#include "core/os/shared.hpp"

namespace tk::net {
namespace {

using namespace detail;
using Tcp = asio::ip::tcp;
using Unix = asio::local::stream_protocol;

constexpr int kSweepMs = 250, kRetryMs = 100;

Result<Tcp::endpoint> parse_address(const std::string& text, bool beyond) {
  auto bad = [&](std::string why) {
    return fail(Code::net_address, std::move(why) + ": " + text, "write it like 127.0.0.1:8080; port 0 takes a free one");
  };
  auto colon = text.rfind(':');
  if (colon == text.npos) return bad("no port in the address");
  auto host = text.substr(0, colon);
  unsigned port = 0;
  auto* end = text.data() + text.size();
  auto [at, problem] = std::from_chars(text.data() + colon + 1, end, port);
  if (problem != std::errc() || at != end || port > 65535) return bad("no such port");
  if (host.size() > 2 && host.front() == '[' && host.back() == ']') host = host.substr(1, host.size() - 2);
  if (host == "localhost") host = "127.0.0.1";
  error_code e;
  auto address = asio::ip::make_address(host, e);
  if (e) return bad("not an address of a network");
  if (!address.is_loopback() && !beyond)
    return fail(Code::net_address, host + " can be reached from other machines",
                "listen on 127.0.0.1, and put a proxy with TLS before it");
  return Tcp::endpoint(address, static_cast<std::uint16_t>(port));
}

Error cannot_listen(const error_code& e, const std::string& where) {
  bool taken = e == asio::error::address_in_use;
  return {taken ? Code::net_in_use : Code::net_failed, "cannot listen on " + where + ": " + e.message(), {},
          taken ? "end the other program, or let port 0 find a free one" : "", nullptr};
}

}  // namespace

struct Server::Core {
  Core(Service service, const Limits& limits) : shared(loop, std::move(service), limits) {}

  asio::io_context loop{1};
  Connections shared;
  Tcp::acceptor tcp{loop};
  Unix::acceptor local{loop};
  asio::steady_timer sweeping{loop}, grace{loop}, end_at{loop};
  asio::posix::stream_descriptor stop{loop};
  Tcp::endpoint bound;
  std::string path;
  os::FileIdentity file;
  bool swept = false;
  int grace_left = 0;

  ~Core() {
    shared.worker.stop();
    shared.worker.join();
    shared.close_all();
    // Only our own: another server may have taken the place meanwhile.
    if (!path.empty() && os::identity_of(path) == file) ::unlink(path.c_str());
  }

  Result<void> open_tcp(const Listen& where);
  Result<void> open_local(const std::string& socket);
  template <class Acceptor>
  void accept(Acceptor& acceptor, bool is_tcp);
  void sweep();
  void end();
  void leave_when_empty();
};

Result<void> Server::Core::open_tcp(const Listen& where) {
  TK_TRY(auto endpoint, parse_address(where.address, where.beyond_this_machine));
  error_code e;
  tcp.open(endpoint.protocol(), e);
  if (!e) tcp.set_option(Tcp::acceptor::reuse_address(true), e);
  if (!e) tcp.bind(endpoint, e);
  if (!e) tcp.listen(1024, e);
  if (!e) bound = tcp.local_endpoint(e);
  if (e) return fail(cannot_listen(e, where.address));
  if (!where.beyond_this_machine) {
    shared.names = {"localhost", "127.0.0.1", "[::1]", endpoint.address().to_string()};
    shared.names.insert(shared.names.end(), where.names.begin(), where.names.end());
  }
  return {};
}

Result<void> Server::Core::open_local(const std::string& socket) {
  if (socket.size() >= sizeof(sockaddr_un::sun_path))
    return fail(Code::net_address, "the path of a unix socket has at most 107 bytes: " + socket, "choose a shorter one");
  struct stat st{};
  if (::lstat(socket.c_str(), &st) == 0) {
    if (!S_ISSOCK(st.st_mode)) return fail(Code::net_in_use, socket + " is there and no socket", "choose another path");
    Unix::socket probe(loop);
    error_code e;
    probe.connect(Unix::endpoint(socket), e);
    if (!e) return fail(Code::net_in_use, "another server listens on " + socket, "choose another path");
    TK_CHECK(os::remove_file(socket));  // left behind by one that was killed
  }
  error_code e;
  local.open(Unix(), e);
  // Its rights are there before its name is: nobody else ever connects.
  if (!e && ::fchmod(local.native_handle(), 0600) != 0) e.assign(errno, boost::system::system_category());
  if (!e) local.bind(Unix::endpoint(socket), e);
  if (!e) {
    path = socket;
    file = os::identity_of(socket);
    if (::lstat(socket.c_str(), &st) != 0 || (st.st_mode & 0777) != 0600) ::chmod(socket.c_str(), 0600);
    local.listen(1024, e);
  }
  if (e) return fail(cannot_listen(e, socket));
  return {};
}

template <class Acceptor>
void Server::Core::accept(Acceptor& acceptor, bool is_tcp) {
  auto socket = std::make_shared<Socket>(loop);
  acceptor.async_accept(*socket, [this, &acceptor, is_tcp, socket](error_code e) {
    if (e == asio::error::operation_aborted || shared.stopping) return;
    if (!e) {
      shared.accept(std::move(*socket), is_tcp);
      if (!swept) sweep();
      return accept(acceptor, is_tcp);
    }
    // No descriptor left, most likely: others must end first.
    auto retry = std::make_shared<asio::steady_timer>(loop, std::chrono::milliseconds(kRetryMs));
    retry->async_wait([this, &acceptor, is_tcp, retry](error_code aborted) {
      if (!aborted) accept(acceptor, is_tcp);
    });
  });
}

// Runs while anybody is connected: an idle server sleeps.
void Server::Core::sweep() {
  swept = !shared.all.empty();
  if (!swept) return;
  sweeping.expires_after(std::chrono::milliseconds(kSweepMs));
  sweeping.async_wait([this](error_code e) {
    if (e) return;
    shared.sweep();
    sweep();
  });
}

void Server::Core::end() {
  if (shared.stopping) return;
  error_code ignored;
  tcp.close(ignored);
  local.close(ignored);
  shared.stop();
  grace_left = shared.limits.grace_ms;
  leave_when_empty();
}

void Server::Core::leave_when_empty() {
  constexpr int kLookMs = 10;
  if (shared.all.empty() || grace_left <= 0) return loop.stop();
  grace_left -= kLookMs;
  grace.expires_after(std::chrono::milliseconds(kLookMs));
  grace.async_wait([this](error_code e) {
    if (!e) leave_when_empty();
  });
}

Server::Server(std::unique_ptr<Core> core) : core_(std::move(core)) {}
Server::Server(Server&&) noexcept = default;
Server::~Server() = default;

Result<Server> Server::listen(const Listen& where, Service service, const Limits& limits) {
  if (where.address.empty() && where.socket.empty())
    return fail(Code::net_address, "neither an address nor a socket to listen on", "give 127.0.0.1:0, or a path");
  try {
    auto core = std::make_unique<Core>(std::move(service), limits);
    if (!where.address.empty()) TK_CHECK(core->open_tcp(where));
    if (!where.socket.empty()) TK_CHECK(core->open_local(where.socket));
    return Server(std::move(core));
  } catch (const std::exception& e) {
    return fail(Code::net_failed, std::string("cannot serve: ") + e.what());
  }
}

int Server::port() const { return core_->bound.port(); }

std::string Server::url() const {
  if (port() == 0) return "unix:" + core_->path;
  auto host = core_->bound.address().to_string();
  return "http://" + (core_->bound.address().is_v6() ? "[" + host + "]" : host) + ":" + std::to_string(port());
}

Result<void> Server::run(int stop_fd, std::int64_t for_ms) {
  auto& core = *core_;
  try {
    int own = ::dup(stop_fd);  // the descriptor goes with the stream
    if (own < 0) return fail(os::errno_error(errno, "watch", "the end's descriptor"));
    core.stop.assign(own);
    core.stop.async_wait(asio::posix::stream_descriptor::wait_read, [&core](error_code e) {
      if (!e) core.end();
    });
    if (for_ms > 0) {
      core.end_at.expires_after(std::chrono::milliseconds(for_ms));
      core.end_at.async_wait([&core](error_code e) {
        if (!e) core.end();
      });
    }
    if (core.tcp.is_open()) core.accept(core.tcp, true);
    if (core.local.is_open()) core.accept(core.local, false);
    core.loop.run();
    return {};
  } catch (const std::exception& e) {
    return fail(Code::net_failed, std::string("the server failed: ") + e.what());
  }
}

}  // namespace tk::net
