"""Lines of the log of errors in ulps from before it had a schema: what they know, as lines of today say it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeAlias

Record: TypeAlias = Mapping[str, Any]

_OLD = ("function", "dtype", "part", "subject", "device", "torch", "numbers", "ulps", "at", "wrong", "wrong_at")
BEFORE = "1970-01-01T00:00:00+00:00"
"""The time of a line that does not tell it: any other line is newer."""


def upgraded(record: Any) -> Any:  # noqa: ANN401 (any JSON value)
    """Return an old line of the log as a line of schema 1, without what it does not know; anything else as it is."""
    if not isinstance(record, dict) or "schema" in record or not all(key in record for key in _OLD):
        return record
    point = {"ulps": record["ulps"], "at": record["at"], "found": "nan", "exact": "", "bound": "nan"}
    same = {
        key: record[key] for key in ("function", "dtype", "part", "subject", "device", "numbers", "wrong", "wrong_at")
    }
    return same | {
        "schema": 1, "kind": "ulps", "model": "", "versions": {"python": "", "torch": record["torch"]},
        "written": BEFORE, "claim": "univariate-functions-in-ulps", "code": "",
        "basis": {"kind": "calibrated", "source": ""}, "unsupported": None, "excluded": 0, "departures": [],
        "worst": point, "spoilt": None, "margin": None, "wrong_spoilt": 0, "wrong_spoilt_at": None, "binades": None,
        "truth": "", "seconds": record.get("seconds", 0.0),
    }  # fmt: skip


def is_old(record: Any) -> bool:  # noqa: ANN401 (any JSON value)
    """Return whether a line was made by `upgraded`."""
    return isinstance(record, dict) and record.get("kind") == "ulps" and record.get("written") == BEFORE


def measured(record: Record) -> tuple[str, ...]:
    """Return what a line of the log is about, but for the device's model, which old lines do not know."""
    keys = ("function", "dtype", "part", "subject", "device")
    return (*(record[key] for key in keys), record["versions"]["torch"])
