// agent-review analyst|security|scorer|meddler: one JSON object on stdin, one on stdout.
#include <cstdio>
#include <string_view>

#include "core/json/json.hpp"
#include "core/os/file.hpp"
#include "core/os/process.hpp"
#include "core/os/terminal.hpp"
#include "plugins/agent-review/review.hpp"

namespace {

using namespace tk;

// Tries to answer the human's question with its own token, as a rogue agent would.
Result<Value> meddler(const Value& input) {
  auto tk = os::environment("TK");
  if (tk.empty()) return Value(Value::Map{{"status", 127}, {"said", "there is no tk in its box"}});
  std::string said;
  int status = 0;
  for (int tries = 0; tries < 200; ++tries) {
    os::Spawn ask{{tk, "wot", "answer", input["run"].text("0"), "human_review", "approve"}, os::current_environment(),
                  {}, {}, 1u << 20, 4096, 0, 0, false};
    TK_TRY(auto inbox, os::run({{tk, "wot", "inbox", "--json"}, os::current_environment(), {}, {}, 1u << 20, 4096, 0, 0, false}, 10'000));
    TK_TRY(auto open, json::parse(inbox.output));
    if (!open.as_list() || open.as_list()->empty()) {
      os::Spawn nap{{"sleep", "0.05"}, os::current_environment(), {}, {}, 1024, 1024, 0, 0, false};
      TK_CHECK(os::run(std::move(nap), 1000));
      continue;
    }
    ask.argv[3] = open.as_list()->front()["run"].text();
    TK_TRY(auto done, os::run(std::move(ask), 10'000));
    status = done.status;
    said = done.error_tail.substr(0, done.error_tail.find('\n'));
    break;
  }
  return Value(Value::Map{{"status", status}, {"said", said}});
}

Result<Value> run(std::string_view role, const Value& input) {
  if (role == "analyst") return review::analyst(input);
  if (role == "security") return review::security(input);
  if (role == "scorer") return review::scorer(input);
  if (role == "meddler") return meddler(input);
  return fail(Code::cli_usage, "usage: agent-review analyst|security|scorer|meddler");
}

}  // namespace

int main(int argc, char** argv) {
  auto text = os::read_stdin();
  auto input = text ? json::parse(*text, "standard input") : Result<Value>(tl::unexpected(text.error()));
  auto output = input ? run(argc > 1 ? argv[1] : "", *input) : input;
  if (!output) {
    std::fprintf(stderr, "agent-review: %s\n", describe(output.error()).c_str());
    return static_cast<int>(output.error().exit());
  }
  auto written = os::write_all(1, json::compact(*output) + "\n");
  return written ? 0 : 1;
}
