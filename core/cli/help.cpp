#include "core/cli/help.hpp"

#include <algorithm>
#include <utility>

#include "core/base/text.hpp"

namespace tk::cli {
namespace {

constexpr std::size_t kScreen = 25;  // lines of -h

bool is_common(const Option& o) {
  const auto& all = common_options();
  return std::any_of(all.begin(), all.end(), [&](const Option& c) { return c.name == o.name && c.help == o.help; });
}

std::string choices_of(const std::vector<std::string>& choices) {
  std::string out;
  for (const auto& choice : choices) out += (out.empty() ? ": " : ", ") + choice;
  return out;
}

std::string line(std::string left, std::size_t width, const std::string& help) {
  left.resize(std::max(width, left.size() + 2), ' ');
  return left + help + "\n";
}

std::size_t width_of(const VerbSpec& v) {
  std::size_t width = 12;
  for (const auto& o : v.options) width = std::max(width, flag_of(o).size() + 4);
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
  for (const auto& p : v.positionals) out += line("  " + p.name, width, p.help + choices_of(p.choices));
  for (const auto& o : v.options) out += line("  " + flag_of(o), width, o.help + choices_of(o.choices));
  return out;
}

// Flags without their help, as many in a line as fit.
std::string only_flags(const std::vector<Option>& all) {
  std::string out, row;
  for (const auto& o : all) {
    auto next = flag_of(o) + (&o == &all.back() ? "" : ", ");
    if (row.size() + next.size() > 100) out += "  " + std::exchange(row, "") + "\n";
    row += next;
  }
  return row.empty() ? out : out + "  " + row + "\n";
}

std::size_t lines_of(const std::string& text) {
  return static_cast<std::size_t>(std::count(text.begin(), text.end(), '\n'));
}

// In at most so many lines: the options that every verb has, and those at the end of a long list, are
// only named. No line is wider than a screen.
std::string short_options(VerbSpec v, std::size_t most) {
  std::vector<Option> named;
  auto common = std::stable_partition(v.options.begin(), v.options.end(), [](const Option& o) { return !is_common(o); });
  named.assign(common, v.options.end());
  v.options.erase(common, v.options.end());
  while (!v.options.empty() && lines_of(options(v)) + lines_of(only_flags(named)) > most) {
    named.insert(named.begin(), v.options.back());
    v.options.pop_back();
  }
  std::string out, all = options(v);
  for (auto one : text::split(all, '\n'))
    if (!one.empty()) out += text::shorten(one, 110) + "\n";
  return out + only_flags(named);
}

// Markdown as it stands is readable; only the fences of code go, and code is set in.
std::string plain(std::string_view markdown) {
  std::string out;
  bool code = false;
  while (!markdown.empty()) {
    auto end = markdown.find('\n');
    auto one = markdown.substr(0, end);
    markdown = end == markdown.npos ? std::string_view() : markdown.substr(end + 1);
    if (one.starts_with("```")) {
      code = !code;
      continue;
    }
    out += (code ? "    " : "") + std::string(one) + "\n";
  }
  while (out.ends_with("\n\n")) out.pop_back();
  return out;
}

std::string exit_status() {
  std::string out = "\nEXIT STATUS\n";
  for (const auto& e : exit_table()) out += line("  " + std::to_string(e.status), 7, std::string(e.meaning));
  return out + line("  128+n", 7, "ended by signal n, clean");
}

}  // namespace

std::string path_of(const CommandSpec& c, const VerbSpec& v) {
  return "tk " + c.name + (v.name.empty() ? "" : " " + v.name);
}

std::string usage_of(const CommandSpec& c, const VerbSpec& v) {
  auto out = path_of(c, v);
  for (const auto& p : v.positionals) {
    auto word = p.name + (p.many ? "…" : "");
    out += p.required ? " " + word : " [" + word + "]";
  }
  return out + (v.options.empty() ? "" : " [options]");
}

std::string flag_of(const Option& o) {
  auto out = (o.brief ? "-" + std::string(1, o.brief) + ", " : "") + "--" + o.name;
  return out + (o.value.empty() ? "" : " " + o.value);
}

std::string short_help(const CommandSpec& c, const VerbSpec& v) {
  auto head = path_of(c, v) + ": " + v.summary + "\n\nUsage: " + usage_of(c, v) + "\n\n" + examples(v, 2) + "\n";
  auto tail = "\nMore: " + path_of(c, v) + " --help\n";
  return head + short_options(v, kScreen - lines_of(head) - lines_of(tail)) + tail;
}

std::string full_help(const CommandSpec& c, const VerbSpec& v) {
  auto out = path_of(c, v) + " - " + v.summary + "\n\nUSAGE\n  " + usage_of(c, v) + "\n\n";
  if (!v.long_help.empty()) out += plain(v.long_help) + "\n";
  out += "OPTIONS\n" + options(v) + "\nEXAMPLES\n" + examples(v, v.examples.size());
  if (!v.output.empty()) out += "\nJSON\n  --json prints " + v.output + "\n";
  return out + exit_status();
}

std::string command_help(const CommandSpec& c) {
  std::string out = "tk " + c.name + ": " + c.summary + "\n\n";
  std::size_t width = 0;
  for (const auto& v : c.verbs) width = std::max(width, v.name.size());
  for (const auto& v : c.verbs)
    out += line("  tk " + c.name + (v.name.empty() ? "" : " " + v.name), c.name.size() + width + 8, v.summary);
  return out + "\nFor example:\n" + examples(c.verbs.front(), 1) + "\nMore: tk " + c.name + " VERB -h, tk help " +
         c.name + "\n";
}

std::string whole_help(const CommandSpec& c) {
  auto out = "tk " + c.name + " - " + c.summary + "\n\n";
  if (!c.long_help.empty()) out += plain(c.long_help) + "\n";
  for (const auto& v : c.verbs) {
    auto page = full_help(c, v);
    out += page.substr(0, page.find("\nEXIT STATUS\n")) + "\n";
  }
  return out + exit_status().substr(1);
}

}  // namespace tk::cli
