// What waits in the inbox, for people and for programs.
#pragma once

#include <string>

#include "core/base/value.hpp"
#include "core/record/field.hpp"

namespace tk::tools::inbox_tool {

Value cast_item(const record::Record& cast);
Value parked_item(const record::Record& parked);

// One or two lines that somebody can skim.
std::string sentence(const Value& item);
// All of it, a line for each thing that is asked for: what the hash binds an approval to.
std::string page(const Value& item);

inline constexpr const char* kItem =
    "{id: text, kind: 'cast'|'transition', state: text, what: text, about: text, asked_by: text, since: text, "
    "waits_for: [text], approved_by: [text], outcome: text, deadline: text|null, seq?: int, hash?: text, event?: text, "
    "input?: {*: json}, reason?: text, purpose?: text, lease?: text, run?: text, lends?: {lender: text, borrower: text, "
    "actions: [text], resource: text, purpose: text, ttl_ms: int, max_uses: int, depth: int, on_revoke: text, when?: text, "
    "run?: text, via?: text, not_before?: text}}";

}  // namespace tk::tools::inbox_tool
