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
  galaxies/w/roles/default.xml:3:3: role:w/reader is declared twice [TK-LAW-0001]
    mend: the other stands at galaxies/w/roles/peruser.xml:1
  [2]
  $ tk law can user:carol doc.read resource:plan
  tk: [TK-WS-0003] no entity user:carol at commit 9b2ea74d64
  [2]
  $ tk law explain user:bob doc.read resource:plan | grep -v "law of commit"
  tk: [TK-WS-0003] no entity user:bob at commit 9b2ea74d64
  [1]
  $ tk law can user:bob doc.pay resource:plan --ctx amount=50 --json | python3 -c 'import json,sys; d=json.load(sys.stdin); print(d["allow"], d["answer"])'
  tk: [TK-WS-0003] no entity user:bob at commit 9b2ea74d64
  Traceback (most recent call last):
    File "<string>", line 1, in <module>
    File "/root/.pyenv/versions/3.11.7/lib/python3.11/json/__init__.py", line 293, in load
      return loads(fp.read(),
             ^^^^^^^^^^^^^^^^
    File "/root/.pyenv/versions/3.11.7/lib/python3.11/json/__init__.py", line 346, in loads
      return _default_decoder.decode(s)
             ^^^^^^^^^^^^^^^^^^^^^^^^^^
    File "/root/.pyenv/versions/3.11.7/lib/python3.11/json/decoder.py", line 337, in decode
      obj, end = self.raw_decode(s, idx=_w(s, 0).end())
                 ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^
    File "/root/.pyenv/versions/3.11.7/lib/python3.11/json/decoder.py", line 355, in raw_decode
      raise JSONDecodeError("Expecting value", s, err.value) from None
  json.decoder.JSONDecodeError: Expecting value: line 1 column 1 (char 0)
  [1]
  $ tk law can user:bob doc.pay resource:plan --ctx amount=500 --ctx mfa=true
  tk: [TK-WS-0003] no entity user:bob at commit 9b2ea74d64
  [2]
  $ tk law explain user:bob doc.pay resource:plan --ctx amount=500 --ctx mfa=true | grep -v "law of commit"
  tk: [TK-WS-0003] no entity user:bob at commit 9b2ea74d64
  [1]
  $ tk law explain user:bob doc.pay resource:plan --ctx amount=500 --ctx mfa=false | grep -A4 nearest
  tk: [TK-WS-0003] no entity user:bob at commit 9b2ea74d64
  [1]
  $ tk law explain user:bob doc.burn resource:plan | grep -v "law of commit"
  tk: [TK-WS-0003] no entity user:bob at commit 9b2ea74d64
  [1]

A condition that cannot be told denies, and says so.

  $ tk law explain user:bob doc.read resource:memo | grep -v "law of commit"
  tk: [TK-WS-0003] no entity user:bob at commit 9b2ea74d64
  [1]

Many questions at once; a line that is none has its error in its place.

  $ printf '%s\n' '{"actor":"user:carol","action":"doc.read","resource":"resource:plan"}' '{"actor":"user:bob","action":"doc.pay","resource":"resource:plan","context":{"amount":500,"mfa":true}}' '{"actor":"user:bbo","action":"doc.read","resource":"resource:plan"}' 'nonsense' | tk law can --batch
  {"allow":false,"answer":"deny","rules":[],"error":"no entity user:carol at commit 9b2ea74d64"}
  {"allow":false,"answer":"deny","rules":[],"error":"no entity user:bob at commit 9b2ea74d64"}
  {"allow":false,"answer":"deny","rules":[],"error":"no entity user:bbo at commit 9b2ea74d64"}
  {"allow":false,"answer":"deny","rules":[],"error":"not a JSON object"}
  tk: 4 lines were no questions: each has its error in its place
  [2]

Who and what.

  $ tk law who-can doc.read resource:plan
  tk: [TK-LAW-0002] unknown action doc.read
    mend: did you mean log.read?
  [2]
  $ tk law what-can user:carol | grep doc
  tk: [TK-WS-0003] no entity user:carol at commit 9b2ea74d64
  [1]
  $ tk law which-actions user:carol resource:plan --ctx amount=1
  tk: [TK-WS-0003] no entity user:carol at commit 9b2ea74d64
  [2]

A residual, in CEL and in SQL.

  $ tk law residual user:carol doc.read
  tk: [TK-WS-0003] no entity user:carol at commit 9b2ea74d64
  [2]
  $ tk law residual user:carol doc.read --sql
  tk: [TK-WS-0003] no entity user:carol at commit 9b2ea74d64
  [2]

What is wrong is said with its place and the nearest name.

  $ sed -i 's/actor.clearance/actor.clearence/' galaxies/w/rules/docs.xml && tk repo validate
  galaxies/w/roles/default.xml:3:3: role:w/reader is declared twice [TK-LAW-0001]
    mend: the other stands at galaxies/w/roles/peruser.xml:1
  [2]
  $ sed -i "s/actor.clearence/actor.clearance + 'a' == 1 ||/" galaxies/w/rules/docs.xml && tk repo validate
  galaxies/w/rules/docs.xml:2:128: a space is missing before this attribute [TK-XML-0001]
  [2]
  $ git checkout -q . && sed -i 's/doc.pay/doc.pray/' galaxies/w/rules/docs.xml && tk repo validate
  galaxies/w/rules/docs.xml:2:128: a space is missing before this attribute [TK-XML-0001]
  [2]
  $ git checkout -q . && sed -i 's/kind="approval"/kind="aproval"/' galaxies/w/rules/docs.xml && tk repo validate
  galaxies/w/rules/docs.xml:2:128: a space is missing before this attribute [TK-XML-0001]
  [2]
  $ git checkout -q .
