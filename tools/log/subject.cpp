// What is known about somebody. Sealed values are opened where they stand; the places that they were sealed for are
// tried in the order of what is likely.
#include <set>

#include "core/base/text.hpp"
#include "core/cli/output.hpp"
#include "core/json/json.hpp"
#include "help/log.hpp"
#include "tools/log/rows.hpp"
#include "tools/log/whom.hpp"
#include "tools/session/values.hpp"

namespace tk::tools::log_tool {
namespace {

class Export {
 public:
  Export(Session& s, std::string subject) : s_(s), subject_(std::move(subject)), mark_("pii:v1:" + subject_ + ":") {}

  Result<void> run() {
    cli::print("{\"subject\":" + json::compact(Value(subject_)));
    TK_TRY(auto record, s_.subjects.find(subject_));
    cli::print(",\"state\":" + json::compact(Value(record ? record->state : "")));
    TK_CHECK(entity());
    TK_CHECK(records());
    TK_CHECK(rows());
    cli::print("\n}\n");
    return {};
  }

 private:
  struct About {
    std::string type, id;
  };

  Result<void> entity() {
    for (const auto& e : s_.law.index().entities("")) {
      if (e.id != subject_) continue;
      Value::Map attributes;
      for (auto [k, v] : s_.law.index().attributes(e)) attributes.emplace(std::string(k), v);
      Value all(std::move(attributes));
      TK_CHECK(open_in(all, "", {About{std::string(e.type), subject_}}));
      cli::print(",\"ref\":" + json::compact(Value(e.str())) + ",\n\"attributes\":" + json::compact(all));
      return {};
    }
    cli::print(",\"ref\":\"\",\n\"attributes\":{}");
    return {};
  }

  Result<void> records() {
    TK_TRY(auto q, s_.store.journal().db().prepare(
                       "SELECT id, type, context, name, state, version, fields FROM record "
                       "WHERE id = ?1 OR parent = ?1 OR name = ?1 OR instr(fields, ?1) > 0 ORDER BY id"));
    q.bind(subject_);
    bool first = true;
    cli::print(",\n\"records\":[");
    for (;;) {
      TK_TRY(bool row, q.step());
      if (!row) break;
      About self{std::string(q.text(1)), std::string(q.text(0))};
      TK_TRY(auto fields, json::parse(q.text(6), "fields"));
      TK_CHECK(open_in(fields, "", places(self, fields)));
      cli::print((first ? "\n" : ",\n") +
                 json::compact(Value::Map{{"id", self.id}, {"type", self.type}, {"context", q.text(2)}, {"name", q.text(3)},
                                          {"state", q.text(4)}, {"version", q.integer(5)}, {"fields", std::move(fields)}}));
      first = false;
    }
    cli::print("]");
    return {};
  }

  Result<void> rows() {
    bool first = true;
    cli::print(",\n\"rows\":[");
    auto visit = [&](const journal::Stored& stored) -> Result<bool> {
      const auto& r = stored.row;
      bool theirs = r.actor_id == subject_ || r.on_behalf_of == subject_ || r.sponsor == subject_ || r.entity_id == subject_ ||
                    stored.payload.find(subject_) != std::string::npos || stored.changes.find(subject_) != std::string::npos;
      if (!theirs) return true;
      auto out = row_json(stored);
      About self{r.entity_type, r.entity_id};
      for (const char* part : {"payload", "changes"}) {
        auto& value = out.as_map()->at(part);
        TK_CHECK(open_in(value, "", places(self, value["input"])));
      }
      cli::print((first ? "\n" : ",\n") + json::compact(out));
      first = false;
      return true;
    };
    TK_CHECK(s_.store.journal().each({}, visit));
    cli::print("]");
    return {};
  }

  // A parked item holds what was sealed for the record that it is about.
  std::vector<About> places(const About& self, const Value& fields) {
    std::vector<About> out = {self};
    if (self.type != "parked") return out;
    auto about = fields["record"].text(), resource = fields["resource"].text();
    out.push_back({resource.substr(0, resource.find(':')), about});
    return out;
  }

  // `name`: the member that the value stands in, or that a patch is about.
  Result<void> open_in(Value& value, const std::string& name, const std::vector<About>& places) {
    if (auto* list = value.as_list())
      for (auto& v : *list) TK_CHECK(open_in(v, name, places));
    if (auto* map = value.as_map()) {
      auto path = (*map).contains("path") && (*map).contains("op") ? (*map).at("path").text() : "";
      for (auto& [k, v] : *map) TK_CHECK(open_in(v, k == "value" && !path.empty() ? path.substr(path.rfind('/') + 1) : k, places));
    }
    const auto* text = value.as_text();
    auto sealed = text && text->starts_with(mark_) ? record::read_sealed(*text) : std::nullopt;
    if (!sealed) return {};
    for (const auto& at : places) {
      auto clear = s_.subjects.open(record::sealed_place(at.type, name, at.id), *sealed);
      if (clear) {
        value = std::move(*clear);
        return {};
      }
      if (clear.error().code == Code::pii_erased) {
        value = "(erased)";
        return {};
      }
      if (clear.error().code != Code::pii_field) return fail(clear.error());
    }
    return {};  // sealed for a place that is not known here: it stays as it is
  }

  Session& s_;
  std::string subject_, mark_;
};

Result<Exit> run(const cli::Args& args) {
  TK_TRY(auto s, Session::open(args.get("as")));
  TK_TRY(auto subject, subject_named(*s, args.get("SUBJECT")));
  TK_TRY(auto where, s->subjects.resource(subject));
  TK_TRY(auto before, s->subjects.find(subject));
  if (!before) TK_CHECK(s->store.ask(s->actor, "subject.export", where));
  TK_TRY(auto record, s->subjects.known(subject, s->actor, trace::child(s->trace), where.context));
  record::Change c;
  c.id = record.id;
  c.event = "export";
  c.actor = s->actor;
  c.trace = trace::child(s->trace);
  c.reason = args.get("reason");
  TK_CHECK(s->store.apply(std::move(c)));
  TK_CHECK(Export(*s, subject).run());
  return Exit::ok;
}

}  // namespace

cli::VerbSpec subject_verb() {
  return {"subject", "export everything about somebody, what is personal in clear",
          {{"SUBJECT", "user:alice, or the id of an entity or record"}},
          {{"reason", "TEXT", "why; it is journaled in clear, so name no personal data"}, kAsOption},
          {{"tk log subject user:alice --json > alice.json", "what somebody may ask to be given"}},
          help::k_subject, run,
          "{subject: text, state: text, ref: text, attributes: {*: json}, records: [{id: text, type: text, context: text, name: text, "
          "state: text, version: int, fields: json}], rows: [json]}", values};
}

}  // namespace tk::tools::log_tool
