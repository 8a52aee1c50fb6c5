#include <fcntl.h>
#include <unistd.h>

#include <algorithm>

#include "core/acl/token.hpp"
#include "core/base/text.hpp"
#include "core/cli/output.hpp"
#include "core/json/json.hpp"
#include "core/os/file.hpp"
#include "core/os/pty.hpp"
#include "core/os/terminal.hpp"
#include "core/vault/binding.hpp"
#include "help/vault.hpp"
#include "tools/run/task.hpp"
#include "tools/vault/vault.hpp"

namespace tk::tools::vault_tool {
namespace {

struct Asked {
  Secret secret;
  std::string variable;
  bool as_file = false;
};

// DB_PW of db-pw.
std::string variable_of(std::string_view name) {
  std::string out;
  for (unsigned char c : name) out += std::isalnum(c) ? static_cast<char>(std::toupper(c)) : '_';
  return out.empty() || std::isdigit(static_cast<unsigned char>(out[0])) ? "_" + out : out;
}

// A variable that changes how programs start, or that tk sets itself, is no place for a secret.
bool fit_for_secret(std::string_view name) {
  static constexpr std::array<std::string_view, 13> kTaken = {
      "PATH", "HOME", "USER",     "LOGNAME",   "TMPDIR",       "TRACEPARENT", "IFS",
      "ENV",  "TERM", "BASH_ENV", "SHELLOPTS", "NODE_OPTIONS", "TZ"};
  for (std::string_view steers : {"LD_", "TK_", "GIT_", "PYTHON", "PERL", "RUBY"})
    if (name.starts_with(steers)) return false;
  auto plain = [](unsigned char c) { return std::isalnum(c) || c == '_'; };
  return !name.empty() && std::all_of(name.begin(), name.end(), plain) &&
         !std::isdigit(static_cast<unsigned char>(name[0])) &&
         std::find(kTaken.begin(), kTaken.end(), name) == kTaken.end();
}

Result<std::vector<Asked>> asked(const Session& s, const cli::Args& args) {
  std::vector<Asked> out;
  for (const auto* option : {"use", "as-fd"})
    for (const auto& word : args.all(option)) {
      auto equals = std::min(word.find('='), word.size());
      TK_TRY(auto secret, find_secret(s, word.substr(0, equals)));
      auto variable = word.substr(std::min(word.size(), equals + 1));
      if (!variable.empty() && secret.get("mode") == "borrow")
        return fail(Code::cli_usage, "a lent secret is in the variable that it is bound to",
                    "--use " + secret.ref.name);
      if (variable.empty()) variable = secret.get("env");
      if (variable.empty()) variable = variable_of(secret.ref.name);
      if (!fit_for_secret(variable))
        return fail(Code::cli_usage, "no variable for a secret: " + text::printable(variable),
                    "--use " + secret.ref.name +
                        "=NAME: letters, digits and _, and none that steers programs");
      for (const auto& other : out)
        if (other.variable == variable)
          return fail(Code::cli_usage, "two secrets in " + variable,
                      "--use " + secret.ref.name + "=ANOTHER_NAME");
      out.push_back({std::move(secret), std::move(variable), std::string_view(option) == "as-fd"});
    }
  return out;
}

Result<record::Actor> whose(Session& s, const cli::Args& args,
                            const std::optional<acl::Lease>& lease) {
  auto out = s.actor;
  if (args.has("as")) {
    TK_TRY(auto ref, law::parse_ref(args.get("as")));
    TK_TRY(out, acl::actor_of(s.law.index(), ref));
    TK_TRY(auto full, law::parse_ref(out.ref));
    if (out.ref != s.actor.ref) TK_CHECK(s.store.ask(s.actor, "actor.act-as", full));
    TK_TRY(auto trouble, s.gate.trouble(out));
    if (!trouble.empty()) return fail(Code::acl_halted, trouble, "tk start " + out.ref);
  }
  if (lease && lease->borrower != out.ref)
    return fail(Code::acl_lease, "the lease is " + lease->borrower + "'s, not " + out.ref + "'s",
                "tk acl borrow list");
  if (lease) out.borrow_id = lease->id, out.purpose = lease->purpose;
  return out;
}

// The use of one secret: law is asked, and a lease counted, in the commit of the box's row.
Result<record::Change> use_of(Session& s, const Asked& one, const record::Actor& actor,
                              const std::string& box) {
  record::Change out;
  TK_TRY(out.id, record_of(s, one.secret));
  out.event = "use";
  out.input = {{"as", (one.as_file ? "file:" : "env:") + one.variable},
               {"by", actor.ref},
               {"box", box},
               {"value_version", one.secret.declared.place.version}};
  out.actor = actor;
  out.trace = trace::child(s.trace);
  return out;
}

Result<void> may_be_used(Session& s, const vault::Manifest& manifest, const Asked& one,
                         const record::Actor& actor) {
  const auto& secret = one.secret;
  auto mode = secret.get("mode");
  if (mode == "off")
    return fail(Code::vault_mode, secret.ref.str() + " is off: nobody may use it",
                "tk vault set " + secret.ref.name + " --keep --mode on");
  TK_CHECK(check(manifest, secret));
  static const std::string kUse = "secret.use";
  if (mode == "borrow" && actor.kind != "user" && actor.borrow_id.empty())
    return fail(Code::vault_mode, secret.ref.str() + " is lent, not given",
                "tk acl borrow request --lender … --action secret.use --resource " +
                    secret.ref.str() + "; then --lease ID");
  // The write path asks again. What waits for somebody's word is no yes: a program cannot wait.
  TK_TRY(auto ruling, s.gate.rule({actor, kUse, secret.ref}));
  if (!ruling.allow)
    return fail(actor.borrow_id.empty() ? Code::law_denied : Code::acl_lease,
                actor.ref + " may not secret.use on " + secret.ref.str() + ": " + ruling.reason,
                actor.borrow_id.empty()
                    ? "see: tk law explain " + actor.ref + " secret.use " + secret.ref.str()
                    : "tk acl borrow list shows what is left of it");
  if (!ruling.obligations.empty())
    return fail(
        Code::law_denied,
        actor.ref + " may secret.use " + secret.ref.str() + " only with somebody's approval",
        "a lease can be approved before: tk acl borrow request --action secret.use --resource " +
            secret.ref.str());
  return {};
}

std::vector<std::string> hosts_of(const std::vector<Asked>& secrets) {
  std::vector<std::string> out;
  for (const auto& one : secrets) {
    auto list = one.secret.get("tool-hosts");
    for (auto word : text::split(list, ' '))
      if (!word.empty()) out.emplace_back(word);
  }
  return out;
}

// The tool that a lent secret is bound to, alone in its box.
struct Tool {
  std::string program;
  std::vector<std::string> command, hosts;
};
Result<Tool> tool_of(const Session& s, const Secret& secret, const cli::Args& args) {
  if (!args.all("COMMAND").empty())
    return fail(Code::vault_mode,
                secret.ref.str() + " is lent to " + secret.get("tool") +
                    " alone: it takes parameters, no command",
                "--with NAME=VALUE");
  vault::Binding binding{secret.get("tool"), secret.get("tool-sha256"), secret.get("tool-args")};
  std::map<std::string, std::string> parameters;
  for (const auto& word : args.all("with")) {
    auto equals = word.find('=');
    if (equals == word.npos)
      return fail(Code::cli_usage, "not NAME=VALUE: " + text::printable(word), "--with host=db1");
    parameters[word.substr(0, equals)] = word.substr(equals + 1);
  }
  Tool out;
  TK_TRY(out.command, vault::filled(binding, parameters));
  TK_TRY(out.program, vault::checked_tool(binding, s.workspace.state("run/tools")));
  out.command.insert(out.command.begin(), out.program);
  out.hosts = hosts_of({{secret, "", false}});
  return out;
}

// The consumer's input and output, as it has them and as the broker does. Nothing that it can write
// to is ours. What it reads from a terminal, or from anything that could be written to, tk hands
// on, as it is tk whom a shell stops when somebody else is to read there.
struct Streams {
  std::optional<os::Pty> terminal;
  std::optional<os::TerminalMode> raw;
  std::vector<vault::Descriptor> consumers, brokers;
  std::vector<vault::Stream> list;
  std::array<int, 3> standard{-1, -1, -1};
  vault::Descriptor typed;  // what is read here goes there

