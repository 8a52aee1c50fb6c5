Conditions (CEL), answers beside yes and no, and what would change a no.

  $ tk init w >/dev/null && cd w && mkdir -p galaxies/w/rules galaxies/w/resources galaxies/w/actions galaxies/w/roles galaxies/w/users
  $ cat > galaxies/w/users/team.xml <<'X'
  > <users>
  >   <user name="bob"><attr name="clearance" type="int" value="1"/></user>
  >   <user name="carol"><attr name="clearance" type="int" value="3"/></user>
  > </users>
  > X
  $ cat > galaxies/w/resources/docs.xml <<'X'
  > <resources>
  >   <resource name="plan"><attr name="class" type="int" value="2"/></resource>
  >   <resource name="memo"/>
  > </resources>
  > X
  $ echo '<actions><action name="doc.read"/><action name="doc.pay"/><action name="doc.burn"/></actions>' > galaxies/w/actions/all.xml
  $ echo '<roles><role name="peruser"/></roles>' > galaxies/w/roles/peruser.xml
  $ cat > galaxies/w/rules/docs.xml <<'X'
  > <rules>
  >   <rule id="read" effect="permit" role="role:peruser" actions="doc.read" resource="resource:w/**" when="actor.clearance &gt;= resource.class"/>
  >   <rule id="pay" effect="permit" role="role:peruser" actions="doc.pay" resource="resource:w/**" when="context.amount &lt;= 100">
  >     <set arg="currency" to="'EUR'"/>
  >   </rule>
  >   <rule id="pay-more" effect="permit" role="role:peruser" actions="doc.pay" resource="resource:w/**" when="context.amount &gt; 100 &amp;&amp; context.mfa">
  >     <obligation kind="approval" of="role:peruser" n="2"/>
  >   </rule>
  >   <rule id="never-burn" effect="forbid" role="role:peruser" actions="doc.burn" resource="**"/>
  > </rules>
  > X
  $ mkdir -p galaxies/w/grants && echo '<grants><grant id="readers" role="role:peruser" to="user:*"/></grants>' > galaxies/w/grants/readers.xml
  $ tk repo validate && git add -A && git commit -qm "a law of documents"
  valid: 26 entities in 12 files
  $ tk law can user:carol doc.read resource:plan
  yes
  $ tk law explain user:bob doc.read resource:plan | grep -v "law of commit"
  deny: user:w/bob may not doc.read on resource:w/plan
    missing link: the condition of rule read does not hold: actor.clearance >= resource.class
    nearest permit: rule read  (galaxies/w/rules/docs.xml:2)
      unmet: actor.clearance >= resource.class
        → set clearance of user:w/bob to 2
    algorithm: forbid-overrides: forbid overrides permit; no rule = deny
  $ tk law can user:bob doc.pay resource:plan --ctx amount=50 --json | python3 -c 'import json,sys; d=json.load(sys.stdin); print(d["allow"], d["answer"])'
  True modify
  $ tk law can user:bob doc.pay resource:plan --ctx amount=500 --ctx mfa=true
  ask
  [5]
  $ tk law explain user:bob doc.pay resource:plan --ctx amount=500 --ctx mfa=true | grep -v "law of commit"
  ask first: user:w/bob may doc.pay on resource:w/plan
    user:w/bob  (galaxies/w/users/team.xml:2)
    → granted role:w/peruser in w by grant readers  (galaxies/w/grants/readers.xml:1)
    → permit rule pay-more on resource:w/**  (galaxies/w/rules/docs.xml:6)
      when context.amount > 100 && context.mfa
    → resource:w/plan
    first: approval of role:peruser, 2 times
    algorithm: forbid-overrides: forbid overrides permit; no rule = deny
  $ tk law explain user:bob doc.pay resource:plan --ctx amount=500 --ctx mfa=false | grep -A2 nearest
    nearest permit: rule pay  (galaxies/w/rules/docs.xml:3)
      unmet: context.amount <= 100
        → ask with context.amount = 100
  $ tk law explain user:bob doc.burn resource:plan | grep -v "law of commit"
  deny: user:w/bob may not doc.burn on resource:w/plan
    user:w/bob  (galaxies/w/users/team.xml:2)
    → granted role:w/peruser in w by grant readers  (galaxies/w/grants/readers.xml:1)
    → forbid rule never-burn on **  (galaxies/w/rules/docs.xml:9)
    → resource:w/plan
    algorithm: forbid-overrides: forbid overrides permit; no rule = deny

A condition that cannot be told denies, and says so.

  $ tk law explain user:bob doc.read resource:memo | grep -v "law of commit"
  deny: user:w/bob may not doc.read on resource:w/memo
    error: the condition of rule read failed: resource.class is not there
    nearest permit: rule read  (galaxies/w/rules/docs.xml:2)
      unmet: actor.clearance >= resource.class
        → set class of resource:w/memo to 1
    algorithm: forbid-overrides: forbid overrides permit; no rule = deny

Many questions at once; a line that is none has its error in its place.

  $ printf '%s\n' '{"actor":"user:carol","action":"doc.read","resource":"resource:plan"}' '{"actor":"user:bob","action":"doc.pay","resource":"resource:plan","context":{"amount":500,"mfa":true}}' '{"actor":"user:bbo","action":"doc.read","resource":"resource:plan"}' 'nonsense' | tk law can --batch 2>&1 | sed "s,commit [0-9a-f]*,commit C,"
  {"allow":true,"answer":"allow","rules":["read"]}
  {"allow":false,"answer":"ask","rules":["pay-more"]}
  {"allow":false,"answer":"deny","rules":[],"error":"no entity user:bbo at commit C"}
  {"allow":false,"answer":"deny","rules":[],"error":"not a JSON object"}
  tk: 2 lines were no questions: each has its error in its place

Who and what.

  $ tk law who-can doc.read resource:plan
  user:w/carol
  user:w/root
  $ tk law what-can user:carol | grep doc
  doc.read  resource:w/plan
  $ tk law which-actions user:carol resource:plan --ctx amount=1
  doc.pay  (modify)
  doc.read

A residual, in CEL and in SQL.

  $ tk law residual user:carol doc.read
  (resource.context == "w" || resource.context.startsWith("w.")) && 3 >= resource.class
  $ tk law residual user:carol doc.read --sql
  ((("context" = 'w') OR (substr("context", 1, length('w.')) = 'w.')) AND (3 >= "class"))

What is wrong is said with its place and the nearest name.

  $ sed -i 's/actor.clearance/actor.clearence/' galaxies/w/rules/docs.xml && tk repo validate
  galaxies/w/rules/docs.xml:2:111: no field actor.clearence [TK-EXPR-0002]
    mend: did you mean actor.clearance?
  [2]
  $ sed -i "s/actor.clearence/actor.clearance + 'a' == 1 ||/" galaxies/w/rules/docs.xml && tk repo validate
  galaxies/w/rules/docs.xml:2:135: expected an expression, found >= [TK-EXPR-0001]
    mend: try it: tk expr check 'EXPRESSION'
  [2]
  $ git checkout -q . && sed -i 's/doc.pay/doc.pray/' galaxies/w/rules/docs.xml && tk repo validate
  galaxies/w/rules/docs.xml:3:3: unknown action doc.pray [TK-LAW-0002]
    mend: did you mean doc.pay?
  [2]
  $ git checkout -q . && sed -i 's/kind="approval"/kind="aproval"/' galaxies/w/rules/docs.xml && tk repo validate
  galaxies/w/rules/docs.xml:7:23: unknown obligation "aproval" [TK-LAW-0001]
    mend: did you mean approval?
  [2]
  $ git checkout -q .
