#include "core/json/json.hpp"
#include "core/cli/output.hpp"
#include "help/repo.hpp"
#include "tools/repo/verbs.hpp"
#include "tools/session/values.hpp"

namespace tk::tools::repo_tool {
namespace {

Value describe(const law::Index& index, const law::EntityView& e) {
  Value::Map out{{"ref", e.str()}, {"type", e.type}, {"context", e.context}, {"name", e.name},
                 {"id", e.id}, {"state", e.state},
                 {"at", std::string(e.file) + ":" + std::to_string(e.line)}};
  Value::Map attributes;
  for (auto [k, v] : index.attributes(e)) attributes.emplace(std::string(k), v);
  out.emplace("attributes", std::move(attributes));
  return out;
}

Result<Exit> run(const cli::Args& args) {
  TK_TRY(auto ws, workspace::Workspace::find());
  TK_TRY(auto law, workspace::CompiledLaw::open(ws));
  const auto& index = law.index();
  auto word = args.get("REF");
  if (word.find(':') != word.npos) {
    TK_TRY(auto ref, law::parse_ref(word));
    TK_TRY(auto entity, index.find(ref));
    TK_TRY(auto attributes, shown_attributes(index, entity));
    if (args.json()) {
      auto out = describe(index, entity);
      for (const auto& [k, v] : attributes) out.as_map()->at("attributes").as_map()->insert_or_assign(k, v);
      cli::print(json::pretty(out) + "\n");
      return Exit::ok;
    }
    std::vector<std::vector<std::string>> rows = {
        {"ref", entity.str()}, {"id", std::string(entity.id)}, {"state", std::string(entity.state)},
        {"at", std::string(entity.file) + ":" + std::to_string(entity.line)}};
    for (const auto& [k, v] : attributes) rows.push_back({k, v});
    cli::print(cli::table(rows));
    return Exit::ok;
  }
  if (!word.empty() && !record::find_entity_type(word))
    return fail(Code::cli_usage, "neither a reference nor a type: " + word, "tk repo get user:alice, or tk repo get user");
  Value::List list;
  std::vector<std::vector<std::string>> rows;
  for (const auto& e : index.entities(word)) {
    list.push_back(describe(index, e));
    rows.push_back({e.str(), std::string(e.state), std::string(e.file) + ":" + std::to_string(e.line)});
  }
  cli::print(args.json() ? json::pretty(list) + "\n" : cli::table(rows));
  return Exit::ok;
}

Result<Exit> run_compile(const cli::Args& args) {
  TK_TRY(auto ws, workspace::Workspace::find());
  auto what = args.get("WHAT"), output = args.get("output");
  if (what.empty() != output.empty())
    return fail(Code::cli_usage, "WHAT and --output go together", "tk repo compile --output /tmp/law.idx main");
  if (!what.empty()) {
    TK_CHECK(workspace::compile_law(ws, what, output));
    if (args.json()) cli::print(json::pretty(Value::Map{{"commit", what}}) + "\n");
    return Exit::ok;
  }
  TK_CHECK(workspace::compile_law(ws));
  if (args.json()) {
    TK_TRY(auto law, workspace::CompiledLaw::open(ws));
    cli::print(json::pretty(Value::Map{{"commit", law.index().commit()}}) + "\n");
  } else {
    cli::note("law of HEAD compiled to .tk/law.idx");
  }
  return Exit::ok;
}

}  // namespace

cli::VerbSpec get_verb() {
  return {"get", "show an entity, or list those of a type, as HEAD declares them",
          {{"REF", "user:alice, or a type, or nothing for all", false}}, {},
          {{"tk repo get agent", "every agent with its state and place"},
           {"tk repo get user:alice --json", "one entity with all its attributes"}},
          help::k_get, run,
          "{ref: text, type: text, context: text, name: text, id: text, state: text, at: text, attributes: {*: text}}"
          "| [{ref: text, type: text, context: text, name: text, id: text, state: text, at: text, attributes: {*: text}}]", values};
}

cli::VerbSpec compile_verb() {
  return {"compile", "rebuild the law index of HEAD, or make that of a commit or folder",
          {{"WHAT", "a commit or a folder; HEAD when left out", false}}, {{"output", "FILE", "where its index goes"}},
          {{"tk repo compile", "done by itself whenever HEAD moved"}}, help::k_compile, run_compile,
          "{commit: text}"};
}

}  // namespace tk::tools::repo_tool
