// Which spaces are read. A workspace whose MANIFEST.xml says <defaults spaces="lazy"/> is read without the spaces that
// nobody takes part in: neither law nor the index nor a plan knows what stands in them, and none of their files or
// folders is opened. `tk repo sync` keeps the list of the others in .tk/active.
#pragma once

#include <functional>
#include <set>
#include <string>
#include <string_view>

#include "core/git/repository.hpp"

namespace tk::workspace {

class Materialised {
 public:
  static Result<Materialised> of(const git::Repository& repository, const std::string& commit);
  static Result<void> write(const std::string& root, const std::set<std::string>& active);

  bool lazy() const { return lazy_; }
  const std::set<std::string>& active() const { return active_; }  // acme.web.api
  // Whether a folder of the tree is left out: galaxies/acme/systems/web/spaces/api, and .../spaces of a system where nobody is in any.
  bool skips(std::string_view folder) const;
  git::Repository::Skip skip() const;
  bool unread(const std::string& context) const;  // whether it is a space that is left out
  // Changes when other spaces are read; empty where all are.
  std::string key() const;

 private:
  bool lazy_ = false;
  std::set<std::string> active_;
  std::set<std::string, std::less<>> folders_;  // of those
};

}  // namespace tk::workspace
