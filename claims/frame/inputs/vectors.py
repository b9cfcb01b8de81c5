"""Vectors with the order of a norm: alone, with a scalar, or three in a geometric relation."""

from __future__ import annotations

import dataclasses
import itertools
import math
from collections.abc import Sequence
from typing import Any, ClassVar

import numpy as np
from hypothesis import strategies as st
from numpy.typing import NDArray
from torch import Tensor

from claims.frame.inputs.numbers import KINDS, Numbers
from claims.frame.inputs.regime import Arrays, Regime, Regimes
from reference.formats import Arithmetic, Format

Normed = tuple[Tensor, float]
"""A vector and the order of its norm, as a property gets them."""
Scaled = tuple[Tensor, Tensor, float]
"""A scalar, a vector and an order."""
Triple = tuple[Tensor, Tensor, Tensor, float]
"""Three vectors and an order."""

VECTOR_KINDS = (*KINDS, "single", "rising", "negative zeros", "infinity", "nan")
SCALES = ("one", "small", "large", "subnormal", "vanishing", "threshold", "tiny", "near overflow", "overflow")
RELATIONS = ("independent", "collinear", "equal", "opposite", "disjoint")
SCALARS = ("power", "random", "zero", "negative zero", "one", "minus one", "subnormal", "largest", "tiny", "huge")
NORMS = ("2", "1", "inf", "3", "1.25", "1.5", "2.5", "4", "7", "10", "1.1")
QUASINORMS = ("0.5", "0.25", "0.75")
FORMULAS = (*QUASINORMS, "0", "-1", "-2", "-inf")
LENGTHS = (2, 1, 3, 5, 8, 17, 25, 33, 100, 257)
LONG = (4111, 4097, 4095)
"""Beyond and next to the blocks of kernels."""
MANY = 64


