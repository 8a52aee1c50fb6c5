#include "core/acl/standing.hpp"

#include "core/base/clock.hpp"
#include "core/record/named_id.hpp"

namespace tk::acl {

namespace {

// One actor has one such record.
std::string record_of(const std::string& actor_id) { return record::named_id("tk-standing " + actor_id); }

}  // namespace

Result<Standing> standing_of(record::Store& store, const std::string& actor_id) {
  Standing out;
  auto id = record_of(actor_id);
  auto found = store.get(id);
  if (!found && found.error().code == Code::record_unknown) return out;
  if (!found) return fail(found.error());
  out.record = id;
  out.epoch = found->fields.at("epoch").integer();
  out.halted = found->state == "halted";
  if (found->version > 1) out.changed_ns = found->updated_ns;
  if (out.halted) out.since = clock::rfc3339(found->updated_ns);
  if (auto it = found->fields.find("by"); it != found->fields.end()) out.by = it->second.text();
  return out;
}

Result<record::Change> judge(record::Store& store, Verdict verdict, const record::Actor& actor,
                             const record::Actor& by, const trace::Context& trace, const std::string& reason) {
  TK_TRY(auto now, standing_of(store, actor.id));
  record::Change c;
  c.actor = by;
  c.trace = trace;
  if (now.record.empty()) {
    auto made = c;
    made.id = now.record = record_of(actor.id);
    made.type = "standing";
    made.name = actor.id;
    if (auto ref = law::parse_ref(actor.ref)) made.context = ref->context;
    made.input = {{"actor", actor.ref}, {"epoch", std::int64_t{0}}};
    made.owed = "standing";
    auto done = store.apply(std::move(made));
    if (!done && done.error().code != Code::record_conflict) return fail(done.error());
    TK_TRY(now, standing_of(store, actor.id));
  }
  c.id = now.record;
  c.reason = reason;
  c.event = verdict == Verdict::revoke ? "revoke" : verdict == Verdict::halt ? "halt" : "resume";
  if (verdict != Verdict::resume) c.input = {{"epoch", now.epoch + 1}};
  if (verdict == Verdict::halt) c.input.emplace("by", by.id);
  return c;
}

}  // namespace tk::acl
