// A line from a plugin. What is taken for a message has what its kind needs, and what is refused is told in
// one printable line.
#include "core/base/text.hpp"
#include "core/json/json.hpp"
#include "core/plugin/rpc.hpp"
#include "tests/fuzz/fuzz.hpp"

using namespace tk;

TK_FUZZ(json_rpc) {
  auto message = plugin::read_line(bytes);
  if (!message) {
    const auto& said = message.error().message;
    TK_PROMISE(message.error().code == Code::plugin_protocol);
    TK_PROMISE(!said.empty() && said.size() < 1000 && text::invalid_utf8(said) == said.npos);
    TK_PROMISE(said == text::printable(said));
    return;
  }
  using Kind = plugin::Message::Kind;
  bool asks = message->kind == Kind::notification || message->kind == Kind::request;
  if (message->kind == Kind::failure)
    TK_PROMISE(message->body["code"].as_int() && message->body["message"].as_text());
  if (!asks) TK_PROMISE(message->method.empty());
  // What tk writes is one line, whatever is in it.
  auto line = plugin::request_line(message->id, message->method, message->body);
  TK_PROMISE(line.find('\n') == line.size() - 1);
  auto again = json::parse(line);
  TK_PROMISE(again && (*again)["params"] == message->body && (*again)["method"].text() == message->method);
}
