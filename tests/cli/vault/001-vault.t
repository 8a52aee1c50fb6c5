Secrets: sealed in git, opened by the broker alone, used and not read.

  $ tk init acme >/dev/null && cd acme
  $ tk vault list
  $ tk vault run --use db-pw -- true
  tk: [TK-VAULT-0007] there is no secret secret:acme/db-pw
    mend: tk vault list
  [2]
  $ tk vault init | sed 's/age1[a-z0-9]*/age1…/; s/[A-Za-z0-9+\/=]\{44\}/KEY/; s| /.*/.tk| …/.tk|'
  recipient  age1…
  signer     KEY
  key        …/.tk/keys/vault.key  (new: keep a copy where it is safe)
  $ printf %s correct-horse-battery | tk vault set db-pw
  secret:acme/db-pw  version 1, mode on  galaxies/acme/secrets/db-pw.xml
  $ tk vault list | sed 's/20[0-9T:.-]*Z/TIME/'
  secret:acme/db-pw  version 1  on  TIME  active
  $ grep -c horse galaxies/acme/secrets/db-pw.xml vault.manifest
  galaxies/acme/secrets/db-pw.xml:0
  vault.manifest:0
  [1]
  $ tk vault run --use db-pw -- sh -c 'echo "the password is $DB_PW"; echo $DB_PW | base64 >&2; exit 3'
  the password is ⟦secret:db-pw⟧
  ⟦secret:db-pw⟧Cg==
  [3]
  $ tk vault run --use db-pw=PGPASSWORD --explain -- psql | sed 's/^user:[^,]*/user:…/'
  user:…, profile build, network none
  secret   secret:acme/db-pw, version 1, mode on, as env:PGPASSWORD
  word     psql
  $ tk vault run --use db-qw -- true
  tk: [TK-VAULT-0007] there is no secret secret:acme/db-qw
    mend: did you mean db-pw?
  [2]
  $ tk vault run --use db-pw=LD_PRELOAD -- true
  tk: [TK-CLI-0001] no variable for a secret: LD_PRELOAD
    mend: --use db-pw=NAME: letters, digits and _, and none that steers programs
  [2]
  $ tk vault run --use db-pw
  tk: [TK-CLI-0001] what is to be run?
    mend: tk vault run --use NAME -- COMMAND…
  [2]
  $ printf abc | tk vault set tiny
  tk: [TK-VAULT-0003] it is too short to be told from other text, so that no output could be kept free of it
    mend: take a longer one; --short says that this is known
  [2]
  $ printf "" | tk vault set none
  tk: [TK-VAULT-0003] it is empty
    mend: a value has 1 byte to 512 KiB, and 16 bytes at least where it is lent
  [2]
  $ tk vault set db-pw --mode borrow < /dev/null
  tk: [TK-CLI-0001] a secret that is lent is bound to a tool
    mend: --tool /usr/bin/… --tool-args '--flag {parameter}'
  [2]
  $ tk vault reveal db-pw
  tk: [TK-CLI-0001] why?
    mend: --reason "…": it stands in the journal
  [2]
  $ tk vault reveal db-pw --reason "moving it by hand"; echo
  correct-horse-battery

A lent one: its tool alone gets it.

  $ printf %s lent-value-of-16-bytes-at-least | tk vault set lent --mode borrow --tool /usr/bin/env --tool-args '-u {what} sh -c exit'
  secret:acme/lent  version 1, mode borrow  galaxies/acme/secrets/lent.xml
  $ tk vault run --use lent -- env
  tk: [TK-VAULT-0004] secret:acme/lent is lent to /usr/bin/env alone: it takes parameters, no command
    mend: --with NAME=VALUE
  [3]
  $ tk vault run --use lent
  tk: [TK-VAULT-0005] parameter what is missing
    mend: it takes what: --with what=VALUE
  [3]
  $ tk vault run --use lent --with what=-i
  tk: [TK-VAULT-0005] a parameter may not begin with "-": it would be an option of /usr/bin/env
    mend: it takes what: --with what=VALUE
  [3]
  $ tk vault run --use lent --with what=HOME; echo $?
  0
  $ tk vault run --use lent=X --with what=HOME
  tk: [TK-CLI-0001] a lent secret is in the variable that it is bound to
    mend: --use lent
  [2]

Whom it is sealed to. To remove somebody is not to take back what they know.

  $ r=age1ql3z7hjy54pw3hyww5ayyfg7zqgvc7w3j2elw8zmrj2kg5sfn9aqmcac8p
  $ tk vault recipients add $r
  2 secrets sealed anew for 2 recipients
  $ tk vault recipients add $r
  tk: [TK-VAULT-0008] age1ql3z7hjy54pw3hyww5ayyfg7zqgvc7w3j2elw8zmrj2kg5sfn9aqmcac8p is a recipient already
    mend: tk vault recipients list
  [4]
  $ tk vault recipients add age1xyz
  tk: [TK-CLI-0001] age1xyz is no recipient of age
    mend: age1… with its 58 letters; tk vault init prints that of a workspace
  [2]
  $ tk vault audit
  2 secrets, nothing to do
  $ tk vault recipients rm $r
  tk: to remove somebody is not to take back what they know: 2 values must get another one (tk vault audit names them; tk vault set NAME)
  2 secrets sealed anew for 1 recipient
  $ tk vault audit | sed 's/acme\/[a-z-]*/acme\/…/' | sort -u
  must-rotate  secret:acme/…: age1ql3z7hjy54pw3hyw… could read this value and is no recipient any more  (tk vault set acme/db-pw)
  must-rotate  secret:acme/…: age1ql3z7hjy54pw3hyw… could read this value and is no recipient any more  (tk vault set acme/lent)
  $ printf %s another-horse-battery | tk vault set db-pw
  secret:acme/db-pw  version 2, mode on  galaxies/acme/secrets/db-pw.xml
  $ printf %s another-lent-value-16-bytes | tk vault set lent
  secret:acme/lent  version 2, mode borrow  galaxies/acme/secrets/lent.xml
  $ tk vault audit
  2 secrets, nothing to do

What nobody signed is not used.

  $ sed -i 's/mode="borrow"/mode="on"/' galaxies/acme/secrets/lent.xml && git -c user.name=x -c user.email=x@x commit -qam 'by hand'
  $ tk vault run --use lent -- true
  tk: [TK-VAULT-0001] secret:acme/lent is not what was signed: changed, of another secret, or an older one
    mend: git log -p -- galaxies/acme/secrets/lent.xml; where it is right as it is: tk vault sign
  [8]
  $ tk vault audit
  integrity  secret:acme/lent: secret:acme/lent is not what was signed: changed, or of another version  (git log -p)
  [8]
  $ tk vault sign
  tk: that is what would be signed beyond what was; with --accept it is
  secret:acme/lent is not what was signed: changed, or of another version
  [5]
  $ tk vault set db-pw < /dev/null
  tk: [TK-VAULT-0003] it is empty
    mend: a value has 1 byte to 512 KiB, and 16 bytes at least where it is lent
  [2]
  $ git -c user.name=x -c user.email=x@x revert --no-edit HEAD >/dev/null 2>&1; tk vault audit
  2 secrets, nothing to do
  $ tk vault set db-pw --keep --mode off && tk vault run --use db-pw -- true
  secret:acme/db-pw  version 3, mode off  galaxies/acme/secrets/db-pw.xml
  tk: [TK-VAULT-0004] secret:acme/db-pw is off: nobody may use it
    mend: tk vault set db-pw --keep --mode on
  [3]
  $ tk log --event secret.used --jsonl | wc -l
  2
