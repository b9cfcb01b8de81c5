"""How accurate convolutions are in floating-point arithmetic: results and gradients, plain and transposed."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator
from typing import Any

import numpy as np
import torch
import torch.nn.functional as F
from torch import Tensor

from claims import UNDER_HYPOTHESES, claim, equal, for_all, holds, refutation, values, within
from claims.frame.checks import Check
from claims.frame.inputs.computed_convolutions import COMPUTATIONS, Computation, Computed
from claims.frame.inputs.convolutions import Convolution, Convolved
from claims.frame.inputs.spectra import only
from claims.frame.subject import Subject
from reference.convolution import direct as reference
from reference.formats import Arithmetic, Method
from reference.truth import Truth


def convolved(subject: Subject, given: Convolution, operation: str = "", **replaced: Any) -> Tensor:
    """The result of the operation, or of the function, plain or transposed; `replaced` are other x, w, b or options."""
    x, w, b = (replaced.pop(name, t) for name, t in zip("xwb", given, strict=False))
    name = given.name(operation or kind(given))
    made: Tensor = getattr(subject, name)(x, w, b, **{**given.given.options, **replaced})
    return made


def kind(given: Convolution) -> str:
    """The function that it is."""
    return "convolution" if given.given.output_padding is None else "transposed_convolution"


def exact(subject: Subject, given: Convolution, arithmetic: Arithmetic | None = None) -> Truth:
    """The result with its bound."""
    x, w, b = values(given.x), values(given.w), None if given.b is None else values(given.b)
    arithmetic = arithmetic or subject.arithmetic(given.name(kind(given)))
    if given.given.output_padding is None:
        return reference.convolution(x, w, b, given.how, arithmetic)
    return reference.transposed_convolution(x, w, b, given.how, given.given.results, arithmetic)


def exact_gradient(given: Convolution, part: str, arithmetic: Arithmetic) -> Truth:
    """The gradient of <c, y> by the images, by the kernels or by the biases, with its bound."""
    x, w, c, how = values(given.x), values(given.w), values(given.c), given.how
    extent, turned = given.given.extent, given.given.output_padding is not None
    if part == "biases":
        return reference.bias_gradient(c, len(extent), arithmetic)
    if part == "kernels":
        return reference.weight_gradient(*((c, x) if turned else (x, c)), how, arithmetic)
    if not turned:
        return reference.transposed_convolution(c, w, None, how, extent, arithmetic)
    inside: Any = (
        ...,
        *map(slice, extent),
    )  # an output padding beyond the stride makes more results than there are images
    return Truth(*(t[inside] for t in reference.convolution(c, w, None, how, arithmetic)))


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
    book="9.1; 9.5",
    truth=UNDER_HYPOTHESES,
    bound="BND-DOT for the products that a result sums (ASNA (3.5)); none for integers with exact sums; gradients the "
    "same, as they are convolutions; where half types store each step, with their own unit roundoff",
)
@for_all(case=COMPUTATIONS)
def conv_forward_rounding_bound(subject: Subject, case: Computation) -> Iterator[Check]:
    """Functions and layers over one to three axes, plain and transposed, with every option, against their definition.

    So are the gradients by images, kernels and biases. A NaN or an infinity in an image spoils the results that meet it
    and no other.
    """
    given = case.given
    how = subject.arithmetic(given.name(kind(given)))
    how = dataclasses.replace(how, accumulator=how.result) if case.stored else how
    if case.part == "results":
        truth = exact(subject, given, how)
        layer = "transposed_layer" if given.given.output_padding is not None else "convolution_layer"
        yield compared(convolved(subject, given), truth, "function")
        if given.given.channels:
            yield compared(convolved(subject, given, layer), truth, "layer")
        plain = given.given.output_padding is None and given.given.scale == "one" and given.x.numel()
        if plain and how.method is Method.CONVENTIONAL:  # transforms mix what is not a number with the rest
            yield spoilt(subject, given)
        return
    parts = ("images",) if case.part == "images" else ("kernels", "biases")[: 1 if given.b is None else 2]
    names = {"images": "x", "kernels": "w", "biases": "b"}
    leaves = {names[p]: getattr(given, names[p]).clone().requires_grad_() for p in parts}
    y = convolved(subject, given, **leaves)
    if y.shape != given.c.shape:
        yield compared(y, exact(subject, given, how), "function")
        return
    for part in parts:
        found = subject.gradient(y, leaves[names[part]], given.c)
        yield compared(found, exact_gradient(given, part, how), f"gradient by the {part}")


def spoilt(subject: Subject, given: Convolution) -> Check:
    """With NaN for the first number of the first image and an infinity for the last of the last one."""
    x = given.x.clone()
    x.flatten(1)[:, -1] = torch.inf
    x.flatten(1)[:, 0] = torch.nan
    wanted = reference.spoiled(values(x), values(given.w), given.how)
    found = values(convolved(subject, given, x=x, b=None))
    where = np.isfinite(wanted)
    seen = np.where(where & np.isfinite(found), 0.0, found)
    return equal(seen, np.where(where, 0.0, wanted), label="what NaN and an infinity spoil")


WIDE = only(
    Computed(Convolved(17, 1, 1, extent=(4,), kernel=(2,), kind="normal")),
    Computed(Convolved(17, 3, 2, extent=(7, 6), kernel=(3, 3), kind="normal")),
    Computed(Convolved(17, 8, 8, extent=(9, 9), kernel=(3, 3), kind="normal")),
)


@refutation(conv_forward_rounding_bound, "The size of the batch does not change the results.", dtypes=("float32",))
@for_all(case=WIDE)
def batches_do_not_change_results(subject: Subject, case: Computation) -> Iterator[Check]:
    """Other algorithms are chosen for larger batches."""
    alone = convolved(subject, case.given, x=case.given.x[:, :1])
    yield equal(convolved(subject, case.given)[:, :1], alone)


@refutation(
    conv_forward_rounding_bound,
    "Convolutions through Fourier transforms are componentwise accurate, too.",
    dtypes=("float32", "float64"),
)
@for_all(case=only(Computed(Convolved(1, extent=(8,), kernel=(3,), kind="spike"))))
def fourier_transforms_are_as_accurate(subject: Subject, case: Computation) -> Iterator[Check]:
    """The error of one large number reaches results that do not meet it."""
    x, w = case.given.x, case.given.w
    n = x.shape[-1]
    spectrum = torch.fft.rfft(x, n) * torch.fft.rfft(w, n).conj()
    yield compared(torch.fft.irfft(spectrum, n)[..., : n - w.shape[-1] + 1], exact(subject, case.given))


@refutation(conv_forward_rounding_bound, "Padding with zeros is what the option does, whatever the kernels.")
@for_all(case=only(*(Computed(Convolved(n, extent=(3,), kernel=(3,), padding=1)) for n in (1, 2, 17))))
def padding_beforehand_is_the_same(subject: Subject, case: Computation) -> Iterator[Check]:
    """Where a kernel is infinite, a zero that is multiplied makes NaN, and one that is left out does not."""
    given = case.given
    w = given.w.clone()
    w[..., 0] = torch.inf
    padded = torch.stack([F.pad(x, (1, 1)) for x in given.x])
    yield equal(convolved(subject, given, x=padded, w=w, padding=(0,)), convolved(subject, given, w=w))


@refutation(conv_forward_rounding_bound, "The kernel is flipped.")
@for_all(case=only(Computed(), Computed(Convolved(extent=(3, 3), kernel=(2, 2)))))
def kernels_are_flipped(subject: Subject, case: Computation) -> Iterator[Check]:
    """It is not."""
    axes = tuple(range(-len(case.given.how.kernel), 0))
    yield within(convolved(subject, case.given), exact(subject, case.given._replace(w=case.given.w.flip(axes))))
