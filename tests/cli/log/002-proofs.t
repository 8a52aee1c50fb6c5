A row is proved to somebody who has only a checkpoint; a journal that was cut does not pass the checkpoint.

  $ tk init w >/dev/null && cd w
  $ tk log checkpoint | sed -E 's/[0-9a-f]{8}-[0-9a-f-]{27}/ID/g; s/^[A-Za-z0-9+\/]{43}=/ROOT/; s/ [A-Za-z0-9+\/]{90,}=+$/ SIGNATURE/'
  tk/ID
  13
  ROOT
  
  — tk/ID SIGNATURE
  $ git log --format=%s refs/tk/checkpoints; git show refs/tk/checkpoints:checkpoint | sed -n 2p; git status --short
  checkpoint of 13 rows
  13
  $ stat -c '%a' .tk/keys/journal.key
  600
  $ tk log verify | tail -1
  checkpoints: 1 in the journal, 1 outside of it; all are signed and fit. The last outside is of 13 rows
  $ tk repo new user rita >/dev/null && tk log verify | tail -1
  checkpoints: 1 in the journal, 1 outside of it; all are signed and fit. The last outside is of 13 rows; nothing vouches for 1 row behind it
  $ tk log prove 3 | sed -E 's/^extra .*/extra ENTRY/; s/^[A-Za-z0-9+\/]{43}=/HASH/; s/tk\/[0-9a-f-]{36}/ORIGIN/g; s/ [A-Za-z0-9+\/]{90,}=+$/ SIGNATURE/'
  c2sp.org/tlog-proof@v1
  extra ENTRY
  index 2
  HASH
  HASH
  HASH
  HASH
  
  ORIGIN
  13
  HASH
  
  — ORIGIN SIGNATURE
  $ tk log consistency 5 8 | sed -E 's/[A-Za-z0-9+\/]{43}=/HASH/'
  old 5 HASH
  new 8 HASH
  HASH
  HASH
  HASH
  HASH
  $ tk log export --tiles ../tiles --quiet >/dev/null; (cd ../tiles; find . -type f | sort)
  ./checkpoint
  ./tile/0/000.p/14
  ./tile/entries/000.p/14
  $ tk log prove 99
  tk: [TK-JRN-0007] there is no row 99; the journal has 14
  [2]
  $ tk log consistency 9 3
  tk: [TK-JRN-0007] no proof from 9 to 3 rows: the journal has 14
    mend: 1 <= OLD <= NEW <= the number of rows
  [2]
  $ tk log export
  tk: [TK-CLI-0001] where to? --tiles DIR
    mend: tk log export --tiles DIR
  [2]
  $ tk log verify --key nonsense
  tk: [TK-CLI-0001] not a key: "nonsense"
    mend: a key is name+id+base64, as `tk log checkpoint --key` prints it
  [2]
  $ tk log checkpoint > ../anchor && tk log checkpoint --key > ../key
  $ git update-ref -d refs/tk/checkpoints
  $ chmod 644 .tk/keys/journal.key && tk log checkpoint; chmod 600 .tk/keys/journal.key
  tk: [TK-ACL-0012] */work/w/.tk/keys/journal.key may be read by others (glob)
    mend: chmod 600 it if nobody read it meanwhile; else make a new one

Cut together with everything that tells of it, it passes by itself, and not beside the anchor.

  $ python3 - <<'PY'
  > import sqlite3
  > c = sqlite3.connect(".tk/journal.db")
  > for q in ("delete from journal where seq > 13", "delete from side where seq > 13", "delete from leaf where seq > 13",
  >           "delete from record where type = 'user' and name = 'rita'", "delete from checkpoint where size > 13",
  >           "update meta set number = 13, bytes = (select hash from journal where seq = 13) where name = 'head'"): c.execute(q)
  > c.commit()
  > PY
  $ tk log verify | head -1
  ok: 13 rows; the chain holds and every record is the fold of its rows
  $ tk log verify --anchor ../anchor --key ../key
  tk: [TK-JRN-0006] the checkpoint of 14 rows was signed, but the journal has 13: row 14 is missing; the tail was cut, or an old copy was put back (../anchor; rows 1 to 13 are as another checkpoint says)
    mend: keep the file as it is and compare it with a backup
  [8]
