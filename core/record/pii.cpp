#include "core/record/pii.hpp"

#include <algorithm>

#include "core/base/base64.hpp"
#include "core/base/ids.hpp"
#include "core/record/named_id.hpp"
#include "core/record/store.hpp"

namespace tk::record {
namespace {

constexpr std::string_view kMark = "pii:v1:";

tl::unexpected<Error> refused(std::string why, std::string hint = {}) {
  return fail(Code::pii_field, std::move(why), std::move(hint));
}

// Whose data a field is: the record's own, or of whom another field of it names.
Result<std::string> subject_for(Sealer& sealer, const std::string& field, const std::string& named_by, const Record& record,
                                const Value::Map& input) {
  if (named_by.empty()) return record.id;
  auto named = input.contains(named_by) ? input.at(named_by) : record.fields.contains(named_by) ? record.fields.at(named_by) : Value();
  if (!named.as_text() || named.as_text()->empty())
    return refused("`" + field + "` is personal and `" + named_by + "`, which says whose data it is, is missing");
  return sealer.subject_of(*named.as_text());
}

Result<void> seal_one(Sealer& sealer, const std::string& field, const std::string& named_by, const Record& record, const Change& by,
                      const Value::Map& input, Value& value) {
  if (value.is_null()) return {};
  if (!value.as_text()) return refused("`" + field + "` is personal: it must be text, not " + std::string(value.kind()));
  TK_TRY(auto subject, subject_for(sealer, field, named_by, record, input));
  auto place = sealed_place(record.type, field, record.id);
  auto sealed = read_sealed(*value.as_text());
  if (!sealed) {
    TK_TRY(value, sealer.seal(by, subject, place, *value.as_text()));
    return {};
  }
  if (sealed->subject != subject) return refused("`" + field + "` was sealed for another subject", "give it in clear; tk seals it");
  auto fits = sealer.check(place, *sealed);
  if (fits) return {};
  // What an erased subject has left stays where it was, and nowhere else.
  auto before = record.fields.find(field);
  bool stays = fits.error().code == Code::pii_erased && before != record.fields.end() && before->second == value;
  return stays ? Result<void>{} : fits;
}

// A name that nothing takes may hold a personal value under a misspelt name: it is refused before a row keeps it.
Result<void> check_names(const Definition& definition, const Change& by, const Value::Map& input) {
  for (const auto& [name, value] : input) {
    bool known = definition.fields.contains(name) ||
                 std::any_of(definition.transitions.begin(), definition.transitions.end(), [&](const Transition& t) {
                   return t.event == by.event && t.input.contains(name);
                 });
    if (!known)
      return fail(Code::record_input, (by.event.empty() ? "a new " + definition.type : "event " + by.event) + " takes no `" + name + "`",
                  "`tk record show` and the definition say what it takes");
  }
  return {};
}

}  // namespace

std::optional<Sealed> read_sealed(std::string_view text) {
  if (!text.starts_with(kMark)) return std::nullopt;
  text.remove_prefix(kMark.size());
  auto colon = text.find(':');
  if (colon == text.npos || !ids::is_uuid(text.substr(0, colon))) return std::nullopt;
  auto bytes = base64::decode_url(text.substr(colon + 1));
  if (!bytes || bytes->size() < 16) return std::nullopt;
  return Sealed{std::string(text.substr(0, colon)), std::move(*bytes)};
}

std::string write_sealed(std::string_view subject, std::string_view bytes) {
  return std::string(kMark) + std::string(subject) + ":" + base64::encode_url(bytes);
}

std::string sealed_place(std::string_view type, std::string_view field, std::string_view id) {
  return std::string(type) + "/" + std::string(field) + "/" + std::string(id);
}

Result<void> seal_personal(Sealer* sealer, const Definition& definition, const Record& record, const Change& by,
                           Value::Map& input) {
  if (definition.pii.empty()) return {};
  TK_CHECK(check_names(definition, by, input));
  for (const auto& [field, named_by] : definition.pii) {
    auto it = input.find(field);
    if (it == input.end()) continue;
    if (!sealer) return refused("`" + field + "` is personal, and nobody here can seal it");
    TK_CHECK(seal_one(*sealer, field, named_by, record, by, input, it->second));
  }
  return {};
}

Result<void> check_migration(const Definition& to, const Record& record) {
  for (const auto& [field, named_by] : to.pii) {
    auto it = record.fields.find(field);
    if (it == record.fields.end() || it->second.is_null()) continue;
    if (!it->second.as_text() || !read_sealed(*it->second.as_text()))
      return refused("`" + field + "` would become personal, but the journal has its value in clear",
                     "take the field out of the record first, or call the personal one otherwise");
  }
  return {};
}

std::string id_of_new(const Definition& definition, const Change& change) {
  if (definition.pii.empty() || change.idempotency_key.empty()) return ids::uuid7();
  return named_id("tk-new " + definition.type + " " + change.idempotency_key);
}

}  // namespace tk::record
