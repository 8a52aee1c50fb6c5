// The compiled law of one commit: flat little-endian tables, read in place from a mapping, every
// offset checked. Layout: detail/layout.hpp. engine.hpp decides by it, explain.hpp says why.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/error.hpp"
#include "core/law/model.hpp"
#include "core/law/ref.hpp"

namespace tk::law {

struct EntityView {
  std::string_view type, context, name, id, state, file;
  int line = 0;
  std::uint32_t number = 0;  // row in the index
  std::string str() const;
  bool active() const { return state == "active"; }
};

// A rule as it stands in the index; `role` is the one that has it.
struct RuleView {
  std::string_view id, file, resource, role, when;
  int line = 0;
  bool permit = false;
  std::vector<std::string_view> actions;
  struct Obligation {
    std::string_view kind, of;
    int n = 1;
  };
  std::vector<Obligation> obligations;
  std::vector<std::string_view> sets;  // arguments that it changes
};

class Index {
 public:
  static Result<Index> open(std::string_view bytes);  // keeps a view: the bytes must stay

  std::string_view commit() const;
  std::string_view policy_hash() const;

  // `type:context/name`, or the short form where it is unique.
  Result<EntityView> find(const Ref& ref) const;
  std::optional<EntityView> lookup(const Ref& ref) const;  // the same without saying why not
  std::vector<EntityView> entities(std::string_view type) const;  // empty type = all
  void each(std::string_view type, const std::function<void(const EntityView&)>& visit) const;     // the same, one by one
  std::optional<std::string_view> attribute(const EntityView& entity, std::string_view key) const;
  std::vector<std::pair<std::string_view, std::string_view>> attributes(const EntityView& e) const;

  bool known_action(std::string_view action) const;
  Result<void> check_action(std::string_view action) const;  // unknown: names the nearest
  std::vector<std::string_view> actions() const;

  Combining combining() const;
  std::vector<std::string_view> grant_contexts() const;
  std::size_t rule_count() const;
  RuleView rule(std::uint32_t number) const;  // empty when there is no such rule
  std::uint32_t role_of(std::uint32_t rule) const;  // the number of the role that has it
  std::string_view bytes() const { return bytes_; }

  struct File {
    std::string_view path;
    std::int64_t size = 0, mtime_ns = 0;
  };
  std::vector<File> files() const;

 private:
  std::vector<EntityView> named(const Ref& ref) const;
  std::string_view bytes_;
};

}  // namespace tk::law
