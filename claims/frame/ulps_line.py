"""The largest errors, in units in the last place, of one function on one set of numbers: a line of a log."""

from __future__ import annotations

import dataclasses
import datetime as dt
import functools
import math
import platform
import time
from typing import Any

import numpy as np
import torch
from flint import arb
from numpy.typing import NDArray

from claims.frame.claim import load_all
from claims.frame.environment import describe
from claims.frame.inputs.every_number import SHORT
from claims.frame.inputs.univariate import Numbers, everything, sample
from claims.frame.kernels import UsageProblem
from claims.frame.ledger import Line
from claims.frame.operations import OPERATIONS
from claims.frame.plan import CallPlan
from claims.frame.subject import Subject, values
from reference import exact
from reference.formats import FORMATS, Format
from reference.networks.univariate import bound, evaluated, ulps
from reference.networks.univariate_bases import basis
from reference.networks.univariate_functions import FUNCTIONS

SCHEMA = 1
CLAIMS = {False: "univariate-functions-in-ulps", True: "special-functions-in-ulps"}
"""The claims that hold the errors to their bounds: of functions that half types have, and of others."""
CHUNK = 1 << 22
"""Numbers that torch gets at once of all 2^32."""
CHUNKS = (1 << 32) // CHUNK
BLOCK = 1 << 16
"""Numbers that the reference gets at once, so that they stay in the cache."""
SAMPLED = {"float32": 1 << 20, "float64": 1 << 13}
SEED = 0
CERTIFIED = 256
"""Numbers of a part at which float64 is compared with balls, where the truth is not a ball everywhere."""
BINS = 320
"""Of binades of the argument, at most, on either side of 0."""

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


def measured(tested: Subject, part: Part) -> Line:
    """What is measured of a part, as `reports/record.schema.json` has it.

    An error is infinite where the result is NaN and should be a number, or the other way round, or a limit is not met.
    Errors in pieces of the line that a departure spoils are told apart. Raises UsageProblem if the function cannot be
    computed where its dtype is supported.
    """
    own = part.function in tested.overrides
    line = {
        "schema": SCHEMA,
        "kind": "ulps",
        "function": part.function,
        "dtype": part.dtype,
        "part": part.name,
        "subject": tested.name,
        "device": tested.device,
        "model": model(tested.device),
        "versions": {"python": platform.python_version(), "torch": torch.__version__},
        "written": dt.datetime.now(dt.UTC).isoformat(timespec="seconds"),
        "claim": CLAIMS[FUNCTIONS[part.function].wide],
        "code": f"{tested.name}.{part.function}" if own else OPERATIONS[part.function].spelling,
        "basis": basis(part.function, cuda=_cuda(tested))._asdict(),
        "unsupported": None,
    }
    x = part.numbers()
    start = time.perf_counter()
    try:
        found = values(getattr(tested, part.function)(tested.tensor(x)))
    except NotImplementedError as raised:
        return {
            **line,
            "unsupported": str(raised).splitlines()[0],
            **_Tally(tested, part).fields(),
            "truth": "",
            "seconds": 0.0,
        }
    except (RuntimeError, TypeError) as raised:
        what = f"{part.function} of {tested.name} in {part.dtype} on {tested.device}"
        raise UsageProblem(f"{what}: {str(raised).splitlines()[0]}") from raised
    seconds = round(time.perf_counter() - start, 4)
    tally = _Tally(tested, part)
    for begin in range(0, x.size, BLOCK):
        tally.add(x[begin : begin + BLOCK], found[begin : begin + BLOCK])
    return {**line, **tally.fields(), "truth": truth_of(part.function, x, tested.format), "seconds": seconds}


def _cuda(tested: Subject) -> bool:
    return torch.device(tested.device).type == "cuda"


@functools.cache
def model(device: str) -> str:
    """The name of the processor."""
    name = device.partition(":")[0]
    return str(next((d["model"] for d in describe()["devices"] if d["name"] == name), name))


