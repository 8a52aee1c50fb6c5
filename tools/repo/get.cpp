#include <algorithm>

#include "core/base/text.hpp"
#include "core/box/ground.hpp"
#include "core/json/json.hpp"
#include "core/cli/output.hpp"
#include "core/os/file.hpp"
#include "core/provision/policy.hpp"
#include "core/workspace/declare.hpp"
#include "core/workspace/hierarchy.hpp"
#include "help/repo.hpp"
#include "tools/repo/verbs.hpp"
#include "tools/session/manifests.hpp"
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

// A galaxy, system or space by its path, from hierarchy.json alone.
Result<Exit> run_path(const workspace::Workspace& ws, const std::string& path, bool json) {
  TK_TRY(auto repository, git::Repository::open(ws.root()));
  TK_TRY(auto hierarchy, workspace::Hierarchy::open(ws, repository));
  TK_TRY(auto item, hierarchy.item(path));
  if (json) {
    cli::print(json::pretty(item) + "\n");
    return Exit::ok;
  }
  std::vector<std::vector<std::string>> rows;
  for (const char* name : {"path", "level", "id", "owner_id", "hive_channel", "tools", "packages", "children", "entities", "effective_config", "source"}) {
    const auto& value = item[name];
    std::vector<std::string> words;
    if (const auto* list = value.as_list())
      for (const auto& word : *list) words.push_back(word.text());
    if (const auto* map = value.as_map())
      for (const auto& [k, v] : *map) words.push_back(k + "=" + (v.as_text() ? v.text() : json::compact(v)));
    auto shown = value.as_text() ? value.text() : text::join(words, ", ");
    if (!shown.empty()) rows.push_back({name, text::printable(shown)});
  }
  cli::print(cli::table(rows));
  return Exit::ok;
}

Result<Exit> run(const cli::Args& args) {
  TK_TRY(auto ws, workspace::Workspace::find());
  if (auto path = args.get("REF"); !path.empty() && path.find(':') == path.npos && !record::find_entity_type(path)) {
    if (law::valid_context(path)) return run_path(ws, path, args.json());
    return fail(Code::cli_usage, "neither a reference, a type nor a path: " + text::printable(path),
                "tk repo get user:alice, tk repo get user, or tk repo get acme.web");
  }
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
  Value::List list;
  std::vector<std::vector<std::string>> rows;
  for (const auto& e : index.entities(word)) {
    list.push_back(describe(index, e));
    rows.push_back({e.str(), std::string(e.state), std::string(e.file) + ":" + std::to_string(e.line)});
  }
  cli::print(args.json() ? json::pretty(list) + "\n" : cli::table(rows));
  return Exit::ok;
}

// What a commit says of boxes, for programs that read no git (box/ground.hpp).
Result<Exit> keep_boxes(const workspace::Workspace& ws, const std::string& commit) {
  TK_TRY(auto repository, git::Repository::open(ws.root()));
  box::Ground ground;
  TK_TRY(ground.commit, repository.resolve(commit.empty() ? "HEAD" : commit));
  TK_TRY(auto policy, provision::policy_of(repository, ground.commit));
  TK_TRY(auto ids, provision::read_ids(repository, ground.commit, policy));
  ground.first = policy.range.first, ground.last = policy.range.last;
  ground.ids.insert(ids.owners().begin(), ids.owners().end());
  ground.git = repository.folders();
  TK_TRY(auto files, repository.files(ground.commit, "profiles"));
  for (const auto& file : files) {
    auto name = file.path.substr(file.path.rfind('/') + 1);
    if (file.path != "profiles/" + name || !name.ends_with(".toml")) continue;
    if (name.find_first_not_of("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_.") != name.npos)
      return fail(Code::box_profile, "not a profile's name: " + text::printable(file.path), "letters, digits, - and _");
    TK_TRY(auto text, repository.read_blob(file.blob));
    if (text.find('\0') != text.npos) return fail_at(Code::box_profile, {file.path, 1, 1}, "a NUL byte in a profile", "take it out");
    ground.profiles.emplace(name.substr(0, name.size() - 5), std::move(text));
  }
  TK_CHECK(os::make_directories(ws.state("run"), 0700));
  TK_TRY(auto laid, lay_vault(ws, repository, ground.commit));
  TK_CHECK(os::replace_file(ws.state("run/vault.idx"), laid.text(), 0600));
  TK_CHECK(os::replace_file(ws.state("run/boxes.idx"), ground.text(), 0600));
  return Exit::ok;
}

