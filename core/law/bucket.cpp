#include "core/law/detail/bucket.hpp"

namespace tk::law::detail {

Bucket bucket_of(std::string_view pattern, bool& exact) {
  exact = true;
  if (pattern == "**" || pattern == "*") return {Bucket::subtree, {}, {}, {}};
  auto colon = pattern.find(':');
  auto type = pattern.substr(0, colon);
  exact = !type.empty();
  if (type == "*" || type == "**") type = {};
  auto rest = pattern.substr(colon + 1);
  auto slash = rest.find('/');
  auto has_context = slash != rest.npos;
  auto context = has_context ? rest.substr(0, slash) : std::string_view();
  auto name = has_context ? rest.substr(slash + 1) : rest;
  if (has_context && context.empty()) exact = false;
  if (rest.find('*') == rest.npos && !type.empty() && exact)
    return {has_context ? Bucket::one : Bucket::named, type, context, name};
  if (exact && name == "**" && context.find('*') == context.npos) return {Bucket::subtree, type, context, {}};
  // Cut back to the contexts before the first star: what is below them is looked at one by one.
  exact = false;
  auto star = context.find('*');
  if (star != context.npos) {
    auto dot = context.substr(0, star).rfind('.');
    context = dot == context.npos ? std::string_view() : context.substr(0, dot);
  }
  return {Bucket::subtree, type, context, {}};
}

std::uint64_t hash(const Bucket& b) {
  std::uint64_t h = 0xCBF29CE484222325u + b.kind;
  for (auto part : {b.type, b.context, b.name}) {
    for (char c : part) h = (h ^ static_cast<unsigned char>(c)) * 0x100000001B3u;
    h = (h ^ 0xFF) * 0x100000001B3u;
  }
  return h ^ h >> 32;
}

}  // namespace tk::law::detail
