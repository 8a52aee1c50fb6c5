#include "core/agent/backend.hpp"

#include <signal.h>

#include "core/base/clock.hpp"
#include "core/base/text.hpp"
#include "core/git/patch.hpp"
#include "core/json/json.hpp"
#include "core/os/file.hpp"
#include "core/os/shared.hpp"
#include "core/os/terminal.hpp"

namespace tk::agent {
namespace {

// A bare word is looked for among the plugins first, then (exec only) in PATH; one with a slash stands in
// the template's folder.
std::string find_program(const Task& task) {
  const auto& word = task.agent_template->command.front();
  if (word.starts_with('/')) return word;
  if (word.find('/') != word.npos) return task.agent_template->folder + "/" + word;
  auto found = plugin::find(word, task.plugin_path);
  return found.empty() ? word : found;
}

// What a resident plugin has; a program for one step has its token, trace and folder besides.
std::vector<std::string> environment_for(const Task& task, bool resident) {
  std::vector<std::string> out = {"TK=" + os::environment("TK"), "TK_WORKSPACE=" + task.workspace};
  if (!resident)
    for (auto word : {"TK_TOKEN=" + task.token, "TRACEPARENT=" + task.traceparent, "TMPDIR=" + task.folder,
                      "HOME=" + task.folder})
      out.push_back(word);
  for (const char* name : {"PATH", "LANG", "LC_ALL", "TZ"})
    if (auto value = os::environment(name); !value.empty())
      out.push_back(std::string(name) + "=" + value);
  return out;
}

// To whom the program runs as.
Result<void> give(const Task& task, const std::string& path) {
  if (!task.boxed || task.boxed->box.uid == 0) return {};
  return os::give_to(path, task.boxed->box.uid, task.boxed->box.gid);
}

// The new state of every file that the diff changes, in a folder that was made for it and that nobody else reaches yet.
Result<void> export_files(const Task& task, const std::string& folder, const Value& diff) {
  const auto* text = diff.as_text();
  if (!text) return {};
  TK_TRY(auto patch, git::read_patch(*text));
  for (const auto& file : patch.files) {
    if (file.deleted || file.binary || file.submodule) continue;
    auto path = folder + "/" + file.path;
    TK_CHECK(os::make_directories(path.substr(0, path.rfind('/')), 0700));
    TK_CHECK(os::write_atomic(path, file.content, 0600));
    for (auto part = path; part.size() > folder.size(); part.resize(part.rfind('/'))) TK_CHECK(give(task, part));
  }
  return {};
}

Result<void> check_output(const Task& task, const Value::Map& output) {
  for (const auto& [name, port] : task.agent_template->output) {
    auto it = output.find(name);
    if (it == output.end()) {
      if (port.fallback) continue;
      return fail(Code::agent_output, task.ref + " gave no `" + name + "`",
                  "its template's [output] promises it");
    }
    if (auto good = json::check(port.type, it->second, name); !good)
      return fail(Code::agent_output, task.ref + " gave a wrong value: " + good.error().message);
  }
  return {};
}

Error took_too_long(const Task& task) {
  return {Code::agent_timeout, task.ref + " took longer than " + std::to_string(task.timeout_ns / 1'000'000) + " ms", {},
          "raise `timeout` of the step or of its template", nullptr};
}

// What a resident plugin is told of one step; an exec agent has the same in its environment.
Value call_params(const Task& task) {
  Value::Map promised;
  for (const auto& [name, port] : task.agent_template->output) promised.emplace(name, port.type.str());
  return Value::Map{{"agent", task.ref}, {"input", task.input}, {"output", std::move(promised)},
                    {"folder", task.folder}, {"token", task.token}, {"traceparent", task.traceparent},
                    {"timeout_ms", task.timeout_ns / 1'000'000}};
}

// A program that was started in the task's box, and what it is known by while it runs.
struct Begun {
  std::optional<box::Running> box;
  std::optional<box::Entered> entered;
};
Result<Begun> begin(const Task& task, std::vector<std::string> command, os::Spawn pipes, box::Ask ask) {
  auto boxed = *task.boxed;
  set_environment(boxed, task.workspace, pipes.keep_input_open ? "" : task.token, task.record, task.span, task.folder);
  auto& box = boxed.box;
  box.command = std::move(command);
  box.missing.erase(std::string(box::kWhole));
  Begun out;
  TK_TRY(auto running, box::Running::start(box, std::move(pipes), {std::move(ask), task.turn}));
  out.box.emplace(std::move(running));
  TK_CHECK(out.box->ready());
  // Whoever stops its agent, the person it acts for or its run finds it.
  std::vector<std::string> whose = {boxed.agent.id, boxed.agent.on_behalf_of, task.run};
  TK_TRY(auto entered, box::Entered::enter(task.workspace + "/.tk/run/boxes", task.record, whose, out.box->first()));
  out.entered.emplace(std::move(entered));
  TK_CHECK(task.look());
  out.box->begin();
  return out;
}

}  // namespace

// Paths as they are written: a symlink in one is refused, as its agent may have put it there. Only what the workspace is reached by
// may be one.
Own own_of(const Task& task) {
  const auto& folder = task.agent_template->folder;
  Own out{task.folder, {os::real_path(task.workspace) + folder.substr(task.workspace.size())}};
  auto program = find_program(task);
  if (program.find('/') != program.npos && !program.starts_with(folder + "/")) out.programs.push_back(program);
  return out;
}

// A call under way; one that is not waited for any more is cancelled.
struct Attempt::Call {
  Call(Plugins::Resident& r, std::int64_t i) : resident(r), plugin(*r.plugin), id(i) {}
  Call(const Call&) = delete;
  Call& operator=(const Call&) = delete;
  ~Call() {
    plugin.cancel(id);
    if (plugin.done(id)) static_cast<void>(plugin.take(id));
  }
  Plugins::Resident& resident;
  plugin::Plugin& plugin;
  std::int64_t id;
};

Plugins::Resident& Plugins::get(const Task& task) {
  const auto& t = *task.agent_template;
  auto path = find_program(task);
  auto key = task.ref + '\0' + path;  // no agent's program holds another one's token
  for (const auto& word : t.command) key += '\0' + word;
  if (task.boxed) {
    auto box = task.boxed->box;
    box.paths.erase(task.folder);
    key += '\0' + box.text();
  }
  // One whose box the law of now does not give any more ends with its last step.
  for (auto it = by_command_.begin(); it != by_command_.end();) {
    bool old = it->first != key && it->second->task.ref == task.ref && it->second->plugin->idle();
    it = old ? by_command_.erase(it) : std::next(it);
  }
  auto& slot = by_command_[key];
  if (slot) return *slot;
  slot = std::make_unique<Resident>();
  slot->task = task;
  slot->task.hosts.reset();
  auto folder = task.folder.substr(0, task.folder.rfind('/')) + "/plugin-" + std::to_string(++started_);
  slot->folder = slot->task.folder = folder;
  plugin::Launch launch;
  launch.kind = "agent";
  launch.name = t.command.front().substr(t.command.front().rfind('/') + 1);
  launch.command = t.command;
  launch.command[0] = path.find('/') == path.npos ? "/nonexistent/" + path : path;  // never PATH
  launch.environment = environment_for(task, true);
  launch.directory = task.workspace;
  launch.workspace = task.workspace;
  launch.memory_limit = task.memory_limit;
  if (task.boxed) {
    auto& box = slot->task.boxed->box;
    box.paths.erase(task.folder);
    box.paths.insert_or_assign(folder, box::Use::write);
    launch.start = [resident = slot.get()](os::Spawn pipes) -> Result<os::Child> {
      resident->box.reset(), resident->entered.reset();
      auto command = std::exchange(pipes.argv, {});
      pipes.marked = false;
      TK_TRY(auto begun, begin(resident->task, std::move(command), std::move(pipes), [resident](const auto& to) { return resident->ask(to); }));
      resident->entered.emplace(std::move(*begun.entered));
      auto child = begun.box->release();
      resident->box.emplace(std::move(*begun.box));
      return child;
    };
  }
  slot->plugin = std::make_unique<plugin::Plugin>(std::move(launch));
  return *slot;
}

void Plugins::kill() {
  for (auto& [key, resident] : by_command_)
    if (auto* child = resident->plugin->child()) child->kill(SIGKILL);
}

std::vector<std::string> Plugins::take_notes() {
  std::vector<std::string> out;
  for (auto& [key, resident] : by_command_)
    for (auto& note : resident->plugin->take_notes()) out.push_back(std::move(note));
  return out;
}

Result<Attempt> Attempt::start(Task task, Plugins& plugins) {
  Attempt out;
  out.task_ = std::move(task);
  const auto& t = *out.task_.agent_template;
  if (t.backend == "noop") return out;
  TK_CHECK(os::remove_tree(out.task_.folder));
  TK_CHECK(os::make_directories(out.task_.folder, 0700));
  TK_CHECK(give(out.task_, out.task_.folder));
  if (!t.export_input.empty()) {
    auto it = out.task_.input.find(t.export_input);
    if (it != out.task_.input.end()) TK_CHECK(export_files(out.task_, out.task_.folder, it->second));
  }
  if (out.task_.timeout_ns > 0) out.deadline_ns_ = clock::monotonic_ns() + out.task_.timeout_ns;
  if (t.backend == "plugin") {
    auto& resident = plugins.get(out.task_);
    if (out.task_.hosts) resident.hosts.push_back(out.task_.hosts);
    // Made elsewhere and put there whole: the plugin may be at work in its folder, and follows no orders about where.
    auto place = resident.folder + out.task_.folder.substr(out.task_.folder.rfind('/'));
    TK_CHECK(os::make_directories(resident.folder, 0711));
    TK_CHECK(os::remove_tree(place));
    TK_CHECK(os::move_folder(out.task_.folder, place));
    out.task_.folder = place;
    out.call_ = std::make_unique<Call>(resident, resident.plugin->call("run", call_params(out.task_), out.task_.timeout_ns / 1'000'000));
    return out;
  }
  os::Spawn spawn;
  spawn.input = json::compact(out.task_.input) + "\n";
  spawn.output_limit = out.task_.output_limit;
  spawn.memory_limit = out.task_.memory_limit;
  spawn.file_limit = 1u << 30;
  auto command = t.command;
  command[0] = find_program(out.task_);
  if (out.task_.boxed) {
    auto begun = begin(out.task_, std::move(command), std::move(spawn), [hosts = out.task_.hosts](const auto& to) { return (*hosts)(to); });
    if (!begun) {
      auto error = begun.error();
      error.message = out.task_.ref + ": " + error.message;
      return fail(error);
    }
    out.box_ = std::make_unique<box::Running>(std::move(*begun->box));
    out.entered_.emplace(std::move(*begun->entered));
    return out;
  }
  spawn.argv = std::move(command);
  spawn.environment = environment_for(out.task_, false);
  spawn.directory = out.task_.folder;
  spawn.marked = true;
  auto child = os::Child::start(std::move(spawn));
  if (!child) {
    auto error = child.error();
    if (error.code == Code::os_spawn) error.code = Code::agent_failed;
    error.message = out.task_.ref + ": " + error.message;
    return fail(error);
  }
  out.child_ = std::make_unique<os::Child>(std::move(*child));
  return out;
}

std::string Plugins::Resident::ask(const box::Destination& to) {
  std::erase_if(hosts, [](const auto& one) { return one.expired(); });
  auto now = hosts.empty() ? nullptr : hosts.back().lock();
  return now ? (*now)(to) : "it has no step under way";
}

Attempt::Attempt() = default;
Attempt::Attempt(Attempt&&) noexcept = default;
Attempt::~Attempt() {
  child_.reset();
  box_.reset();
  call_.reset();
  if (!task_.folder.empty()) static_cast<void>(os::remove_tree(task_.folder));
}

void Attempt::expire() {
  if (expired_ || call_) return;  // a plugin keeps the time of its calls itself
  expired_ = true;
  cancel();
}

void Attempt::cancel() {
  if (!call_ && child()) child()->kill(SIGKILL);
  if (call_) call_->plugin.cancel(call_->id);
}

void Attempt::end(Error why) {
  why.message = task_.ref + ": " + why.message;
  ended_ = std::move(why);
  cancel();
}

os::Child* Attempt::child() { return call_ ? call_->plugin.child() : box_ ? &box_->child() : child_.get(); }

bool Attempt::finished() {
  if (!call_) return !child() || child()->finished();
  call_->plugin.look();
  return call_->plugin.done(call_->id);
}

std::int64_t Attempt::deadline_ns() const {
  if (!call_) return deadline_ns_;
  auto due = call_->plugin.due_ms();
  return due < 0 ? deadline_ns_ : clock::monotonic_ns() + std::int64_t{due} * 1'000'000;
}

Result<Value::Map> Attempt::result() {
  if (ended_) return fail(*ended_);
  return call_ ? plugin_result() : child() ? exec_result() : noop_result();
}

Result<Value::Map> Attempt::plugin_result() {
  auto answer = call_->plugin.take(call_->id);
  if (answer) return promised((*answer)["output"]);
  auto error = answer.error();
  error.message = task_.ref + ": " + error.message;
  // Its own time ran out and it let go: that is the step's timeout.
  if (error.code == Code::interrupted && deadline_ns_ > 0 && clock::monotonic_ns() >= deadline_ns_)
    return fail(took_too_long(task_));
  if (error.code == Code::interrupted) error.code = Code::agent_failed;
  return fail(error);
}

// What the template promises of an answer. What it does not promise goes no further: it was never typed,
// and it could stand in for an input of the workflow or another agent's result.
Result<Value::Map> Attempt::promised(const Value& answer) const {
  if (!answer.as_map())
    return fail(Code::agent_output, task_.ref + " gave a " + std::string(answer.kind()) + ", not one JSON object");
  TK_CHECK(check_output(task_, *answer.as_map()));
  Value::Map out;
  for (const auto& [name, port] : task_.agent_template->output) {
    auto it = answer.as_map()->find(name);
    out.emplace(name, it != answer.as_map()->end() ? it->second : *port.fallback);
  }
  return out;
}

Result<Value::Map> Attempt::exec_result() {
  const auto& who = task_.ref;
  if (box_) {
    if (auto refused = box_->refusal(); !refused) {
      auto error = refused.error();
      if (error.code == Code::box_command) error.code = Code::agent_failed;
      error.message = who + ": cannot start " + error.message;
      return fail(error);
    }
  }
  auto done = child()->take();
  if (expired_) return fail(took_too_long(task_));
  if (done.flooded)
    return fail(Code::agent_flood, who + " wrote more than " + std::to_string(task_.output_limit) +
                                       " bytes", "raise agent.output in tk.toml if that is right");
  if (done.status != 0) {
    auto tail = text::printable(text::trim(text::masked(done.error_tail, task_.token)));
    if (auto line = tail.rfind('\n'); line != tail.npos) tail = tail.substr(line + 1);
    return fail(Code::agent_failed,
                who + (done.status > 128 ? " was ended by signal " + std::to_string(done.status - 128)
                                         : " ended with status " + std::to_string(done.status)) +
                    (tail.empty() ? "" : ": " + text::shorten(tail, 400)));
  }
  auto value = json::parse(done.output, who + "'s output");
  if (!value) {
    auto error = value.error();
    error.code = Code::agent_output;
    error.hint = "an exec agent prints one JSON object on stdout and its log on stderr";
    return fail(error);
  }
  return promised(*value);
}

// Gives every promised output the input of the same name, else an empty value of its type.
Result<Value::Map> Attempt::noop_result() {
  Value::Map out;
  using Kind = json::Type::Kind;
  for (const auto& [name, port] : task_.agent_template->output) {
    if (auto it = task_.input.find(name); it != task_.input.end()) {
      out.emplace(name, it->second);
    } else if (port.fallback) {
      out.emplace(name, *port.fallback);
    } else {
      switch (port.type.kind) {
        case Kind::text: out.emplace(name, ""); break;
        case Kind::integer:
        case Kind::number: out.emplace(name, 0); break;
        case Kind::boolean: out.emplace(name, false); break;
        case Kind::list: out.emplace(name, Value::List{}); break;
        default: out.emplace(name, Value()); break;
      }
    }
  }
  TK_CHECK(check_output(task_, out));
  return out;
}

}  // namespace tk::agent
