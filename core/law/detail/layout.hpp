// The file .tk/law.idx: a Header, then tables of fixed-size rows at 8-byte offsets, then the string
// pool. Little-endian as the machine is; the magic carries the version, and another version or
// another machine's order is simply rebuilt.
#pragma once

#include <cstdint>

namespace tk::law::detail {

inline constexpr char kMagic[8] = {'T', 'K', 'L', 'A', 'W', '0', '0', '4'};

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
  kActionNames, kFiles, kKeys, kBuckets, kEntityBuckets, kGroups, kCandidates, kHoldings, kWords,
  kConditions, kSets, kObligations, kPool, kTables
};

struct Header {
  char magic[8];
  std::uint64_t size;  // of the whole file
  Str commit, policy_hash;
  std::uint32_t combining, unused;  // law::Combining
  Range tables[kTables];            // at = byte offset, size = rows (bytes for the pool)
};

struct EntityRow {
  Str type, name, context, id, state, file;
  std::uint32_t line, column;
  Range attributes, grants, buckets, holdings;
};
struct AttributeRow {
  Str key, value;  // the value as it is written
  std::uint32_t key_number, kind;  // of kKeys; law::Kind
  std::int64_t number;  // int, bool, the bits of a double, nanoseconds
};
struct KeyRow {
  Str name;
  std::uint32_t kind, unused;  // law::Kind; any where entities differ
};
struct ActorGrantRow {
  std::uint32_t grant, role;
  Str via;  // the groups between actor and grant, "" when granted directly
};
struct GrantRow {
  Str id, context, file;
  std::uint32_t line, role;
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
  Range actions, sets, obligations;
  std::uint32_t when, role;  // condition + 1, 0 = none; the role that has it
};
struct FileRow {
  Str path;
  std::int64_t size, mtime_ns;
};

// ---- what a decision looks at: resource → buckets; (bucket, action) → candidates; actor → roles.
// A bucket is a set of resources that a pattern stands for (detail/bucket.hpp). Both tables are hashed,
// open addressing, a power of two in size.
struct BucketRow {
  Str type, context, name;
  std::uint32_t kind, number;  // number + 1; 0 = an empty place
};
struct GroupRow {
  std::uint32_t bucket, action;  // bucket + 1; 0 = an empty place
  Range candidates;              // forbids, then permits that change or ask, then plain ones
  std::uint32_t forbids, changing;  // how many there are of the first two
};
struct CandidateRow {
  std::uint32_t rule, role, when, flags;
};
inline constexpr std::uint32_t kForbid = 1, kChanges = 2, kPattern = 4;  // flags, and how they are sorted

// The roles that an actor has, with all that they inherit, by the context of the grants.
struct HoldingRow {
  Str context;
  Range words;  // of kWords: a bit for each role
};
struct ConditionRow {
  Str text, file;
  std::uint32_t line, column;  // of the first rule that has it
};
struct SetRow {
  Str argument;
  std::uint32_t condition, unused;  // the CEL that gives its value
};
struct ObligationRow {
  Str kind, of;
  std::uint32_t n, unused;
};

}  // namespace tk::law::detail
