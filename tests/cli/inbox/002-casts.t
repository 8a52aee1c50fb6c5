The inbox shows a run's questions too, and answers them as `tk wot answer` does; an agent answers nothing.

  $ tk init w >/dev/null && cd w && mkdir -p wots
  $ printf 'wot = "g"\n[[step]]\ncast = "gate"\nprompt = "Go on?"\n' > wots/g.toml
  $ tk wot run g --quiet --run-file id >/dev/null; echo $?
  5
  $ tk inbox list | sed -E 's/[0-9a-f]{8}-[0-9a-f-]{27}/ID/g'
  Go on? on cast:w/g/gate
    tk inbox answer ID approve|deny
  $ item=$(tk inbox list --json | python3 -c 'import json,sys; print(json.load(sys.stdin)[0]["id"])')
  $ tk repo new agent bot sponsor=user:$(id -un) >/dev/null; tk inbox answer $item approve --as agent:bot | sed -E 's/[0-9a-f]{8}-[0-9a-f-]{27}/ID/g'
  tk: [TK-LAW-0005] agent:w/bot may not cast.answer on cast:w/g/gate: forbidden by rule agents-never-answer
    mend: see: tk law explain agent:w/bot cast.answer cast:w/g/gate
  $ tk inbox answer $item deny
  gate: reject by user:w/* (glob)
  $ tk wot resume $(cat id) | sed -E 's/[0-9a-f]{8}-[0-9a-f-]{27}/ID/g'
  run ID rejected
  $ tk inbox list
  nothing waits
