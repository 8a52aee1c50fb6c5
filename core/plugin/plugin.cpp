#include "core/plugin/plugin.hpp"

#include <signal.h>

#include <algorithm>

#include "core/base/clock.hpp"
#include "core/base/text.hpp"
#include "core/os/file.hpp"
#include "core/os/terminal.hpp"

namespace tk::plugin {
namespace {

constexpr std::int64_t kMs = 1'000'000, kGraceMs = 1000, kFirstDelayMs = 100, kLongestDelayMs = 5000;
constexpr int kMostFailures = 6;
constexpr std::size_t kUnaskedLimit = 16u << 20, kUnreadLimit = 64u << 20, kMostNotes = 100;
constexpr std::int64_t kGreeting = 0;  // the id of `initialize`

}  // namespace

std::string find(const std::string& name, const std::string& plugin_path) {
  if (name.empty() || name.find('/') != name.npos) return {};
  auto own = os::self_path();
  std::vector<std::string> folders = {own.substr(0, own.rfind('/')) + "/plugins"};
  if (auto home = os::environment("HOME"); home.starts_with('/')) folders.push_back(home + "/.local/libexec/tk/plugins");
  for (auto part : text::split(plugin_path, ':'))
    if (part.starts_with('/')) folders.emplace_back(part);
  for (const auto& folder : folders)
    if (os::exists(folder + "/" + name)) return folder + "/" + name;
  return {};
}

Plugin::Plugin(Launch launch) : launch_(std::move(launch)) {}
Plugin::~Plugin() { shutdown(); }

std::int64_t Plugin::call(const std::string& method, Value params, std::int64_t deadline_ms) {
  auto id = next_id_++;
  Call call{method, std::move(params)};
  if (deadline_ms > 0) call.deadline_ns = clock::monotonic_ns() + deadline_ms * kMs;
  calls_.emplace(id, std::move(call));
  look();
  return id;
}

void Plugin::cancel(std::int64_t id) {
  auto it = calls_.find(id);
  if (it == calls_.end() || it->second.give_up_ns > 0) return;
  auto& call = it->second;
  if (!call.sent) {
    settle(id, fail(Code::interrupted, launch_.name + ": cancelled"));
    return;
  }
  call.give_up_ns = clock::monotonic_ns() + kGraceMs * kMs;
  child_->send(notification_line("cancel", Value::Map{{"id", id}}));
}

void Plugin::settle(std::int64_t id, Result<Value> answer) {
  calls_.erase(id);
  answers_.insert_or_assign(id, std::move(answer));
}

Result<Value> Plugin::take(std::int64_t id) {
  auto it = answers_.find(id);
  if (it == answers_.end()) return fail(Code::bug, launch_.name + ": no such call");
  auto answer = std::move(it->second);
  answers_.erase(it);
  return answer;
}

void Plugin::start() {
  os::Spawn spawn;
  spawn.argv = launch_.command;
  spawn.environment = launch_.environment;
  spawn.directory = launch_.directory;
  spawn.memory_limit = launch_.memory_limit;
  spawn.file_limit = 1u << 30;
  spawn.keep_input_open = true;
  spawn.marked = true;
  spawn.output_limit = 2 * kLineLimit;
  spawn.input = request_line(kGreeting, "initialize",
                             Value::Map{{"protocol", kProtocol}, {"kind", launch_.kind},
                                        {"workspace", launch_.workspace}, {"tk", TK_VERSION}});
  auto child = launch_.start(std::move(spawn));
  line_.clear();
  unasked_ = 0;
  if (!child) {
    down(child.error().message, Code::plugin_failed);
    return;
  }
  child_.emplace(std::move(*child));
  state_ = State::greeting;
  handshake_ns_ = clock::monotonic_ns() + launch_.handshake_ms * kMs;
}

// Whatever it says is shown and journaled: without the tokens that it was given.
std::string Plugin::scrub(std::string_view said) const {
  std::string out(said);
  for (const auto& [id, call] : calls_) out = text::masked(std::move(out), call.params["token"].text());
  return out;
}

// The last line that it wrote to its log.
std::string Plugin::tail() {
  if (!child_) return {};
  auto text = text::printable(text::to_utf8(text::trim(scrub(child_->error_tail()))));
  if (auto line = text.rfind('\n'); line != text.npos) text = text.substr(line + 1);
  return text.empty() ? "" : ": " + text::shorten(text, 400);
}

void Plugin::down(const std::string& what, Code code) {
  last_failure_ = launch_.name + " " + what + tail();
  child_.reset();  // ends its whole group
  ++failures_;
  state_ = failures_ >= kMostFailures ? State::given_up : State::down;
  auto delay = std::min(kLongestDelayMs, kFirstDelayMs << std::min(failures_ - 1, 10));
  restart_ns_ = clock::monotonic_ns() + delay * kMs;
  fail_calls(code);
}

// Those that it had not seen wait for the next start, unless there is none.
void Plugin::fail_calls(Code code) {
  std::vector<std::int64_t> over;
  for (const auto& [id, call] : calls_)
    if (call.sent || state_ == State::given_up) over.push_back(id);
  for (auto id : over)
    settle(id, fail(code, last_failure_, state_ == State::given_up
                                             ? "it failed " + std::to_string(failures_) + " times in a row and is not started again"
                                             : "its log is its stderr; tests/conformance/plugin judges it"));
}

void Plugin::send_waiting() {
  for (auto& [id, call] : calls_) {
    if (call.sent) continue;
    call.sent = true;
    child_->send(request_line(id, call.method, call.params));
  }
  if (child_->unread() > kUnreadLimit) down("does not read what it is sent", Code::plugin_failed);
}

void Plugin::handshake(const Message& m) {
  if (m.id != kGreeting || m.kind != Message::Kind::answer) {
    auto why = m.kind == Message::Kind::failure ? ": " + text::shorten(m.body["message"].text(), 200) : "";
    down("did not answer initialize" + text::printable(why), Code::plugin_protocol);
    return;
  }
  if (m.body["protocol"].integer() != kProtocol || m.body["kind"].text() != launch_.kind) {
    down("speaks protocol " + std::to_string(m.body["protocol"].integer()) + " as " +
             text::printable(m.body["kind"].text("nothing")) + ", not " + std::to_string(kProtocol) + " as " + launch_.kind,
         Code::plugin_protocol);
    return;
  }
  state_ = State::up;
}

void Plugin::handle(std::string_view line) {
  auto message = read_line(line);
  if (!message) {
    auto told = read_line(scrub(line));  // as wrong as it was, without tokens
    down(told ? "wrote what is no message" : told.error().message, Code::plugin_protocol);
    return;
  }
  const auto& m = *message;
  using Kind = Message::Kind;
  if (m.kind == Kind::notification) {
    unasked_ += line.size();
    if (notes_.size() < kMostNotes)
      notes_.push_back(launch_.name + ": " + text::shorten(text::printable(scrub(m.body["message"].text(m.method))), 400));
    return;
  }
  if (m.kind == Kind::request) {
    down("asked tk for " + text::printable(m.method) + "; a plugin only answers", Code::plugin_protocol);
    return;
  }
  if (state_ == State::greeting) {
    handshake(m);
    return;
  }
  auto it = calls_.find(m.id);
  if (it == calls_.end() || !it->second.sent) {
    down("answered " + std::to_string(m.id) + ", which nobody asked", Code::plugin_protocol);
    return;
  }
  unasked_ = 0;
  failures_ = 0;
  auto said = scrub(m.body["message"].text());
  if (m.kind == Kind::answer) settle(m.id, m.body);
  else if (m.body["code"].integer() == kCancelled && it->second.give_up_ns > 0) settle(m.id, fail(Code::interrupted, launch_.name + ": cancelled"));
  else settle(m.id, fail(Code::plugin_refused, launch_.name + ": " + text::shorten(text::printable(said), 400)));
}

void Plugin::read() {
  line_ += child_->take_output();
  std::size_t begin = 0;
  while (child_) {
    auto end = line_.find('\n', begin);
    if (end == line_.npos) break;
    if (end > begin) handle(std::string_view(line_).substr(begin, end - begin));
    begin = end + 1;
  }
  if (!child_) return;
  line_.erase(0, begin);
  if (line_.size() > kLineLimit) down("wrote a line of more than 16 MiB", Code::plugin_flood);
  else if (unasked_ > kUnaskedLimit) down("floods: 16 MiB that answered nothing", Code::plugin_flood);
}

void Plugin::expire() {
  auto now = clock::monotonic_ns();
  if (state_ == State::greeting && now >= handshake_ns_) {
    down("did not answer initialize within " + std::to_string(launch_.handshake_ms) + " ms", Code::plugin_timeout);
    return;
  }
  std::vector<std::int64_t> late;
  for (const auto& [id, call] : calls_)
    if (call.deadline_ns > 0 && now >= call.deadline_ns && call.give_up_ns == 0) late.push_back(id);
  for (auto id : late) {
    if (calls_[id].sent) {
      cancel(id);
      continue;
    }
    settle(id, fail(Code::plugin_timeout, last_failure_.empty() ? launch_.name + " did not take the call in time" : last_failure_));
  }
  for (const auto& [id, call] : calls_) {
    if (call.give_up_ns == 0 || now < call.give_up_ns) continue;
    down("hangs: it neither answered " + call.method + " nor its cancellation", Code::plugin_timeout);
    return;
  }
}

void Plugin::look() {
  if (child_) read();
  if (child_ && child_->finished()) {
    auto exited = child_->status();
    auto how = child_->flooded() ? std::string("wrote more than anybody can read")
               : exited > 128 ? "was ended by signal " + std::to_string(exited - 128)
                              : "ended with status " + std::to_string(exited);
    if (auto said = child_->hear(0)) how = "was not started: " + *said;  // by its box
    down(how, child_->flooded() ? Code::plugin_flood : Code::plugin_failed);
  }
  expire();
  bool wanted = !calls_.empty();
  if (state_ == State::given_up && wanted) {
    fail_calls(Code::plugin_failed);
    return;
  }
  if (!child_ && wanted && (failures_ == 0 || clock::monotonic_ns() >= restart_ns_)) start();
  if (state_ == State::up && child_) send_waiting();
}

int Plugin::due_ms() const {
  std::int64_t nearest = 0;
  auto take = [&](std::int64_t ns) {
    if (ns > 0 && (nearest == 0 || ns < nearest)) nearest = ns;
  };
  if (state_ == State::greeting) take(handshake_ns_);
  if (state_ == State::down && !calls_.empty()) take(restart_ns_);
  for (const auto& [id, call] : calls_) take(call.give_up_ns > 0 ? call.give_up_ns : call.deadline_ns);
  if (nearest == 0) return -1;
  return static_cast<int>(std::clamp<std::int64_t>((nearest - clock::monotonic_ns()) / kMs + 1, 0, 60'000));
}

Result<Value> Plugin::wait(std::int64_t id) {
  while (!done(id)) {
    std::vector<os::Child*> children;
    if (child()) children.push_back(child());
    os::Child::pump(children, due_ms());
    look();
  }
  return take(id);
}

void Plugin::shutdown() {
  if (child_ && state_ == State::up && !child_->finished()) {
    auto id = next_id_++;
    child_->send(request_line(id, "shutdown", Value::Map{}));
    child_->close_input();
    auto until = clock::monotonic_ns() + 2 * kGraceMs * kMs;
    std::vector<os::Child*> children{&*child_};
    while (!child_->finished() && clock::monotonic_ns() < until) {
      os::Child::pump(children, static_cast<int>((until - clock::monotonic_ns()) / kMs + 1));
      static_cast<void>(child_->take_output());
    }
  }
  child_.reset();
  state_ = State::down;
  std::vector<std::int64_t> open;
  for (const auto& [id, call] : calls_) open.push_back(id);
  for (auto id : open) settle(id, fail(Code::interrupted, launch_.name + ": shut down"));
}

}  // namespace tk::plugin
