#include "core/record/deeds.hpp"

namespace tk::record {

namespace {

constexpr std::size_t kMaxKept = 1'000'000;

}  // namespace

Result<const Deeds::Known*> Deeds::record_of(std::string_view id, std::string_view type, std::string_view context) {
  if (auto it = records_.find(id); it != records_.end()) return &it->second;
  if (records_.size() >= kMaxKept) records_.clear();
  Known known{{std::string(type), std::string(context), std::string(id)}, {}};
  TK_TRY(auto s, journal_.db().prepare("SELECT context, name, definition FROM record WHERE id = ?"));
  s.bind(id);
  TK_TRY(bool row, s.step());
  if (row) {
    known.resource.context = s.text(0);
    if (!s.text(1).empty()) known.resource.name = s.text(1);
    known.definition = s.text(2);
  } else if (auto ref = law::parse_ref(id)) {  // refused where no record was
    known.resource = *ref;
  }
  if (!row) return unknown_ = std::move(known), &unknown_;  // it may come to be
  return &records_.emplace(std::string(id), std::move(known)).first->second;
}

Result<std::string_view> Deeds::action_of(const Known& record, std::string_view trigger, std::string_view from) {
  key_.assign(record.definition).append("\n").append(trigger).append("\n").append(from);
  if (auto it = actions_.find(std::string_view(key_)); it != actions_.end()) return std::string_view(it->second);
  auto& definition = definitions_[record.definition];
  if (!definition) {
    definition = std::make_unique<Definition>();
    TK_TRY(auto s, journal_.db().prepare("SELECT text FROM definition WHERE hash = ?"));
    s.bind(record.definition);
    TK_TRY(bool row, s.step());
    if (row)
      if (auto parsed = parse_definition(s.text(0), "(pinned definition)", ".")) *definition = std::move(*parsed);
  }
  std::string action;
  if (trigger == "new") action = definition->create_action;
  else if (auto found = definition->candidates(trigger, from); !found.empty()) action = found.front()->action;
  return std::string_view(actions_.emplace(key_, std::move(action)).first->second);
}

Result<void> Deeds::each(const Which& which, const std::function<Result<bool>(const Deed&)>& visit) {
  std::string sql = "SELECT j.seq, j.ts_ns, j.kind, j.actor_id, j.on_behalf_of, j.event_type, j.trigger, j.from_state, "
                    "j.entity_type, j.entity_id, j.context_path, j.policy_hash";
  sql += which.payload ? ", s.payload FROM journal j LEFT JOIN side s ON s.seq = j.seq" : " FROM journal j";
  sql += " WHERE j.seq > ?";
  if (which.until_seq) sql += " AND j.seq <= ?";
  if (which.since_ns) sql += " AND j.ts_ns >= ?";
  if (!which.trace.empty()) sql += " AND j.trace_id = ?";
  if (!which.actor.empty()) sql += " AND (j.actor_id = ? OR j.on_behalf_of = ?)";
  TK_TRY(auto s, journal_.db().prepare(sql + " ORDER BY j.seq"));
  s.bind(which.after_seq);
  if (which.until_seq) s.bind(which.until_seq);
  if (which.since_ns) s.bind(which.since_ns);
  if (!which.trace.empty()) s.bind(which.trace);
  if (!which.actor.empty()) s.bind(which.actor).bind(which.actor);
  for (;;) {
    TK_TRY(bool row, s.step());
    if (!row) return {};
    Deed d;
    d.seq = s.integer(0);
    d.ts_ns = s.integer(1);
    d.kind = s.text(2);
    d.actor_id = s.text(4).empty() ? s.text(3) : s.text(4);
    TK_TRY(const auto* record, record_of(s.text(9), s.text(8), s.text(10)));
    d.resource = &record->resource;
    if (s.text(5) == "acl.denied") {
      d.action = s.text(6);
    } else if (!s.text(11).empty()) {  // what is owed has none: law was not asked
      TK_TRY(d.action, action_of(*record, s.text(6), s.text(7)));
    }
    if (which.payload) {
      auto bytes = s.blob(12);
      d.payload = {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
    }
    TK_TRY(bool more, visit(d));
    if (!more) return {};
  }
}

}  // namespace tk::record
