"""An organisation of a given size, written as a workspace's XML: users in groups, groups granted roles, rules of
those roles on documents. Seeded, so that two runs measure the same law."""
import os, random, uuid

ACTIONS = ["read", "write", "share", "delete", "list", "sign", "move", "copy", "lock", "print"]


def record(noun, verbs):
    """A record definition that makes the actions <noun>.<verb> known to law."""
    out = f'record = "{noun}"\nversion = 1\ninitial = "open"\n[[state]]\nname = "open"\n'
    for verb in verbs:
        out += f'[[transition]]\nevent = "{verb}"\nfrom = ["open"]\nto = "open"\naction = "{noun}.{verb}"\n'
    return out


def write(root, files):
    for path, text in files.items():
        full = os.path.join(root, path)
        os.makedirs(os.path.dirname(full), exist_ok=True)
        with open(full, "w", encoding="utf-8") as out: out.write(text)


def organisation(galaxy, users=1000, groups=100, roles=50, rules=5000, seed=20261122):
    """The files, by path. Every user stands in a file of its own, as `tk repo new` would leave it."""
    dice = random.Random(seed)
    uid = lambda: str(uuid.UUID(int=dice.getrandbits(128), version=4))
    base, files = f"galaxies/{galaxy}", {"records/doc.toml": record("doc", ACTIONS)}
    members = [[] for _ in range(groups)]
    for n in range(users):
        files[f"{base}/users/u{n}.xml"] = f'<user id="{uid()}" name="u{n}"/>\n'
        for g in dice.sample(range(groups), min(3, groups)): members[g].append(n)
    files[f"{base}/groups/all.xml"] = "<groups>\n" + "".join(
        f'<group name="g{g}" id="{uid()}">' + "".join(f'<member ref="user:u{n}"/>' for n in who) + "</group>\n"
        for g, who in enumerate(members)) + "</groups>\n"
    files[f"{base}/roles/all.xml"] = "<roles>\n" + "".join(
        f'<role name="r{r}" id="{uid()}"/>\n' for r in range(roles)) + "</roles>\n"
    files[f"{base}/grants/all.xml"] = "<grants>\n" + "".join(
        f'<grant id="g{g}-{r}" role="role:r{r}" to="group:g{g}"/>\n'
        for g in range(groups) for r in dice.sample(range(roles), min(2, roles))) + "</grants>\n"
    lines = []
    for n in range(rules):
        effect = "forbid" if dice.randrange(20) == 0 else "permit"
        where = f"doc:{galaxy}/d{dice.randrange(2000)}" if dice.randrange(5) == 0 else f"doc:{galaxy}.s{dice.randrange(50)}/**"
        lines.append(f'<rule id="n{n}" effect="{effect}" role="role:r{dice.randrange(roles)}" '
                     f'actions="doc.{dice.choice(ACTIONS)}" resource="{where}"/>\n')
    for at in range(0, rules, 500):
        files[f"{base}/rules/r{at // 500}.xml"] = "<rules>\n" + "".join(lines[at:at + 500]) + "</rules>\n"
    return files
