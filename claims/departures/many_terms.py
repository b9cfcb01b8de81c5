"""Departures that no trial shows: of more terms than a run has, rarer than it sees, or within what a bound allows."""

from __future__ import annotations

from claims import departure
from claims.frame.inputs.regime import Regime
from claims.frame.plan import CallPlan
from claims.linear_algebra.euclidean_distance import euclidean_distance
from claims.linear_algebra.norm_family import l1_norm
from claims.linear_algebra.spellings import product_spellings_agree
from claims.losses.softmax import softmax_definition_accuracy
from claims.normalization.batch_norm import batch_norm_normalises_activations
from claims.probability.independence import uniform_random_sign_example
from claims.regularization.bagging import bagging_bootstrap_unique_fraction


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


@departure(
    bagging_bootstrap_unique_fraction,
    summary="integers below n are remainders of numbers of 32 bits: the smallest are likelier by up to n / 2^32",
    operations=("bootstrap",),
    devices=("cpu",),
    dtypes=("float32", "float64"),
    script="randint_modulo_bias",
)
def small_integers_are_likelier(plan: CallPlan, **regimes: Regime) -> bool:
    """No trial: samples are of at most thousands, where the bias is below 2^-20."""
    return False


@departure(
    uniform_random_sign_example,
    summary="successes of small probability come too often: probabilities are rounded up to multiples of 2^-24",
    operations=("flip_signs",),
    devices=("cpu",),
    dtypes=("float32",),
    script="bernoulli_small_probability",
)
def rare_successes_are_too_frequent(plan: CallPlan, **regimes: Regime) -> bool:
    """No trial: the claim draws fair signs."""
    return False
