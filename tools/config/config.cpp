#include "core/cli/spec.hpp"
#include "core/cli/output.hpp"
#include "core/json/json.hpp"
#include "core/workspace/workspace.hpp"
#include "help/config.hpp"

namespace tk::tools::config_tool {
namespace {

Result<Exit> run(const cli::Args& args) {
  TK_TRY(auto ws, workspace::Workspace::find());
  if (auto key = args.get("KEY"); !key.empty()) {
    TK_TRY(auto value, ws.config(key));
    if (!args.json() && !args.has("explain")) {
      cli::print(value + "\n");
      return Exit::ok;
    }
  }
  std::vector<std::vector<std::string>> rows;
  Value::List list;
  for (const auto& s : ws.settings()) {
    if (!args.get("KEY").empty() && s.key != args.get("KEY")) continue;
    rows.push_back({s.key, s.value.empty() ? "(empty)" : s.value});
    if (args.has("explain")) rows.back().push_back(s.origin);
    list.push_back(Value::Map{{"key", s.key}, {"value", s.value}, {"origin", s.origin}});
  }
  cli::print(args.json() ? json::pretty(list) + "\n" : cli::table(rows));
  return Exit::ok;
}

std::vector<cli::Candidate> key_values(const std::string&, const cli::Args&) {
  std::vector<cli::Candidate> out;
  for (const auto& k : workspace::config_keys()) out.push_back({std::string(k.name), std::string(k.help)});
  return out;
}

}  // namespace

cli::VerbSpec config_verb() {
  return {"", "each setting with its value and where it comes from",
                     {{"KEY", "one setting; without it all of them", false}},
                     {{"explain", "", "name the file and line, or the variable, of each value"}},
                     {{"tk config --explain", "every value in force with its origin"},
                      {"tk config workspace.context", "one value, for scripts"}},
                     help::k_config, run,
          "[{key: text, value: text, origin: text}]", key_values};
}

}  // namespace tk::tools::config_tool
