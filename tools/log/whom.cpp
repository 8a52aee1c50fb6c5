#include "tools/log/whom.hpp"

#include "core/base/clock.hpp"
#include "core/base/ids.hpp"
#include "core/base/text.hpp"
#include "core/law/ref.hpp"

namespace tk::tools::log_tool {

Result<std::int64_t> read_time(const std::string& word) {
  if (word.empty()) return 0;
  if (auto ago = clock::parse_duration(word)) return clock::now_ns() - *ago;
  return clock::parse_rfc3339(word);
}

std::string id_of(Session& s, const std::string& word) {
  if (word.find(':') == word.npos) return word;
  auto ref = tk::law::parse_ref(word);
  auto entity = ref ? s.law.index().find(*ref) : Result<tk::law::EntityView>(fail(ref.error()));
  if (!entity) return word;
  if (!entity->id.empty()) return std::string(entity->id);
  auto record = s.store.of_entity({std::string(entity->type), std::string(entity->context), std::string(entity->name)});
  return record && *record ? (*record)->id : word;
}

Result<std::string> subject_named(Session& s, const std::string& word) {
  auto id = id_of(s, word);
  if (ids::is_uuid(id)) {
    TK_TRY(auto known, s.subjects.find(id));
    if (known || s.store.get(id)) return id;
    for (const auto& e : s.law.index().entities(""))
      if (e.id == id) return id;
  } else if (word.find(':') != word.npos) {
    return s.subjects.subject_of(word);  // says why not
  }
  return fail(Code::ws_entity_unknown, "neither an entity nor a record: " + text::printable(word),
              "name it by its reference (user:alice) or its whole id; tk repo get user lists people");
}

}  // namespace tk::tools::log_tool
