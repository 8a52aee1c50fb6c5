#include "core/acl/keys.hpp"
#include "core/base/clock.hpp"
#include "tools/acl/verbs.hpp"

namespace tk::tools::acl_tool {
namespace {

Result<Exit> run(const cli::Args&) {
  TK_TRY(auto s, Session::open_to_read());
  TK_TRY(auto ring, acl::KeyRing::load(s->store));
  cli::print(json::pretty(ring.jwks(clock::now_ns() / 1'000'000)) + "\n");
  return Exit::ok;
}

}  // namespace

cli::VerbSpec jwks_verb() {
  return {"jwks", "the public keys by which others verify tokens, as a JSON Web Key Set", {}, {},
          {{"tk acl jwks > jwks.json", "for any JOSE library"}}, help::k_jwks, run,
          "{keys: [{kty: text, crv: text, alg: text, use: text, kid: text, x: text}]}"};
}

}  // namespace tk::tools::acl_tool
