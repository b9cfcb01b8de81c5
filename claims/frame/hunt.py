"""A long search for counterexamples: every claim, device, dtype and seed; it goes on where it stopped."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from claims.frame.cases import Case, Selection, claim_cases
from claims.frame.evidence import GOOD
from claims.frame.ledger import Line, appending, finished
from claims.frame.messages import failure_text
from claims.frame.profiles import Profile

if TYPE_CHECKING:
    from rich.console import Console

SHOWN = 10
"""Largest margins that the summary names."""


def hunt(selection: Selection, profile: Profile, seeds: Sequence[int], log: Path, console: Console) -> list[Line]:
    """Examines every case of the selection with every seed; returns the line of each, those of the log included.

    Each finished item is one JSON line of the log, flushed at once; items that the log has are not examined again. A
    line that cannot be read is named, and its item examined again.
    """
    wanted = [(case, seed) for seed in seeds for case in claim_cases(selection) if not case.skip]
    done = finished(log, lambda line: (line["item"], line["seed"], line["profile"]), console, "its item is examined")
    with appending(log, console) as (write, progress):
        task = progress.add_task("", total=len(wanted))
        for case, seed in wanted:
            key = case.id, seed, profile.name
            if key not in done:
                progress.update(task, description=f"{case.id}, seed {seed}")
                done[key] = line = _examined(case, profile, seed)
                write(line)
                if line["outcome"] not in GOOD:
                    progress.console.print(line["text"], markup=False, highlight=False)
            progress.advance(task)
    found = [done[case.id, seed, profile.name] for case, seed in wanted]
    _summary(found, log, console)
    return found


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
