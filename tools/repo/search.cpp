#include "core/workspace/search.hpp"

#include "core/cli/output.hpp"
#include "core/json/json.hpp"
#include "help/repo.hpp"
#include "tools/repo/as_of.hpp"
#include "tools/session/values.hpp"

namespace tk::tools::repo_tool {
namespace {

using workspace::Ranking;

Result<std::size_t> limit_of(const std::string& word) {
  auto n = word.size() <= 4 && word.find_first_not_of("0123456789") == word.npos ? std::strtoul(word.c_str(), nullptr, 10) : 0;
  if (n < 1 || n > 100) return fail(Code::cli_usage, "--limit takes 1 to 100, not \"" + word + "\"", "--limit 20");
  return n;
}

Result<workspace::Search> open(const AsOf& as_of, workspace::EntityIndex& index) {
  TK_TRY(auto head, as_of.repository.head_commit());
  auto vectors = as_of.workspace.state("vectors");
  if (as_of.commit != head) {
    TK_TRY(vectors, workspace::kept_at(as_of.workspace, as_of.commit, "vectors"));
  }
  return workspace::Search::open(index, as_of.repository, std::move(vectors));
}

Value describe(const workspace::Hit& hit) {
  Value::Map out{{"ref", hit.ref.str()}, {"type", hit.ref.type}, {"file", hit.file}, {"text", hit.text}, {"score", hit.score}};
  if (hit.by_words) out.emplace("by_words", std::int64_t{hit.by_words});
  if (hit.by_vector) out.emplace("by_vector", std::int64_t{hit.by_vector});
  return out;
}

Result<Exit> run(const cli::Args& args) {
  TK_TRY(auto most, limit_of(args.get("limit", "10")));
  auto by = args.get("by", "hybrid");
  auto ranking = by == "words" ? Ranking::words : by == "vectors" ? Ranking::vectors : Ranking::hybrid;
  TK_TRY(auto as_of, AsOf::open(args));
  TK_TRY(auto index, as_of.index());
  TK_TRY(auto search, open(as_of, index));
  TK_TRY(auto found, search.find(args.get("TEXT"), most, ranking));
  Value::List list;
  std::vector<std::vector<std::string>> rows;
  for (const auto& hit : found) {
    list.emplace_back(describe(hit));
    rows.push_back({hit.ref.str(), hit.text});
  }
  cli::print(args.json() ? json::pretty(list) + "\n" : cli::table(rows));
  return found.empty() ? Exit::no : Exit::ok;
}

}  // namespace

cli::VerbSpec search_verb() {
  return {"search", "find entities by what they are called and what is said of them", {{"TEXT", "words, misspelt perhaps"}},
          {{"limit", "N", "so many at most, 1 to 100 (default: 10)"},
           {"by", "RANKING", "words or vectors alone (default: hybrid)", {"hybrid", "words", "vectors"}},
           kAtOption},
          {{"tk repo search 'invoice reconciliation'", "whatever has to do with it"},
           {"tk repo search alcie --json", "a slip of the fingers is no hindrance"}},
          help::k_search, run,
          "[{ref: text, type: text, file: text, text: text, score: number, by_words?: int, by_vector?: int}]", values};
}

}  // namespace tk::tools::repo_tool
