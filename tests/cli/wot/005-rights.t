Nobody acts without being somebody, agents do not answer, tokens die with their step.

  $ tk init w >/dev/null && cd w && mkdir -p wots templates/a
  $ printf 'name = "a"\nversion = "1"\nobjective = "x"\nbackend = "exec"\ncommand = ["./run"]\n[output]\nn = "int"\n' > templates/a/template.toml
  $ printf '#!/bin/sh\necho "$TK_TOKEN" > "$TK_WORKSPACE/../out/token"\nwhile [ ! -e "$TK_WORKSPACE/../out/said" ]; do sleep 0.05; done\ncommand -v tk; ls "$TK_WORKSPACE/.tk" >&2; echo "{\\"n\\": $(cat "$TK_WORKSPACE/../out/said")}"\n' > templates/a/run; chmod +x templates/a/run; mkdir ../out; chmod 777 ../out
  $ tk repo new directory out path=$(realpath ../out) >/dev/null; tk repo new rule out effect=permit role=role:agent actions=box.write 'resource=directory:**' >/dev/null
  $ tk repo new agent a template=a sponsor=user:$(id -un) >/dev/null
  $ printf 'wot = "g"\n[[step]]\ncast = "gate"\nprompt = "?"\n[[step]]\nagent = "a"\nafter = []\n' > wots/g.toml
  $ tk wot run g --quiet --run-file id >/dev/null & while [ ! -s ../out/token ]; do sleep 0.05; done; TK_TOKEN=$(cat ../out/token) tk wot answer $(cat id) gate approve 2>/dev/null; echo $? > ../out/said; wait $!; echo $?
  5
  $ tk wot show $(cat id) --json | grep '"n"'
          "n": 3
  $ tk log --kind denied | sed -E 's/^.*(by agent)/\1/'
  by agent:w/a  [denied]  (step 4 authorise: agent:w/a may not cast.answer on cast:w/g/gate: forbidden by rule agents-never-answer)
  $ TK_TOKEN=$(cat ../out/token) tk wot answer $(cat id) gate approve
  tk: [TK-ACL-0002] TK_TOKEN does not count: it was revoked
    mend: a step's token dies with the step; others are made by tk acl token
  [3]
  $ TK_TOKEN=$(cat ../out/token) tk wot answer $(cat id) gate approve --as user:x
  tk: [TK-ACL-0003] --as is refused while TK_TOKEN is set
    mend: an agent speaks for itself
  [3]

Nobody makes or moves a workflow's records by hand, and who may not act for another is journaled.

  $ tk record step $(tk record list cast --json | python3 -c 'import json,sys; print(json.load(sys.stdin)[0]["id"])') answer answer=approve
  tk: [TK-REC-0007] a cast is driven by tk wot, not by hand
    mend: tk wot run, tk wot answer, tk wot resume
  [3]
  $ tk record new token actor=user:$(id -un)
  tk: [TK-REC-0007] a token is driven by tk wot, not by hand
    mend: a token comes with an agent's step and dies with it
  [3]

  $ tk repo new user rita >/dev/null; tk wot answer $(cat id) gate approve --as user:rita
  tk: [TK-LAW-0005] user:w/rita may not cast.answer on cast:w/g/gate: no grant gives user:w/rita a role
    mend: see: tk law explain user:w/rita cast.answer cast:w/g/gate
  [3]
  $ tk repo new grant r role=role:reviewer to=user:rita >/dev/null; tk wot answer $(cat id) gate approve --as user:rita
  gate: approve by user:w/rita
  $ tk log --event cast.answered | sed -E 's/^.*(by user)/\1/; s/w\/[a-z_-]+ for/w\/ME for/'
  by user:w/ME for user:w/rita
  $ tk repo new rule no-acting effect=forbid role=role:owner actions=actor.act-as 'resource=**' >/dev/null; tk wot answer $(cat id) gate approve --as user:rita
  tk: [TK-ACL-0003] user:w/* may not act as user:w/rita: forbidden by rule no-acting (glob)
    mend: see: tk law explain user:w/* actor.act-as user:w/rita (glob)
  [3]
  $ tk log --event acl.denied | cut -d' ' -f5-
  acl.denied  cast cast:w/g/gate    by user:w/*  [denied]  (a record that tk drives itself) (glob)
  acl.denied  token token:new    by user:w/*  [denied]  (a record that tk drives itself) (glob)
  acl.denied  user user:w/rita    by user:w/*  [denied]  (forbidden by rule no-acting) (glob)
  $ tk repo set user:$(id -un) unix=somebody-else >/dev/null; tk record list cast | wc -l; tk wot run g
  1
  tk: [TK-ACL-0001] no user entity has unix="*" at HEAD (glob)
    mend: an owner can add one: tk repo new user * unix=* (glob)
  [3]
