"""Where the time of a standard run over all claims goes, and that the harness takes less than two fifths of it.

torch's part has the layouts of its arguments and the loop over single calls; the reference's part has the checks, which
are NumPy; the harness has the rest: drawing, bookkeeping and evidence.
"""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from claims.frame.claim import load_all
from reports.read import Records, read
from tests.benchmarks.output import PARTS, shares

ROOT = Path(__file__).parents[2]
REPORT = ROOT / "build" / "report"
LARGEST_SHARE = 0.4


def newest(folder: Path) -> Records | None:
    """The newest record in the folder of a run at the standard profile that covers every claim, or None."""
    complete: dict[str, Records] = {}
    for path in sorted(folder.glob("*.jsonl")):
        records = read([path])
        covered = {line["claim"] for line in records.evidence if line["role"] == "claim"}
        for about in records.runs.values():
            if about["profile"] == "standard" and covered >= load_all().keys():
                complete[about["started"]] = records
    return complete[max(complete)] if complete else None


def make_record(folder: Path) -> None:
    """Runs what `make verify` runs; that claims fail is not this file's business."""
    command = ["tests/test_claims.py", "--hypothesis-profile=standard", "-n2", "--report", str(folder)]
    subprocess.run([sys.executable, "-m", "pytest", "-q", *command], cwd=ROOT, check=False, stdout=subprocess.DEVNULL)


def split(records: Records) -> dict[str, dict[str, float]]:
    """Seconds by chapter and part over the claims of a record; the last line is their sum."""
    chapters = {line["id"]: line["chapter"] for line in records.claims}
    found = {chapter: dict.fromkeys(PARTS.values(), 0.0) for chapter in (*chapters.values(), "all")}
    for line in records.evidence:
        if line["role"] == "claim":
            for part, seconds in line["split"].items():
                found[chapters[line["claim"]]][part] += seconds
                found["all"][part] += seconds
    return found


def test_the_harness_takes_less_than_two_fifths(
    announce: Callable[[Any], None], capsys: pytest.CaptureFixture[str]
) -> None:
    records = newest(REPORT)
    if records is None:
        with capsys.disabled():
            print("\nno record of a standard run over all claims: making one, as make verify does ...")  # noqa: T201
        make_record(REPORT)
        records = newest(REPORT)
    assert records is not None, f"no complete record in {REPORT}"
    seconds = split(records)
    announce(shares(seconds))
    about = next(iter(records.runs.values()))
    announce(f"from the run of {about['started']}, commit {about['commit']}, {about['profile']} profile")
    harness = seconds["all"]["harness"] / sum(seconds["all"].values())
    announce(f"harness: {100 * harness:.1f} % (less than {100 * LARGEST_SHARE:.0f} % is asked for)")
    assert harness < LARGEST_SHARE
