#include "core/base/text.hpp"
#include "core/cli/output.hpp"
#include "core/json/json.hpp"
#include "core/workspace/hierarchy.hpp"
#include "help/repo.hpp"
#include "tools/repo/verbs.hpp"
#include "tools/session/values.hpp"

namespace tk::tools::repo_tool {
namespace {

std::string place(const Where& at) {
  return at.file.empty() ? "built in" : at.file + ":" + std::to_string(at.line) + ":" + std::to_string(at.column);
}

Value json_of(const std::string& key, const workspace::Effective& said) {
  Value::List chain, denied;
  for (const auto& link : said.chain)
    chain.push_back(Value::Map{{"level", link.level},
                               {"value", link.entry.value},
                               {"merge", std::string(workspace::to_string(link.entry.merge.value_or(workspace::Merge::replace)))},
                               {"lock", link.entry.lock},
                               {"at", place(link.entry.at)},
                               {"gives", link.gives}});
  for (const auto& [word, at] : said.denied) denied.push_back(Value::Map{{"word", word}, {"at", place(at)}});
  return Value::Map{{"key", key}, {"value", said.value}, {"at", place(said.chain.back().entry.at)}, {"level", said.chain.back().level},
                    {"locked", said.locked}, {"chain", std::move(chain)}, {"denied", std::move(denied)}};
}

void print(const workspace::Configuration& config, bool explain) {
  std::vector<std::vector<std::string>> rows;
  for (const auto& [key, said] : config) {
    const auto& last = said.chain.back();
    rows.push_back({key, text::printable(said.value), place(last.entry.at), said.locked ? "locked" : ""});
    if (!explain) continue;
    for (const auto& link : said.chain) {
      auto how = link.entry.merge ? std::string(workspace::to_string(*link.entry.merge)) + " " : std::string();
      rows.push_back({"  " + link.level, how + text::printable(link.entry.value), place(link.entry.at), link.entry.lock ? "lock" : ""});
    }
    for (const auto& [word, at] : said.denied) rows.push_back({"  denied", text::printable(word), place(at), ""});
  }
  cli::print(cli::table(rows));
}

// PATH is a context, or an entity whose attributes lie over it.
Result<workspace::Configuration> config_of(const workspace::Workspace& ws, const git::Repository& repository, const std::string& word) {
  TK_TRY(auto head, repository.head_commit());
  if (head.empty()) return fail(Code::ws_no_commit, "the workspace has no commit yet", "git add -A && git commit");
  auto reader = workspace::committed_config(repository, head);
  if (word.find(':') != word.npos) {
    TK_TRY(auto ref, law::parse_ref(word));
    TK_TRY(auto law, workspace::CompiledLaw::open(ws));
    TK_TRY(auto entity, law.index().find(ref));
    auto path = std::string(entity.file);
    TK_TRY(auto content, repository.read(head, path));
    TK_TRY(auto own, workspace::config_of_entity(content.value_or(""), path, entity.type, entity.name));
    own.name = entity.str();
    return reader.of_entity(std::string(entity.context), own);
  }
  if (!word.empty() && !law::valid_context(word)) return fail(Code::cli_usage, "not a path: " + text::printable(word), "write it like acme.web.api");
  TK_TRY(const auto* level, reader.level(word));
  if (!level) return fail(Code::ws_entity_unknown, "no galaxy, system or space " + text::printable(word), "tk repo get space lists them");
  return reader.of(word);
}

Result<Exit> run(const cli::Args& args) {
  TK_TRY(auto ws, workspace::Workspace::find());
  TK_TRY(auto repository, git::Repository::open(ws.root()));
  auto path = args.get("PATH");
  TK_TRY(auto config, config_of(ws, repository, path));
  if (!args.json()) {
    print(config, args.has("explain"));
    return Exit::ok;
  }
  Value::List list;
  for (const auto& [key, said] : config) list.push_back(json_of(key, said));
  cli::print(json::pretty(Value::Map{{"path", path}, {"config", std::move(list)}}) + "\n");
  return Exit::ok;
}

}  // namespace

cli::VerbSpec config_verb() {
  return {"config", "what configuration holds in a place of the organisation, and where each key comes from",
          {{"PATH", "acme.web.api, or user:alice; what holds everywhere when left out", false}},
          {{"explain", "", "the chain of each key: every level that said something of it"}},
          {{"tk repo config acme.web.api", "every key that holds there, with the file:line:col that said so last"},
           {"tk repo config user:alice --explain", "for one person, with what was overridden on the way down"}},
          help::k_config, run,
          "{path: text, config: [{key: text, value: text, at: text, level: text, locked: bool, denied: [{word: text, at: text}],"
          " chain: [{level: text, value: text, merge: text, lock: bool, at: text, gives: text}]}]}", values};
}

}  // namespace tk::tools::repo_tool
