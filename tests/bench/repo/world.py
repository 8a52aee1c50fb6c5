"""An organisation of any size, straight into git objects (fast-import), and questions about it whose answers are known.
Everything comes of one seed. Names are made of syllables and of the words of trades, so that many of them are near to
each other: what a search has to tell apart."""
import base64, os, random, subprocess, uuid

FIRST = "ada ben clara david emma felix greta hugo ida jonas klara leon mila noah olga paul rosa sven tina ulf vera willi xenia yannik zoe " \
        "amir bela chiara dimitri elif fatma goran hana igor jana kofi lena mateo nadia omar priya quentin ravi sofia tomas".split()
SYLLABLES = "ba be bo bra dor el fin ga gre ha hol ka kel ko lan le lin ma mer mo na ner no os pe ran ri ro sa sen sha sta ta ter to va vel wa wen za".split()
THING = "invoice payment ledger refund customer catalogue warehouse shipment forecast payroll contract audit telemetry backup cluster certificate " \
        "firewall mailbox newsletter campaign survey dashboard incident ticket release pipeline migration schema replica cache queue session".split()
DOING = "reconcile validate archive rotate monitor summarise translate classify deduplicate forecast schedule approve escalate export import " \
        "provision encrypt compress inspect publish review score route enrich".split()
WHOM = "the finance team|new employees|external partners|the night shift|regulators in Europe|wholesale customers|the on-call engineer|" \
       "data scientists|the support desk|field technicians|the legal department|warehouse staff".split("|")
WHEN = "every morning|after each release|at the end of the quarter|within five minutes|when a threshold is crossed|on request|" \
       "before the weekly meeting|once a person has agreed".split("|")
ROLE = "engineer analyst auditor designer architect administrator coordinator technician accountant manager researcher writer".split()


def noun(verb):
    """What it is called to do that: reconcile -> reconciliation."""
    for end, other in (("ise", "isation"), ("ify", "ification"), ("cile", "ciliation"), ("ate", "ation"), ("ve", "val"), ("ct", "ction")):
        if verb.endswith(end): return verb[:-len(end)] + other
    return verb + ("r" if verb.endswith("e") else "er")


