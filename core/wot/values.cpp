#include "core/wot/values.hpp"

#include "core/json/json.hpp"

namespace tk::wot {

namespace {
constexpr std::size_t kInline = 2048;
}

Result<Value> shrink(const store::Cas& cas, const Value::Map& values) {
  Value::Map out;
  for (const auto& [name, value] : values) {
    auto text = json::compact(value);
    // A value that looks like a reference is never taken for one.
    bool like_reference = value.as_map() && value.as_map()->contains("$cas");
    if (text.size() <= kInline && !like_reference) {
      out.emplace(name, value);
      continue;
    }
    TK_TRY(auto digest, cas.put(text));
    out.emplace(name, Value::Map{{"$cas", digest}, {"bytes", static_cast<std::int64_t>(text.size())}});
  }
  return Value(std::move(out));
}

Result<Value::Map> expand(const store::Cas& cas, const Value& stored) {
  Value::Map out;
  if (!stored.as_map()) return out;
  for (const auto& [name, value] : *stored.as_map()) {
    const auto* digest = value["$cas"].as_text();
    if (!digest) {
      out.emplace(name, value);
      continue;
    }
    TK_TRY(auto text, cas.get(*digest));
    TK_TRY(auto whole, json::parse(text, "cas/" + *digest));
    out.emplace(name, std::move(whole));
  }
  return out;
}

}  // namespace tk::wot
