// Conditions of one index and what they read: compiled when first met, their inputs looked up by number.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "core/expr/program.hpp"
#include "core/law/engine.hpp"
#include "core/law/detail/tables.hpp"

namespace tk::law::detail {

struct Question {
  const EntityView* actor = nullptr;
  const EntityRow* actor_row = nullptr;
  std::uint32_t action = 0;
  const Target* resource = nullptr;
  const Facts* facts = nullptr;
  const Suppose* suppose = nullptr;
};

class FactReader {
 public:
  explicit FactReader(const Index& index) : index_(index) {}
  void ask(const Question& question);

  std::optional<bool> condition(std::uint32_t number);  // once for a question; empty: it failed, see failure()
  expr::Cell value(std::uint32_t number);
  const expr::Program* program(std::uint32_t number);   // null when it cannot be compiled
  expr::Cell run(const expr::Program& program);         // one that is no row of the index
  const std::string& failure() const { return failure_; }
  const expr::Environment& environment();

 private:
  // Where an input comes from.
  struct Fetch {
    enum From : std::uint8_t { actor, resource, context, action, time, call, nowhere } from = nowhere;
    enum What : std::uint8_t { attribute, type, context_path, name, ref, id, state, properties } what = attribute;
    std::uint32_t key = 0;  // of kKeys
    const expr::Input* input = nullptr;
  };
  struct Compiled {
    expr::Program program;
    std::vector<Fetch> fetches;
    std::string error;  // why it cannot be compiled
    bool usable = false;
    std::uint64_t asked = 0;      // the question that `answer` is of: rules share conditions
    std::optional<bool> answer;
  };
  Compiled& compiled(std::uint32_t number);
  std::vector<Fetch> fetches_of(const expr::Program& program) const;
  expr::Cell fetch(const Fetch& fetch);
  bool labelled(std::string_view label) const;
  expr::Cell of_entity(const Fetch& fetch);
  expr::Cell attribute(const EntityRow& row, std::uint32_t key);
  expr::Cell run(const expr::Program& program, const std::vector<Fetch>& fetches);

  const Index& index_;
  Question q_;
  std::uint64_t question_ = 0;  // counted
  std::vector<std::unique_ptr<Compiled>> conditions_;
  std::unique_ptr<expr::Environment> env_;
  expr::Scratch scratch_;
  std::vector<expr::Cell> slots_;
  std::string failure_, actor_ref_, resource_ref_;
  std::map<std::uint64_t, std::unique_ptr<Value>> parsed_;  // attributes that are JSON, by their place
};

}  // namespace tk::law::detail
