// A box's one way out: HTTP (CONNECT, RFC 9110 9.3.6, and absolute-form requests, RFC 9112 3.2.2) and SOCKS5 (RFC 1928, no
// authentication, CONNECT) on a socket that listens in the box's own network. Each connection is asked about by host and port
// before anything is sent, and the name is resolved here. What law refuses gets 403, or reply 2 of SOCKS5.
//
// Connections have a thread each, 128 at most; questions are answered by who calls answer(), one after the other, so that
// law and journal are asked by one thread only.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>

#include "core/base/error.hpp"

namespace tk::box {

struct Destination {
  std::string host;  // lower case, without a dot at its end; an IPv4 address in its usual form
  std::uint16_t port = 0;
};

// Empty: it may; else why not, for people.
using Ask = std::function<std::string(const Destination&)>;

class Proxy {
 public:
  static Result<Proxy> start(int listener);  // takes the descriptor
  Proxy(Proxy&&) noexcept;
  Proxy& operator=(Proxy&&) = delete;
  ~Proxy();  // ends every connection

  int waiting() const;          // readable while somebody asks
  void answer(const Ask& ask);  // all who ask now

 private:
  struct State;
  explicit Proxy(std::shared_ptr<State> state);
  std::shared_ptr<State> state_;
};

}  // namespace tk::box
