"""Run records: JSON lines, written as the run goes, so that a killed run keeps what it had."""

from __future__ import annotations

import collections
import datetime as dt
import json
import secrets
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Self, TextIO

SCHEMA = 1


class RecordWriter:
    """Writes one run's lines to `DIRECTORY/RUN.jsonl`: the run, each claim once and its evidence, and the end.

    The directory is made if it is missing. Every line is flushed at once. With the path of an earlier record in
    `resumed` the run goes on there, and does not begin a record of its own.
    """

    def __init__(self, directory: Path, about: Mapping[str, Any], resumed: Path | None = None) -> None:
        started = dt.datetime.now(dt.UTC).replace(microsecond=0)
        self.run = resumed.stem if resumed else f"{started:%Y%m%dT%H%M%S}-{secrets.token_hex(4)}"
        directory.mkdir(parents=True, exist_ok=True)
        self.path = directory / f"{self.run}.jsonl"
        self._file: TextIO = self.path.open("a", encoding="utf-8", buffering=1)
        self._claims: set[str] = set()
        self._counts: dict[str, collections.Counter[str]] = {}
        self._clock = time.monotonic()
        if resumed is None:
            self._write("run", {"started": started.isoformat(), **about, "closes": True})
        elif not resumed.read_bytes().endswith(b"\n"):  # half a line of a run that was killed
            self._file.write("\n")

    def claim(self, about: Mapping[str, Any]) -> None:
        """Writes the metadata of a claim, the first time it is seen."""
        if about["id"] not in self._claims:
            self._claims.add(about["id"])
            self._write("claim", about)

    def evidence(self, measured: Mapping[str, Any]) -> None:
        """Writes the evidence of one item."""
        self._write("evidence", measured)
        self._counts.setdefault(measured["role"], collections.Counter())[measured["outcome"]] += 1

    def end(self, status: int, stopped: str | None) -> None:
        """Writes the closing line, without which the run counts as killed, and closes the file.

        `status` is the exit status of the run, and `stopped` says why it ended before all its items had run, if so.
        """
        finished = dt.datetime.now(dt.UTC).replace(microsecond=0)
        self._write(
            "end",
            {
                "finished": finished.isoformat(),
                "status": status,
                "stopped": stopped,
                "seconds": round(time.monotonic() - self._clock, 3),
                "counts": {role: dict(outcomes) for role, outcomes in self._counts.items()},
            },
        )
        self.close()

    def _write(self, kind: str, fields: Mapping[str, Any]) -> None:
        line = {"schema": SCHEMA, "kind": kind, "run": self.run, **fields}
        self._file.write(json.dumps(line, allow_nan=False, separators=(",", ":")) + "\n")

    def close(self) -> None:
        """Closes the file; nothing is lost without it."""
        self._file.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exception: object) -> None:
        self.close()
