#include "core/cli/detail/parse.hpp"

#include <CLI/CLI.hpp>

#include "core/base/text.hpp"

namespace tk::cli::detail {
namespace {

// What CLI11 fills; kept apart from Args so that only what was given is in Args.
struct Slots {
  std::map<std::string, std::vector<std::string>> values;
  std::map<std::string, std::string> singles;
  std::map<std::string, bool> flags;
};

void declare(::CLI::App& app, const VerbSpec& verb, Slots& slots) {
  auto add_option = [&](const Option& o) {
    auto flag = (o.brief ? std::string("-") + o.brief + "," : "") + "--" + o.name;
    if (o.value.empty()) {
      app.add_flag(flag, slots.flags[o.name]);
      return;
    }
    auto* option = app.add_option(flag, slots.values[o.name]);
    option->allow_extra_args(false)->expected(1);
    if (o.repeat) option->multi_option_policy(::CLI::MultiOptionPolicy::TakeAll);
  };
  for (const auto& o : verb.options) add_option(o);
  for (const auto& p : verb.positionals) {
    auto* option = p.many ? app.add_option(p.name, slots.values[p.name])
                          : app.add_option(p.name, slots.singles[p.name]);
    if (p.required) option->required();
  }
}

// CLI11 takes a word in brackets for a list of its own. One that begins with NUL, as none of a command line does, it
// takes as it is.
std::string guarded(const std::string& word) {
  return word.starts_with('[') ? std::string(1, '\0') + word : word;
}
std::string as_given(std::string word) {
  if (word.starts_with('\0')) word.erase(0, 1);
  return word;
}

std::string usage_hint(const VerbSpec& verb, const std::string& word) {
  std::vector<std::string> names;
  for (const auto& o : verb.options) names.push_back("--" + o.name);
  auto near = word.starts_with("-") ? text::nearest(word.substr(0, word.find('=')), names) : "";
  return near.empty() ? "-h shows one screen of help" : "did you mean " + near + "?";
}

Result<void> check_choice(const std::string& what, const std::vector<std::string>& choices,
                          const std::vector<std::string>& given) {
  if (choices.empty()) return {};
  for (const auto& value : given) {
    if (std::find(choices.begin(), choices.end(), value) != choices.end()) continue;
    auto near = text::nearest(value, choices);
    return fail(Code::cli_usage, what + " takes no \"" + text::printable(value) + "\"",
                near.empty() ? "choose from: " + text::join(choices, ", ") : "did you mean " + near + "?");
  }
  return {};
}

Result<void> check_choices(const VerbSpec& verb, const Args& args) {
  for (const auto& o : verb.options) TK_CHECK(check_choice("--" + o.name, o.choices, args.all(o.name)));
  for (const auto& p : verb.positionals) TK_CHECK(check_choice(p.name, p.choices, args.all(p.name)));
  return {};
}

}  // namespace

Result<Args> parse(const VerbSpec& verb, const std::vector<std::string>& words) {
  ::CLI::App app;
  app.set_help_flag();
  Slots slots;
  declare(app, verb, slots);
  std::vector<std::string> reversed;
  for (auto word = words.rbegin(); word != words.rend(); ++word) reversed.push_back(guarded(*word));
  try {
    app.parse(reversed);
  } catch (const ::CLI::ExtrasError&) {
    auto extra = app.remaining().empty() ? std::string() : as_given(app.remaining().front());
    return fail(Code::cli_usage,
                (extra.starts_with("-") ? "unknown option " : "one word too many: ") +
                    text::printable(extra),
                usage_hint(verb, extra));
  } catch (const ::CLI::RequiredError&) {
    for (const auto& p : verb.positionals)
      if (p.required && (p.many ? slots.values[p.name].empty() : slots.singles[p.name].empty()))
        return fail(Code::cli_usage, p.name + " is missing: " + p.help, "-h shows one screen of help");
    return fail(Code::cli_usage, "a word is missing", "-h shows one screen of help");
  } catch (const ::CLI::Error& e) {
    return fail(Code::cli_usage, text::printable(e.what()), "-h shows one screen of help");
  }
  Args args;
  for (auto& [name, values] : slots.values)
    for (auto& value : values) args.add(name, as_given(std::move(value)));
  for (auto& [name, value] : slots.singles)
    if (!value.empty()) args.add(name, as_given(std::move(value)));
  for (const auto& [name, given] : slots.flags)
    if (given) args.add(name, "true");
  TK_CHECK(check_choices(verb, args));
  return args;
}

}  // namespace tk::cli::detail
