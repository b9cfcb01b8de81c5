"""What libraries call convolution: linear, a cross-correlation, and commutative only with a flipped kernel."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
from torch import Tensor

from claims import TRUE, UNDER_HYPOTHESES, claim, equal, for_all, holds, refutation, values, within
from claims.convolution.accuracy import compared, convolved, exact
from claims.frame.checks import Check
from claims.frame.inputs.composed_convolutions import (
    Combination,
    Combined,
    combinations,
    whole_numbers,
)
from claims.frame.inputs.convolutions import Convolution, Convolved
from claims.frame.inputs.spectra import only
from claims.frame.subject import Subject
from reference.convolution import definition as reference
from reference.convolution import direct
from reference.convolution.geometry import geometry
from reference.truth import Truth


def spatial(t: Tensor) -> tuple[int, ...]:
    """The spatial axes of a batch of images or kernels."""
    return tuple(range(-(t.ndim - 3), 0))


def full(w: Tensor) -> dict[str, Any]:
    """The options with which every product counts: the padding k - 1."""
    return {"padding": tuple(k - 1 for k in w.shape[3:])}


def along(t: Tensor, like: Tensor) -> Tensor:
    """Biases (batch, o) beside results (batch, n, o, *)."""
    return t.reshape(len(t), 1, -1, *(1,) * (like.ndim - 3))


@claim(
    title="Convolution is a linear operation (in the input and in the kernel); a layer with bias is only affine",
    statement=r"k*(ax+by)=a(k*x)+b(k*y),\quad(ak+bl)*x=a(k*x)+b(l*x);\quad\text{with bias: } m(2x)-2m(x)=-\beta",
    hypotheses="no bias; any stride, dilation, groups, and padding that reads zeros or numbers of the image",
    notes="Convolutional networks: a specialised kind of linear operation",
    book="9.1, eq. 9.1 to 9.4",
    formal="LinearMap",
    truth=TRUE,
    bound="BND-DOT; a combination that is rounded before the convolution moves it by |k| * e; one of results adds two "
    "roundings; twice the images make bit by bit twice the results",
)
@for_all(both=combinations())
def convolution_is_linear(subject: Subject, both: Combination) -> Iterator[Check]:
    """Combinations of images and of kernels before the convolution, and of their results, against the same numbers."""
    given, p, q, fmt = both.given._replace(b=None), values(both.p), values(both.q), subject.format
    y, of_x = convolved(subject, given), exact(subject, given)
    for name, more in (("x", both.y), ("w", both.v)):
        other = replaced(given, name, more)
        of_other = exact(subject, other)
        results = combined(subject, both, y, convolved(subject, other))
        yield within(results, reference.combination(p, of_x, q, of_other, fmt), label=f"{name}: results combined")
        mixed = replaced(given, name, combined(subject, both, getattr(given, name), more))
        parts = (reference.certain(values(t)) for t in (getattr(given, name), more))
        first, second = parts
        e = reference.combination(p, first, q, second, fmt).bound
        x, w = (e if n == name else values(getattr(given, n)) for n in "xw")
        moved = direct.magnitude(x, w, None, given.how)
        sums = reference.combination(p, reference.certain(of_x.value), q, reference.certain(of_other.value))
        slack = exact(subject, mixed).bound + moved * (1 + 2.0**-30) + sums.bound
        yield compared(convolved(subject, mixed), Truth(sums.value, slack), f"{name}: combined")
    doubled = given._replace(x=subject.multiply(given.x, 2.0))
    twofold = fmt.round(2 * values(y))  # what is stored as a subnormal number has fewer digits
    slack = np.where(np.abs(twofold) < 2 * fmt.lam, 2 * fmt.eta, 0.0)
    yield compared(convolved(subject, doubled), Truth(twofold, slack), "twice the images")
    if (b := both.given.b) is not None:
        layer, twice = both.given, doubled._replace(b=b)
        slack = 2 * exact(subject, layer).bound + exact(subject, twice).bound
        m, mm = (values(convolved(subject, g)) for g in (layer, twice))
        own = 2.0**-51 * (np.abs(mm) + 2 * np.abs(m))
        yield within(mm - 2 * m, Truth(-values(along(b, y)) + 0 * m, slack + own), label="with a bias: affine")


def replaced(given: Convolution, name: str, t: Tensor) -> Convolution:
    """With other images or kernels."""
    return given._replace(x=t) if name == "x" else given._replace(w=t)


def combined(subject: Subject, both: Combination, s: Tensor, t: Tensor) -> Tensor:
    """p s + q t."""
    made: Tensor = subject.add(subject.multiply(both.p, s), subject.multiply(both.q, t))
    return made


BIASED = only(Combined(Convolved(bias=True)), Combined(Convolved(3, 2, 2, extent=(4,), kernel=(3,), bias=True)))


@refutation(convolution_is_linear, "A layer with a bias is linear: $m(2x)=2m(x)$.")
@for_all(both=BIASED)
def layers_with_a_bias_are_linear(subject: Subject, both: Combination) -> Iterator[Check]:
    """The bias is not doubled."""
    twice = both.given._replace(x=subject.multiply(both.given.x, 2.0))
    yield equal(convolved(subject, twice), subject.multiply(convolved(subject, both.given), 2.0))


@refutation(convolution_is_linear, r"Bit by bit $k*(x+y)=k*x+k*y$ in floating-point arithmetic.")
@for_all(both=only(Combined(Convolved(kind="normal")), Combined(Convolved(2, 3, 2, extent=(6,), kind="normal"))))
def convolutions_are_additive_bit_by_bit(subject: Subject, both: Combination) -> Iterator[Check]:
    """Sums are rounded at other places."""
    given = both.given
    y = subject.add(convolved(subject, given), convolved(subject, given, x=both.y))
    yield equal(convolved(subject, given, x=subject.add(given.x, both.y)), y)


@refutation(convolution_is_linear, r"Convolution is linear in both together: $(k+l)*(x+y)=k*x+l*y$.")
@for_all(both=only(Combined(), Combined(Convolved(1, 2, 1, extent=(3, 3), kernel=(2, 2)))))
def convolutions_are_jointly_linear(subject: Subject, both: Combination) -> Iterator[Check]:
    """It is bilinear: two products are missing."""
    given = both.given
    y = subject.add(convolved(subject, given), convolved(subject, given, x=both.y, w=both.v))
    yield equal(convolved(subject, given, x=given.x + both.y, w=given.w + both.v), y)


@claim(
    title="Deep-learning 'convolution' is cross-correlation: no kernel flip",
    statement=r"\mathrm{conv}(x,k)_i=\sum_mx_{i+m}k_m\ (\text{torch});\quad"
    r"(x*k)_i=\sum_mx_{i-m}k_m=\mathrm{conv}(x,\mathrm{flip}\,k,\text{padding}=|k|-1)_i",
    hypotheses="all products of the second one count: padding k - 1",
    notes="Convolutional networks: many libraries implement cross-correlation and call it convolution",
    book="9.1, eq. 9.4 to 9.6",
    truth=TRUE,
    bound="exact: integers whose magnitudes sum up to 256 at most",
)
@for_all(given=whole_numbers())
def conv_is_cross_correlation(subject: Subject, given: Convolution) -> Iterator[Check]:
    """Functions and layers against the definition, and with flipped kernels against products of polynomials.

    The transposed convolution is the true one, channels exchanged: its products of polynomials need no flip.
    """
    x, w, d = values(given.x), values(given.w), len(spatial(given.w))
    correlated = reference.product(x, reference.flipped(w, d), d)
    convolved_ = reference.product(x, w, d)
    turned = given.w.flip(spatial(given.w))
    for operation in ("convolution", "convolution_layer"):
        yield same(convolved(subject, given, operation, b=None, **full(given.w)), correlated, operation)
        yield same(
            convolved(subject, given, operation, b=None, w=turned, **full(given.w)), convolved_, "kernel flipped"
        )
    inside: Any = (..., *(slice(k - 1, n) for n, k in zip(x.shape[3:], w.shape[3:], strict=True)))
    if all(n >= k for n, k in zip(x.shape[3:], w.shape[3:], strict=True)):
        found = convolved(subject, given, b=None, padding="valid")
        yield same(found, correlated[inside], "without padding")
    options = {"stride": (1,) * d, "padding": (0,) * d, "output_padding": (0,) * d, "dilation": (1,) * d, "groups": 1}
    transposed = getattr(subject, given.name("transposed_convolution"))
    yield same(
        transposed(given.x, given.w.transpose(1, 2), None, **options, form=given.given.form), convolved_, "transposed"
    )


def same(observed: Tensor, wanted: np.ndarray[Any, np.dtype[np.float64]], label: str = "") -> Check:
    """The same shape and the same numbers."""
    return compared(observed, reference.certain(wanted), label)


@refutation(conv_is_cross_correlation, "torch's convolution is that of `numpy.convolve`.")
def torch_convolves_as_numpy_does(subject: Subject, given: Convolution) -> Iterator[Check]:
    """A kernel that is not its own mirror image shows that it is not flipped."""
    wanted = reference.product(values(given.x), values(given.w), len(spatial(given.w)))
    yield same(convolved(subject, given, b=None, **full(given.w)), wanted)


@refutation(conv_is_cross_correlation, "The transposed convolution is a cross-correlation.")
def transposed_convolutions_correlate(subject: Subject, given: Convolution) -> Iterator[Check]:
    """It is a convolution."""
    d = len(spatial(given.w))
    options = {"stride": (1,) * d, "padding": (0,) * d, "output_padding": (0,) * d, "dilation": (1,) * d, "groups": 1}
    transposed = getattr(subject, given.name("transposed_convolution"))
    wanted = reference.product(values(given.x), reference.flipped(values(given.w), d), d)
    yield same(transposed(given.x, given.w.transpose(1, 2), None, **options, form=""), wanted)


@refutation(conv_is_cross_correlation, "A flip of the last axis makes a true convolution.")
@for_all(given=only(Convolved(1, extent=(3, 3), kernel=(2, 2), padding=1)))
def flipping_one_axis_is_enough(subject: Subject, given: Convolution) -> Iterator[Check]:
    """Every spatial axis has to be flipped."""
    wanted = reference.product(values(given.x), values(given.w), 2)
    yield same(convolved(subject, given, w=given.w.flip(-1)), wanted)


@claim(
    title="True convolution is commutative (because of the flip); cross-correlation is not, its swap is the reversed "
    "sequence",
    statement=r"x*k=k*x;\qquad(x\star k)_n=(k\star x)_{-n}",
    hypotheses="full or circular convolution, not what is cropped to the size of one of both",
    notes="Convolutional networks: commutativity arises because the kernel is flipped",
    book="9.1, eq. 9.5",
    formal="Polynomial.mul_comm, Matrix.circulant_mul_comm",
    truth=UNDER_HYPOTHESES,
    bound="exact on integers, against products of polynomials; BND-DOT else, both ways together for the difference",
)
@for_all(given=whole_numbers(alone=True, kinds=("integers", "normal", "scales")))
def convolution_commutativity(subject: Subject, given: Convolution) -> Iterator[Check]:
    """One image and one kernel in either role: full and circular convolutions, and cross-correlations."""
    d, x, w = len(spatial(given.w)), values(given.x), values(given.w)
    whole = given.given.kind == "integers"
    ways = given._replace(b=None), given._replace(x=given.w, w=given.x, b=None)
    convolutions = [convolved(subject, g, w=g.w.flip(spatial(g.w)), **full(g.w)) for g in ways]
    correlations = [convolved(subject, g, **full(g.w)) for g in ways]
    truths = [full_truth(subject, given, reference.flipped(w, d)), full_truth(subject, given, w)]
    if whole:
        product = reference.product(x, w, d)
        yield equal(truths[0].value, product, label="products of polynomials")
        sizes = tuple(max(n, k) for n, k in zip(x.shape[3:], w.shape[3:], strict=True))
        circular = reference.wrapped(product, sizes)
        for label, g in zip(("x * k", "k * x"), ways, strict=True):
            yield same(around(subject, g, sizes), circular, f"{label}: circular")
    for label, y, turned in zip(("x * k", "k * x"), convolutions, correlations, strict=True):
        yield compared(y, truths[0], label)
        back = turned if label == "x * k" else turned.flip(spatial(turned))
        yield compared(back, truths[1], f"{label}: cross-correlation")
    yield within(values(convolutions[0]), Truth(values(convolutions[1]), 2 * truths[0].bound), label="difference")


def full_truth(subject: Subject, given: Convolution, w: np.ndarray[Any, np.dtype[np.float64]]) -> Truth:
    """Every product of images and other kernels."""
    how = geometry(w.shape[3:], padding=full(given.w)["padding"])
    return direct.convolution(values(given.x), w, None, how, subject.arithmetic(given.name("convolution")))


def around(subject: Subject, given: Convolution, sizes: tuple[int, ...]) -> Tensor:
    """The circular convolution of images and kernels, both filled up with zeros to these sizes."""

    def filled(t: Tensor) -> Tensor:
        big = t.new_zeros((*t.shape[:3], *sizes))
        places: Any = (..., *map(slice, t.shape[3:]))
        big[places] = t
        return big

    kernels = filled(given.w).flip(spatial(given.w))
    y = convolved(subject, given, x=filled(given.x), w=kernels, mode="circular", padding=tuple(n - 1 for n in sizes))
    first: Any = (..., *map(slice, sizes))
    around_once: Tensor = y[first]
    return around_once


PAIRS = only(
    Convolved(1, extent=(3,), kernel=(2,), padding=1),
    Convolved(1, extent=(3, 3), kernel=(2, 2), padding=1),
)


@refutation(convolution_commutativity, "Cross-correlation commutes.")
@for_all(given=PAIRS)
def correlations_commute(subject: Subject, given: Convolution) -> Iterator[Check]:
    """The swap reverses the sequence."""
    swapped = given._replace(x=given.w, w=given.x)
    yield equal(convolved(subject, given, **full(given.w)), convolved(subject, swapped, **full(swapped.w)))


@refutation(convolution_commutativity, "Convolutions that keep the size of the image commute.")
@for_all(given=only(Convolved(1, extent=(3,), kernel=(2,)), Convolved(1, extent=(4,), kernel=(3,))))
def cropped_convolutions_commute(subject: Subject, given: Convolution) -> Iterator[Check]:
    """They have different sizes."""
    y = [
        convolved(subject, g, w=g.w.flip(-1), padding="same")
        for g in (given, given._replace(x=given.w, w=given.x, given=given.given))
    ]
    yield holds(np.full(len(given.x), y[0].shape == y[1].shape or not given.x.numel()))
