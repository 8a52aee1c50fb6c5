#include <algorithm>

#include "core/provision/policy.hpp"
#include "core/base/clock.hpp"
#include "core/base/text.hpp"
#include "core/cli/output.hpp"
#include "core/json/json.hpp"
#include "core/record/field.hpp"
#include "help/repo.hpp"
#include "tools/repo/provision.hpp"
#include "tools/repo/verbs.hpp"
#include "tools/session/values.hpp"

namespace tk::tools::repo_tool {
namespace {

Result<Exit> run(const cli::Args& args) {
  TK_TRY(auto ws, workspace::Workspace::find());
  TK_TRY(auto repository, git::Repository::open(ws.root()));
  TK_TRY(auto target, read_target(args));
  TK_TRY(auto s, Session::open(args.get("as")));
  TK_TRY(auto last, last_applied(*s, target));
  if (!last) return fail(Code::prv_target, "nothing was applied to " + target.name + " yet", "tk repo plan --target " + args.get("target"));
  TK_TRY(auto text, store::Cas(ws.state("cas")).get(record::field_text(*last, "wanted")));
  TK_TRY(auto wanted, provision::Wanted::read(std::move(text), last->id));
  TK_TRY(auto head, repository.head_commit());
  TK_TRY(auto ids, provision::read_ids(repository, head));
  TK_TRY(auto observed, provision::Observed::read(target.root));
  provision::PlanOptions options;
  options.applied = [&](std::string_view name, const std::string& entity) {
    return std::any_of(wanted.items().begin(), wanted.items().end(), [&](const auto& item) {
      return (item.kind == provision::Wanted::Kind::account || item.kind == provision::Wanted::Kind::group) && item[0] == name && item[2] == entity;
    });
  };
  TK_TRY(auto plan, provision::make_plan(wanted, observed, ids, options));
  Value::List list;
  std::string out;
  for (const auto& d : plan.differences) {
    list.push_back(Value::Map{{"about", d.about}, {"ref", d.ref}, {"what", d.what}, {"is", d.is}, {"was", d.want}});
    out += d.str() + (d.ref.empty() ? "" : "  (" + d.ref + ")") + "\n";
  }
  if (!plan.differences.empty()) {
    record::Change c;
    c.id = last->id;
    c.event = "drift";
    c.actor = s->actor;
    c.trace = trace::child(s->trace);
    c.input = {{"differences", static_cast<std::int64_t>(plan.differences.size())}};
    TK_CHECK(s->store.apply(std::move(c)));
  }
  if (args.json())
    cli::print(json::pretty(Value::Map{{"plan", last->id}, {"target", target.name}, {"differences", std::move(list)}}) + "\n");
  else
    cli::print(plan.differences.empty() ? "as it was left by " + last->id.substr(0, 13) + "\n" : out);
  if (!plan.differences.empty())
    cli::note(text::count(plan.differences.size(), "difference") + "; tk repo apply puts them right, tk repo import takes accounts over");
  return plan.differences.empty() ? Exit::ok : Exit::waiting;
}

}  // namespace

cli::VerbSpec drift_verb() {
  return {"drift",
          "what somebody changed on a computer since a plan was carried out there",
          {},
          {kTargetOption, kLiveOption, kAsOption},
          {{"tk repo drift --target root=/srv/image", "each difference; 5 when there is one"}},
          help::k_drift,
          run,
          "{plan: text, target: text, differences: [{about: text, ref: text, what: text, is: text, was: text}]}",
          values};
}

}  // namespace tk::tools::repo_tool
