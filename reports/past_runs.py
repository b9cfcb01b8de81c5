"""An index of past runs: what each found, and what failed when."""

from __future__ import annotations

import os
import shlex
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple
from urllib.parse import quote

from reports import formulas, model, places, vocabulary
from reports.build import Complain, NothingUsableError, environment, furniture, squeezed
from reports.departures_compared import grouped
from reports.evidence import Run
from reports.folders import expanded
from reports.read import Records, read

PAGE = "runs.html"
MOST_IN_TREND = 16
"""Runs that the table of failures has a column for: the newest."""


class Cell(NamedTuple):
    """A claim, and where it was measured."""

    claim: str
    where: str


@dataclass(frozen=True)
class Past:
    """One run of one record file, in numbers: the evidence itself is not kept, for there may be many runs."""

    path: Path
    page: Path | None
    """The report beside the record that shows this run."""
    run: Run
    subjects: list[str]
    """What was tested, and on which devices."""
    claims: int
    """How many claims were measured."""
    outcomes: dict[str, int]
    """How many measured cells have each outcome, the best first."""
    cells: dict[Cell, str]
    """The outcome of every measured cell."""
    departures: int
    """How many departures of torch were seen."""
    missed: int
    """How many mutants were caught nowhere and false neighbours refuted nowhere."""

    @property
    def failures(self) -> list[Cell]:
        """The cells that failed, could not be checked or say nothing."""
        return [cell for cell, outcome in self.cells.items() if outcome in vocabulary.BROKEN]


def past_runs(paths: Iterable[Path], complain: Complain) -> list[Past]:
    """Read every record at or below these paths, one at a time, and return its runs, newest first."""
    found: dict[str, Past] = {}
    for path in expanded(paths, complain):
        records = read([path])
        for problem in records.problems:
            complain(problem)
        for name, own in _by_run(records).items():
            report = model.report(own)
            for run in report.runs:
                if name in found:
                    complain(f"{path}: run {name} is in {found[name].path}, too; shown once")
                else:
                    found[name] = _past(path, run, report)
    return sorted(found.values(), key=lambda past: (past.run.started, past.run.name), reverse=True)


def write_index(paths: Sequence[Path], out: Path, complain: Complain) -> Path:
    """Write the index of all runs at or below these paths as `out`/runs.html, and return its path.

    Raises
    ------
    NothingUsableError
        Where there is no run at all.
    """
    problems: list[str] = []

    def note(line: str) -> None:
        problems.append(line)
        complain(line)

    past = past_runs(paths, note)
    if not past:
        raise NothingUsableError("nothing to list: no file holds a run")
    page = (
        environment(formulas.Typesetter())
        .get_template("runs.html.j2")
        .render(
            runs=[(one, _command(one, predecessor(one, past[place + 1 :]))) for place, one in enumerate(past)],
            links={one.run.name: _link(one.page, out) for one in past if one.page},
            columns=past[:MOST_IN_TREND][::-1],
            trend=trend(past[:MOST_IN_TREND]),
            problems=problems,
            **furniture("common.js", "plain.js"),
        )
    )
    target = out / PAGE
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_text(squeezed(page), encoding="utf-8")
    return target


def predecessor(one: Past, older: Sequence[Past]) -> Past | None:
    """Return the newest of the older runs that tested the same, or the newest of all; `older` is newest first."""
    alike = [past for past in older if past.subjects == one.subjects]
    return next(iter([*alike, *older]), None)


def trend(past: Sequence[Past]) -> list[tuple[Cell, list[str]]]:
    """Return every cell that failed in some run with its outcome in each, oldest run first.

    `past` is newest first; an outcome is "absent" where a run did not measure the cell. What failed last stands first.
    """
    cells = dict.fromkeys(cell for one in past for cell in one.failures)
    rows = [(cell, [one.cells.get(cell, "absent") for one in reversed(past)]) for cell in cells]
    return sorted(rows, key=lambda row: [outcome not in vocabulary.BROKEN for outcome in reversed(row[1])])


def _past(path: Path, run: Run, report: model.Report) -> Past:
    measured = [(claim.id, cell) for claim in report.claims for cell in claim.measured]
    return Past(
        path,
        _page(path, run.name),
        run,
        subjects=[place.label for place in places.measured(report)],
        claims=len({name for name, _ in measured}),
        outcomes=report.outcomes,
        cells={Cell(name, f"{cell.dtype} on {cell.place.label}"): cell.outcome for name, cell in measured},
        departures=sum(group.outcome == "departs" for group in grouped(report).values()),
        missed=sum(not trial.hits for kind in ("mutants", "refutations") for _, trial in report.trials(kind)),
    )


def _by_run(records: Records) -> dict[str, Records]:
    """The records of each run of a file; of a file of benchmarks there is none."""
    lines = [*records.claims, *records.evidence]
    names = dict.fromkeys([*records.runs, *(line["run"] for line in lines)])
    return {
        name: Records(
            runs={name: records.runs[name]} if name in records.runs else {},
            claims=[line for line in records.claims if line["run"] == name],
            evidence=[line for line in records.evidence if line["run"] == name],
            ends={name: records.ends[name]} if name in records.ends else {},
        )
        for name in names
    }


def _page(path: Path, name: str) -> Path | None:
    """The report beside a record, if it shows this run: a folder with several records has a report of some of them."""
    page = path.with_name("index.html")
    try:
        return page if f">{name}<" in page.read_text(encoding="utf-8", errors="replace") else None
    except OSError:
        return None


def _link(page: Path, out: Path) -> str:
    return quote(Path(os.path.relpath(page.resolve(), out.resolve())).as_posix())


def _command(one: Past, before: Past | None) -> str | None:
    if before is None:
        return None
    return shlex.join(["python", "-m", "reports", "compare", str(before.path), str(one.path)])
