import argparse
import sys

import pandas as pd
from sqlalchemy import create_engine


def parse_args(argv):
    parser = argparse.ArgumentParser(description="Dump rows of a sensor to CSV")
    parser.add_argument("--url", required=True)
    parser.add_argument("--sensor", required=True, help="sensor name, e.g. roof-2")
    parser.add_argument("--out", default="-")
    return parser.parse_args(argv)


def main(argv=None):
    args = parse_args(argv)
    engine = create_engine(args.url)
    frame = pd.read_sql_query("SELECT ts, value FROM readings WHERE sensor = '%(name)s' ORDER BY ts" % {"name": args.sensor}, engine)
    frame.to_csv(sys.stdout if args.out == "-" else args.out, index=False)
    return 0


if __name__ == "__main__":
    sys.exit(main())
