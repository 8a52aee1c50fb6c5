// The type checker: gradual, so what is dyn fits everywhere and is looked at when it is run.
#pragma once

#include "core/expr/detail/infer.hpp"
#include "core/expr/detail/names.hpp"

namespace tk::expr {

class Checker {
 public:
  Checker(const Environment::Detail& env, std::string_view text) : names_(env), text_(text) {}
  // The type of an expression, or its first error with the place.
  Result<Type> check(const Node& tree);

 private:
  using Ref = Infer::Ref;
  tl::unexpected<Error> bad(Code code, const Node& at, std::string message, std::string hint = {});

  Result<Ref> type_of(const Node& node);
  Result<Ref> name(const Node& node);
  Result<Ref> select(const Node& node);
  Result<Ref> call(const Node& node);
  Result<Ref> block(const Node& node);
  Result<Ref> overloaded(const Node& node, std::span<const Signature* const> overloads, std::span<const Ref> given,
                         std::string_view called);
  Result<Ref> variadic(const Node& node, std::span<const Ref> given);
  Result<Ref> input_call(const Node& node, const FunctionMeaning& function, std::span<const Ref> given);
  Result<Ref> list(const Node& node);
  Result<Ref> map(const Node& node);
  Result<Ref> macro(const Node& node);
  Result<Ref> optional_macro(const Node& node);
  Result<Ref> optional_part(const Node& node, Ref given);
  Result<Ref> boolean(const Node& node);
  // A declared type, each time with unknowns of its own.
  Ref fresh(const Type& type) {
    Infer::Parameters parameters;
    return types_.from(type, parameters);
  }
  void enter(const std::string& name, Ref type) { names_.enter(name, type); }

  Infer types_;
  Names names_;
  std::string_view text_;
};

}  // namespace tk::expr
