// One client: wait for a request's first byte, read its header, then its body, answer, and again. Each
// of these has a deadline, which Connections::sweep enforces; a timer for each read would cost more
// than the read. Lives as long as an operation of its own is under way.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <unordered_set>

#include "core/net/detail/asio.hpp"
#include "core/net/server.hpp"

namespace tk::net::detail {

namespace asio = boost::asio;
namespace beast = boost::beast;
using boost::system::error_code;
using Socket = asio::basic_stream_socket<asio::generic::stream_protocol, asio::io_context::executor_type>;

class Connection;

// What connections share: the service, the bounds, and who is there.
struct Connections {
  Connections(asio::io_context& l, Service s, const Limits& b) : loop(l), service(std::move(s)), limits(b) {}

  asio::io_context& loop;
  asio::thread_pool worker{1};
  Service service;
  Limits limits;
  std::vector<std::string> names;  // Host names that are answered; empty = any
  std::unordered_set<Connection*> all;
  bool stopping = false;

  void accept(Socket socket, bool tcp);
  void sweep();        // closes who is late
  void stop();         // closes who is idle; the others after their answer
  void close_all();
  bool known_host(std::string_view host) const;
  const std::string& date();

 private:
  bool make_room();
  std::string date_;
  std::int64_t date_second_ = 0;
};

class Connection : public std::enable_shared_from_this<Connection> {
 public:
  Connection(Connections& all, Socket socket, bool tcp);
  ~Connection();
  void start() { wait_for_request(); }
  bool idle() const { return idle_; }
  std::int64_t deadline() const { return deadline_; }
  void close();
  void refuse(int status, std::string_view why);

 private:
  using Parser = beast::http::request_parser<beast::http::string_body>;

  void wait_for_request();
  void read_header();
  void read_body();
  void answer();
  void write(const Response& response, bool keep, bool head_only);
  void send(bool keep);
  void linger();
  void failed(error_code e);
  bool check_header();
  void within(int ms);
  Request request() const;

  Connections& all_;
  Socket socket_;
  bool tcp_, idle_ = false, closed_ = false;
  std::int64_t deadline_ = 0;
  std::size_t swallowed_ = 0;
  beast::flat_buffer buffer_;
  std::optional<Parser> parser_;
  std::string out_;
};

}  // namespace tk::net::detail
