"""Values that a format holds, of numbers for which the usual formula leaves its range or loses its digits."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from reference.formats import Format
from reference.rounding import U64
from reference.truth import Truth

Float64 = NDArray[np.float64]

ROUNDINGS = 32
"""No formula has more than a dozen roundings but sums, whose terms are equal or alone."""
ROWS = 65536
"""Rows of two classes: float16 has no such number."""
SMALL_NORM = 2.0**-30
"""A largest norm far below 1e-7."""


class Problem(NamedTuple):
    """Numbers x (n,) of a format, what is computed of them as a function of x (batch, n), and how it is called."""

    numbers: Callable[[Format], list[float]]
    exact: Callable[[Float64, Format], Float64]
    words: str


def _root(fmt: Format) -> float:
    """A power of two whose square is 4 to 16 times the largest number."""
    return 2.0 ** (2 + fmt.emax // 2)


def _balanced(fmt: Format) -> list[float]:
    """Two large and two small powers of two, whose product is 1."""
    large = 2.0 ** (3 * fmt.emax // 4)
    return [large, large, 1 / large, 1 / large]


def _squares_over(x: Float64, divisor: float) -> Float64:
    """x^2 / divisor of each first number, without the square of it."""
    return x[:, :1] / divisor * x[:, :1]


def _tanhshrink(x: Float64) -> Float64:
    """x - tanh x, by its power series up to x^9: the next term is 2^-60 of it for x up to 2^-6."""
    return x**3 / 3 - 2 * x**5 / 15 + 17 * x**7 / 315 - 62 * x**9 / 2835


PROBLEMS: dict[str, Problem] = {
    "mean squared error": Problem(
        lambda fmt: [_root(fmt), *[0.0] * 255], lambda x, _: _squares_over(x, x.shape[1]), "F.mse_loss"
    ),
    "smooth L1": Problem(
        lambda fmt: [_root(fmt)], lambda x, fmt: _squares_over(x, 2 * smooth_width(fmt)), "F.smooth_l1_loss"
    ),
    "normal likelihood": Problem(
        lambda fmt: [_root(fmt)],
        lambda x, fmt: 0.5 * (math.log(smooth_width(fmt)) + _squares_over(x, smooth_width(fmt))),
        "F.gaussian_nll_loss",
    ),
    "cosine similarity": Problem(
        lambda fmt: [_root(fmt), -_root(fmt)], lambda x, _: np.ones((len(x), 1)), "F.cosine_similarity"
    ),
    "norm": Problem(
        lambda fmt: [_root(fmt), -_root(fmt)], lambda x, _: np.abs(x[:, :1]) * math.sqrt(2), "torch.linalg.vector_norm"
    ),
    "normalize": Problem(
        lambda fmt: [_root(fmt), -_root(fmt)], lambda x, _: np.sign(x) * math.sqrt(0.5), "F.normalize"
    ),
    "renorm": Problem(lambda fmt: [_root(fmt), -_root(fmt)], lambda x, _: np.sign(x) * math.sqrt(0.5), "torch.renorm"),
    "renorm, small": Problem(
        lambda fmt: [2.0**-25] if fmt.emin < -30 else [0.0],
        lambda x, _: np.where(x > 0, SMALL_NORM, 0.0),
        "torch.renorm",
    ),
    "trapezoid": Problem(lambda fmt: [2.0**fmt.emax] * 2, lambda x, _: x[:, :1] / 4, "torch.trapezoid"),
    "product": Problem(_balanced, lambda x, _: np.ones((len(x), 1)), "torch.prod"),
    "determinant": Problem(_balanced, lambda x, _: np.ones((len(x), 1)), "torch.linalg.det"),
    "inverse condition": Problem(lambda _: [0.0, 0.0], lambda x, _: np.zeros((len(x), 1)), "torch.linalg.cond"),
    "many rows": Problem(lambda _: [0.5] * ROWS, lambda x, _: np.full((len(x), 1), math.log(2)), "F.cross_entropy"),
    "tanhshrink": Problem(lambda _: [2.0**-7, -(2.0**-8)], lambda x, _: _tanhshrink(x), "F.tanhshrink"),
    "power": Problem(lambda fmt: [_root(fmt) / 2], lambda x, _: (1 / x) ** 2, "torch.pow"),
}


def smooth_width(fmt: Format) -> float:
    """A power of two near the largest number."""
    return 2.0 ** (fmt.emax - 1)


def numbers(name: str, fmt: Format) -> Float64:
    """The numbers (n,) of a problem."""
    return np.array(PROBLEMS[name].numbers(fmt))


def value(name: str, x: Float64, fmt: Format) -> Truth:
    """What is computed of x (batch, n): 32 roundings, and a few of the smallest numbers."""
    exact = PROBLEMS[name].exact(x, fmt)
    return Truth(exact, ROUNDINGS * (fmt.u + U64) * np.abs(exact) + 4 * fmt.eta)
