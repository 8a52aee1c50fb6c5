A workflow runs, waits for a human, is answered by another process, goes on and ends.

  $ tk init w >/dev/null && cd w && mkdir -p wots templates/a templates/b
  $ agent() { printf 'name = "%s"\nversion = "1"\nobjective = "x"\nbackend = "exec"\ncommand = ["./run"]\n%b' $1 "$2" > templates/$1/template.toml; printf "#!/bin/sh\n%s\n" "$3" > templates/$1/run; chmod +x templates/$1/run; tk repo new agent $1 template=$1 sponsor=user:$(id -un) >/dev/null; }
  $ agent a '[input]\nn = "int"\n[output]\nn = "int"\n' 'read x; echo "{\"n\": 2}"'
  $ agent b '[input]\nn = "int"\n[output]\nsum = "int"\n' 'read x; echo "$x" >&2; echo "{\"sum\": 3}"'
  $ printf 'wot = "add"\n[input]\nn = "int"\n[[step]]\nagent = "a"\n[[step]]\ncast = "gate"\nprompt = "Go on?"\n[[step]]\nagent = "b"\n' > wots/add.toml
  $ tk wot run add --input n=1 --run-file id > out 2> err; echo $?; sed "s/$(cat id)/RUN/" out
  5
  run RUN waiting
    answer: tk wot answer RUN gate approve|reject
    then:   tk wot resume RUN
  $ RUN=$(cat id); tk wot inbox | sed "s/$RUN/RUN/"
  gate: Go on?
    tk wot answer RUN gate approve|reject
  $ tk wot answer $RUN gate maybe
  tk: [TK-WOT-0015] gate takes approve or reject, not "maybe"
    mend: did you mean approve?
  [2]
  $ tk wot answer $RUN gaet approve
  tk: [TK-WOT-0014] run * has no cast gaet (glob)
    mend: did you mean gate?
  [2]
  $ tk wot answer 0000 gate approve
  tk: [TK-WOT-0008] no run 0000
    mend: `tk wot list` shows them
  [2]
  $ tk wot answer $RUN gate approve
  gate: approve by user:w/* (glob)
  $ tk wot answer $RUN gate reject 2>&1 | sed 's/ at .*//'
  tk: [TK-WOT-0016] gate was answered approve by user:w/* (glob)
  $ tk wot resume $RUN | sed "s/$RUN/RUN/"
  run RUN done
  {
    "sum": 3
  }
  $ tk wot resume $RUN --json | tail -3
    "run": "*", (glob)
    "state": "done"
  }
  $ tk wot show $RUN | awk '{print $1, ($2 ~ /-7/ ? "RUN" : $2), $3, $4}' | sed -E 's/user:.*/ME/; s/ +$//'
  run RUN add done
  
  STEP ROUND STATE BY
  a 1 done agent:w/a
  b 1 done agent:w/b
  gate 1 answered ME
  
  {
  "sum": 3
  }
  $ tk log --event wot.finished | wc -l
  1

A rejected gate ends with 1, one that nobody answered in time with 6.

  $ tk wot run add --input n=1 --run-file id >/dev/null 2>&1; tk wot answer $(cat id) gate reject | sed "s/user:.*/ME/"; tk wot resume $(cat id) | sed "s/$(cat id)/RUN/"; tk wot show $(cat id) --json | grep '"state": "rej'
  gate: reject by ME
  run RUN rejected
    "state": "rejected",
  $ sed -i 's/prompt = .*/&\ntimeout = "50ms"/' wots/add.toml; tk wot run add --input n=1 --wait --run-file id 2>/dev/null | sed "s/$(cat id)/RUN/"; echo ${PIPESTATUS[0]}
  run * timed_out (glob)
  6
  $ tk wot answer $(cat id) gate approve
  tk: [TK-WOT-0012] gate was not answered in time
    mend: its timeout ran out; see: tk wot show * (glob)
  [6]
  $ sed -i 's/timeout = .*/&\non_timeout = "approve"/' wots/add.toml; tk wot run add --input n=1 --wait 2>/dev/null >/dev/null; echo $?
  0

Inputs are checked before the run.

  $ tk wot run add
  tk: [TK-WOT-0007] add needs input `n` (int)
    mend: give it: --input n=… or --input n=@FILE
  [2]
  $ tk wot run add --input n=x
  tk: [TK-CLI-0001] `n` must be int, not "x"
  [2]
  $ tk wot run add --input m=1
  tk: [TK-WOT-0007] add takes no input `m`
    mend: did you mean `n`?
  [2]
  $ tk wot run add --input n=@/nowhere
  tk: [TK-OS-0005] cannot open /nowhere: No such file or directory
  [2]
