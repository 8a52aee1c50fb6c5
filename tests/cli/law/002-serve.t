Questions of law over HTTP, as AuthZEN asks them. The server says where it listens as soon as it does.

  $ tk init w --template code-review >/dev/null && cd w
  $ tk law serve --listen 127.0.0.1:0 --for 120s >said 2>noise & server=$!
  $ until grep -qs listening said; do sleep 0.01; done; sed 's/:[0-9]*$/:PORT/' said
  listening on http://127.0.0.1:PORT
  $ url=$(sed 's/listening on //' said)
  $ ask() { python3 -c 'import sys, urllib.request as u, urllib.error as e
  > r = u.Request(sys.argv[1] + sys.argv[2], sys.argv[3].encode(), {"Content-Type": "application/json"})
  > try: print(u.urlopen(r).read().decode())
  > except e.HTTPError as x: print(x.code, x.read().decode(), end="")' "$url" "$@"; }
  $ question() { ask /access/v1/evaluation "{\"subject\": {\"type\": \"agent\", \"id\": \"$1\"}, \"action\": {\"name\": \"$2\"}, \"resource\": {\"type\": \"cast\", \"id\": \"w.review/code-review/human_review\"}}"; }
  $ question analyst answer | python3 -m json.tool | grep -v '"commit"\|"policy_hash"'
  {
      "decision": false,
      "context": {
          "answer": "deny",
          "reason_admin": {
              "403": "forbidden by rule agents-never-answer"
          },
          "reason_user": {
              "403": "not permitted"
          },
          "rules": [
              {
                  "id": "agents-never-answer",
                  "effect": "forbid",
                  "at": "galaxies/w/rules/default.xml:7"
              }
          ],
      }
  }

Who is not known is denied; what is not well-formed is refused.

  $ question analist answer
  {"decision":false,"context":{"answer":"deny","error":{"status":404,"message":"subject: no entity agent:analist at commit *"},"policy_hash":*}} (glob)
  $ ask /access/v1/evaluation '{"subject": {"type": "agent"}}'
  400 subject.id is missing
  $ ask /access/v1/search/action '{"subject": {"type": "agent", "id": "analyst"}, "resource": {"type": "step", "id": "w.review/code-review/analyst"}}'
  {"context":{*},"results":[{"name":"run"}]} (glob)

A commit changes the answer; one that is no law denies everything, until it is mended.

  $ sed -i s/forbid/permit/ galaxies/w/rules/default.xml && git commit -qam "let agents answer"
  $ until question analyst answer | grep -q '"decision":true'; do sleep 0.01; done
  $ sed -i s/cast.answer/cast.anser/ galaxies/w/rules/default.xml && git commit -qam "a slip"
  $ until question analyst answer | grep -q '"decision":false'; do sleep 0.01; done; question analyst answer
  {"decision":false,"context":{"answer":"deny","error":{"status":503,"message":"no law is in force: galaxies/w/rules/default.xml:*: unknown action cast.anser"},"commit":*}} (glob)
  $ cat noise
  tk: no law can be made of commit *, so everything is denied: galaxies/w/rules/default.xml:*: unknown action cast.anser (glob)
  $ tk law serve --listen 127.0.0.1:0
  tk: [TK-LAW-0002] galaxies/w/rules/default.xml:*: unknown action cast.anser (glob)
    mend: did you mean cast.answer?
  [2]
  $ git revert --no-edit HEAD >/dev/null && until question analyst answer | grep -q '"decision":true'; do sleep 0.01; done

It ends by a signal, or at its time.

  $ kill $server; wait $server
  [143]
  $ tail -1 noise
  tk: stopped serving
  $ tk law serve --socket law.sock --for 50ms; ls law.sock
  listening on unix:law.sock
  ls: cannot access 'law.sock': No such file or directory
  [2]
  $ tk law serve --listen 0.0.0.0:80
  tk: [TK-NET-0001] 0.0.0.0 can be reached from other machines
    mend: listen on 127.0.0.1, and put a proxy with TLS before it
  [2]
  $ tk law serve
  tk: [TK-CLI-0001] nowhere to listen
    mend: give --listen 127.0.0.1:0 or --socket FILE
  [2]
