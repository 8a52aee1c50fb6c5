// Who is asking.
#include <array>

#include "core/acl/gate.hpp"
#include "core/base/clock.hpp"
#include "core/base/ids.hpp"
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
      if (auto found = index.find(*ref)) actor.sponsor = found->id;
  return actor;
}

Result<record::Actor> from_token(record::Store& store, const law::Index& index,
                                 const std::string& token) {
  auto bad = [] {
    return fail(Code::acl_bad_token, "TK_TOKEN is unknown, dead or expired",
                "a token dies with the step that it was made for");
  };
  TK_TRY(auto found, store.by_name("token", crypto::sha256_hex(token)));
  if (!found || found->state != "live") return bad();
  auto expires = found->fields["expires"].integer();
  if (clock::now_ns() / 1'000'000 >= expires) return bad();
  TK_TRY(auto ref, law::parse_ref(found->fields["actor"].text()));
  return actor_of(index, ref);
}

Result<record::Actor> from_unix_user(const law::Index& index) {
  auto name = os::user_name();
  for (const auto& e : index.entities("user"))
    if (index.attribute(e, "unix") == name) return of_entity(index, e);
  return fail(Code::acl_no_actor, "no user entity has unix=\"" + name + "\" at HEAD",
              "an owner can add one: tk repo new user " + name + " unix=" + name);
}

// An agent's program cannot become the person whose Unix user it runs as by dropping its token. (One that gets away
// from its parents is caught by its own Unix user, when it has one: SECURITY.md.)
Result<void> not_an_agents_child() {
  for (auto pid : os::ancestors())
    if (os::has_environment(pid, "TK_TOKEN") || os::program_name(pid) == "tk-wot")
      return fail(Code::acl_child, "process " + std::to_string(pid) + ", from which this one descends, runs for an agent",
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

Result<record::Actor> identify(record::Store& store, Gate& gate, const std::string& as) {
  auto token = os::environment("TK_TOKEN");
  if (!token.empty()) {
    if (!as.empty())
      return fail(Code::acl_act_as, "--as is refused while TK_TOKEN is set",
                  "an agent speaks for itself");
    return from_token(store, gate.index(), token);
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

Issued issue(const record::Actor& agent, const record::Actor& by, const trace::Context& trace,
             const std::string& context, const std::string& parent, std::int64_t expires_ms) {
  std::array<std::uint8_t, 32> bytes{};
  ids::random_bytes(bytes);
  Issued out;
  out.token = ids::hex(bytes);
  auto& c = out.change;
  c.type = "token";
  c.id = ids::uuid7();
  c.context = context;
  c.name = crypto::sha256_hex(out.token);
  c.parent = parent;
  c.input = {{"actor", agent.ref}, {"expires", expires_ms}};
  c.actor = by;
  c.trace = trace;
  return out;
}

}  // namespace tk::acl
