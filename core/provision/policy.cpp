#include "core/provision/policy.hpp"

#include "core/xml/xml.hpp"

namespace tk::provision {

Result<Policy> policy_of(const git::Repository& repository, const std::string& commit) {
  Policy out;
  TK_TRY(auto manifest, repository.read(commit, "MANIFEST.xml"));
  if (!manifest) return out;
  TK_TRY(auto doc, xml::parse(*manifest, "MANIFEST.xml"));
  for (const auto& child : doc.root.children) {
    if (child.name != "provision") continue;
    out.max_removals = child.get("max-removals");
    const auto* range = child.find("uid-range");
    if (!range) continue;
    auto dash = range->value.find('-');
    out.range.first = static_cast<std::uint32_t>(std::strtoul(range->value.c_str(), nullptr, 10));
    out.range.last = dash == std::string::npos ? 0 : static_cast<std::uint32_t>(std::strtoul(range->value.c_str() + dash + 1, nullptr, 10));
    if (out.range.first < 1000 || out.range.last < out.range.first)
      return fail_at(Code::ws_entity_invalid, doc.where(range->value_at), "uid-range must begin at 1000 or more and end behind it",
                     "uid-range=\"20000-59999\"");
  }
  return out;
}

Result<Ids> read_ids(const git::Repository& repository, const std::string& commit, const Policy& policy) {
  TK_TRY(auto text, repository.read(commit, "ids.lock"));
  return Ids::read(text.value_or(""), policy.range);
}

Result<Ids> read_ids(const git::Repository& repository, const std::string& commit) {
  TK_TRY(auto policy, policy_of(repository, commit));
  return read_ids(repository, commit, policy);
}

}  // namespace tk::provision
