// The compiled law of one commit: flat little-endian tables, read in place from a mapping, every
// offset checked. Layout: detail/layout.hpp. Decisions are pure: no I/O, no clock, no allocation
// beyond the answer. Combining: forbid overrides, default deny.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/error.hpp"
#include "core/law/ref.hpp"

namespace tk::law {

inline constexpr std::string_view kCombining = "forbid overrides permit; no rule = deny";

struct EntityView {
  std::string_view type, context, name, id, state, file;
  int line = 0;
  std::uint32_t number = 0;  // row in the index
  std::string str() const;
  bool active() const { return state == "active"; }
};

struct RuleHit {
  std::string_view id, file, resource, role, grant, grant_file, grant_context, via;
  int line = 0, grant_line = 0;
  bool permit = false;
  std::vector<std::string_view> inheritance;  // role, then the roles that led to the rule's own
};

struct Decision {
  bool allow = false;
  std::vector<RuleHit> determining;  // the forbids, else the permits
  std::string reason;                // one line; for a default deny the first missing link
  std::string_view policy_hash;
};

class Index {
 public:
  static Result<Index> open(std::string_view bytes);  // keeps a view: the bytes must stay

  std::string_view commit() const;
  std::string_view policy_hash() const;

  // `type:context/name`, or the short form where it is unique.
  Result<EntityView> find(const Ref& ref) const;
  std::vector<EntityView> entities(std::string_view type) const;  // empty type = all
  std::optional<std::string_view> attribute(const EntityView& entity, std::string_view key) const;
  std::vector<std::pair<std::string_view, std::string_view>> attributes(const EntityView& e) const;

  bool known_action(std::string_view action) const;
  Result<void> check_action(std::string_view action) const;  // unknown: names the nearest
  std::vector<std::string_view> actions() const;

  // `actor` must be an entity of this index. The resource need not be.
  Decision decide(const EntityView& actor, std::string_view action, const Ref& resource) const;

  struct File {
    std::string_view path;
    std::int64_t size = 0, mtime_ns = 0;
  };
  std::vector<File> files() const;

 private:
  std::string_view bytes_;
};

}  // namespace tk::law
