// What changes secrets: all in one commit, with the manifest signed anew. Needs git.
#pragma once

#include <memory>

#include "core/git/repository.hpp"
#include "core/workspace/declare.hpp"
#include "tools/vault/vault.hpp"

namespace tk::tools::vault_tool {

// A workspace whose declarations nobody else changes meanwhile.
struct Desk {
  explicit Desk(git::Repository opened) : repository(std::move(opened)) {}
  git::Repository repository;
  std::optional<workspace::RefEffects> effects;  // refers to the repository
  std::unique_ptr<Session> session;
  std::string head;
  static Result<std::unique_ptr<Desk>> open(const std::string& as);
};

// A secret's new attributes in its file, and what its record is told: `rotate` for a new value or
// another use of it, `update` where it was only sealed anew.
struct Edit {
  git::Change file;
  record::Change change;
};
Result<Edit> edit(Desk& desk, const Secret& secret,
                  const std::map<std::string, std::string>& attributes, const char* event);

// Signs the manifest and commits it with the rest. The seq of the first row.
Result<std::int64_t> commit(Desk& desk, vault::Broker& broker, vault::Manifest manifest,
                            std::vector<Edit> edits, const std::string& message,
                            std::vector<git::Change> more = {});

// The recipients that MANIFEST.xml declares, and the file with others.
Result<std::set<std::string>> declared_recipients(const std::string& manifest_xml);
Result<std::string> with_recipients(const std::string& manifest_xml,
                                    const std::set<std::string>& recipients);
// They are those that somebody signed.
Result<void> check_recipients(Desk& desk, const vault::Manifest& manifest);

// All secrets (or these) sealed anew to the manifest's recipients.
Result<std::vector<Edit>> seal_anew(Desk& desk, vault::Broker& broker, vault::Manifest& manifest,
                                    const std::vector<Secret>& secrets);

// Of a commit's history the manifest of the highest generation that somebody of `known` signed: what was put back is not
// the newest. More than one where they were signed beside each other.
Result<std::vector<vault::Manifest>> newest_trusted(Desk& desk, const std::vector<std::string>& known, const std::string& head);

}  // namespace tk::tools::vault_tool
