"""The command line: `python -m reports build RECORDS... --out DIR`."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from reports.build import BuildError, NothingUsableError, build


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command and return its exit status: 0, 1 for a broken formula or for input left out, 2 for no report."""
    parser = argparse.ArgumentParser(prog="python -m reports", description="Reports from run records.")
    commands = parser.add_subparsers(dest="command", required=True)
    builder = commands.add_parser("build", help="build one HTML page from run records, benchmarks and errors in ulps")
    builder.add_argument(
        "records",
        nargs="+",
        type=Path,
        metavar="RECORDS",
        help="JSON lines (of runs, of `python -m claims ulps`) or pytest-benchmark JSON",
    )
    builder.add_argument("--out", type=Path, required=True, metavar="DIR", help="where to write index.html")
    options = parser.parse_args(arguments)
    problems: list[str] = []

    def complain(line: str) -> None:
        problems.append(line)
        print(line, file=sys.stderr)

    try:
        print(build(options.records, options.out, complain))
    except BuildError as error:
        print(*(f"error: {line}" for line in str(error).splitlines()), sep="\n", file=sys.stderr)
        return 2 if isinstance(error, NothingUsableError) else 1
    except OSError as error:
        print(f"error: {error.filename}: {error.strerror}", file=sys.stderr)
        return 2
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
