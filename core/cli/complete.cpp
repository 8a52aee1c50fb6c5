#include "core/cli/complete.hpp"

#include "core/base/text.hpp"
#include "core/cli/detail/parse.hpp"
#include "core/os/terminal.hpp"

namespace tk::cli {
namespace {

const Option* find_option(const VerbSpec& verb, const std::string& word) {
  for (const auto& o : verb.options)
    if (word == "--" + o.name || (o.brief && word == std::string("-") + o.brief)) return &o;
  return nullptr;
}

// Where the words before the cursor lead: what was given, and what the next word is.
struct Place {
  Args given;
  const Option* value_of = nullptr;  // the next word is this option's value
  std::size_t position = 0;          // else it is this positional, or a flag
  bool flags = true;                 // not behind "--"
};

Place walk(const VerbSpec& verb, const std::vector<std::string>& words) {
  Place at;
  for (std::size_t i = 0; i + 1 < words.size(); ++i) {
    const auto& word = words[i];
    if (at.value_of) {
      at.given.add(at.value_of->name, word);
      at.value_of = nullptr;
    } else if (at.flags && word == "--") {
      at.flags = false;
    } else if (at.flags && word.size() > 1 && word[0] == '-') {
      auto equals = word.find('=');
      const auto* option = find_option(verb, word.substr(0, equals));
      if (!option) continue;
      if (equals != word.npos) at.given.add(option->name, word.substr(equals + 1));
      else if (option->value.empty()) at.given.add(option->name, "true");
      else at.value_of = option;
    } else {
      const auto& all = verb.positionals;
      if (at.position < all.size()) at.given.add(all[at.position].name, word);
      if (at.position < all.size() && !all[at.position].many) ++at.position;
    }
  }
  return at;
}

std::vector<Candidate> values_of(const VerbSpec& verb, const std::string& kind,
                                 const std::vector<std::string>& choices, const Args& given, const Ask& ask) {
  std::vector<Candidate> out;
  for (const auto& choice : choices) out.push_back({choice, ""});
  if (!out.empty()) return out;
  if (kind == "FILE") return {{":files", ""}};
  if (kind == "DIR") return {{":dirs", ""}};
  return ask(verb, kind, given);
}

std::vector<Candidate> flags_of(const VerbSpec& verb, const Args& given) {
  std::vector<Candidate> out;
  for (const auto& o : verb.options) {
    if (!o.repeat && given.has(o.name)) continue;
    if (o.brief) out.push_back({"-" + std::string(1, o.brief), o.help});
    out.push_back({"--" + o.name, o.help});
  }
  return out;
}

void keep(std::vector<Candidate>& all, const std::string& prefix) {
  std::erase_if(all, [&](const Candidate& c) { return !c.value.starts_with(prefix) && c.value[0] != ':'; });
}

std::vector<Candidate> in_verb(const VerbSpec& verb, const std::vector<std::string>& words, const Ask& ask) {
  auto at = walk(verb, words);
  const auto& last = words.back();
  std::vector<Candidate> out;
  if (at.value_of) {
    out = values_of(verb, at.value_of->value, at.value_of->choices, at.given, ask);
  } else if (at.flags && last.starts_with("--") && last.find('=') != last.npos) {
    auto equals = last.find('=');
    if (const auto* o = find_option(verb, last.substr(0, equals)); o && !o->value.empty())
      out = values_of(verb, o->value, o->choices, at.given, ask);
    for (auto& c : out)
      if (c.value[0] != ':') c.value.insert(0, last.substr(0, equals + 1));
  } else if (at.flags && last.starts_with("-")) {
    out = flags_of(verb, at.given);
  } else if (at.position < verb.positionals.size()) {
    const auto& p = verb.positionals[at.position];
    out = values_of(verb, p.name, p.choices, at.given, ask);
  }
  keep(out, last);
  return out;
}

}  // namespace

std::vector<Candidate> complete(const CommandSpec& command, const std::vector<std::string>& words,
                                const Ask& ask) {
  if (words.empty()) return {};
  std::vector<Candidate> out;
  if (words.size() == 1)
    for (const auto& v : command.verbs)
      if (!v.name.empty() && v.name.starts_with(words[0])) out.push_back({v.name, v.summary});
  auto rest = words;
  // The word under the cursor is not yet a verb.
  auto last = std::move(rest.back());
  rest.pop_back();
  const auto* verb = detail::find_verb(command, rest);
  if (!verb) return out;
  rest.push_back(std::move(last));
  for (auto& c : in_verb(*verb, rest, ask)) out.push_back(std::move(c));
  return out;
}

std::string write_candidates(const std::vector<Candidate>& candidates) {
  std::string out;
  for (const auto& c : candidates) {
    // A value with a blank, a control character or a sign of the shell is none that one could type on.
    if (c.value.empty() || c.value.find_first_of(" \t\r\n\x1b$`\"'\\") != c.value.npos) continue;
    auto what = text::shorten(text::printable(c.what), 100);
    for (auto& ch : what)
      if (ch == '\n' || ch == '\t') ch = ' ';
    out += text::printable(c.value) + (what.empty() ? "" : "\t" + what) + "\n";
  }
  return out;
}

// The 100 ms are the shell's; starting and ending of the process is in them.
void start_deadline() { os::end_after_ms(80); }

}  // namespace tk::cli