@dataclasses.dataclass(frozen=True)
class Vector(Regime):
    """A vector of `n` numbers and an order p, which may be "inf" or "-inf"; a property gets (x, p).

    `kind`: those of `Numbers`, single (one entry beside zeros), rising (normal numbers in the order of their powers, so
    that the last one decides a maximum), negative zeros, infinity and nan (normal numbers, one of which is replaced).
    `scale`: one; small and large (an eighth of the exponent range); subnormal; and by the p-th powers, in the
    accumulator's format: vanishing (within a few binary orders of half the smallest subnormal number), threshold (all
    entries but zeros the number whose power is that half, in the accumulator's or the stored format, or one of its
    neighbours), tiny (of the smallest normal one), near overflow (their sum next to the largest number), overflow (a
    little above).

    `many`: 64 vectors at a time however long they are, as kernels need that reduce several columns at once.
    """

    n: int = 2
    order: str = "2"
    kind: str = "integers"
    scale: str = "one"
    many: bool = False

    def __post_init__(self) -> None:
        if self.kind not in VECTOR_KINDS or self.scale not in SCALES:
            raise ValueError(f"no vectors of kind {self.kind!r} at scale {self.scale!r}")
        if self.n == 0 and (self.kind in ("single", "infinity", "nan") or math.isinf(self.p) or self.p < 0):
            raise ValueError(f"an empty vector has no {self.kind} entry, and no norm of order {self.order}")
        if self.p < 0 and self.scale not in ("one", "small", "large"):
            raise ValueError("the magnitudes of vanishing and overflowing powers are those of positive orders")

    @property
    def p(self) -> float:
        """The order as a number."""
        return float(self.order)

    def size(self) -> int:
        return self.n

    def batch(self, limit: int, elements: int) -> int:
        return super().batch(limit, max(elements, MANY * self.n) if self.many else elements)

    def arrays(self, rng: np.random.Generator, batch: int, fmt: Format) -> Arrays:
        return [self.fill(rng, batch, fmt)]

    def present(self, tensors: Sequence[Any], seed: int) -> Any:
        return (*tensors, self.p)

    def fill(self, rng: np.random.Generator, batch: int, fmt: Format) -> NDArray[np.float64]:
        """`batch` vectors, not yet rounded; finite numbers stay finite."""
        shape = (batch, self.n)
        if self.kind == "negative zeros":
            return np.full(shape, -0.0)
        if self.kind in KINDS:
            x = Numbers(self.kind).fill(rng, shape, fmt)
        elif self.kind == "rising":
            x = rng.standard_normal(shape)
            x = np.take_along_axis(x, np.argsort(np.abs(x) if self.p > 0 else -np.abs(x), -1), -1)
        else:
            x = rng.standard_normal(shape)
            chosen = np.arange(self.n) == rng.integers(0, self.n, (batch, 1))
            x[chosen] = {"single": x[chosen], "infinity": np.copysign(np.inf, x[chosen]), "nan": np.nan}[self.kind]
            if self.kind == "single":
                x[~chosen] = 0.0
        if self.scale == "threshold":
            return np.where(np.isfinite(x) & (x != 0), np.copysign(self._threshold(rng, (batch, 1), fmt), x), x)
        exponent = self._exponent(rng, (batch, 1), fmt)
        with np.errstate(over="ignore"):
            scaled = np.ldexp(x * 2.0 ** (exponent % 1), np.floor(exponent).astype(np.int64))
        return np.where(np.isfinite(x), np.clip(scaled, -fmt.largest, fmt.largest), x)

    def _threshold(self, rng: np.random.Generator, shape: tuple[int, int], fmt: Format) -> NDArray[np.float64]:
        """A number whose p-th power is about half the smallest subnormal one, per vector."""
        p = 1.0 if math.isinf(self.p) or self.p == 0 else self.p
        formats = Arithmetic.of(fmt).accumulator, fmt
        roots = fmt.round([2.0 ** ((f.emin - f.precision) / p) for f in formats])[rng.integers(0, 2, shape)]
        return np.maximum(roots + rng.integers(-1, 2, shape) * fmt.ulp(roots), fmt.eta)

    def _exponent(self, rng: np.random.Generator, shape: tuple[int, int], fmt: Format) -> NDArray[np.float64]:
        """The binary logarithm of the scale, per vector."""
        f, p = Arithmetic.of(fmt).accumulator, 1.0 if math.isinf(self.p) or self.p == 0 else abs(self.p)
        smallest = fmt.emin - fmt.precision + 2.0  # below, the vector would be zero in the stored format
        shared = math.log2(max(self.n, 1)) / p
        largest = min((f.emax + 1) / p, fmt.emax + 1.0) - shared
        match self.scale:
            case "one":
                return np.zeros(shape)
            case "small":
                return np.full(shape, fmt.emin // 8)
            case "large":
                return np.full(shape, fmt.emax // 8)
            case "subnormal":
                return np.full(shape, fmt.emin - 2.0)
            case "vanishing":
                return np.maximum((f.emin - f.precision + rng.uniform(-1, 4, shape)) / p, smallest)
            case "tiny":
                return np.maximum((f.emin + rng.uniform(-1, 3, shape)) / p, smallest)
            case "near overflow":
                return largest - rng.uniform(0.5, 2, shape)
            case _:
                return largest + rng.uniform(0, 2, shape)


@dataclasses.dataclass(frozen=True)
class VectorTriple(Regime):
    """Vectors x, y, z and an order p; a property gets (x, y, z, p).

    `relation`: independent; collinear (y and z positive multiples of x, y between x and z); equal (all three); opposite
    (y = -x, z = x); disjoint (x and y share no support, z = 0).
    """

    vector: Vector = Vector()
    relation: str = "independent"
    names: ClassVar[tuple[str, ...]] = ("x", "y", "z")

    def __post_init__(self) -> None:
        if self.relation not in RELATIONS:
            raise ValueError(f"vectors are {', '.join(RELATIONS)}, not {self.relation!r}")

    def size(self) -> int:
        return 3 * self.vector.n

    def batch(self, limit: int, elements: int) -> int:
        return self.vector.batch(limit, elements // 3)

    def arrays(self, rng: np.random.Generator, batch: int, fmt: Format) -> Arrays:
        x, y, z = (self.vector.fill(rng, batch, fmt) for _ in range(3))
        match self.relation:
            case "collinear":
                c = rng.choice([1.0, 1.5, 2.0, 3.0], (batch, 1))
                return [x / 4, c * (x / 4), (c + 1) * (x / 4)]
            case "equal":
                return [x, x, x]
            case "opposite":
                return [x, -x, x]
            case "disjoint":
                first = np.arange(self.vector.n) < rng.integers(0, self.vector.n + 1, (batch, 1))
                return [np.where(first, x, 0.0), np.where(first, 0.0, y), np.zeros_like(x)]
        return [x, y, z]

    def present(self, tensors: Sequence[Any], seed: int) -> Any:
        return (*tensors, self.vector.p)


@dataclasses.dataclass(frozen=True)
class ScaledVector(Regime):
    """A scalar a and a vector x of an order p; a property gets (a, x, p).

    `scalar`: power (+-2^k, |k| at most 3), random (normal), zero, negative zero, one, minus one, subnormal, largest
    (number of the format), tiny and huge (half the exponent range away from 1).
    """

    vector: Vector = Vector()
    scalar: str = "power"
    names: ClassVar[tuple[str, ...]] = ("a", "x")

    def __post_init__(self) -> None:
        if self.scalar not in SCALARS:
            raise ValueError(f"no scalars of kind {self.scalar!r}")

    def size(self) -> int:
        return self.vector.n

    def batch(self, limit: int, elements: int) -> int:
        return self.vector.batch(limit, elements)

    def arrays(self, rng: np.random.Generator, batch: int, fmt: Format) -> Arrays:
        sign = rng.choice([1.0, -1.0], batch)
        a = {
            "power": sign * 2.0 ** rng.integers(-3, 4, batch),
            "random": rng.standard_normal(batch),
            "zero": np.zeros(batch),
            "negative zero": np.full(batch, -0.0),
            "one": np.ones(batch),
            "minus one": np.full(batch, -1.0),
            "subnormal": sign * rng.integers(1, 9, batch) * fmt.eta,
            "largest": sign * fmt.largest,
            "tiny": sign * 2.0 ** (fmt.emin / 2),
            "huge": sign * 2.0 ** (fmt.emax / 2),
        }
        return [a[self.scalar], self.vector.fill(rng, batch, fmt)]

    def present(self, tensors: Sequence[Any], seed: int) -> Any:
        return (*tensors, self.vector.p)


def drawn(orders: Sequence[str], kinds: Sequence[str], scales: Sequence[str]) -> st.SearchStrategy[Vector]:
    """Vectors of short length; those that make no sense are not drawn."""

    def build(n: int, order: str, kind: str, scale: str) -> Vector:
        count_or_norm = float(order) >= 0
        return Vector(n, order, kind, scale if count_or_norm or scale in ("one", "small", "large") else "one")

    return st.builds(build, *(st.sampled_from(choices) for choices in (LENGTHS, orders, kinds, scales)))


def vectors() -> Regimes:
    """Vectors for every norm: lengths around the blocks of kernels, magnitudes at which powers leave the range."""
    corners = (
        Vector(),
        *(Vector(0, order) for order in ("1", "2", "3")),
        *(Vector(1, order, "wide") for order in ("2", "3", "1.1", "inf")),
        *(Vector(3, order, "normal") for order in NORMS),
        Vector(8, "1.25", "wide"),
        Vector(33, "2.5", "cancel"),
        Vector(100, "1", "absorb"),
        Vector(100, "2", "absorb"),
        Vector(257, "3", "positive"),
        Vector(1023, "2", "normal"),
        *(Vector(n, order, "normal") for n, order in zip(itertools.cycle(LONG), NORMS[4:], strict=False)),
        # the orders before come many at a time
        Vector(1025, "1", "wide", many=True),
        Vector(1025, "inf", "rising", many=True),
        *(Vector(LONG[0], order, "normal", many=True) for order in ("2", "3")),
        Vector(70001, "2", "constant"),
        Vector(65567, "inf", "rising"),
        Vector(70001, "1", "absorb"),
        Vector(70001, "3", "normal"),
        *(Vector(2, order, "normal", "vanishing") for order in ("2", "1.5", "3", "10")),
        *(Vector(3, order, "normal", "tiny") for order in ("2", "2.5", "7")),
        *(Vector(3, order, "ties", "near overflow") for order in ("1", "2", "3", "10")),
        *(Vector(4, order, "positive", "overflow") for order in ("2", "3")),
        *(Vector(5, order, "integers", "subnormal") for order in ("1", "1.25", "inf")),
        *(Vector(2, order, "negative zeros") for order in ("1", "2", "inf")),
    )
    kinds = (*KINDS, "single", "rising", "negative zeros")
    return Regimes(drawn(NORMS, kinds, (*SCALES[:3], *SCALES)), corners)


def special_vectors() -> Regimes:
    """Vectors on which a norm might be negative, NaN or -0: empty, zero, with infinities and NaN, every sign."""
    orders = ("2", "1", "inf", "3", "1.5", "0.5", "0")
    corners = (
        Vector(),
        *(Vector(6, order, "normal") for order in ("1", "inf")),
        *(Vector(0, order) for order in ("0", "0.5", "1", "2", "3")),
        *(Vector(n, order, "negative zeros") for n in (1, 2, 33) for order in orders),
        *(Vector(4, order, kind) for kind in ("nan", "infinity") for order in orders),
        Vector(66, "2", "normal"),
        Vector(100, "2", "absorb"),
        Vector(12, "2", "integers", "subnormal"),
        Vector(12, "3", "normal", "vanishing"),
        Vector(1025, "2", "wide"),
    )
    return Regimes(drawn(orders, VECTOR_KINDS, SCALES), corners)


def vectors_near_zero() -> Regimes:
    """Vectors whose p-th powers are about to vanish; single non-zero entries; one number alone."""
    orders = (*NORMS, "0.5")
    corners = (
        Vector(2, "2", "normal"),
        *(
            Vector(n, order, "normal", "vanishing")
            for n in (1, 2, 33)
            for order in ("2", "1", "inf", "3", "1.25", "10")
        ),
        *(Vector(n, order, "single", "vanishing") for n in (3, 257) for order in ("2", "1", "inf", "7")),
        *(Vector(n, "2", "normal", "threshold") for n in (1, 2, 33)),
        *(Vector(2, order, "normal", "threshold") for order in ("1", "inf", "3", "1.25")),
        Vector(8, "2", "single", "threshold"),
        *(Vector(n, order, "normal", "tiny") for n in (1, 4, 33) for order in ("2", "3")),
        *(Vector(n, order, "integers", "subnormal") for n in (1, 2, 100) for order in ("1", "inf", "2", "1.1")),
        Vector(33, "2", "constant", "vanishing"),
        Vector(1, "2", "normal"),
        Vector(0, "2"),
        Vector(1025, "2", "single", "vanishing"),
        Vector(4097, "2", "normal", "tiny"),
        Vector(5, "2", "negative zeros"),
    )
    kinds = ("normal", "single", "integers", "constant", "negative zeros")
    return Regimes(drawn(orders, kinds, ("vanishing", "threshold", "tiny", "subnormal", "one")), corners)


def vector_triples(orders: Sequence[str] = NORMS) -> Regimes:
    """Three vectors in every relation, among them those for which the triangle inequality is an equality."""
    first, *_ = orders
    corners = (
        VectorTriple(Vector(2, first)),
        *(VectorTriple(Vector(n, order, "normal"), relation) for n, relation, order in _dealt(orders)),
        VectorTriple(Vector(2, first), "opposite"),
        VectorTriple(Vector(2, first), "disjoint"),
        VectorTriple(Vector(8, first, "single")),
        VectorTriple(Vector(9, first, "wide"), "collinear"),  # a square matrix
        VectorTriple(Vector(25, first, "normal")),
        VectorTriple(Vector(100, first, "absorb"), "collinear"),
        VectorTriple(Vector(33, first, "cancel"), "equal"),
        VectorTriple(Vector(1, first, "wide")),
        VectorTriple(Vector(3, first, "normal", "tiny"), "collinear"),
        VectorTriple(Vector(3, first, "integers", "subnormal"), "collinear"),
        VectorTriple(Vector(4097, first, "normal")),
    )
    kinds = ("integers", "normal", "wide", "positive", "constant", "absorb", "cancel", "ties", "single")
    vector = drawn(orders, kinds, ("one", "one", "small", "large", "subnormal", "tiny"))
    return Regimes(st.builds(VectorTriple, vector, st.sampled_from(RELATIONS)), corners)


def _dealt(orders: Sequence[str]) -> list[tuple[int, str, str]]:
    """Every order with every relation, under changing lengths."""
    pairs = [(relation, order) for order in orders for relation in RELATIONS]
    return [((3, 1, 33, 8, 2)[i % 5 - i // 5 % 5], *pair) for i, pair in enumerate(pairs)]


def scaled_vectors() -> Regimes:
    """Scalars that commute with rounding and scalars that do not, vectors up to beyond a kernel's block."""
    corners = (
        ScaledVector(Vector(2, "2", "normal")),
        ScaledVector(Vector(4, "2", "normal", "tiny"), "random"),
        *(ScaledVector(Vector(3, order, "normal"), scalar) for order in ("2", "1", "inf", "3") for scalar in SCALARS),
        *(ScaledVector(Vector(33, order, "wide"), "random") for order in NORMS),
        *(ScaledVector(Vector(n, order, "normal")) for n in (1025, 4097) for order in ("2", "1", "inf")),
        ScaledVector(Vector(1, "2", "wide"), "random"),
        ScaledVector(Vector(100, "2", "absorb"), "random"),
        ScaledVector(Vector(4, "2", "normal", "vanishing"), "power"),
        *(ScaledVector(Vector(4, order, "positive", "near overflow"), "power") for order in ("2", "3")),
        ScaledVector(Vector(8, "inf", "integers", "subnormal"), "random"),
    )
    vector = drawn(NORMS, KINDS, ("one", "one", "small", "large", "subnormal", "tiny", "near overflow"))
    return Regimes(st.builds(ScaledVector, vector, st.sampled_from(SCALARS)), corners)


def quasinormed_vectors() -> Regimes:
    """Vectors for the orders below 1, which torch computes all the same: quasi-norms, the count, negative orders."""
    corners = (
        Vector(2, "0.5"),
        *(Vector(n, order, "normal") for order in FORMULAS for n in (1, 3, 33)),
        *(Vector(n, order, "normal") for order in ("0.5", "0", "-1") for n in (1025, 4111)),
        *(Vector(n, order, "normal") for n, order in zip(LONG, ("0.25", "-2", "0.75"), strict=True)),
        Vector(4095, "-inf", "rising"),
        Vector(1025, "0.5", "normal", "subnormal"),
        Vector(0, "0.5"),
        Vector(0, "0"),
        Vector(8, "0.75", "wide"),
        Vector(3, "0.25", "normal", "large"),
        Vector(3, "0.5", "integers", "subnormal"),
        Vector(5, "-1", "absorb"),
        Vector(5, "-2", "wide"),
        Vector(100, "0", "single"),
        Vector(5, "0", "normal", "subnormal"),
        Vector(5, "-inf", "integers"),
    )
    kinds = ("integers", "normal", "wide", "constant", "absorb", "ties", "single")
    return Regimes(drawn(FORMULAS, kinds, ("one", "small", "large", "subnormal")), corners)
