#include "core/base/clock.hpp"
#include "core/base/text.hpp"
#include "core/acl/lease.hpp"
#include "core/acl/refresh.hpp"
#include "tools/acl/verbs.hpp"

namespace tk::tools::acl_tool {
namespace {

Result<record::Actor> actor_named(const Session& s, const std::string& text) {
  TK_TRY(auto ref, law::parse_ref(text));
  return acl::actor_of(s.law.index(), ref);
}

Result<std::int64_t> seconds_of(const cli::Args& args) {
  if (!args.has("ttl")) return acl::kAccessLife;
  TK_TRY(auto ns, clock::parse_duration(args.get("ttl")));
  auto seconds = ns / 1'000'000'000;
  if (seconds < 1) return fail(Code::acl_token_for, "a token lives for a second at least", "--ttl 5m");
  if (seconds > acl::kMostByHand)
    return fail(Code::acl_token_for, "a token lives for 24 hours at most, not " + args.get("ttl"),
                "--refresh gives one that is renewed again and again");
  return seconds;
}

Result<std::vector<acl::jwt::Detail>> limits_of(const Session& s, const cli::Args& args) {
  acl::jwt::Detail d{args.all("action"), args.all("resource"), "", ""};
  if (d.actions.empty() && d.locations.empty()) return std::vector<acl::jwt::Detail>{};
  if (d.actions.empty() || d.locations.empty())
    return fail(Code::cli_usage, "--action and --resource go together", "--action '*' or --resource '**' leaves one open");
  for (const auto& action : d.actions)
    if (action.find('*') == action.npos) TK_CHECK(s.law.index().check_action(action));
  for (const auto& place : d.locations) TK_CHECK(law::check_pattern(place));
  return std::vector<acl::jwt::Detail>{std::move(d)};
}

Result<acl::Wanted> wanted_of(Session& s, const cli::Args& args) {
  if (!args.has("for")) return fail(Code::cli_usage, "whose token is it to be?", "--for ACTOR, like --for agent:analyst");
  if (!s.actor.limits.empty() || !s.actor.borrow_id.empty())
    return fail(Code::acl_token_for, "a token that is limited makes no other", "ask with your own rights");
  acl::Wanted out;
  TK_TRY(auto actor, actor_named(s, args.get("for")));
  TK_TRY(out.subject, acl::party_of(s.store, actor));
  out.audience = args.get("aud", s.realm.audience);
  if (out.audience.empty() || out.audience.size() > 255) return fail(Code::cli_usage, "--aud takes 1 to 255 bytes");
  TK_TRY(auto seconds, seconds_of(args));
  out.expires_ms = (clock::now_ns() / 1'000'000'000 + seconds) * 1000;
  TK_TRY(out.details, limits_of(s, args));
  if (auto ref = law::parse_ref(actor.ref)) out.context = ref->context;
  if (args.has("borrow")) {
    if (args.has("on-behalf-of") || !out.details.empty() || args.has("refresh"))
      return fail(Code::cli_usage, "--borrow says all of it", "leave out --on-behalf-of, --action, --resource and --refresh");
    auto found = s.store.find(args.get("borrow"), "borrow");
    if (!found) return fail(Code::acl_token_for, "there is no lease " + text::printable(args.get("borrow")), "tk acl borrow list");
    TK_CHECK(acl::by_lease(s.store, s.law.index(), acl::lease_of(*found), out));
  }
  if (!args.has("on-behalf-of")) return out;
  TK_TRY(auto user, actor_named(s, args.get("on-behalf-of")));
  if (user.ref == actor.ref) return fail(Code::cli_usage, "nobody acts on their own behalf", "leave --on-behalf-of out");
  TK_TRY(auto whose, acl::party_of(s.store, user));
  // Who gives somebody's rights away must be able to use them.
  const auto& asks = s.actor.on_behalf_of_ref.empty() ? s.actor.ref : s.actor.on_behalf_of_ref;
  TK_TRY(auto full, law::parse_ref(user.ref));
  if (user.ref != asks) TK_CHECK(s.store.ask(s.actor, "actor.act-as", full));
  out.chain.push_back(std::exchange(out.subject, whose));
  return out;
}

Result<Exit> run(const cli::Args& args) {
  TK_TRY(auto s, Session::open(args.get("as")));
  TK_TRY(auto wanted, wanted_of(*s, args));
  std::vector<record::Change> batch;
  acl::Family family;
  if (args.has("refresh")) {
    TK_TRY(auto seconds, seconds_of(args));
    TK_TRY(family, acl::new_family(s->realm, wanted, seconds, s->actor, s->trace));
    wanted.family = family.id;
    batch.push_back(std::move(family.change));
  }
  TK_TRY(auto issued, acl::issue(s->store, s->law.index(), s->realm, wanted, s->actor, s->trace));
  batch.push_back(std::move(issued.change));
  TK_CHECK(s->store.apply(std::move(batch)));
  const auto& acts = wanted.chain.empty() ? wanted.subject : wanted.chain.front();
  if (args.json()) {
    Value::Map out{{"token", issued.token}, {"jti", issued.jti}, {"actor", acts.ref}, {"audience", wanted.audience},
                   {"expires_at", time_of(issued.expires_ms)}};
    if (!wanted.chain.empty()) out.emplace("on_behalf_of", wanted.subject.ref);
    if (!wanted.lease.empty()) out.emplace("lease", wanted.lease);
    if (args.has("refresh")) {
      out.emplace("family", family.id);
      out.emplace("refresh_token", family.refresh_token);
      out.emplace("refresh_expires_at", time_of(family.expires_ms));
    }
    cli::print(json::pretty(std::move(out)) + "\n");
    return Exit::ok;
  }
  cli::print(issued.token + "\n" + (args.has("refresh") ? family.refresh_token + "\n" : ""));
  cli::note("for " + acts.ref + (wanted.chain.empty() ? "" : " on behalf of " + wanted.subject.ref) + ", until " +
            time_of(issued.expires_ms) + (args.has("refresh") ? "; the second line renews it: tk acl refresh" : ""));
  return Exit::ok;
}

}  // namespace

cli::VerbSpec token_verb() {
  return {"token", "a signed token that speaks for an actor and ends by itself", {},
          {{"for", "ACTOR", "whom it speaks for: agent:analyst, user:ada"},
           {"on-behalf-of", "ACTOR", "whose rights it carries (needs actor.act-as on them, but for your own)"},
           {"aud", "TEXT", "whom it is meant for; others refuse it (default: acl.audience)"},
           {"ttl", "TIME", "how long it lives: 90s, 5m (the default), at most 24h"},
           {"action", "ACTION", "limits it to this action; with --resource", {}, true},
           {"resource", "PATTERN", "limits it to these resources: cast:acme.web/**", {}, true},
           {"borrow", "LEASE", "carries what this lease lends, and ends with it"},
           {"refresh", "", "with a refresh token, which renews it for as long as it is used every day"},
           kAsOption},
          {{"tk acl token --for agent:analyst", "for five minutes; TK_TOKEN=… makes a program that agent"},
           {"tk acl token --for agent:analyst --on-behalf-of user:ada --action cast.answer --resource 'cast:acme.web/**'",
            "ada's rights, of them only this one, used by the agent"},
           {"tk acl token --for user:ada --aud https://api.example.org --refresh --json", "for another service, renewable"}},
          help::k_token, run,
          "{token: text, jti: text, actor: text, on_behalf_of?: text, audience: text, expires_at: text, lease?: text, "
          "family?: text, refresh_token?: text, refresh_expires_at?: text}", values};
}

}  // namespace tk::tools::acl_tool
