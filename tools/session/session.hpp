// What nearly every command needs: the workspace, its law, its journal behind the write path, and who
// is asking. Wires the ports of the record room.
#pragma once

#include <memory>

#include "core/acl/gate.hpp"
#include "core/acl/subject.hpp"
#include "core/acl/token.hpp"
#include "core/cli/spec.hpp"
#include "core/record/store.hpp"
#include "core/workspace/compiled_law.hpp"
#include "core/workspace/workspace.hpp"
#include "tools/session/seal.hpp"

namespace tk::tools {

struct Session {
  workspace::Workspace workspace;
  workspace::CompiledLaw law;
  acl::Realm realm;
  acl::Gate gate;
  record::Store store;
  CheckpointSeal seal;
  acl::Subjects subjects;
  record::Actor actor;
  trace::Context trace;

  // With an actor (TK_TOKEN, the Unix user, --as). `effects` carries out the outbox.
  static Result<std::unique_ptr<Session>> open(const std::string& as = {},
                                               record::Effects* effects = nullptr);
  // For who brings a secret that says in whose name they ask (a refresh token, an invitation): nobody is
  // identified, the verb sets `actor`.
  static Result<std::unique_ptr<Session>> open_for_bearer(record::Effects* effects = nullptr);
  // For reading: nobody is asked for, nothing is made; works on a read-only workspace.
  static Result<std::unique_ptr<Session>> open_to_read();

  // The entity's reference for an id that stands in the journal, else the id.
  std::string name_of(const std::string& entity_id) const;

 private:
  static Result<std::unique_ptr<Session>> begin(record::Effects* effects);
  Session(workspace::Workspace ws, workspace::CompiledLaw l, journal::Journal j,
          record::Effects* effects)
      : workspace(std::move(ws)), law(std::move(l)), realm(acl::realm_of(workspace)), gate(law.index()),
        store(std::move(j), workspace.root(), gate, effects), seal(workspace),
        subjects(workspace.state("keys/subjects"), store, law.index()), trace(trace::from_environment()) {
    store.set_seal(&seal);
    store.set_sealer(&subjects);
  }
  Result<void> configure();
};

inline const cli::Option kAsOption = {"as", "ACTOR", "act as this actor (needs the right actor.act-as)"};

}  // namespace tk::tools
