#pragma once

#include "core/git/repository.hpp"
#include "core/workspace/declare.hpp"
#include "core/workspace/entities.hpp"
#include "tools/session/session.hpp"

namespace tk::tools::repo_tool {

// name=value words; a word without = is an error.
Result<std::vector<std::pair<std::string, std::string>>> read_pairs(
    const std::vector<std::string>& words);

// Seals what is personal among the attributes of an entity, in place.
Result<void> seal_pairs(Session& session, const law::Ref& ref, const std::string& id,
                        std::vector<std::pair<std::string, std::string>>& pairs);
// Its attributes as HEAD has them; what is personal in clear for who may export it, else a shortened mark.
Result<std::vector<std::pair<std::string, std::string>>> shown_attributes(const law::Index& index, const law::EntityView& entity);

// Writes one file's new content as a declaration: checked as a whole with everything else that HEAD
// declares, then journaled and committed. Gives the seq.
Result<std::int64_t> commit_entity(Session& session, const git::Repository& repo,
                                   const std::string& path, const std::string& content,
                                   record::Change change, const std::string& message);

// The record of a declared entity, made (with its declaration's attributes) where there is none yet.
record::Change change_for(const Session& session, const law::Ref& ref, const std::string& id,
                          const std::string& path, Value::Map attributes);

}  // namespace tk::tools::repo_tool
