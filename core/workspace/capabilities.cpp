#include "core/workspace/capabilities.hpp"

#include <algorithm>
#include <set>
#include <tuple>

#include "core/law/ref.hpp"
#include "core/xml/xml.hpp"

namespace tk::workspace {
namespace {

bool covers_name(std::string_view pattern, std::string_view name) {
  return pattern.ends_with('*') ? name.starts_with(pattern.substr(0, pattern.size() - 1)) : pattern == name;
}

bool applies(const Capability& c, const CapabilityAsker& who) {
  bool named = c.profile.empty() || std::find(who.profiles.begin(), who.profiles.end(), c.profile) != who.profiles.end();
  return named && law::covers(c.context, who.context);
}

// What decides comes first: an off that is written out, then who gives most, then who stands nearest, then the place.
bool before(const Capability* a, const Capability* b) {
  auto rank = [](const Capability& c) {
    bool forbids = c.said && c.mode == CapabilityMode::off;
    auto gives = static_cast<std::int64_t>(c.mode), depth = static_cast<std::int64_t>(c.context.size());
    return std::tuple(!forbids, -gives, -depth, c.at.file, c.at.line, c.at.column);
  };
  return rank(*a) < rank(*b);
}

}  // namespace

std::string_view to_string(CapabilityMode mode) {
  return mode == CapabilityMode::on ? "on" : mode == CapabilityMode::borrow ? "borrow" : "off";
}

Result<std::vector<Capability>> read_capabilities(std::string_view content, const std::string& path, const std::string& context) {
  TK_TRY(auto doc, xml::parse(content, path));
  std::vector<Capability> out;
  auto file_name = path.substr(path.rfind('/') + 1);
  auto read = [&](const xml::Element& integration) {
    if (integration.find("state") && integration.get("state") != "active") return;
    auto name = integration.find("name") ? integration.get("name") : file_name.substr(0, file_name.rfind(".xml"));
    for (const auto& child : integration.children) {
      if (child.name != "capability") continue;
      Capability c{law::Ref{"integration", context, name}.str(), context, integration.get("server"), integration.get("profile"),
                   child.get("kind"), child.get("name")};
      auto mode = child.get("mode");
      c.mode = mode == "on" ? CapabilityMode::on : mode == "borrow" ? CapabilityMode::borrow : CapabilityMode::off;
      c.said = child.find("mode") != nullptr;
      c.secret = child.get("secret");
      c.inject = child.get("inject");
      c.lender = child.get("lender");
      c.ttl = child.get("ttl");
      c.max_uses = child.get("max-uses");
      c.human = child.get("approve") == "human";
      c.at = doc.where(child.at);
      out.push_back(std::move(c));
    }
  };
  if (doc.root.name == "integration") read(doc.root);
  for (const auto& child : doc.root.children)
    if (child.name == "integration") read(child);
  return out;
}

CapabilityRuling capability_of(std::span<const Capability> all, const CapabilityAsker& who, std::string_view server, std::string_view kind,
                               std::string_view name) {
  CapabilityRuling out{std::string(server), std::string(kind), std::string(name)};
  for (const auto& c : all)
    if (c.server == server && c.kind == kind && covers_name(c.name, name) && applies(c, who)) out.others.push_back(&c);
  if (out.others.empty()) return out;
  std::sort(out.others.begin(), out.others.end(), before);
  out.by = out.others.front();
  out.mode = out.by->mode;
  out.others.erase(out.others.begin());
  if (out.mode == CapabilityMode::off) return out;
  out.human = out.by->human || std::any_of(out.others.begin(), out.others.end(), [](const auto* c) { return c->human && c->mode != CapabilityMode::off; });
  return out;
}

std::vector<CapabilityRuling> capabilities_of(std::span<const Capability> all, const CapabilityAsker& who) {
  std::set<std::tuple<std::string, std::string, std::string>> named;
  for (const auto& c : all)
    if (applies(c, who)) named.emplace(c.server, c.kind, c.name);
  std::vector<CapabilityRuling> out;
  for (const auto& [server, kind, name] : named) out.push_back(capability_of(all, who, server, kind, name));
  return out;
}

}  // namespace tk::workspace
