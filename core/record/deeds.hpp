// The journal read as what law was asked: each row that law had a say in, with the action, the actor whose rights
// counted and the resource. For history-aware rules, replay and drafts. The action is not in the row: it is the
// one that the record's pinned definition gives the event.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>

#include "core/journal/journal.hpp"
#include "core/law/ref.hpp"
#include "core/record/definition.hpp"

namespace tk::record {

// Views are valid until the visit returns.
struct Deed {
  std::int64_t seq = 0, ts_ns = 0;
  std::string_view kind;      // done, denied, parked, failed, error
  std::string_view actor_id;  // of the one whose rights counted
  std::string_view action;    // empty: tk's own doing (a compensation), or the definition is gone
  const law::Ref* resource = nullptr;
  std::string_view payload;   // JSON, where it was asked for
};

class Deeds {
 public:
  explicit Deeds(journal::Journal& journal) : journal_(journal) {}

  struct Which {
    std::int64_t after_seq = 0, until_seq = 0, since_ns = 0;  // 0 = open
    std::string trace, actor;                                 // empty = all
    bool payload = false;
  };
  Result<void> each(const Which& which, const std::function<Result<bool>(const Deed&)>& visit);

 private:
  struct Known {  // of a record
    law::Ref resource;
    std::string definition;
  };
  Result<const Known*> record_of(std::string_view id, std::string_view type, std::string_view context);
  Result<std::string_view> action_of(const Known& record, std::string_view trigger, std::string_view from);

  journal::Journal& journal_;
  struct Hash : std::hash<std::string_view> {
    using is_transparent = void;
  };
  template <class T>
  using Kept = std::unordered_map<std::string, T, Hash, std::equal_to<>>;
  Kept<Known> records_;
  Known unknown_;
  Kept<std::unique_ptr<Definition>> definitions_;
  Kept<std::string> actions_;
  std::string key_;  // reused
};

}  // namespace tk::record
