"""The verdicts as JSON for other programs: what the page says of every claim, without its pictures."""

from __future__ import annotations

import functools
import json
from collections import Counter
from importlib import resources
from typing import Any

from reports import model
from reports.evidence import Cell, Run, Trial
from reports.read import Record

VERSION = 1
NAME = "verdicts.json"
"""What the file is called beside the page."""
_ABOUT_CLAIM = ("title", "statement", "hypotheses", "chapter", "topic", "notes", "book", "formal", "bound")
_ABOUT_RUN = ("started", "commit", "dirty", "profile", "examples", "seed", "command", "versions", "machine", "blas")
_MORE_OF_RUN = ("threads", "devices", "switches")
_MEASURED = ("instances", "undetermined", "excluded", "alpha", "seconds")


@functools.cache
def schema() -> dict[str, Any]:
    """Return the JSON Schema (draft 2020-12) of the verdicts."""
    loaded: dict[str, Any] = json.loads(resources.files("reports").joinpath("verdicts.schema.json").read_text("utf-8"))
    return loaded


def text(report: model.Report) -> str:
    """Return the verdicts as JSON text; the same records give the same text."""
    return json.dumps(verdicts(report), ensure_ascii=False, allow_nan=False, indent=1) + "\n"


def verdicts(report: model.Report) -> dict[str, Any]:
    """Return the verdicts as plain data that keep `verdicts.schema.json`; NaN and the infinities are text."""
    claims = [_claim(claim) for claim in report.claims]
    return {
        "schema": VERSION,
        "runs": [_run(run) for run in report.runs],
        "totals": {
            "verdicts": report.verdicts,
            "evidence": dict(Counter(cell["outcome"] for claim in claims for cell in claim["evidence"])),
            **{
                kind: dict(Counter(trial["outcome"] for claim in claims for trial in claim[kind]))
                for kind in ("refutations", "mutants", "departures")
            },
        },
        "claims": claims,
        "problems": report.problems,
    }


def _run(run: Run) -> dict[str, Any]:
    known = {key: run.record.get(key) for key in (*_ABOUT_RUN, *_MORE_OF_RUN)}
    return {"run": run.name, "finished": run.finished, "unfinished": run.unfinished or None, **known}


def _claim(claim: model.Claim) -> dict[str, Any]:
    return {
        "id": claim.id,
        "verdict": claim.record["truth"],
        "correction": claim.record["correction"],
        **{key: claim.record[key] for key in (*_ABOUT_CLAIM, "operations")},
        "evidence": [_cell(cell) for cell in claim.cells if cell.outcome != "absent"],
        "refutations": [_trial(trial, "statement") for trial in claim.refutations],
        "mutants": [_trial(trial, "operation", "trigger") for trial in claim.mutants],
        "departures": [_trial(trial, "summary", "script", "versions", "upstream") for trial in claim.departures],
    }


def _cell(cell: Cell) -> dict[str, Any]:
    record = cell.record or dict.fromkeys(_MEASURED, 0)
    worst = cell.margin
    return {
        "subject": cell.place.subject,
        "device": cell.place.device,
        "dtype": cell.dtype,
        "outcome": cell.outcome,
        "reason": cell.reason or None,
        "margin": None if worst is None else _number(worst),
        **{key: record[key] for key in _MEASURED},
        "repeat": (record.get("failure") or {}).get("repeat"),
        "run": record.get("run"),
    }


def _trial(trial: Trial, *about: str) -> dict[str, Any]:
    return {
        "name": trial.name,
        **{key: trial.about.get(key) for key in about},
        "outcome": trial.outcome,
        "results": [_result(result) for result in trial.results],
    }


def _result(result: Record) -> dict[str, Any]:
    return {key: result[key] for key in ("subject", "device", "dtype", "outcome", "reason", "instances", "run")}


def _number(value: float) -> float | str:
    return value if abs(value) < float("inf") else str(value)
