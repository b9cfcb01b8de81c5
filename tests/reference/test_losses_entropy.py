"""Entropies against balls of python-flint, and evaluations in every format that must stay within the bounds."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest
from flint import arb
from numpy.typing import NDArray

from reference.exact import ball, precision
from reference.formats import Arithmetic
from reference.losses.entropy import entropy_of_logits, entropy_of_weights, step, summed, x_log_y
from reference.losses.softmax import Kernel, Rows
from reference.truth import Truth
from tests.reference.emulation import ARITHMETICS, accumulator, margins, sequential, store

Float64 = NDArray[np.float64]
KERNEL = Kernel()


@pytest.fixture(params=list(ARITHMETICS))
def arithmetic(request: pytest.FixtureRequest) -> Arithmetic:
    return ARITHMETICS[request.param]


def weights(rng: np.random.Generator, n: int, arithmetic: Arithmetic) -> Float64:
    """Rows with zeros, certain outcomes, the smallest numbers, and one that is not normalised."""
    w = rng.standard_gamma(0.3, (6, n)) + 1e-30
    w = w / w.sum(-1, keepdims=True)
    w[1, n // 2 :], w[2], w[3] = 0.0, 0.0, arithmetic.result.eta * 3
    w[1:4, 0] = 1.0
    w[4] = 1 / n
    w[5] *= 3
    return arithmetic.result.round(w)


def fraction(x: arb) -> Fraction:
    mantissa, exponent = x.mid().man_exp()
    return Fraction(int(mantissa)) * Fraction(2) ** int(exponent)


def exact_sums(x: Float64, y: Float64) -> list[Fraction]:
    """sum x log y, row by row, to 400 bits."""
    with precision(400):
        rows = [
            sum((ball(a) * ball(b).log() for a, b in zip(p, q, strict=True) if a > 0), arb(0))
            for p, q in zip(x.tolist(), y.tolist(), strict=True)
        ]
        return [fraction(v) for v in rows]


def exact_entropies(w: Float64) -> list[Fraction]:
    """Of the normalised weights, to 400 bits."""
    with precision(400):
        found = []
        for row in w.tolist():
            total = sum(map(ball, row), arb(0))
            found.append(-sum((ball(v) / total * (ball(v) / total).log() for v in row if v > 0), arb(0)))
        return [fraction(arb(v)) for v in found]


def checked(truth: Truth, exact: list[Fraction], computed: Float64) -> None:
    """The value is within the bound, with room to spare, and so is what was computed."""
    assert margins(computed, exact, truth.bound).max() <= 1
    assert margins(truth.value, exact, truth.bound).max() <= 0.6


@pytest.mark.parametrize("n", [1, 2, 17, 130])
def test_sums_of_terms_stay_within_the_bound_with_every_step_rounded(arithmetic: Arithmetic, n: int) -> None:
    kind, w = accumulator(arithmetic), weights(np.random.default_rng(n), n, arithmetic)
    safe = np.where(w > 0, w, 1.0)
    log = store(np.log(safe.astype(kind)), arithmetic.result)
    terms = store(w.astype(kind) * log.astype(kind), arithmetic.result)
    truth = summed(x_log_y(w, w, arithmetic, KERNEL), arithmetic)
    checked(truth, exact_sums(w, safe), store(sequential(terms.astype(kind)), arithmetic.result))


@pytest.mark.parametrize("n", [1, 2, 17, 130])
def test_entropies_of_weights_stay_within_the_bound_clipped_or_not(arithmetic: Arithmetic, n: int) -> None:
    kind, w = accumulator(arithmetic), weights(np.random.default_rng(n), n, arithmetic)
    least = 2 * arithmetic.result.u

    def keep(x: NDArray[np.floating]) -> NDArray[np.floating]:
        return store(x, arithmetic.result).astype(kind)

    pi = keep(w.astype(kind) / keep(sequential(w.astype(kind)))[:, None])
    truth = entropy_of_weights(w, arithmetic, KERNEL, least=least)
    for clipped in (np.clip(pi, least, 1 - least), np.where(pi > 0, pi, 1.0)):
        computed = -sequential(keep(pi * keep(np.log(clipped))))
        checked(truth, exact_entropies(w), store(computed, arithmetic.result))


@pytest.mark.parametrize("n", [1, 2, 17, 130])
def test_entropies_of_logits_stay_within_the_bound(arithmetic: Arithmetic, n: int) -> None:
    kind = accumulator(arithmetic)
    x = arithmetic.result.round(
        np.random.default_rng(n).standard_normal((5, n)) * np.array([[0.1], [1], [3], [8], [20]])
    )

    def keep(v: NDArray[np.floating]) -> NDArray[np.floating]:
        return store(v, arithmetic.result).astype(kind)

    y = x.astype(kind)
    m = y.max(-1, keepdims=True)
    log = keep(y - keep(keep(np.log(keep(sequential(keep(np.exp(keep(y - m)))))))[:, None] + m))
    e = np.exp(log - log.max(-1, keepdims=True))
    computed = -sequential(keep(log * keep(e / sequential(e)[:, None])))
    with precision(400):
        rows = [[ball(v).exp() for v in row] for row in x.tolist()]
        exact = [
            fraction(arb(-sum((v / sum(r, arb(0)) * (v / sum(r, arb(0))).log() for v in r), arb(0)))) for r in rows
        ]
    checked(entropy_of_logits(Rows.of(x, arithmetic), KERNEL), exact, store(computed, arithmetic.result))


def test_terms_beyond_the_support(arithmetic: Arithmetic) -> None:
    terms = x_log_y(np.array([0.0, 0.0, 1.0, 0.5]), np.array([0.0, 1.0, 0.0, 1.0]), arithmetic, KERNEL)
    assert terms.value.tolist() == [0.0, 0.0, -np.inf, 0.0]
    assert not terms.bound[:3].any()
    assert summed(terms, arithmetic).value == -np.inf


def test_a_step_of_half_types_is_rounded_twice() -> None:
    assert step(ARITHMETICS["float32"]) == 2.0**-24
    assert step(ARITHMETICS["float16"]) == pytest.approx(2.0**-11 + 2.0**-24, rel=1e-3)
