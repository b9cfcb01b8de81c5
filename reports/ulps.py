"""Errors of functions in units in the last place: the lines of the log, merged by function, dtype and setting."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

from reports import text, vocabulary
from reports.evidence import Place
from reports.older import BEFORE
from reports.read import Record

BASES = {
    "exact": "IEEE 754 asks for it: one operation, rounded once, or none.",
    "documented": "The authors of the library, or of the algorithm that torch ported, state it.",
    "derived": "The sum of the errors of the formula's steps, each documented.",
    "calibrated": "Measured on torch, and wider than what was seen by the factor stated.",
}
"""What a bound may rest on, the firmest first."""


class Setting(NamedTuple):
    """Where errors were measured."""

    place: Place
    model: str
    torch: str

    @property
    def label(self) -> str:
        """The place, the device's model and the version of torch."""
        return ", ".join(filter(None, (self.place.label, self.model, f"torch {self.torch}")))


@dataclass(frozen=True)
class Entry:
    """What was measured of one function in one dtype: the newest line of every part."""

    dtype: str
    lines: tuple[Record, ...]

    @cached_property
    def measured(self) -> list[Record]:
        """The lines with numbers."""
        return [line for line in self.lines if line["numbers"]]

    @property
    def unsupported(self) -> str | None:
        """Why torch does not compute the function in this dtype."""
        return None if self.measured else next((line["unsupported"] for line in self.lines), None)

    @property
    def numbers(self) -> int:
        """How many arguments, those of a sample and of chunks together."""
        return sum(line["numbers"] for line in self.measured)

    @cached_property
    def parts(self) -> tuple[bool, int, int, bool]:
        """Whether all numbers were taken, how many chunks of how many, and whether there was a sample."""
        names = [line["part"] for line in self.measured]
        chunks = [name.split("/") for name in names if "/" in name]
        total = max((int(of) for _, of in chunks), default=0)
        done = len({k for k, of in chunks if int(of) == total})
        return "all" in names or 0 < total == done, done, total, any(name.startswith("sample") for name in names)

    @property
    def how(self) -> str:
        """How much was measured, in words."""
        every, done, total, sample = self.parts
        if every:
            return f"every number: {text.digits(self.numbers)}"
        if total:
            chunks = f"{text.digits(done)} of {text.digits(total)} parts of all numbers so far"
            return f"{chunks}{' and a sample' if sample else ''}: {text.digits(self.numbers)}"
        return f"a sample of {text.digits(self.numbers)} numbers"

    @property
    def sign(self) -> str:
        """The same in a few letters."""
        every, done, total, _ = self.parts
        return "∀" if every else f"{done}/{total}" if total else "sample"

    def point(self, which: str = "worst") -> Record | None:
        """Return the argument with the largest error: `worst` outside departures, `spoilt` where torch departs."""
        points = [line[which] for line in self.measured if line[which]]
        return max(points, key=lambda point: point["ulps"], default=None)

    def wrong(self, which: str = "wrong") -> tuple[int, str | None]:
        """Return how many results are wrong altogether, and the first of their arguments; `wrong_spoilt` likewise."""
        first = next((line[f"{which}_at"] for line in self.measured if line[which]), None)
        return sum(line[which] for line in self.measured), first

    @property
    def margin(self) -> float | None:
        """The largest error over its bound, outside departures."""
        return max((text.number(line["margin"]) for line in self.measured if line["margin"] is not None), default=None)

    @property
    def departures(self) -> list[str]:
        """The names of the departures that spoil some numbers."""
        return sorted({name for line in self.measured for name in line["departures"]})

    @property
    def truths(self) -> list[str]:
        """What the errors were measured against."""
        said = dict.fromkeys(line["truth"] for line in self.measured if line["truth"])
        return [re.sub(r"\^(-?\d+)", lambda power: text.raised(int(power[1])), truth) for truth in said]

    @property
    def old(self) -> bool:
        """Whether some line is of an older version, which knew neither bounds nor departures."""
        return any(line["written"] == BEFORE for line in self.measured)

    @property
    def key(self) -> float:
        """What the column is sorted by: the error, wrong results above all, nothing below all."""
        point = self.point()
        return 1e300 if self.wrong()[0] else point["ulps"] if point else -1.0

    @property
    def level(self) -> int:
        """How large the error is, in four steps: rounded correctly, an ulp, a few, more."""
        return sum(self.key > end for end in (0.502, 1, 8))


