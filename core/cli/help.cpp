#include <algorithm>

#include "core/cli/detail/parse.hpp"

namespace tk::cli::detail {
namespace {

std::string path_of(const CommandSpec& c, const VerbSpec& v) {
  return "tk " + c.name + (v.name.empty() ? "" : " " + v.name);
}

std::string usage(const CommandSpec& c, const VerbSpec& v) {
  auto out = path_of(c, v);
  for (const auto& p : v.positionals) {
    auto word = p.name + (p.many ? "…" : "");
    out += p.required ? " " + word : " [" + word + "]";
  }
  return out + (v.options.empty() ? "" : " [options]");
}

std::string option_line(const Option& o, std::size_t width) {
  auto left = "  --" + o.name + (o.value.empty() ? "" : " " + o.value);
  left.resize(std::max(width, left.size() + 2), ' ');
  auto help = o.help;
  if (!o.choices.empty()) {
    help += ": ";
    for (const auto& choice : o.choices) help += (&choice == &o.choices.front() ? "" : ", ") + choice;
  }
  return left + help + "\n";
}

std::size_t width_of(const VerbSpec& v) {
  std::size_t width = 12;
  for (const auto& o : v.options) width = std::max(width, o.name.size() + o.value.size() + 7);
  for (const auto& p : v.positionals) width = std::max(width, p.name.size() + 4);
  return width;
}

std::string examples(const VerbSpec& v, std::size_t most) {
  std::string out;
  for (std::size_t i = 0; i < v.examples.size() && i < most; ++i)
    out += "  " + v.examples[i].command + "\n      " + v.examples[i].what + "\n";
  return out;
}

std::string options(const VerbSpec& v) {
  std::string out;
  auto width = width_of(v);
  for (const auto& p : v.positionals) {
    auto left = "  " + p.name;
    left.resize(width, ' ');
    out += left + p.help + "\n";
  }
  for (const auto& o : v.options) out += option_line(o, width);
  for (const auto& o : common_options()) out += option_line(o, width);
  return out;
}

}  // namespace

std::string short_help(const CommandSpec& c, const VerbSpec& v) {
  return path_of(c, v) + ": " + v.summary + "\n\nUsage: " + usage(c, v) + "\n\n" + examples(v, 2) + "\n" +
         options(v) + "\nMore: " + path_of(c, v) + " --help\n";
}

std::string full_help(const CommandSpec& c, const VerbSpec& v) {
  std::string out = path_of(c, v) + " - " + v.summary + "\n\nUSAGE\n  " + usage(c, v) + "\n\n";
  if (!v.long_help.empty()) out += std::string(v.long_help) + "\n";
  out += "OPTIONS\n" + options(v) + "\nEXAMPLES\n" + examples(v, v.examples.size());
  return out + "\nEXIT STATUS\n"
         "  0 done, or yes · 1 no, or failed and rolled back · 2 usage or invalid input · 3 denied\n"
         "  4 conflict · 5 something waits · 6 timeout · 7 a limit or guard · 8 integrity broken\n"
         "  70 a bug of tk · 75 try again · 127 no such command · 128+n ended by signal n\n";
}

std::string command_help(const CommandSpec& c) {
  std::string out = "tk " + c.name + ": " + c.summary + "\n\n";
  std::size_t width = 0;
  for (const auto& v : c.verbs) width = std::max(width, v.name.size());
  for (const auto& v : c.verbs) {
    auto name = v.name;
    name.resize(width + 2, ' ');
    out += "  tk " + c.name + " " + name + v.summary + "\n";
  }
  const auto& first = c.verbs.front();
  return out + "\nFor example:\n" + examples(first, 1) + "\nMore: tk " + c.name + " VERB -h\n";
}

}  // namespace tk::cli::detail
