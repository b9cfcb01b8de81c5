"""Steps of linear units against fractions, and singular values under perturbation."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest

from reference.formats import FORMATS, Arithmetic
from reference.initialization import symmetry_sizes as reference

ARITHMETICS = {name: Arithmetic.of(fmt) for name, fmt in FORMATS.items()}


def network(seed: int, scale: float) -> tuple[np.ndarray, ...]:
    rng = np.random.default_rng(seed)
    g = rng.integers(-32, 33, (1, 4, 3)) / 16
    v, x = (rng.integers(-1, 2, s).astype(np.float64) for s in ((1, 1, 4), (1, 2, 3)))
    return scale * g, v, x, rng.integers(-4, 5, (1, 2, 1)).astype(np.float64)


def exact_step(w: np.ndarray, v: np.ndarray, x: np.ndarray, t: np.ndarray, lr: float) -> list[list[Fraction]]:
    of_w, of_v, of_x = ([[Fraction(float(a)) for a in row] for row in m[0]] for m in (w, v, x))
    delta = [
        sum(
            (
                vi * sum((a * b for a, b in zip(unit, row, strict=True)), Fraction(0))
                for vi, unit in zip(of_v[0], of_w, strict=True)
            ),
            Fraction(0),
        )
        - Fraction(float(t[0, k, 0]))
        for k, row in enumerate(of_x)
    ]
    return [
        [
            a - Fraction(lr) * sum((d * vi * row[j] for d, row in zip(delta, of_x, strict=True)), Fraction(0))
            for j, a in enumerate(unit)
        ]
        for vi, unit in zip(of_v[0], of_w, strict=True)
    ]


@pytest.mark.parametrize("scale", [1.0, 2.0**-26, 8.0])
def test_a_step_is_exact_in_float64(scale: float) -> None:
    w, v, x, t = network(0, scale)
    found = reference.step(w, v, x, t, 0.125, np.array([scale]), ARITHMETICS["float64"])
    wanted = exact_step(w, v, x, t, 0.125)
    assert [[Fraction(float(a)) for a in row] for row in found.value[0]] == wanted
    assert not found.bound.any()


@pytest.mark.parametrize("name", ["float16", "bfloat16", "float32"])
def test_a_rounded_step_stays_within_the_bound(name: str) -> None:
    fmt, scale, worst = FORMATS[name], 2.0 ** -(FORMATS[name].precision // 2), 0.0
    for seed in range(40):
        w, v, x, t = network(seed, scale)
        w = fmt.round(w * 1.3)
        found = reference.step(w, v, x, t, 0.125, np.array([scale]), ARITHMETICS[name])
        r = fmt.round
        delta = r(r(r(x @ w.swapaxes(-1, -2)) @ v.swapaxes(-1, -2)) - t)
        after = r(w - r(0.125 * r(r(delta @ v).swapaxes(-1, -2) @ x)))
        error = np.abs(after - found.value)
        assert (error <= found.bound).all()
        worst = max(worst, float((error[found.bound > 0] / found.bound[found.bound > 0]).max(initial=0.0)))
    assert worst > 0.1


def test_rank_one_gradients_interlace() -> None:
    w, v, x, t = network(3, 0.125)
    after = reference.step(w, v, x, t, 0.125, np.array([0.125]), ARITHMETICS["float64"]).value
    old, new = reference.singular_values(w), reference.singular_values(after)
    assert (new.value[:, 1:] <= old.value[:, :-1] + 1e-12).all()
    assert (old.value[:, 1:] <= new.value[:, :-1] + 1e-12).all()
    assert (new.bound < 1e-12).all()


def test_perturbations_move_singular_values_by_at_most_their_norm() -> None:
    error = np.array([[[3.0, 0.0], [0.0, 4.0]]])
    assert 5 <= reference.moved(error)[0, 0] <= 5 * (1 + 1e-12)
    assert not reference.moved(0 * error).any()
