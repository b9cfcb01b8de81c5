"""Vectors for one norm only: L1, the maximum, the Euclidean norm and its derivatives."""

from __future__ import annotations

from claims.frame.inputs.numbers import KINDS
from claims.frame.inputs.regime import Regimes
from claims.frame.inputs.vectors import LONG, SCALES, Vector, drawn


def summed_vectors() -> Regimes:
    """Vectors for L1: integers whose sums are exact, numbers that are absorbed, sums that overflow."""
    corners = (
        Vector(2, "1"),
        Vector(0, "1"),
        *(Vector(n, "1", "integers") for n in (1, 8, 33, 257, *LONG)),
        *(Vector(n, "1", "normal") for n in (3, 17, 1023, 1025)),
        *(Vector(n, "1", "absorb") for n in (100, 4097, 70001)),
        Vector(33, "1", "cancel"),
        Vector(1025, "1", "wide", many=True),
        Vector(257, "1", "positive"),
        Vector(3, "1", "ties", "near overflow"),
        Vector(4, "1", "positive", "overflow"),
        Vector(5, "1", "integers", "subnormal"),
        Vector(2, "1", "negative zeros"),
    )
    kinds = (*KINDS, "single", "negative zeros")
    return Regimes(drawn(("1",), kinds, ("one", "one", "small", "large", "subnormal", "near overflow")), corners)


def largest_entries() -> Regimes:
    """Vectors for the maximum: the largest entry last, first or anywhere, ties of both signs, infinities and NaN."""
    corners = (
        Vector(2, "inf"),
        *(Vector(n, "inf", "rising") for n in (1, 2, 7, 8, 9, 15, 16, 17, 31, 33, 63, 67, 1025, *LONG, 32769, 70001)),
        *(Vector(n, "inf", "single") for n in (3, 17, 67, 1025)),
        *(Vector(n, "inf", "nan") for n in (1, 2, 5, 17, 67, 1025)),
        *(Vector(n, "inf", "infinity") for n in (1, 5, 33)),
        *(Vector(n, "inf", "ties") for n in (2, 5, 33, 257)),
        Vector(4, "inf", "negative zeros"),
        Vector(5, "inf", "integers", "subnormal"),
        Vector(1025, "inf", "rising", many=True),
        Vector(3, "inf", "normal", "near overflow"),
    )
    return Regimes(drawn(("inf",), (*KINDS, "single", "rising", "nan", "infinity"), SCALES[:4]), corners)


def squared_vectors() -> Regimes:
    """Vectors for the Euclidean norm and its derivatives: zeros among entries, zero itself, squares out of range."""
    corners = (
        Vector(2, "2", "normal"),
        Vector(2, "2"),
        Vector(0, "2"),
        *(Vector(1, "2", kind) for kind in ("normal", "integers")),
        *(Vector(n, "2", "normal") for n in (3, 8, 17, 33, 100, 257)),
        *(Vector(n, "2", "normal") for n in (1025, 4097)),
        Vector(5, "2", "single"),
        *(Vector(n, "2", "negative zeros") for n in (2, 33, 257)),
        Vector(33, "2", "cancel"),
        Vector(8, "2", "wide"),
        Vector(100, "2", "absorb"),
        *(Vector(3, "2", "normal", scale) for scale in ("vanishing", "tiny", "subnormal", "near overflow", "large")),
        Vector(3, "2", "integers", "overflow"),
    )
    kinds = (*KINDS, "single", "negative zeros")
    return Regimes(drawn(("2",), kinds, ("one", "one", "small", "large", "tiny", "near overflow")), corners)


def single_entries() -> Regimes:
    """One entry beside zeros, at every magnitude from the smallest number on: its place is drawn."""
    corners = (
        Vector(2, "2", "single", "vanishing"),
        *(Vector(n, "2", "single", scale) for n in (1, 3, 17, 257) for scale in ("one", "subnormal", "vanishing")),
        Vector(1025, "2", "single", "vanishing"),
        Vector(4097, "2", "single", "subnormal"),
        Vector(3, "2", "single", "near overflow"),
    )
    return Regimes(drawn(("2",), ("single",), SCALES[:7]), corners)
