// Search judged by questions whose answer is known, and timed, inside one process. Questions come on stdin, a line each:
// kind, text, reference, with tabs between. Prints one JSON object. usage: bench-repo-search ROOT < QUESTIONS
#include <algorithm>
#include <cstdio>
#include <iostream>
#include <map>

#include "core/base/clock.hpp"
#include "core/base/text.hpp"
#include "core/workspace/search.hpp"

using namespace tk;

namespace {

[[noreturn]] void stop(const Error& error) {
  std::fprintf(stderr, "%s\n", error.message.c_str());
  std::exit(1);
}

template <class T>
T must(Result<T> result) {
  if (!result) stop(result.error());
  return std::move(*result);
}

struct Score {
  int questions = 0, found = 0;
  double reciprocal = 0;
};

}  // namespace

int main(int argc, char** argv) {
  if (argc != 2) return 2;
  auto ws = must(workspace::Workspace::open(argv[1]));
  auto repository = must(git::Repository::open(argv[1]));
  auto index = must(workspace::EntityIndex::open(ws, repository));
  auto began = clock::monotonic_ns();
  auto search = must(workspace::Search::open(index, repository, ws.state("vectors")));
  auto opened_ms = static_cast<double>(clock::monotonic_ns() - began) / 1e6;
  std::vector<std::vector<std::string>> questions;
  for (std::string line; std::getline(std::cin, line);) {
    auto parts = text::split(line, '\t');
    if (parts.size() == 3) questions.push_back({parts.begin(), parts.end()});
  }
  std::printf("{\"open_ms\": %.1f, \"questions\": %zu", opened_ms, questions.size());
  using workspace::Ranking;
  for (auto [name, ranking] : {std::pair{"hybrid", Ranking::hybrid}, {"words", Ranking::words}, {"vectors", Ranking::vectors}}) {
    Score all;
    std::map<std::string, Score> kinds;
    std::vector<double> ms;
    for (const auto& q : questions) {
      auto from = clock::monotonic_ns();
      auto hits = must(search.find(q[1], 10, ranking));
      ms.push_back(static_cast<double>(clock::monotonic_ns() - from) / 1e6);
      auto it = std::find_if(hits.begin(), hits.end(), [&](const auto& h) { return h.ref.str() == q[2]; });
      for (auto* score : {&all, &kinds[q[0]]}) {
        ++score->questions;
        if (it == hits.end()) continue;
        ++score->found;
        score->reciprocal += 1.0 / static_cast<double>(it - hits.begin() + 1);
      }
    }
    std::sort(ms.begin(), ms.end());
    std::printf(", \"%s\": {\"recall_at_10\": %.3f, \"mrr\": %.3f, \"p50_ms\": %.1f, \"p95_ms\": %.1f, \"kinds\": {", name, 1.0 * all.found / all.questions,
                all.reciprocal / all.questions, ms[ms.size() / 2], ms[ms.size() * 95 / 100]);
    const char* comma = "";
    for (const auto& [kind, s] : kinds) std::printf("%s\"%s\": %.2f", std::exchange(comma, ", "), kind.c_str(), 1.0 * s.found / s.questions);
    std::printf("}}");
  }
  std::printf("}\n");
}
