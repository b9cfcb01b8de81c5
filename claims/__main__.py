"""`python -m claims list`, `show ID`, `rebuild RECORD ID`, `hunt`, `ulps` and `corners RECORD`: see `--help`."""

from __future__ import annotations

import argparse
import json
import os
import sys
import textwrap
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from rich import box
from rich.console import Console
from rich.table import Table

from claims.frame import alarms, corners, rebuild, resume, switches, ulps
from claims.frame.cases import Selection, metadata
from claims.frame.claim import Claim, load_all
from claims.frame.evidence import GOOD
from claims.frame.hunt import hunt
from claims.frame.kernels import EAGER, UsageProblem
from claims.frame.profiles import PROFILES, register
from claims.frame.ulps_line import CHUNKS


def main(arguments: Sequence[str] | None = None) -> int:
    """Runs the command line; returns the exit status (2 for a name that does not exist)."""
    parser = argparse.ArgumentParser(prog="python -m claims", description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True)
    listing = commands.add_parser("list", help="all claims, a line each")
    listing.add_argument("--chapter", action="append", default=[], help="only this chapter; repeatable")
    listing.add_argument("--json", action="store_true", help="everything that is known of each claim, as JSON")
    showing = commands.add_parser("show", help="one claim in full")
    showing.add_argument("id", metavar="ID")
    rebuilding = commands.add_parser("rebuild", help="the worst input of a claim, from a run record")
    rebuilding.add_argument("record", metavar="RECORD", type=Path)
    rebuilding.add_argument("id", metavar="ID")
    rebuilding.add_argument("--device", default="cpu")
    rebuilding.add_argument("--dtype", default="float32")
    _hunting(commands.add_parser("hunt", help="a long search for counterexamples that goes on where it stopped"))
    _measuring(
        commands.add_parser("ulps", help="largest errors of functions of one number, in units in the last place")
    )
    _learning(commands.add_parser("corners", help="learn from mutants in which order the corner regimes run"))
    asked = parser.parse_args(arguments)
    try:
        if asked.command == "show":
            Selection(claims=[asked.id]).validate()
            switches.set_all()
            print(_text(metadata(load_all()[asked.id])))
        elif asked.command == "rebuild":
            Selection(claims=[asked.id], devices=[asked.device], dtypes=[asked.dtype]).validate()
            switches.set_all()
            print(*rebuild.report(asked.record, load_all()[asked.id], asked.device, asked.dtype), sep="\n")
        elif asked.command == "hunt":
            selection = Selection(asked.claim, asked.chapter, asked.subject, asked.device, asked.dtype)
            selection.validate()
            switches.set_all()
            register()
            found = hunt(selection, PROFILES[asked.profile], asked.seeds, asked.log, Console())
            if asked.record and found:
                alarms.keep(found, asked.record)
            return int(any(line["outcome"] not in GOOD for line in found))
        elif asked.command == "corners":
            _learn(asked.record)
        elif asked.command == "ulps":
            switches.set_all()
            measure = ulps.Asked(asked.function, asked.dtype, asked.device, asked.subject, asked.exhaustive, asked.most)
            ulps.table(measure, asked.log, Console(width=None if sys.stdout.isatty() else 200))
        else:
            selection = Selection(chapters=asked.chapter)
            selection.validate()
            if asked.json:
                switches.set_all()
                print(json.dumps([metadata(c) for c in selection.selected()], indent=2))
            else:
                _print_table(selection.selected())
    except (UsageProblem, FileNotFoundError) as problem:
        print(problem, file=sys.stderr)
        return 2
    return 0


def _seeds(text: str) -> range:
    first, separator, end = text.rpartition(":")
    seeds = range(int(first) if separator else 0, int(end))  # argparse tells of a ValueError
    if not seeds or seeds[0] < 0:
        raise argparse.ArgumentTypeError(f"{text!r} names no seed: write for example 30, or 10:30")
    return seeds


