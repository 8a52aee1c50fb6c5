#include "core/record/migrate.hpp"

#include "core/base/text.hpp"

namespace tk::record {

Result<Shape> migrated(const Definition& to, const Record& record) {
  auto name = "record " + record.id;
  auto mapped = to.migrate_states.find(record.state);
  const auto& state = mapped == to.migrate_states.end() ? record.state : mapped->second;
  if (!to.state(state))
    return fail(Code::record_migrate, name + " is in state " + record.state + ", which is gone",
                "say where it leads: [migrate] states = { " + record.state + " = \"" +
                    (text::nearest(record.state, to.leaves()).empty() ? to.leaf(to.initial)
                                                                      : text::nearest(record.state, to.leaves())) +
                    "\" }");
  Shape out{to.leaf(state), record.fields};
  for (const auto& [field, value] : record.fields) {
    auto type = to.fields.find(field);
    if (type == to.fields.end())
      return fail(Code::record_migrate, name + " has a field that is gone: " + field,
                  "keep it in [fields], or take its value away before: an event whose set gives null");
    if (auto fits = json::check(type->second, value, field); !fits)
      return fail(Code::record_migrate, name + ": " + fits.error().message);
  }
  for (const auto& [field, value] : to.defaults) out.fields.try_emplace(field, value);
  return out;
}

}  // namespace tk::record
