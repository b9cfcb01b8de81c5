"""A long search for counterexamples: every claim, device, dtype and seed; it goes on where it stopped."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, TextIO

from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from claims.frame.cases import Case, Selection, claim_cases
from claims.frame.messages import failure_text
from claims.frame.profiles import Profile

if TYPE_CHECKING:
    from rich.console import Console

GOOD = {"held", "consistent", "exhausted", "departs"}
SHOWN = 10
"""Largest margins that the summary names."""

Line = dict[str, Any]
Key = tuple[str, int, str]


def hunt(selection: Selection, profile: Profile, seeds: Sequence[int], log: Path, console: Console) -> int:
    """Examines every case of the selection with every seed; returns how many did not hold, those of the log included.

    Each finished item is one JSON line of the log, flushed at once; items that the log has are not examined again. A
    line that cannot be read is named, and its item examined again.
    """
    wanted = [(case, seed) for seed in seeds for case in claim_cases(selection) if not case.skip]
    finished = dict(_finished(log, console))
    log.parent.mkdir(parents=True, exist_ok=True)
    columns = TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn()
    with log.open("a+", encoding="utf-8", buffering=1) as file, Progress(*columns, console=console) as progress:
        _end_torn_line(file, log)
        task = progress.add_task("", total=len(wanted))
        for case, seed in wanted:
            key = case.id, seed, profile.name
            if key not in finished:
                progress.update(task, description=f"{case.id}, seed {seed}")
                finished[key] = line = _examined(case, profile, seed)
                file.write(json.dumps(line, allow_nan=False) + "\n")
                if line["outcome"] not in GOOD:
                    progress.console.print(line["text"], markup=False, highlight=False)
            progress.advance(task)
    found = [finished[case.id, seed, profile.name] for case, seed in wanted]
    _summary(found, log, console)
    return sum(line["outcome"] not in GOOD for line in found)


def _examined(case: Case, profile: Profile, seed: int) -> Line:
    evidence = case.run(profile, seed)
    measured = evidence.record()
    worst = measured["worst"] or measured["failure"] or {}
    return {
        "item": case.id,
        "seed": seed,
        "profile": profile.name,
        "outcome": evidence.outcome,
        "margin": worst.get("margin", 0.0),
        "check": worst.get("label", ""),
        "instances": evidence.instances,
        "seconds": round(evidence.seconds, 2),
        "text": "" if evidence.outcome in GOOD else failure_text(case, evidence),
    }


def _finished(log: Path, console: Console) -> Iterator[tuple[Key, Line]]:
    """What the log has, by item, seed and profile."""
    if not log.exists():
        return
    for number, text in enumerate(log.read_text(encoding="utf-8").splitlines(), 1):
        try:
            line = json.loads(text)
            yield (line["item"], line["seed"], line["profile"]), line
        except (ValueError, KeyError, TypeError):
            console.print(f"{log}: line {number} cannot be read; its item is examined again", highlight=False)


def _end_torn_line(file: TextIO, log: Path) -> None:
    """A run that was killed may have left half a line, which must not swallow the next one."""
    if log.stat().st_size and not log.read_bytes().endswith(b"\n"):
        file.write("\n")


def _summary(found: Sequence[Line], log: Path, console: Console) -> None:
    """The largest margins, and what did not hold."""
    for line in sorted(found, key=lambda line: -float(line["margin"]))[:SHOWN]:
        console.print(
            f"{float(line['margin']):8.3g}  {line['item']}, seed {line['seed']}: {line['check']}", highlight=False
        )
    bad = [line for line in found if line["outcome"] not in GOOD]
    for line in bad:
        console.print(f"{line['outcome']}: {line['item']}, seed {line['seed']}", highlight=False)
    instances, seconds = (sum(line[key] for line in found) for key in ("instances", "seconds"))
    console.print(
        f"{len(found)} items, {instances:,} instances, {seconds / 60:.1f} minutes; {len(bad)} did not hold; log: {log}",
        highlight=False,
    )
