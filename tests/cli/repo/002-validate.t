Every problem has a place and a way to mend it.

  $ tk init w >/dev/null && cd w
  $ tk repo validate
  valid: 13 entities in 6 files
  $ echo '<user name="al" emial="x"/>' > galaxies/w/users/al.xml
  $ echo '<users><user name="b"><x/></user></users>' > galaxies/w/users/b.xml
  $ printf '<rules>\n <rule id="x" effect="allow" role="role:owner" actions="*" resource="**"/>\n <rule id="y" effect="permit" role="role:owner" actions="*" resource="**" when="actor.emial == 1"/>\n</rules>' > galaxies/w/rules/x.xml
  $ printf '<!DOCTYPE x>\n<user name="c"/>' > galaxies/w/users/c.xml
  $ mkdir -p galaxies/other && echo '<galaxy name="other"/>' > galaxies/other/galaxy.xml
  $ tk repo validate
  galaxies/other/galaxy.xml: galaxies/other/galaxy.xml is not listed in MANIFEST.xml [TK-WS-0004]
    mend: add <galaxy href="galaxies/other/galaxy.xml"/>
  galaxies/w/rules/x.xml:2:23: effect must be permit or forbid, not "allow" [TK-WS-0004]
    mend: write it like effect="permit"
  galaxies/w/users/al.xml:1:17: <user> has no attribute emial [TK-WS-0004]
    mend: did you mean email?
  galaxies/w/users/b.xml:1:23: <user> cannot hold <x> [TK-WS-0004]
    mend: known: attr
  galaxies/w/users/c.xml:1:1: DOCTYPE and declarations are refused [TK-XML-0001]
    mend: take it out
  [2]
  $ git add -A && git commit -qm broken && tk law can user:x cast.answer cast:w/x
  tk: [TK-WS-0004] galaxies/other/galaxy.xml: galaxies/other/galaxy.xml is not listed in MANIFEST.xml
    mend: add <galaxy href="galaxies/other/galaxy.xml"/>
  [2]
