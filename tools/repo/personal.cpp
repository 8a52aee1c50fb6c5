// Attributes that are personal: sealed before anything is written, opened for who may.
#include <algorithm>

#include "core/base/ids.hpp"
#include "tools/repo/verbs.hpp"
#include "tools/session/personal.hpp"

namespace tk::tools::repo_tool {
namespace {

bool is_personal(const record::EntityType* type, std::string_view name) {
  const auto* attribute = type ? type->find(name) : nullptr;
  return attribute && attribute->personal();
}

}  // namespace

Result<void> seal_pairs(Session& s, const law::Ref& ref, const std::string& id,
                        std::vector<std::pair<std::string, std::string>>& pairs) {
  const auto* type = record::find_entity_type(ref.type);
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
  const auto* type = record::find_entity_type(e.type);
  Unsealing unsealing;
  for (auto [k, v] : index.attributes(e)) {
    Value value(v);
    if (is_personal(type, k)) TK_CHECK(unsealing.open_in(value, std::string(k), std::string(e.type), std::string(e.id)));
    out.emplace_back(std::string(k), value.text());
  }
  return out;
}

}  // namespace tk::tools::repo_tool
