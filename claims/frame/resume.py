"""A run that goes on with the record of an earlier one: what that one has found to be good is not run again."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from claims.frame.evidence import GOOD

ROOT = Path(__file__).parents[2]
SOURCES = ("claims", "reference")
SAME = ("versions", "machine", "threads", "devices", "switches", "commit", "profile", "examples", "seed")
"""What must be the same of both runs."""
DONE = GOOD | {"elsewhere", "refuted", "caught"}
CROSS = DONE | {"survived", "error"}
"""Outcomes after which an item is not run again; a mutant may survive where no claim promises to catch it."""


def resumable(directory: Path, about: Mapping[str, Any]) -> Path | None:
    """The newest record in the directory of a run like this one, unless the code has changed since it began."""
    here = json.loads(json.dumps({key: about[key] for key in SAME}))
    for path in sorted(directory.glob("*.jsonl"), reverse=True):
        with path.open(encoding="utf-8", errors="replace") as file:
            run = _parsed(file.readline())
        if run.get("kind") == "run" and {key: run.get(key) for key in SAME} == here and not _changed_since(run):
            return path
    return None


def found(path: Path) -> list[dict[str, Any]]:
    """The evidence of a record with a good outcome. A torn line is no evidence: its item is run again."""
    lines = [_parsed(line) for line in path.read_text(encoding="utf-8", errors="replace").splitlines()]
    return [
        line
        for line in lines
        if line.get("kind") == "evidence" and line.get("outcome") in (CROSS if line.get("role") == "cross" else DONE)
    ]


def _parsed(line: str) -> dict[str, Any]:
    try:
        value = json.loads(line)
    except ValueError:
        return {}
    return value if isinstance(value, dict) else {}


def _changed_since(run: Mapping[str, Any]) -> bool:
    try:
        started = dt.datetime.fromisoformat(str(run.get("started"))).timestamp()
    except ValueError:
        return True
    sources = (path for folder in SOURCES for path in (ROOT / folder).rglob("*.py"))
    return any(path.stat().st_mtime > started for path in sources)
