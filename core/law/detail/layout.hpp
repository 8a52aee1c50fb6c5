// The file .tk/law.idx: a Header, then tables of fixed-size rows at 8-byte offsets, then the string
// pool. Little-endian as the machine is; the magic carries the version, and another version or
// another machine's order is simply rebuilt.
#pragma once

#include <cstdint>

namespace tk::law::detail {

inline constexpr char kMagic[8] = {'T', 'K', 'L', 'A', 'W', '0', '0', '2'};

// What law may hold, so that no index is too big for its 32-bit offsets and no answer takes long.
inline constexpr std::size_t kMaxNesting = 32;         // groups in groups, roles that inherit
inline constexpr std::size_t kMaxRows = 1u << 22;      // of one table
inline constexpr std::size_t kMaxPool = 1u << 28;
inline constexpr std::size_t kMaxLooks = 1u << 22;     // at rules and their actions, for one decision

struct Str {
  std::uint32_t at = 0, size = 0;  // in the pool
};
struct Range {
  std::uint32_t at = 0, size = 0;  // rows of a table
};

enum Table : std::uint32_t {
  kEntities, kAttributes, kActorGrants, kGrants, kRoles, kClosure, kRules, kActionPatterns,
  kActionNames, kFiles, kPool, kTables
};

struct Header {
  char magic[8];
  std::uint64_t size;  // of the whole file
  Str commit, policy_hash;
  Range tables[kTables];  // at = byte offset, size = rows (bytes for the pool)
};

struct EntityRow {
  Str type, name, context, id, state, file;
  std::uint32_t line, unused;
  Range attributes, grants;
};
struct AttributeRow {
  Str key, value;
};
struct ActorGrantRow {
  std::uint32_t grant, role;
  Str via;  // the groups between actor and grant, "" when granted directly
};
struct GrantRow {
  Str id, context, file;
  std::uint32_t line, unused;
};
struct RoleRow {
  Str ref, file;
  std::uint32_t line, unused;
  Range closure, rules;
};
struct ClosureRow {
  std::uint32_t role, parent;  // parent = row in the closure that inherits this one; self = first
};
struct RuleRow {
  Str id, resource, file;
  std::uint32_t line, permit;
  Range actions;
};
struct FileRow {
  Str path;
  std::int64_t size, mtime_ns;
};

}  // namespace tk::law::detail
