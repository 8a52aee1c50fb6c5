#include "core/base/text.hpp"
#include "core/cli/output.hpp"
#include "core/json/json.hpp"
#include "core/os/file.hpp"
#include "core/os/terminal.hpp"
#include "help/wot.hpp"
#include "tools/wot/verbs.hpp"
#include "tools/session/values.hpp"

namespace tk::tools::wot_tool {

using tk::wot::Ended;
using tk::wot::Ending;

tk::wot::Environment environment(Session& s) {
  return {s.store, s.gate, s.law.index(), s.workspace, s.actor, s.trace, [&s] { return s.law.follow(s.workspace); }};
}

Result<record::Record> find_run(Session& s, const std::string& word) {
  auto found = s.store.find(word, "run");
  if (!found && found.error().code == Code::record_unknown)
    return fail(Code::wot_unknown_run, found.error().message, "`tk wot list` shows the runs");
  return found;
}

namespace {

// k=v, or k=@file; a text that is not UTF-8 is read with the odd bytes replaced, and that is said.
Result<Value::Map> read_inputs(const tk::wot::Graph& graph, const std::vector<std::string>& words) {
  Value::Map out;
  for (const auto& word : words) {
    auto equals = word.find('=');
    if (equals == word.npos || equals == 0)
      return fail(Code::cli_usage, "not name=value: " + text::printable(word),
                  "write --input name=value or --input name=@FILE");
    auto name = word.substr(0, equals), value = word.substr(equals + 1);
    if (value.starts_with("@")) {
      TK_TRY(value, value == "@-" ? os::read_stdin() : os::read_file(value.substr(1)));
    }
    if (text::invalid_utf8(value) != value.npos) {
      cli::note("input " + name + " is not UTF-8 everywhere: odd bytes are replaced");
      value = text::to_utf8(value);
    }
    auto it = graph.input.find(name);
    if (it == graph.input.end()) {
      out.insert_or_assign(name, value);  // start() names the nearest
      continue;
    }
    TK_TRY(auto typed, json::read_word(it->second.type, value, name));
    out.insert_or_assign(name, std::move(typed));
  }
  return out;
}

Exit print_end(const cli::Args& args, const Ended& end) {
  static constexpr const char* kWords[] = {"done", "waiting", "rejected", "timed_out"};
  static constexpr Exit kExits[] = {Exit::ok, Exit::waiting, Exit::no, Exit::timeout};
  auto at = static_cast<std::size_t>(end.ending);
  if (args.json()) {
    Value::List open;
    for (const auto& c : end.open_casts) open.push_back(c);
    cli::print(json::pretty(Value::Map{{"run", end.run}, {"state", kWords[at]},
                                       {"output", end.output}, {"open", open}}) + "\n");
    return kExits[at];
  }
  cli::print("run " + end.run + " " + kWords[at] + "\n");
  if (end.ending == Ending::done) cli::print(json::pretty(end.output) + "\n");
  for (const auto& c : end.open_casts)
    cli::print("  answer: tk wot answer " + end.run + " " + c + " approve|reject\n  then:   tk wot resume " +
               end.run + "\n");
  return kExits[at];
}

Result<Exit> drive(Session& s, const cli::Args& args, const tk::wot::Plan& plan,
                   const std::string& id, bool fresh) {
  os::catch_interrupts();
  tk::wot::Options options;
  options.fresh = fresh;
  options.wait = args.has("wait");
  options.progress = [](const std::string& line) { cli::progress(line); };
  options.note = [](const std::string& line) { cli::note(line); };
  auto env = environment(s);
  TK_TRY(auto end, tk::wot::drive(env, plan, id, options));
  return print_end(args, end);
}

Result<Exit> run_new(const cli::Args& args) {
  TK_TRY(auto s, Session::open(args.get("as")));
  TK_TRY(auto plan, tk::wot::load_plan(args.get("WORKFLOW"), s->law.index(), s->workspace));
  TK_TRY(auto input, read_inputs(*plan.graph, args.all("input")));
  auto env = environment(*s);
  TK_TRY(auto id, tk::wot::start(env, plan, input));
  if (!args.json()) cli::note("run " + id);
  if (auto file = args.get("run-file"); !file.empty()) TK_CHECK(os::write_atomic(file, id + "\n"));
  return drive(*s, args, plan, id, true);
}

Result<Exit> run_resume(const cli::Args& args) {
  TK_TRY(auto s, Session::open(args.get("as")));
  TK_TRY(auto run, find_run(*s, args.get("RUN")));
  auto env = environment(*s);
  TK_TRY(auto plan, tk::wot::plan_of(env, run));
  return drive(*s, args, plan, run.id, false);
}

Result<Exit> run_check(const cli::Args& args) {
  TK_TRY(auto ws, workspace::Workspace::find());
  TK_TRY(auto law, workspace::CompiledLaw::open(ws));
  TK_TRY(auto plan, tk::wot::load_plan(args.get("WORKFLOW"), law.index(), ws));
  auto steps = text::count(plan.steps.size(), "step");
  if (args.json())
    cli::print(json::pretty(Value::Map{{"valid", true}, {"wot", plan.graph->name},
                                       {"steps", static_cast<std::int64_t>(plan.steps.size())}}) + "\n");
  else
    cli::print("valid: " + plan.graph->name + ", " + steps + "\n");
  return Exit::ok;
}

Result<Exit> run_graph(const cli::Args& args) {
  TK_TRY(auto ws, workspace::Workspace::find());
  TK_TRY(auto law, workspace::CompiledLaw::open(ws));
  TK_TRY(auto plan, tk::wot::load_plan(args.get("WORKFLOW"), law.index(), ws));
  auto drawn = tk::wot::mermaid(plan);
  cli::print(args.json() ? json::pretty(Value::Map{{"format", "mermaid"}, {"graph", drawn}}) + "\n" : drawn);
  return Exit::ok;
}

const cli::Option kWait = {"wait", "", "block until a human answered"};
const cli::Positional kWorkflow = {"WORKFLOW", "a name (wots/NAME.toml) or a file"};

}  // namespace

cli::VerbSpec run_verb() {
  return {"run", "start a workflow: 0 done, 1 rejected, 5 waits for a human, 6 gate timed out", {kWorkflow},
          {{"input", "NAME=VALUE", "an input; NAME=@FILE reads a file, @- standard input", {}, true}, kWait,
           {"run-file", "FILE", "write the run's id there as soon as it is known"}, kAsOption},
          {{"tk wot run code-review --input diff=@change.diff", "review a diff; exits 5 at the human gate"},
           {"git diff main... | tk wot run code-review --input diff=@- --wait", "block until somebody answers"}},
          help::k_run, run_new,
          "{run: text, state: text, output: {*: json}, open: [text]}", values};
}

cli::VerbSpec resume_verb() {
  return {"resume", "go on with a run; completed steps do not run again", {{"RUN", "its id or a prefix"}},
          {kWait, kAsOption},
          {{"tk wot resume 01930c2e", "after an answer, a crash or an interrupt"}}, help::k_resume, run_resume,
          "{run: text, state: text, output: {*: json}, open: [text]}", values};
}

cli::VerbSpec check_verb() {
  return {"check", "check a workflow without running it", {kWorkflow}, {},
          {{"tk wot check code-review", "types, agents, feedback: each problem with file:line:col"}},
          help::k_check, run_check,
          "{valid: bool, wot: text, steps: int}", values};
}

cli::VerbSpec graph_verb() {
  return {"graph", "draw a workflow", {kWorkflow},
          {{"format", "FORMAT", "how", {"mermaid"}}},
          {{"tk wot graph code-review --format mermaid", "paste it into a README"}}, help::k_graph, run_graph,
          "{format: text, graph: text}", values};
}

}  // namespace tk::tools::wot_tool
