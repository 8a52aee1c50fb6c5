// Which resources a pattern stands for, as something that can be looked up. A resource lies in at most a dozen
// buckets, so a decision looks at the rules of those and at no others; law::matches says the same, slowly.
#pragma once

#include <cstdint>
#include <string_view>

#include "core/law/ref.hpp"

namespace tk::law::detail {

struct Bucket {
  enum Kind : std::uint32_t {
    one,      // type:context/name, that one
    named,    // type:name, in any context
    subtree,  // type:context/** and below; an empty type is any
  };
  Kind kind = subtree;
  std::string_view type, context, name;
};

// `exact`: the pattern covers all of the bucket; else matches() has to look at each.
Bucket bucket_of(std::string_view pattern, bool& exact);

std::uint64_t hash(const Bucket& bucket);

// Every bucket that a resource lies in.
template <class F>
void for_each_bucket(std::string_view type, std::string_view context, std::string_view name, F f) {
  if (!context.empty()) f(Bucket{Bucket::one, type, context, name});
  f(Bucket{Bucket::named, type, {}, name});
  for (auto above = context;;) {
    f(Bucket{Bucket::subtree, type, above, {}});
    f(Bucket{Bucket::subtree, {}, above, {}});
    if (above.empty()) return;
    auto dot = above.rfind('.');
    above = dot == above.npos ? std::string_view() : above.substr(0, dot);
  }
}

inline std::uint64_t group_hash(std::uint32_t bucket, std::uint32_t action) {
  auto h = (std::uint64_t{bucket} << 32 | action) * 0x9E3779B97F4A7C15u;
  return h ^ h >> 29;
}

}  // namespace tk::law::detail
