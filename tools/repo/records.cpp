// The records of declared entities, for verbs that change declarations.
#include "tools/repo/verbs.hpp"

namespace tk::tools::repo_tool {

Result<record::Record> record_of(Session& s, const law::Ref& ref, const std::string& id, const std::string& state,
                                 const std::string& path, const Value::Map& attributes) {
  if (!id.empty())
    if (auto found = s.store.get(id)) return found;
  TK_TRY(auto named, s.store.of_entity(ref));
  if (named && id.empty()) return std::move(*named);
  auto adopt = change_for(s, ref, id, path, attributes);
  adopt.owed = "adoption";
  adopt.reason = "declared by hand";
  TK_TRY(auto made, s.store.apply(std::move(adopt)));
  if (state == "active") return std::move(made.record);
  record::Change follow;
  follow.id = made.record.id;
  follow.event = entity_event("active", state);
  follow.actor = s.actor;
  follow.trace = s.trace;
  follow.owed = "adoption";
  TK_TRY(auto followed, s.store.apply(std::move(follow)));
  return std::move(followed.record);
}

}  // namespace tk::tools::repo_tool
