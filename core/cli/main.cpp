#include <signal.h>
#include <unistd.h>

#include <cstdio>

#include "core/base/text.hpp"
#include "core/cli/complete.hpp"
#include "core/cli/detail/parse.hpp"
#include "core/cli/help.hpp"
#include "core/cli/manifest.hpp"
#include "core/cli/output.hpp"
#include "core/cli/spec.hpp"
#include "core/os/terminal.hpp"

namespace tk::cli {
namespace {

int status(Exit exit) { return static_cast<int>(exit); }

int report(const Error& error) {
  auto name = red("tk:", STDERR_FILENO);
  if (error.code == Code::interrupted) {
    std::fprintf(stderr, "%s %s\n", name.c_str(), error.message.c_str());
    if (!error.hint.empty()) std::fprintf(stderr, "  mend: %s\n", error.hint.c_str());
    // Ended by a signal, clean: say so the way that shells understand.
    return 128 + (os::interrupted() ? os::interrupted() : SIGINT);
  }
  auto line = text::printable(describe(error));
  std::fprintf(stderr, "%s [%s] %s\n", name.c_str(), std::string(info(error.code).text).c_str(), line.c_str());
  if (!error.hint.empty()) std::fprintf(stderr, "  mend: %s\n", text::printable(error.hint).c_str());
  return status(error.exit());
}

int show(const std::string& help, bool paged = false) {
  if (paged) page();
  print(help);
  auto done = finish_output();
  return done ? 0 : report(done.error());
}

int run(const CommandSpec& command, const VerbSpec& verb, const std::vector<std::string>& words) {
  for (const auto& word : words) {
    if (word == "--") break;
    if (word == "-h") return show(short_help(command, verb));
    if (word == "--help") return show(full_help(command, verb), true);
  }
  auto args = detail::parse(verb, words);
  if (!args) return report(args.error());
  set_volume(args->quiet() ? Volume::quiet : args->has("verbose") ? Volume::verbose : Volume::normal);
  auto done = verb.run(*args);
  auto flushed = finish_output();
  if (!done) return report(done.error());
  if (!flushed) return report(flushed.error());
  return status(*done);
}

int unknown_verb(const CommandSpec& command, const std::string& word) {
  std::vector<std::string> names;
  for (const auto& v : command.verbs)
    if (!v.name.empty()) names.push_back(v.name);
  auto near = text::nearest(word, names);
  return report({Code::cli_usage, "tk " + command.name + " has no verb " + text::printable(word), {},
                 near.empty() ? "verbs: " + text::join(names, ", ")
                              : "did you mean tk " + command.name + " " + near + "?", nullptr});
}

int answer_completion(const CommandSpec& command, std::vector<std::string> words) {
  start_deadline();
  if (!words.empty() && words.front() == "--") words.erase(words.begin());
  auto ask = [](const VerbSpec& verb, const std::string& kind, const Args& given) {
    return verb.values ? verb.values(kind, given) : std::vector<Candidate>();
  };
  print(write_candidates(complete(command, words, ask)));
  return flush() ? 0 : 1;
}

int run_command(const CommandSpec& command, std::vector<std::string> words) {
  if (!words.empty() && words[0] == "__describe") return show(write_manifest(command));
  if (!words.empty() && words[0] == "__complete")
    return answer_completion(command, {words.begin() + 1, words.end()});
  if (const auto* verb = detail::find_verb(command, words)) {
    // Without a verb it takes no words: then this one was meant to be a verb.
    bool mistyped = verb->name.empty() && verb->positionals.empty() && command.verbs.size() > 1 &&
                    !words.empty() && !words[0].starts_with("-");
    return mistyped ? unknown_verb(command, words[0]) : run(command, *verb, words);
  }
  if (words.empty()) {
    std::fputs(command_help(command).c_str(), stderr);
    return status(Exit::usage);
  }
  if (words[0] == "-h") return show(command_help(command));
  if (words[0] == "--help") return show(whole_help(command), true);
  return unknown_verb(command, words[0]);
}

}  // namespace

std::string Args::get(const std::string& name, std::string otherwise) const {
  auto it = values_.find(name);
  if (it == values_.end() || it->second.empty()) return otherwise;
  return it->second.back();
}

const std::vector<std::string>& Args::all(const std::string& name) const {
  static const std::vector<std::string> none;
  auto it = values_.find(name);
  return it == values_.end() ? none : it->second;
}

const std::vector<Option>& common_options() {
  static const std::vector<Option> options = {
      {"json", "", "print one JSON document", {}, false, 0},
      {"quiet", "", "no notes and no progress on stderr", {}, false, 'q'},
      {"verbose", "", "say more on stderr", {}, false, 'v'},
      {"help", "", "everything about it; -h is one screen", {}, false, 'h'},
  };
  return options;
}

CommandSpec complete_spec(CommandSpec command) {
  const auto& common = common_options();
  for (auto& v : command.verbs) v.options.insert(v.options.end(), common.begin(), common.end());
  return command;
}

int main(const CommandSpec& command, int argc, char** argv) {
  try {
    return run_command(complete_spec(command), {argv + 1, argv + argc});
  } catch (const std::exception& e) {
    return report({Code::bug, std::string("unexpected: ") + e.what(), {},
                   "please report this line, the command and what `tk --version` says", nullptr});
  }
}

const VerbSpec* detail::find_verb(const CommandSpec& command, std::vector<std::string>& words) {
  const VerbSpec* nameless = nullptr;
  for (const auto& v : command.verbs) {
    if (v.name.empty()) nameless = &v;
    if (!v.name.empty() && !words.empty() && v.name == words[0]) {
      words.erase(words.begin());
      return &v;
    }
  }
  return nameless;
}

}  // namespace tk::cli
