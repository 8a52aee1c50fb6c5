#include <csignal>

#include "core/acl/token.hpp"
#include "core/base/clock.hpp"
#include "core/base/ids.hpp"
#include "core/base/text.hpp"
#include "core/box/boxes.hpp"
#include "core/box/paths.hpp"
#include "core/box/profile.hpp"
#include "core/cli/output.hpp"
#include "core/crypto/digest.hpp"
#include "core/git/repository.hpp"
#include "core/json/json.hpp"
#include "core/os/file.hpp"
#include "core/os/machine.hpp"
#include "core/os/terminal.hpp"
#include "core/provision/policy.hpp"
#include "help/run.hpp"
#include "tools/session/session.hpp"
#include "tools/session/values.hpp"

namespace tk::tools::run_tool {
namespace {

constexpr std::int64_t kTokenLife = 24 * 3'600'000;  // ms; it ends with the box

// What is to run, by whose right, as whom.
struct Plan {
  record::Actor agent;
  box::Profile profile;
  std::vector<box::Granted> granted;
  box::Box box;
};

Result<box::Profile> profile_of(const git::Repository& repository, const std::string& commit, const std::string& name) {
  if (name.empty() || name.find('/') != name.npos || name.starts_with('.'))
    return fail(Code::box_profile, "not a profile's name: " + text::printable(name));
  auto file = "profiles/" + name + ".toml";
  TK_TRY(auto text, repository.read(commit, file));
  return text ? box::read_profile(name, *text, file) : box::own_profile(name);
}

// The agent's account on this machine. Where accounts were applied here its absence is an error; elsewhere a free id will do.
Result<void> find_account(Session& s, const git::Repository& repository, const std::string& commit, Plan& plan) {
  if (!os::is_root()) return {};
  TK_TRY(auto policy, provision::policy_of(repository, commit));
  TK_TRY(auto ids, provision::read_ids(repository, commit, policy));
  auto& box = plan.box;
  if (box.uid = ids.find(plan.agent.id); box.uid != 0) {
    auto account = os::account_of(box.uid);
    box.gid = account ? account->gid : box.uid;
    if (account) box.groups = account->groups;
    if (account && os::is_directory(account->home)) TK_CHECK(box::add_path(box, account->home, box::Use::write, s.workspace.root()));
    if (account) return {};
    TK_TRY(auto applied, s.store.list("provision", ""));
    for (const auto& record : applied)
      if (record.state == "applied" && record.fields.at("target").text().starts_with("/@"))
        return fail(Code::box_account, plan.agent.ref + " has no account here: there is no uid " + std::to_string(box.uid),
                    "tk repo plan --target / shows what is missing");
    return {};
  }
  // Each agent another one, and the same each time.
  auto span = policy.range.last - policy.range.first + 1;
  auto id = policy.range.first + static_cast<std::uint32_t>(std::strtoul(crypto::sha256_hex(plan.agent.id).substr(0, 8).c_str(), nullptr, 16) % span);
  for (std::uint32_t i = 0; i < span && (!ids.owner(id).empty() || os::account_of(id)); ++i)
    id = id == policy.range.last ? policy.range.first : id + 1;
  box.uid = box.gid = id;
  return {};
}

void add_environment(const Session& s, Plan& plan, const std::string& token, const std::string& box_id, const trace::Context& span) {
  auto account = plan.box.uid != 0 ? os::account_of(plan.box.uid) : std::nullopt;
  auto home = account && plan.box.paths.contains(account->home) ? account->home : "/tmp";
  auto name = account ? account->name : std::string(plan.agent.ref.substr(plan.agent.ref.rfind('/') + 1));
  auto& out = plan.box.environment;
  out = {"PATH=/usr/local/bin:/usr/bin:/bin",
         "HOME=" + home,
         "USER=" + name,
         "LOGNAME=" + name,
         "TMPDIR=/tmp",
         "TK_BOX=" + box_id,
         "TK_WORKSPACE=" + s.workspace.root(),
         "TRACEPARENT=" + trace::traceparent(span)};
  if (!token.empty()) out.push_back("TK_TOKEN=" + token);
  for (const char* kept : {"LANG", "LC_ALL", "TZ", "TERM", "COLUMNS", "LINES", "NO_COLOR"})
    if (auto value = os::environment(kept); !value.empty()) out.push_back(std::string(kept) + "=" + value);
  if (plan.box.proxy)
    for (const char* one : {"HTTP_PROXY", "HTTPS_PROXY", "http_proxy", "https_proxy"}) out.push_back(std::string(one) + "=http://127.0.0.1:1080");
  if (plan.box.proxy) out.insert(out.end(), {"ALL_PROXY=socks5h://127.0.0.1:1080", "all_proxy=socks5h://127.0.0.1:1080"});
  // Where the caller stands, if the box has it.
  auto here = os::current_directory().value_or("");
  plan.box.directory = home;
  for (const auto& [path, use] : plan.box.paths)
    if (here == path || here.starts_with(path + "/")) plan.box.directory = here;
}

Result<Plan> plan_of(Session& s, const cli::Args& args) {
  Plan out;
  TK_TRY(auto ref, law::parse_ref(args.get("as")));
  TK_TRY(out.agent, acl::actor_of(s.law.index(), ref));
  TK_TRY(auto full, law::parse_ref(out.agent.ref));
  if (full.type != "agent") return fail(Code::acl_no_actor, out.agent.ref + " is a person", "--as names an agent; people run programs themselves");
  if (out.agent.ref != s.actor.ref) TK_CHECK(s.store.ask(s.actor, "actor.act-as", full));
  TK_TRY(auto trouble, s.gate.trouble(out.agent));
  if (!trouble.empty()) return fail(Code::acl_halted, trouble, "tk start " + out.agent.ref);
  TK_TRY(auto repository, git::Repository::open(s.workspace.root()));
  std::string commit(s.law.index().commit());
  TK_TRY(out.profile, profile_of(repository, commit, args.get("profile", "build")));
  auto& box = out.box;
  box.proxy = out.profile.proxy;
  box.unix_sockets = out.profile.unix_sockets;
  box.limits = out.profile.limits;
  box.missing = out.profile.missing;
  for (const auto& layer : args.all("allow-missing")) {
    if (!box::may_be_missing(layer))
      return fail(Code::cli_usage, "there is no box without " + text::printable(layer), "landlock, net, ipc, uts or cgroup may be missing");
    TK_CHECK(s.store.ask(s.actor, "box.weaken", {"box", full.context, out.profile.name}));
    box.missing.insert(layer);
  }
  box::add_system(box);
  using box::Use;
  for (const auto& [list, use] :
       {std::pair(&out.profile.read, Use::read), std::pair(&out.profile.exec, Use::exec), std::pair(&out.profile.write, Use::write)})
    for (const auto& path : *list) TK_CHECK(box::add_path(box, path, use, s.workspace.root()));
  TK_TRY(out.granted, box::granted_by_law(s.gate, s.law.index(), out.agent, s.workspace.root()));
  if (out.profile.read_only)
    for (auto& one : out.granted) one.use = Use::read;
  TK_CHECK(find_account(s, repository, commit, out));
  for (const auto& one : out.granted) TK_CHECK(box::add_path(box, one.path, one.use, s.workspace.root()));
  box::guard(box, s.workspace.root(), repository.folders());
  box.command = args.all("COMMAND");
  return out;
}

const char* word(box::Use use) {
  return use == box::Use::write ? "write" : use == box::Use::exec ? "exec" : "read";
}

Value paths_of(const Plan& plan) {
  Value::Map out;
  for (const auto& [path, use] : plan.box.paths) {
    Value::Map one{{"use", word(use)}};
    for (const auto& g : plan.granted)
      if (os::real_path(g.path) == path) one.emplace("by", g.rule), one.emplace("resource", g.resource);
    out.emplace(path, std::move(one));
  }
  return out;
}

Value texts(const auto& words) {
  Value::List out;
  for (const auto& w : words) out.emplace_back(w);
  return out;
}

Exit explain(const cli::Args& args, const Plan& plan) {
  const auto& box = plan.box;
  if (args.json()) {
    Value::Map limits;
    for (const auto& [name, amount] : box.limits) limits.emplace(name, static_cast<std::int64_t>(amount));
    cli::print(json::pretty(Value::Map{{"agent", plan.agent.ref},
                                       {"profile", plan.profile.name},
                                       {"uid", static_cast<std::int64_t>(box.uid)},
                                       {"network", plan.box.proxy ? "proxy" : "none"},
                                       {"paths", paths_of(plan)},
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
    out += std::string(word(use)) + (use == box::Use::write ? "    " : "     ") + path;
    for (const auto& g : plan.granted)
      if (os::real_path(g.path) == path) out += "  (" + g.rule + ", " + g.resource + ")";
    out += "\n";
  }
  for (const auto& path : box.hidden) out += "hidden   " + path + "\n";
  for (const auto& layer : box.missing) out += "may lack " + layer + "\n";
  cli::print(out);
  return Exit::ok;
}

record::Change change(const Session& s, const Plan& plan, const std::string& id, const trace::Context& span) {
  record::Change out;
  out.type = "box";
  out.id = id;
  out.actor = plan.agent;
  out.actor.on_behalf_of = s.actor.id;
  out.trace = span;
  return out;
}

// Its row and its token, before anything is started.
Result<std::string> begin(Session& s, const Plan& plan, const std::string& id, const trace::Context& span, std::string& token_id) {
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
             {"paths", paths_of(plan)},
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

Result<void> finish(Session& s, const Plan& plan, const std::string& id, const trace::Context& span, const std::string& token_id, const End& end) {
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

// Law's word on a host, asked at each connection of the law that holds then; journaled when it is new.
class Hosts {
 public:
  Hosts(Session& s, const Plan& plan, const std::string& id, const trace::Context& span, record::Actor agent)
      : s_(s), plan_(plan), id_(id), span_(span), agent_(std::move(agent)) {}

  std::string operator()(const box::Destination& to) {
    auto asked = ask(to);
    return asked ? *asked : describe(asked.error());
  }

 private:
  Result<std::string> ask(const box::Destination& to) {
    static const std::string kAction = "box.connect";
    TK_TRY(auto who, law::parse_ref(agent_.ref));
    law::Ref host{"host", who.context.substr(0, who.context.find('.')), to.host + "/" + std::to_string(to.port)};
    TK_CHECK(s_.law.follow(s_.workspace));
    TK_TRY(auto ruling, s_.gate.rule({agent_, kAction, host}));
    bool allowed = ruling.allow && ruling.obligations.empty();
    auto why = allowed
                   ? std::string()
                   : agent_.ref + " may not box.connect on " + host.str() + ": " + (ruling.allow ? "it needs somebody's approval" : ruling.reason);
    auto known = told_.find(host.str());
    if (known != told_.end() && known->second == why) return why;
    if (told_.size() >= kMostTold) return std::string("this box has asked for too many hosts");
    if (allowed) {
      auto c = change(s_, plan_, id_, trace::child(span_));
      c.event = "connect";
      c.input = {{"host", to.host}, {"port", static_cast<std::int64_t>(to.port)}, {"rule", ruling.rule_id}};
      TK_CHECK(s_.store.apply(std::move(c)));
    } else {
      TK_CHECK(s_.store.refused(agent_, kAction, host, host.str(), ruling));
      cli::note(why + " (see: tk law explain " + agent_.ref + " box.connect " + host.str() + ")");
    }
    told_.insert_or_assign(host.str(), why);
    return why;
  }

  static constexpr std::size_t kMostTold = 1000;  // rows that one box can cause
  Session& s_;
  const Plan& plan_;
  std::string id_;
  trace::Context span_;
  record::Actor agent_;
  std::map<std::string, std::string> told_;  // what was journaled last
};

// Why it may not go on: it, its token or who called was stopped, or law does not grant the box any more.
Result<std::string> trouble_of(Session& s, const Plan& plan, const std::string& token_id) {
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
End in_box(Session& s, const Plan& plan, const std::string& id, const trace::Context& span, const std::string& token_id) {
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
  auto status = running->wait(look, Hosts(s, plan, id, span, plan.agent));
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
  add_environment(*s, plan, token, id, span);
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
