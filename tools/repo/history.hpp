// What commits did to entities: the elements of each commit's files beside those of its parent, paired by their stable
// id, so that a rename is a rename. Old commits are read leniently: what cannot be parsed declares nothing.
#pragma once

#include <functional>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "core/git/logged.hpp"
#include "core/law/index.hpp"
#include "core/xml/xml.hpp"

namespace tk::tools::repo_tool {

// An element as it stood in a commit. `values`: its attributes, and those of its children as member[user:alice].
struct Declaration {
  law::Ref ref;
  std::string id, path;
  std::map<std::string, std::string> values;
  Value::Map attributes;  // as its record holds them
  std::size_t begin = 0, end = 0;  // its bytes in the file
  bool alone = false;              // it is its file's root
  std::string state() const;
};
std::vector<Declaration> declarations_in(std::string_view content, const std::string& path);

// The offset behind an element's last byte.
std::size_t element_end(const xml::Document& doc, const xml::Element& element);

struct Difference {
  std::string name;
  std::optional<std::string> before, after;
};

// What one commit did to one entity; one of the two may be missing.
struct Touch {
  std::optional<Declaration> before, after;
  std::vector<Difference> differences;
  const Declaration& seen() const { return after ? *after : *before; }
  std::string kind() const;  // created, removed, renamed, changed
};

struct Step {
  git::Logged commit;
  std::string parent;  // the first one; empty for the first commit
  std::int64_t time_ns = 0;
  std::vector<Touch> touches;
  std::string actor() const;  // the trailer's, else the author
};

// What a commit did, as `read` sees both sides. Paths that declare nothing are left out.
Result<std::vector<Touch>> compare(const std::vector<std::string>& paths,
                                   const std::function<Result<std::optional<std::string>>(const std::string&)>& before,
                                   const std::function<Result<std::optional<std::string>>(const std::string&)>& after);

// Whom a history is about; empty = everybody.
class Followed {
 public:
  Followed() = default;
  Followed(law::Ref ref, std::string id, std::string path);  // a folder (with / at its end): any file in it
  bool everybody() const { return paths_.empty(); }
  bool concerns(const std::vector<std::string>& changed) const;
  bool is(const Touch& touch);  // remembers the names and places that it had

 private:
  std::set<std::string> refs_, paths_;
  std::string id_;
};

// Commits that changed what is followed, newest first, until `visit` says false.
Result<void> walk_history(const git::Repository& repository, Followed followed, const std::function<Result<bool>(const Step&)>& visit);

// Whom REF names: as HEAD declares it, else as its place would be.
Result<Followed> follow(const law::Index& index, const std::string& word);

// The one step of a commit.
Result<Step> step_of(const git::Repository& repository, const std::string& commit);

}  // namespace tk::tools::repo_tool
