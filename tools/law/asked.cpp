#include "tools/law/asked.hpp"

#include "core/base/clock.hpp"
#include "core/cli/output.hpp"
#include "core/json/json.hpp"

namespace tk::tools::law_tool {

using namespace tk::law;

Result<Law> Law::open() {
  Law out;
  TK_TRY(out.workspace, workspace::Workspace::find());
  TK_TRY(out.compiled, workspace::CompiledLaw::open(out.workspace));
  TK_TRY(out.memory, Memory::open(out.workspace));
  if (out.compiled.uncommitted_edits(out.workspace))
    cli::note("law decides on HEAD; the working tree has uncommitted edits of entities");
  return out;
}

Result<EntityView> actor_of(const Law& law, const std::string& text) {
  TK_TRY(auto ref, parse_ref(text));
  return law.index().find(ref);
}

Result<Value::Map> context_of(const cli::Args& args) {
  Value::Map out;
  for (const auto& word : args.all("ctx")) {
    auto equals = word.find('=');
    if (equals == 0 || equals == word.npos)
      return fail(Code::cli_usage, "--ctx takes NAME=VALUE, not \"" + word + "\"", "--ctx mfa=true --ctx amount=12");
    auto text = word.substr(equals + 1);
    auto value = json::parse(text);
    out.insert_or_assign(word.substr(0, equals), value ? std::move(*value) : Value(text));
  }
  return out;
}

Result<std::int64_t> time_of(const Value::Map& context) {
  auto it = context.find("time");
  if (it == context.end()) return clock::now_ns();
  return clock::parse_rfc3339(it->second.text());
}

Result<Asked> ask(Law& law, const cli::Args& args, bool nearest) {
  if (!law.engine) law.engine = std::make_unique<Engine>(law.index());
  Asked out;
  for (auto name : {"ACTOR", "ACTION", "RESOURCE"})
    if (args.get(name).empty())
      return fail(Code::cli_usage, std::string(name) + " is missing", "tk law can user:alice run.start wot:acme.web/review");
  TK_TRY(out.actor, actor_of(law, args.get("ACTOR")));
  out.action = args.get("ACTION");
  TK_CHECK(law.index().check_action(out.action));
  out.action_number = *law.engine->action(out.action);
  TK_TRY(auto resource, parse_ref(args.get("RESOURCE")));
  out.resource = law.engine->target(resource);
  TK_TRY(out.context, context_of(args));
  Facts facts;
  facts.context = &out.context;
  TK_TRY(facts.now_ns, time_of(out.context));
  facts.history = law.memory.get();
  out.decision = explain(*law.engine, out.actor, out.action_number, out.resource, facts, nearest);
  TK_CHECK(law.memory->settle());
  return out;
}

Exit exit_of(Answer answer) {
  return answer == Answer::deny ? Exit::no : answer == Answer::ask ? Exit::waiting : Exit::ok;
}

namespace {

Value::Map link(std::string_view kind, std::string_view name, std::string_view file = {}, int line = 0) {
  Value::Map out{{"kind", kind}, {"name", name}};
  if (!file.empty()) out.emplace("at", std::string(file) + ":" + std::to_string(line));
  return out;
}

}  // namespace

Value::List path_of(const Asked& a, const RuleHit& hit) {
  Value::List out{link("actor", a.actor.str(), a.actor.file, a.actor.line)};
  for (std::string_view left = hit.via; !left.empty();) {
    auto end = left.find(" > ");
    out.emplace_back(link("group", left.substr(0, end)));
    left = end == left.npos ? std::string_view() : left.substr(end + 3);
  }
  out.emplace_back(link("grant", hit.grant, hit.grant_file, hit.grant_line));
  for (auto role : hit.inheritance) out.emplace_back(link("role", role));
  out.emplace_back(link("rule", hit.id, hit.file, hit.line));
  out.emplace_back(link("resource", a.resource.ref.str()));
  return out;
}

namespace {

Value nearest_json(const std::optional<NearestPermit>& nearest) {
  if (!nearest) return {};
  Value::List changes;
  for (const auto& c : nearest->changes)
    changes.push_back(Value::Map{{"kind", c.kind}, {"clause", c.clause}, {"mend", c.mend}});
  Value::Map out{{"changes", std::move(changes)}};
  if (!nearest->rule.empty()) {
    out.emplace("rule", nearest->rule);
    out.emplace("file", nearest->file);
    out.emplace("line", nearest->line);
  }
  return out;
}

}  // namespace

std::string answer_json(const Law& law, const Asked& a) {
  const auto& d = a.decision;
  Value::List rules, paths;
  for (const auto& hit : d.determining) {
    Value::List roles;
    for (auto r : hit.inheritance) roles.emplace_back(r);
    Value::Map rule{{"id", hit.id}, {"effect", hit.permit ? "permit" : "forbid"}, {"resource", hit.resource},
                    {"file", hit.file}, {"line", hit.line}, {"roles", std::move(roles)}, {"grant", hit.grant},
                    {"via", hit.via}};
    if (!hit.when.empty()) rule.emplace("when", hit.when);
    rules.emplace_back(std::move(rule));
  }
  if (!d.determining.empty()) paths = path_of(a, d.determining.front());
  else paths = {link("actor", a.actor.str(), a.actor.file, a.actor.line)};
  Value::List obligations;
  for (const auto& o : d.obligations) obligations.push_back(Value::Map{{"kind", o.kind}, {"of", o.of}, {"n", o.n}});
  return json::compact(Value::Map{
      {"allow", d.allow}, {"answer", to_string(d.answer)}, {"actor", a.actor.str()}, {"action", a.action},
      {"resource", a.resource.ref.str()}, {"reason", d.reason}, {"rules", std::move(rules)}, {"path", std::move(paths)},
      {"algorithm", d.algorithm}, {"error", d.error}, {"obligations", std::move(obligations)},
      {"nearest_permit", nearest_json(d.nearest)}, {"commit", law.index().commit()},
      {"policy_hash", d.policy_hash}});
}

}  // namespace tk::tools::law_tool
