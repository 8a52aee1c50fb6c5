A token speaks for an actor and ends by itself. What is random is masked.

  $ tk init w >/dev/null && cd w && mkdir -p templates/a
  $ printf 'name = "a"\nversion = "1"\nobjective = "x"\nbackend = "exec"\ncommand = ["./run"]\n' > templates/a/template.toml
  $ me=user:$(id -un); tk repo new agent a template=a sponsor=$me >/dev/null
  $ get() { python3 -c 'import json,sys; print(json.load(sys.stdin)[sys.argv[1]])' "$1"; }
  $ masked() { sed -E -e 's/[0-9a-f]{8}-[0-9a-f-]{27}/ID/g' -e 's/20[0-9]{2}-[0-9:.TZ-]+/TIME/g' -e 's/"eyJ[^"]+"/"JWT"/' -e 's/"tkr_[^"]+"/"REFRESH"/' -e "s|$me|user:w/ME|; s|user:w/$(id -un)|user:w/ME|"; }
  $ tk acl keys list
  no keys yet; the first token makes them
  $ tk acl token --for agent:a --json | tee one | masked
  {
    "actor": "agent:w/a",
    "audience": "tk",
    "expires_at": "TIME",
    "jti": "ID",
    "token": "JWT"
  }
  $ tk acl token --for agent:a 2>&1 >/dev/null | masked
  tk: for agent:w/a, until TIME
  $ get token < one | tk acl verify | masked
  valid: agent:w/a, until TIME
  $ get token < one | tk acl verify --json | masked
  {
    "actor": "agent:w/a",
    "expires_at": "TIME",
    "jti": "ID",
    "permissions": [
      {
        "actions": [
          "step.run"
        ],
        "in": [
          "w"
        ],
        "resources": [
          "step:**"
        ],
        "when": null
      }
    ],
    "read_only": false,
    "reason": "",
    "valid": true
  }
  $ get token < one | tk acl verify --aud https://api.example.org; echo $?
  invalid: it is not meant for https://api.example.org but for tk
  1
  $ TK_TOKEN=$(get token < one) tk status --json | get actor
  agent:w/a

Limited, and on somebody's behalf.

  $ tk acl token --for agent:a --on-behalf-of $me --action cast.answer --resource 'cast:w/**' --ttl 90s --json > two; get token < two | tk acl verify --json | masked
  {
    "actor": "agent:w/a",
    "chain": [
      "agent:w/a",
      "user:w/ME"
    ],
    "expires_at": "TIME",
    "jti": "ID",
    "permissions": [
      {
        "actions": [
          "cast.answer"
        ],
        "in": [],
        "resources": [
          "cast:w/**"
        ],
        "when": null
      }
    ],
    "read_only": false,
    "reason": "",
    "valid": true
  }
  $ TK_TOKEN=$(get token < two) tk repo new user x 2>&1 | masked
  tk: [TK-LAW-0005] user:w/ME may not entity.new on user:w/x: its token is limited to other actions or resources
    mend: see: tk law explain user:w/ME entity.new user:w/x
  $ TK_TOKEN=$(get token < two) tk acl token --for agent:a 2>&1 | masked
  tk: [TK-ACL-0013] a token that is limited makes no other
    mend: ask with your own rights

What a token cannot be.

  $ tk acl token; tk acl token --for agent:b; tk acl token --for agent:a --ttl 25h; tk acl token --for agent:a --action cast.answer
  tk: [TK-CLI-0001] whose token is it to be?
    mend: --for ACTOR, like --for agent:analyst
  tk: [TK-WS-0003] no entity agent:b at commit * (glob)
    mend: did you mean agent:a?
  tk: [TK-ACL-0013] a token lives for 24 hours at most, not 25h
    mend: --refresh gives one that is renewed again and again
  tk: [TK-CLI-0001] --action and --resource go together
    mend: --action '*' or --resource '**' leaves one open
  [2]
  $ tk acl token --for agent:a --on-behalf-of agent:a; tk acl token --for role:w/owner; tk acl token --for agent:a --refresh --borrow x
  tk: [TK-CLI-0001] nobody acts on their own behalf
    mend: leave --on-behalf-of out
  tk: [TK-ACL-0001] role:w/owner is no actor
    mend: actors are users and agents
  tk: [TK-CLI-0001] --borrow says all of it
    mend: leave out --on-behalf-of, --action, --resource and --refresh
  [2]
  $ tk repo new user eve >/dev/null; tk acl token --for agent:a --as user:eve 2>&1 | masked
  tk: [TK-LAW-0005] user:w/eve may not token.issue on token:w/ID: no grant gives user:w/eve a role
    mend: see: tk law explain user:w/eve token.issue token:w/ID

