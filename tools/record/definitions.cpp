#include "tools/record/definitions.hpp"

#include <algorithm>

#include "core/base/text.hpp"
#include "core/os/file.hpp"

namespace tk::tools::record_tool {

std::vector<std::string> own_types(const Session& s) {
  std::vector<std::string> out;
  auto files = os::list_directory(s.workspace.path("records"));
  if (!files) return out;
  for (const auto& name : *files)
    if (name.ends_with(".toml") && name.size() > 5) out.push_back(name.substr(0, name.size() - 5));
  std::sort(out.begin(), out.end());
  return out;
}

Result<Shared> definition_of(Session& s, const std::string& word) {
  if (word.ends_with(".toml")) {
    TK_TRY(auto bytes, os::read_file(word, 1u << 20));
    TK_TRY(auto def, record::parse_definition(bytes, word, s.workspace.root()));
    return std::make_shared<const record::Definition>(std::move(def));
  }
  bool type = word.find('/') == word.npos && word.find("..") == word.npos;
  auto found = type ? s.store.definitions().current(word) : Result<Shared>(fail(Code::record_unknown, ""));
  if (found || found.error().code != Code::record_unknown) return found;
  if (auto record = s.store.find(word)) return s.store.definition_of(*record);
  auto near = text::nearest(word, own_types(s));
  return fail(Code::record_unknown, "no record type, record or file " + text::printable(word),
              near.empty() ? "a type is declared in records/TYPE.toml" : "did you mean " + near + "?");
}

}  // namespace tk::tools::record_tool
