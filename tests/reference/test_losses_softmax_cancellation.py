"""The loss of a leading class and its slopes against balls, and their bounds against evaluations in their formats."""

from __future__ import annotations

import flint
import numpy as np
import pytest

from claims.frame.inputs.leading_classes import LeadingClass
from reference.bounds import UNITS_CPU
from reference.formats import FORMATS, Arithmetic, Format, float32, float64
from reference.losses import softmax_cancellation as reference
from reference.losses.softmax import Kernel, Rows

EVERY = pytest.mark.parametrize("fmt", FORMATS.values(), ids=FORMATS)


def balls(row: np.ndarray, top: int) -> tuple[flint.arb, flint.arb]:
    """log(1 + s) and s / (1 + s)."""
    with flint.ctx.workprec(300):
        s = sum(((flint.arb(float(v)) - flint.arb(float(row[top]))).exp() for v in np.delete(row, top)), flint.arb(0))
        return s.log1p(), s / (1 + s)


@EVERY
@pytest.mark.parametrize("margin", ["close", "any", "vanishing"])
@pytest.mark.parametrize("offset", [0.0, 40.0])
def test_values_are_exact_and_evaluations_keep_their_bounds(fmt: Format, margin: str, offset: float) -> None:
    (x,) = LeadingClass(9, margin, offset).make(np.random.default_rng(0), 16, fmt)
    top, how = x.argmax(-1), Arithmetic.of(fmt)
    found = reference.remainder(x, top, UNITS_CPU, how)
    loss, slope = reference.relative_loss(found, UNITS_CPU, how), reference.relative_slope(found, how)
    for i, row in enumerate(x):
        exact_loss, exact_share = (float(b.mid()) for b in balls(row, int(top[i])))
        assert abs(found.loss[i] - exact_loss) <= 2.0**-52 * exact_loss + 9 * float64.eta
        assert abs(found.share[i] - exact_share) <= 2.0**-52 * exact_share + 9 * float64.eta
    e = fmt.round(np.exp(fmt.round(x - x[np.arange(16), top][:, None])))
    e[np.arange(16), top] = 0.0
    s = fmt.round(e.sum(-1))
    assert (np.abs(fmt.round(np.log1p(s)) - loss.value) <= loss.bound).all()
    assert (np.abs(fmt.round(-s * fmt.round(1 / fmt.round(1 + s))) - slope.value) <= slope.bound).all()


def test_bounds_are_relative_until_underflow() -> None:
    x = np.array([[0.0, -40.0], [0.0, -87.0], [0.0, -100.0]])
    how = Arithmetic.of(float32)
    found = reference.remainder(x, np.zeros(3, np.int64), UNITS_CPU, how)
    loss = reference.relative_loss(found, UNITS_CPU, how)
    assert (loss.bound[:1] < 20 * float32.u * loss.value[:1]).all()
    assert loss.bound[2] < 4 * float32.lam


@EVERY
def test_slopes_of_two_classes(fmt: Format) -> None:
    t = fmt.round(np.array([[0.0, 0.5, 3.0, 9.0]]))
    how = Arithmetic.of(fmt)
    truth = reference.share_of_two(t, UNITS_CPU, how)
    for margin, value in zip(t[0].tolist(), truth.value[0].tolist(), strict=True):
        with flint.ctx.workprec(300):
            exact = -1 / (1 + flint.arb(margin).exp())
        assert abs(value - float(exact.mid())) <= 2.0**-52 * abs(value)
    e = fmt.round(np.exp(-t))
    assert (np.abs(fmt.round(-e / fmt.round(1 + e)) - truth.value) <= truth.bound).all()


def test_absolute_slopes_have_no_relative_accuracy_in_the_leading_class_and_some_in_the_others() -> None:
    x, how = np.array([[0.0, -40.0, -41.0]]), Arithmetic.of(float64)
    rows, top = Rows.of(x, how), np.array([0])
    found = reference.remainder(x, top, UNITS_CPU, how)
    slopes = reference.absolute_slopes(rows, Kernel(), top, found)
    assert slopes.value[0, 0] == -found.share[0]
    assert slopes.bound[0, 0] > abs(slopes.value[0, 0])
    assert (slopes.bound[0, 1:] < 1e-13 * slopes.value[0, 1:]).all()
    assert abs(slopes.value.sum()) < 1e-30
