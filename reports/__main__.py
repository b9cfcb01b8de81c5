"""The command line: `python -m reports build`, `compare`, `summary`, `verdicts` and `index`."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

from reports import comparison_pages, markdown, places, verdicts
from reports.build import BuildError, NothingUsableError, build, gather, to_stderr
from reports.compare import Comparison
from reports.past_runs import write_index

RECORDS = "run records and errors in ulps (JSON lines), pytest-benchmark JSON, or folders of them"
Complain = Callable[[str], None]


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command and return its exit status.

    1 for a broken formula, for input left out, or for a comparison in which something got worse; 2 for nothing to
    report on, a folder that cannot be written to, or a comparison without a common cell or with input left out where
    nothing got worse; else 0.
    """
    options = _parser().parse_args(arguments)
    problems: list[str] = []

    def complain(line: str) -> None:
        problems.append(line)
        to_stderr(line)

    try:
        status: int = options.run(options, complain)
    except BuildError as error:
        print(*(f"error: {line}" for line in str(error).splitlines()), sep="\n", file=sys.stderr)
        return 2 if isinstance(error, NothingUsableError) else 1
    except OSError as error:
        print(f"error: {error.filename}: {error.strerror}", file=sys.stderr)
        return 2
    return status or int(bool(problems))


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m reports", description="Reports from run records.")
    commands = parser.add_subparsers(dest="command", required=True)
    builder = commands.add_parser("build", help="one HTML page from run records and benchmark files")
    builder.add_argument("records", nargs="+", type=Path, metavar="RECORDS", help=RECORDS)
    builder.add_argument("--out", type=Path, required=True, metavar="DIR", help="for index.html and verdicts.json")
    builder.set_defaults(run=_build)
    teller = commands.add_parser("verdicts", help="the verdicts as JSON (schema: reports/verdicts.schema.json)")
    teller.add_argument("records", nargs="+", type=Path, metavar="RECORDS", help=RECORDS)
    teller.add_argument("--out", type=Path, metavar="FILE", help="where to write them (default: standard output)")
    teller.set_defaults(run=_verdicts)
    comparer = commands.add_parser("compare", help="what changed between two runs; status 1 if anything got worse")
    comparer.add_argument("before", type=Path, metavar="A", help="a run record, or a folder of records")
    comparer.add_argument("after", type=Path, metavar="B", help="the runs to hold against it")
    comparer.add_argument("--out", type=Path, metavar="DIR", help="write compare.html there, too")
    comparer.add_argument("--partial", action="store_true", help="B is a part of A: what it lacks is no loss")
    comparer.add_argument("--all", action="store_true", help="print every change, however many there are of a kind")
    comparer.set_defaults(run=_compare)
    teller = commands.add_parser("summary", help="a summary in Markdown, for a comment on a pull request")
    teller.add_argument("records", nargs="+", type=Path, metavar="RECORDS", help=RECORDS)
    teller.add_argument("--against", type=Path, metavar="A", help="earlier runs: what is new since then is marked")
    teller.set_defaults(run=_summary)
    lister = commands.add_parser("index", help="a page that lists past runs, and what failed when")
    lister.add_argument("folders", nargs="+", type=Path, metavar="DIR", help="folders with records at any depth")
    lister.add_argument("--out", type=Path, metavar="DIR", help="for runs.html (default: the first folder)")
    lister.set_defaults(run=_index)
    return parser


def _build(options: argparse.Namespace, complain: Complain) -> int:
    print(build(options.records, options.out, complain))
    return 0


def _verdicts(options: argparse.Namespace, complain: Complain) -> int:
    told = verdicts.text(gather(options.records, complain, to_stderr))
    if options.out is None:
        sys.stdout.write(told)
    else:
        options.out.parent.mkdir(parents=True, exist_ok=True)
        options.out.write_text(told, encoding="utf-8")
        print(options.out)
    return 0


def _summary(options: argparse.Namespace, complain: Complain) -> int:
    report = gather(options.records, complain, to_stderr)
    earlier = gather([options.against], complain, to_stderr) if options.against else None
    sys.stdout.write(markdown.summary(report, Comparison(earlier, report) if earlier else None))
    return 0


def _index(options: argparse.Namespace, complain: Complain) -> int:
    first: Path = options.folders[0]
    print(write_index(options.folders, options.out or (first if first.is_dir() else first.parent), complain))
    return 0


def _compare(options: argparse.Namespace, complain: Complain) -> int:
    before, after = (gather([path], complain, to_stderr) for path in (options.before, options.after))
    comparison = Comparison(before, after, partial=options.partial)
    names = (str(options.before), str(options.after))
    comparison_pages.print_comparison(comparison, names, everything=options.all)
    if options.out is not None:
        print(comparison_pages.write_page(comparison, names, options.out))
    if not comparison.places and (places.measured(before) or places.measured(after)):
        to_stderr("error: no cell of one could be held against a cell of the other")
        return 2
    if comparison.worse:
        return 1
    return 2 if before.problems or after.problems else 0  # what is missing may be what got worse


if __name__ == "__main__":
    try:
        status = main()
        sys.stdout.flush()
    except BrokenPipeError:  # whoever reads, `head` for instance, has seen enough
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        status = 0
    sys.exit(status)
