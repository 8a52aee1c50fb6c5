Rules that ask for the past: the journal is the proof. A rule that is new counts what was before it.

  $ tk init w >/dev/null && cd w && mkdir -p records
  $ cat > records/deploy.toml <<'X'
  > record = "deploy"
  > version = 1
  > initial = "ready"
  > [fields]
  > note = { type = "text" }
  > [[state]]
  > name = "ready"
  > [[transition]]
  > event = "go"
  > from = ["ready"]
  > to = "="
  > action = "deploy.go"
  > [[transition]]
  > event = "review"
  > from = ["ready"]
  > to = "="
  > action = "deploy.review"
  > X
  $ git add -A && git commit -qm "a record of deployments"
  $ id=$(tk record new deploy --name web --json | python3 -c 'import json,sys; print(json.load(sys.stdin)["id"])')
  $ tk record step $id go >/dev/null && tk record step $id go >/dev/null
  $ tk repo new rule twice-an-hour effect=forbid role=role:owner actions=deploy.go resource='deploy:**' when="count('deploy.go', 'actor', duration('1h')) >= 3" >/dev/null
  $ tk record step $id go --json | python3 -c 'import json,sys; print(json.load(sys.stdin)["state"])'
  ready
  $ tk record step $id go 2>&1 | sed "s/user:w\/[a-z]*/user:w\/me/g"
  tk: [TK-LAW-0005] user:w/me may not deploy.go on deploy:w/web: forbidden by rule twice-an-hour
    mend: see: tk law explain user:w/me deploy.go deploy:w/web
  $ me=$(tk status --json | python3 -c 'import json,sys; print(json.load(sys.stdin)["actor"])')
  $ tk law can $me deploy.go deploy:w/web
  no
  [1]
  $ tk law can $me deploy.go deploy:w/web --ctx time=2099-01-01T00:00:00Z
  yes
  $ tk law replay | tail -1
  6 decisions, 6 the same
  $ tk law replay --law HEAD~1 | tail -1
  6 decisions, 5 the same
  $ tk law draft --from $me | grep -o "actions=.*deploy:.*"
  actions="deploy.go deploy.new" resource="deploy:w/web"/>

Approval before: the last review is later than the last deployment.

  $ sed -i "s/count([^)]*))  *&gt;= 3/!after('deploy.review', 'deploy.go', 'resource')/" galaxies/w/rules/twice-an-hour.xml && grep -o 'when=.*' galaxies/w/rules/twice-an-hour.xml && git commit -qam "review before" && tk law can $me deploy.go deploy:w/web
  when="!after('deploy.review', 'deploy.go', 'resource')"/>
  no
  [1]
  $ tk record step $id review >/dev/null && tk law can $me deploy.go deploy:w/web
  yes
  $ tk record step $id go >/dev/null && tk law can $me deploy.go deploy:w/web
  no
  [1]
