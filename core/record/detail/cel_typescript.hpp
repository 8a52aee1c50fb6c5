// One CEL expression as TypeScript over the functions of mirror_cel.hpp.
#pragma once

#include <string>
#include <vector>

#include "core/record/definition.hpp"

namespace tk::record::detail {

class CelTypescript {
 public:
  // `input` null: the expressions have none.
  CelTypescript(const Definition& definition, const std::map<std::string, json::Type>* input);
  // An arrow function (s: Scope) => Cel.
  Result<std::string> arrow(const Expression& e);

 private:
  Result<std::string> put(const expr::Node& n);
  Result<std::string> put_call(const expr::Node& n);
  Result<std::string> put_macro(const expr::Node& n);
  Result<std::string> put_literal(const expr::Node& n);
  Result<std::string> put_select(const expr::Node& n);
  Result<std::string> convert(const expr::Node& n);
  Result<std::string> constant(const expr::Node& n);
  bool local(const std::string& name) const;
  tl::unexpected<Error> untranslatable(const expr::Node& n, const std::string& what, std::string hint = {});

  const Definition& def_;
  expr::Environment env_;
  const Expression* now_ = nullptr;   // the one that is being translated
  std::vector<std::string> locals_;  // variables of macros
};

std::string quoted(std::string_view text);  // a TypeScript string

}  // namespace tk::record::detail
