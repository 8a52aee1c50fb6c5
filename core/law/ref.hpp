// Names of things and patterns over them (FORMATS.md, Names). A reference is type:context/name;
// the context is dotted (galaxy.system.space) and may be left out where the name is unique. The name
// of a record may have further segments: cast:acme.web/code-review/human_review.
// Patterns: `*` stands for one segment, `**` for any number; X/** also covers the contexts below X.
#pragma once

#include <string>
#include <string_view>

#include "core/base/error.hpp"

namespace tk::law {

struct Ref {
  std::string type, context, name;
  std::string str() const { return type + ":" + (context.empty() ? "" : context + "/") + name; }
  auto operator<=>(const Ref&) const = default;
};

Result<Ref> parse_ref(std::string_view text);
bool valid_name(std::string_view name);      // letters, digits, _ - . ; at most 64 bytes
bool valid_context(std::string_view path);   // names without dots, joined by dots; or empty
// Whether `inner` is `outer` or below it; everything is below the empty context.
bool covers(std::string_view outer, std::string_view inner);

Result<void> check_pattern(std::string_view pattern);
bool matches(std::string_view pattern, std::string_view type, std::string_view context,
             std::string_view name);
// Actions: `noun.verb`; patterns `noun.*`, `*.verb`, `*`.
bool action_matches(std::string_view pattern, std::string_view action);

}  // namespace tk::law
