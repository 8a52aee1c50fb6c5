"""The law that the tests of AuthZEN ask about: two people, two records, three actions (certification), and a list of
things to do with its editors and viewers. Rules with conditions stand apart, so that a tk that has none yet can be
asked the rest."""
import os, subprocess
import organisation
from decision_point import ENV, git, init

PEOPLE = """<users>
  <user id="0193a000-0000-7000-8000-000000000001" name="alice"/>
  <user id="0193a000-0000-7000-8000-000000000002" name="bob">{admin}</user>
  <user id="0193a000-0000-7000-8000-000000000003" name="carol"/>
  <user id="0193a000-0000-7000-8000-000000000004" name="dave"/>
</users>
"""
EMAILS = {"alice": "alice", "bob": "bob", "carol": "twice", "dave": "twice"}  # personal: sealed by tk when the law stands
ROLES = """<roles>
  <role name="writer"/><role name="visitor"/><role name="everybody"/>
</roles>
"""
GRANTS = """<grants>
  <grant id="alice-writes" role="role:writer" to="user:alice"/>
  <grant id="bob-visits" role="role:visitor" to="user:bob"/>
</grants>
"""
CORE = """<rules>
  <rule id="visitors-read" effect="permit" role="role:visitor" actions="record.read" resource="record:**"/>
  <rule id="writers-read" effect="permit" role="role:writer" actions="record.read" resource="record:**"/>
  <rule id="writers-write" effect="permit" role="role:writer" actions="record.write" resource="record:**"{when}/>
  <rule id="nobody-shreds" effect="forbid" role="role:writer" actions="record.write" resource="record:**/shredder"/>
  <rule id="writers-see-people" effect="permit" role="role:writer" actions="entity.read" resource="user:**"/>
</rules>
"""
# What the request says of the subject and the resource, else what is declared of them.
ARCHIVED = "has(resource.properties.status) &amp;&amp; resource.properties.status == 'archived'"
NOT_ARCHIVED = " when=\"!(has(resource.properties.status) &amp;&amp; resource.properties.status == 'archived')\""
ADMIN = "(has(actor.properties.role) &amp;&amp; actor.properties.role == 'admin') || (has(actor.position) &amp;&amp; actor.position == 'admin')"
PROPERTIES = f"""<rules>
  <rule id="admins-write-archived" effect="permit" role="role:visitor" actions="record.write" resource="record:**"
        when="({ADMIN}) &amp;&amp; {ARCHIVED}"/>
  <rule id="admins-write-what-is-archived" effect="permit" role="role:visitor" actions="record.write"
        resource="record:**/record-2" when="{ADMIN}"/>
  <rule id="writers-delete-softly" effect="permit" role="role:writer" actions="record.delete" resource="record:**"
        when="has(context.soft) &amp;&amp; context.soft == true"/>
</rules>
"""


def workspace(tk, folder, name="desk", conditions=False):
    root = init(tk, folder, name)
    base = f"galaxies/{name}"
    admin = '<attr name="position" value="admin"/>' if conditions else ""
    files = {"records/record.toml": organisation.record("record", ["read", "write", "delete"]),
             f"{base}/users/people.xml": PEOPLE.format(admin=admin), f"{base}/roles/desk.xml": ROLES,
             f"{base}/grants/desk.xml": GRANTS,
             f"{base}/rules/core.xml": CORE.format(when=NOT_ARCHIVED if conditions else "")}
    if conditions: files[f"{base}/rules/properties.xml"] = PROPERTIES
    organisation.write(root, files)
    if not commit(tk, root, ["record-1", "record-2"]): return None
    for name, address in EMAILS.items():
        done = subprocess.run([tk, "repo", "set", f"user:{name}", f"email={address}@example.test"], cwd=root, capture_output=True, text=True, env=ENV)
        if done.returncode: fail(done)
    return root


def commit(tk, root, records=()):
    """None when this tk does not take the law yet."""
    os.makedirs(os.path.join(root, ".tk"), exist_ok=True)
    valid = subprocess.run([tk, "repo", "validate"], cwd=root, capture_output=True, text=True, env=ENV)
    if valid.returncode: return None if "TK-LAW-0004" in valid.stdout + valid.stderr or "<attr>" in valid.stdout + valid.stderr else fail(valid)
    git(root, "add", "-A"); git(root, "commit", "-qm", "law")
    for record in records:
        subprocess.run([tk, "record", "new", "record", "--name", record, "--quiet"], cwd=root, check=True, capture_output=True,
                       env=ENV)
    return root


def fail(done): raise AssertionError(done.stdout + done.stderr)


def subject(name, **properties): return entity("user", name, properties)
def resource(name, **properties): return entity("record", name, properties)


def entity(kind, name, properties):
    return {"type": kind, "id": name, **({"properties": properties} if properties else {})}


def action(name, **properties): return {"name": name, **({"properties": properties} if properties else {})}


class Report:
    """Names each requirement as it is met; ends the test with what was not."""
    def __init__(self): self.met, self.missed = 0, []

    def that(self, what, good, seen=None):
        if good: self.met += 1
        else: self.missed.append(f"{what}: {seen}")

    def end(self, what):
        for line in self.missed: print("MISSED", line)
        print(f"{what}: {self.met} requirements met, {len(self.missed)} missed")
        if self.missed: raise SystemExit(1)
