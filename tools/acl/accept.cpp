#include "core/acl/invitation.hpp"
#include "core/base/text.hpp"
#include "core/os/terminal.hpp"
#include "tools/acl/verbs.hpp"
#include "tools/acl/welcome.hpp"
#include "tools/session/declare.hpp"

namespace tk::tools::acl_tool {
namespace {

// The Unix user who accepts is the new user, unless they are somebody here already.
std::string free_unix_name(const law::Index& index) {
  auto name = os::user_name();
  for (const auto& e : index.entities("user"))
    if (index.attribute(e, "unix") == name) return "";
  return name;
}

Result<Exit> run(const cli::Args& args) {
  auto name = args.get("name");
  if (name.empty() || args.get("address").empty())
    return fail(Code::cli_usage, std::string("who accepts? --") + (name.empty() ? "name" : "address") + " is missing",
                "tk acl accept --address ada@example.org --name ada");
  if (!law::valid_name(name))
    return fail(Code::cli_usage, "not a name: " + text::printable(text::shorten(name, 80)), "letters, digits, _ - . ; at most 64");
  TK_TRY(auto code, read_secret(args, "CODE", "TK_INVITATION", "code"));
  TK_TRY(auto ws, workspace::Workspace::find());
  TK_TRY(auto repository, git::Repository::open(ws.root()));
  TK_TRY(auto effects, workspace::RefEffects::open(repository));
  TK_TRY(auto s, Session::open_for_bearer(&effects));
  TK_TRY(auto welcome, acl::open_invitation(s->store, s->law.index(), s->realm, code, args.get("address"), s->trace));
  s->actor = welcome.inviter;
  const auto& fields = welcome.invitation.fields;
  auto who = newcomer(fields.at("into").text(), name, fields.at("role").text(), welcome.invitation.id);
  who.unix_name = free_unix_name(s->law.index());
  if (s->law.index().lookup(who.user)) return fail(Code::ws_entity_exists, who.user.str() + " exists already", "take another --name");
  auto changes = who.changes(*s);
  for (auto& c : changes) c.reason = "invitation " + welcome.invitation.id;
  changes.push_back(acl::acceptance(welcome, who.user_id, s->trace));
  TK_TRY(auto seq, commit_entities(*s, repository, who.files(), std::move(changes), "acl: " + who.user.str() + " accepts an invitation"));
  if (args.json()) {
    cli::print(json::pretty(Value::Map{{"ref", who.user.str()}, {"id", who.user_id}, {"role", who.role}, {"grant", who.grant.str()},
                                       {"unix", who.unix_name.empty() ? Value() : Value(who.unix_name)},
                                       {"invitation", welcome.invitation.id}, {"seq", seq}}) + "\n");
    return Exit::ok;
  }
  cli::print(who.user.str() + " with " + who.role + "\n");
  cli::note(who.unix_name.empty() ? "your Unix name is another user's here: " + who.user.str() + " speaks by tokens"
                                  : "you are " + who.user.str() + " here from now on");
  return Exit::ok;
}

}  // namespace

cli::VerbSpec accept_verb() {
  return {"accept", "become a user by an invitation",
          {{"CODE", "- or nothing: TK_INVITATION, else a line of standard input", false}},
          {{"address", "ADDRESS", "the address that was invited"}, {"name", "NAME", "what you are to be called here"}},
          {{"tk acl accept --address ada@example.org --name ada < code.secret", "once, within 72 hours"}},
          help::k_accept, run,
          "{ref: text, id: text, role: text, grant: text, unix: text|null, invitation: text, seq: int}"};
}

}  // namespace tk::tools::acl_tool
