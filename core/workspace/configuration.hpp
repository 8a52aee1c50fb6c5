// Configuration that is inherited along the organisation: built in < MANIFEST's <defaults> < galaxy (after the galaxy
// that it inherits) < system < space < an entity's own attribute of that name. The leaf wins.
//
//   <config key="packages" value="git make" merge="append" lock="true"/>
//
// A value is a text; where merge says append or remove it is a list of words. A level may say each (key, merge) once,
// and what it says is carried out as replace, remove, append: so the order of siblings says nothing.
// lock="true": nothing below may say anything of that key.
// K.deny only grows on the way down, and what it names is taken out of K.allow, at the end; a word of it may end in *.
#pragma once

#include <functional>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/base/error.hpp"
#include "core/workspace/entities.hpp"

namespace tk::workspace {

enum class Merge { replace, append, remove };
std::string_view to_string(Merge merge);

// What levels did with one key's value: a function from the value above to the one below, in normal form. then()
// composes two of them, so merging is associative.
class Fold {
 public:
  Fold() = default;  // leaves the value as it is
  Fold(Merge merge, std::string value);
  Fold then(const Fold& below) const;
  std::string apply(std::string_view above) const;
  bool operator==(const Fold&) const = default;

 private:
  std::optional<std::string> base_;             // replaces what stood above
  std::vector<std::string> appended_;           // each once, in order
  std::set<std::string, std::less<>> removed_;  // taken out of what stood above
};

std::vector<std::string> words_in(std::string_view list);

struct ConfigEntry {
  std::string key, value;
  std::optional<Merge> merge;  // nothing: replace, but for K.deny append
  bool lock = false;
  Where at;  // without a file: built in
  bool operator==(const ConfigEntry& other) const { return key == other.key && value == other.value && merge == other.merge && lock == other.lock; }
};

struct ConfigLevel {
  std::string name;  // "built in", "manifest", "galaxy:acme", "user:acme/alice"
  std::vector<ConfigEntry> entries;
};

struct Effective {
  std::string value;
  bool locked = false;
  struct Link {
    std::string level;
    ConfigEntry entry;
    std::string gives;  // the value down to here
  };
  std::vector<Link> chain;  // outermost first; the last one decided
  std::vector<std::pair<std::string, Where>> denied;  // words of K.allow that a K.deny took out
};
using Configuration = std::map<std::string, Effective>;

// Outermost first. A level that says something of a key that is locked above it is ws_config_locked, naming both.
Result<Configuration> merge_levels(const std::vector<const ConfigLevel*>& levels);

const ConfigLevel& built_in_config();

// The element of a level, and what it says of configuration.
struct LevelFile {
  std::string path, content;
  std::map<std::string, std::string> attributes;
  std::map<std::string, Where> places;  // of the attributes' values
  Where at;
  ConfigLevel config;
  ConfigLevel own;  // its attributes, beside the common ones
};

// Reads the files of levels, each once.
class ConfigReader {
 public:
  using Read = std::function<Result<std::optional<std::string>>(const std::string& path)>;
  explicit ConfigReader(Read read) : read_(std::move(read)) {}

  Result<std::optional<std::string>> read(const std::string& path) const { return read_(path); }
  // galaxy.xml, system.xml or space.xml of a context; MANIFEST.xml for the empty one. Null where there is none.
  Result<const LevelFile*> level(const std::string& context);
  // What holds in a context; for the context alone, its own attributes lie over it.
  Result<Configuration> of(const std::string& context);
  // What holds for one entity there: its attributes lie over it, where they are called like a key that is set above.
  Result<Configuration> of_entity(const std::string& context, const ConfigLevel& own);

 private:
  Result<std::vector<const ConfigLevel*>> levels(const std::string& context);
  Read read_;
  std::map<std::string, std::optional<LevelFile>> files_;
};

// The attributes of one element of a file that configuration may say the same of; empty where the element is not there.
// `type` and `name` as in the reference of the entity.
Result<ConfigLevel> config_of_entity(std::string_view content, const std::string& path, std::string_view type, std::string_view name);

// The configuration of all files that declare (their blobs by their paths), before `changed` is committed into them:
// that of every level, and of the entities in the changed files.
Result<void> check_configuration(const std::map<std::string, std::string>& files, const ConfigReader::Read& read,
                                 const std::vector<git::Change>& changed);

// A <config> read; a key that is said twice is ws_entity_invalid.
Result<ConfigLevel> read_config(std::string_view content, const std::string& path);

}  // namespace tk::workspace
