// An HTTP/1.1 server: keep-alive and pipelining, one thread for all connections and one for requests
// that the service calls slow. What a client sends is bounded in size and in time before it is looked
// at; what is malformed is answered by the server itself and never reaches the service. It listens on
// the loopback address or on a unix socket (0600), elsewhere only when told. Exceptions of the service
// become 500; none leaves this room.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/base/error.hpp"

namespace tk::net {

// Views into the connection's buffer: valid until the handler returns.
struct Request {
  std::string_view method, target, body;
  std::vector<std::pair<std::string_view, std::string_view>> headers;
  std::string_view header(std::string_view name) const;  // any case; empty when there is none
  std::string_view path() const { return target.substr(0, target.find('?')); }
};

struct Response {
  int status = 200;
  std::string type = "application/json";
  std::string body;
  std::vector<std::pair<std::string, std::string>> headers = {};
};
Response plain(int status, std::string message);  // text, for errors

struct Service {
  std::function<Response(const Request&)> handle;
  // Whether a request is answered by the second thread, so that it holds up nobody; `handle` must
  // then stand being called by both threads at once. Empty: none is.
  std::function<bool(const Request&)> slow = {};
};

struct Listen {
  std::string address;                // "127.0.0.1:8080", "localhost:0", "[::1]:0"; empty = no TCP
  std::string socket;                 // path of a unix socket; empty = none
  bool beyond_this_machine = false;   // allow an address that others can reach
  std::vector<std::string> names = {};  // further Host names that clients may use (a proxy's)
};

struct Limits {
  std::size_t header = 16u << 10, body = 1u << 20;  // bytes
  std::size_t connections = 1024;
  int header_ms = 10'000;   // from a request's first byte to the end of its header
  int body_ms = 30'000;     // from there to the end of its body, and for taking the answer
  int idle_ms = 60'000;     // between two requests
  int grace_ms = 5'000;     // for requests under way when the server ends
};

class Server {
 public:
  // Accepts connections from here on; they are served once run() runs.
  static Result<Server> listen(const Listen& where, Service service, const Limits& limits = {});
  Server(Server&& other) noexcept;
  Server& operator=(Server&&) = delete;
  ~Server();  // removes the socket's file

  int port() const;         // 0 without TCP
  std::string url() const;  // http://127.0.0.1:8080, or unix:/path

  // Serves until `stop_fd` is readable, or for so long (0 = no end); then nothing new is accepted, and what
  // is under way is answered.
  Result<void> run(int stop_fd, std::int64_t for_ms = 0);

 private:
  struct Core;
  explicit Server(std::unique_ptr<Core> core);
  std::unique_ptr<Core> core_;
};

}  // namespace tk::net
