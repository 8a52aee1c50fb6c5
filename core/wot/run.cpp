#include "core/wot/run.hpp"

#include "core/base/text.hpp"
#include "core/os/file.hpp"
#include "core/wot/values.hpp"

namespace tk::wot {
namespace {

FindAgent finder(const law::Index& index) {
  return [&index](const std::string& word) -> Result<FoundAgent> {
    TK_TRY(auto ref, law::parse_ref(word.find(':') == word.npos ? "agent:" + word : word));
    TK_TRY(auto entity, index.find(ref));
    auto name = index.attribute(entity, "template");
    if (!name)
      return fail(Code::agent_unknown, entity.str() + " has no template",
                  "tk repo set " + entity.str() + " template=NAME");
    return FoundAgent{{"agent", std::string(entity.context), std::string(entity.name)},
                      std::string(*name)};
  };
}

}  // namespace

std::string context_of(const Graph& graph, const workspace::Workspace& ws) {
  return graph.context.empty() ? ws.default_context() : graph.context;
}

Result<Plan> load_plan(const std::string& word, const law::Index& index,
                       const workspace::Workspace& ws) {
  auto by_name = "wots/" + word + ".toml";
  bool is_name = word.find('/') == word.npos && os::exists(ws.path(by_name));
  auto text = is_name ? os::read_file(ws.path(by_name), 8u << 20) : os::read_file(word, 8u << 20);
  if (!text) {
    std::vector<std::string> names;
    if (auto files = os::list_directory(ws.path("wots")))
      for (const auto& f : *files)
        if (f.ends_with(".toml")) names.push_back(f.substr(0, f.size() - 5));
    auto near = text::nearest(word, names);
    if (text.error().code != Code::os_not_found) return fail(text.error());
    return fail(Code::wot_syntax, "no workflow " + text::printable(word),
                !near.empty() ? "did you mean " + near + "?"
                              : "workflows here: " + (names.empty() ? "none" : text::join(names, ", ")));
  }
  TK_TRY(auto graph, parse_graph(*text, is_name ? by_name : word, ws.root()));
  return make_plan(std::move(graph), finder(index), ws.root());
}

Result<Plan> plan_of(Environment& env, const record::Record& run) {
  store::Cas cas(env.workspace.state("cas"));
  TK_TRY(auto source, expand(cas, run.fields.at("file")["source"]));
  auto file = run.fields.at("file")["path"].text();
  TK_TRY(auto graph, parse_graph(source.at("text").text(), file, env.workspace.root()));
  TK_TRY(auto plan, make_plan(std::move(graph), finder(env.index), env.workspace.root()));
  if (plan.pins != run.fields.at("pins"))
    return fail(Code::wot_changed, "a template changed since run " + run.id + " began",
                "put the old one back (git), or start a new run");
  return plan;
}

Result<std::string> start(Environment& env, const Plan& plan, const Value::Map& given) {
  const auto& g = *plan.graph;
  Value::Map input;
  for (const auto& [name, value] : given) {
    auto it = g.input.find(name);
    if (it == g.input.end()) {
      std::vector<std::string> names;
      for (const auto& [n, port] : g.input) names.push_back(n);
      auto near = text::nearest(name, names);
      return fail(Code::wot_input, g.name + " takes no input `" + text::printable(name) + "`",
                  near.empty() ? "it takes: " + text::join(names, ", ") : "did you mean `" + near + "`?");
    }
    if (auto good = json::check(it->second.type, value, name); !good)
      return fail(Code::wot_input, "input " + good.error().message);
    input.emplace(name, value);
  }
  for (const auto& [name, port] : g.input) {
    if (input.contains(name)) continue;
    if (!port.fallback)
      return fail(Code::wot_input, g.name + " needs input `" + name + "` (" + port.type.str() + ")",
                  "give it: --input " + name + "=… or --input " + name + "=@FILE");
    input.emplace(name, *port.fallback);
  }
  store::Cas cas(env.workspace.state("cas"));
  TK_TRY(auto stored, shrink(cas, input));
  TK_TRY(auto source, shrink(cas, {{"text", g.text}}));
  record::Change c;
  c.type = "run";
  c.context = context_of(g, env.workspace);
  c.name = g.name;
  c.input = {{"wot", g.name},
             {"file", Value::Map{{"path", g.file}, {"source", source}}},
             {"pins", plan.pins},
             {"input", stored}};
  c.actor = env.actor;
  c.trace = env.trace;
  TK_TRY(auto done, env.store.apply(std::move(c)));
  return done.record.id;
}

}  // namespace tk::wot
