// One definition per command: from a CommandSpec come the parser, -h, --help and (with the next
// issue) the man page, the completions and the reference. A verb is tools/<command>/<verb>.cpp: a
// VerbSpec and its run(); <verb>.md beside it is the long help, embedded at build.
#pragma once

#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/error.hpp"

namespace tk::cli {

struct Option {
  std::string name;   // without dashes
  std::string value;  // metavar; empty = a flag
  std::string help;
  std::vector<std::string> choices = {};
  bool repeat = false;
};

struct Positional {
  std::string name, help;
  bool required = true;
  bool many = false;  // takes the rest; at most one, the last
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

struct VerbSpec {
  std::string name;  // empty: the command has no verbs
  std::string summary;
  std::vector<Positional> positionals;
  std::vector<Option> options;  // beside --json, --quiet, -h and --help, which every verb has
  std::vector<Example> examples;
  std::string_view long_help;
  std::function<Result<Exit>(const Args&)> run;
};

struct CommandSpec {
  std::string name, summary;
  std::vector<VerbSpec> verbs;
};

// Parses, runs, prints the error where there is one, and gives the exit status. The one place where
// an Error becomes an exit code.
int main(const CommandSpec& command, int argc, char** argv);

// ---- output: stdout is the result and nothing else; notes and errors go to stderr

void print(std::string_view text);       // to stdout, buffered until the end
Result<void> flush();
void note(const std::string& text);      // "tk: …" on stderr, unless --quiet
void progress(const std::string& text);  // on stderr when it is a terminal, unless --quiet or CI

// A table with aligned columns; the first row is the heading.
std::string table(const std::vector<std::vector<std::string>>& rows);

}  // namespace tk::cli
