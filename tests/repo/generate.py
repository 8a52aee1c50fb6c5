"""Entity files made at random from the table of types (`tk repo schema --json`): good ones, and mutated ones. Seeded."""
import json, random, re, subprocess
from re import _parser as parser, _constants as c

POOL = "abcXYZ019_-./:,;+=@#~'\"<>&()[]{}%$!?*^|\\éß漢\u2028\U0001F600"
SPECIAL = {"&": "&amp;", "<": "&lt;", '"': "&quot;", "\n": "&#10;", "\t": "&#9;", "\r": "&#13;"}


def table_of(tk):
    return json.loads(subprocess.run([tk, "repo", "schema", "--json"], capture_output=True, check=True, text=True).stdout)


class Values:
    """Texts that a pattern takes, whole."""
    def __init__(self, rng):
        self.rng, self.parsed = rng, {}

    def of(self, pattern):
        if pattern not in self.parsed:
            self.parsed[pattern] = parser.parse(pattern)
        return "".join(self.part(op, what) for op, what in self.parsed[pattern])

    def part(self, op, what):
        rng = self.rng
        if op is c.LITERAL:
            return chr(what)
        if op is c.ANY:
            return rng.choice(POOL)
        if op is c.NOT_LITERAL:
            return rng.choice([x for x in POOL if ord(x) != what])
        if op is c.IN:
            return self.one_of(what)
        if op is c.BRANCH:
            return "".join(self.part(o, w) for o, w in rng.choice(what[1]))
        if op is c.SUBPATTERN:
            return "".join(self.part(o, w) for o, w in what[-1])
        if op in (c.MAX_REPEAT, c.MIN_REPEAT):
            low, high, inner = what
            high = low + 6 if high is c.MAXREPEAT else int(high)
            n = rng.choice((low, high, rng.randint(low, min(high, low + 8))))
            return "".join(self.part(o, w) for _ in range(n) for o, w in inner)
        raise AssertionError(f"a pattern with {op}")

    def one_of(self, items):
        negated = items[0][0] is c.NEGATE
        def inside(x):
            return any(o is c.LITERAL and ord(x) == w or o is c.RANGE and w[0] <= ord(x) <= w[1] for o, w in items)
        if negated:
            return self.rng.choice([x for x in POOL if not inside(x)])
        op, what = self.rng.choice(items)
        return chr(what) if op is c.LITERAL else chr(self.rng.randint(*what))


