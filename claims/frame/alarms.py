"""False alarms, counted: what many seeds over all claims found on a correct torch, as a line of a record."""

from __future__ import annotations

import datetime as dt
import json
import secrets
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from claims.frame import environment
from claims.frame.evidence import GOOD
from claims.frame.kernels import UsageProblem
from claims.frame.ledger import Line
from claims.frame.records import SCHEMA

ABOUT = ("machine", "versions", "blas", "threads", "devices", "switches", "commit", "dirty")


def keep(found: Sequence[Line], record: Path) -> None:
    """Appends to the record, for each profile, how many items and seeds were examined and what did not hold.

    Raises UsageProblem if the record cannot be written.
    """
    here = environment.describe()
    started = dt.datetime.now(dt.UTC).replace(microsecond=0)
    try:
        record.parent.mkdir(parents=True, exist_ok=True)
        with record.open("a", encoding="utf-8") as file:
            for profile in sorted({line["profile"] for line in found}):
                told = _told([line for line in found if line["profile"] == profile])
                run = f"{started:%Y%m%dT%H%M%S}-{secrets.token_hex(4)}"
                line = {"schema": SCHEMA, "kind": "alarms", "run": run, "ended": started.isoformat()}
                about = {key: here[key] for key in ABOUT}
                print(json.dumps(line | about | {"profile": profile} | told, separators=(",", ":")), file=file)
    except OSError as error:
        raise UsageProblem(f"cannot write {record}: {error.strerror}") from error


def _told(found: Sequence[Line]) -> dict[str, Any]:
    worst = max(found, key=lambda line: float(line["margin"]))
    return {
        "seeds": sorted({line["seed"] for line in found}),
        "items": len(found),
        "instances": sum(line["instances"] for line in found),
        "seconds": round(sum(line["seconds"] for line in found), 1),
        "worst": {key: worst[key] for key in ("item", "seed", "margin", "check")},
        "alarms": [
            {key: line[key] for key in ("item", "seed", "outcome", "text")}
            for line in found
            if line["outcome"] not in GOOD
        ],
    }
