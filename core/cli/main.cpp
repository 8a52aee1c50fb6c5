#include <signal.h>
#include <unistd.h>

#include <cstdio>

#include "core/base/text.hpp"
#include "core/cli/detail/parse.hpp"
#include "core/cli/spec.hpp"
#include "core/os/file.hpp"
#include "core/os/terminal.hpp"

namespace tk::cli {
namespace {

std::string out;
bool is_quiet = false;

int status(Exit exit) { return static_cast<int>(exit); }

int report(const Error& error) {
  if (error.code == Code::interrupted) {
    std::fprintf(stderr, "tk: %s\n", error.message.c_str());
    if (!error.hint.empty()) std::fprintf(stderr, "  mend: %s\n", error.hint.c_str());
    // Ended by a signal, clean: say so the way that shells understand.
    return 128 + (os::interrupted() ? os::interrupted() : SIGINT);
  }
  auto line = text::printable(describe(error));
  std::fprintf(stderr, "tk: [%s] %s\n", std::string(info(error.code).text).c_str(), line.c_str());
  if (!error.hint.empty()) std::fprintf(stderr, "  mend: %s\n", text::printable(error.hint).c_str());
  return status(error.exit());
}

int show(const std::string& help) {
  print(help);
  auto done = flush();
  return done ? 0 : report(done.error());
}

const VerbSpec* find_verb(const CommandSpec& command, const std::string& name) {
  for (const auto& v : command.verbs)
    if (v.name == name) return &v;
  return nullptr;
}

int run(const CommandSpec& command, const VerbSpec& verb, const std::vector<std::string>& words) {
  for (const auto& word : words) {
    if (word == "--") break;
    if (word == "-h") return show(detail::short_help(command, verb));
    if (word == "--help") return show(detail::full_help(command, verb));
  }
  auto args = detail::parse(verb, words);
  if (!args) return report(args.error());
  is_quiet = args->quiet();
  auto done = verb.run(*args);
  auto flushed = flush();
  if (!done) return report(done.error());
  if (!flushed) return report(flushed.error());
  return status(*done);
}

int run_command(const CommandSpec& command, std::vector<std::string> words) {
  if (const auto* only = find_verb(command, "")) return run(command, *only, words);
  if (words.empty() || words[0] == "-h" || words[0] == "--help") {
    bool asked = !words.empty();
    if (asked) return show(detail::command_help(command));
    std::fputs(detail::command_help(command).c_str(), stderr);
    return status(Exit::usage);
  }
  if (const auto* verb = find_verb(command, words[0])) {
    words.erase(words.begin());
    return run(command, *verb, words);
  }
  std::vector<std::string> names;
  for (const auto& v : command.verbs) names.push_back(v.name);
  auto near = text::nearest(words[0], names);
  return report({Code::cli_usage, "tk " + command.name + " has no verb " + text::printable(words[0]), {},
                 near.empty() ? "verbs: " + text::join(names, ", ")
                              : "did you mean tk " + command.name + " " + near + "?", nullptr});
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

int main(const CommandSpec& command, int argc, char** argv) {
  try {
    return run_command(command, {argv + 1, argv + argc});
  } catch (const std::exception& e) {
    return report({Code::bug, std::string("unexpected: ") + e.what(), {}, "please report it", nullptr});
  }
}

void print(std::string_view text) {
  out += text;
  if (out.size() > (1u << 16)) static_cast<void>(flush());
}

Result<void> flush() {
  auto text = std::move(out);
  out.clear();
  return os::write_all(STDOUT_FILENO, text);
}

void note(const std::string& text) {
  if (!is_quiet) std::fprintf(stderr, "tk: %s\n", text::printable(text).c_str());
}

void progress(const std::string& text) {
  static const bool shown = os::is_terminal(STDERR_FILENO) && os::environment("CI").empty();
  if (shown && !is_quiet) std::fprintf(stderr, "tk: %s\n", text::printable(text).c_str());
}

std::string table(const std::vector<std::vector<std::string>>& raw) {
  // A cell is one line without control characters, whatever somebody put into a name.
  auto rows = raw;
  for (auto& row : rows)
    for (auto& cell : row) {
      cell = text::printable(cell);
      for (auto& c : cell)
        if (c == '\n' || c == '\t') c = ' ';
    }
  std::vector<std::size_t> widths;
  for (const auto& row : rows)
    for (std::size_t i = 0; i < row.size(); ++i) {
      if (i >= widths.size()) widths.push_back(0);
      widths[i] = std::max(widths[i], row[i].size());
    }
  std::string text;
  for (const auto& row : rows) {
    std::string line;
    for (std::size_t i = 0; i < row.size(); ++i) {
      auto cell = row[i];
      if (i + 1 < row.size()) cell.resize(widths[i] + 2, ' ');
      line += cell;
    }
    line.resize(line.find_last_not_of(' ') + 1);
    text += line + "\n";
  }
  return text;
}

}  // namespace tk::cli
