#include <algorithm>

#include "core/base/text.hpp"
#include "core/cli/complete.hpp"
#include "core/cli/help.hpp"
#include "core/cli/output.hpp"
#include "core/json/json.hpp"
#include "core/os/process.hpp"
#include "help/help.hpp"
#include "tools/help/installed.hpp"

namespace tk::tools::help_tool {
namespace {

std::string summary_of(const Installed& c) {
  if (c.own) return own_summary(c.name);
  if (c.manifest.empty()) return "(no manifest, so not asked what it does)";
  auto summary = cli::read_summary(c.manifest);
  return summary ? *summary : "(its manifest is not valid: " + describe(summary.error()) + ")";
}

std::string title_of(const std::string& name) {
  auto text = topic(name).value_or("");
  auto first = text.substr(0, text.find('\n'));
  return first.starts_with("# ") ? first.substr(2) : first;
}

Result<Exit> list_all(const cli::Args& args) {
  auto all = installed();
  Value::List commands, topic_list;
  std::string own, further, hidden;
  for (const auto& c : all) {
    auto summary = summary_of(c);
    commands.push_back(Value::Map{{"name", c.name}, {"path", c.path}, {"summary", summary}, {"own", c.own},
                                  {"shadowed", c.shadowed}, {"manifest", c.manifest}});
    auto left = "  " + c.name;
    left.resize(std::max<std::size_t>(left.size() + 2, 12), ' ');
    if (c.shadowed) hidden += left + c.path + "\n";
    else if (c.own) own += left + summary + "\n";
    else further += left + summary + "\n" + std::string(12, ' ') + c.path + "\n";
  }
  std::string known;
  for (const auto& name : topics()) {
    topic_list.push_back(Value::Map{{"name", name}, {"summary", title_of(name)}});
    auto left = "  " + name;
    left.resize(std::max<std::size_t>(left.size() + 2, 16), ' ');
    known += left + title_of(name) + "\n";
  }
  if (args.json()) {
    cli::print(json::pretty(Value::Map{{"commands", commands}, {"topics", topic_list}}) + "\n");
    return Exit::ok;
  }
  cli::page();
  cli::print("Commands of tk\n" + own);
  if (!further.empty()) cli::print("\nFurther commands on this machine\n" + further);
  if (!hidden.empty()) cli::print("\nHidden: another command of the name comes first\n" + hidden);
  cli::print("\nTopics: tk help TOPIC\n" + known);
  return Exit::ok;
}

Result<std::vector<cli::Manifest>> own_manifests() {
  std::vector<cli::Manifest> out;
  for (const auto& c : installed()) {
    if (!c.own || c.shadowed) continue;
    TK_TRY(auto manifest, manifest_of(c));
    out.push_back(std::move(manifest));
  }
  return out;
}

tl::unexpected<Error> unknown(const std::string& word) {
  std::vector<std::string> names = topics();
  for (const auto& c : installed()) names.push_back(c.name);
  auto near = text::nearest(word, names);
  return fail(Code::cli_usage, "no command and no topic " + text::printable(word),
              near.empty() ? "`tk help -a` lists them" : "did you mean " + near + "?");
}

Result<cli::Manifest> manifest_named(const std::string& name) {
  auto c = find_command(name);
  if (!c) return unknown(name);
  return manifest_of(*c);
}

bool is_topic(const std::string& word) {
  auto all = topics();
  return std::find(all.begin(), all.end(), word) != all.end();
}

tl::unexpected<Error> no_verb(const cli::CommandSpec& command, const std::string& word) {
  std::vector<std::string> names;
  for (const auto& v : command.verbs)
    if (!v.name.empty()) names.push_back(v.name);
  auto near = text::nearest(word, names);
  return fail(Code::cli_usage, "tk " + command.name + " has no verb " + text::printable(word),
              near.empty() ? "`tk help " + command.name + "` shows what it has"
                           : "did you mean tk help " + command.name + " " + near + "?");
}

// One screen, as -h: a third party's command need not render its own.
Result<std::string> render_short(const std::vector<std::string>& words) {
  if (words.empty()) return fail(Code::cli_usage, "a command is missing", "tk help --render short COMMAND [VERB]");
  TK_TRY(auto manifest, manifest_named(words[0]));
  const auto& command = manifest.command;
  auto wanted = words.size() > 1 ? words[1] : "";
  for (const auto& v : command.verbs)
    if (v.name == wanted) return cli::short_help(command, v);
  if (!wanted.empty()) return no_verb(command, wanted);
  return cli::command_help(command);
}

Result<std::string> render_as(const std::string& format, const std::vector<std::string>& names) {
  if (names.size() == 1 && names[0] != "tk" && is_topic(names[0]) && format == "man") {
    TK_TRY(auto text, topic(names[0]));
    return render_man_topic(names[0], text);
  }
  std::vector<cli::Manifest> manifests;
  if (names.empty() || names[0] == "tk") {
    TK_TRY(manifests, own_manifests());
  } else {
    for (const auto& name : names) {
      TK_TRY(auto manifest, manifest_named(name));
      manifests.push_back(std::move(manifest));
    }
  }
  std::vector<cli::CommandSpec> commands;
  for (const auto& m : manifests) commands.push_back(m.command);
  bool whole = names.empty() || names[0] == "tk";
  std::string out;
  if (format == "man" && whole) return render_man_tk(commands);
  if (format == "reference") return render_reference(commands);
  if (format != "man") return render_shell(format, manifests, whole);
  for (const auto& c : commands) out += render_man(c);
  return out;
}

Result<Exit> render(const cli::Args& args) {
  auto format = args.get("render");
  TK_TRY(auto out, format == "short" ? render_short(args.all("TOPIC")) : render_as(format, args.all("TOPIC")));
  cli::print(args.json() ? json::pretty(Value::Map{{"format", format}, {"text", out}}) + "\n" : out);
  return Exit::ok;
}

Result<Exit> show_text(const cli::Args& args, const std::string& text) {
  if (args.json()) {
    cli::print(json::pretty(Value::Map{{"text", text}}) + "\n");
    return Exit::ok;
  }
  cli::page();
  cli::print(text);
  return Exit::ok;
}

// What the driver asks of us: the words behind `tk`, the last being the one under the cursor.
Result<Exit> complete_words(std::vector<std::string> words) {
  cli::start_deadline();
  std::vector<cli::Candidate> out;
  if (words.size() <= 1) {
    auto prefix = words.empty() ? "" : words[0];
    for (const auto& c : installed())
      if (!c.shadowed && c.name.starts_with(prefix)) out.push_back({c.name, summary_of(c)});
  } else if (auto c = find_command(words[0]); c && !c->manifest.empty()) {
    auto manifest = manifest_of(*c);
    if (!manifest) return Exit::ok;  // nothing to say, and nobody to say it to
    std::vector<std::string> rest(words.begin() + 1, words.end());
    std::string own_words;
    auto ask = [&](const cli::VerbSpec&, const std::string&, const cli::Args&) -> std::vector<cli::Candidate> {
      if (!manifest->dynamic) return {};
      if (c->own) become(*c, rest);  // it gives the static words too
      os::Spawn spawn;
      spawn.argv = {c->path, "__complete", "--"};
      spawn.argv.insert(spawn.argv.end(), rest.begin(), rest.end());
      spawn.environment = os::current_environment();
      spawn.output_limit = 1u << 20;
      if (auto done = os::run(spawn, 70); done && done->status == 0) own_words = done->output;
      return {};
    };
    out = cli::complete(manifest->command, rest, ask);
    for (auto line : text::split(own_words, '\n')) {
      auto tab = line.find('\t');
      if (line.starts_with(rest.back()) || line == ":files" || line == ":dirs")
        out.push_back({std::string(line.substr(0, tab)), tab == line.npos ? "" : std::string(line.substr(tab + 1))});
    }
  }
  cli::print(cli::write_candidates(out));
  return Exit::ok;
}

std::vector<cli::Candidate> values(const std::string& kind, const cli::Args&) {
  std::vector<cli::Candidate> out;
  if (kind != "TOPIC") return out;
  for (const auto& name : topics()) out.push_back({name, title_of(name)});
  for (const auto& c : installed())
    if (!c.shadowed) out.push_back({c.name, summary_of(c)});
  return out;
}

Result<Exit> run(const cli::Args& args) {
  const auto& words = args.all("TOPIC");
  if (!words.empty() && words[0] == "__complete") return complete_words({words.begin() + 1, words.end()});
  if (args.has("render")) return render(args);
  if (args.has("all") || words.empty()) return list_all(args);
  if (is_topic(words[0])) {
    TK_TRY(auto text, topic(words[0]));
    return show_text(args, text);
  }
  TK_TRY(auto manifest, manifest_named(words[0]));
  const auto& command = manifest.command;
  if (words.size() > 1)
    for (const auto& v : command.verbs)
      if (v.name == words[1]) return show_text(args, cli::full_help(command, v));
  if (words.size() > 1) return no_verb(command, words[1]);
  return show_text(args, cli::whole_help(command));
}

}  // namespace

cli::VerbSpec help_verb() {
  return {"", "help on commands and topics; manual pages and completions of any command",
          {{"TOPIC", "a command (and its verb), or a topic", false, true}},
          {{"all", "", "list every command on this machine, and the topics", {}, false, 'a'},
           {"render", "FORMAT", "print it so; without TOPIC all of tk",
            {"short", "man", "bash", "zsh", "fish", "reference"}}},
          {{"tk help -a", "what there is, also from others"},
           {"tk help exit-codes", "a topic"},
           {"tk help --render bash > ~/.local/share/bash-completion/completions/tk", "completion in bash"},
           {"tk help --render man foo > tk-foo.1", "a manual page from tk-foo's manifest"}},
          help::k_help, run,
          "{commands: [{name: text, path: text, summary: text, own: bool, shadowed: bool, manifest: text}], "
          "topics: [{name: text, summary: text}]} | {text: text, format?: text}", values};
}

}  // namespace tk::tools::help_tool
