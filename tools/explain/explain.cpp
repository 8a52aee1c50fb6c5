#include "core/base/text.hpp"
#include "core/cli/spec.hpp"
#include "help/explain.hpp"

namespace {

using namespace tk;

Result<Exit> run(const cli::Args& args) {
  std::size_t n = 0;
  const auto* codes = code_table(n);
  auto word = args.get("CODE");
  if (word.empty()) {
    std::vector<std::vector<std::string>> rows;
    for (std::size_t i = 0; i < n; ++i)
      rows.push_back({std::string(codes[i].text), std::to_string(static_cast<int>(codes[i].exit)),
                      std::string(codes[i].title)});
    cli::print(cli::table(rows));
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
  cli::print(std::string(code->text) + ": " + std::string(code->title) + "\nexit status " +
             std::to_string(static_cast<int>(code->exit)) + "\n\n" + std::string(code->long_form) + "\n");
  return Exit::ok;
}

}  // namespace

int main(int argc, char** argv) {
  cli::VerbSpec verb{"", "what an error code means", {{"CODE", "a code such as TK-LAW-0005; without it all are listed", false}}, {},
                     {{"tk explain TK-LAW-0005", "the long form of \"denied by law\""}}, help::k_explain, run};
  return cli::main({"explain", "what an error code means", {verb}}, argc, argv);
}
