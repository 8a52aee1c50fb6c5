#include "core/workspace/capabilities.hpp"

#include <set>

#include "core/base/text.hpp"
#include "core/cli/output.hpp"
#include "core/json/json.hpp"
#include "help/repo.hpp"
#include "tools/repo/verbs.hpp"
#include "tools/session/values.hpp"

namespace tk::tools::repo_tool {
namespace {

using workspace::Capability;

std::string place(const Where& at) { return at.file + ":" + std::to_string(at.line) + ":" + std::to_string(at.column); }

std::string attribute(const law::Index& index, const law::EntityView& e, std::string_view name) {
  return std::string(index.attribute(e, name).value_or(""));
}

// Who asks: a profile, or a user or agent with all profiles that are active.
Result<workspace::CapabilityAsker> asker(const law::Index& index, const law::EntityView& e, const std::string& context) {
  workspace::CapabilityAsker out{{}, context};
  if (e.type == "profile") {
    out.profiles.emplace_back(e.name);
    if (context.empty()) out.context = attribute(index, e, "context_path");
  } else if (e.type == "user" || e.type == "agent") {
    for (const auto& profile : index.entities("profile")) {
      TK_TRY(auto of, law::parse_ref(attribute(index, profile, "user_id")));
      auto whose = index.lookup(of);
      if (profile.active() && whose && whose->str() == e.str()) out.profiles.emplace_back(profile.name);
    }
  } else {
    return fail(Code::cli_usage, e.str() + " is no profile, user or agent", "tk repo capabilities user:alice");
  }
  if (out.context.empty()) out.context = std::string(e.context);
  return out;
}

Result<std::vector<Capability>> all_capabilities(const law::Index& index, const git::Repository& repository) {
  std::vector<Capability> out;
  std::set<std::string> seen;
  for (const auto& e : index.entities("integration")) {
    auto path = std::string(e.file);
    if (!seen.insert(path).second) continue;
    TK_TRY(auto content, repository.read(std::string(index.commit()), path));
    TK_TRY(auto read, workspace::read_capabilities(content.value_or(""), path, std::string(e.context)));
    out.insert(out.end(), std::make_move_iterator(read.begin()), std::make_move_iterator(read.end()));
  }
  return out;
}

Value json_of(const workspace::CapabilityRuling& r) {
  Value::List others;
  for (const auto* c : r.others) others.push_back(Value::Map{{"mode", std::string(to_string(c->mode))}, {"at", place(c->at)}});
  return Value::Map{{"server", r.server},       {"kind", r.kind},         {"name", r.name},
                    {"mode", std::string(to_string(r.mode))}, {"approve", r.human ? "human" : "none"}, {"secret", r.by->secret},
                    {"inject", r.by->inject},   {"lender", r.by->lender}, {"ttl", r.by->ttl},
                    {"max_uses", r.by->max_uses}, {"integration", r.by->integration}, {"at", place(r.by->at)},
                    {"others", std::move(others)}};
}

Result<Exit> run(const cli::Args& args) {
  TK_TRY(auto ws, workspace::Workspace::find());
  TK_TRY(auto repository, git::Repository::open(ws.root()));
  TK_TRY(auto law, workspace::CompiledLaw::open(ws));
  const auto& index = law.index();
  TK_TRY(auto ref, law::parse_ref(args.get("REF")));
  TK_TRY(auto entity, index.find(ref));
  auto context = args.get("context");
  if (!law::valid_context(context)) return fail(Code::cli_usage, "not a context: " + text::printable(context), "write it like acme.web");
  TK_TRY(auto who, asker(index, entity, context));
  TK_TRY(auto all, all_capabilities(index, repository));
  std::vector<workspace::CapabilityRuling> rulings;
  if (entity.active()) rulings = workspace::capabilities_of(all, who);
  else cli::note(entity.str() + " is " + std::string(entity.state) + ": everything is off");
  if (args.json()) {
    Value::List list, profiles;
    for (const auto& r : rulings) list.push_back(json_of(r));
    for (const auto& name : who.profiles) profiles.emplace_back(name);
    cli::print(json::pretty(Value::Map{{"ref", entity.str()}, {"context", who.context}, {"profiles", std::move(profiles)},
                                       {"capabilities", std::move(list)}}) + "\n");
    return Exit::ok;
  }
  std::vector<std::vector<std::string>> rows;
  for (const auto& r : rulings)
    rows.push_back({r.server, r.kind, text::printable(r.name), std::string(to_string(r.mode)) + (r.human ? ", a person agrees" : ""), place(r.by->at)});
  cli::print(cli::table(rows));
  return Exit::ok;
}

}  // namespace

cli::VerbSpec capabilities_verb() {
  return {"capabilities", "what integrations let a profile, user or agent use, and which line says so",
          {{"REF", "profile:alice-dev, user:alice or agent:analyst"}},
          {{"context", "PATH", "where they work; where they stand when left out"}},
          {{"tk repo capabilities agent:analyst", "each tool of each server with its mode"},
           {"tk repo capabilities user:alice --context acme.web --json", "in one place, with all that was said of it"}},
          help::k_capabilities, run,
          "{ref: text, context: text, profiles: [text], capabilities: [{server: text, kind: text, name: text, mode: text, approve: text, secret: text,"
          " inject: text, lender: text, ttl: text, max_uses: text, integration: text, at: text, others: [{mode: text, at: text}]}]}", values};
}

}  // namespace tk::tools::repo_tool
