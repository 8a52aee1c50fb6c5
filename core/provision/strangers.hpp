// What stands on a computer and is none of ours: tk changes nothing of it, and gives nobody what belongs to it.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <unordered_set>

#include "core/provision/plan.hpp"

namespace tk::provision {

class Strangers {
 public:
  using Names = std::unordered_set<std::string_view>;
  // `declared`: the names of accounts and groups. All of it outlives this.
  Strangers(const Observed& observed, const Ids& ids, const Names& declared, const PlanOptions& options)
      : observed_(observed), ids_(ids), declared_(declared), options_(options) {}

  // Whether a row of that name and id is what the id's entity had there.
  bool ours(std::string_view name, std::uint32_t id) const;
  // A group of theirs that has this name for a member; empty: none.
  std::string group_with(const std::string& name);
  // Which of them, but for `but`, lives at this path or above it; empty: nobody.
  std::string home_around(std::string_view path, std::string_view but);
  // Whether /etc/shells lists it, which some programs ask; yes where there is no such file, and for one that lets nobody in.
  bool lists_shell(std::string_view shell);

 private:
  const Observed& observed_;
  const Ids& ids_;
  const Names& declared_;
  const PlanOptions& options_;
  using Found = std::unordered_map<std::string_view, std::string_view>;
  std::optional<Found> members_, homes_;
  std::optional<std::string> shells_;
};

}  // namespace tk::provision
