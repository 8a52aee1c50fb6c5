#include "core/plugin/rpc.hpp"

#include "core/base/text.hpp"
#include "core/json/json.hpp"

namespace tk::plugin {

std::string request_line(std::int64_t id, std::string_view method, const Value& params) {
  return "{\"jsonrpc\":\"2.0\",\"id\":" + std::to_string(id) + ",\"method\":" + json::quote(method) +
         ",\"params\":" + json::compact(params) + "}\n";
}

std::string notification_line(std::string_view method, const Value& params) {
  return "{\"jsonrpc\":\"2.0\",\"method\":" + json::quote(method) + ",\"params\":" + json::compact(params) + "}\n";
}

Result<Message> read_line(std::string_view line) {
  auto wrong = [&](const std::string& what) {
    return fail(Code::plugin_protocol, what + ": " + text::shorten(text::printable(text::to_utf8(line)), 120));
  };
  auto value = json::parse(line);
  if (!value) return wrong("it wrote a line that is not JSON");
  if (!value->as_map()) return wrong("it wrote a line that is no JSON object");
  const auto& v = *value;
  if (v["jsonrpc"].text() != "2.0") return wrong("it wrote a line without \"jsonrpc\":\"2.0\"");
  Message out;
  const auto* id = v["id"].as_int();
  bool has_id = v.as_map()->contains("id");
  if (const auto* method = v["method"].as_text()) {
    out.kind = has_id ? Message::Kind::request : Message::Kind::notification;
    out.method = *method;
    out.body = v["params"];
    if (id) out.id = *id;
    return out;
  }
  bool result = v.as_map()->contains("result"), error = v.as_map()->contains("error");
  if (!id) return wrong("it answered without an integer id");
  if (result == error) return wrong("an answer has either a result or an error");
  if (error && (!v["error"]["code"].as_int() || !v["error"]["message"].as_text()))
    return wrong("an error has an integer code and a text message");
  out.kind = result ? Message::Kind::answer : Message::Kind::failure;
  out.id = *id;
  out.body = result ? v["result"] : v["error"];
  return out;
}

}  // namespace tk::plugin
