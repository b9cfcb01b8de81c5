"""How accurate convolutions are in floating-point arithmetic."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
from torch import Tensor

from claims import UNDER_HYPOTHESES, claim, for_all, holds, refutation, values, within
from claims.frame.checks import Check
from claims.frame.inputs.convolutions import Convolution, convolutions
from claims.frame.subject import Subject
from reference.convolution import direct as reference
from reference.truth import Truth


def convolved(subject: Subject, given: Convolution, operation: str = "convolution", **replaced: Any) -> Tensor:
    """The result of "convolution", "transposed_convolution" or a layer; `replaced` are other x, w, b or options."""
    x, w, b = (replaced.pop(name, t) for name, t in zip("xwb", given, strict=False))
    made: Tensor = getattr(subject, given.name(operation))(x, w, b, **{**given.given.options, **replaced})
    return made


def exact(subject: Subject, given: Convolution, *, bias: bool = True) -> Truth:
    """The result with its bound."""
    x, w, b = (None if t is None else values(t) for t in given[:3])
    name = "convolution" if given.given.output_padding is None else "transposed_convolution"
    how = subject.arithmetic(given.name(name))
    if name == "convolution":
        return reference.convolution(x, w, b if bias else None, given.how, how)
    return reference.transposed_convolution(x, w, b if bias else None, given.how, given.given.results, how)


def compared(observed: Tensor, truth: Truth, label: str = "") -> Check:
    """`within` where the shapes agree, else a check that fails."""
    if observed.shape != truth.value.shape:
        return holds(np.zeros(len(truth.value)), label=f"{label}: of shape {tuple(observed.shape[1:])}".lstrip(": "))
    return within(observed, truth, label=label)


@claim(
    title="Floating-point convolution is componentwise accurate",
    statement=r"|\hat y-y|\le\gamma_{K+1}(|w|\star|x|+|b|)+K\eta,\quad K=\tfrac{C}{g}\prod_ik_i;\qquad"
    r"\text{half types: }(1+u)\gamma_{K+1}(2^{-24})(|w|\star|x|+|b|)+u|y|",
    hypotheses="sums of products in any order, not the algorithms of Winograd or by Fourier transforms",
    notes="Convolutional networks: what libraries implement",
    book="9.1",
    truth=UNDER_HYPOTHESES,
    bound="BND-DOT for the K products that a result sums (ASNA (3.5)); none for integers with exact sums",
)
@for_all(given=convolutions())
def conv_forward_rounding_bound(subject: Subject, given: Convolution) -> Iterator[Check]:
    """Functions and layers over one to three axes, with every option, against their definition."""
    truth = exact(subject, given)
    for operation in ("convolution", "convolution_layer"):
        yield compared(convolved(subject, given, operation), truth, operation)


@refutation(conv_forward_rounding_bound, "The kernel is flipped.")
def kernels_are_flipped(subject: Subject, given: Convolution) -> Iterator[Check]:
    """It is not."""
    axes = tuple(range(-len(given.how.kernel), 0))
    yield within(convolved(subject, given), exact(subject, given._replace(w=given.w.flip(axes))))