  Result<void> output(int fd) {
    auto [read, write] = vault::pipe_pair();
    if (read.get() < 0) return fail(os::errno_error(errno, "open", "a pipe"));
    standard[static_cast<std::size_t>(fd)] = write.get();
    list.push_back({read.get(), fd});
    consumers.push_back(std::move(write));
    brokers.push_back(std::move(read));
    return {};
  }
  Result<void> make() {
    if (os::is_terminal(STDIN_FILENO) && os::is_terminal(STDOUT_FILENO)) {
      TK_TRY(auto pty, os::Pty::open(STDIN_FILENO));
      terminal.emplace(std::move(pty));
      standard.fill(terminal->program());
      list = {{terminal->driver(), STDOUT_FILENO}};
      typed = vault::Descriptor(::fcntl(terminal->driver(), F_DUPFD_CLOEXEC, 3));
      return os::is_terminal(STDERR_FILENO) ? Result<void>() : output(STDERR_FILENO);
    }
    for (int fd : {STDOUT_FILENO, STDERR_FILENO}) TK_CHECK(output(fd));
    standard[0] = STDIN_FILENO;
    if (os::writable(STDIN_FILENO)) {
      auto [read, write] = vault::pipe_pair();
      if (read.get() < 0) return fail(os::errno_error(errno, "open", "a pipe"));
      standard[0] = read.get();
      consumers.push_back(std::move(read));
      typed = std::move(write);
    }
    return {};
  }
  void consumer_has_its_own() {
    if (terminal) {
      terminal->close_program();
      raw.emplace(STDIN_FILENO, os::TerminalMode::Kind::raw, terminal->driver());
    }
    consumers.clear();
    brokers.clear();
    if (typed.get() >= 0)
      os::hand_on(STDIN_FILENO, std::exchange(typed, vault::Descriptor()).release());
  }
};

Exit explain(const cli::Args& args, const agent::Boxed& plan, const std::vector<Asked>& secrets) {
  Value::List list;
  std::string text = plan.agent.ref + ", profile " + plan.profile.name + ", network " +
                     (plan.box.proxy ? "proxy" : "none") + "\n";
  for (const auto& one : secrets) {
    auto as = (one.as_file ? "file:" : "env:") + one.variable;
    list.emplace_back(Value::Map{{"ref", one.secret.ref.str()},
                                 {"version", one.secret.declared.place.version},
                                 {"mode", one.secret.get("mode")},
                                 {"as", as}});
    text += "secret   " + one.secret.ref.str() + ", version " +
            std::to_string(one.secret.declared.place.version) + ", mode " + one.secret.get("mode") +
            ", as " + as + "\n";
  }
  for (const auto& word : plan.box.command) text += "word     " + text::printable(word) + "\n";
  if (args.json())
    cli::print(json::pretty(Value::Map{{"actor", plan.agent.ref},
                                       {"profile", plan.profile.name},
                                       {"network", plan.box.proxy ? "proxy" : "none"},
                                       {"secrets", std::move(list)},
                                       {"command", run_tool::texts(plan.box.command)}}) +
               "\n");
  else
    cli::print(text);
  return Exit::ok;
}

Result<Exit> run(const cli::Args& args) {
  TK_TRY(auto session, Session::open());
  auto& s = *session;
  // Its box is made while law and manifest are looked at; it holds nothing before it is given keys.
  std::optional<vault::Broker> broker;
  if ((args.has("use") || args.has("as-fd")) && !args.has("explain")) {
    TK_TRY(auto started, start_broker(s, args.all("allow-missing")));
    broker.emplace(std::move(started));
  }
  TK_TRY(auto secrets, asked(s, args));
  TK_TRY(auto lease, run_tool::lease_for(s, args.get("lease")));
  TK_TRY(auto actor, whose(s, args, lease));
  run_tool::Task task;
  task.lease = std::move(lease);
  std::optional<Tool> tool;
  std::vector<vault::Use> uses;
  std::optional<vault::Manifest> manifest;
  if (!secrets.empty()) {
    auto trusted = trusted_manifest(s);
    if (!trusted) return refused(s, actor, "secret.use", secrets[0].secret, trusted.error());
    manifest = std::move(*trusted);
  }
  for (const auto& one : secrets) {
    if (auto may = may_be_used(s, *manifest, one, actor); !may)
      return refused(s, actor, "secret.use", one.secret, may.error());
    TK_TRY(auto row, use_of(s, one, actor, task.id));
    task.rows.push_back(std::move(row));
    uses.push_back({one.secret.sealed(), one.as_file, one.variable, one.secret.ref.name});
    if (one.secret.get("mode") != "borrow") continue;
    if (secrets.size() > 1)
      return refused(s, actor, "secret.use", one.secret,
                     {Code::vault_mode,
                      one.secret.ref.str() + " is lent, and used alone",
                      {},
                      "one --use",
                      nullptr});
    auto bound = tool_of(s, one.secret, args);
    if (!bound) return refused(s, actor, "secret.use", one.secret, bound.error());
    tool = std::move(*bound);
  }
  if (!tool && args.all("COMMAND").empty())
    return fail(Code::cli_usage, "what is to be run?", "tk vault run --use NAME -- COMMAND…");
  if (!tool && args.has("with"))
    return fail(Code::cli_usage, "--with gives parameters to the tool of a lent secret",
                "leave it out");
  if (broker) TK_CHECK(broker->begin());
  agent::Own own;
  auto profile = args.get("profile", "build");
  if (tool) {
    auto named = secrets[0].secret.get("tool-profile");
    profile = named.empty() ? std::string(box::kOfLent) : named;
    own.alone = true;
    own.programs = {tool->program};
  }
  TK_TRY(task.plan,
         agent::box_of({s.workspace, s.law.index(), s.gate, s.store}, actor, profile, own));
  auto& box = task.plan.box;
  box.missing.erase(std::string(box::kWhole));
  box.command = tool ? tool->command : args.all("COMMAND");
  if (tool) box.proxy = !tool->hosts.empty();
  if (tool)
    task.may_reach = [hosts = tool->hosts](const box::Destination& to, agent::Hosts& law) {
      auto name = to.host + "/" + std::to_string(to.port);
      return std::find(hosts.begin(), hosts.end(), name) == hosts.end()
                 ? name + " is none of the hosts that the secret's tool may reach"
                 : law(to);
    };
  if (args.has("explain")) return explain(args, task.plan, secrets);
  if (broker) task.hosts_told = hosts_of(secrets);
  Streams streams;
  if (broker) {
    box.secrets = true;
    task.start = [&](const box::Box& what, box::Way way) -> Result<box::Running> {
      TK_CHECK(streams.make());
      auto [ours, its] = vault::socket_pair();
      os::Spawn spawn;
      spawn.standard = streams.standard;
      spawn.passed = its.get();
      spawn.own_session = true;
      TK_TRY(auto running, box::Running::start(what, std::move(spawn), std::move(way)));
      TK_CHECK(broker->tell_keys(key_path(s)));
      TK_CHECK(broker->use(uses, tool ? vault::kShortestLent : 1, args.has("short"), ours.get(),
                           streams.list));
      streams.consumer_has_its_own();
      return running;
    };
    bool opened = false;
    task.look = [&]() -> Result<void> {
      if (!opened) TK_CHECK(broker->opened());
      opened = true;
      if (broker->gone())
        return fail(Code::vault_broker,
                    "vault-broker ended, and with it the program that had secrets",
                    "tk vault doctor");
      return {};
    };
    task.after = [&]() -> Value {
      Value::Map out;
      if (auto found = broker->found())
        for (const auto& [name, times] : *found) out.emplace(name, times);
      streams.raw.reset();
      return out;
    };
  }
  return run_tool::run_in_box(s, std::move(task));
}

}  // namespace

cli::VerbSpec run_verb() {
  return {"run",
          "run a program with secrets that it uses and nobody reads",
          {{"COMMAND", "the program and its arguments, behind --", false, true}},
          {{"use",
            "NAME[=ENV]",
            "a secret, in this variable (default: its own, or its name in capitals)",
            {},
            true},
           {"as-fd",
            "NAME[=ENV]",
            "a secret as a sealed memory file, whose path is in the variable",
            {},
            true},
           {"with", "NAME=VALUE", "a parameter of the tool of a lent secret", {}, true},
           {"lease", "LEASE", "by the right that this lease lends"},
           {"profile", "NAME", "the box profile of the program (default: build)"},
           {"explain", "", "print what the program would get, and run nothing"},
           {"short", "", "also secrets that are too short to be masked in its output"},
           {"allow-missing",
            "LAYER",
            "of the broker's box, where it cannot be had (needs box.weaken)",
            {},
            true},
           kAsOption},
          {{"tk vault run --use db-pw -- ./migrate.sh",
            "DB_PW is set in it; what it prints shows \u27e6secret:db-pw\u27e7"},
           {"tk vault run --use db-pw=PGPASSWORD -- psql -h db1", "in a variable of another name"},
           {"tk vault run --as agent:deployer --lease 0192f3 --use deploy-key --with host=web1",
            "a lent one: its tool runs, the agent gives parameters"}},
          help::k_run,
          run,
          "{actor: text, profile: text, network: 'none'|'proxy', secrets: [{ref: text, version: "
          "int, mode: text, as: text}], command: [text]}",
          vault_values};
}

}  // namespace tk::tools::vault_tool
