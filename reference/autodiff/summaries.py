"""Statistics, selections and steps in hyper-dual arithmetic; each takes x (batch, n) and returns (batch, m)."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from reference.autodiff import elementary as e
from reference.autodiff.dual import Dual, joined, stacked
from reference.autodiff.programs import Program, centred, divided_out, halves, norm, of_halves, product, total, variance


def _covariances(x: Dual) -> tuple[tuple[Dual, ...], ...]:
    """Of two variables, with divisor n - 1."""
    deviations = [centred(h) for h in halves(x)]
    divisor = x.shape[-1] // 2 - 1
    return tuple(tuple(total(a * b).scaled(1 / divisor) for b in deviations) for a in deviations)


def _correlations(x: Dual) -> Dual:
    c = _covariances(x)
    deviation = [c[i][i].power(-0.5) for i in (0, 1)]
    return joined([c[i][j] * deviation[i] * deviation[j] for i in (0, 1) for j in (0, 1)])


def _placed(place: int) -> Program:
    """The number at a place in ascending order."""
    return lambda x: x[np.arange(len(x.value)), x.value.argsort(-1)[:, place]].reshape(-1, 1)


def _step(function: Callable[[NDArray[np.float64]], NDArray[np.float64]]) -> Program:
    """A function that is constant between its steps."""
    return lambda x: x.of(function(x.value))


def quantile(x: Dual) -> Dual:
    """That of 0.3125 of five numbers: a quarter of the way from the second to the third in ascending order."""
    return _placed(1)(x).scaled(0.75) + _placed(2)(x).scaled(0.25)


SUMMARY_PROGRAMS: dict[str, Program] = {
    "covariance matrix": lambda x: joined([c for row in _covariances(x) for c in row]),
    "correlation matrix": _correlations,
    "variance and mean": lambda x: joined([variance(x), x.mean(keepdims=True)]),
    "deviation and mean": lambda x: joined([e.sqrt(variance(x)), x.mean(keepdims=True)]),
    "distance": of_halves(lambda a, b: norm(a - b)),
    "rows of a bounded norm": lambda x: joined([h * 0.25 / (norm(h) + 1e-7) for h in halves(x)]),  # torch's offset
    "trapezoid": lambda x: total(x[..., :-1] + x[..., 1:]).scaled(0.5),
    "product along an axis": lambda x: joined([divided_out(h, product(h).reshape(-1, 1)) for h in halves(x)]),
    "minimum": of_halves(e.smaller),
    "fmax": of_halves(e.larger),
    "fmin": of_halves(e.smaller),
    "amin": _placed(0),
    "largest of all": _placed(-1),
    "smallest of all": _placed(0),
    "median": _placed(2),
    "running minimum": lambda x: stacked(
        [x[np.arange(len(x.value)), x.value[:, : i + 1].argmin(-1)] for i in range(x.shape[-1])]
    ),
    "clamp": lambda x: e.smaller(e.larger(x, -1.0), 2.0),
    "clamp by a tensor": of_halves(e.larger),
    "clamp above": lambda x: e.smaller(x, 0.5),
    "threshold": lambda x: x.chosen(x.value > 0.5, x.of(np.full(x.shape, 0.25))),
    "rrelu": lambda x: x.chosen(x.value > 0, x.scaled(0.25)),
    "floor": _step(np.floor),
    "ceil": _step(np.ceil),
    "round": _step(np.rint),
    "trunc": _step(np.trunc),
    **dict.fromkeys(("sign", "sgn"), _step(np.sign)),
    "quantile": quantile,
}
"""By the name of the row of the table of functions."""
