"""Departures that no trial shows: sums of more terms than a run has, and what a bound has to allow."""

from __future__ import annotations

from claims import departure
from claims.frame.inputs.regime import Regime
from claims.frame.plan import CallPlan
from claims.linear_algebra.euclidean_distance import euclidean_distance
from claims.linear_algebra.norm_family import l1_norm
from claims.linear_algebra.spellings import product_spellings_agree
from claims.losses.softmax import softmax_definition_accuracy
from claims.normalization.batch_norm import batch_norm_normalises_activations


@departure(
    l1_norm,
    summary="norms of order other than 2 sum in one float32 number, which stops at 2^24 terms",
    operations=("vector_norm",),
    devices=("cpu",),
    dtypes=("float32",),
    script="norm_of_many",
)
def norms_of_many_stop(plan: CallPlan, **regimes: Regime) -> bool:
    """No trial: the bound of sequential summation, n u, is 1 at 2^24 terms."""
    return False


@departure(
    softmax_definition_accuracy,
    summary="softmax and log_softmax along another axis than the last sum in one float32 number, which stops at 2^24",
    operations=("softmax",),
    devices=("cpu",),
    dtypes=("float32",),
    script="softmax_of_many",
)
def softmax_of_many_stops(plan: CallPlan, **regimes: Regime) -> bool:
    """No trial: the bound of sequential summation, n u, is 1 at 2^24 terms."""
    return False


@departure(
    batch_norm_normalises_activations,
    summary="batch norm sums squared deviations in one float32 number, which stops at 2^24 of them",
    operations=("batch_norm",),
    devices=("cpu",),
    dtypes=("float32",),
    script="batch_norm_of_many",
)
def batch_norm_of_many_stops(plan: CallPlan, **regimes: Regime) -> bool:
    """No trial: the bound of sequential summation, n u, is 1 at 2^24 terms."""
    return False


@departure(
    euclidean_distance,
    summary="cdist of more than 25 points expands the square, which cancels",
    operations=("euclidean_cdist",),
    devices=("cpu", "cuda"),
    dtypes=("float32", "float64"),
    script="cdist_far_points",
)
def distances_of_far_points_cancel(plan: CallPlan, **regimes: Regime) -> bool:
    """No trial: the claim holds the expanded square to its own, absolute, bound."""
    return False


@departure(
    product_spellings_agree,
    summary="a matrix product written into one of its factors is 0",
    operations=("matrix_product",),
    devices=("cpu",),
    dtypes=("float16", "bfloat16", "float32", "float64"),
    script="product_into_argument",
)
def products_into_their_arguments_vanish(plan: CallPlan, **regimes: Regime) -> bool:
    """No trial: the claim writes products into tensors of their own."""
    return False
