One layout for entity files: comments stay, what a file means does not change.

  $ tk init w >/dev/null && cd w && tk repo fmt >/dev/null; git commit -qam layout
  $ printf '<users><!-- the\n crew -->\n\n\n<user title="Pilot"   name="al"   ></user><user name=\x27bo\x27/> <!-- new -->\n</users>' > galaxies/w/users/crew.xml
  $ tk repo fmt --check
  galaxies/w/users/crew.xml
  [1]
  $ tk repo fmt && cat galaxies/w/users/crew.xml
  galaxies/w/users/crew.xml
  <users> <!-- the
   crew -->
  
    <user name="al" title="Pilot"/>
    <user name="bo"/> <!-- new -->
  </users>
  $ tk repo fmt --check; tk repo validate
  valid: 15 entities in 7 files
  $ tk repo fmt --ids | cat; sed 's/id="[^"]*"/id="…"/' galaxies/w/users/crew.xml | grep -c 'id="…" name='
  galaxies/w/users/crew.xml
  2

A file that the grammar refuses is left alone and named.

  $ printf '<user  nmae="x"/>' > galaxies/w/users/x.xml; tk repo fmt; cat galaxies/w/users/x.xml; echo
  galaxies/w/users/x.xml:1:8: <user> has no attribute nmae [TK-WS-0004]
    mend: did you mean name?
  <user  nmae="x"/>

A file is judged alone wherever it lies; --anew reads all, whatever was found before.

  $ cd ..; printf '<user name="al" owner="user:ghost"/>\n' > al.xml; tk repo validate al.xml; printf '<user nmae="al"/>\n' > al.xml; tk repo validate al.xml
  valid: 1 entities in 1 file
  al.xml:1:7: <user> has no attribute nmae [TK-WS-0004]
    mend: did you mean name?
  [2]
  $ cd w; rm galaxies/w/users/x.xml; tk repo validate --anew; cp ../al.xml galaxies/w/users/al2.xml; tk repo validate
  valid: 15 entities in 7 files
  galaxies/w/users/al2.xml:1:7: <user> has no attribute nmae [TK-WS-0004]
    mend: did you mean name?
  [2]

What tk makes is valid: a new galaxy is on the list of the manifest, an element inside has its attributes.

  $ rm galaxies/w/users/al2.xml; git add -A; git commit -qm crew; tk repo new galaxy acme && grep acme MANIFEST.xml
  galaxy:acme  galaxies/acme/galaxy.xml
    <galaxy href="galaxies/acme/galaxy.xml"/>
  $ tk repo new integration gh server=github --child 'capability kind=tool name=create an issue mode=on'; grep capab galaxies/w/integrations/gh.xml
  integration:w/gh  galaxies/w/integrations/gh.xml
    <capability kind="tool" name="create an issue" mode="on"/>
  $ tk repo new action docs.read; tk repo new task t; tk repo new space lab
  action:w/docs.read  galaxies/w/actions/docs.read.xml
  tk: [TK-CLI-0001] a task is made by what happens: nobody declares one
    mend: `tk repo types` shows which are declared
  tk: [TK-CLI-0001] no space can stand in w
    mend: a galaxy stands alone, a system in a galaxy, a space in a system: --context acme.web
  [2]
  $ tk repo validate
  valid: 18 entities in 10 files
