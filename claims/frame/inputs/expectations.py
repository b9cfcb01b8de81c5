"""What has an expectation: finite laws with two functions, and samples."""

from __future__ import annotations

from hypothesis import strategies as st

from claims.frame.inputs.data_sets import data_sets
from claims.frame.inputs.finite_laws import functions_on_laws
from claims.frame.inputs.regime import Regimes


def laws_and_samples() -> Regimes:
    """Finite laws with functions on them, and rows of numbers."""
    laws, samples = functions_on_laws(), data_sets()
    return Regimes(st.one_of(laws.draw, samples.draw), (*samples.corners, *laws.corners))
