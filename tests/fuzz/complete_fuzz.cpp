// A third party's manifest and the words that somebody completes: the manifest up to the first NUL, then a
// word a line. What is taken renders, and every candidate goes on from what was typed and can be shown.
#include <cctype>

#include "core/base/text.hpp"
#include "core/cli/complete.hpp"
#include "core/cli/help.hpp"
#include "core/cli/manifest.hpp"
#include "tests/fuzz/fuzz.hpp"

using namespace tk;

namespace {

void check_word(const std::string& word) {
  TK_PROMISE(!word.empty() && word[0] != '-');
  for (char c : word) TK_PROMISE(std::isalnum(static_cast<unsigned char>(c)) || c == '-' || c == '_');
}

void check_line(const std::string& line) {
  TK_PROMISE(text::invalid_utf8(line) == line.npos && line.find('\n') == line.npos);
  TK_PROMISE(line == text::printable(line));
}

void check_command(const cli::CommandSpec& c) {
  check_word(c.name);
  check_line(c.summary);
  TK_PROMISE(!c.verbs.empty());
  for (const auto& v : c.verbs) {
    if (!v.name.empty()) check_word(v.name);
    for (const auto& o : v.options) {
      check_word(o.name);
      check_line(o.help);
    }
    auto shown = cli::short_help(c, v) + cli::full_help(c, v);
    TK_PROMISE(text::invalid_utf8(shown) == shown.npos && shown == text::printable(shown));
  }
  TK_PROMISE(!cli::whole_help(c).empty() && !cli::command_help(c).empty());
  // What was read is written as a manifest that reads the same.
  auto written = cli::write_manifest(c);
  auto again = cli::parse_manifest(written, "again.json");
  TK_PROMISE(again && cli::write_manifest(again->command) == written);
}

// What completes when there is no usable manifest: flags, choices, a dynamic value.
cli::CommandSpec sample() {
  cli::VerbSpec run{"run", "s", {{"THING", "t"}, {"REST", "r", false, true, {"x", "yy"}}},
                    {{"flag", "", "f"}, {"mode", "MODE", "m", {"fast", "slow"}}, {"out", "FILE", "o", {}, true, 'o'}},
                    {}, "", {}, "", {}};
  cli::VerbSpec nameless = run;
  nameless.name = "";
  return {"sample", "s", {run, nameless}, {}};
}

}  // namespace

TK_FUZZ(complete) {
  auto cut = bytes.find('\0');
  auto manifest = cli::parse_manifest(bytes.substr(0, cut), "m.json");
  if (manifest) check_command(manifest->command);
  std::vector<std::string> words;
  if (cut != bytes.npos)
    for (auto word : text::split(bytes.substr(cut + 1), '\n')) words.emplace_back(word);
  if (words.empty() || words.size() > 64) return;
  auto ask = [](const cli::VerbSpec&, const std::string& kind, const cli::Args&) {
    return std::vector<cli::Candidate>{{kind + "/a", "what\x1b[31m\nit is"}, {"b c", ""}};
  };
  auto command = manifest ? manifest->command : sample();
  auto found = cli::complete(command, words, ask);
  for (const auto& c : found) TK_PROMISE(c.value.starts_with(words.back()) || c.value.starts_with(":"));
  auto out = cli::write_candidates(found);
  for (auto line : text::split(out, '\n'))
    TK_PROMISE(line.find('\x1b') == line.npos && line.size() < 10000);
}
