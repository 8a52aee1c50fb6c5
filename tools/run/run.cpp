#include <csignal>

#include "core/acl/token.hpp"
#include "core/agent/boxed.hpp"
#include "core/base/clock.hpp"
#include "core/base/ids.hpp"
#include "core/base/text.hpp"
#include "core/box/boxes.hpp"
#include "core/cli/output.hpp"
#include "core/json/json.hpp"
#include "core/os/file.hpp"
#include "help/run.hpp"
#include "tools/session/session.hpp"
#include "tools/session/values.hpp"

namespace tk::tools::run_tool {
namespace {

using tk::agent::Boxed;

constexpr std::int64_t kTokenLife = 24 * 3'600'000;  // ms; it ends with the box

Result<Boxed> plan_of(Session& s, const cli::Args& args) {
  TK_TRY(auto ref, law::parse_ref(args.get("as")));
  TK_TRY(auto agent, acl::actor_of(s.law.index(), ref));
  TK_TRY(auto full, law::parse_ref(agent.ref));
  if (full.type != "agent") return fail(Code::acl_no_actor, agent.ref + " is a person", "--as names an agent; people run programs themselves");
  if (agent.ref != s.actor.ref) TK_CHECK(s.store.ask(s.actor, "actor.act-as", full));
  TK_TRY(auto trouble, s.gate.trouble(agent));
  if (!trouble.empty()) return fail(Code::acl_halted, trouble, "tk start " + agent.ref);
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

Value texts(const auto& words) {
  Value::List out;
  for (const auto& w : words) out.emplace_back(w);
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

record::Change change(const Session& s, const Boxed& plan, const std::string& id, const trace::Context& span) {
  record::Change out;
  out.type = "box";
  out.id = id;
  out.actor = plan.agent;
  out.actor.on_behalf_of = s.actor.id;
  out.trace = span;
  return out;
}

// Its row and its token, before anything is started.
Result<std::string> begin(Session& s, const Boxed& plan, const std::string& id, const trace::Context& span, std::string& token_id) {
  std::vector<record::Change> batch{change(s, plan, id, span)};
  auto& c = batch[0];
  TK_TRY(auto who, law::parse_ref(plan.agent.ref));
  c.context = who.context;
  c.name = plan.profile.name;
  c.input = {{"agent", plan.agent.ref},
             {"profile", plan.profile.name},
             {"command", texts(plan.box.command)},
             {"uid", static_cast<std::int64_t>(plan.box.uid)},
             {"network", plan.box.proxy ? "proxy" : "none"},
             {"paths", plan.paths()},
             {"missing", texts(plan.box.missing)}};
  acl::Wanted wanted;
  TK_TRY(wanted.subject, acl::party_of(s.store, plan.agent));
  wanted.expires_ms = clock::now_ns() / 1'000'000 + kTokenLife;
  wanted.context = who.context;
  wanted.parent = id;
  TK_TRY(auto issued, acl::issue(s.store, s.law.index(), s.realm, wanted, s.actor, span));
  token_id = issued.change.id;
  batch.push_back(std::move(issued.change));
  TK_CHECK(s.store.apply(std::move(batch)));
  return issued.token;
}

// What became of it. Owed: it has ended, whatever its actor and who called may do by now.
struct End {
  int status = 0;
  std::optional<Error> refused;  // nothing was started
  std::optional<Error> stopped;  // its program was ended, and why
};

Result<void> finish(Session& s, const Boxed& plan, const std::string& id, const trace::Context& span, const std::string& token_id, const End& end) {
  std::vector<record::Change> batch{change(s, plan, id, span)};
  batch[0].event = end.refused ? "refuse" : "end";
  if (end.refused)
    batch[0].input = {{"error", end.refused->message}};
  else
    batch[0].input = {{"status", static_cast<std::int64_t>(end.status)}, {"error", end.stopped ? end.stopped->message : std::string()}};
  TK_TRY(auto token, s.store.get(token_id));
  if (token.state == "live") {
    auto& revoke = batch.emplace_back();
    revoke.id = token_id;
    revoke.event = "revoke";
    revoke.actor = s.actor;
    revoke.trace = trace::child(span);
  }
  for (auto& c : batch) c.owed = "outcome";
  return s.store.apply(std::move(batch)).transform([](auto&&) {});
}

// Why it may not go on: it, its token or who called was stopped, or law does not grant the box any more.
Result<std::string> trouble_of(Session& s, const Boxed& plan, const std::string& token_id) {
  auto agent = plan.agent;
  agent.token = token_id;
  for (const auto* actor : {&agent, &s.actor}) {
    TK_TRY(auto trouble, s.gate.trouble(*actor));
    if (!trouble.empty()) return trouble;
  }
  TK_CHECK(s.law.follow(s.workspace));
  static const std::string kAction = "box.run";
  TK_TRY(auto who, law::parse_ref(plan.agent.ref));
  TK_TRY(auto ruling, s.gate.rule({agent, kAction, {"box", who.context, plan.profile.name}}));
  return ruling.allow ? std::string() : ruling.reason;
}

// From its start to its end. Whoever is stopped meanwhile, or loses its token or right, is stopped here.
End in_box(Session& s, const Boxed& plan, const std::string& id, const trace::Context& span, const std::string& token_id) {
  End out;
  auto refuse = [&](const Error& why) {
    out.refused = why;
    return out;
  };
  auto running = box::Running::start(plan.box);
  if (!running) return refuse(running.error());
  auto entered = box::Entered::enter(s.workspace.state("run/boxes"), id, {plan.agent.id, s.actor.id}, running->first());
  if (!entered) return refuse(entered.error());
  bool begun = false;
  auto look = [&]() -> Result<void> {
    auto trouble = trouble_of(s, plan, token_id);
    if (trouble && trouble->empty()) {
      begun = true;
      return {};
    }
    Error why{Code::acl_halted,
              plan.agent.ref + " was stopped: " + (trouble ? *trouble : describe(trouble.error())),
              {},
              "tk log --actor " + plan.agent.ref,
              nullptr};
    if (begun) out.stopped = why;
    return fail(why);
  };
  auto row = [&] { return change(s, plan, id, trace::child(span)); };
  tk::agent::Hosts hosts(s.gate, s.store, plan.agent, row, [&] { return s.law.follow(s.workspace); }, cli::note);
  auto status = running->wait(look, std::ref(hosts));
  if (!status && !out.stopped) return refuse(status.error());
  out.status = status ? *status : 128 + SIGKILL;
  return out;
}

Result<Exit> run(const cli::Args& args) {
  if (!args.has("as")) return fail(Code::cli_usage, "whose program is it?", "--as AGENT, like --as agent:analyst");
  TK_TRY(auto s, Session::open());
  TK_TRY(auto plan, plan_of(*s, args));
  if (args.has("explain")) return explain(args, plan);
  if (plan.box.command.empty()) return fail(Code::cli_usage, "what is to be run?", "tk run --as " + plan.agent.ref + " -- COMMAND…");
  auto id = ids::uuid7();
  auto span = trace::child(s->trace);
  std::string token_id;
  TK_TRY(auto token, begin(*s, plan, id, span, token_id));
  tk::agent::set_environment(plan, s->workspace.root(), token, id, span);
  // Where the caller stands, if the box has it.
  auto here = os::current_directory().value_or("");
  for (const auto& [path, use] : plan.box.paths)
    if (here == path || here.starts_with(path + "/")) plan.box.directory = here;
  auto end = in_box(*s, plan, id, span, token_id);
  TK_CHECK(finish(*s, plan, id, span, token_id, end));
  if (end.refused) return fail(*end.refused);
  if (end.stopped) return fail(*end.stopped);
  return static_cast<Exit>(end.status);
}

}  // namespace

cli::VerbSpec run_verb() {
  return {"",
          "run an agent's program in a box that fails closed",
          {{"COMMAND", "the program and its arguments, behind --", false, true}},
          {{"as", "AGENT", "whose program it is (needs actor.act-as on it)"},
           {"profile", "NAME", "profiles/NAME.toml, or tk's own build (the default) and read-only"},
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
