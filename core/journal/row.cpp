#include "core/journal/row.hpp"

namespace tk::journal {
namespace {

void put(std::string& out, std::uint64_t number) {
  for (int shift = 56; shift >= 0; shift -= 8) out += static_cast<char>((number >> shift) & 0xff);
}
void field(std::string& out, std::int64_t number) {
  put(out, 8);
  put(out, static_cast<std::uint64_t>(number));
}
void field(std::string& out, const std::string& text) {
  put(out, text.size());
  out += text;
}

}  // namespace

std::string canonical(const Row& r) {
  std::string out;
  out.reserve(1024);
  field(out, r.format);
  field(out, r.seq);
  field(out, r.id);
  field(out, r.ts_ns);
  for (const auto* text :
       {&r.trace_id, &r.span_id, &r.parent_span_id, &r.actor_kind, &r.actor_id, &r.on_behalf_of,
        &r.sponsor, &r.borrow_id, &r.context_path, &r.entity_type, &r.entity_id, &r.event_type,
        &r.trigger, &r.from_state, &r.to_state, &r.payload_digest, &r.changes_digest, &r.reason,
        &r.rule_id, &r.permission_mode, &r.decision, &r.origin_node, &r.kind, &r.policy_hash,
        &r.labels, &r.idempotency_key})
    field(out, *text);
  return out;
}

crypto::Digest chain(const crypto::Digest& previous, const Row& row) {
  std::string bytes("tk-journal-v1\0", 14);
  bytes.append(reinterpret_cast<const char*>(previous.data()), previous.size());
  bytes += canonical(row);
  return crypto::sha256(bytes);
}

}  // namespace tk::journal
