// ids.lock: which Unix id belongs to which entity, for ever. A line an id: `20001<TAB>UUID<TAB>user:acme/alice`, in the
// order in which they were given out; git joins two branches line by line (merge=union). An id is never given twice:
// what an entity that is gone had stays its tombstone. `keep` behind a line says that what the entity has stays even when it
// is not declared any more (lock="delete"). Where two branches gave the same id to two entities, the older
// entity keeps it (UUIDv7 are ordered by time) and the other gets a new one.
#pragma once

#include <cstdint>
#include <set>
#include <string>
#include <unordered_map>
#include <vector>

#include "core/base/error.hpp"
#include "core/provision/places.hpp"

namespace tk::provision {

struct IdRange {
  std::uint32_t first = 20000, last = 59999;
};

class Ids {
 public:
  static Result<Ids> read(const std::string& text, IdRange range);

  // The id of an entity, or 0 where it has none yet.
  std::uint32_t find(const std::string& entity) const;
  // The same, given out now where it has none; `wanted` 0: the next that was never used.
  Result<std::uint32_t> give(const std::string& entity, const std::string& ref, std::uint32_t wanted = 0);
  const std::unordered_map<std::uint32_t, std::string>& owners() const { return owner_; }
  // Whose an id is; empty: nobody's.
  std::string owner(std::uint32_t id) const;
  bool is_new(std::uint32_t id) const;  // given out since these were read: nothing has it yet
  // The references that its entity had when it was given; one that was given on two branches has two.
  std::vector<std::string> refs(std::uint32_t id) const;
  bool in_range(std::uint32_t id) const { return id >= range_.first && id <= range_.last; }
  void keep(const std::string& entity);
  bool kept(const std::string& entity) const { return kept_.contains(entity); }
  bool changed() const { return changed_; }
  // What was given out, or came to be kept, since it was read: ID, UUID, REF, and keep.
  std::vector<std::vector<std::string>> given() const;
  std::string text() const;

 private:
  struct Line {
    std::uint32_t id;
    std::string entity, ref;
    bool keep = false;  // as it was read
  };
  std::uint32_t next() const;

  std::vector<Line> lines_;
  std::unordered_map<std::uint32_t, std::string> owner_;
  std::unordered_map<std::string, std::uint32_t> of_;
  std::set<std::string> kept_;
  IdRange range_;
  std::uint32_t next_ = IdRange{}.first;  // behind the highest of the range
  bool changed_ = false;
  std::size_t read_ = 0;  // lines that were there
};

}  // namespace tk::provision
