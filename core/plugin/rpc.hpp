// The plugin protocol on the wire: JSON-RPC 2.0, one message a line, UTF-8 (share/topics/plugin.md, which
// is `man tk-plugin`). Ids are integers. Lines that tk writes have their members in the order jsonrpc, id,
// method, params, without blanks, so that a shell can take them apart.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "core/base/error.hpp"
#include "core/base/value.hpp"

namespace tk::plugin {

inline constexpr std::int64_t kProtocol = 1;
inline constexpr std::size_t kLineLimit = 16u << 20;  // bytes of one message

inline constexpr std::int64_t kCancelled = -32800;  // as in the Language Server Protocol

std::string request_line(std::int64_t id, std::string_view method, const Value& params);
std::string notification_line(std::string_view method, const Value& params);

struct Message {
  enum class Kind { answer, failure, notification, request } kind = Kind::notification;
  std::int64_t id = 0;
  std::string method;
  Value body;  // result, error or params
};
// A line from a plugin: untrusted bytes. The error says what is wrong with it.
Result<Message> read_line(std::string_view line);

}  // namespace tk::plugin
