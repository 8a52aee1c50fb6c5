#include "tools/run/task.hpp"

#include <csignal>

#include "core/acl/token.hpp"
#include "core/base/clock.hpp"
#include "core/base/ids.hpp"
#include "core/base/text.hpp"
#include "core/box/boxes.hpp"
#include "core/cli/output.hpp"
#include "core/os/file.hpp"

namespace tk::tools::run_tool {
namespace {

using tk::agent::Boxed;

constexpr std::int64_t kTokenLife = 24 * 3'600'000;  // ms; it ends with the box

record::Change change(const Session& s, const Boxed& plan, const std::string& id,
                      const trace::Context& span) {
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
  std::string id, token, token_id;
};

Result<Begin> begin(Session& s, const Task& task, const trace::Context& span) {
  const auto& [plan, lease] = std::tie(task.plan, task.lease);
  Begin out;
  out.id = task.id;
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
  out.rows.insert(out.rows.end(), task.rows.begin(), task.rows.end());
  return out;
}

// What became of it. Owed: it has ended, whatever its actor and who called may do by now.
struct End {
  int status = 0;
  Value masked = {};             // how often a secret was taken out of its output
  std::optional<Error> refused;  // nothing was started
  std::optional<Error> stopped;  // its program was ended, and why
};

Result<void> finish(Session& s, const Boxed& plan, const std::string& id,
                    const trace::Context& span, const std::string& token_id, const End& end) {
  std::vector<record::Change> batch{change(s, plan, id, span)};
  batch[0].event = end.refused ? "refuse" : "end";
  if (end.refused)
    batch[0].input = {{"error", end.refused->message}};
  else
    batch[0].input = {{"status", static_cast<std::int64_t>(end.status)},
                      {"masked", end.masked},
                      {"error", end.stopped ? end.stopped->message : std::string()}};
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
    if (record && record->type == "box" &&
        record->state == "running") {  // a step is its run's to resume
      add(id, "end").input = {{"status", 128 + SIGKILL},
                              {"error", "who started it was killed, and it ended with that"}};
      TK_TRY(auto tokens, s.store.list("token", id));
      for (const auto& token : tokens)
        if (token.state == "live") add(token.id, "revoke");
      auto done = s.store.apply(std::move(batch));
      if (!done && done.error().code != Code::record_event &&
          done.error().code != Code::record_conflict)
        return fail(done.error());
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
    TK_CHECK(acl::use_lease(s.store, s.gate, plan.agent,
                            one.use == box::Use::read ? "box.read" : "box.write", resource,
                            trace::child(span)));
  }
  return {};
}

// Why it may not go on: it, its token or who called was stopped, or law does not grant the box any
// more.
Result<std::string> trouble_of(Session& s, const Boxed& plan, const trace::Context& span,
                               const std::string& token_id) {
  auto agent = plan.agent;
  agent.token = token_id;
  if (!agent.borrow_id.empty()) {
    TK_TRY(auto lease, acl::find_lease(s.store, agent.borrow_id));
    if (lease) lease->max_uses = 0;  // its use for this was counted before it began
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
End in_box(Session& s, const Task& task, box::Running& running, box::Entered& entered,
           const trace::Context& span, const std::string& token_id) {
  const auto& plan = task.plan;
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
    Result<void> fine;
    if (!trouble || !trouble->empty())
      fine =
          fail(Code::acl_halted,
               plan.agent.ref + " was stopped: " + (trouble ? *trouble : describe(trouble.error())),
               "tk log --actor " + plan.agent.ref);
    else if (task.look)
      fine = task.look();
    if (!fine && begun) out.stopped = fine.error();
    begun = begun || fine;
    return fine;
  };
  auto status = running.wait(look);
  if (!status && !out.stopped) return refuse(status.error());
  out.status = status ? *status : 128 + SIGKILL;
  return out;
}

}  // namespace

Result<std::optional<acl::Lease>> lease_for(Session& s, const std::string& id) {
  if (id.empty()) return std::optional<acl::Lease>();
  auto found = s.store.find(id, "borrow");
  if (!found)
    return fail(Code::acl_token_for, "there is no lease " + text::printable(id),
                "tk acl borrow list");
  return std::optional(acl::lease_of(*found));
}

Result<Exit> run_in_box(Session& s, Task task) {
  TK_CHECK(end_forgotten(s));
  auto span = trace::child(s.trace);
  TK_TRY(auto row, begin(s, task, span));
  tk::agent::set_environment(task.plan, s.workspace.root(), row.token, row.id, span);
  // Where the caller stands, if the box has it.
  auto here = os::current_directory().value_or("");
  for (const auto& [path, use] : task.plan.box.paths)
    if (here == path || here.starts_with(path + "/")) task.plan.box.directory = here;
  TK_TRY(auto entered, box::Entered::enter(s.workspace.state("run/boxes"), row.id,
                                           {task.plan.agent.id, s.actor.id}, 0));
  // The box is made while its row goes to the disk; its program begins behind both.
  tk::agent::Hosts hosts(
      s.gate, s.store, task.plan.agent,
      [&, id = row.id] { return change(s, task.plan, id, trace::child(span)); },
      [&] { return s.law.follow(s.workspace); }, cli::note);
  if (task.hosts_told) hosts.tell_only(*task.hosts_told);
  std::timed_mutex law_and_journal;
  std::unique_lock turn(law_and_journal);
  box::Way way{[&](const box::Destination& to) {
                 return task.may_reach ? task.may_reach(to, hosts) : hosts(to);
               },
               &law_and_journal};
  auto running = task.start ? task.start(task.plan.box, std::move(way))
                            : box::Running::start(task.plan.box, std::move(way));
  if (auto done = s.store.apply(std::move(row.rows)); !done) {
    auto why = done.error();
    if (why.code == Code::law_denied && why.message.find("box.run") != std::string::npos)
      why.hint =
          "where agents may: tk repo new rule boxes effect=permit role=role:agent actions=box.run "
          "resource='box:**/" +
          task.plan.profile.name + "'";
    return fail(why);
  }
  auto lent = task.lease ? use(s, task.plan, span) : Result<void>();
  End end;
  if (!lent)
    end.refused = lent.error();
  else if (running)
    end = in_box(s, task, *running, entered, span, row.token_id);
  else
    end.refused = running.error();
  if (end.stopped) running->child().kill(SIGKILL);
  if (task.after && !end.refused) end.masked = task.after();
  TK_CHECK(finish(s, task.plan, row.id, span, row.token_id, end));
  if (end.refused) return fail(*end.refused);
  if (end.stopped) return fail(*end.stopped);
  return static_cast<Exit>(end.status);
}

}  // namespace tk::tools::run_tool
