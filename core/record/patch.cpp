#include "core/json/json.hpp"
#include "core/record/store.hpp"

namespace tk::record {
namespace {

std::string pointer(std::string_view name) {
  std::string out = "/";
  for (char c : name) {
    if (c == '~') out += "~0";
    else if (c == '/') out += "~1";
    else out += c;
  }
  return out;
}

std::string member_of(std::string_view pointer) {
  std::string out;
  for (std::size_t i = 1; i < pointer.size(); ++i) {
    if (pointer[i] == '~' && i + 1 < pointer.size()) out += pointer[++i] == '0' ? '~' : '/';
    else out += pointer[i];
  }
  return out;
}

// Whether they are kept as the same bytes: 0.0 equals -0.0, and yet it is another record.
bool same(const Value& a, const Value& b) {
  if (!(a == b)) return false;
  bool plain = !a.as_double() && !a.as_list() && !a.as_map();
  return plain || json::compact(a) == json::compact(b);
}

}  // namespace

Value diff_members(const Value::Map& before, const Value::Map& after) {
  Value::List ops;
  for (const auto& [name, value] : before)
    if (!after.contains(name)) ops.push_back(Value::Map{{"op", "remove"}, {"path", pointer(name)}});
  for (const auto& [name, value] : after) {
    auto it = before.find(name);
    if (it != before.end() && same(it->second, value)) continue;
    ops.push_back(Value::Map{{"op", it == before.end() ? "add" : "replace"},
                             {"path", pointer(name)},
                             {"value", value}});
  }
  return ops;
}

Result<void> patch_members(Value::Map& members, const Value& patch) {
  const auto* ops = patch.as_list();
  if (!ops) return fail(Code::journal_broken, "changes are no RFC 6902 patch");
  for (const auto& op : *ops) {
    auto name = member_of(op["path"].text());
    auto what = op["op"].text();
    if (what == "remove") members.erase(name);
    else if (what == "add" || what == "replace") members.insert_or_assign(name, op["value"]);
    else return fail(Code::journal_broken, "changes hold an unknown operation");
  }
  return {};
}

}  // namespace tk::record
