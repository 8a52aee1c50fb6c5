A whole workspace with its journal goes into one file, and comes out of it as it was.

  $ tk init acme >/dev/null && cd acme
  $ tk repo new user rita email=rita@example.org >/dev/null && tk log checkpoint >/dev/null && tk repo set user:rita title=Lead >/dev/null
  $ tk export ../acme.tar | sed 's/[0-9a-f]\{10,16\}/…/g; s|to .*/|to |'
  exported to acme.tar: commit …, 16 rows, journal head …
  $ tk import ../acme.tar ../copy | sed 's/[0-9a-f]\{10,16\}/…/g; s|in .*/|in |'
  workspace in copy: commit …, 16 rows, journal head …
  $ diff <(git rev-parse HEAD^{tree}; git for-each-ref) <(cd ../copy && git rev-parse HEAD^{tree}; git for-each-ref) && echo the same refs and tree
  the same refs and tree
  $ diff <(tk log --json) <(cd ../copy && tk log --json) && echo the same rows
  the same rows
  $ cd ../copy && tk log verify --json | grep '"rows"' ; git fsck --strict 2>&1 | grep -v dangling; git status --short; tk repo get user:rita 2>&1 | sed 's|put .*|put …|; s/[0-9a-f]\{8\}-[-0-9a-f]*/…/g'
    "rows": 16
  tk: [TK-PII-0003] the key of subject … is missing
    mend: put …

It is a workspace like the first: what is done there goes on from the same head.

  $ tk repo set user:rita title=Boss >/dev/null && tk log verify >/dev/null && echo whole
  whole
  $ tk log checkpoint >/dev/null && tk log verify >/dev/null && echo signed
  signed
  $ tk log prove 15 >/dev/null && tk log prove 17 >/dev/null && echo proved
  proved
  $ cd ../acme

The same workspace gives the same bytes; a folder has the same parts as the file.

  $ tk export ../again.tar >/dev/null && cmp ../acme.tar ../again.tar && echo same
  same
  $ rm -rf ../third && tk import ../acme.tar ../third >/dev/null && (cd ../third && tk export ../third.tar >/dev/null) && cmp ../acme.tar ../third.tar && echo same again
  same again
  $ tk export ../folder >/dev/null && ls ../folder
  export.json
  journal.db
  repository.bundle
  $ mkdir ../untar && tar -xf ../acme.tar -C ../untar && diff -r ../folder ../untar && echo the same parts
  the same parts
  $ git clone -q ../folder/repository.bundle ../clone && ls ../clone
  MANIFEST.xml
  galaxies
  tk.toml

Nothing is ever written over.

  $ tk export ../acme.tar 2>&1 | sed 's|\] .*/|] |'
  tk: [TK-WS-0002] acme.tar is there already
    mend: name a place where nothing stands
  $ tk import ../acme.tar . 2>&1 | sed 's|\] .*/|] |'
  tk: [TK-WS-0002] acme is there already
    mend: tk import makes a new folder and never writes over one
  $ tk import ../acme.tar ../copy >/dev/null 2>&1
  [4]
  $ ls -A .. | grep unfinished
  [1]

What is damaged is refused, and nothing of it is taken.

  $ cp -r ../folder ../bad && printf x >> ../bad/journal.db && tk import ../bad ../new
  tk: [TK-WS-0014] journal.db is not as it was written
    mend: fetch the export again; nothing of it was taken
  [8]
  $ cp -r ../folder ../extra && touch ../extra/more && tk import ../extra ../new
  tk: [TK-WS-0014] it holds more, which is no part of an export
    mend: fetch the export again; nothing of it was taken
  [8]
  $ cp -r ../folder ../edited && sed -i 's/"rows":[0-9]*/"rows":1/' ../edited/export.json && tk import ../edited ../new
  tk: [TK-WS-0014] export.json is not as it was written
    mend: fetch the export again; nothing of it was taken
  [8]
  $ cp -r ../folder ../less && rm ../less/repository.bundle && tk import ../less ../new
  tk: [TK-WS-0014] repository.bundle is missing
    mend: fetch the export again; nothing of it was taken
  [8]
  $ head -c 20000 ../acme.tar > ../cut.tar && tk import ../cut.tar ../new
  tk: [TK-WS-0014] the tar is cut off in journal.db
    mend: fetch the export again; nothing of it was taken
  [8]
  $ test -e ../new
  [1]
