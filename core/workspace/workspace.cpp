#include "core/workspace/workspace.hpp"

#include <algorithm>
#include <cctype>
#include <cstdlib>

#include "core/base/clock.hpp"
#include "core/base/text.hpp"
#include "core/os/file.hpp"
#include "core/os/terminal.hpp"
#include "core/toml/toml.hpp"

namespace tk::workspace {
namespace {

constexpr std::string_view kRetention = "retention.";
constexpr std::int64_t kLeastKept = std::int64_t{183} * 86'400'000'000'000;

std::string environment_name(std::string_view key) {
  std::string out = "TK_";
  for (char c : key)
    out += c == '.' || c == '-' ? '_' : static_cast<char>(std::toupper(static_cast<unsigned char>(c)));
  return out;
}

std::string user_config() {
  auto base = os::environment("XDG_CONFIG_HOME");
  if (base.empty()) base = os::environment("HOME") + "/.config";
  return base + "/tk/config.toml";
}

}  // namespace

const std::vector<Key>& config_keys() {
  static const std::vector<Key> keys = {
      {"workspace.name", "", "the workspace's name, for people"},
      {"workspace.context", "", "context of runs and records where none is said"},
      {"plugin.path", "", "folders of further plugins, separated by :"},
      {"agent.box", "step", "box profile of an agent's step where its template says nothing; any but step needs box.run on it", Key::Kind::text},
      {"agent.timeout", "10m", "time that an agent's step may take where its template says nothing", Key::Kind::duration},
      {"agent.output", "67108864", "bytes that an agent may write to stdout", Key::Kind::number},
      {"agent.memory", "4294967296", "address space that an agent's program may use, in bytes; 0 = no limit", Key::Kind::number},
      {"vault.key", "", "file of the key that opens this workspace's secrets (age identities, 0600); empty = .tk/keys/vault.key"},
      {"acl.issuer", "", "iss of the tokens that are made here; empty = tk:<id of the workspace>", Key::Kind::text,
       Key::Whose::workspaces},
      {"acl.audience", "tk", "aud of the tokens that are made here where --aud says nothing", Key::Kind::text,
       Key::Whose::workspaces},
      {"borrow.max-ttl", "8h", "how long a lease may last; 8h at most", Key::Kind::duration, Key::Whose::bound},
      {"borrow.weekly", "24h", "how long all leases of one right from one lender to one borrower may last in 7 days",
       Key::Kind::duration, Key::Whose::bound},
      {"inbox.expires", "24h", "how long an ask waits for its approvals; then the answer is no", Key::Kind::duration, Key::Whose::bound},
      {"inbox.per-run", "20", "different asks that one run may have waiting", Key::Kind::number, Key::Whose::bound},
      {"journal.checkpoint", "1000", "rows after which the journal's tree is signed and anchored in git; 0 = never by itself", Key::Kind::number},
      {"log.limit", "0", "rows that `tk log` prints where --limit is not given; 0 = all", Key::Kind::number},
  };
  return keys;
}

Result<Workspace> Workspace::find() {
  auto named = os::environment("TK_WORKSPACE");
  if (!named.empty()) {
    if (!os::exists(named + "/tk.toml"))
      return fail(Code::ws_none, "TK_WORKSPACE names no workspace: " + named);
    return open(os::absolute(named));
  }
  TK_TRY(auto at, os::current_directory());
  for (;;) {
    if (os::exists(at + "/tk.toml")) return open(at);
    auto slash = at.rfind('/');
    if (at.empty() || at == "/" || slash == at.npos) break;
    at = slash == 0 ? "/" : at.substr(0, slash);
  }
  return fail(Code::ws_none, "not inside a workspace (no tk.toml here or above)",
              "make one: tk init");
}

Result<Workspace> Workspace::open(const std::string& root) {
  Workspace out;
  out.root_ = root;
  TK_CHECK(out.load_config());
  return out;
}

void Workspace::set(const std::string& key, std::string value, std::string origin) {
  for (auto& s : settings_)
    if (s.key == key) {
      s.value = std::move(value);
      s.origin = std::move(origin);
      return;
    }
}

namespace {

const Key* key_named(const std::string& name) {
  for (const auto& k : config_keys())
    if (k.name == name) return &k;
  return nullptr;
}

// Of a value that was checked: how much it lets through.
std::int64_t amount(const Key& key, const std::string& value) {
  return key.kind == Key::Kind::duration ? clock::parse_duration(value).value_or(0) : std::strtoll(value.c_str(), nullptr, 10);
}

}  // namespace

// A caller's word, from his own files or his environment.
Result<void> Workspace::say(const std::string& key, std::string value, std::string origin) {
  const auto* known = key_named(key);
  if (known && known->whose == Key::Whose::workspaces)
    return fail(Code::ws_config, key + " is the workspace's to say, not that of " + origin, "write it into tk.toml");
  if (known && known->whose == Key::Whose::bound) wishes_.push_back({key, std::move(value), std::move(origin)});
  else set(key, std::move(value), std::move(origin));
  return {};
}

void Workspace::tighten() {
  for (const auto& wish : wishes_)
    for (const auto& s : settings_)
      if (s.key == wish.key && amount(*key_named(s.key), wish.value) < amount(*key_named(s.key), s.value)) {
        set(wish.key, wish.value, wish.origin);
        break;
      }
}

Result<void> Workspace::load_layer(const std::string& file, const std::string& shown, bool personal) {
  auto bytes = os::read_file(file, 1u << 20);
  if (!bytes) {
    if (bytes.error().code == Code::os_not_found) return {};
    return fail(bytes.error());
  }
  TK_TRY(auto doc, toml::parse(*bytes, shown));
  std::vector<std::string> sections;
  for (const auto& k : config_keys()) sections.emplace_back(k.name.substr(0, k.name.find('.')));
  bool own = shown == "tk.toml";  // how long rows are kept is the workspace's word, not one user's
  if (own) sections.emplace_back("retention");
  TK_CHECK(doc.only(sections));
  for (const auto& [section, table] : doc.table) {
    if (own && section == "retention") {
      TK_CHECK(read_retention(table));
      continue;
    }
    std::vector<std::string> known;
    for (const auto& k : config_keys())
      if (k.name.starts_with(section + ".")) known.emplace_back(k.name.substr(section.size() + 1));
    TK_CHECK(table.only(known));
    for (const auto& [name, node] : table.table) {
      std::string value;
      if (const auto* t = node.value.as_text()) value = *t;
      else if (const auto* i = node.value.as_int()) value = std::to_string(*i);
      else return fail_at(Code::toml_type, node.where, "`" + name + "` must be a text or an integer");
      auto origin = shown + ":" + std::to_string(node.where.line) + ":" + std::to_string(node.where.column);
      if (personal) TK_CHECK(say(section + "." + name, value, origin));
      else set(section + "." + name, value, origin);
    }
  }
  return {};
}

Result<void> Workspace::read_retention(const toml::Node& table) {
  if (!table.is_table()) return fail_at(Code::ws_retention, table.where, "[retention] must be a table");
  for (const auto& [type, node] : table.table) {
    auto bad = [&](const std::string& why, const std::string& hint) { return fail_at(Code::ws_retention, node.where, why, hint); };
    auto star = type.find('*');
    if (type.empty() || (star != type.npos && star + 1 != type.size()))
      return bad("`" + text::printable(type) + "` is no type of event", "a type, or its beginning with * behind it: \"step.*\"");
    const auto* word = node.value.as_text();
    auto kept = clock::parse_duration(word ? *word : "");
    if (!kept)
      return bad("how long `" + text::printable(type) + "` is kept must be a duration",
                 node.is_table() ? "put the type in quotes: \"step.finished\" = \"400d\"" : "write it like \"400d\"");
    if (*kept < kLeastKept) return bad("`" + text::printable(type) + "` would be kept for less than 183 days", "183d is the least");
    settings_.push_back({std::string(kRetention) + type, *word,
                         "tk.toml:" + std::to_string(node.where.line) + ":" + std::to_string(node.where.column)});
  }
  return {};
}

std::int64_t Workspace::retention(std::string_view event_type) const {
  const Setting* best = nullptr;
  for (const auto& s : settings_) {
    if (!s.key.starts_with(kRetention)) continue;
    auto type = std::string_view(s.key).substr(kRetention.size());
    if (type == event_type) {
      best = &s;
      break;
    }
    bool fits = type.ends_with('*') && event_type.starts_with(type.substr(0, type.size() - 1));
    if (fits && (!best || s.key.size() > best->key.size())) best = &s;
  }
  return best ? clock::parse_duration(best->value).value_or(0) : 0;
}

// A limit that cannot be read must not become no limit.
Result<void> Workspace::check_value(const Key& key) const {
  auto all = settings_;
  all.insert(all.end(), wishes_.begin(), wishes_.end());
  for (const auto& s : all) {
    if (s.key != key.name) continue;
    bool digits = !s.value.empty() && s.value.size() < 19 && s.value.find_first_not_of("0123456789") == s.value.npos;
    bool good = key.kind == Key::Kind::text || (key.kind == Key::Kind::number && digits) ||
                (key.kind == Key::Kind::duration && clock::parse_duration(s.value));
    if (!good)
      return fail(Code::ws_config, s.key + " = \"" + text::printable(s.value) + "\" (" + s.origin + ") is not a " +
                                       (key.kind == Key::Kind::number ? "number" : "duration"),
                  key.kind == Key::Kind::number ? "write digits only" : "write it like 10m or 90s");
  }
  return {};
}

Result<void> Workspace::load_config() {
  for (const auto& k : config_keys())
    settings_.push_back({std::string(k.name), std::string(k.fallback), "built in"});
  TK_CHECK(load_layer("/etc/tk/config.toml", "/etc/tk/config.toml"));
  TK_CHECK(load_layer(user_config(), user_config(), true));
  TK_CHECK(load_layer(path("tk.toml"), "tk.toml"));
  for (auto& s : settings_) {
    if (s.key.starts_with(kRetention)) continue;
    auto name = environment_name(s.key);
    auto value = os::environment(name.c_str());
    if (!value.empty()) TK_CHECK(say(s.key, value, "environment " + name));
  }
  for (const auto& k : config_keys()) TK_CHECK(check_value(k));
  tighten();
  return {};
}

Result<std::string> Workspace::config(const std::string& key) const {
  std::vector<std::string> names;
  for (const auto& s : settings_) {
    if (s.key == key) return s.value;
    names.push_back(s.key);
  }
  auto near = text::nearest(key, names);
  return fail(Code::ws_config, "no configuration key " + key,
              near.empty() ? "`tk config` lists them" : "did you mean " + near + "?");
}

Result<void> Workspace::prepare_state() const {
  TK_CHECK(os::make_directories(root_ + "/.tk", 0700));
  TK_CHECK(os::make_directories(state("run"), 0700));
  return os::make_directories(state("cas"), 0700);
}

}  // namespace tk::workspace
