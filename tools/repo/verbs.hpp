#pragma once

#include "tools/session/declare.hpp"

namespace tk::tools::repo_tool {

// name=value words; a word without = is an error.
Result<std::vector<std::pair<std::string, std::string>>> read_pairs(
    const std::vector<std::string>& words);

// A problem of a file, for --json and for people.
Value problem_value(const Error& problem);
void print_problem(const Error& problem);

// Seals what is personal among the attributes of an entity, in place.
Result<void> seal_pairs(Session& session, const law::Ref& ref, const std::string& id,
                        std::vector<std::pair<std::string, std::string>>& pairs);
// Its attributes as HEAD has them; what is personal in clear for who may export it, else a shortened mark.
Result<std::vector<std::pair<std::string, std::string>>> shown_attributes(const law::Index& index, const law::EntityView& entity);

// The entity's record. One that was declared by hand gets its record now: tk owes it that.
Result<record::Record> record_of(Session& session, const law::Ref& ref, const std::string& id, const std::string& state,
                                 const std::string& path, const Value::Map& attributes);

}  // namespace tk::tools::repo_tool