def truth_of(name: str, x: Float64, fmt: Format) -> str:
    """What the errors were measured against, in a sentence: balls, or float64 and how near to balls it was at some."""
    if fmt.precision > 24:
        return "balls, each within 2^-80 of its value"
    some = np.unique(x[np.isfinite(x)][:: max(1, x.size // CERTIFIED)])
    near = evaluated(name, some, fmt).near
    sure = evaluated(name, some, FORMATS["float64"])
    decided = np.isfinite(near) & np.isfinite(sure.near) & (np.abs(near) <= fmt.largest)
    off = np.abs((near[decided] - sure.near[decided]) - sure.rest[decided])
    worst = float((off / fmt.ulp(sure.near[decided])).max(initial=0.0))
    limit = math.frexp(max(worst, 2.0**-60))[1]
    return (
        f"float64, within 2^{limit} ulp of balls at {int(decided.sum())} of the numbers; what is shown, against balls"
    )


class _Tally:
    """The largest errors so far: everywhere, outside known departures, and by binade of the argument."""

    def __init__(self, tested: Subject, part: Part) -> None:
        self.tested, self.name, self.format = tested, part.function, tested.format
        claim = load_all()[CLAIMS[FUNCTIONS[part.function].wide]]
        own = self.name in tested.overrides
        here = [] if own else [d for d in claim.departures if d.concerns(tested)]
        pieces = range(len(FUNCTIONS[self.name].cuts) + 1)
        spoilt = {k: [d.name for d in here if d.excludes(CallPlan(), given=Numbers(self.name, k))] for k in pieces}
        self.spoilt = {k: names for k, names in spoilt.items() if names}
        self.numbers = self.excluded = 0
        self.wrong: dict[bool, list[float]] = {False: [], True: []}
        self.wrongs = {False: 0, True: 0}
        self.worst: dict[bool, tuple[float, float, float, float]] = {}
        self.margin: float | None = None
        lowest = self.format.emin - self.format.precision + 1
        self.step = -(-(self.format.emax - lowest + 1) // BINS)
        self.lowest = lowest
        self.bins = np.full((2, (self.format.emax - lowest) // self.step + 1), -1.0)

    def add(self, x: Float64, found: Float64) -> None:
        """Takes numbers and what was computed of them."""
        value = evaluated(self.name, x, self.format)
        error = ulps(found, value, self.format)
        arithmetic = self.tested.arithmetic(self.name)
        allowed = bound(self.name, x, value, arithmetic, cuda=_cuda(self.tested))
        out = np.zeros(x.shape, bool)
        for piece in self.spoilt:
            out |= FUNCTIONS[self.name].within(x, piece)
        self.numbers += x.size
        self.excluded += int(out.sum())
        bad = np.isinf(error)
        for known in (False, True):
            here = bad & (out == known)
            self.wrongs[known] += int(here.sum())
            self.wrong[known] += x[here][:1].tolist()
            rated = np.where(bad | (out != known), -1.0, error)
            k = int(rated.argmax())
            if rated[k] > self.worst.get(known, (-1.0,))[0]:
                self.worst[known] = float(rated[k]), float(x[k]), float(found[k]), float(allowed[k])
        with np.errstate(divide="ignore", invalid="ignore"):
            margins = np.where((error == 0) | out, 0.0, error / allowed)
        if not out.all():
            self.margin = max(self.margin or 0.0, float(margins.max()))
        some = np.isfinite(x) & (x != 0)
        bins = (np.frexp(x[some])[1] - 1 - self.lowest) // self.step
        np.maximum.at(self.bins, (np.signbit(x[some]).astype(int), bins), error[some])

    def fields(self) -> Line:
        """What a line of the log says of them."""
        ends = {side: [_rounded(v) for v in row] for side, row in zip(("positive", "negative"), self.bins, strict=True)}
        return {
            "numbers": self.numbers,
            "excluded": self.excluded,
            "departures": sorted({name for names in self.spoilt.values() for name in names}),
            "worst": self._point(known=False),
            "spoilt": self._point(known=True),
            "margin": None if self.margin is None else _number(self.margin),
            "wrong": self.wrongs[False],
            "wrong_at": next((v.hex() for v in self.wrong[False]), None),
            "wrong_spoilt": self.wrongs[True],
            "wrong_spoilt_at": next((v.hex() for v in self.wrong[True]), None),
            "binades": {"first": self.lowest, "step": self.step, **ends} if self.numbers else None,
        }

    def _point(self, *, known: bool) -> dict[str, Any] | None:
        if known not in self.worst:
            return None
        error, at, found, allowed = self.worst[known]
        value = evaluated(self.name, np.array([at]), FORMATS["float64"])
        if math.isfinite(at) and np.isfinite(value.near).all():
            error = float(ulps(np.array([found]), value, self.format)[0])
        return {
            "ulps": error,
            "at": at.hex(),
            "found": found.hex(),
            "exact": decimal(self.name, at, self.format),
            "bound": _number(allowed),
        }


def decimal(name: str, x: float, fmt: Format) -> str:
    """f(x) to 25 digits from a ball; at poles, infinities and for NaN what float64 says."""
    value = evaluated(name, np.array([x]), FORMATS["float64"])
    near, rest = float(value.near[0]), float(value.rest[0])
    if not math.isfinite(near) or not math.isfinite(x):
        return str(float(evaluated(name, np.array([x]), fmt).near[0]))
    with exact.precision(200):
        return str((arb(near) + arb(rest)).str(25, radius=False))


def _number(value: float) -> float | str:
    return value if math.isfinite(value) else str(value)


def _rounded(value: float) -> float | str | None:
    """Three digits; None where there was no number."""
    return None if value < 0 else _number(float(f"{value:.3g}"))
