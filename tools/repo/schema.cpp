#include "core/cli/output.hpp"
#include "core/json/json.hpp"
#include "core/record/entity_types.hpp"
#include "help/repo.hpp"
#include "tools/repo/grammar.hpp"
#include "tools/repo/verbs.hpp"

namespace tk::tools::repo_tool {
namespace {

Value described(const record::AttributeType& a) {
  Value::Map out{{"name", std::string(a.name)}, {"kind", std::string(a.kind)}, {"required", a.required}, {"help", std::string(a.help)}};
  if (!a.example.empty()) out.emplace("example", std::string(a.example));
  if (!a.refers.empty()) out.emplace("refers", std::string(a.leads_to()));
  Value::List words;
  for (const auto& word : record::words_of(a.kind)) words.emplace_back(word);
  if (!words.empty()) out.insert_or_assign("kind", "choice"), out.emplace("words", std::move(words));
  for (const auto& kind : record::value_kinds())
    if (kind.name == a.kind && !kind.pattern.empty()) out.emplace("pattern", std::string(kind.pattern));
  return out;
}

Value described(const std::vector<record::AttributeType>& attributes) {
  Value::List out;
  for (const auto& a : attributes) out.push_back(described(a));
  return out;
}

Value described(const std::vector<record::ChildType>& children) {
  Value::List out;
  for (const auto& c : children)
    out.push_back(Value::Map{{"name", std::string(c.name)}, {"help", std::string(c.help)}, {"attributes", described(c.attributes)},
                             {"children", described(c.children)}});
  return out;
}

Value table() {
  Value::List types;
  for (const auto& t : record::entity_type_table())
    types.push_back(Value::Map{{"name", std::string(t.name)}, {"plural", std::string(t.plural)}, {"help", std::string(t.help)},
                               {"home", t.home == record::EntityType::Home::git ? "git" : "journal"}, {"unix", std::string(t.unix_effect)},
                               {"attributes", described(t.attributes)}, {"children", described(t.children)}});
  const auto& manifest = record::manifest_type();
  return Value::Map{{"types", std::move(types)}, {"common", described(record::common_attributes())},
                    {"manifest", Value::Map{{"attributes", described(manifest.attributes)}, {"children", described(manifest.children)}}}};
}

Result<Exit> run(const cli::Args& args) {
  if (args.has("rng") && args.has("xsd")) return fail(Code::cli_usage, "--rng and --xsd are two grammars", "ask for one at a time");
  if (args.json()) cli::print(json::pretty(table()) + "\n");
  else cli::print(args.has("xsd") ? xml_schema() : relax_ng());
  return Exit::ok;
}

}  // namespace

cli::VerbSpec schema_verb() {
  return {"schema", "the grammar of entities, for editors and other programs", {},
          {{"rng", "", "as RELAX NG (this is meant when nothing is said)"}, {"xsd", "", "as W3C XML Schema"}},
          {{"tk repo schema --rng >tk.rng", "then: xmllint --noout --relaxng tk.rng FILE"},
           {"tk repo schema --json", "the table that everything is read off"}},
          help::k_schema, run,
          "{types: [{name: text, plural: text, help: text, home: text, unix: text, attributes: [json], children: [json]}], common: [json], manifest: json}"};
}

}  // namespace tk::tools::repo_tool
