// Compiles the expressions of one definition and says of a wrong one where it stands in the file.
#pragma once

#include <optional>

#include "core/record/definition.hpp"
#include "core/record/scope.hpp"
#include "core/toml/toml.hpp"

namespace tk::record::detail {

class Expressions {
 public:
  // `source`: the definition's text; `input` null: expressions here have none.
  Expressions(std::string_view source, const Types& fields, const Types* input)
      : source_(source), fields_(fields), input_(input) {}

  Result<Expression> condition(const toml::Node& node);
  Result<Expression> value(const toml::Node& node, const json::Type& field);

 private:
  Result<Expression> compile(const toml::Node& node);
  std::string_view source_;
  const Types& fields_;
  const Types* input_;
  std::optional<expr::Environment> env_;  // made for the first expression: most definitions have none
};

// Where byte `offset` of a TOML text that begins (with its quotes) at `begin` stands in the source.
Where locate(std::string_view source, const Where& begin, std::size_t offset);

}  // namespace tk::record::detail