Invalid is an answer: 1, and why.

  $ for t in x a.b.c $(get token < one)A "$(get token < one | cut -d. -f1,2)."; do echo $t | tk acl verify; done
  invalid: it has not the three parts of a signed token
  invalid: its header is no canonical base64url
  invalid: its signature has not 64 bytes
  invalid: its signature has not 64 bytes
  [1]
  $ tk acl verify < /dev/null
  tk: [TK-CLI-0001] no token was given
    mend: standard input was empty
  [2]
  $ printf 'x\n%s\n' $(get token < one) | tk acl verify --batch | cut -c1-34
  {"actor":null,"expires_at":null,"p
  {"actor":"agent:w/a","expires_at":

Keys: the next one is published before it signs; a retired one verifies for a week.

  $ kids() { sed -E 's/[A-Za-z0-9_-]{43}/KID/g'; }
  $ tk acl jwks | kids
  {
    "keys": [
      {
        "alg": "EdDSA",
        "crv": "Ed25519",
        "kid": "KID",
        "kty": "OKP",
        "use": "sig",
        "x": "KID"
      },
      {
        "alg": "EdDSA",
        "crv": "Ed25519",
        "kid": "KID",
        "kty": "OKP",
        "use": "sig",
        "x": "KID"
      }
    ]
  }
  $ tk acl keys list | kids
  KID  current
  KID  next
  $ tk acl keys rotate | kids | masked
  KID  retired  verifies until TIME
  KID  current
  KID  next
  $ get token < one | tk acl verify | masked
  valid: agent:w/a, until TIME
  $ tk acl keys rotate --as user:eve 2>&1 | kids | masked; tk acl keys list --revoke
  tk: [TK-LAW-0005] user:w/eve may not token.issue on key:w/KID: no grant gives user:w/eve a role
    mend: see: tk law explain user:w/eve token.issue key:w/KID
  tk: [TK-CLI-0001] --revoke goes with rotate
    mend: tk acl keys rotate --revoke
  [2]
  $ tk acl keys rotate --revoke --reason stolen | kids | masked
  KID  retired  verifies until TIME
  KID  retired  verifies until TIME
  KID  retired  verifies until TIME
  KID  current
  KID  next
  $ get token < one | tk acl verify
  invalid: its key is unknown
  [1]

Revoked: by its id, by its actor.

  $ tk acl token --for agent:a --json > three; tk acl revoke $(get jti < three) --reason lost | masked; get token < three | tk acl verify; tk acl revoke $(get jti < three) | masked
  token ID is revoked  (row 35)
  invalid: it was revoked
  token ID had ended before
  $ tk acl token --for agent:a --json > four; tk acl revoke agent:a | masked; get token < four | tk acl verify
  every token and lease of agent:w/a is void  (row 38)
  invalid: the rights that agent:w/a was given by then were revoked
  [1]
  $ tk acl revoke agent:nobody; tk acl revoke 00000000-0000-7000-8000-000000000000
  tk: [TK-WS-0003] no entity agent:nobody at commit * (glob)
  tk: [TK-REC-0001] there is no token, family, invitation or lease 00000000-0000-7000-8000-000000000000
    mend: an actor is named with its type, like agent:analyst; tk record list token shows tokens
  [2]
  $ tk log --entity $(get jti < three) --json | python3 -c 'import json,sys; [print(r["event_type"], r["reason"]) for r in json.load(sys.stdin)]'
  token.issued 
  token.revoked lost
