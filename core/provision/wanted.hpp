// What has to stand below a root folder, a line a thing, in the order in which a person would tell it. A plan is the
// difference between this and what stands there; drift is the same difference with what was applied last.
//
//   account NAME REF UUID UID STATE LOCK     what follows belongs to it; STATE active|locked, LOCK -|delete|all
//   group NAME REF UUID GID
//   other REF
//   row DATABASE NAME ROW                    with "=", "!=" and "?=" as in a plan; "~" as a password: of one that was there before tk
//   home PATH UID SHA256 KEYS                of .ssh/authorized_keys, in base64; "-" twice for none
//   file PATH SHA256 CONTENT MODE UID GID
//   dir PATH SPEC
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "core/provision/desired.hpp"

namespace tk::provision {

class Wanted {
 public:
  enum class Kind { account, group, other, row, home, file, dir };
  struct Item {
    Kind kind;
    std::string_view fields;  // with tabs between them
    std::string_view operator[](std::size_t i) const;
  };

  static Wanted of(const Desired& desired, const Ids& ids);
  // `begin`: where in the text it begins.
  static Result<Wanted> read(std::string text, const std::string& name, std::size_t begin = 0);

  // In the text of what was wanted, an account as it is declared now, where only its own row of passwd tells the two apart.
  // False: more may hang on what differs, and all is to be made anew.
  static bool follow(std::string& text, const workspace::Entity& before, const workspace::Entity& after);

  const std::vector<Item>& items() const { return items_; }
  std::string_view text() const { return std::string_view(*text_).substr(begin_); }

 private:
  std::shared_ptr<const std::string> text_ = std::make_shared<const std::string>();  // its bytes stay where they are
  std::size_t begin_ = 0;
  std::vector<Item> items_;
};

}  // namespace tk::provision
