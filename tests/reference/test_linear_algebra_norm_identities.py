"""Inequalities between norms hold exactly, are attained, and their slack covers what is computed."""

from __future__ import annotations

import itertools
import math

import numpy as np
import pytest
from numpy.typing import NDArray

from reference import exact
from reference.formats import FORMATS, Arithmetic, Format, float32, float64
from reference.linear_algebra import norm_identities, norms
from reference.truth import Truth

Float64 = NDArray[np.float64]


def exactly(value: Float64) -> Truth:
    """A norm that is known."""
    return Truth(value, np.zeros(np.shape(value)))


def test_spectral_norms_lie_within_certified_singular_values() -> None:
    a = np.random.default_rng(1).standard_normal((20, 5, 4))
    truth = norm_identities.spectral_norm(a)
    for one, value, bound in zip(a, *truth, strict=True):
        enclosure = exact.singular_values(one)
        assert enclosure.lower[0] - bound <= value <= enclosure.upper[0] + bound
        assert bound < 1e-12 * value


def test_rank_one_and_the_identity_attain_the_factors() -> None:
    u, v = (np.random.default_rng(2).standard_normal((30, n)) for n in (5, 3))
    a = u[:, :, None] * v[:, None, :]
    for matrices, rank in ((a, 1), (np.eye(7)[None], 7)):
        size = np.sqrt((matrices**2).sum((-2, -1)))
        spectral = norm_identities.spectral_norm(matrices)
        factor, slack = norm_identities.frobenius_by_spectral(exactly(size), spectral, rank)
        assert np.all(np.abs(size - factor * spectral.value) <= slack + 2.0**-50 * size)


@pytest.mark.parametrize("fmt", FORMATS.values(), ids=lambda f: f.name)
def test_equal_entries_attain_the_factor_between_orders_and_no_vector_exceeds_it(fmt: Format) -> None:
    rng, arithmetic = np.random.default_rng(3), Arithmetic.of(fmt)
    x = fmt.round(np.concatenate([np.ones((1, 9)), rng.standard_normal((50, 9))]))
    x = x / np.abs(x).max(-1, keepdims=True)
    x = fmt.round(x)
    for p, q in itertools.combinations((1.0, 1.5, 2.0, 7.0, 128.0, 1024.0, math.inf), 2):
        lower, higher = (norms.norm(x, order, arithmetic) for order in (p, q))
        factor, slack = norm_identities.lower_by_higher_order(lower, higher, 9, p, q)
        assert np.all(lower.value <= factor * higher.value + slack)
        assert np.all(higher.value <= lower.value + norm_identities.at_most_times(higher, lower, 1.0).slack)
        assert lower.value[0] == pytest.approx(factor * higher.value[0], rel=1e-13)


def test_the_factor_is_as_accurate_as_it_says() -> None:
    for n, p, q in itertools.product((2, 33, 70001), (1.0, 1.1, 3.0, 700.0), (1024.0, math.inf)):
        with exact.precision(200):
            true = exact.ball(float(n)) ** (1 / exact.ball(p) - (0 if math.isinf(q) else 1 / exact.ball(q)))
            error = abs(float(exact.ball(n ** (1 / p - 1 / q)) / true - 1))
        assert error < 2.0**-50


def test_the_slack_covers_both_norms_and_little_more() -> None:
    rng = np.random.default_rng(4)
    for fmt in (float32, float64):
        arithmetic, kind = Arithmetic.of(fmt), np.dtype(fmt.name)
        x = fmt.round(np.ones((500, 5)) * rng.uniform(0.5, 1, (500, 1)))
        one, two = (norms.norm(x, p, arithmetic) for p in (1.0, 2.0))
        factor, slack = norm_identities.lower_by_higher_order(one, two, 5, 1.0, 2.0)
        y = x.astype(kind)
        total, root = y.sum(-1, dtype=kind), np.sqrt((y * y).sum(-1, dtype=kind))
        excess = total.astype(np.float64) - factor * root.astype(np.float64)
        assert 0.02 < (np.abs(excess) / slack).max() <= 1