Result<Exit> run_compile(const cli::Args& args) {
  TK_TRY(auto ws, workspace::Workspace::find());
  auto what = args.get("WHAT"), output = args.get("output");
  if (!args.has("boxes") && what.empty() != output.empty())
    return fail(Code::cli_usage, "WHAT and --output go together", "tk repo compile --output /tmp/law.idx main");
  if (args.has("boxes")) return keep_boxes(ws, what);
  if (args.has("pending")) {
    TK_TRY(auto repository, git::Repository::open(ws.root()));
    TK_TRY(auto effects, workspace::RefEffects::open(repository));
    return Session::open_for_bearer(&effects).transform([](auto&&) { return Exit::ok; });
  }
  if (!what.empty()) {
    TK_CHECK(workspace::compile_law(ws, what, output));
    if (args.json()) cli::print(json::pretty(Value::Map{{"commit", what}}) + "\n");
    return Exit::ok;
  }
  TK_CHECK(workspace::compile_law(ws));
  if (!args.has("law")) {  // last: law counts also where the organisation's configuration is wrong
    TK_TRY(auto repository, git::Repository::open(ws.root()));
    TK_CHECK(workspace::compile_hierarchy(ws, repository));
  }
  if (args.json()) {
    TK_TRY(auto law, workspace::CompiledLaw::open(ws));
    cli::print(json::pretty(Value::Map{{"commit", law.index().commit()}}) + "\n");
  } else {
    cli::note(std::string("law of HEAD compiled to .tk/law.idx") + (args.has("law") ? "" : ", its organisation to .tk/hierarchy.json"));
  }
  return Exit::ok;
}

}  // namespace

cli::VerbSpec get_verb() {
  return {"get", "show an entity, a place in the organisation, or those of a type, as HEAD declares them",
          {{"REF", "user:alice, acme.web, a type, or nothing for all", false}}, {},
          {{"tk repo get agent", "every agent with its state and place"},
           {"tk repo get acme.web.api --json", "a galaxy, system or space, from .tk/hierarchy.json"},
           {"tk repo get user:alice --json", "one entity with all its attributes"}},
          help::k_get, run,
          "{ref: text, type: text, context: text, name: text, id: text, state: text, at: text, attributes: {*: text}}"
          "| [{ref: text, type: text, context: text, name: text, id: text, state: text, at: text, attributes: {*: text}}]"
          "| {id: text, name: text, level: text, path: text, parent_path: text, owner_id: text, hive_channel: text, tools: [text], packages: [text],"
          " children: [text], effective_config: {*: text}, source: text, sha256: text, entities: {*: int}}", values};
}

cli::VerbSpec compile_verb() {
  return {"compile", "compile law and hierarchy.json of HEAD, or the law of a commit or folder",
          {{"WHAT", "a commit or a folder; HEAD when left out", false}},
          {{"output", "FILE", "where its index goes"}, {"law", "", "law only"}, {"boxes", "", "what a commit says of boxes only, to .tk/run/boxes.idx"},
           {"pending", "", "only bring into git what a killed command left of a declaration"}},
          {{"tk repo compile", "after you committed by hand"}, {"tk repo compile --law", "done by itself whenever HEAD moved"}}, help::k_compile, run_compile,
          "{commit: text}"};
}

}  // namespace tk::tools::repo_tool
