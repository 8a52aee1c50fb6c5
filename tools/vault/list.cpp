#include "core/base/text.hpp"
#include "core/cli/output.hpp"
#include "core/json/json.hpp"
#include "help/vault.hpp"
#include "tools/vault/vault.hpp"

namespace tk::tools::vault_tool {
namespace {

Result<Exit> run(const cli::Args& args) {
  TK_TRY(auto s, Session::open_to_read());
  Value::List out;
  std::vector<std::vector<std::string>> rows;
  auto prefix = args.get("context");
  for (const auto& secret : secrets_of(s->law.index())) {
    if (!prefix.empty() && secret.ref.context != prefix &&
        !secret.ref.context.starts_with(prefix + "."))
      continue;
    auto mode = secret.get("mode"), set = secret.get("set-at"), tool = secret.get("tool");
    out.emplace_back(Value::Map{{"ref", secret.ref.str()},
                                {"version", secret.declared.place.version},
                                {"mode", mode},
                                {"state", secret.state},
                                {"set_at", set.empty() ? Value() : Value(set)},
                                {"tool", tool.empty() ? Value() : Value(tool)},
                                {"file", secret.file}});
    rows.push_back({secret.ref.str(), "version " + std::to_string(secret.declared.place.version),
                    mode + (tool.empty() ? "" : " to " + tool), set, secret.state});
  }
  cli::print(args.json() ? json::pretty(out) + "\n" : cli::table(rows));
  return Exit::ok;
}

}  // namespace

cli::VerbSpec list_verb() {
  return {"list",
          "the secrets, without their values",
          {},
          {{"context", "PATH", "those in and below it"}},
          {{"tk vault list", "each with its version, how it may be used, and when it was set"}},
          help::k_list,
          run,
          "[{ref: text, version: int, mode: text, state: text, set_at: text|null, tool: text|null, "
          "file: text}]",
          vault_values};
}

}  // namespace tk::tools::vault_tool
