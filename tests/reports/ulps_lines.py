"""Made-up lines of the log of errors in ulps: three functions on a CPU, and one on CUDA."""

from __future__ import annotations

import math
from typing import Any

Record = dict[str, Any]

FORMATS = {"float64": (-1074, 7, 300), "float32": (-149, 1, 277), "float16": (-24, 1, 40)}
"""The first binade, binades of a bin, bins."""


def bins(dtype: str, peak: float) -> Record:
    first, step, count = FORMATS[dtype]
    errors = [round(peak * math.exp(-abs(k - count / 2) / 9), 4) for k in range(count)]
    return {"first": first, "step": step, "positive": errors, "negative": [None, "inf", *errors[2:]]}


def point(ulps: float, at: float, bound: float | str = 1.5) -> Record:
    return {"ulps": ulps, "at": at.hex(), "found": (at / 3).hex(), "exact": f"{at / 3!r}0001", "bound": bound}


def line(function: str = "exp", dtype: str = "float32", part: str = "sample of 1048576", **changes: Any) -> Record:
    known = {
        "schema": 1, "kind": "ulps", "function": function, "dtype": dtype, "part": part, "subject": "eager",
        "device": "cpu", "model": "AMD EPYC 9654", "versions": {"python": "3.11.7", "torch": "2.13.0"},
        "written": "2026-11-20T09:30:00+00:00", "claim": "softmax-shift-invariance", "code": f"torch.{function}",
        "basis": {"kind": "documented", "source": "SLEEF u10: 1 ulp"}, "unsupported": None, "numbers": 1048521,
        "excluded": 0, "departures": [], "worst": point(0.75, 0.1), "spoilt": None, "margin": 0.5, "wrong": 0,
        "wrong_at": None, "wrong_spoilt": 0, "wrong_spoilt_at": None, "binades": bins(dtype, 0.75),
        "truth": "float64; at 256 of the numbers compared with balls, from which it is within 2^-20 ulp",
        "seconds": 0.1,
    }  # fmt: skip
    return known | changes


def unsupported(function: str, dtype: str) -> Record:
    reason = f'"{function}_cpu" not implemented for {dtype!r}'
    nothing = {"numbers": 0, "worst": None, "margin": None, "binades": None, "truth": ""}
    return line(function, dtype, "all", unsupported=reason, **nothing)


def lines() -> list[Record]:
    spoilt = {"spoilt": point(2.1e6, -88.75), "wrong_spoilt": 2, "wrong_spoilt_at": "-inf", "excluded": 37}
    departing = {**spoilt, "departures": ["the-sigmoid-vanishes"], "basis": {"kind": "derived", "source": "its steps"}}
    calibrated = {"kind": "calibrated", "source": "8 u: twice the largest seen"}
    return [
        line("exp", "float16", "all", numbers=63490),
        line("exp", "float64", "sample of 8192", numbers=8192, worst=point(0.51, -0.25)),
        line("exp", "float32"),
        *(line("exp", "float32", f"{k}/1024", numbers=1 << 22, worst=point(0.75 + k / 100, k / 7)) for k in (1, 2, 5)),
        line("sigmoid", "float32", worst=point(1.99, -0.01, 5.0), binades=bins("float32", 2e6), **departing),
        line("bessel_j0", "float32", basis=calibrated, wrong=3, wrong_at="inf", margin="inf"),
        unsupported("bessel_j0", "float16"),
        line("exp", "float32", device="cuda", model="NVIDIA H200", worst=point(1.25, 3.0)),
    ]


def old(function: str = "tanh") -> Record:
    """A line from before the log had a schema."""
    return {
        "function": function, "dtype": "float32", "part": "sample of 1048576", "subject": "eager", "device": "cpu",
        "torch": "2.13.0", "numbers": 1048521, "ulps": 1.25, "at": (0.5).hex(), "wrong": 1, "wrong_at": "inf",
        "seconds": 0.2,
    }  # fmt: skip
