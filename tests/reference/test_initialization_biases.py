"""Marginal statistics and active units against exact arithmetic and simulation."""

from __future__ import annotations

import math
from fractions import Fraction

import numpy as np
import pytest

from reference.formats import FORMATS, Arithmetic, Format, float64
from reference.initialization import biases as reference
from reference.losses.softmax import Kernel
from reference.probability.continuous import NormalLaw


@pytest.fixture(params=list(FORMATS))
def fmt(request: pytest.FixtureRequest) -> Format:
    return FORMATS[request.param]


def frequencies(fmt: Format, n: int) -> np.ndarray:
    c = np.random.default_rng(n).exponential(1, (30, n)) + 0.01
    return fmt.round(c / c.sum(-1, keepdims=True))


@pytest.mark.parametrize("n", [1, 2, 10])
def test_softmax_of_stored_logarithms(n: int, fmt: Format) -> None:
    c, how = frequencies(fmt, n), Arithmetic.of(fmt)
    b = fmt.round(np.log(c))
    assert (np.abs(b - np.log(c)) <= reference.logarithm_error(c, how)).all()
    p = fmt.round(np.exp(b) / np.exp(b).sum(-1, keepdims=True))
    truth = reference.softmax_of_logarithms(c, b, how, Kernel())
    assert (np.abs(p - truth.value) <= truth.bound).all()
    losses = reference.losses_of_logarithms(c, b, how, Kernel())
    assert (np.abs(fmt.round(-np.log(p)) - losses.value) <= losses.bound + fmt.u * (1 + losses.value) + 2 * fmt.u).all()
    entropy = reference.entropy_truth(c, losses)
    assert (np.abs((reference.shares(c) * losses.value).sum(-1) - entropy.value) <= entropy.bound).all()
    if n > 1:
        off = reference.softmax_of_logarithms(c, b, how, Kernel())
        assert (np.abs(np.full_like(p, 1 / n) - off.value) > off.bound).any()


def test_shares_are_the_quotients_by_the_sum() -> None:
    c = frequencies(float64, 7)
    for row, share in zip(c.tolist(), reference.shares(c).tolist(), strict=True):
        total = sum(map(Fraction, row))
        assert all(math.isclose(float(Fraction(v) / total), s, rel_tol=4e-16) for v, s in zip(row, share, strict=True))


def test_active_units_are_binomial() -> None:
    law, rng = NormalLaw.of(0.0, 0.5, float64), np.random.default_rng(3)
    for bias in (0.0, 0.3, -1.0):
        active = int((rng.normal(0, 1.0, 3000) + bias > 0).sum())
        fit = reference.active_share_fit(active, 3000, bias, 2.0, 0.0, law)
        assert fit.distance <= fit.radius
        off = reference.active_share_fit(active, 3000, bias + 0.5, 2.0, 0.0, law)
        assert off.distance > off.radius
