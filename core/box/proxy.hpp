// A box's one way out: HTTP (CONNECT, RFC 9110 9.3.6, and absolute-form requests, RFC 9112 3.2.2) and SOCKS5 (RFC 1928, no
// authentication, CONNECT) on a socket that listens in the box's own network. Each connection is asked about by host and port
// before anything is sent, and the name is resolved here. What law refuses gets 403, or reply 2 of SOCKS5.
//
// Connections have a thread each, 128 at most. Each asks for itself, one after the other: whoever uses law and journal holds
// `turn`, and lets go of it where it waits for something.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <string>

#include "core/base/error.hpp"

namespace tk::box {

struct Destination {
  std::string host;  // lower case, without a dot at its end; an IPv4 address in its usual form
  std::uint16_t port = 0;
};

// Empty: it may; else why not, for people.
using Ask = std::function<std::string(const Destination&)>;

// Who answers for a box, and when it may be asked.
struct Way {
  Ask ask = {};
  std::timed_mutex* turn = nullptr;
};

class Proxy {
 public:
  static Result<Proxy> start(int listener, Way way);  // takes the descriptor
  Proxy(Proxy&&) noexcept;
  Proxy& operator=(Proxy&&) = delete;
  ~Proxy();  // ends every connection

 private:
  struct State;
  explicit Proxy(std::shared_ptr<State> state);
  std::shared_ptr<State> state_;
};

}  // namespace tk::box
