#include "core/cli/output.hpp"
#include "core/json/json.hpp"
#include "core/os/file.hpp"
#include "core/os/machine.hpp"
#include "help/vault.hpp"
#include "tools/vault/vault.hpp"

namespace tk::tools::vault_tool {
namespace {

// What a broker has here, found by starting one.
Result<std::vector<box::Layer>> layers_of(Session& s, const std::vector<std::string>& missing) {
  TK_TRY(auto broker, start_broker(s, missing));
  auto path = key_path(s);
  auto keys = broker.keys(path);
  if (!keys && keys.error().code == Code::vault_no_key && !os::exists(path))
    TK_CHECK(broker.idle());
  if (!keys && os::exists(path)) return fail(keys.error());
  auto out = broker.layers();
  for (const char* name : {"seccomp", "no_new_privs", "dumpable", "core"})
    out.push_back({name, std::string_view(name) == "dumpable" ? "0"
                         : std::string_view(name) == "core"   ? "0 bytes"
                                                              : "on"});
  out.insert(out.begin(), {"account", os::is_root() ? "own" : "the caller's, in a user namespace"});
  out.push_back({"memory", broker.memory()});
  out.push_back({"key", keys ? "there" : "missing"});
  return out;
}

Result<Exit> run(const cli::Args& args) {
  TK_TRY(auto s, Session::open());
  auto layers = layers_of(*s, args.all("allow-missing"));
  Value::Map out;
  std::string text;
  bool isolated = layers.has_value();
  if (layers)
    for (const auto& layer : *layers) {
      out.emplace(layer.name, layer.state);
      text += layer.name + std::string(layer.name.size() < 14 ? 14 - layer.name.size() : 1, ' ') +
              layer.state + "\n";
      // A key that is not there is no layer.
      if (layer.name != "key" && layer.state == "missing") isolated = false;
      if (layer.name == "memory" && layer.state == "plain") isolated = false;
    }
  if (args.json())
    cli::print(json::pretty(Value::Map{{"isolated", isolated},
                                       {"layers", std::move(out)},
                                       {"why", layers ? Value() : Value(layers.error().message)}}) +
               "\n");
  else if (layers)
    cli::print(text);
  if (!layers && !args.json()) return fail(layers.error());
  if (args.has("require-isolation") && !isolated)
    return fail(Code::vault_broker, "the broker is not isolated as it should be here",
                layers ? "a layer is missing, or its memory is plain" : layers.error().message);
  return layers ? Exit::ok : Exit::no;
}

}  // namespace

cli::VerbSpec doctor_verb() {
  return {"doctor",
          "what keeps secrets apart on this machine",
          {},
          {{"require-isolation", "", "exit 1 unless every layer holds"},
           {"allow-missing", "LAYER", "try without this layer (needs box.weaken)", {}, true}},
          {{"tk vault doctor", "a broker is started, and says what it has"},
           {"tk vault doctor --json --require-isolation", "for CI: fails closed"}},
          help::k_doctor,
          run,
          "{isolated: bool, layers: {*: text}, why: text|null}",
          vault_values};
}

}  // namespace tk::tools::vault_tool
