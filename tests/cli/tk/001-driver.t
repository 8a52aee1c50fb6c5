The driver finds commands, helps, and knows what you meant.

  $ tk --version
  tk 0.1.0
  $ tk wto
  tk: [TK-CLI-0002] no command tk-wto
    mend: did you mean tk wot?
  [127]
  $ tk xyzzy
  tk: [TK-CLI-0002] no command tk-xyzzy
    mend: `tk help` lists the commands
  [127]
  $ tk --nope
  tk: [TK-CLI-0001] unknown option --nope
    mend: tk --help
  [2]
  $ tk help law can | head -3
  tk law can - may this actor do this to that? 0 yes, 1 no, 5 ask first
  
  USAGE
  $ tk
  tk: infrastructure for AI agents
  
  Usage: tk [-C DIR] COMMAND [words]
  
    demo        see the main job run: a real diff reviewed by agents under law
    init        make a workspace
    status      what this workspace is and what is going on in it
    wot         workflows: agents as steps, human gates, feedback until convergence
    run         an agent's program in a box: its own account, law's paths, nothing else
    vault       secrets that are used and never read
    stop        end an actor: its next decision is no, its boxes are gone
    start       let a stopped actor go on
    repo        the organisation as XML in git
    law         who may do what, and why
    acl         tokens, invitations, leases: rights that end by themselves
    record      records and their state machines
    inbox       what waits for somebody's answer
    log         the journal: query, follow, prove and verify
    export      the whole workspace with its journal, as one file
    import      a workspace made of an export
    audit       rights that are too wide, gaps, secrets in clear
    compliance  what the workspace can show for the controls of a frame
    events      the closed catalogue of what can happen
    config      each setting with its value and where it comes from
    expr        CEL expressions: evaluate, check, see what they read
    explain     what an error code means
    doctor      what is missing, slow or unsafe here, each with its mend
    help        help on commands and topics, manual pages, completions
  
  Start here:
    tk demo code-review
        the main job on a bundled sample
    tk COMMAND -h
        one screen of help with examples
    tk help -a
        every command and topic, also from others
  [2]
  $ tk explain tk-law-0005
  TK-LAW-0005: denied by law
  exit status 3
  
  `tk law explain ACTOR ACTION RESOURCE` prints the whole chain or the first missing link.
  $ tk explain TK-LAW-9999
  tk: [TK-CLI-0001] no error code TK-LAW-9999
    mend: `tk explain` lists them
  [2]

A third party's command on PATH is a command; one of tk's own cannot be shadowed.

  $ mkdir bin; printf '#!/bin/sh\necho hello "$@"\n' > bin/tk-hello; cp bin/tk-hello bin/tk-law; chmod +x bin/*
  $ PATH=$PWD/bin:$PATH tk hello there
  hello there
  $ PATH=$PWD/bin:$PATH tk law | head -1
  tk law: who may do what, and why
  
    tk law can            may this actor do this to that? 0 yes, 1 no, 5 ask first
    tk law explain        why: the whole chain, or the first missing link and the nearest permit
    tk law what-can       everything that an actor may do, on every entity
    tk law who-can        every actor that may do this to that
    tk law which-actions  every action that an actor may do to that
    tk law diff           which answers change between two laws, each with a witness
    tk law lint           law that is legal and cannot be meant: 0, or 1 with each finding
    tk law test           table tests of law, with the coverage of rules and clauses
    tk law replay         decide again what the journal holds: 0 the same answers, 5 others
    tk law simulate       what the law of a folder would have answered: 0 the same, 5 others
    tk law draft          the least law that allows what a run or an actor did
    tk law review         every grant with when it was last used: 0, or 1 when some are not
    tk law halt           stop an actor at its next decision: every answer about it is no
    tk law resume         let a halted actor go on; somebody else than who halted it
    tk law residual       what a resource has to be like for an actor to be allowed: CEL, or SQL's WHERE
    tk law actions        every action that law knows
    tk law serve          answer questions of law over HTTP (OpenID AuthZEN)
  
  For example:
    tk law can user:alice cast.answer cast:acme.web/review/human_review
        ask in a script or in CI
  
  More: tk law VERB -h, tk help law

Wrong words get the nearest right one, and exit 2.

  $ tk law cna
  tk: [TK-CLI-0001] tk law has no verb cna
    mend: did you mean tk law can?
  [2]
  $ tk log --trcae x
  tk: [TK-CLI-0001] unknown option --trcae
    mend: did you mean --trace?
  [2]
  $ tk log verfy
  tk: [TK-CLI-0001] tk log has no verb verfy
    mend: did you mean tk log verify?
  [2]
  $ tk demo code-review --fail-on hihg
  tk: [TK-CLI-0001] --fail-on takes no "hihg"
    mend: did you mean high?
  [2]
  $ tk wot answer
  tk: [TK-CLI-0001] RUN is missing: its id or a prefix
    mend: -h shows one screen of help
  [2]
  $ tk status
  tk: [TK-WS-0001] not inside a workspace (no tk.toml here or above)
    mend: make one: tk init
  [2]
