// W3C Trace Context (https://www.w3.org/TR/trace-context/), level 1: ids and traceparent.
#pragma once

#include <string>
#include <string_view>

namespace tk::trace {

struct Context {
  std::string trace_id;  // 32 hex digits
  std::string span_id;   // 16 hex digits
  std::string parent_span_id;
};

Context root();                         // a new trace
Context child(const Context& parent);   // same trace, new span
// From a traceparent header; malformed (or all zero) starts a new root.
Context from_traceparent(std::string_view header);
Context from_environment();             // TRACEPARENT, else a new root
std::string traceparent(const Context& context);

}  // namespace tk::trace
