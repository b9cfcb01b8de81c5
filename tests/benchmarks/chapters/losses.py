"""Softmax and what is built on it."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from reference.formats import Arithmetic
from reference.losses.logsumexp import folded_truth, logsumexp_truth, pair_truth, prefixes
from reference.losses.softmax import Kernel, Rows, log_softmax_truth, softmax_truth
from reference.losses.softmax_jacobian import jacobian_truth
from reference.truth import Truth
from tests.benchmarks.row import Inputs, Row, Size

Float64 = NDArray[np.float64]

SIZES = ((256, 10), (256, 1000), (16, 32768))
NARROW = ((64, 4), (256, 16))
AXES = "rows x classes"
LAST, OTHER = Kernel(stores_sum=True), Kernel(stores_exponentials=True)


def logits(rng: np.random.Generator, size: Size) -> Inputs:
    """Normal rows, of which the last axis is reduced."""
    return Inputs((3 * rng.standard_normal(size),), {"dim": -1})


def negated(rng: np.random.Generator, size: Size) -> Inputs:
    """The rows of which softmin is the softmax."""
    x = 3 * rng.standard_normal(size)
    return Inputs((-x,), {"dim": -1}, given=(x,))


def unmasked(rng: np.random.Generator, size: Size) -> Inputs:
    """Normal rows of which nothing is masked."""
    x = 3 * rng.standard_normal(size)
    return Inputs((x, np.ones(size, bool)), {"dim": -1}, given=(x,))


def half_masked(rng: np.random.Generator, size: Size) -> Inputs:
    """Rows of which a mask leaves out about half, the first entry never; the reference gets -inf there."""
    x, mask = 3 * rng.standard_normal(size), rng.random(size) < 0.5
    mask[:, 0] = True
    return Inputs((np.where(mask, x, 0.0), mask), {"dim": -1}, given=(np.where(mask, x, -np.inf),))


def images(rng: np.random.Generator, size: Size) -> Inputs:
    """Channels of images; the reference has them last."""
    x = 3 * rng.standard_normal(size)
    return Inputs((x,), given=(np.moveaxis(x, 1, -1),))


def rows(rng: np.random.Generator, size: Size) -> Inputs:
    """Normal rows."""
    return Inputs((3 * rng.standard_normal(size),))


def labelled(rng: np.random.Generator, size: Size) -> Inputs:
    """Normal rows, each with its class."""
    x, target = 3 * rng.standard_normal(size), rng.integers(0, size[-1], size[:1])
    return Inputs((x, target), {"reduction": "none"})


def scores(rng: np.random.Generator, size: Size) -> Inputs:
    """Scores of one query, as the bias of vanishing queries and keys; the values are the identity."""
    batch, n = size
    x, nothing = 3 * rng.standard_normal((batch, 1, n)), np.zeros((batch, n, 1))
    identity = np.broadcast_to(np.eye(n), (batch, n, n))
    return Inputs((nothing[:, :1], nothing, identity, x), given=(x,))


def softmax(x: Float64, how: Arithmetic) -> Truth:
    """Along the last axis, in memory too."""
    return softmax_truth(Rows.of(x, how), LAST)


def softmax_over_channels(x: Float64, how: Arithmetic) -> Truth:
    """Along an axis that is not the last in memory, channels first again."""
    value, bound = softmax_truth(Rows.of(x, how), OTHER)
    return Truth(np.moveaxis(value, -1, 1), np.moveaxis(bound, -1, 1))


def log_softmax(x: Float64, how: Arithmetic) -> Truth:
    """Along the last axis."""
    return log_softmax_truth(Rows.of(x, how), LAST)


def cross_entropy(x: Float64, target: NDArray[np.int64], how: Arithmetic) -> Truth:
    """Of one class a row."""
    truth, chosen = log_softmax(x, how), (np.arange(len(x)), target)
    return Truth(-truth.value[chosen], truth.bound[chosen])


def pairs(rng: np.random.Generator, size: Size) -> Inputs:
    """Two normal numbers each."""
    return Inputs((3 * rng.standard_normal(size), 3 * rng.standard_normal(size)))


def logsumexp(x: Float64, how: Arithmetic) -> Truth:
    """Along the last axis."""
    return logsumexp_truth(Rows.of(x, how), LAST)


def cumulative(x: Float64, how: Arithmetic) -> Truth:
    """Every beginning of each row."""
    last = np.arange(x.shape[-1])
    return folded_truth(Rows.of(prefixes(x[:, None], last + 1), how), last, LAST)


def logaddexp(a: Float64, b: Float64, how: Arithmetic) -> Truth:
    """Entry by entry."""
    return pair_truth(a, b, how, LAST)


def reverse(rng: np.random.Generator, size: Size) -> Inputs:
    """Normal rows, of which the Jacobian is taken by reverse mode."""
    x = 3 * rng.standard_normal(size)
    return Inputs((x, "reverse"), given=(x,))


def softmax_jacobian(x: Float64, how: Arithmetic) -> Truth:
    """diag(p) - p p^T."""
    return jacobian_truth(Rows.of(x, how), OTHER)


ROWS = (
    Row("softmax_jacobian", ((64, 4), (64, 16)), AXES, reverse, softmax_jacobian),
    Row("special_logsumexp", SIZES, AXES, logits, logsumexp),
    Row("logcumsumexp", NARROW, AXES, logits, cumulative),
    Row("logaddexp", SIZES[:2], AXES, pairs, logaddexp),
    Row("softmax functional_softmax special_softmax softmax_layer", SIZES, AXES, logits, softmax),
    Row("masked_softmax", SIZES[:2], AXES, half_masked, softmax),
    Row("masked_log_softmax", SIZES[:2], AXES, unmasked, log_softmax),
    Row("softmin_layer", SIZES, AXES, negated, softmax),
    Row(
        "softmax_2d",
        ((16, 10, 4, 4), (16, 64, 16, 16)),
        "images x channels x height x width",
        images,
        softmax_over_channels,
    ),
    Row("log_softmax functional_log_softmax log_softmax_layer", SIZES, AXES, logits, log_softmax),
    Row("adaptive_log_softmax", NARROW, AXES, rows, log_softmax),
    Row("cross_entropy", SIZES, AXES, labelled, cross_entropy),
    Row("scaled_dot_product_attention", ((64, 16), (64, 128)), "queries x keys", scores, softmax),
)
