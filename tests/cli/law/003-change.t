What a change of the law changes: diff, lint, tests, simulation; and nobody gives more than they hold.

  $ tk init w --user alice >/dev/null && cd w && mkdir -p galaxies/w/rules galaxies/w/resources galaxies/w/actions galaxies/w/roles galaxies/w/users galaxies/w/grants tests/law
  $ echo '<users><user name="bob"/><user name="carol" unix="carol"/></users>' > galaxies/w/users/team.xml
  $ echo '<resources><resource name="plan"/></resources>' > galaxies/w/resources/docs.xml
  $ echo '<actions><action name="doc.read"/><action name="doc.write"/></actions>' > galaxies/w/actions/all.xml
  $ echo '<roles><role name="reader"/><role name="clerk"/></roles>' > galaxies/w/roles/all.xml
  $ cat > galaxies/w/rules/docs.xml <<'X'
  > <rules>
  >   <rule id="read" effect="permit" role="role:reader" actions="doc.read" resource="resource:w/**" when="context.mfa"/>
  >   <rule id="clerks" effect="permit" role="role:clerk" actions="entity.new entity.update" resource="**"/>
  > </rules>
  > X
  $ echo '<grants><grant id="r" role="role:reader" to="user:bob"/><grant id="c" role="role:clerk" to="user:carol"/></grants>' > galaxies/w/grants/all.xml
  $ git add -A && git commit -qm "a law of documents"
  $ sed -i 's/ when="context.mfa"//' galaxies/w/rules/docs.xml
  $ tk law diff HEAD .
  $ tk law diff HEAD . --fail-on-widening >/dev/null; echo $?
  $ tk law diff HEAD HEAD
  $ git checkout -q .
  $ printf '%s\n' '# what the law is for' '{"actor":"user:bob","action":"doc.read","resource":"resource:w/plan","context":{"mfa":true},"expect":"allow","rule":"read"}' '{"actor":"user:bob","action":"doc.read","resource":"resource:w/plan","context":{"mfa":false},"expect":"allow"}' > tests/law/docs.jsonl
  $ tk law test
  $ sed -i '3s/"expect":"allow"/"expect":"deny"/' tests/law/docs.jsonl && tk law test --strict | grep -v "default.xml"
  $ tk law lint
  $ sed -i 's/ when="context.mfa"/ when="context.mfa \&amp;\&amp; 1 == 1"/' galaxies/w/rules/docs.xml && sed -i 's,</rules>,  <rule id="again" effect="permit" role="role:clerk" actions="entity.new" resource="agent:w/**"/>\n</rules>,' galaxies/w/rules/docs.xml
  $ tk law lint .
  $ git checkout -q .

Carol may declare entities, and that is all: she cannot give what she does not hold, to herself or to others.

  $ tk repo new grant mine role=role:reader to=user:carol --as user:carol
  $ tk repo new group friends --member user:carol --member user:bob --as user:carol
  $ tk repo new rule wide effect=permit role=role:clerk actions=doc.write resource='**' --as user:carol
  $ tk repo new grant more role=role:clerk to=user:bob --as user:carol
  $ tk log --kind denied | cut -d' ' -f5- | head -4
