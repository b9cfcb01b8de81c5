"""Other correct covariance and correlation matrices: no claim may fail on them."""

from __future__ import annotations

import torch
from torch import Tensor

from tests.alternatives.probability_covariance import by_rank_one_updates, in_range, scaled_in_float64, stored

MATRIX = ("covariance-matrix",)
DIAGONAL = ("covariance-matrix-diagonal",)
CORRELATION = ("correlation-normalisation",)


def vector(x: Tensor, correction: int = 1) -> Tensor:
    """The covariance of one row."""
    return scaled_in_float64(x[None], correction)


def one_after_the_other(x: Tensor) -> Tensor:
    """A loop for a batch."""
    return torch.stack([scaled_in_float64(one) for one in x])


def cosines(x: Tensor) -> Tensor:
    """Products of centred rows divided by their norms, on scaled rows."""
    y, _ = in_range(x)
    centred = y - y.mean(-1, keepdim=True)
    lengths = centred.square().sum(-1).sqrt()
    return stored((centred @ centred.mT / torch.outer(lengths, lengths)).clamp(-1, 1), x)


ALTERNATIVES = [
    (MATRIX, {"cov": scaled_in_float64}, "scaled"),
    (MATRIX, {"cov": by_rank_one_updates}, "rank-one updates"),
    (MATRIX, {"cov_by_vmap": one_after_the_other, "cov_of_vector": vector}, "one after the other"),
    (DIAGONAL, {"cov": scaled_in_float64}, "diagonal: scaled"),
    (DIAGONAL, {"cov": by_rank_one_updates}, "diagonal: rank-one updates"),
    (CORRELATION, {"corrcoef": cosines, "corrcoef_method": cosines, "correlation_by_deviations": cosines}, "cosines"),
]
