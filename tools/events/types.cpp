#include "core/record/events.hpp"

#include "core/base/text.hpp"
#include "core/cli/output.hpp"
#include "core/cli/shape.hpp"
#include "core/cli/spec.hpp"
#include "core/json/json.hpp"
#include "core/workspace/workspace.hpp"
#include "help/events.hpp"

namespace tk::tools::events_tool {
namespace {

Result<std::vector<record::EventType>> known() {
  auto ws = workspace::Workspace::find();
  if (!ws && ws.error().code == Code::ws_none) return record::event_catalogue();
  if (!ws) return fail(ws.error());
  record::Definitions definitions(ws->root());
  return record::event_types(definitions, ws->root());
}

Result<Exit> run(const cli::Args& args) {
  TK_TRY(auto all, known());
  auto layer = args.get("layer");
  if (!layer.empty()) std::erase_if(all, [&](const auto& e) { return e.own || std::to_string(e.layer) != layer; });
  for (const auto& e : all)
    if (!e.note.empty()) cli::note(e.name + " is emitted by " + e.entity + " of records/, and " + e.note);
  if (args.json()) {
    Value::List list;
    for (const auto& e : all) {
      TK_TRY(auto schema, cli::schema_of(e.payload));
      list.push_back(Value::Map{{"type", e.name}, {"layer", e.own ? Value() : Value(std::int64_t{e.layer})}, {"entity", e.entity},
                                {"meaning", e.meaning}, {"emitted", e.emitted}, {"said_by", Value::List(e.said_by.begin(), e.said_by.end())},
                                {"own", e.own}, {"payload", e.payload}, {"schema", std::move(schema)}});
    }
    cli::print(json::pretty(list) + "\n");
    return Exit::ok;
  }
  std::vector<std::vector<std::string>> rows = {{"type", "layer", "emitted", "what happened"}};
  for (const auto& e : all)
    rows.push_back({e.name, e.own ? "own" : std::to_string(e.layer), e.emitted ? "yes" : e.said_by.empty() ? "later" : "as",
                    e.meaning + (e.said_by.empty() ? "" : ": " + text::join(e.said_by, ", "))});
  cli::page();
  cli::print(cli::table(rows, true));
  return Exit::ok;
}

}  // namespace

cli::VerbSpec types_verb() {
  return {"types", "every type of event that there is, each with the shape of its payload", {},
          {{"layer", "N", "the types of one layer only", {"1", "2", "3", "4", "5", "6"}}},
          {{"tk events types", "the whole catalogue, and the workspace's own"},
           {"tk events types --layer 3 --json", "law and journal, with a JSON Schema each"}},
          help::k_types, run,
          "[{type: text, layer: int|null, entity: text, meaning: text, emitted: bool, said_by: [text], own: bool, payload: text, schema: json}]"};
}

}  // namespace tk::tools::events_tool
