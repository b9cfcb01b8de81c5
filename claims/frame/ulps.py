"""A table of the largest errors, in units in the last place, of functions of one number by dtype on a device.

All numbers of the 16-bit formats; of wider ones a sample by rank, or, of float32, all 2^32, in chunks that a log
remembers.
"""

from __future__ import annotations

import contextlib
import dataclasses
import itertools
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import torch
from rich import box
from rich.table import Table

from claims.frame.kernels import EAGER, UsageProblem, load, subject
from claims.frame.ledger import Line, appending, finished
from claims.frame.names import nearest
from claims.frame.support import DTYPES, is_present
from claims.frame.ulps_line import CHUNKS, SCHEMA, Part, measured
from reference.networks.univariate_functions import FUNCTIONS

if TYPE_CHECKING:
    from rich.console import Console


OLDER = "an older version"
"""Stands for the version of torch in the key of a line without a schema."""


@dataclasses.dataclass(frozen=True)
class Asked:
    """What the table is to show, empty meaning everything, and how many parts to measure at most."""

    functions: Sequence[str] = ()
    dtypes: Sequence[str] = ()
    device: str = "cpu"
    tested: str = EAGER
    exhaustive: bool = False
    most: int | None = None

    def validate(self) -> None:
        """Raises UsageProblem, one line, for a name that does not exist or a device that is not here."""
        for option, names, known in (("function", self.functions, FUNCTIONS), ("dtype", self.dtypes, DTYPES)):
            for name in names:
                if name not in known:
                    raise UsageProblem(f"no {option} {name!r}; nearest: {nearest(name, known)}")
        if self.tested != EAGER:
            load(self.tested)
        try:
            present = is_present(self.device)
        except ValueError:
            present = False
        if not present:
            raise UsageProblem(f"no device {self.device!r} here")
        if self.most is not None and self.most < 0:
            raise UsageProblem(f"--most: {self.most} is negative")
        if self.exhaustive and "float32" not in self._dtypes():
            raise UsageProblem(
                "--exhaustive is about float32: 16-bit numbers are all taken anyway, and float64 has 2^64"
            )

    def _dtypes(self) -> Sequence[str]:
        return self.dtypes or [d for d in DTYPES if not (self.exhaustive and d == "float64")]

    def parts(self) -> Iterator[Part]:
        """The parts of the table, function by function."""
        for name, dtype in itertools.product(self.functions or FUNCTIONS, self._dtypes()):
            chunks = range(CHUNKS) if self.exhaustive and dtype == "float32" else [None]
            yield from (Part(name, dtype, chunk) for chunk in chunks)


def table(asked: Asked, log: Path, console: Console) -> int:
    """Measures every part that the log lacks, and prints the table; returns how many are left.

    Each finished part is one JSON line of the log, flushed at once. An interrupt ends the measuring, not the table.
    """
    asked.validate()
    parts = list(asked.parts())
    where = Path(asked.tested).stem, asked.device, torch.__version__
    done = finished(log, _key, console, "its numbers are taken")
    left = [p for p in parts if (p.function, p.dtype, p.name, *where) not in done]
    older = sum((p.function, p.dtype, p.name, *where[:2], OLDER) in done for p in left)
    if older:
        console.print(
            f"{log}: {older} lines of an older version lack bounds and pictures; their numbers are taken again",
            highlight=False,
        )
    start = time.perf_counter()
    with contextlib.suppress(KeyboardInterrupt), appending(log, console) as (write, progress):
        task = progress.add_task("", total=len(parts), completed=len(parts) - len(left))
        for part in left[: asked.most]:
            progress.update(task, description=f"{part.function}, {part.dtype}, {part.name}")
            line = measured(subject(asked.tested, part.dtype, asked.device), part)
            write(line)
            done[_key(line)] = line
            progress.advance(task)
    found = [done[key] for p in parts if (key := (p.function, p.dtype, p.name, *where)) in done]
    console.print(_table(found))
    missing = len(parts) - len(found)
    console.print(
        f"{sum(line['numbers'] for line in found):,} numbers, {time.perf_counter() - start:.1f} seconds; log: {log}"
        + (f"; {missing} of {len(parts)} parts are left: give the command again" if missing else ""),
        highlight=False,
    )
    return missing


def _key(line: Line) -> tuple[str, str, str, str, str, str]:
    version = line["versions"]["torch"] if line.get("schema") == SCHEMA else OLDER
    return line["function"], line["dtype"], line["part"], line["subject"], line["device"], version


def _table(found: Sequence[Line]) -> Table:
    dtypes = list(dict.fromkeys(line["dtype"] for line in found))
    shown = Table(box=box.SIMPLE_HEAD, pad_edge=False, title="Largest error in ulps, and where", title_justify="left")
    shown.add_column("function")
    for dtype in dtypes:
        numbers = max(_numbers(found, name, dtype) for name in {line["function"] for line in found})
        shown.add_column(f"{dtype}\n{numbers:,} numbers", overflow="fold")
    for name in dict.fromkeys(line["function"] for line in found):
        shown.add_row(name, *(_cell([f for f in found if (f["function"], f["dtype"]) == (name, d)]) for d in dtypes))
    return shown


def _numbers(found: Sequence[Line], name: str, dtype: str) -> int:
    return sum(line["numbers"] for line in found if (line["function"], line["dtype"]) == (name, dtype))


def _cell(lines: Sequence[Line]) -> str:
    """The largest error outside known departures, and where; then what they spoil."""
    if not lines:
        return ""
    if all(line["unsupported"] for line in lines):
        return "not in torch"
    text = _worst(lines, "worst", "wrong")
    spoilt = _worst(lines, "spoilt", "wrong_spoilt")
    return f"{text}; departs: {spoilt}" if spoilt else text


def _worst(lines: Sequence[Line], which: str, counted: str) -> str:
    points = [line[which] for line in lines if line[which]]
    worst: Line = max(points, key=lambda point: float(point["ulps"]), default={"ulps": 0.0})
    said = [f"{worst['ulps']:.4g} at {float.fromhex(worst['at']):.6g}" if worst["ulps"] else "0"] if points else []
    wrong = sum(line[counted] for line in lines)
    if wrong:
        first = float.fromhex(next(line[f"{counted}_at"] for line in lines if line[counted]))
        said.append(f"{wrong:,} wrong, as {first:.6g}")
    return ", ".join(said)
