"""Formulas that stay within the range: the bound leaves them room where torch departs."""

from __future__ import annotations

from claims.mutants.losses.extreme_values import careful, propagating

ALTERNATIVES = [
    (("representable-results-are-returned",), {"at_extremes": careful}, "careful formulas"),
    (("nan-stays-nan",), {"of_nan": propagating}, "NaN is passed on"),
]
