A person and an agent join by the same steps: the outputs differ in the kind only.

  $ tk init acme >/dev/null && cd acme
  $ tk repo new group crew >/dev/null && tk repo new system a >/dev/null && tk repo new system b >/dev/null
  $ echo "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIJ2Qm0o2xWZ7Yd5y0p6Xw3m8q4o1u6b9f2h5k8n1r4t7 robin@laptop" > ../robin.pub
  $ tk repo onboard user robin --context acme.a --group crew --key ../robin.pub | tee ../user | sed 's/user:acme.[a-z]* answers/OWNER answers/'
  1  entity     user:acme.a/robin declared; OWNER answers for it
  2  group      member of group:acme/crew
  3  key        ssh-ed25519 SHA256:XQnZ0cvA3mvhMS+zr7SJVAvFU5uHmujNDJq7wAdzxew
  4  role       role:acme/reader granted in acme.a
  5  committed  one commit, one transaction
  $ tk repo onboard agent robin --context acme.b --group crew --key ../robin.pub > ../agent
  $ diff <(sed 's/user:acme.a/KIND:PLACE/; s/acme.a$/PLACE/' ../user) <(sed 's/agent:acme.b/KIND:PLACE/; s/acme.b$/PLACE/' ../agent) && echo the same steps
  the same steps

One commit and one transaction each; the files differ in kind, place and what an agent has beside.

  $ git log -1 --format=%s && git show --stat --format= | sed 's/ *|.*//' | head -n 4
  repo: onboard agent:acme.b/robin
   galaxies/acme/groups/crew.xml
   galaxies/acme/systems/b/agents/robin.xml
   galaxies/acme/systems/b/grants/agent-robin-reader.xml
   galaxies/acme/systems/b/sshkeys/agent-robin.xml
  $ sed 's/id="[^"]*"/id="…"/; s/user:acme.[a-z]*"/OWNER"/g' galaxies/acme/systems/a/users/robin.xml galaxies/acme/systems/b/agents/robin.xml
  <user id="…" name="robin" owner="OWNER"/>
  <agent id="…" name="robin" owner="OWNER" sponsor="OWNER"/>
  $ sed 's/id="[^"]*"/id="…"/' galaxies/acme/groups/crew.xml
  <group id="…" name="crew">
    <member ref="user:acme.a/robin"/>
    <member ref="agent:acme.b/robin"/>
  </group>
  $ tk law explain user:acme.a/robin entity.read user:acme.a/robin | grep -c 'reader'
  2

Groups and role come from the place where nothing is said.

  $ sed -i 's|/>|><config key="onboard.groups" value="crew"/><config key="onboard.role" value="role:reviewer"/></system>|' galaxies/acme/systems/b/system.xml && git commit -qam config
  $ tk repo onboard user kim --context acme.b | sed 's/user:acme.[a-z]* answers/OWNER answers/'
  1  entity     user:acme.b/kim declared; OWNER answers for it
  2  group      member of group:acme/crew
  3  key        none given
  4  role       role:acme/reviewer granted in acme.b
  5  committed  one commit, one transaction

What is wrong is said before anything is written.

  $ tk repo onboard user robin --context acme.a
  tk: [TK-WS-0005] user:acme.a/robin exists already
    mend: tk repo set changes it
  [4]
  $ tk repo onboard user lee --group nobody
  tk: [TK-WS-0003] no entity group:nobody at commit * (glob)
  [2]
  $ tk repo onboard user lee --key ../user
  tk: [TK-CLI-0001] ../user is no OpenSSH public key
    mend: the file that ends in .pub, with one key in one line
  [2]
  $ tk repo onboard robot lee
  tk: [TK-CLI-0001] KIND takes no "robot"
    mend: choose from: user, agent
  [2]
  $ git status --short

Who leaves is suspended, their keys are retired, and everything that they were given ends, in one transaction.

  $ tk repo offboard user:acme.a/robin --reason left
  1  entity     user:acme.a/robin suspended: from the next decision on it may do nothing
  2  key        sshkey:acme.a/user-robin retired
  3  tokens     every token and lease ended
  4  committed  one commit, one transaction
  $ git log -1 --format=%s && tk log --limit 3 --reverse | sed 's/^\([0-9]*\)  [^ ]*/…/; s/by .*$/by …/; s/standing [0-9a-f-]*/standing …/'
  repo: offboard user:acme.a/robin
  …  token.revoked  standing …  good  by …
  …  sshkey.state_changed  sshkey sshkey:acme.a/user-robin  active → retired  by …
  …  user.state_changed  user user:acme.a/robin  active → suspended  by …
  $ tk law can user:acme.a/robin entity.read user:acme.a/robin
  no
  [1]
  $ tk repo offboard user:acme.a/robin
  tk: [TK-REC-0005] user:acme.a/robin is suspended already
    mend: tk repo set user:acme.a/robin state=active takes them back
  [4]
