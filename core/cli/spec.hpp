// One definition per command. From a CommandSpec come the parser, -h, --help, the man page, the three
// completions, share/commands/<name>.json and the reference. A verb is tools/<command>/<verb>.cpp: a
// VerbSpec and its run(); <verb>.md beside it is the long help, embedded at build. A third party's
// command says the same in a manifest (manifest.hpp) and gets the same renderings.
#pragma once

#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/error.hpp"

namespace tk::cli {

// `value` is the metavar and says what kind of word is wanted: FILE and DIR are completed by the shell,
// every other kind by the verb's `values`. Empty: the option is a flag.
struct Option {
  std::string name;  // without dashes
  std::string value;
  std::string help;
  std::vector<std::string> choices = {};
  bool repeat = false;
  char brief = 0;  // its one-letter form
};

struct Positional {
  std::string name, help;  // the name is the metavar
  bool required = true;
  bool many = false;  // takes the rest; at most one, the last
  std::vector<std::string> choices = {};
};

struct Example {
  std::string command, what;
};

class Args {
 public:
  bool has(const std::string& name) const { return values_.contains(name); }
  std::string get(const std::string& name, std::string otherwise = {}) const;
  const std::vector<std::string>& all(const std::string& name) const;
  bool json() const { return has("json"); }
  bool quiet() const { return has("quiet"); }
  void add(const std::string& name, std::string value) { values_[name].push_back(std::move(value)); }

 private:
  std::map<std::string, std::vector<std::string>> values_;
};

// A word that may stand there, for completion.
struct Candidate {
  std::string value, what;
};

struct VerbSpec {
  std::string name;  // empty: what the command does without a verb
  std::string summary;
  std::vector<Positional> positionals;
  std::vector<Option> options;  // beside the common ones, which every verb of tk has
  std::vector<Example> examples;
  std::string_view long_help;  // markdown: paragraphs, lists, indented code
  std::function<Result<Exit>(const Args&)> run;
  // What --json prints, as a shape (shape.hpp): "{run: text, open: [text], error?: text}".
  std::string output;
  // The words of a kind, given what stands before; read-only, quick, and quiet when it cannot know.
  std::function<std::vector<Candidate>(const std::string& kind, const Args& given)> values = {};
};

struct CommandSpec {
  std::string name, summary;
  std::vector<VerbSpec> verbs;
  std::string_view long_help = {};
};

// --json, --quiet, --verbose, --help: every verb of tk has them.
const std::vector<Option>& common_options();
// The command with the common options written out in each verb, as a manifest says it.
CommandSpec complete_spec(CommandSpec command);

// Parses, runs, prints the error where there is one, and gives the exit status. The one place where
// an Error becomes an exit code. Answers `__describe` (the manifest) and `__complete -- WORD…` too.
int main(const CommandSpec& command, int argc, char** argv);

}  // namespace tk::cli
