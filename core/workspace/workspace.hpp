// A workspace: where it is, how it is configured, where its parts lie. Found by walking up from the
// current folder to the one that holds tk.toml; TK_WORKSPACE names another.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "core/base/error.hpp"

namespace tk::toml {
struct Node;
}

namespace tk::workspace {

struct Setting {
  std::string key, value, origin;  // origin: "tk.toml:3:1", "environment TK_…", "built in"
};

// Every configuration key that there is, with its built-in value and what it means.
struct Key {
  std::string_view name, fallback, help;
  enum class Kind { text, duration, number } kind = Kind::text;
  // Whose word it is. What binds a caller is not for the caller to say, who has the environment and his own files in his
  // hand: of a bound he can make less only (a limit), or nothing (the workspace's alone).
  enum class Whose { callers, bound, workspaces } whose = Whose::callers;
};
const std::vector<Key>& config_keys();

class Workspace {
 public:
  static Result<Workspace> find();                         // from TK_WORKSPACE or the current folder
  static Result<Workspace> open(const std::string& root);  // this very folder

  const std::string& root() const { return root_; }
  std::string path(const std::string& below) const { return root_ + "/" + below; }
  std::string state(const std::string& below) const { return root_ + "/.tk/" + below; }
  std::string journal_path() const { return state("journal.db"); }

  // The value in force and where it comes from; every key is known.
  Result<std::string> config(const std::string& key) const;
  const std::vector<Setting>& settings() const { return settings_; }
  // How long payloads of this type of event are kept ([retention] of tk.toml: the type, else its longest beginning with
  // *); 0 = for ever.
  std::int64_t retention(std::string_view event_type) const;
  std::string default_context() const { return config("workspace.context").value_or(""); }

  // Makes .tk with its folders (0700) where they are missing.
  Result<void> prepare_state() const;

 private:
  Result<void> load_config();
  Result<void> read_retention(const toml::Node& table);
  Result<void> check_value(const Key& key) const;
  Result<void> load_layer(const std::string& file, const std::string& shown, bool personal = false);
  Result<void> say(const std::string& key, std::string value, std::string origin);
  void tighten();
  void set(const std::string& key, std::string value, std::string origin);
  std::string root_;
  std::vector<Setting> settings_, wishes_;  // wishes: what a caller says of bounds
};

}  // namespace tk::workspace
