// Attributes that are personal: sealed before anything is written, opened for who may.
#include <algorithm>

#include "core/base/ids.hpp"
#include "tools/repo/verbs.hpp"

namespace tk::tools::repo_tool {
namespace {

bool is_personal(const workspace::EntityType* type, std::string_view name) {
  return type && std::find(type->pii.begin(), type->pii.end(), name) != type->pii.end();
}

// Whether the one who asks may read it; who is nobody may not.
bool may_export(Session& s, const std::string& subject) {
  auto resource = s.subjects.resource(subject);
  if (!resource) return false;
  auto ruling = s.gate.rule({s.actor, "subject.export", *resource, nullptr, nullptr, &s.store.history()});
  return ruling && ruling->allow && ruling->obligations.empty() && ruling->leases.empty();
}

}  // namespace

Result<void> seal_pairs(Session& s, const law::Ref& ref, const std::string& id,
                        std::vector<std::pair<std::string, std::string>>& pairs) {
  const auto* type = workspace::find_entity_type(ref.type);
  for (auto& [name, value] : pairs) {
    if (value.empty() || !is_personal(type, name)) continue;
    if (id.empty())
      return fail(Code::pii_field, ref.str() + " has no id, which the key of its personal data is kept by",
                  "add id=\"" + ids::uuid7() + "\" to its element and commit that");
    auto place = record::sealed_place(ref.type, name, id);
    record::Change by;
    by.context = ref.context;
    by.actor = s.actor;
    by.trace = trace::child(s.trace);
    auto sealed = record::read_sealed(value);
    if (!sealed) {
      TK_TRY(value, s.subjects.seal(by, id, place, value));
    } else if (sealed->subject != id) {
      return fail(Code::pii_field, name + " was sealed for another entity", "give it in clear; tk seals it");
    } else {
      TK_CHECK(s.subjects.check(place, *sealed));
    }
  }
  return {};
}

Result<std::vector<std::pair<std::string, std::string>>> shown_attributes(const law::Index& index,
                                                                          const law::EntityView& e) {
  std::vector<std::pair<std::string, std::string>> out;
  const auto* type = workspace::find_entity_type(e.type);
  std::unique_ptr<Session> session;
  bool tried = false, may = false;
  for (auto [k, v] : index.attributes(e)) {
    auto name = std::string(k), value = std::string(v);
    auto sealed = is_personal(type, k) ? record::read_sealed(value) : std::nullopt;
    if (sealed && !std::exchange(tried, true)) {
      if (auto opened = Session::open()) session = std::move(*opened);
      may = session && may_export(*session, sealed->subject);
    }
    if (sealed) {
      auto clear = may ? session->subjects.open(record::sealed_place(e.type, name, std::string(e.id)), *sealed)
                       : Result<std::string>(fail(Code::law_denied, ""));
      if (!clear && clear.error().code != Code::law_denied && clear.error().code != Code::pii_erased) return fail(clear.error());
      if (clear) value = std::move(*clear);
      else value = clear.error().code == Code::pii_erased ? "(erased)" : value.substr(0, 15) + "…";
    }
    out.emplace_back(std::move(name), std::move(value));
  }
  return out;
}

}  // namespace tk::tools::repo_tool