def _learning(command: argparse.ArgumentParser) -> None:
    command.add_argument("record", metavar="RECORD", type=Path, nargs="*", help="of pytest --mutants --report DIR")


def _learn(records: Sequence[Path]) -> None:
    found = corners.learn(e for record in records for e in resume.found(record))
    corners.keep(found, load_all())
    print(f"learnt of {len(found)} claims, known of {len(corners.learnt())}")


def _hunting(command: argparse.ArgumentParser) -> None:
    for option in ("claim", "chapter", "subject", "device", "dtype"):
        command.add_argument(f"--{option}", action="append", default=[], help=f"only this {option}; repeatable")
    command.add_argument("--profile", choices=list(PROFILES), default="hunt")
    command.add_argument("--seeds", type=_seeds, default=range(1), metavar="N", help="seeds 0 to N - 1, or M:N")
    command.add_argument("--log", type=Path, default=Path("build/hunt.jsonl"), help="a line for each finished item")
    command.add_argument("--record", type=Path, help="append what was found to this record, for reports")


def _measuring(command: argparse.ArgumentParser) -> None:
    command.description = (
        "Prints the largest error by function and dtype: of every number of float16 and bfloat16, of a sample of a "
        "million numbers of float32 and of eight thousand of float64. All of it takes about two minutes."
    )
    for option in ("function", "dtype"):
        command.add_argument(f"--{option}", action="append", default=[], help=f"only this {option}; repeatable")
    command.add_argument("--device", default="cpu")
    command.add_argument(
        "--subject",
        default=EAGER,
        help="a Python file of functions named as operations; give another --log when it changes",
    )
    command.add_argument(
        "--exhaustive",
        action="store_true",
        help=f"all 2^32 numbers of float32, in {CHUNKS} parts: 5 to 15 minutes a function on one core",
    )
    command.add_argument("--most", type=int, metavar="N", help="measure at most N parts more")
    command.add_argument("--log", type=Path, default=Path("build/ulps.jsonl"), help="a line for each finished part")


def _print_table(claims: Sequence[Claim]) -> None:
    console = Console(width=None if sys.stdout.isatty() else 1000, highlight=False)
    table = Table(box=box.SIMPLE_HEAD if sys.stdout.isatty() else None, pad_edge=False)
    for column in ("id", "truth", "title", "topic"):
        table.add_column(column, overflow="fold")
    for c in claims:
        table.add_row(c.id, c.truth, c.title, c.topic)
    console.print(table)


def _text(c: Mapping[str, Any]) -> str:
    def listed(entries: Sequence[Mapping[str, Any]], form: str) -> list[str]:
        return [f"  {form.format(**e)}" for e in entries] or ["  none"]

    lines = [c["title"], "", f"  {c['statement']}", ""]
    fields = ("id", "truth", "correction", "hypotheses", "notes", "book", "formal", "bound")
    lines += [textwrap.fill(f"{f:12}{c[f]}", 110, subsequent_indent=" " * 12) for f in fields if c[f]]
    lines += [f"{'source':12}{c['source']['claim']}  {c['source']['reference']}", ""]
    lines += [textwrap.fill(c["method"], 110), ""]
    lines += [f"operations: {', '.join(c['operations'])}", ""]
    for device, dtypes in c["dtypes"].items():
        supported = [d for d, reason in dtypes.items() if reason is None]
        lines.append(f"{device}: {', '.join(supported)}")
        lines += [f"  not {d}: {reason}" for d, reason in dtypes.items() if reason]
    lines += ["", "refuted false neighbours", *listed(c["refutations"], "{name}: {statement}")]
    lines += ["", "mutants caught", *listed(c["mutants"], "{name} ({operation}; {trigger})")]
    lines += ["", "departures of torch", *listed(c["departures"], "{name} ({kind}, {versions}): {summary}")]
    return "\n".join(lines)


if __name__ == "__main__":
    try:
        status = main()
        sys.stdout.flush()
    except BrokenPipeError:  # whoever reads, `head` for instance, has seen enough
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        status = 0
    sys.exit(status)
