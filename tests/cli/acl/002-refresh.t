A refresh token renews an access token; who presents an old one shows that two hold it.

  $ tk init w >/dev/null && cd w && me=user:$(id -un)
  $ get() { python3 -c 'import json,sys; print(json.load(sys.stdin)[sys.argv[1]])' "$1"; }
  $ masked() { sed -E -e 's/[0-9a-f]{8}-[0-9a-f-]{27}/ID/g' -e 's/20[0-9]{2}-[0-9:.TZ-]+/TIME/g' -e 's/eyJ[A-Za-z0-9._-]+/JWT/' -e 's/tkr_[A-Za-z0-9_-]+/REFRESH/' -e "s|user:w/$(id -un)|user:w/ME|"; }
  $ at() { TK_CLOCK=2027-03-01T00:$1Z "${@:2}"; }
  $ at 00:00 tk acl token --for $me --refresh --json > one; masked < one
  {
    "actor": "user:w/ME",
    "audience": "tk",
    "expires_at": "TIME",
    "family": "ID",
    "jti": "ID",
    "refresh_expires_at": "TIME",
    "refresh_token": "REFRESH",
    "token": "JWT"
  }
  $ get refresh_token < one | at 01:00 tk acl refresh | masked
  JWT
  REFRESH
  $ get refresh_token < one | at 01:09 tk acl refresh --json > two; masked < two
  {
    "expires_at": "TIME",
    "family": "ID",
    "jti": "ID",
    "refresh_expires_at": "TIME",
    "refresh_token": "REFRESH",
    "token": "JWT"
  }
  $ TK_REFRESH_TOKEN=$(get refresh_token < two) at 01:20 tk acl refresh --json > three; get token < three | at 01:20 tk acl verify | masked
  valid: user:w/ME, until TIME
  $ get refresh_token < one | at 01:30 tk acl refresh
  tk: [TK-ACL-0005] the refresh token cannot be used: it was used before, so two hold it: its family is ended, with every token that came of it
    mend: sign in anew: tk acl token --for ACTOR --refresh
  [3]
  $ get token < three | at 01:30 tk acl verify
  invalid: the family of its refresh token was ended
  [1]
  $ get refresh_token < three | at 01:30 tk acl refresh
  tk: [TK-ACL-0005] the refresh token cannot be used: its family was ended
    mend: sign in anew: tk acl token --for ACTOR --refresh
  [3]
  $ tk log --event token.revoked | sed -E 's/^.*token.revoked/token.revoked/' | masked
  token.revoked  refresh ID  live → dead  by user:w/ME  (reuse: a refresh token was presented after its successor was handed out)
  $ echo tkr_made-up | tk acl refresh; tk acl refresh < /dev/null; get token < one | tk acl refresh
  tk: [TK-ACL-0005] the refresh token cannot be used: it is none
    mend: sign in anew: tk acl token --for ACTOR --refresh
  tk: [TK-CLI-0001] no refresh token was given
    mend: standard input was empty
  tk: [TK-ACL-0005] the refresh token cannot be used: it is none
    mend: sign in anew: tk acl token --for ACTOR --refresh
  [3]
