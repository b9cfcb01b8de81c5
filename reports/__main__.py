"""The command line: `python -m reports build RECORDS... --out DIR`."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from reports.build import BuildError, NothingUsableError, build


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command and return its exit status: 0, 1 where a formula is broken, 2 where nothing can be reported."""
    parser = argparse.ArgumentParser(prog="python -m reports", description="Reports from run records.")
    commands = parser.add_subparsers(dest="command", required=True)
    builder = commands.add_parser("build", help="build one HTML page from run records and benchmark files")
    builder.add_argument("records", nargs="+", type=Path, metavar="RECORDS", help="JSON lines or pytest-benchmark JSON")
    builder.add_argument("--out", type=Path, required=True, metavar="DIR", help="where to write index.html")
    options = parser.parse_args(arguments)
    try:
        print(build(options.records, options.out))
    except BuildError as error:
        print(*(f"error: {line}" for line in str(error).splitlines()), sep="\n", file=sys.stderr)
        return 2 if isinstance(error, NothingUsableError) else 1
    except OSError as error:
        print(f"error: {error.filename}: {error.strerror}", file=sys.stderr)
        return 2
    return 0


if __name__ == "__main__":
    sys.exit(main())
