// How a row of index.db holds what an entity says: texts with their lengths, so that any byte may stand in them and one
// pass reads them.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "core/workspace/entities.hpp"

namespace tk::workspace::detail {

void encode(const Entity& entity, std::string& out);            // attributes and children
bool decode(std::string_view bytes, Entity& entity);            // replaces both; false: not what encode() wrote
void append_ref(std::string& out, const law::Ref& ref);
bool decode_refs(std::string_view bytes, std::vector<law::Ref>& out);

// Other when the table of types is another: what was derived by the old one is void.
const std::string& types_mark();

}  // namespace tk::workspace::detail
