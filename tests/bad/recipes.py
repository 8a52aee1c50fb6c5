"""Cases that no file can hold: too big for the repository, or no plain file. Each takes (root, place) and returns what takes it away."""
import os, shutil, socket


def text(make):
    def recipe(root, place):
        with open(place, "wb") as f:
            f.write(make())
        return lambda: os.remove(place)
    return recipe


def made(make):
    def recipe(root, place):
        return make(root, place) or (lambda: os.remove(place))
    return recipe


def billion_laughs():
    levels = "".join(f'<!ENTITY l{i} "{f"&l{i - 1};" * 10}">' for i in range(1, 10))
    return f'<!DOCTYPE user [<!ENTITY l0 "lol">{levels}]>\n<user name="bad" title="&l9;"/>\n'.encode()


def link(target, folder=False):
    def make(root, place):
        if folder:
            place = os.path.dirname(place)
        os.makedirs(os.path.dirname(place), exist_ok=True)
        os.symlink(target.format(root=root), place)
        return lambda: os.remove(place)
    return made(make)


def a_socket(root, place):
    here = os.getcwd()
    os.chdir(os.path.dirname(place))  # the name of a socket has 107 bytes at most
    s = socket.socket(socket.AF_UNIX)
    s.bind(os.path.basename(place))
    s.close()
    os.chdir(here)


def unreadable_bytes(root, place):
    raw = os.path.dirname(place).encode() + b"/b\xe9d.xml"
    with open(raw, "wb") as f:
        f.write(b'<user name="bad"/>\n')
    return lambda: os.remove(raw)


def folder_in_place(root, place):
    os.mkdir(place)
    return lambda: os.rmdir(place)


def with_folder(name):
    def make(root, place):
        folder = os.path.join(os.path.dirname(place), name)
        os.makedirs(folder)
        with open(os.path.join(folder, "x.xml"), "w") as f:
            f.write('<user name="x"/>\n')
        return lambda: shutil.rmtree(folder)
    return made(make)


def replaced(path, make):
    """Something else in the place of what the base has."""
    def recipe(root, place):
        there = os.path.join(root, path)
        aside = os.path.join(os.path.dirname(root), "aside")
        os.rename(there, aside)
        make(there, aside)

        def away():
            if os.path.isdir(there) and not os.path.islink(there):
                os.rmdir(there)
            elif os.path.lexists(there):
                os.remove(there)
            os.rename(aside, there)
        return away
    return recipe


def deep_folders(root, place):
    top = os.path.join(os.path.dirname(place), "d")
    at = top
    for _ in range(70):
        at = os.path.join(at, "d")
    os.makedirs(at)
    return lambda: shutil.rmtree(top)


RECIPES = {
    "million-deep": text(lambda: b"<a>" * 340_000),
    "million-deep-closed": text(lambda: b"<a>" * 140_000 + b"</a>" * 140_000),
    "two-mib-of-text": text(lambda: b"<user name='bad'>" + b"x" * (2 << 20) + b"</user>"),
    "ten-mib": text(lambda: b"<user name='bad'/>" + b" " * (10 << 20)),
    "one-byte-too-much": text(lambda: b"<user name='bad'/>" + b" " * ((1 << 20) - 17)),
    "billion-laughs": text(billion_laughs),
    "quadratic": text(lambda: b'<!DOCTYPE user [<!ENTITY a "' + b"a" * 100_000 + b'">]>\n<user name="bad" title="' + b"&a;" * 10_000 + b'"/>\n'),
    "many-attributes": text(lambda: b"<user name='bad' " + b" ".join(b"a%d=''" % i for i in range(20_000)) + b"/>"),
    "long-name": text(lambda: b"<" + b"u" * 500_000 + b"/>"),
    "long-attribute": text(lambda: b"<user name='bad' " + b"t" * 500_000 + b"=''/>"),
    "long-value": text(lambda: b"<user name='" + b"b" * 500_000 + b"'/>"),
    "many-comments": text(lambda: b"<!--x-->" * 100_000 + b"<user name='bad'><x/></user>"),
    "open-comment": text(lambda: b"<user name='bad'/><!--" + b"x" * 900_000),
    "zeros": text(lambda: b"\0" * 4096),
    "link-to-file": link("alice.xml"),
    "link-to-secret": link("/etc/passwd"),
    "link-to-itself": link("bad.xml"),
    "link-to-nothing": link("nothing"),
    "link-to-folder": link("{root}/galaxies/w/groups"),
    "link-out-of-the-workspace": link("/tmp", folder=True),
    "link-up": link("..", folder=True),
    "fifo": made(lambda root, place: os.mkfifo(place)),
    "socket": made(a_socket),
    "folder-in-place": made(folder_in_place),
    "no-utf-8-name": made(unreadable_bytes),
    "git-inside": with_folder(".git"),
    "tk-inside": with_folder(".tk"),
    "manifest-gone": replaced("MANIFEST.xml", lambda there, aside: None),
    "manifest-a-link": replaced("MANIFEST.xml", lambda there, aside: os.symlink(aside, there)),
    "manifest-a-folder": replaced("MANIFEST.xml", lambda there, aside: os.mkdir(there)),
    "manifest-a-fifo": replaced("MANIFEST.xml", lambda there, aside: os.mkfifo(there)),
    "galaxies-a-link": replaced("galaxies", lambda there, aside: os.symlink(aside, there)),
    "galaxies-a-file": replaced("galaxies", lambda there, aside: open(there, "w").close()),
    "galaxy-a-link": replaced("galaxies/w", lambda there, aside: os.symlink(aside, there)),
    "galaxy-gone": replaced("galaxies/w/galaxy.xml", lambda there, aside: None),
    "deep-folders": made(deep_folders),
}
