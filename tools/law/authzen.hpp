// OpenID AuthZEN Authorization API 1.0, without its transport: a request in JSON, asked of one index,
// gives a reply in JSON. Pure but for `others`. The one file of `tk law serve` that knows law.
//
// subject {type, id} is the entity type:id, where id is a name, context/name, the entity's UUID, or a
// user's email. action.name is an action of tk; a name without a dot is <resource.type>.<name>, or
// entity.<name> for an entity. resource {type, id} is type:id. What is not known is denied with a reason;
// what is not well-formed is refused (400).
#pragma once

#include <functional>
#include <map>
#include <mutex>
#include <string>
#include <thread>
#include <unordered_map>
#include <vector>

#include "core/base/value.hpp"
#include "core/law/explain.hpp"

namespace tk::tools::law_tool::authzen {

// The entities of an index by what AuthZEN calls them. Keeps views: the index must stay.
class Directory {
 public:
  // `keys`: .tk/keys/subjects, which opens the users' emails; whose key is gone is not found by it.
  Directory(const tk::law::Index& index, const std::string& keys);
  const tk::law::Index& index() const { return index_; }
  tk::law::Engine& engine() const;  // one for each thread that asks
  Result<tk::law::EntityView> find(std::string_view type, std::string_view id) const;

 private:
  tk::law::Index index_;
  mutable std::mutex mutex_;
  mutable std::map<std::thread::id, tk::law::Engine> engines_;
  std::unordered_map<std::string_view, tk::law::EntityView> by_id_;
  std::unordered_multimap<std::string, tk::law::EntityView> by_email_;  // by its digest: no address stays in memory
};

struct Source {
  const Directory* directory = nullptr;
  const Error* broken = nullptr;  // there is no law: every well-formed request is denied for this reason
  std::string_view commit;
  std::string_view context;  // of a resource that names none and is no entity (workspace.context)
  tk::law::History* history = nullptr;  // the journal's word, for conditions that ask for it
  // The names of a type's resources that are no entities (records of the journal), for search.
  std::function<std::vector<tk::law::Ref>(std::string_view type)> others = {};
};

enum class Endpoint { evaluation, evaluations, search_subject, search_resource, search_action };

struct Reply {
  int status = 200;
  std::string body;  // JSON when the status is 200, else one line for people
};
Reply answer(const Source& source, Endpoint endpoint, const Value& request);

// /.well-known/authzen-configuration of a decision point at this URL.
std::string configuration(const std::string& url);
std::string_view path_of(Endpoint endpoint);
inline constexpr Endpoint kEndpoints[] = {Endpoint::evaluation, Endpoint::evaluations, Endpoint::search_subject,
                                          Endpoint::search_resource, Endpoint::search_action};

}  // namespace tk::tools::law_tool::authzen
