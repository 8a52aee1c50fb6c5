#include "core/record/walk.hpp"

#include <charconv>

#include "core/base/text.hpp"
#include "core/cli/output.hpp"
#include "core/json/json.hpp"
#include "help/record.hpp"
#include "tools/record/definitions.hpp"
#include "tools/session/values.hpp"

namespace tk::tools::record_tool {
namespace {

Result<std::int64_t> number(const cli::Args& args, const std::string& name, std::int64_t otherwise, std::int64_t most) {
  auto word = args.get(name);
  if (word.empty()) return otherwise;
  std::int64_t out = 0;
  auto [end, error] = std::from_chars(word.data(), word.data() + word.size(), out);
  if (error != std::errc() || end != word.data() + word.size() || out < 0 || out > most)
    return fail(Code::cli_usage, "--" + name + " is a number from 0 to " + std::to_string(most));
  return out;
}

Result<Exit> run_walk(const cli::Args& args) {
  TK_TRY(auto s, Session::open_to_read());
  TK_TRY(auto def, definition_of(*s, args.get("WHAT")));
  TK_TRY(auto seed, number(args, "seed", 1, INT64_MAX));
  TK_TRY(auto steps, number(args, "steps", 200'000, 100'000'000));
  auto walked = record::walk(*def, static_cast<std::uint64_t>(seed), steps);
  auto taken = walked.taken(), all = walked.edges.size();
  auto percent = all == 0 ? 100.0 : 100.0 * static_cast<double>(taken) / static_cast<double>(all);
  auto verdict = taken == all ? Exit::ok : Exit::no;
  if (args.json()) {
    Value::List edges;
    for (const auto& e : walked.edges)
      edges.push_back(Value::Map{{"from", e.from}, {"event", e.event}, {"to", e.to}, {"line", e.where.line},
                                 {"taken", e.taken}, {"why", e.taken ? "" : e.why}});
    cli::print(json::pretty(Value::Map{{"type", def->type}, {"steps", walked.steps},
                                       {"taken", static_cast<std::int64_t>(taken)}, {"percent", percent},
                                       {"transitions", edges}}) + "\n");
    return verdict;
  }
  for (const auto& e : walked.edges)
    if (!e.taken)
      cli::print(e.where.file + ":" + std::to_string(e.where.line) + ": not taken: " + e.from + " --" + e.event + " → " +
                 e.to + (e.why.empty() ? "" : ": " + e.why) + "\n");
  cli::print(def->type + ": " + std::to_string(taken) + " of " + text::count(all, "transition") + " taken, " +
             std::to_string(static_cast<int>(percent)) + " %, in " + text::count(static_cast<std::size_t>(walked.steps), "step") + "\n");
  return verdict;
}

}  // namespace

cli::VerbSpec walk_verb() {
  return {"walk", "take every transition of a definition once, by itself: 0 all taken, 1 some not",
          {{"WHAT", "a type, a file or a record"}},
          {{"seed", "N", "another seed walks another way (default 1)"},
           {"steps", "N", "at most so many events (default 200000)"}},
          {{"tk record walk ticket", "coverage of its transitions, and what stood in the way"}}, help::k_walk, run_walk,
          "{type: text, steps: int, taken: int, percent: number, transitions: [{from: text, event: text, to: text, "
          "line: int, taken: bool, why: text}]}",
          values};
}

}  // namespace tk::tools::record_tool
