// One row of the journal (FORMATS.md, Journal row): who, what, when, from which state to which, by
// what right. hash = SHA-256("tk-journal-v1\0" ‖ prev ‖ fields): the fields in the order of this
// struct, each as its length (64-bit big-endian) and its bytes; integers are 8 bytes big-endian.
// Payload and changes live in a side table; the row hashes the digest of their stored bytes.
#pragma once

#include <cstdint>
#include <string>

#include "core/crypto/digest.hpp"

namespace tk::journal {

inline constexpr std::int64_t kFormat = 1;

struct Row {
  std::int64_t format = kFormat;
  std::int64_t seq = 0;
  std::string id;  // UUIDv7
  std::int64_t ts_ns = 0;
  std::string trace_id, span_id, parent_span_id;
  std::string actor_kind, actor_id, on_behalf_of, sponsor, borrow_id;
  std::string context_path, entity_type, entity_id, event_type;
  std::string trigger, from_state, to_state;
  std::string payload_digest, changes_digest;  // 32 bytes, or empty where there are none
  std::string reason, rule_id, permission_mode, decision, origin_node;
  std::string kind;  // done, denied, parked, failed, error
  std::string policy_hash, labels, idempotency_key;

  crypto::Digest hash{};  // not among the fields
};

std::string canonical(const Row& row);  // what hash and leaf are made of: every field but the hash
crypto::Digest chain(const crypto::Digest& previous, const Row& row);

}  // namespace tk::journal
