// What the verbs of `tk vault` share: the secrets that HEAD declares, the signed manifest, the key,
// the broker.
#pragma once

#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "core/agent/boxed.hpp"
#include "core/vault/broker.hpp"
#include "core/vault/manifest.hpp"
#include "tools/session/session.hpp"

namespace tk::tools::vault_tool {

struct Secret {
  law::Ref ref;
  std::string file, state;
  vault::Declared declared;
  std::string get(const std::string& attribute) const;
  vault::Sealed sealed() const { return {declared.place, get("value")}; }
};

// NAME, CONTEXT/NAME or secret:CONTEXT/NAME, as HEAD declares it. vault_unknown.
Result<law::Ref> ref_of(const Session& s, const std::string& name);
Result<Secret> find_secret(const Session& s, const std::string& name);
std::vector<Secret> secrets_of(const law::Index& index);

// The manifest of HEAD, with a signature of somebody whom this workspace takes for one who may
// sign. That, and whom secrets are sealed to, is what the newest manifest said that was seen here
// (the record of type `vault`); a newer one that one of those signed takes its place there
// (`may_write`). vault_unknown where there is no vault; vault_integrity.
Result<vault::Manifest> trusted_manifest(Session& s, bool may_write = true);
// That it names nobody whom the newest one seen here does not: who was removed does not come back
// by an older one.
Result<void> check_members(Session& s, const vault::Manifest& manifest);
record::Change vault_change(Session& s, const std::optional<record::Record>& record,
                            const vault::Manifest& manifest, const std::vector<std::string>& added,
                            const std::vector<std::string>& removed, std::int64_t sealed);
Result<vault::Laid> laid(const Session& s);
Result<vault::Manifest> read_manifest(const std::string& text);
Result<std::optional<record::Record>> vault_record(Session& s);
std::vector<std::string> signers_here(
    const std::optional<record::Record>& record);  // whom this workspace lets sign
// What the manifest says of it is what is declared.
Result<void> check(const vault::Manifest& manifest, const Secret& secret);

// The id of a secret's record, made where it was declared by hand.
Result<std::string> record_of(Session& s, const Secret& secret);
// Journals that a secret was not given, and why; gives that back.
tl::unexpected<Error> refused(Session& s, const record::Actor& actor, const std::string& action,
                              const Secret& secret, const Error& why);

std::string key_path(const Session& s);
// In a box without these layers (needs box.weaken on box:CONTEXT/vault).
Result<vault::Broker> start_broker(Session& s, const std::vector<std::string>& missing = {});
std::vector<vault::age::Recipient> recipients_of(const vault::Manifest& manifest);

std::vector<cli::Candidate> vault_values(const std::string& kind, const cli::Args& given);

}  // namespace tk::tools::vault_tool
