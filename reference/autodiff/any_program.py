"""Gradients of straight-line programs, with the rounding errors of a reverse sweep.

An instruction is a primitive, the places of its operands (the inputs come first), and constants. The gradient is
computed in dual numbers, one direction for each input, with running errors over all paths (N. J. Higham, Accuracy and
Stability of Numerical Algorithms, 2nd ed., SIAM 2002, section 3.3). Local derivatives are bounded on the whole ball
about the argument, so that the mean value theorem holds to any order of the errors.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy import special

from reference.autodiff.dual import Derivatives, Dual
from reference.autodiff.modes import model
from reference.formats import Format
from reference.rounding import silent
from reference.truth import Truth

Float64 = NDArray[np.float64]
Program = Sequence[tuple[Any, ...]]
Three = Sequence[Float64]
"""A function and its first two derivatives."""

CONSTANTS = {"plus": 1, "times": 1, "power": 1}
"""How many of the last numbers of an instruction are constants."""
THRESHOLD, LARGEST = 0.25, 0.5
"""A branch goes by a > THRESHOLD; numbers are halved while they are larger than LARGEST."""


class Gradient(NamedTuple):
    """The gradient (batch, n), and where no rounding can change the course of the program (batch,)."""

    truth: Truth
    determined: NDArray[np.bool_]


def _monotone(functions: Callable[[Float64], Three]) -> Callable[[Dual], Dual]:
    """A function whose derivatives are monotone in magnitude: largest at an end of the ball."""

    def of(c: Dual) -> Dual:
        ends = zip(functions(c.value - c.rad[0]), functions(c.value + c.rad[0]), strict=True)
        return c.apply(Derivatives(functions(c.value), [np.maximum(np.abs(a), np.abs(b)) for a, b in ends]))

    return of


def _circular(functions: Callable[[Float64], Three]) -> Callable[[Dual], Dual]:
    """A sine or cosine, whose derivatives are at most 1 and change no faster than their argument."""

    def of(c: Dual) -> Dual:
        found = functions(c.value)
        return c.apply(Derivatives(found, [np.minimum(np.abs(v) + c.rad[0], 1.0) for v in found]))

    return of


def _tanh(c: Dual) -> Dual:
    y, m = np.tanh(c.value), np.tanh(np.abs(c.value) + c.rad[0])
    slope, most = 1 - y * y, 1 + m * m
    return c.apply(Derivatives([y, slope, -2 * y * slope], [m, most, 2 * m * most]))


def _sigmoid(c: Dual) -> Dual:
    y, m = special.expit(c.value), special.expit(c.value + c.rad[0])
    slope, most = y - y * y, m + m * m
    return c.apply(Derivatives([y, slope, (1 - 2 * y) * slope], [m, most, (1 + 2 * m) * most]))


def _to_the(p: float) -> Callable[[Dual], Dual]:
    """x^p of positive numbers."""
    return _monotone(lambda x: [x**p, p * x ** (p - 1), p * (p - 1) * x ** (p - 2)])


exp = _monotone(lambda x: [np.exp(x)] * 3)
log = _monotone(lambda x: [np.log(x), 1 / x, -1 / (x * x)])


def _underflowing(c: Dual, *operands: Dual) -> Dual:
    """With two underflows within the local derivative by each operand."""
    error = np.zeros(c.mid.shape)
    error[1] = sum(2 * c.eta * (a.size[1] + a.rad[1]) for a in operands)
    return c.erring(error)


PRIMITIVES: dict[str, Callable[..., Dual]] = {
    "plus": lambda a, c: a + c,
    "times": lambda a, c: a.scaled(c),
    "power": lambda a, p: _to_the(p)(a),
    "add": lambda a, b: a + b,
    "sub": lambda a, b: a - b,
    "mul": lambda a, b: a * b,
    "div": lambda a, b: _underflowing(a * _to_the(-1.0)(b), a, b),
    "pow": lambda a, b: _underflowing(exp(b * log(a)), a, b),
    "neg": lambda a: -a,
    "exp": exp,
    "sin": _circular(lambda x: [np.sin(x), np.cos(x), -np.sin(x)]),
    "cos": _circular(lambda x: [np.cos(x), -np.sin(x), -np.cos(x)]),
    "tanh": _tanh,
    "sigmoid": _sigmoid,
    "sqrt": _to_the(0.5),
    "log1p": _monotone(lambda x: [np.log1p(x), 1 / (1 + x), -1 / (1 + x) ** 2]),
}
"""Each takes its operands, then its constants; pow takes a positive base."""


def halvings(size: Float64) -> Float64:
    """How often a number of that size is halved until it is at most LARGEST."""
    return np.asarray(np.maximum(np.ceil(np.log2(np.maximum(size, LARGEST) / LARGEST)), 0.0))


def operands(instruction: tuple[Any, ...]) -> tuple[int, ...]:
    """The places of the numbers that an instruction takes."""
    name, *rest = instruction
    return tuple(rest[: len(rest) - CONSTANTS.get(name, 0)])


class Run(NamedTuple):
    """The result, with a direction for each input (batch, n); what underflow may add to the gradient; `determined`."""

    result: Dual
    lost: Float64
    determined: NDArray[np.bool_]


@silent
def gradient(program: Program, x: Float64, fmt: Format, units: float) -> Gradient:
    """The gradient of the last number of the program at x (batch, n)."""
    result, lost, determined = run(program, x, fmt, units)
    found = result.coefficient(1)
    return Gradient(Truth(found.value, np.asarray(found.bound + lost)), determined)


def run(program: Program, x: Float64, fmt: Format, units: float) -> Run:
    """The program at x (batch, n), in dual numbers.

    Besides the roundings of all products along a path, reverse mode adds up the contributions of the uses of a number:
    one rounding fewer than uses. Three products for each use may underflow, in what is still to be multiplied by the
    derivative of the number.
    """
    batch, n = x.shape
    uses = Counter(i for instruction in program for i in operands(instruction))
    determined, lost, nodes = np.ones(batch, bool), np.zeros((batch, n)), list[Dual]()

    def keep(c: Dual, place: int) -> None:
        size = c.size[1] + c.rad[1]
        lost[:] += 3 * uses[place] * c.eta * size
        error = np.zeros(c.mid.shape)
        error[1] = max(uses[place] - 1, 0) * c.u * size
        nodes.append(c.erring(error))

    for i in range(n):
        value = np.repeat(x[:, i : i + 1], n, -1)
        keep(Dual.seeded(value, [np.tile(np.eye(n)[i], (batch, 1))], **model(fmt, units)), i)
    for instruction in program:
        name, rest = instruction[0], instruction[1 + len(operands(instruction)) :]
        a, *others = (nodes[i] for i in operands(instruction))
        if name == "branch":
            determined &= (np.abs(a.value - THRESHOLD) > a.rad[0]).all(-1)
            made = others[0].chosen(a.value > THRESHOLD, others[1])
        elif name == "halved":
            size = np.abs(a.value)
            determined &= (halvings(size - a.rad[0]) == halvings(size + a.rad[0])).all(-1)
            made = a.scaled(2.0 ** -halvings(size))
        else:
            made = PRIMITIVES[name](a, *others, *rest)
        keep(made, len(nodes))
    return Run(nodes[-1], lost, determined)
