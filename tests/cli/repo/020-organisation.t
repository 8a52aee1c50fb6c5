hierarchy.json is the organisation of one tree, compiled: what tk commits is compiled with it.

  $ tk init acme >/dev/null && cd acme
  $ tk repo new system web >/dev/null && tk repo new space api --context acme.web tools="git make" >/dev/null
  $ tk repo get acme.web.api
  path              acme.web.api
  level             space
  id                * (glob)
  hive_channel      monorepo.acme.web.api
  tools             git, make
  effective_config  hive.prefix=monorepo, onboard.groups=, onboard.role=role:reader
  source            galaxies/acme/systems/web/spaces/api/space.xml
  $ tk repo get acme.web.ap
  tk: [TK-WS-0003] no galaxy, system or space acme.web.ap
    mend: did you mean acme.web.api?
  [2]
  $ tk repo get acme.nowhere.at.all.x
  tk: [TK-WS-0003] no galaxy, system or space acme.nowhere.at.all.x
    mend: tk repo get space lists them
  [2]

A commit made by hand makes it stale: it is refused, never used. So is one that somebody edited.

  $ cat > galaxies/acme/galaxy.xml <<'XML'
  > <galaxy name="acme">
  >   <config key="shell" value="/bin/bash"/>
  >   <config key="packages" value="git make"/>
  >   <config key="net.allow" value="github.com example.org"/>
  >   <config key="umask" value="0027" lock="true"/>
  > </galaxy>
  > XML
  $ git commit -qam "by hand"
  $ tk repo get acme.web.api
  tk: [TK-WS-0011] .tk/hierarchy.json is of another tree than HEAD
    mend: run `tk repo compile`
  [4]
  $ tk repo compile --quiet && tk repo get acme.web.api | grep -c packages
  2
  $ sed -i 's/"0027"/"0000"/' .tk/hierarchy.json && tk repo get acme
  tk: [TK-WS-0011] .tk/hierarchy.json is not as it was compiled
    mend: run `tk repo compile`
  [4]
  $ tk repo compile --quiet

The same commit gives the same bytes, whatever clock, locale and cache.

  $ cp .tk/hierarchy.json ../first && rm -r .tk/index.db .tk/hierarchy.json && LC_ALL=tr_TR.UTF-8 TZ=Asia/Tokyo tk repo compile --quiet && cmp ../first .tk/hierarchy.json && echo same
  same

Configuration: the leaf wins, lists are replaced unless merge says else, and each key names where it comes from.

  $ cat > galaxies/acme/systems/web/spaces/api/space.xml <<'XML'
  > <space name="api">
  >   <config key="packages" value="curl" merge="append"/>
  >   <config key="packages" value="make" merge="remove"/>
  >   <config key="net.deny" value="example.*"/>
  > </space>
  > XML
  $ git commit -qam "the space" && tk repo config acme.web.api
  hive.prefix     monorepo     built in
  net.allow       github.com   galaxies/acme/galaxy.xml:4:3
  net.deny        example.*    galaxies/acme/systems/web/spaces/api/space.xml:4:3
  onboard.groups               built in
  onboard.role    role:reader  built in
  packages        git curl     galaxies/acme/systems/web/spaces/api/space.xml:2:3
  shell           /bin/bash    galaxies/acme/galaxy.xml:2:3
  umask           0027         galaxies/acme/galaxy.xml:5:3                        locked
  $ tk repo config acme.web.api --explain | grep -A4 '^packages'
  packages              git curl                galaxies/acme/systems/web/spaces/api/space.xml:2:3
    galaxy:acme         git make                galaxies/acme/galaxy.xml:3:3
    space:acme.web/api  remove make             galaxies/acme/systems/web/spaces/api/space.xml:3:3
    space:acme.web/api  append curl             galaxies/acme/systems/web/spaces/api/space.xml:2:3
  shell                 /bin/bash               galaxies/acme/galaxy.xml:2:3
  $ tk repo config acme.web.api --explain | grep -A3 '^net.allow'
  net.allow             github.com              galaxies/acme/galaxy.xml:4:3
    galaxy:acme         github.com example.org  galaxies/acme/galaxy.xml:4:3
    denied              example.org             galaxies/acme/systems/web/spaces/api/space.xml:4:3
  net.deny              example.*               galaxies/acme/systems/web/spaces/api/space.xml:4:3
  $ tk repo new user ada --context acme.web.api shell=/bin/zsh >/dev/null && tk repo config user:ada | grep shell
  shell           /bin/zsh     galaxies/acme/systems/web/spaces/api/users/ada.xml:1:67

