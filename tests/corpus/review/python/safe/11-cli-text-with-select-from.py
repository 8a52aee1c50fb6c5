import argparse

PROMPT = "Select a profile from the list below"


def build_parser(app_name):
    parser = argparse.ArgumentParser(prog=app_name)
    sub = parser.add_subparsers(dest="command")
    sub.add_parser("update", help=f"Update {app_name} and set the new version as default")
    remove = sub.add_parser("delete", help="Delete files from " + app_name + " where they are no longer used")
    remove.add_argument("--yes", action="store_true")
    return parser


def choose(profiles, owner):
    print(PROMPT)
    for number, profile in enumerate(profiles, 1):
        print("  %d) %s" % (number, profile))
    answer = input(f"Select a number from 1 to {len(profiles)} for {owner}: ")
    return profiles[int(answer) - 1]


def invitation(name, team):
    return f"Dear {name}, drop by and select your seat from the plan; values of the {team} team are attached."
