// How a command declares something: written as files, checked as a whole with everything else that HEAD declares,
// then journaled and committed in the name of the session's actor. Needs git and XML.
#pragma once

#include "core/git/repository.hpp"
#include "core/workspace/compile.hpp"
#include "core/workspace/declare.hpp"
#include "core/workspace/entities.hpp"
#include "tools/session/session.hpp"

namespace tk::tools {

// HEAD with the new contents laid over it must be a valid law: tk never commits a broken one. And it must give
// nobody what the session's actor does not hold; a refusal for that is journaled.
Result<void> check_whole(Session& session, workspace::LawCompiler& compiler, const std::vector<git::Change>& files);

// The new contents, their records' transitions and whatever else belongs into that commit. The seq of the first.
Result<std::int64_t> commit_entities(Session& session, const git::Repository& repo, std::vector<git::Change> files,
                                     std::vector<record::Change> changes, const std::string& message);

// The record of a declared entity, made (with its declaration's attributes) where there is none yet.
record::Change change_for(const Session& session, const law::Ref& ref, const std::string& id,
                          const std::string& path, Value::Map attributes);

// The file with an entity's attributes set; an empty value takes one away. Nothing else in it changes.
Result<std::string> with_attributes(const std::string& path, std::string content, const law::Ref& ref,
                                    const std::vector<std::pair<std::string, std::string>>& pairs);

// What the entity's record holds of it, as that file declares it.
Value::Map attributes_in(const std::string& path, const std::string& content, const law::Ref& ref);
// The event of an entity's record that leads to a state; empty means active, as a file without the attribute does.
std::string entity_event(const std::string& from, std::string to);

}  // namespace tk::tools
