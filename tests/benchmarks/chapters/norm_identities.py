"""Norms of whole tensors, and matrix norms in float64."""

from __future__ import annotations

import numpy as np
import torch
from numpy.typing import NDArray

from reference.bounds import norm_truth
from reference.formats import Arithmetic
from reference.linear_algebra.norm_identities import spectral_norm
from reference.truth import Truth
from tests.benchmarks.row import Inputs, Row, Size

Float64 = NDArray[np.float64]

WHOLE = ((16, 16), (256, 1024))
BLOCKS = ((64, 4, 4), (16, 32, 32))


def whole(rng: np.random.Generator, size: Size) -> Inputs:
    """One tensor, all entries of it."""
    x = rng.standard_normal(size)
    return Inputs((x,), given=(x.reshape(-1),))


def spectral(rng: np.random.Generator, size: Size) -> Inputs:
    """Matrices whose largest singular value is asked for in float64."""
    a = rng.standard_normal(size)
    return Inputs((a, 2.0), {"dtype": torch.float64}, given=(a,))


def largest_singular_value(a: Float64, how: Arithmetic) -> Truth:  # noqa: ARG001
    """In float64, whatever the matrix is stored in."""
    return spectral_norm(a)


ROWS = (
    Row(
        "whole_vector_norm whole_linalg_norm whole_norm whole_tensor_norm clipped_norm",
        WHOLE,
        "rows x columns",
        whole,
        lambda x, how: norm_truth(x, 2, how),
    ),
    Row("matrix_norm_in linalg_norm_in", BLOCKS, "matrices x rows x columns", spectral, largest_singular_value),
)
