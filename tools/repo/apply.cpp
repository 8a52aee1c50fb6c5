#include "core/base/clock.hpp"
#include "core/base/ids.hpp"
#include "core/base/text.hpp"
#include "core/cli/output.hpp"
#include "core/json/json.hpp"
#include "core/record/field.hpp"
#include "help/repo.hpp"
#include "tools/repo/provision.hpp"
#include "tools/repo/verbs.hpp"
#include "tools/session/declare.hpp"
#include "tools/session/values.hpp"

namespace tk::tools::repo_tool {
namespace {

void print_applied(const cli::Args& args, const std::string& id, const Applied& applied, const char* word) {
  auto n = [](std::size_t count) { return Value(static_cast<std::int64_t>(count)); };
  if (args.json())
    return cli::print(
        json::pretty(Value::Map{
            {"plan", id}, {"operations", n(applied.done)}, {"already", n(applied.already)}, {"recovered", applied.recovered}, {"seq", applied.seq}}) +
        "\n");
  if (!applied.recovered.empty()) cli::note("an earlier plan had been cut: " + applied.recovered);
  if (id.empty()) return cli::print("nothing to do\n");
  cli::print(text::count(applied.done, "operation") + " " + word +
             (applied.already > 0 ? " (" + std::to_string(applied.already) + " stood already)" : "") + "  " + id.substr(0, 13) + "\n");
}

Result<void> need_yes(const cli::Args& args, const char* verb) {
  if (args.has("yes")) return {};
  return fail(Code::cli_usage, std::string(verb) + " changes accounts", "look at the plan, then say --yes");
}

Result<Exit> run_apply(const cli::Args& args) {
  TK_TRY(auto ws, workspace::Workspace::find());
  TK_TRY(auto repository, git::Repository::open(ws.root()));
  TK_TRY(auto target, read_target(args));
  auto word = args.get("PLAN");
  if (word.empty()) {
    TK_TRY(auto planned, plan_for(ws, repository, target, args.has("purge")));
    if (planned.plan.empty() && planned.plan.ids.empty()) return print_applied(args, "", {}, ""), Exit::ok;
    if (!args.json()) print_plan(planned.plan);
    TK_CHECK(check_guards(planned.plan, args.all("allow")));
    TK_CHECK(need_yes(args, "apply"));
    TK_TRY(auto effects, workspace::RefEffects::open(repository));
    TK_TRY(auto s, Session::open(args.get("as"), &effects));
    TK_TRY(auto made, record_plan(*s, planned));
    TK_TRY(auto applied, apply_plan(*s, repository, target, made, args.all("allow"), args.get("reason")));
    print_applied(args, made.record.id, applied, "carried out");
    return Exit::ok;
  }
  TK_TRY(auto effects, workspace::RefEffects::open(repository));
  TK_TRY(auto s, Session::open(args.get("as"), &effects));
  TK_TRY(auto made, find_plan(*s, word));
  TK_TRY(auto plan, provision::read_plan(made.text, word));
  TK_CHECK(check_guards(plan, args.all("allow")));
  TK_CHECK(need_yes(args, "apply"));
  TK_TRY(auto applied, apply_plan(*s, repository, target, made, args.all("allow"), args.get("reason")));
  print_applied(args, made.record.id, applied, "carried out");
  return Exit::ok;
}

Result<Exit> run_undo(const cli::Args& args) {
  TK_TRY(auto ws, workspace::Workspace::find());
  TK_TRY(auto repository, git::Repository::open(ws.root()));
  TK_TRY(auto target, read_target(args));
  TK_CHECK(need_yes(args, "undo"));
  TK_TRY(auto effects, workspace::RefEffects::open(repository));
  TK_TRY(auto s, Session::open(args.get("as"), &effects));
  Made last;
  if (auto word = args.get("PLAN"); !word.empty()) {
    TK_TRY(last, find_plan(*s, word));
    if (last.record.state != "applied")
      return fail(Code::prv_stale, "the plan " + last.record.id.substr(0, 13) + " is " + last.record.state + ", not applied",
                  "tk record list provision shows them all");
  } else {
    TK_TRY(auto found, last_applied(*s, target));
    if (!found) return fail(Code::cli_usage, "no plan was carried out on " + target.name, "tk record list provision shows them all");
    TK_TRY(last, find_plan(*s, found->id));
  }
  TK_TRY(auto plan, provision::read_plan(last.text, last.record.id));
  Planned back;
  back.plan = provision::inverse_of(plan);
  back.plan.id = ids::uuid7();
  back.plan.target = target.name;
  back.plan.made = clock::rfc3339(clock::now_ns());
  // What has to stand afterwards is what had to stand before.
  if (auto before = record::field_text(last.record, "before"); !before.empty()) {
    TK_TRY(auto record, s->store.get(before));
    TK_TRY(auto text, store::Cas(ws.state("cas")).get(record::field_text(record, "wanted")));
    TK_TRY(back.wanted, provision::Wanted::read(std::move(text), before));
  }
  TK_TRY(auto made, record_plan(*s, back, last.record.id));
  TK_TRY(auto applied, apply_plan(*s, repository, target, made, {}, args.get("reason")));
  print_applied(args, made.record.id, applied, "taken back");
  return Exit::ok;
}

Result<Exit> run_recover(const cli::Args& args) {
  TK_TRY(auto target, read_target(args));
  TK_TRY(auto s, Session::open(args.get("as")));
  TK_TRY(auto done, recover(*s, target));
  if (args.json())
    cli::print(json::pretty(Value::Map{{"recovered", done.recovered}}) + "\n");
  else
    cli::print(done.recovered.empty() ? "nothing was cut\n" : done.recovered + "\n");
  return Exit::ok;
}

constexpr const char* kShape = "{plan: text, operations: int, already: int, recovered: text, seq: int}";
const cli::Option kYes = {"yes", "", "change it"};
const cli::Option kReason = {"reason", "TEXT", "why, for the journal"};

}  // namespace

cli::VerbSpec apply_verb() {
  return {"apply",
          "carry out a plan on a computer's accounts: all of it or nothing",
          {{"PLAN", "its file or id; a new one of HEAD when left out", false}},
          {kTargetOption,
           kLiveOption,
           kYes,
           kAllowOption,
           {"purge", "", "in a new plan: remove accounts that an earlier one locked"},
           kReason,
           kAsOption},
          {{"tk repo apply --target root=/srv/image --yes", "what HEAD declares"},
           {"tk repo apply p.plan --target / --yes-live --yes", "a plan that was looked at, by root"},
           {"tk repo apply --target root=/srv/image --yes --allow removals=12", "with twelve removals that are meant"}},
          help::k_apply,
          run_apply,
          kShape,
          values};
}

cli::VerbSpec undo_verb() {
  return {"undo",
          "take back the plan that was carried out last",
          {{"PLAN", "another one, by its id", false}},
          {kTargetOption, kLiveOption, kYes, kReason, kAsOption},
          {{"tk repo undo --target root=/srv/image --yes", "the files are as they were, byte for byte"}},
          help::k_undo,
          run_undo,
          kShape,
          values};
}

cli::VerbSpec recover_verb() {
  return {"recover",
          "end what a killed apply left: wholly done, or wholly gone",
          {},
          {kTargetOption, kLiveOption, kAsOption},
          {{"tk repo recover --target root=/srv/image", "every apply does it too, before anything else"}},
          help::k_recover,
          run_recover,
          "{recovered: text}"};
}

}  // namespace tk::tools::repo_tool
