Conditions (CEL), answers beside yes and no, and what would change a no.

  $ tk init w --user alice >/dev/null && cd w && mkdir -p galaxies/w/rules galaxies/w/resources galaxies/w/actions galaxies/w/roles galaxies/w/users
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
  $ echo '<roles><role name="reader"/></roles>' > galaxies/w/roles/reader.xml
  $ cat > galaxies/w/rules/docs.xml <<'X'
  > <rules>
  >   <rule id="read" effect="permit" role="role:reader" actions="doc.read" resource="resource:w/**" when="actor.clearance &gt;= resource.class"/>
  >   <rule id="pay" effect="permit" role="role:reader" actions="doc.pay" resource="resource:w/**" when="context.amount &lt;= 100">
  >     <set arg="currency" to="'EUR'"/>
  >   </rule>
  >   <rule id="pay-more" effect="permit" role="role:reader" actions="doc.pay" resource="resource:w/**" when="context.amount &gt; 100 &amp;&amp; context.mfa">
  >     <obligation kind="approval" of="role:reader" n="2"/>
  >   </rule>
  >   <rule id="never-burn" effect="forbid" role="role:reader" actions="doc.burn" resource="**"/>
  > </rules>
  > X
  $ mkdir -p galaxies/w/grants && echo '<grants><grant id="readers" role="role:reader" to="user:*"/></grants>' > galaxies/w/grants/readers.xml
  $ tk repo validate && git add -A && git commit -qm "a law of documents"
  $ tk law can user:carol doc.read resource:plan
  $ tk law explain user:bob doc.read resource:plan | grep -v "law of commit"
  $ tk law can user:bob doc.pay resource:plan --ctx amount=50 --json | python3 -c 'import json,sys; d=json.load(sys.stdin); print(d["allow"], d["answer"])'
  $ tk law can user:bob doc.pay resource:plan --ctx amount=500 --ctx mfa=true
  $ tk law explain user:bob doc.pay resource:plan --ctx amount=500 --ctx mfa=true | grep -v "law of commit"
  $ tk law explain user:bob doc.pay resource:plan --ctx amount=500 --ctx mfa=false | grep -A4 nearest
  $ tk law explain user:bob doc.burn resource:plan | grep -v "law of commit"

A condition that cannot be told denies, and says so.

  $ tk law explain user:bob doc.read resource:memo | grep -v "law of commit"

Many questions at once; a line that is none has its error in its place.

  $ printf '%s\n' '{"actor":"user:carol","action":"doc.read","resource":"resource:plan"}' '{"actor":"user:bob","action":"doc.pay","resource":"resource:plan","context":{"amount":500,"mfa":true}}' '{"actor":"user:bbo","action":"doc.read","resource":"resource:plan"}' 'nonsense' | tk law can --batch

Who and what.

  $ tk law who-can doc.read resource:plan
  $ tk law what-can user:carol | grep doc
  $ tk law which-actions user:carol resource:plan --ctx amount=1

A residual, in CEL and in SQL.

  $ tk law residual user:carol doc.read
  $ tk law residual user:carol doc.read --sql

What is wrong is said with its place and the nearest name.

  $ sed -i 's/actor.clearance/actor.clearence/' galaxies/w/rules/docs.xml && tk repo validate
  $ sed -i 's/actor.clearence/actor.clearance + 1 == "a"/' galaxies/w/rules/docs.xml && tk repo validate
  $ git checkout -q . && sed -i 's/doc.pay/doc.pray/' galaxies/w/rules/docs.xml && tk repo validate
  $ git checkout -q . && sed -i 's/kind="approval"/kind="aproval"/' galaxies/w/rules/docs.xml && tk repo validate
  $ git checkout -q .
