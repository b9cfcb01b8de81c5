"""Figures of formulas that fail where numbers end: softmax without its shift, slopes behind a saturated sigmoid."""

from __future__ import annotations

import dataclasses

import numpy as np
from numpy.typing import NDArray
from torch import Tensor

from claims import Curve, Note, Panel, Panels, figure, values
from claims.frame.figures import LINE, POINTS
from claims.frame.subject import Subject
from claims.losses.sigmoid_losses import mse_sigmoid_gradient_vanishes, slope
from claims.losses.softmax import naive_softmax, softmax_naive_failure

Float64 = NDArray[np.float64]

DTYPES = ("float16", "bfloat16", "float32", "float64")
RATIOS = np.linspace(-2.0, 2.0, 49)
LOGITS = np.linspace(-30.0, 30.0, 61)


@figure(
    softmax_naive_failure,
    title="Softmax of (c, c − 1), whatever c",
    x="c ÷ log of the largest number of the format",
    y="probabilities of both entries",
)
def naive_and_shifted(subject: Subject) -> Panels:
    """With the maximum subtracted the result does not depend on c. The formula as it stands is ∞/∞ = NaN once c is
    beyond the logarithm of the largest number, and 0/0 = NaN once it is below that of the smallest. Just inside the
    sum overflows before its terms do, which leaves 0, and subnormal exponentials have lost their digits.
    """
    return {dtype: _by_size(dataclasses.replace(subject, dtype=dtype)) for dtype in DTYPES}


def _by_size(subject: Subject) -> Panel:
    limit = float(np.log(subject.format.largest))
    step = 0.25 if limit < 16 else 1.0  # so that c and c - 1 are numbers of the format
    c = np.unique(np.round(RATIOS * limit / step) * step)
    rows = subject.tensor(np.stack((c, c - 1), -1))
    shifted, naive = (values(p) for p in (subject.softmax(rows, dim=-1), naive_softmax(subject, rows)))
    known = np.flatnonzero(np.isfinite(naive).all(-1))
    ends = (known[0] - 1, 0.55), (known[-1] + 1, 0.42)
    notes = [Note(c[k] / limit, height, f"NaN from c = {c[k]:.3g}") for k, height in ends]
    return Panel(
        {
            "softmax, the maximum subtracted": both(c / limit, shifted),
            "the formula as it stands": both(c[known] / limit, naive[known], POINTS),
        },
        notes,
    )


def both(x: Float64, p: Float64, kind: str = LINE) -> Curve:
    """The columns of p (n, 2) over x (n), with a gap between them."""
    gap = [np.nan]
    return Curve([*p[:, 0], *gap, *p[:, 1]], [*x, *gap, *x], kind)


@figure(
    mse_sigmoid_gradient_vanishes,
    title="Slope of the loss behind a sigmoid, for the label 0",
    x="logit z; on the right the prediction is wrong",
    y="size of the slope",
    logarithmic="y",
)
def slopes_behind_a_sigmoid(subject: Subject) -> Panels:
    """With cross-entropy from the logit the slope is the error, 1 where the prediction is wrong however far. With
    squared error it vanishes on both sides, and is exactly 0 once the sigmoid rounds to 1; cross-entropy of the rounded
    probability breaks off at the same place.
    """

    def squared(z: Tensor, y: Tensor) -> Tensor:
        loss: Tensor = subject.half_squared_error(subject.sigmoid(z), y)
        return loss

    def from_logit(z: Tensor, y: Tensor) -> Tensor:
        loss: Tensor = subject.bce_with_logits(z, y, reduction="none")
        return loss

    def from_probability(z: Tensor, y: Tensor) -> Tensor:
        loss: Tensor = subject.binary_cross_entropy(subject.sigmoid(z), y, reduction="none")
        return loss

    losses = {
        "cross-entropy of the logit": from_logit,
        "cross-entropy of the rounded probability": from_probability,
        "squared error": squared,
    }
    curves = {}
    for name, loss in losses.items():
        z = subject.tensor(LOGITS).requires_grad_()
        found = np.abs(values(slope(subject, loss(z, subject.tensor(np.zeros(len(LOGITS)))), z)))
        curves[name] = Curve(found.tolist(), LOGITS.tolist())
    return {"": Panel(curves)}
