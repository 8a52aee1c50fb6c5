#include "core/agent/template.hpp"

#include "core/agent/ports.hpp"
#include "core/base/clock.hpp"
#include "core/crypto/digest.hpp"
#include "core/os/file.hpp"

namespace tk::agent {

Result<Ports> read_ports(const toml::Node* table, const std::string& root) {
  Ports out;
  if (!table) return out;
  if (!table->is_table())
    return fail_at(Code::toml_type, table->where, "must be a table of names and types");
  for (const auto& [name, node] : table->table) {
    if (node.is_table()) TK_CHECK(node.only({"type", "default"}));
    const auto* word = node.is_table() ? node.find("type") : &node;
    if (!word || !word->value.as_text())
      return fail_at(Code::toml_type, node.where, "`" + name + "` needs a type",
                     name + " = \"text\"");
    auto type = json::parse_type(*word->value.as_text(), root);
    if (!type)
      return fail_at(type.error().code, word->where, type.error().message, type.error().hint);
    Port port{std::move(*type), std::nullopt};
    if (const auto* fallback = node.is_table() ? node.find("default") : nullptr) {
      port.fallback = fallback->to_value();
      if (auto good = json::check(port.type, *port.fallback, name); !good)
        return fail_at(Code::toml_type, fallback->where, good.error().message);
    }
    out.emplace(name, std::move(port));
  }
  return out;
}

Result<Template> parse_template(std::string_view text, const std::string& file,
                                const std::string& root, const std::string& folder) {
  TK_TRY(auto doc, toml::parse(text, file));
  TK_CHECK(doc.only({"name", "version", "objective", "backend", "command", "timeout", "export", "box",
                     "input", "output"}));
  Template t;
  t.folder = folder;
  t.hash = crypto::sha256_hex(text);
  TK_TRY(t.name, doc.required_text("name"));
  TK_TRY(t.version, doc.required_text("version"));
  TK_TRY(t.objective, doc.text("objective"));
  TK_TRY(t.backend, doc.required_text("backend"));
  TK_TRY(t.command, doc.texts("command"));
  TK_TRY(t.export_input, doc.text("export"));
  TK_TRY(t.box, doc.text("box"));
  TK_TRY(auto timeout, doc.text("timeout"));
  if (!timeout.empty()) {
    auto ns = clock::parse_duration(timeout);
    if (!ns) return fail_at(Code::toml_type, doc.find("timeout")->where, ns.error().message, ns.error().hint);
    t.timeout_ns = *ns;
  }
  TK_TRY(t.input, read_ports(doc.find("input"), root));
  TK_TRY(t.output, read_ports(doc.find("output"), root));
  if (t.backend != "exec" && t.backend != "plugin" && t.backend != "noop")
    return fail_at(Code::agent_template, doc.find("backend")->where,
                   "backend must be exec, plugin or noop, not " + t.backend,
                   "model backends arrive with the agents issue");
  if (t.backend != "noop" && t.command.empty())
    return fail_at(Code::agent_template, doc.where, "an agent of backend " + t.backend + " needs command = [\"…\"]");
  if (!t.export_input.empty() && !t.input.contains(t.export_input))
    return fail_at(Code::agent_template, doc.find("export")->where,
                   "`export` names no input: " + t.export_input);
  return t;
}

Result<Template> load_template(const std::string& root, const std::string& name) {
  auto folder = "templates/" + name;
  auto file = folder + "/template.toml";
  if (name.find('/') != name.npos || name.starts_with('.'))
    return fail(Code::agent_template, "not a template's name: " + name);
  auto text = os::read_file(root + "/" + file, 1u << 20);
  if (!text) {
    if (text.error().code != Code::os_not_found) return fail(text.error());
    return fail(Code::agent_template, "no template " + name, "write " + file);
  }
  return parse_template(*text, file, root, root + "/" + folder);
}

}  // namespace tk::agent
