"""0-1 losses, scaled losses and a descent against balls, and evaluations that must stay in the bounds."""

from __future__ import annotations

import numpy as np
import pytest
from flint import arb
from numpy.typing import NDArray

from reference.exact import ball, double_double_of_ball, precision, rational
from reference.formats import FORMATS, Arithmetic, float32
from reference.losses import surrogate
from reference.losses.softmax import Kernel
from tests.reference.emulation import ARITHMETICS, accumulator, store

POINTS = np.array([1.0, -1.0, 2.0, -2.0])


@pytest.fixture(params=list(ARITHMETICS))
def arithmetic(request: pytest.FixtureRequest) -> Arithmetic:
    return ARITHMETICS[request.param]


def test_errors_take_the_first_of_equal_logits() -> None:
    x = np.array([[[1.0, 1.0, 0.0], [0.0, 2.0, 2.0], [0.0, 0.0, 0.0]]])
    assert surrogate.errors(x, np.array([[0, 2, 1]])).tolist() == [[0.0, 1.0, 1.0]]
    assert surrogate.lead(x).tolist() == [[0.0, 0.0, 0.0]]
    assert surrogate.margins(x, np.array([[0, 1, 2]]))[0, 1].tolist() == [2.0, np.inf, 0.0]
    assert surrogate.lead(np.array([[[3.0]], [[5.0]]])).tolist() == [[np.inf], [np.inf]]
    assert surrogate.errors(np.zeros((2, 0, 3)), np.zeros((2, 0), np.int64)).shape == (2, 0)


def test_steps_are_those_of_the_definition() -> None:
    x = np.array([-2.5, -0.5, -0.0, 0.5, 1.5, 2.0])
    assert surrogate.STEPS["round"](x).tolist() == [-2.0, 0.0, 0.0, 0.0, 2.0, 2.0]
    assert surrogate.STEPS["trunc"](x).tolist() == [-2.0, 0.0, 0.0, 0.0, 1.0, 2.0]
    assert surrogate.STEPS["sign"](x).tolist() == [-1.0, -1.0, 0.0, 1.0, 1.0, 1.0]


@pytest.mark.parametrize("fmt", FORMATS.values(), ids=list(FORMATS))
def test_a_move_nearby_keeps_the_largest_logit(fmt: object) -> None:
    rng = np.random.default_rng(0)
    x = fmt.round(rng.standard_normal((50, 4, 5)) * 2.0 ** rng.integers(-20, 8, (50, 4, 1)))  # type: ignore[attr-defined]
    near = np.nextafter(x[..., :1], np.inf) if fmt.name == "float64" else x[..., :1] * (1 + 2 * fmt.u)  # type: ignore[attr-defined]
    x[:, 0, 1:2] = fmt.round(near[:, 0])  # type: ignore[attr-defined]
    clear = surrogate.is_clear(x, fmt)  # type: ignore[arg-type]
    assert 0.5 < clear.mean() < 1
    for turn in (1, -1):
        moved = fmt.round(x + surrogate.nearby(x, fmt, turn))  # type: ignore[attr-defined,arg-type]
        assert (np.argmax(moved, -1) == np.argmax(x, -1))[clear].all()


def test_scaled_losses_against_balls(arithmetic: Arithmetic) -> None:
    x = arithmetic.result.round(np.array([[[4.0, 1.3, -2.0], [0.3, 0.2, 0.1], [-30.0, -33.0, -31.5]]]))
    t = np.array([[0, 0, 0]])
    assert (surrogate.margins(x, t) > 0).all()
    for c in (1.0, 4.0, 16.0):
        truth, limit = (
            surrogate.scaled_loss(c * x, t, arithmetic, Kernel(stores_sum=True)),
            surrogate.least_loss(c * x, t),
        )
        with precision(300):
            for i, row in enumerate(x[0]):
                gaps = [(ball(rational(v) - rational(row[0])) * int(c)).exp() for v in row]
                exact = sum(gaps, arb(0)).log()
                hi, lo = double_double_of_ball(exact)
                assert abs((truth.value[0, i] - hi) - lo) <= truth.bound[0, i]
                assert hi <= limit[0, i]


def test_losses_fall_strictly_where_all_margins_are_positive() -> None:
    factors = (1.0, 2.0, 64.0)
    assert surrogate.strictly_falls(np.array([np.inf, 2.0**-60, 1e5]), factors)
    assert not surrogate.strictly_falls(np.array([np.inf, 0.0]), factors)
    assert not surrogate.strictly_falls(np.array([np.inf, -1.0]), factors)


def test_a_step_of_the_descent(arithmetic: Arithmetic) -> None:
    kind, fmt = accumulator(arithmetic), arithmetic.result
    w = fmt.round(np.array([0.5, 1.0, 3.0, 12.0]))

    def keep(z: NDArray[np.floating]) -> NDArray[np.floating]:
        return store(z, fmt).astype(kind)

    z = keep(w.astype(kind)[:, None] * POINTS.astype(kind))
    slope = keep(keep(1 / (1 + np.exp(-z))) - (POINTS > 0).astype(kind))
    g = keep(keep(keep(slope * POINTS.astype(kind)).sum(-1)) / 4)
    found = store(w.astype(kind) - keep(2 * g), fmt)
    truth = surrogate.descended(w, POINTS, 2.0, arithmetic, 4.0)
    assert (np.abs(found - truth.value) <= truth.bound).all()
    with precision(300):
        for i, v in enumerate(w.tolist()):
            slopes = [ball(abs(p)) / (1 + (ball(v) * int(abs(p))).exp()) for p in POINTS.tolist()]
            hi, lo = double_double_of_ball(ball(v) + sum(slopes, arb(0)) / 2)
            assert abs((truth.value[i] - hi) - lo) <= truth.bound[i]


def test_points_that_a_line_misses() -> None:
    w = np.array([[1.0, 2.0], [3.0, 2.0], [-1.0, 1.0], [2.0, 2.0]])
    assert surrogate.error_on_test_points(w) == pytest.approx([1 / 3, 0.0, 1.0, 1 / 3])
    assert surrogate.nearby(np.zeros((1, 0, 3)), float32, 1).shape == (1, 0, 3)
