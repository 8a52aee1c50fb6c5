#include "core/acl/refresh.hpp"
#include "tools/acl/verbs.hpp"

namespace tk::tools::acl_tool {
namespace {

Result<Exit> run(const cli::Args& args) {
  TK_TRY(auto token, read_secret(args, "TOKEN", "TK_REFRESH_TOKEN", "refresh token"));
  TK_TRY(auto s, Session::open_for_bearer());
  TK_TRY(auto done, acl::refresh(s->store, s->law.index(), s->realm, token, s->trace));
  if (args.json())
    cli::print(json::pretty(Value::Map{{"token", done.access.token}, {"jti", done.access.jti},
                                       {"expires_at", time_of(done.access.expires_ms)}, {"family", done.family},
                                       {"refresh_token", done.refresh_token},
                                       {"refresh_expires_at", time_of(done.expires_ms)}}) + "\n");
  else
    cli::print(done.access.token + "\n" + done.refresh_token + "\n");
  return Exit::ok;
}

}  // namespace

cli::VerbSpec refresh_verb() {
  return {"refresh", "a new token, and the next refresh token, for the one at hand",
          {{"TOKEN", "- or nothing: TK_REFRESH_TOKEN, else a line of standard input", false}}, {},
          {{"tk acl refresh < refresh.secret", "the token, and on the second line what renews it next"},
           {"TK_REFRESH_TOKEN=$next tk acl refresh --json", "the same for a script"}},
          help::k_refresh, run,
          "{token: text, jti: text, expires_at: text, family: text, refresh_token: text, refresh_expires_at: text}"};
}

}  // namespace tk::tools::acl_tool