class World:
    """`entities` of them, with about 4.7 relations each."""

    def __init__(self, entities=100_000, seed=1):
        self.dice = random.Random(seed)
        self.files, self.people, self.skills, self.services = {}, [], [], []
        self.used = set()
        spaces = max(2, entities // 250)
        self.contexts = [f"acme.s{i // 20}.p{i % 20}" for i in range(spaces)]
        for s in {c.split(".")[1] for c in self.contexts}:
            self.add("system", f"acme", s, f'env="{self.dice.choice(["production", "staging"])}"', path=f"galaxies/acme/systems/{s}/system.xml")
        for c in self.contexts:
            _, s, p = c.split(".")
            self.add("space", f"acme.{s}", p, "", path=f"galaxies/acme/systems/{s}/spaces/{p}/space.xml")
        left = entities - len(self.files)
        for _ in range(left * 50 // 100): self.person("user")
        for _ in range(left * 15 // 100): self.person("agent")
        for _ in range(left * 12 // 100): self.skill()
        for _ in range(left * 10 // 100): self.service()
        for i in range(left * 8 // 100): self.key(i)
        groups = left * 3 // 100
        each = max(1, int(entities * 3.8) // max(1, groups))
        self.groups = [self.group(i, each) for i in range(groups)]
        self.law(left * 2 // 100)

    def id(self):
        return str(uuid.UUID(int=self.dice.getrandbits(128), version=4))

    def add(self, kind, context, name, attributes, children="", path=None):
        g, *rest = context.split(".")
        folder = f"galaxies/{g}" + "".join(f"/{level}/{part}" for level, part in zip(("systems", "spaces"), rest))
        path = path or f"{folder}/{kind}s/{name}.xml"
        body = f'<{kind} id="{self.id()}" name="{name}"' + (" " + attributes if attributes else "")
        self.files[path] = body + (f">\n{children}</{kind}>\n" if children else "/>\n")
        return f"{kind}:{context}/{name}"

    def fresh(self, kind, name):
        """Names are not used twice: a query has one answer."""
        n, out = 2, name
        while (kind, out) in self.used: out, n = f"{name}-{n}", n + 1
        self.used.add((kind, out))
        return out

    def surname(self):
        return "".join(self.dice.choice(SYLLABLES) for _ in range(self.dice.choice((3, 3, 4))))

    def person(self, kind):
        d = self.dice
        context = d.choice(self.contexts)
        if kind == "user":
            name = self.fresh("actor", f"{d.choice(FIRST)}.{self.surname()}")
            title = f"{d.choice(THING)} {d.choice(ROLE)} for {d.choice(WHOM)}"
            sponsor = ""
        else:
            name = self.fresh("actor", f"{d.choice(THING)}-{d.choice(DOING)}-{self.surname()}")
            title = f"{d.choice(DOING)}s each {d.choice(THING)} {d.choice(WHEN)}"
            sponsor = f' sponsor="{d.choice(self.people)[0]}"'
        ref = self.add(kind, context, name, f'title="{title}"{sponsor}')
        self.people.append((ref, name, title))

    def skill(self):
        d = self.dice
        verb, thing, other = d.choice(DOING), d.choice(THING), d.choice(THING)
        text = f"{verb}s {thing} records with the {other} of {self.surname()} for {d.choice(WHOM)} {d.choice(WHEN)}"
        name = self.fresh("skill", f"{verb}-{thing}-{self.surname()}")
        ref = self.add("skill", d.choice(self.contexts), name, f'description="{text}" tags="{thing},{other}" owner="{d.choice(self.people)[0]}"')
        self.skills.append((ref, name, text, verb))

    def service(self):
        d = self.dice
        name = self.fresh("service", f"{d.choice(THING)}-{d.choice(('api', 'worker', 'gateway', 'daemon', 'proxy'))}-{self.surname()}")
        ref = self.add("service", d.choice(self.contexts), name, f'unit="{name}.service" port="{d.randrange(1024, 65535)}" owner="{d.choice(self.people)[0]}"')
        self.services.append((ref, name, ""))

    def key(self, i):
        body = base64.b64encode(b"\0\0\0\x0bssh-ed25519\0\0\0\x20" + self.dice.randbytes(32)).decode()
        self.add("sshkey", self.dice.choice(self.contexts), f"key{i}", f'public="ssh-ed25519 {body}" of="{self.dice.choice(self.people)[0]}"')

    def group(self, i, members):
        chosen = {self.dice.choice(self.people)[0] for _ in range(members)}
        return self.add("group", self.dice.choice(self.contexts), f"team{i}", "", "".join(f'  <member ref="{m}"/>\n' for m in sorted(chosen)))

    def law(self, n):
        d = self.dice
        roles = [self.add("role", d.choice(self.contexts), f"r{i}", "") for i in range(max(1, n // 4))]
        secrets = [self.add("secret", d.choice(self.contexts), f"vault{i}", 'mode="borrow"') for i in range(max(1, n // 4))]
        rules, grants = {}, {}
        for i in range(max(1, n // 4)):
            role, secret = roles[i % len(roles)], secrets[i % len(secrets)]
            context = role[5:].split("/")[0]
            rules.setdefault(context, []).append(f'  <rule id="u{i}" effect="permit" role="{role}" actions="secret.use" resource="{secret}"/>\n')
        # A grant holds in its context and below: of the galaxy, so that it reaches the secret.
        grants = "".join(f'  <grant id="g{i}" role="{roles[i % len(roles)]}" to="{d.choice(self.groups)}"/>\n' for i in range(max(1, n // 4)))
        for c, lines in rules.items():
            _, s, p = c.split(".")
            self.files[f"galaxies/acme/systems/{s}/spaces/{p}/rules/use.xml"] = "<rules>\n" + "".join(lines) + "</rules>\n"
        self.files["galaxies/acme/grants/teams.xml"] = f"<grants>\n{grants}</grants>\n"
        self.add("action", "acme", "secret.use", "")
        self.secrets = secrets

    # ---- into git

    def commit(self, root):
        """One commit on top of HEAD; the working tree does not follow."""
        out = subprocess.Popen(["git", "-C", root, "fast-import", "--quiet"], stdin=subprocess.PIPE)
        put = out.stdin.write
        put(b"commit refs/heads/main\ncommitter w <w@example.org> 1800000000 +0000\ndata 5\nworld\nfrom refs/heads/main^0\n")
        for path, content in sorted(self.files.items()):
            bytes_ = content.encode()
            put(f"M 100644 inline {path}\ndata {len(bytes_)}\n".encode() + bytes_ + b"\n")
        out.stdin.close()
        if out.wait(): raise SystemExit("git fast-import failed")

    # ---- questions with a known answer

    def questions(self, n=240, seed=7):
        """[(kind, query, ref)]: the ways in which people miss the exact name."""
        d = random.Random(seed)
        out = []
        kinds = [self.q_name, self.q_typo, self.q_order, self.q_part, self.q_form, self.q_described, self.q_described_typo, self.q_glued]
        while len(out) < n:
            made = kinds[len(out) % len(kinds)](d)
            out.append((kinds[len(out) % len(kinds)].__name__[2:], *made))
        return out

    def anyone(self, d):
        return d.choice(d.choice((self.people, self.skills, self.services)))

    @staticmethod
    def slip(d, word):
        """One slip of the fingers: two letters swapped, one left out, doubled or another."""
        if len(word) < 4: return word
        i = d.randrange(1, len(word) - 1)
        return d.choice((word[:i] + word[i + 1] + word[i] + word[i + 2:], word[:i] + word[i + 1:], word[:i] + word[i] + word[i:],
                         word[:i] + d.choice("aeiourst") + word[i + 1:]))

    def q_name(self, d):
        e = self.anyone(d)
        return e[1], e[0]

    def q_typo(self, d):  # in the longest word of the name, where it tells most
        e = self.anyone(d)
        words = e[1].replace(".", "-").split("-")
        i = max(range(len(words)), key=lambda k: len(words[k]))
        words[i] = self.slip(d, words[i])
        return " ".join(words), e[0]

    def q_order(self, d):
        e = self.anyone(d)
        words = e[1].replace(".", "-").split("-")
        d.shuffle(words)
        return " ".join(words), e[0]

    def q_part(self, d):  # the last part alone is often enough; with the first of the others' letters
        e = self.anyone(d)
        words = e[1].replace(".", "-").split("-")
        return f"{words[0][:4]} {words[-1]}", e[0]

    def q_form(self, d):  # another form of the verb: reconciliation for reconcile
        e = d.choice(self.skills)
        words = e[1].split("-")
        return " ".join([noun(e[3]), words[1], *words[2:]]), e[0]

    def q_described(self, d):  # what it does, in the description's words, without the small ones
        e = d.choice(self.skills)
        return " ".join(w for w in e[2].split() if w not in ("with", "the", "of", "for")), e[0]

    def q_described_typo(self, d):
        e = d.choice(self.skills)
        words = [w for w in e[2].split() if w not in ("with", "the", "of", "for", "records")]
        for i in d.sample(range(len(words)), 2): words[i] = self.slip(d, words[i])
        return " ".join(words), e[0]

    def q_glued(self, d):  # written in one word
        e = self.anyone(d)
        return e[1].replace(".", "").replace("-", ""), e[0]
