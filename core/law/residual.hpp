// What is left of law when the actor, the action and the context are known and the resource is not: one
// condition over resource.*, and the same as the WHERE of an SQL query over a table of resources. For "show me all
// that I may see" without asking for each row.
//
// In SQL an attribute is a column of its name (type, context and name too); one that a resource does not have is
// NULL. SQL's three-valued logic is CEL's for errors: what cannot be told permits nothing, and where it stands in
// a forbid nothing is permitted either.
#pragma once

#include <string>

#include "core/law/engine.hpp"

namespace tk::law {

struct Residual {
  bool never = false, always = false;  // no resource, or every one of the type
  std::string condition;               // CEL over resource.*
};

// `type` = the type of the resources that are asked about.
Result<Residual> residual(Engine& engine, const EntityView& actor, std::uint32_t action, std::string_view type,
                          const Facts& facts);
// The condition as SQL (SQLite and PostgreSQL read it); what SQL cannot say is an error that names it.
Result<std::string> to_sql(const std::string& condition);

}  // namespace tk::law
