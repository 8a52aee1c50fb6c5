#pragma once

#include "core/cli/spec.hpp"

namespace tk::tools::law_tool {

cli::VerbSpec can_verb();
Result<Exit> run_batch();
cli::VerbSpec serve_verb();  // its run() becomes law-server, which takes the same words

// What can and explain print as JSON.
inline constexpr const char* kAnswerShape =
    "{allow: bool, answer: 'allow'|'modify'|'ask'|'deny', actor: text, action: text, resource: text, reason: text, "
    "rules: [{id: text, effect: text, resource: text, file: text, line: int, roles: [text], grant: text, via: text, "
    "when?: text}], path: [{kind: text, name: text, at?: text}], algorithm: text, error: bool, "
    "obligations: [{kind: text, of: text, n: int}], nearest_permit: json, commit: text, policy_hash: text}";

}  // namespace tk::tools::law_tool
