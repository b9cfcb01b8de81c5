"""What a set of runs was made with, and where two sets differ."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from reports import model, places, text
from reports.evidence import Run

NOT_RECORDED = "not recorded"
INPUTS = ("profile", "examples", "seed")
"""What the drawn inputs depend on, besides the claims."""
SPEED = ("CPU", "cores", "threads", "profile", "examples")
"""What times depend on, besides the code."""


class Setting(NamedTuple):
    """A setting of the first and of the second set of runs."""

    name: str
    before: str
    after: str


def settings(report: model.Report) -> dict[str, list[str]]:
    """Return every setting of the runs that are shown, with its values."""
    values: dict[str, dict[str, None]] = {}
    for run in report.runs:
        if run.shown or not any(r.shown for r in report.runs):
            for name, value in _of_run(run):
                values.setdefault(name, {})[value] = None
    for place in places.measured(report):
        values.setdefault("subject", {})[place.subject] = None
    return {name: list(known) for name, known in values.items()}


def differences(before: model.Report, after: model.Report) -> list[Setting]:
    """Return the settings in which two sets of runs differ."""
    one, other = settings(before), settings(after)
    names = dict.fromkeys([*one, *other])
    rows = (Setting(name, *("; ".join(side.get(name, ["none"])) for side in (one, other))) for name in names)
    return [row for row in rows if row.before != row.after]


def alike(names: tuple[str, ...], before: model.Report, after: model.Report) -> bool:
    """Whether these settings are recorded, have one value each, and the same in both."""
    one, other = settings(before), settings(after)
    return all(one.get(name) == other.get(name) and len(one.get(name, ())) == 1 for name in names)


def _of_run(run: Run) -> Iterator[tuple[str, str]]:
    record = run.record
    if not record:
        yield "run", f"{run.name} (its own line is missing)"
        return
    yield "started", f"{text.day(run.started)}, {run.started:%H:%M %Z}"
    yield "commit", (record["commit"] or NOT_RECORDED) + (" with local changes" if record["dirty"] else "")
    yield from record["versions"].items()
    machine = record["machine"]
    yield "CPU", machine["cpu"]
    for name in ("capability", "cores", "system"):
        yield name, str(machine[name])
    yield "BLAS", record["blas"]
    for device in record["devices"]:
        if device["name"] != "cpu":
            yield device["name"], " ".join(filter(None, [device["model"], device.get("driver") or ""]))
    for name in ("threads", "profile", "examples", "seed"):
        yield name, str(record[name])
    for name, value in record["switches"].items():
        yield name, text.plain(value)