A lock holds for everything below it, and both places are named.

  $ sed -i 's|</space>|  <config key="umask" value="0000"/>\n</space>|' galaxies/acme/systems/web/spaces/api/space.xml
  $ git commit -qam "breaks the lock" && tk repo compile
  tk: [TK-WS-0012] galaxies/acme/systems/web/spaces/api/space.xml:5:3: umask is locked at galaxies/acme/galaxy.xml:5:3 (galaxy:acme)
    mend: take it away here, or take lock="true" away there
  [2]
  $ tk repo get acme.web.api
  tk: [TK-WS-0011] .tk/hierarchy.json is of another tree than HEAD
    mend: run `tk repo compile`
  [4]
  $ git reset -q --hard HEAD~1 && tk repo compile --quiet

What is denied above cannot be allowed below.

  $ sed -i 's|</galaxy>|  <config key="net.deny" value="evil.*"/>\n</galaxy>|' galaxies/acme/galaxy.xml
  $ sed -i 's|net.deny" value="example.\*"|net.deny" value="" merge="replace"|' galaxies/acme/systems/web/spaces/api/space.xml
  $ git commit -qam "takes a deny back" && tk repo config acme.web.api
  tk: [TK-WS-0012] galaxies/acme/systems/web/spaces/api/space.xml:4:3: what net.deny denies at galaxies/acme/galaxy.xml:6:3 (galaxy:acme) stays denied below
    mend: leave merge out: what is said here comes to it
  [2]
  $ git reset -q --hard HEAD~1

A space that moves in the organisation changes its inherited keys, and nothing of its own.

  $ tk repo new system shop >/dev/null && sed -i 's|/>|><config key="shell" value="/bin/dash"/></system>|' galaxies/acme/systems/shop/system.xml && git commit -qam shop
  $ tk repo config acme.web.api | sed 's/  *galaxies.*//' > ../before
  $ mkdir galaxies/acme/systems/shop/spaces && git mv galaxies/acme/systems/web/spaces/api galaxies/acme/systems/shop/spaces/ && git commit -qam move
  $ tk repo config acme.shop.api | sed 's/  *galaxies.*//' | diff ../before -
  7c7
  < shell           /bin/bash
  ---
  > shell           /bin/dash
  [1]

Integrations say which tools of a server may be used: off by default, several that give are joined, an off wins.

  $ mkdir -p galaxies/acme/integrations galaxies/acme/systems/shop/integrations
  $ cat > galaxies/acme/integrations/github.xml <<'XML'
  > <integration name="github" server="github">
  >   <capability kind="tool" name="search" mode="on"/>
  >   <capability kind="tool" name="push" mode="borrow" lender="user:ada" ttl="15m"/>
  >   <capability kind="tool" name="review"/>
  > </integration>
  > XML
  $ cat > galaxies/acme/systems/shop/integrations/ours.xml <<'XML'
  > <integration name="ours" server="github" profile="dev">
  >   <capability kind="tool" name="push" mode="on" approve="human"/>
  >   <capability kind="tool" name="sear*" mode="off"/>
  > </integration>
  > XML
  $ git add -A && git commit -qm integrations && tk repo new profile dev user_id=user:ada context_path=acme.shop.api >/dev/null
  $ tk repo capabilities user:ada
  github  tool  push    on, a person agrees  galaxies/acme/systems/shop/integrations/ours.xml:2:3
  github  tool  review  off                  galaxies/acme/integrations/github.xml:4:3
  github  tool  sear*   off                  galaxies/acme/systems/shop/integrations/ours.xml:3:3
  github  tool  search  off                  galaxies/acme/systems/shop/integrations/ours.xml:3:3
  $ tk repo capabilities profile:dev --context acme.web
  github  tool  push    borrow  galaxies/acme/integrations/github.xml:3:3
  github  tool  review  off     galaxies/acme/integrations/github.xml:4:3
  github  tool  search  on      galaxies/acme/integrations/github.xml:2:3
  $ tk repo capabilities role:reader
  tk: [TK-CLI-0001] role:acme/reader is no profile, user or agent
    mend: tk repo capabilities user:alice
  [2]
