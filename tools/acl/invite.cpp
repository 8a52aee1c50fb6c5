#include "core/acl/invitation.hpp"
#include "core/base/clock.hpp"
#include "core/base/ids.hpp"
#include "core/base/text.hpp"
#include "tools/acl/verbs.hpp"
#include "tools/acl/welcome.hpp"
#include "tools/session/declare.hpp"

namespace tk::tools::acl_tool {
namespace {

Result<std::string> role_of(const Session& s, const std::string& word) {
  if (word.empty()) return fail(Code::cli_usage, "into which role?", "--role role:reviewer");
  TK_TRY(auto ref, law::parse_ref(word.find(':') == word.npos ? "role:" + word : word));
  TK_TRY(auto role, s.law.index().find(ref));
  if (role.type != "role") return fail(Code::cli_usage, role.str() + " is no role", "--role role:reviewer");
  return role.str();
}

Result<Exit> run(const cli::Args& args) {
  TK_TRY(auto ws, workspace::Workspace::find());
  TK_TRY(auto repository, git::Repository::open(ws.root()));
  TK_TRY(auto s, Session::open(args.get("as")));
  TK_TRY(auto role, role_of(*s, args.get("role")));
  auto into = args.get("in", s->workspace.default_context());
  if (!law::valid_context(into) || workspace::entity_path({"user", into, "somebody"}).empty())
    return fail(Code::cli_usage, "no user can stand in " + (into.empty() ? "the root" : text::printable(into)), "--in acme.web");
  // Refused now and not to the face of who was invited; asked again when it is accepted.
  auto somebody = newcomer(into, "somebody-" + ids::uuid7(), role, ids::uuid7());
  workspace::LawCompiler compiler(s->workspace, repository);
  TK_CHECK(check_whole(*s, compiler, somebody.files()));
  TK_TRY(auto out, acl::invite(s->store, s->realm, args.get("ADDRESS"), role, into, s->actor, s->trace));
  auto until = clock::rfc3339(out.expires_ns);
  if (args.json()) {
    Value::List withdrawn(out.withdrawn.begin(), out.withdrawn.end());
    cli::print(json::pretty(Value::Map{{"id", out.invitation.id}, {"code", out.code}, {"expires_at", until}, {"role", role},
                                       {"context", into}, {"withdrawn", std::move(withdrawn)}}) + "\n");
    return Exit::ok;
  }
  cli::print(out.code + "\n");
  cli::note("invitation " + out.invitation.id + " into " + role + (into.empty() ? "" : " in " + into) + ", until " + until +
            (out.withdrawn.empty() ? "" : "; the one before is withdrawn"));
  cli::note("the code is shown this once; with it: tk acl accept --address ADDRESS --name NAME");
  return Exit::ok;
}

}  // namespace

cli::VerbSpec invite_verb() {
  return {"invite", "let somebody become a user, with one role, within 72 hours",
          {{"ADDRESS", "whom: only who has this address can accept; it is kept nowhere in clear"}},
          {{"role", "ROLE", "the role that they get: role:reviewer"},
           {"in", "CONTEXT", "where they will stand and the role will hold (default: workspace.context)"},
           kAsOption},
          {{"tk acl invite ada@example.org --role role:reviewer --in acme.web", "prints the code, once"},
           {"tk acl invite ada@example.org --role reviewer --json", "a second one withdraws the first"}},
          help::k_invite, run,
          "{id: text, code: text, expires_at: text, role: text, context: text, withdrawn: [text]}", values};
}

}  // namespace tk::tools::acl_tool
