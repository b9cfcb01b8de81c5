"""Derivatives by stable formulas: the bound leaves them room on every piece, those of torch's departures included."""

from __future__ import annotations

from claims.mutants.autodiff.stable_slopes import stable_slope

ALTERNATIVES = [
    (("derivatives-hold-at-extremes",), {"repeated_slope": stable_slope}, "stable formulas"),
]
