#include "core/cli/output.hpp"
#include "core/json/json.hpp"
#include "core/os/file.hpp"
#include "help/repo.hpp"
#include "tools/repo/provision.hpp"
#include "tools/repo/verbs.hpp"
#include "tools/session/values.hpp"

namespace tk::tools::repo_tool {
namespace {

constexpr const char* kPlanShape =
    "{id: text, commit: text, target: text, operations: int, create: int, change: int, lock: int, remove: int, "
    "steps: [{verb: text, what: text, ref: text}], differences: [{about: text, ref: text, what: text, is: text, want: text}], "
    "guards: [{guard: text, count: int, message: text}], waiting: [{what: text, mend: text}]}";

Result<Exit> run_plan(const cli::Args& args) {
  TK_TRY(auto ws, workspace::Workspace::find());
  TK_TRY(auto repository, git::Repository::open(ws.root()));
  TK_TRY(auto target, read_target(args));
  TK_TRY(auto planned, plan_for(ws, repository, target, args.has("purge")));
  // To look is free; a plan that is kept is signed and journaled.
  bool keep = args.has("out") && !planned.plan.empty();
  if (keep) {
    TK_TRY(auto s, Session::open(args.get("as")));
    TK_TRY(auto made, record_plan(*s, planned));
    TK_CHECK(os::write_atomic(args.get("out"), made.text, 0600));
  } else {
    planned.plan.id.clear();
  }
  if (args.has("out") && !keep) cli::note("nothing to do: " + args.get("out") + " is not written");
  if (args.json())
    cli::print(json::pretty(json_of(planned.plan)) + "\n");
  else
    print_plan(planned.plan);
  if (!planned.plan.empty() && !args.json())
    cli::note("carry it out: tk repo apply " + (keep ? args.get("out") + " " : std::string()) + "--target " + args.get("target") +
              (args.has("yes-live") ? " --yes-live" : "") + " --yes");
  return args.has("detailed-exitcode") && !planned.plan.empty() ? Exit::waiting : Exit::ok;
}

Result<Exit> run_show(const cli::Args& args) {
  TK_TRY(auto s, Session::open_to_read());
  TK_TRY(auto made, find_plan(*s, args.get("PLAN")));
  TK_TRY(auto plan, provision::read_plan(made.text, args.get("PLAN")));
  if (args.json()) {
    auto out = json_of(plan);
    out.as_map()->emplace("state", made.record.state);
    out.as_map()->emplace("by", plan.by);
    out.as_map()->emplace("made", plan.made);
    cli::print(json::pretty(out) + "\n");
    return Exit::ok;
  }
  cli::print("plan " + plan.id + "\n" + made.record.state + "; for " + plan.target + "; made " + plan.made + " by " + plan.by + " of commit " +
             plan.commit.substr(0, 12) + "\n");
  print_plan(plan);
  if (args.has("operations")) {
    std::string out;
    for (const auto& line : plan.operations) out += "  " + line + "\n";
    cli::print(out);
  }
  return Exit::ok;
}

}  // namespace

cli::VerbSpec plan_verb() {
  return {"plan",
          "what would be changed on a computer, and what stands in its way",
          {},
          {kTargetOption,
           kLiveOption,
           {"out", "FILE", "keep the plan: signed, journaled, written there"},
           {"purge", "", "remove accounts that an earlier plan locked; their homes go to an attic"},
           {"detailed-exitcode", "", "5 when there is something to do"},
           kAsOption},
          {{"tk repo plan --target root=/srv/image", "of a tree below a folder"},
           {"tk repo plan --target root=/srv/image --detailed-exitcode --json", "in CI: 0 nothing, 5 changes"},
           {"tk repo plan --target / --yes-live --out p.plan", "of this machine, to be carried out by root"}},
          help::k_plan,
          run_plan,
          kPlanShape,
          values};
}

cli::VerbSpec show_verb() {
  return {"show",
          "a plan that was made",
          {{"PLAN", "its file or its id"}},
          {{"operations", "", "each operation"}},
          {{"tk repo show p.plan", "what it would do, who made it and when"}, {"tk repo show 01938c --operations", "every row and file of it"}},
          help::k_show,
          run_show,
          "{id: text, commit: text, target: text, operations: int, create: int, change: int, lock: int, remove: int, steps: [{verb: text, what: "
          "text, ref: text}], "
          "differences: [{about: text, ref: text, what: text, is: text, want: text}], guards: [{guard: text, count: int, message: text}], "
          "waiting: [{what: text, mend: text}], state: text, by: text, made: text}",
          values};
}

}  // namespace tk::tools::repo_tool
