#include <unistd.h>

#include "core/cli/output.hpp"
#include "help/vault.hpp"
#include "tools/vault/vault.hpp"

namespace tk::tools::vault_tool {
namespace {

Result<Exit> run(const cli::Args& args) {
  if (args.get("reason").empty())
    return fail(Code::cli_usage, "why?", "--reason \"…\": it stands in the journal");
  TK_TRY(auto s, Session::open(args.get("as")));
  TK_TRY(auto secret, find_secret(*s, args.get("NAME")));
  if (s->actor.kind != "user" || s->actor.on_behalf_of_ref.starts_with("agent:") ||
      !s->actor.borrow_id.empty())
    return refused(*s, s->actor, "secret.read", secret,
                   {Code::vault_mode,
                    "agents use secrets, and read none",
                    {},
                    "tk vault run --use " + secret.ref.name + " -- COMMAND…",
                    nullptr});
  TK_TRY(auto manifest, trusted_manifest(*s));
  TK_CHECK(check(manifest, secret));
  TK_TRY(auto broker, start_broker(*s));
  TK_TRY(auto member, broker.keys(key_path(*s)));
  record::Change change;
  TK_TRY(change.id, record_of(*s, secret));
  change.event = "reveal";
  change.input = {{"why", args.get("reason")}, {"value_version", secret.declared.place.version}};
  change.actor = s->actor;
  change.trace = trace::child(s->trace);
  change.reason = args.get("reason");
  TK_TRY(auto done, s->store.apply(std::move(change)));
  TK_CHECK(broker.reveal(secret.sealed(), args.json(), STDOUT_FILENO));
  return Exit::ok;
}

}  // namespace

cli::VerbSpec reveal_verb() {
  return {"reveal",
          "print a secret: for people with the right to read it, and journaled",
          {{"NAME", "db-pw, or acme.web/db-pw"}},
          {{"reason", "TEXT", "why; it stands in the journal"}, kAsOption},
          {{"tk vault reveal db-pw --reason 'moving to the new host by hand'",
            "the only command that prints a secret"}},
          help::k_reveal,
          run,
          "{ref: text, version: int, value?: text, value_base64?: text}",
          vault_values};
}

}  // namespace tk::tools::vault_tool
