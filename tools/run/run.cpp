#include <csignal>

#include "core/acl/lease.hpp"
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

Result<std::optional<acl::Lease>> lease_for(Session& s, const cli::Args& args) {
  if (!args.has("lease")) return std::optional<acl::Lease>();
  auto found = s.store.find(args.get("lease"), "borrow");
  if (!found) return fail(Code::acl_token_for, "there is no lease " + text::printable(args.get("lease")), "tk acl borrow list");
  return std::optional(acl::lease_of(*found));
}

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
  out.actor.borrow_id.clear();
  out.actor.on_behalf_of = s.actor.id;
  out.trace = span;
  return out;
}

// Its row and its token.
struct Begin {
  std::vector<record::Change> rows;
  std::string id = ids::uuid7(), token, token_id;
};

Result<Begin> begin(Session& s, const Boxed& plan, const std::optional<acl::Lease>& lease, const trace::Context& span) {
  Begin out;
  TK_TRY(auto who, law::parse_ref(plan.agent.ref));
  auto& c = out.rows.emplace_back(change(s, plan, out.id, span));
  c.context = who.context;
  c.name = plan.profile.name;
  c.input = *plan.journaled().as_map();
  c.input.emplace("agent", plan.agent.ref);
  c.input.emplace("command", texts(plan.box.command));
  acl::Wanted wanted;
  TK_TRY(wanted.subject, acl::party_of(s.store, plan.agent));
  wanted.expires_ms = clock::now_ns() / 1'000'000 + kTokenLife;
  wanted.context = who.context;
  wanted.parent = out.id;
  if (lease) TK_CHECK(acl::by_lease(s.store, s.law.index(), *lease, wanted));
  TK_TRY(auto issued, acl::issue(s.store, s.law.index(), s.realm, wanted, s.actor, span));
  out.token = std::move(issued.token);
  out.token_id = issued.change.id;
  out.rows.push_back(std::move(issued.change));
  return out;
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

// Boxes whose tk was killed: that they are over is journaled by who comes next.
Result<void> end_forgotten(Session& s) {
  auto folder = s.workspace.state("run/boxes");
  TK_TRY(auto forgotten, box::forgotten_boxes(folder));
  for (const auto& id : forgotten) {
    auto record = s.store.get(id);
    if (!record && record.error().code != Code::record_unknown) return fail(record.error());
    std::vector<record::Change> batch;
    auto add = [&](const std::string& what, const char* event) -> record::Change& {
      auto& c = batch.emplace_back();
      c.id = what;
      c.event = event;
      c.actor = s.actor;
      c.trace = trace::child(s.trace);
      c.owed = "outcome";
      return c;
    };
    if (record && record->type == "box" && record->state == "running") {  // a step is its run's to resume
      add(id, "end").input = {{"status", 128 + SIGKILL}, {"error", "who started it was killed, and it ended with that"}};
      TK_TRY(auto tokens, s.store.list("token", id));
      for (const auto& token : tokens)
        if (token.state == "live") add(token.id, "revoke");
      auto done = s.store.apply(std::move(batch));
      if (!done && done.error().code != Code::record_event && done.error().code != Code::record_conflict) return fail(done.error());
    }
    box::forget(folder, id);
  }
  return {};
}

// What the lease let it have is one use of it each.
Result<void> use(Session& s, const Boxed& plan, const trace::Context& span) {
  for (const auto& one : plan.granted) {
    if (one.lease.empty()) continue;
    TK_TRY(auto resource, law::parse_ref(one.resource));
    TK_CHECK(acl::use_lease(s.store, s.gate, plan.agent, one.use == box::Use::read ? "box.read" : "box.write", resource, trace::child(span)));
  }
  return {};
}

// Why it may not go on: it, its token or who called was stopped, or law does not grant the box any more.
Result<std::string> trouble_of(Session& s, const Boxed& plan, const trace::Context& span, const std::string& token_id) {
  auto agent = plan.agent;
  agent.token = token_id;
  if (!agent.borrow_id.empty()) {
    TK_TRY(auto lease, acl::find_lease(s.store, agent.borrow_id));
    auto over = lease ? lease->over(clock::now_ns() / 1'000'000) : "is gone";
    if (!over.empty()) return "its lease " + over;
    TK_TRY(over, s.gate.void_now(*lease, span.trace_id));
    if (!over.empty()) return "its lease " + over;
  }
  for (const auto* actor : {&agent, &s.actor}) {
    TK_TRY(auto trouble, s.gate.trouble(*actor));
    if (!trouble.empty()) return trouble;
  }
  TK_CHECK(s.law.follow(s.workspace));
  static const std::string kAction = "box.run";
  TK_TRY(auto who, law::parse_ref(plan.agent.ref));
  agent.borrow_id.clear();  // a box is run by one's own right
  TK_TRY(auto ruling, s.gate.rule({agent, kAction, {"box", who.context, plan.profile.name}}));
  return ruling.allow ? std::string() : ruling.reason;
}

// Until its end. Whoever is stopped meanwhile, or loses its token or right, is stopped here.
End in_box(Session& s, const Boxed& plan, box::Running& running, box::Entered& entered, const trace::Context& span, const std::string& token_id) {
  End out;
  auto refuse = [&](const Error& why) {
    out.refused = why;
    return out;
  };
  if (auto there = running.ready(); !there) return refuse(there.error());
  if (auto done = entered.has(running.first()); !done) return refuse(done.error());
  bool begun = false;
  auto look = [&]() -> Result<void> {
    auto trouble = trouble_of(s, plan, span, token_id);
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
  auto status = running.wait(look);
  if (!status && !out.stopped) return refuse(status.error());
  out.status = status ? *status : 128 + SIGKILL;
  return out;
}

Result<Exit> run(const cli::Args& args) {
  if (!args.has("as")) return fail(Code::cli_usage, "whose program is it?", "--as AGENT, like --as agent:analyst");
  TK_TRY(auto s, Session::open());
  TK_TRY(auto lease, lease_for(*s, args));
  TK_TRY(auto plan, plan_of(*s, args, lease));
  if (args.has("explain")) return explain(args, plan);
  if (plan.box.command.empty()) return fail(Code::cli_usage, "what is to be run?", "tk run --as " + plan.agent.ref + " -- COMMAND…");
  TK_CHECK(end_forgotten(*s));
  auto span = trace::child(s->trace);
  TK_TRY(auto row, begin(*s, plan, lease, span));
  tk::agent::set_environment(plan, s->workspace.root(), row.token, row.id, span);
  // Where the caller stands, if the box has it.
  auto here = os::current_directory().value_or("");
  for (const auto& [path, use] : plan.box.paths)
    if (here == path || here.starts_with(path + "/")) plan.box.directory = here;
  TK_TRY(auto entered, box::Entered::enter(s->workspace.state("run/boxes"), row.id, {plan.agent.id, s->actor.id}, 0));
  // The box is made while its row goes to the disk; its program begins behind both.
  tk::agent::Hosts hosts(
      s->gate, s->store, plan.agent, [&, id = row.id] { return change(*s, plan, id, trace::child(span)); }, [&] { return s->law.follow(s->workspace); },
      cli::note);
  std::timed_mutex law_and_journal;
  std::unique_lock turn(law_and_journal);
  auto running = box::Running::start(plan.box, {std::ref(hosts), &law_and_journal});
  if (auto done = s->store.apply(std::move(row.rows)); !done) {
    auto why = done.error();
    if (why.code == Code::law_denied && why.message.find("box.run") != std::string::npos)
      why.hint = "where agents may: tk repo new rule boxes effect=permit role=role:agent actions=box.run resource='box:**/" + plan.profile.name + "'";
    return fail(why);
  }
  auto lent = lease ? use(*s, plan, span) : Result<void>();
  End end;
  if (!lent)
    end.refused = lent.error();
  else if (running)
    end = in_box(*s, plan, *running, entered, span, row.token_id);
  else
    end.refused = running.error();
  TK_CHECK(finish(*s, plan, row.id, span, row.token_id, end));
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