class Files:
    def __init__(self, table, seed):
        self.table, self.rng = table, random.Random(seed)
        self.values = Values(self.rng)

    def value(self, a):
        if "words" in a:
            return self.rng.choice(a["words"])
        if "pattern" in a:
            return self.values.of(a["pattern"])
        low = 1 if a["required"] else 0
        return "".join(self.rng.choice(POOL + " \n\t") for _ in range(self.rng.randint(low, 12)))

    def attributes(self, types, always=(), odds=0.4):
        out = [(a["name"], self.value(a)) for a in types if a["required"] or a["name"] in always or self.rng.random() < odds]
        self.rng.shuffle(out)
        return out

    def element(self, type):
        children = []
        if type["children"]:
            for _ in range(self.rng.choice((0, 0, 1, 2, 4))):
                children.append(self.element(self.rng.choice(type["children"])))
        return [type["name"], self.attributes(type["attributes"]), children]

    def entity(self, type, listed=False):
        by_id = type["name"] in ("rule", "grant")
        common = [dict(a) for a in self.table["common"]]
        for a in common:
            if by_id and a["name"] == "id":
                a["pattern"] = next(x["pattern"] for x in common if x["name"] == "name")
        always = () if not listed or type["name"] == "grant" else (self.rng.choice(("id", "name")),) if by_id else ("name",)
        attr = {"name": "attr", "attributes": [{"name": "name", "pattern": "[a-z]{1,9}", "required": True},
                                               {"name": "type", "required": False}, {"name": "value", "required": False}], "children": []}
        out = self.element({**type, "attributes": [], "children": type["children"] + [attr]})
        out[1] = self.attributes(type["attributes"] + common, always, 0.3)
        return out

    def tree(self):
        kind = self.rng.random()
        if kind < 0.1:
            return self.element({**self.table["manifest"], "name": "manifest"})
        type = self.rng.choice(self.table["types"])
        if kind < 0.3 and type["name"] not in ("galaxy", "system", "space"):
            return [type["plural"], [], [self.entity(type, True) for _ in range(self.rng.randint(0, 4))]]
        return self.entity(type)

    # ---- as text
    def quoted(self, value):
        quote = self.rng.choice('"""\'')
        out = ""
        for x in value:
            if x == quote or x in "&<\n\t\r":
                x = {"'": "&apos;"}.get(x) or SPECIAL[x]
            elif self.rng.random() < 0.02:
                x = self.rng.choice((f"&#{ord(x)};", f"&#x{ord(x):X};"))
            out += x
        return quote + out + quote

    def space(self, least=""):
        return self.rng.choice((least, least, least or " ", "\n", "  ", "\n    ", "\r\n", "\t")) or least

    def between(self):
        return self.rng.choice(("", "\n", "\n  ", " ", "\n\n\n", "<!-- what & why <x> -->", "\n  <!--\n two lines -->\n"))

    def text(self, tree):
        name, attributes, children = tree[:3]
        out = "<" + name + "".join((self.space(" ") or " ") + n + self.rng.choice(("=", "=", " = ")) + self.quoted(v) for n, v in attributes)
        out += self.rng.choice(("", "", " ", "\n"))
        inner = "".join(self.between() + self.text(child) for child in children)
        if len(tree) > 3:
            inner += tree[3]
        if not inner and self.rng.random() < 0.7:
            return out + "/>"
        return out + ">" + inner + self.between() + "</" + name + self.rng.choice(("", " ")) + ">"

    def good(self):
        start = self.rng.choice(("", "", '<?xml version="1.0" encoding="UTF-8"?>\n', "\ufeff", "<!-- a file -->\n", "<?xml version='1.0'?>\n<!-- x -->"))
        return start + self.text(self.tree()) + self.rng.choice(("\n", "", "\n<!-- end -->\n"))

    # ---- mutations; what comes out may still be good
    def nodes(self, tree):
        yield tree
        for child in tree[2]:
            yield from self.nodes(child)

    def mutated(self):
        rng = self.rng
        tree = self.tree()
        for _ in range(rng.choice((1, 1, 2))):
            node = rng.choice(list(self.nodes(tree)))
            self.mutate(node)
        text = self.text(tree)
        if rng.random() < 0.15:
            text = self.broken(text)
        return text

    def mutate(self, node):
        rng, attributes = self.rng, node[1]
        which = rng.randrange(11)
        if which == 0 and attributes:
            attributes.pop(rng.randrange(len(attributes)))
        elif which == 1:
            attributes.append((rng.choice(("nmae", "x", "Name", "emial", "xmlns2", "ref", "value", "id", "name", "état")), rng.choice(("", "x", "1"))))
        elif which in (2, 3, 4, 5) and attributes:
            i = rng.randrange(len(attributes))
            attributes[i] = (attributes[i][0], self.changed(attributes[i][1]))
        elif which == 6:
            node[2].append([rng.choice(("member", "config", "set", "attr", "x", "user", "capability", "inherits")), [("ref", "user:a")] if rng.random() < 0.5 else [], []])
        elif which == 7:
            node[3:] = [rng.choice(("text", " ", "\n", "&#32;", "&#160;", "&amp;", "é"))]
        elif which == 8:
            node[0] = rng.choice((node[0] + "x", node[0].upper(), node[0][:-1] or "q", "user", "users", "rule"))
        elif which == 9 and node[2]:
            node[2][rng.randrange(len(node[2]))][0] = rng.choice(("member", "x", "user", "attr"))
        elif attributes:
            name, value = rng.choice(attributes)
            attributes.append((name, value))
        seen = set()
        if rng.random() < 0.8:  # mostly no attribute twice: that hides the rest
            node[1] = [a for a in attributes if not (a[0] in seen or seen.add(a[0]))]

    def changed(self, value):
        rng = self.rng
        at = rng.randint(0, len(value))
        return rng.choice((
            "", value + " ", " " + value, value + "\n", "\n" + value, value.upper(), value[:-1], value[1:], value * 5, value + "é", value + value,
            value[:at] + rng.choice(POOL + " \n\t") + value[at:], value[:at] + value[at + 1:], value.replace(":", "/"), "-" + value, value + "."))

    def broken(self, text):
        rng = self.rng
        at = rng.randint(0, len(text))
        return rng.choice((text[:at], text + text, text + "<x/>", text[:at] + rng.choice('<>&"\'=/') + text[at:], text.replace("/>", ">", 1),
                           text.replace('"', "", 1), text + "tail", text.replace("</", "<", 1), text[:at] + text[at + 1:], "", text.replace("=", "", 1)))