@dataclass(frozen=True)
class Row:
    """One function in one setting."""

    function: str
    setting: Setting
    entries: dict[str, Entry]

    @cached_property
    def newest(self) -> Record:
        """The line that was written last."""
        return max((line for entry in self.entries.values() for line in entry.lines), key=lambda line: line["written"])

    @property
    def basis(self) -> Record | None:
        """What the bound rests on; None where the lines are of an older version."""
        return self.newest["basis"] if self.newest["basis"]["source"] else None

    @property
    def margin(self) -> float | None:
        """The largest error over its bound of all dtypes."""
        return max((entry.margin for entry in self.entries.values() if entry.margin is not None), default=None)

    def code(self, entry: Entry, at: str) -> str:
        """Return a script that evaluates the function at an argument in plain torch, in vector code."""
        function, subject = self.newest["code"] or f"torch.{self.function}", self.setting.place.subject
        device = "" if self.setting.place.device == "cpu" else f', device="{self.setting.place.device}"'
        number = f'float("{at}")' if at in {"inf", "-inf", "nan"} else f'float.fromhex("{at}")'
        imports = f"import {subject}\nimport torch" if function.startswith(f"{subject}.") else "import torch"
        return (
            f"{imports}\n\nx = torch.full((64,), {number}, dtype=torch.{entry.dtype}{device})\n"
            f"print({function}(x)[0].item())"
        )


@dataclass(frozen=True)
class Ulps:
    """The table: rows by function, a column for every dtype."""

    rows: list[Row]
    dtypes: list[str]

    @cached_property
    def settings(self) -> list[Setting]:
        """Where the errors were measured, plain torch on a CPU first."""
        return sorted({row.setting for row in self.rows}, key=lambda setting: (setting.place.order, setting))

    @property
    def numbers(self) -> int:
        """The arguments of all cells."""
        return sum(entry.numbers for row in self.rows for entry in row.entries.values())

    @property
    def claims(self) -> list[str]:
        """The claims that hold the errors to their bounds."""
        return list(dict.fromkeys(row.newest["claim"] for row in self.rows))

    @property
    def bases(self) -> dict[str, int]:
        """How many functions have a bound of each kind, by what it may rest on."""
        kinds = {row.function: row.basis["kind"] for row in self.rows if row.basis}
        counts = {kind: sum(known == kind for known in kinds.values()) for kind in BASES}
        return {kind: number for kind, number in counts.items() if number}


def merge(records: Iterable[Record]) -> Ulps:
    """Return the table of these lines; of two lines about the same part the newer one counts."""
    newest: dict[tuple[str, Setting, str, str], Record] = {}
    for line in sorted(records, key=lambda line: line["written"]):
        setting = Setting(Place(line["subject"], line["device"]), line["model"], line["versions"]["torch"])
        newest[line["function"], setting, line["dtype"], line["part"]] = line
    rows: dict[tuple[str, Setting], dict[str, list[Record]]] = {}
    for (function, setting, dtype, _), line in newest.items():
        rows.setdefault((function, setting), {}).setdefault(dtype, []).append(line)
    dtypes = sorted({dtype for by_dtype in rows.values() for dtype in by_dtype}, key=vocabulary.dtype_order)
    made = [
        Row(function, setting, {d: Entry(d, tuple(by_dtype[d])) for d in dtypes if d in by_dtype})
        for (function, setting), by_dtype in rows.items()
    ]
    return Ulps(sorted(made, key=lambda row: (row.setting.place.order, row.setting, row.function)), dtypes)
