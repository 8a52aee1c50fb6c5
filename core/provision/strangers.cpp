#include "core/provision/strangers.hpp"

#include <algorithm>
#include <charconv>

#include "core/base/text.hpp"
#include "core/law/ref.hpp"
#include "core/provision/desired.hpp"
#include "core/provision/places.hpp"

namespace tk::provision {

bool Strangers::ours(std::string_view name, std::uint32_t id) const {
  auto entity = ids_.owner(id);
  if (entity.empty()) return false;
  for (const auto& text : ids_.refs(id)) {
    auto ref = law::parse_ref(text);
    if (ref && (ref->name == name || (ref->type == "space" && name_of_space(ref->context + "." + ref->name) == name))) return true;
  }
  return options_.applied && options_.applied(name, entity);
}

std::string Strangers::group_with(const std::string& name) {
  if (!members_) {
    members_.emplace();
    for (auto row : observed_.rows("group").rows()) {
      auto group = field_of(row, 0), gid = field_of(row, 2);
      std::uint32_t id = 0;
      std::from_chars(gid.data(), gid.data() + gid.size(), id);
      if (!declared_.contains(group) && !ours(group, id))
        for (auto member : text::split(field_of(row, 3), ',')) members_->emplace(member, group);
    }
  }
  auto it = members_->find(name);
  return it == members_->end() ? std::string() : std::string(it->second);
}

std::string Strangers::home_around(std::string_view path, std::string_view but) {
  if (!homes_) {
    homes_.emplace();
    for (auto row : observed_.rows("passwd").rows())
      if (auto home = field_of(row, 5); !declared_.contains(field_of(row, 0)) && !no_place_for_a_home(home)) homes_->emplace(home, field_of(row, 0));
  }
  for (; !path.empty(); path = path.substr(0, path.rfind('/')))
    if (auto it = homes_->find(path); it != homes_->end() && it->second != but) return std::string(it->second);
  return {};
}

bool Strangers::lists_shell(std::string_view shell) {
  if (shell.ends_with("/nologin") || shell.ends_with("/false")) return true;
  if (!shells_) {
    auto file = observed_.file("/etc/shells");
    shells_ = file ? file->content : "";
  }
  auto lines = text::split(*shells_, '\n');
  return shells_->empty() || std::find(lines.begin(), lines.end(), shell) != lines.end();
}

}  // namespace tk::provision
