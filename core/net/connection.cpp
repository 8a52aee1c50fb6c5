#include "core/net/detail/connection.hpp"

#include <time.h>

#include <algorithm>
#include <cctype>
#include <cstdio>

#include "core/base/clock.hpp"
#include "core/base/text.hpp"

namespace tk::net {

namespace {
bool same(std::string_view a, std::string_view b) {
  auto lower = [](char c) { return std::tolower(static_cast<unsigned char>(c)); };
  return std::equal(a.begin(), a.end(), b.begin(), b.end(), [&](char x, char y) { return lower(x) == lower(y); });
}
}  // namespace

std::string_view Request::header(std::string_view name) const {
  for (const auto& [n, v] : headers)
    if (same(n, name)) return v;
  return {};
}

Response plain(int status, std::string message) {
  return {status, "text/plain; charset=utf-8", std::move(message) + "\n"};
}

namespace detail {
namespace {

namespace http = beast::http;

constexpr std::size_t kReadAhead = 64u << 10;    // beyond a header: pipelined requests
constexpr std::size_t kSwallow = 256u << 10;     // of what a refused client still sends
constexpr int kLingerMs = 1000;

std::string_view view(beast::string_view s) { return {s.data(), s.size()}; }

// What a service says in a header must not end it.
std::string one_line(std::string_view s) {
  std::string out;
  for (char c : s)
    if (static_cast<unsigned char>(c) >= 0x20 && c != 0x7f) out += c;
  return out;
}

}  // namespace

// ---- all of them

const std::string& Connections::date() {
  auto second = clock::now_ns() / 1'000'000'000;
  if (second == date_second_) return date_;
  date_second_ = second;
  static constexpr const char* kDays[] = {"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
  static constexpr const char* kMonths[] = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                            "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
  time_t at = second;
  tm t{};
  ::gmtime_r(&at, &t);
  char buffer[64];
  std::snprintf(buffer, sizeof buffer, "%s, %02d %s %04d %02d:%02d:%02d GMT", kDays[t.tm_wday], t.tm_mday,
                kMonths[t.tm_mon], t.tm_year + 1900, t.tm_hour, t.tm_min, t.tm_sec);
  return date_ = buffer;
}

// A web page that its owner rebinds to our address would reach us under its own name.
bool Connections::known_host(std::string_view host) const {
  if (names.empty()) return true;
  auto end = host.starts_with('[') ? host.find(']') : host.rfind(':');
  if (end != host.npos) host = host.substr(0, host.starts_with('[') ? end + 1 : end);
  return std::any_of(names.begin(), names.end(), [&](const auto& n) { return same(n, host); });
}

// With every place taken the one that has been silent longest leaves.
bool Connections::make_room() {
  if (all.size() < limits.connections) return true;
  Connection* oldest = nullptr;
  for (auto* c : all)
    if (c->idle() && (!oldest || c->deadline() < oldest->deadline())) oldest = c;
  if (oldest) oldest->close();
  return oldest != nullptr;
}

void Connections::accept(Socket socket, bool tcp) {
  bool room = make_room();
  auto connection = std::make_shared<Connection>(*this, std::move(socket), tcp);
  if (room) return connection->start();
  connection->refuse(503, "too many connections");
}

void Connections::sweep() {
  auto now = clock::monotonic_ns();
  std::vector<Connection*> late;
  for (auto* c : all)
    if (c->deadline() < now) late.push_back(c);
  for (auto* c : late) c->close();
}

void Connections::stop() {
  stopping = true;
  std::vector<Connection*> idle;
  for (auto* c : all)
    if (c->idle()) idle.push_back(c);
  for (auto* c : idle) c->close();
}

void Connections::close_all() {
  while (!all.empty()) (*all.begin())->close();
}

// ---- one

Connection::Connection(Connections& all, Socket socket, bool tcp)
    : all_(all), socket_(std::move(socket)), tcp_(tcp), buffer_(all.limits.header + kReadAhead) {
  all_.all.insert(this);
  error_code ignored;
  if (tcp_) socket_.set_option(asio::ip::tcp::no_delay(true), ignored);
}

Connection::~Connection() {
  if (!closed_) all_.all.erase(this);
}

void Connection::close() {
  if (std::exchange(closed_, true)) return;
  all_.all.erase(this);
  error_code ignored;
  socket_.close(ignored);  // what is under way ends with an error, and with it this object
}

void Connection::within(int ms) { deadline_ = clock::monotonic_ns() + std::int64_t{ms} * 1'000'000; }

void Connection::wait_for_request() {
  parser_.emplace();
  parser_->header_limit(static_cast<std::uint32_t>(all_.limits.header));
  parser_->body_limit(all_.limits.body);
  if (buffer_.size() > 0) return read_header();  // pipelined
  if (all_.stopping) return close();
  idle_ = true;
  within(all_.limits.idle_ms);
  socket_.async_wait(Socket::wait_read, [self = shared_from_this()](error_code e) {
    self->idle_ = false;
    if (e) return self->close();
    self->read_header();
  });
}

void Connection::read_header() {
  within(all_.limits.header_ms);
  http::async_read_header(socket_, buffer_, *parser_, [self = shared_from_this()](error_code e, std::size_t) {
    if (e) return self->failed(e);
    if (self->check_header()) self->read_body();
  });
}

// What is wrong with the header is said before the body is read.
bool Connection::check_header() {
  const auto& message = parser_->get();
  auto hosts = message.count(http::field::host);
  if (message.version() == 11 && hosts != 1) return refuse(400, "there must be one Host header"), false;
  if (tcp_ && hosts > 0 && !all_.known_host(view(message[http::field::host])))
    return refuse(421, "this server does not answer for that Host"), false;
  if (message.method() == http::verb::unknown) return refuse(501, "unknown method"), false;
  auto expect = view(message[http::field::expect]);
  if (expect.empty()) return true;
  if (!same(expect, "100-continue")) return refuse(417, "only 100-continue can be expected"), false;
  if (parser_->is_done()) return true;
  out_ = "HTTP/1.1 100 Continue\r\n\r\n";
  within(all_.limits.body_ms);
  asio::async_write(socket_, asio::buffer(out_), [self = shared_from_this()](error_code e, std::size_t) {
    if (e) return self->close();
    self->read_body();
  });
  return false;
}

void Connection::read_body() {
  if (parser_->is_done()) return answer();
  within(all_.limits.body_ms);
  http::async_read(socket_, buffer_, *parser_, [self = shared_from_this()](error_code e, std::size_t) {
    if (e) return self->failed(e);
    self->answer();
  });
}

void Connection::failed(error_code e) {
  if (closed_) return;
  if (e == http::error::end_of_stream || e.category() != make_error_code(http::error::bad_method).category())
    return close();
  if (e == http::error::header_limit || e == http::error::buffer_overflow)
    return refuse(431, "the header is larger than " + std::to_string(all_.limits.header) + " bytes");
  if (e == http::error::body_limit)
    return refuse(413, "the body is larger than " + std::to_string(all_.limits.body) + " bytes");
  refuse(400, "malformed request: " + e.message());
}

Request Connection::request() const {
  const auto& message = parser_->get();
  Request out;
  out.method = view(message.method_string());
  out.target = view(message.target());
  out.body = message.body();
  for (const auto& field : message) out.headers.emplace_back(view(field.name_string()), view(field.value()));
  return out;
}

void Connection::answer() {
  auto call = [this, keep = parser_->get().keep_alive()](const Request& r) {
    Response response;
    try {
      response = all_.service.handle(r);
    } catch (...) {
      response = plain(500, "the service failed");
    }
    return std::pair(std::move(response), keep);
  };
  auto asked = request();
  bool head_only = asked.method == "HEAD";
  if (all_.service.slow && all_.service.slow(asked)) {
    // Time is the service's now: a deadline could only close what somebody still works for.
    deadline_ = INT64_MAX;
    asio::post(all_.worker, [self = shared_from_this(), call, head_only, asked = std::move(asked)] {
      auto done = std::make_shared<std::pair<Response, bool>>(call(asked));
      asio::post(self->all_.loop, [self, done, head_only] {
        if (!self->closed_) self->write(done->first, done->second, head_only);
      });
    });
    return;
  }
  auto [response, keep] = call(asked);
  write(response, keep, head_only);
}

void Connection::write(const Response& r, bool keep, bool head_only) {
  keep = keep && !all_.stopping;
  auto reason = http::obsolete_reason(static_cast<http::status>(r.status));
  out_.clear();
  out_ += "HTTP/1.1 ";
  out_ += std::to_string(r.status);
  out_ += ' ';
  out_.append(reason.data(), reason.size());
  out_ += "\r\nDate: ";
  out_ += all_.date();
  out_ += "\r\nContent-Type: ";
  out_ += r.type;
  out_ += "\r\nContent-Length: ";
  out_ += std::to_string(r.body.size());
  if (!keep) out_ += "\r\nConnection: close";
  else if (parser_ && parser_->get().version() == 10) out_ += "\r\nConnection: keep-alive";
  for (const auto& [name, value] : r.headers) {
    out_ += "\r\n";
    out_ += one_line(name);
    out_ += ": ";
    out_ += one_line(value);
  }
  out_ += "\r\n\r\n";
  if (!head_only) out_ += r.body;
  send(keep);
}

void Connection::send(bool keep) {
  within(all_.limits.body_ms);
  asio::async_write(socket_, asio::buffer(out_), [self = shared_from_this(), keep](error_code e, std::size_t) {
    if (e) return self->close();
    if (keep) return self->wait_for_request();
    error_code ignored;
    self->socket_.shutdown(Socket::shutdown_send, ignored);
    self->within(kLingerMs);
    self->linger();
  });
}

void Connection::refuse(int status, std::string_view why) { write(plain(status, std::string(why)), false, false); }

// Closed with bytes unread, the kernel would reset the connection and the client lose the answer.
void Connection::linger() {
  buffer_.clear();
  socket_.async_read_some(buffer_.prepare(4096), [self = shared_from_this()](error_code e, std::size_t n) {
    self->swallowed_ += n;
    if (e || self->swallowed_ > kSwallow) return self->close();
    self->linger();
  });
}

}  // namespace detail
}  // namespace tk::net
