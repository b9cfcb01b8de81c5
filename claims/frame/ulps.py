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

import numpy as np
import torch
from numpy.typing import NDArray
from rich import box
from rich.table import Table

from claims.frame.inputs.every_number import SHORT
from claims.frame.inputs.univariate import everything, sample
from claims.frame.kernels import EAGER, UsageProblem, load, subject
from claims.frame.ledger import Line, appending, finished
from claims.frame.names import nearest
from claims.frame.subject import Subject, values
from claims.frame.support import DTYPES, is_present
from reference.formats import FORMATS
from reference.networks.univariate import evaluated, ulps
from reference.networks.univariate_functions import FUNCTIONS

if TYPE_CHECKING:
    from rich.console import Console

CHUNK = 1 << 22
"""Numbers that torch gets at once of all 2^32."""
CHUNKS = (1 << 32) // CHUNK
BLOCK = 1 << 16
"""Numbers that the reference gets at once, so that they stay in the cache."""
SAMPLED = {"float32": 1 << 20, "float64": 1 << 13}
SEED = 0

Float64 = NDArray[np.float64]


@dataclasses.dataclass(frozen=True)
class Part:
    """What one line of the log is about: a function of all numbers, of a sample, or of one chunk of all."""

    function: str
    dtype: str
    chunk: int | None = None

    @property
    def name(self) -> str:
        """As the log has it."""
        if self.chunk is not None:
            return f"{self.chunk + 1}/{CHUNKS}"
        return "all" if self.dtype in SHORT else f"sample of {SAMPLED[self.dtype]}"

    def numbers(self) -> Float64:
        """The numbers, as float64."""
        fmt = FORMATS[self.dtype]
        if self.chunk is not None:
            patterns = np.arange(self.chunk * CHUNK, (self.chunk + 1) * CHUNK, dtype=np.uint32)
            with np.errstate(invalid="ignore"):  # signalling NaN
                return patterns.view(np.float32).astype(np.float64)
        if self.dtype in SHORT:
            return everything(fmt)
        rng = np.random.default_rng(SEED)
        return sample(FUNCTIONS[self.function], -np.inf, np.inf, SAMPLED[self.dtype], rng, fmt)


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
    return line["function"], line["dtype"], line["part"], line["subject"], line["device"], line["torch"]


def measured(tested: Subject, part: Part) -> Line:
    """The largest finite error of a part and where it is, and at how many numbers the error is infinite.

    It is infinite where the result is NaN and should be a number, or the other way round, or a limit is not met.
    Raises UsageProblem if the function is not computed in this dtype on this device.
    """
    x = part.numbers()
    start = time.perf_counter()
    try:
        found = values(getattr(tested, part.function)(tested.tensor(x)))
    except (RuntimeError, TypeError) as raised:
        what = f"{part.function} of {tested.name} in {part.dtype} on {tested.device}"
        raise UsageProblem(f"{what}: {str(raised).splitlines()[0]}") from raised
    seconds = time.perf_counter() - start
    worst, at, wrong, first = -1.0, 0.0, 0, None
    for begin in range(0, x.size, BLOCK):
        block = slice(begin, begin + BLOCK)
        error = ulps(found[block], evaluated(part.function, x[block], tested.format), tested.format)
        bad = np.isinf(error)
        if bad.any():
            wrong += int(bad.sum())
            first = float(x[block][bad.argmax()]) if first is None else first
            error = np.where(bad, -1.0, error)
        k = int(error.argmax())
        if error[k] > worst:
            worst, at = float(error[k]), float(x[block][k])
    return {
        "function": part.function,
        "dtype": part.dtype,
        "part": part.name,
        "subject": tested.name,
        "device": tested.device,
        "torch": torch.__version__,
        "numbers": int(x.size),
        "ulps": max(worst, 0.0),
        "at": at.hex(),
        "wrong": wrong,
        "wrong_at": None if first is None else first.hex(),
        "seconds": round(seconds, 4),
    }


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
    if not lines:
        return ""
    worst = max(lines, key=lambda line: float(line["ulps"]))
    wrong = sum(line["wrong"] for line in lines)
    text = f"{worst['ulps']:.4g} at {float.fromhex(worst['at']):.6g}" if worst["ulps"] else "0"
    if wrong:
        first = next(line["wrong_at"] for line in lines if line["wrong"])
        text += f"; {wrong:,} wrong, as {float.fromhex(first):.6g}"
    return text
