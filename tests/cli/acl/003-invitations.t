An invitation makes somebody a user, once, within 72 hours, at the address that it is for.

  $ tk init w >/dev/null && cd w
  $ masked() { sed -E -e 's/[0-9a-f]{8}-[0-9a-f-]{27}/ID/g' -e 's/20[0-9]{2}-[0-9:.TZ-]+/TIME/g' -e 's/tki_[A-Za-z0-9_-]+/CODE/'; }
  $ on() { TK_CLOCK=2027-03-$1Z "${@:2}"; }
  $ on 01T00:00:00 tk acl invite ada@example.org --role role:reader >code 2>note; masked < note; masked < code
  tk: invitation ID into role:w/reader in w, until TIME
  tk: the code is shown this once; with it: tk acl accept --address ADDRESS --name NAME
  CODE
  $ on 01T00:00:00 tk acl invite bob@example.org --role reader > code2 2>/dev/null
  $ on 01T01:00:00 tk acl accept --address bob@example.org --name ada < code
  tk: [TK-ACL-0006] the invitation cannot be accepted: it is for another address
    mend: ask for a new one: tk acl invite ADDRESS --role ROLE
  [3]
  $ on 03T23:59:59 tk acl accept --address ada@example.org --name ada < code
  tk: your Unix name is another user's here: user:w/ada speaks by tokens
  user:w/ada with role:w/reader
  $ on 03T23:59:59 tk acl accept --address ada@example.org --name ada2 < code
  tk: [TK-ACL-0006] the invitation cannot be accepted: it was accepted already
    mend: ask for a new one: tk acl invite ADDRESS --role ROLE
  [3]
  $ on 04T00:00:00 tk acl accept --address bob@example.org --name bob < code2
  tk: [TK-ACL-0006] the invitation cannot be accepted: it is older than 72 hours
    mend: ask for a new one: tk acl invite ADDRESS --role ROLE
  [3]
  $ git log -1 --format=%s; git show --stat --format= HEAD | sed -E 's/[0-9a-f]{8}-[0-9a-f-]{27}/ID/' | sed 's/ *|.*//'
  acl: user:w/ada accepts an invitation
   galaxies/w/grants/invitation-ID.xml
   galaxies/w/users/ada.xml
   2 files changed, 2 insertions(+)
  $ tk law can user:ada run.read run:w/x --quiet; echo $?
  yes
  0

A newer one withdraws the one before; one can be withdrawn by hand.

  $ tk acl invite cid@example.org --role reader >code 2>/dev/null; tk acl invite cid@example.org --role reader --json | sed -E 's/[0-9a-f]{8}-[0-9a-f-]{27}/ID/g; s/20[0-9]{2}-[0-9:.TZ-]+/TIME/; s/tki_[A-Za-z0-9_-]+/CODE/'
  {
    "code": "CODE",
    "context": "w",
    "expires_at": "TIME",
    "id": "ID",
    "role": "role:w/reader",
    "withdrawn": [
      "ID"
    ]
  }
  $ tk acl accept --address cid@example.org --name cid < code
  tk: [TK-ACL-0006] the invitation cannot be accepted: it was withdrawn
    mend: ask for a new one: tk acl invite ADDRESS --role ROLE
  [3]
  $ id=$(tk record list invitation --json | python3 -c 'import json,sys; print([r["id"] for r in json.load(sys.stdin) if r["state"] == "open"][0])'); tk acl revoke $id | masked
  invitation ID is revoked  (row 23)

What it cannot be.

  $ tk acl invite nobody --role reader; tk acl invite a@example.org; tk acl invite a@example.org --role chief; tk acl invite a@example.org --role reader --in elsewhere.far
  tk: [TK-CLI-0001] that is no address
    mend: write it like ada@example.org
  tk: [TK-CLI-0001] into which role?
    mend: --role role:reviewer
  tk: [TK-WS-0003] no entity role:chief at commit * (glob)
  tk: [TK-WS-0004] galaxies/elsewhere/systems/far/grants/invitation-*.xml: galaxies/elsewhere/galaxy.xml is not listed in MANIFEST.xml (glob)
    mend: add <galaxy href="galaxies/elsewhere/galaxy.xml"/>
  [2]
  $ echo tki_x | tk acl accept --address a@example.org --name a; tk acl accept --name a < code; tk acl accept --address a@example.org --name a/b < code
  tk: [TK-ACL-0006] the invitation cannot be accepted: that is no code of one
    mend: ask for a new one: tk acl invite ADDRESS --role ROLE
  tk: [TK-CLI-0001] who accepts? --address is missing
    mend: tk acl accept --address ada@example.org --name ada
  tk: [TK-CLI-0001] not a name: a/b
    mend: letters, digits, _ - . ; at most 64
  [2]
  $ tk acl accept --address a@example.org --name a < /dev/null
  tk: [TK-CLI-0001] no code was given
    mend: standard input was empty
  [2]
  $ tk repo new user eve >/dev/null; tk acl invite a@example.org --role owner --as user:eve 2>&1 | masked
  tk: [TK-LAW-0010] galaxies/w/rules/default.xml:5: this would let user:w/somebody-ID actor.act-as on any-other:w/any-other (rule owners-do-all), which user:w/eve may not do
    mend: ask somebody who holds that right; see: tk law explain user:w/eve actor.act-as any-other:w/any-other
  $ grep -c -r -e ada@example.org -e bob@example.org .git .tk galaxies records 2>/dev/null | grep -v ':0$'
  [1]
