#include "tools/log/rows.hpp"

#include "core/base/clock.hpp"
#include "core/base/ids.hpp"
#include "core/json/json.hpp"

namespace tk::tools::log_tool {

Value row_json(const journal::Stored& stored) {
  const auto& r = stored.row;
  auto parsed = [](const std::string& text) {
    return text.empty() ? Value() : json::parse(text).value_or(Value());
  };
  std::string hash = ids::hex(r.hash);
  return Value::Map{
      {"seq", r.seq}, {"id", r.id}, {"ts", clock::rfc3339(r.ts_ns)}, {"ts_ns", r.ts_ns},
      {"trace_id", r.trace_id}, {"span_id", r.span_id}, {"parent_span_id", r.parent_span_id},
      {"actor_kind", r.actor_kind}, {"actor_id", r.actor_id}, {"on_behalf_of", r.on_behalf_of},
      {"sponsor", r.sponsor}, {"borrow_id", r.borrow_id}, {"context_path", r.context_path},
      {"entity_type", r.entity_type}, {"entity_id", r.entity_id}, {"event_type", r.event_type},
      {"trigger", r.trigger}, {"from_state", r.from_state}, {"to_state", r.to_state},
      {"changes", parsed(stored.changes)}, {"payload", parsed(stored.payload)},
      {"reason", r.reason}, {"rule_id", r.rule_id}, {"permission_mode", r.permission_mode},
      {"decision", r.decision}, {"origin_node", r.origin_node}, {"kind", r.kind},
      {"policy_hash", r.policy_hash}, {"labels", r.labels},
      {"idempotency_key", r.idempotency_key}, {"format", r.format}, {"hash", hash}};
}

Value hashed_json(const journal::Row& row) {
  auto out = row_json({row, "", ""});
  auto hex = [](const std::string& bytes) { return ids::hex({reinterpret_cast<const std::uint8_t*>(bytes.data()), bytes.size()}); };
  auto& fields = *out.as_map();
  for (const char* no : {"ts", "changes", "payload"}) fields.erase(no);
  fields.emplace("payload_digest", hex(row.payload_digest));
  fields.emplace("changes_digest", hex(row.changes_digest));
  return out;
}

}  // namespace tk::tools::log_tool
