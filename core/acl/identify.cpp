// Who is asking.
#include "core/acl/gate.hpp"
#include "core/acl/token.hpp"
#include "core/os/ancestry.hpp"
#include "core/os/terminal.hpp"

namespace tk::acl {
namespace {

Result<record::Actor> of_entity(const law::Index& index, const law::EntityView& e) {
  if (!e.active())
    return fail(Code::acl_inactive, e.str() + " is " + std::string(e.state));
  record::Actor actor;
  actor.kind = e.type;
  actor.id = e.id.empty() ? e.str() : std::string(e.id);
  actor.ref = e.str();
  if (auto sponsor = index.attribute(e, "sponsor"))
    if (auto ref = law::parse_ref(*sponsor))
      if (auto found = index.find(*ref)) actor.sponsor = found->id.empty() ? found->str() : std::string(found->id);
  return actor;
}

Result<record::Actor> from_token(record::Store& store, const law::Index& index, const Realm& realm,
                                 const std::string& token) {
  TK_TRY(auto found, Verifier(store, index, realm).verify(token));
  if (!found->valid)
    return fail(Code::acl_bad_token, "TK_TOKEN does not count: " + found->reason,
                "a step's token dies with the step; others are made by tk acl token");
  if (found->actor.kind != "agent" && os::is_marked())
    return fail(Code::acl_child, "this process was started for an agent, and speaks for no person",
                "an agent's program keeps its own TK_TOKEN");
  return found->actor;
}

Result<record::Actor> from_unix_user(const law::Index& index) {
  auto name = os::user_name();
  std::optional<law::EntityView> mine;
  for (const auto& e : index.entities("user")) {
    if (index.attribute(e, "unix") != name) continue;
    if (mine)
      return fail(Code::acl_no_actor, "two user entities have unix=\"" + name + "\" at HEAD: " + mine->str() + " and " + e.str(),
                  "one person is one entity: take it from the other");
    mine = e;
  }
  if (mine) return of_entity(index, *mine);
  return fail(Code::acl_no_actor, "no user entity has unix=\"" + name + "\" at HEAD",
              "an owner can add one: tk repo new user " + name + " unix=" + name);
}

// An agent's program cannot become the person whose Unix user it runs as by dropping its token, nor by leaving its
// parents, session and environment behind: what tk starts for an agent is marked. (What it has others start for it is
// caught by its own Unix user, when it has one: SECURITY.md.)
Result<void> not_an_agents_child() {
  for (auto pid : os::ancestors())
    if (os::has_environment(pid, "TK_TOKEN") || os::program_name(pid) == "tk-wot")
      return fail(Code::acl_child, "process " + std::to_string(pid) + ", from which this one descends, runs for an agent",
                  "an agent's program keeps its TK_TOKEN");
  if (os::is_marked())
    return fail(Code::acl_child, "this process descends from a program that tk started for an agent",
                "an agent's program keeps its TK_TOKEN");
  return {};
}

}  // namespace

Result<record::Actor> actor_of(const law::Index& index, const law::Ref& ref) {
  TK_TRY(auto entity, index.find(ref));
  if (ref.type != "user" && ref.type != "agent")
    return fail(Code::acl_no_actor, ref.str() + " is no actor", "actors are users and agents");
  return of_entity(index, entity);
}

Result<record::Actor> declared_actor(const law::Index& index, const std::string& text) {
  TK_TRY(auto ref, law::parse_ref(text));
  TK_TRY(auto entity, index.find(ref));
  if (entity.type != "user" && entity.type != "agent")
    return fail(Code::acl_no_actor, entity.str() + " is no actor", "actors are users and agents");
  record::Actor out;
  out.ref = entity.str();
  out.id = entity.id.empty() ? out.ref : std::string(entity.id);
  return out;
}

Result<record::Actor> identify(record::Store& store, Gate& gate, const Realm& realm, const std::string& as) {
  auto token = os::environment("TK_TOKEN");
  if (!token.empty()) {
    if (!as.empty())
      return fail(Code::acl_act_as, "--as is refused while TK_TOKEN is set",
                  "an agent speaks for itself");
    return from_token(store, gate.index(), realm, token);
  }
  TK_CHECK(not_an_agents_child());
  TK_TRY(auto caller, from_unix_user(gate.index()));
  if (as.empty()) return caller;
  TK_TRY(auto ref, law::parse_ref(as));
  TK_TRY(auto other, actor_of(gate.index(), ref));
  if (other.ref == caller.ref) return caller;
  TK_TRY(auto full, law::parse_ref(other.ref));
  TK_TRY(auto ruling, gate.rule({caller, "actor.act-as", full}));
  if (!ruling.allow) TK_CHECK(store.refused(caller, "actor.act-as", full, other.id, ruling));
  if (!ruling.allow)
    return fail(Code::acl_act_as, caller.ref + " may not act as " + other.ref + ": " + ruling.reason,
                "see: tk law explain " + caller.ref + " actor.act-as " + other.ref);
  caller.on_behalf_of = other.id;
  caller.on_behalf_of_ref = other.ref;
  return caller;
}

}  // namespace tk::acl
