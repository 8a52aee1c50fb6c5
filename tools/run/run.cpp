#include "core/base/text.hpp"
#include "core/cli/output.hpp"
#include "core/json/json.hpp"
#include "core/os/file.hpp"
#include "help/run.hpp"
#include "tools/run/task.hpp"
#include "tools/session/values.hpp"

namespace tk::tools::run_tool {
namespace {

using tk::agent::Boxed;

Result<Boxed> plan_of(Session& s, const cli::Args& args, const std::optional<acl::Lease>& lease) {
  TK_TRY(auto ref, law::parse_ref(args.get("as")));
  TK_TRY(auto agent, acl::actor_of(s.law.index(), ref));
  TK_TRY(auto full, law::parse_ref(agent.ref));
  if (full.type != "agent") return fail(Code::acl_no_actor, agent.ref + " is a person", "--as names an agent; people run programs themselves");
  if (agent.ref != s.actor.ref) TK_CHECK(s.store.ask(s.actor, "actor.act-as", full));
  TK_TRY(auto trouble, s.gate.trouble(agent));
  if (!trouble.empty()) return fail(Code::acl_halted, trouble, "tk start " + agent.ref);
  if (lease && lease->borrower != agent.ref)
    return fail(Code::acl_lease, "the lease is " + lease->borrower + "'s, not " + agent.ref + "'s", "tk acl borrow list");
  if (lease) agent.borrow_id = lease->id, agent.purpose = lease->purpose;
  TK_TRY(auto out, tk::agent::box_of({s.workspace, s.law.index(), s.gate, s.store}, agent, args.get("profile", "build")));
  for (const auto& layer : args.all("allow-missing")) {
    if (!box::may_be_missing(layer))
      return fail(Code::cli_usage, "there is no box without " + text::printable(layer), "landlock, net, ipc, uts or cgroup may be missing");
    TK_CHECK(s.store.ask(s.actor, "box.weaken", {"box", full.context, out.profile.name}));
    out.box.missing.insert(layer);
  }
  out.box.missing.erase(std::string(box::kWhole));  // only steps of a workflow go on without any box
  out.box.command = args.all("COMMAND");
  return out;
}

Exit explain(const cli::Args& args, const Boxed& plan) {
  const auto& box = plan.box;
  if (args.json()) {
    Value::Map limits;
    for (const auto& [name, amount] : box.limits) limits.emplace(name, static_cast<std::int64_t>(amount));
    cli::print(json::pretty(Value::Map{{"agent", plan.agent.ref},
                                       {"profile", plan.profile.name},
                                       {"uid", static_cast<std::int64_t>(box.uid)},
                                       {"network", plan.box.proxy ? "proxy" : "none"},
                                       {"paths", plan.paths()},
                                       {"hidden", texts(box.hidden)},
                                       {"limits", std::move(limits)},
                                       {"missing", texts(box.missing)},
                                       {"command", texts(box.command)}}) +
               "\n");
    return Exit::ok;
  }
  std::string out =
      plan.agent.ref + ", profile " + plan.profile.name + ", " +
      (box.uid ? "uid " + std::to_string(box.uid) : "your own uid in a user namespace: files that you may read it may read where the box has them") +
      "\nnetwork  " + (box.proxy ? "proxy: law is asked for each host" : "none") + "\n";
  for (const auto& [path, use] : box.paths) {
    out += (use == box::Use::write ? "write    " : use == box::Use::exec ? "exec     " : "read     ") + path;
    for (const auto& g : plan.granted)
      if (os::real_path(g.path) == path) out += "  (" + g.rule + ", " + g.resource + ")";
    out += "\n";
  }
  for (const auto& path : box.hidden) out += "hidden   " + path + "\n";
  for (const auto& layer : box.missing) out += "may lack " + layer + "\n";
  cli::print(out);
  return Exit::ok;
}

Result<Exit> run(const cli::Args& args) {
  if (!args.has("as")) return fail(Code::cli_usage, "whose program is it?", "--as AGENT, like --as agent:analyst");
  TK_TRY(auto s, Session::open());
  TK_TRY(auto lease, lease_for(*s, args.get("lease")));
  TK_TRY(auto plan, plan_of(*s, args, lease));
  if (args.has("explain")) return explain(args, plan);
  if (plan.box.command.empty()) return fail(Code::cli_usage, "what is to be run?", "tk run --as " + plan.agent.ref + " -- COMMAND…");
  return run_in_box(*s, {std::move(plan), std::move(lease)});
}

}  // namespace

cli::VerbSpec run_verb() {
  return {"",
          "run an agent's program in a box that fails closed",
          {{"COMMAND", "the program and its arguments, behind --", false, true}},
          {{"as", "AGENT", "whose program it is (needs actor.act-as on it)"},
           {"profile", "NAME", "profiles/NAME.toml, or tk's own build (the default) and read-only"},
           {"lease", "LEASE", "with what this lease lends it (box.read, box.write, box.connect), until it ends"},
           {"explain", "", "print what the box would have, and run nothing"},
           {"allow-missing", "LAYER", "go on without this layer where it cannot be had (needs box.weaken)", {}, true}},
          {{"tk run --as agent:builder -- make test", "in the box of profile build"},
           {"tk run --as agent:builder --explain -- make test", "what it would see and may change, and by which rule"},
           {"tk run --as agent:builder --profile read-only -- grep -r TODO .", "without a right to write"}},
          help::k_run,
          run,
          "{agent: text, profile: text, uid: int, network: 'none'|'proxy', paths: {*: json}, hidden: [text], limits: {*: int}, missing: [text], "
          "command: [text]}",
          values};
}

}  // namespace tk::tools::run_tool
