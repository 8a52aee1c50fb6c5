#include "core/base/text.hpp"
#include "core/cli/output.hpp"
#include "core/cli/spec.hpp"
#include "core/json/json.hpp"
#include "help/explain.hpp"

namespace tk::tools::explain_tool {
namespace {

Value describe(const CodeInfo& c) {
  return Value::Map{{"code", c.text}, {"exit", static_cast<std::int64_t>(c.exit)}, {"title", c.title}};
}

Result<Exit> run(const cli::Args& args) {
  std::size_t n = 0;
  const auto* codes = code_table(n);
  auto word = args.get("CODE");
  if (word.empty()) {
    std::vector<std::vector<std::string>> rows;
    Value::List list;
    for (std::size_t i = 0; i < n; ++i) {
      rows.push_back({std::string(codes[i].text), std::to_string(static_cast<int>(codes[i].exit)),
                      std::string(codes[i].title)});
      list.push_back(describe(codes[i]));
    }
    cli::page();
    cli::print(args.json() ? json::pretty(list) + "\n" : cli::table(rows));
    return Exit::ok;
  }
  const auto* code = find_code(word);
  if (!code) {
    std::vector<std::string> names;
    for (std::size_t i = 0; i < n; ++i) names.emplace_back(codes[i].text);
    auto near = text::nearest(word, names);
    return fail(Code::cli_usage, "no error code " + word,
                near.empty() ? "`tk explain` lists them" : "did you mean " + near + "?");
  }
  if (args.json()) {
    auto out = describe(*code);
    out.as_map()->emplace("text", code->long_form);
    cli::print(json::pretty(out) + "\n");
    return Exit::ok;
  }
  cli::print(std::string(code->text) + ": " + std::string(code->title) + "\nexit status " +
             std::to_string(static_cast<int>(code->exit)) + "\n\n" + std::string(code->long_form) + "\n");
  return Exit::ok;
}

std::vector<cli::Candidate> code_values(const std::string&, const cli::Args&) {
  std::size_t n = 0;
  const auto* codes = code_table(n);
  std::vector<cli::Candidate> out;
  for (std::size_t i = 0; i < n; ++i) out.push_back({std::string(codes[i].text), std::string(codes[i].title)});
  return out;
}

}  // namespace

cli::VerbSpec explain_verb() {
  return {"", "what an error code means", {{"CODE", "a code such as TK-LAW-0005; without it all are listed", false}}, {},
                     {{"tk explain TK-LAW-0005", "the long form of \"denied by law\""}}, help::k_explain, run,
          "{code: text, exit: int, title: text, text: text} | [{code: text, exit: int, title: text}]", code_values};
}

}  // namespace tk::tools::explain_tool
