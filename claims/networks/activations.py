"""Activations and their derivatives: the sigmoid, and the rectifier in its many spellings."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from claims import TRUE, UNDER_HYPOTHESES, at_most, claim, equal, for_all, holds, refutation, values, within
from claims.frame.checks import Check
from claims.frame.inputs.preactivations import Preactivations, Special, preactivations
from claims.frame.inputs.spectra import only
from claims.frame.operations.elementary import units
from claims.frame.subject import Subject
from reference.networks import activations as reference
from reference.truth import Truth

SIGMOIDS = ("sigmoid", "sigmoid_", "expit")
CUTS: dict[str, tuple[float, ...]] = {
    "relu": (),
    "relu_": (),
    "clamp_min": (0.0,),
    "clamp": (0.0,),
    "threshold": (0.0, 0.0),
}
"""Operations with the arguments that make rectifiers of them."""


def directions(subject: Subject, z: Tensor) -> tuple[Tensor, NDArray[np.float64]]:
    """Powers of two of either sign, other ones for neighbouring numbers."""
    n = np.arange(z.numel()).reshape(z.shape)
    d = np.where(n % 2, -1.0, 1.0) * 2.0 ** (n % 3)
    return subject.tensor(d), d


def times(d: NDArray[np.float64], truth: Truth) -> Truth:
    """d f' for powers of two d, 1 or more."""
    return Truth(d * truth.value, np.abs(d) * truth.bound)


@claim(
    title="The derivative of the sigmoid is the sigmoid times its complement",
    statement=r"\sigma'=\sigma(1-\sigma)\in(0,\tfrac14],\quad\sigma'(0)=\tfrac14,\quad\sigma'(z)\le e^{-|z|},\quad"
    r"\sigma'(-z)=\sigma'(z);\quad\sigma''=\sigma'(1-2\sigma),\ \sigma'''=\sigma'(1-6\sigma')",
    notes="Activation functions: the sigmoid",
    book="3.10, eq. 3.33-3.36",
    formal="Real.sigmoid",
    truth=TRUE,
    bound="sigma: 4u (calibrated: at most 2.5u seen), its whole value where exp(-z) overflows; sigma': the error of "
    "sigma times |1 - 2 sigma|, its square, and four roundings; sigma'', sigma''': the same of their polynomials in "
    "sigma, with 8 and 12 roundings",
)
@for_all(z=preactivations())
def sigmoid_derivative(subject: Subject, z: Tensor) -> Iterator[Check]:
    """Every spelling and its derivative by reverse mode, the derivative by forward mode, and three orders of reverse
    mode; powers of two of either sign, other ones for neighbouring numbers, as cotangent and direction. 1/4 is exact at
    0, the exponential an upper bound; evenness holds within the bounds of both sides. NaN stays NaN.
    """
    x = values(z)
    nan = np.isnan(x)
    at = reference.Sigmoid.of(np.where(nan, 0.0, x), units(subject), subject.arithmetic("sigmoid"))
    direction, d = directions(subject, z)
    value, derivative = at.truth, at.derivative
    along = times(d, derivative)

    def known(found: Tensor, truth: Truth) -> NDArray[np.float64]:
        return np.where(nan, truth.value, values(found))

    for spelling in SIGMOIDS:
        leaf = z.detach().clone().requires_grad_()
        y = getattr(subject, spelling)(leaf)
        yield within(known(y, value), value, label=spelling)
        found = subject.gradient(y, leaf, direction)
        yield within(known(found, along), along, label=f"{spelling}: reverse mode")
    yield equal(np.isnan(values(subject.sigmoid(z))), nan, label="NaN stays")
    yield within(known(subject.sigmoid_along(z, direction), along), along, label="forward mode")
    orders = subject.sigmoid_derivatives(z)
    for found, order in zip(orders, (derivative, at.second, at.third), strict=True):
        yield within(known(found, order), order, label="orders of reverse mode")
    first = values(orders[0])
    yield holds((first == 0.25) | (x != 0), label="1/4 at 0")
    most = np.minimum(reference.envelope(x), 0.25)
    yield at_most(np.where(nan, 0.0, first), np.where(nan, 0.0, most), derivative.bound, label="exp(-|z|), 1/4")
    yield holds((first >= 0) | nan, label="not negative")


def slope(subject: Subject, z: Tensor) -> NDArray[np.float64]:
    """The derivative of the sigmoid."""
    leaf = z.detach().clone().requires_grad_()
    return np.asarray(values(subject.gradient(subject.sigmoid(leaf), leaf, torch.ones_like(z))))


PLAIN = only(Preactivations(3), Preactivations(17))


@refutation(sigmoid_derivative, r"\sigma'(z)\le\tfrac15")
@for_all(z=PLAIN)
def the_slope_is_at_most_a_fifth(subject: Subject, z: Tensor) -> Iterator[Check]:
    """It is 1/4 at 0."""
    yield at_most(slope(subject, z), np.full(z.shape, 0.2))


@refutation(sigmoid_derivative, "The slope is largest where the sigmoid is: at large z.")
@for_all(z=PLAIN)
def the_slope_grows_with_the_value(subject: Subject, z: Tensor) -> Iterator[Check]:
    """It is largest at 0."""
    order = np.argsort(values(z), -1)
    yield holds(np.diff(np.take_along_axis(slope(subject, z), order, -1), axis=-1) >= 0)


@refutation(sigmoid_derivative, r"\sigma'=\sigma(1+\sigma)")
@for_all(z=PLAIN)
def the_slope_is_the_value_times_one_more(subject: Subject, z: Tensor) -> Iterator[Check]:
    """The sign: sigma' = sigma (1 - sigma)."""
    y = values(subject.sigmoid(z))
    yield within(slope(subject, z), Truth(y * (1 + y), np.full(y.shape, 0.01)))


@refutation(sigmoid_derivative, r"\sigma'=1-\sigma^2")
@for_all(z=PLAIN)
def the_slope_is_that_of_tanh(subject: Subject, z: Tensor) -> Iterator[Check]:
    """That holds of tanh."""
    y = values(subject.sigmoid(z))
    yield within(slope(subject, z), Truth(1 - y**2, np.full(y.shape, 0.01)))


@refutation(sigmoid_derivative, r"\sigma(-z)=\sigma(z)")
@for_all(z=PLAIN)
def the_sigmoid_itself_is_even(subject: Subject, z: Tensor) -> Iterator[Check]:
    """sigma(-z) = 1 - sigma(z): it is the derivative that is even."""
    yield within(subject.sigmoid(-z), Truth(values(subject.sigmoid(z)), np.full(z.shape, 0.01)))


@refutation(sigmoid_derivative, r"\sigma''(z)\ge0")
@for_all(z=PLAIN)
def the_sigmoid_is_convex(subject: Subject, z: Tensor) -> Iterator[Check]:
    """It is concave for z > 0."""
    yield holds(values(subject.sigmoid_derivatives(z)[1]) >= -0.01)


OTHERS = ("maximum", "fmax", "amax", "max", "where", "product", "half of the sum", "hardtanh", "leaky relu", "prelu")
"""Rectifiers by functions that are not made for it."""
NAN_IS_ZERO = ("fmax", "where")
"""Spellings that give 0 for NaN."""
NAN_AT_MINUS_INFINITY = ("product", "leaky relu", "prelu", "half of the sum")
"""Spellings that multiply -infinity by 0, or add it to infinity."""


def expected(
    x: NDArray[np.float64], name: str, largest: float
) -> tuple[NDArray[np.float64], NDArray[np.bool_], NDArray[np.bool_]]:
    """max(x, 0) in a spelling; where it has no derivative; and where it is not defined, as 0 times infinity is."""
    value = np.maximum(x, 0.0)
    if name in NAN_IS_ZERO:
        value = np.where(np.isnan(x), 0.0, value)
    if name == "half of the sum":  # x + |x| overflows before its half is taken
        value = np.where(2 * value > largest, np.inf, value)
    undefined = (x == -np.inf) & (name in NAN_AT_MINUS_INFINITY)
    kink = (x == 0) | ((x == np.inf) & (name == "hardtanh"))  # the upper end of hardtanh is infinity here
    return value, kink, undefined


@claim(
    title="The derivative of ReLU is 1 for positive and 0 for negative numbers",
    statement=r"\operatorname{relu}'(z)=\mathbf{1}_{z>0}\quad(z\ne0),\qquad\partial\operatorname{relu}(0)=[0,1]",
    hypotheses="z is not 0",
    notes="Activation functions: rectified linear units",
    book="6.3",
    truth=UNDER_HYPOTHESES,
    correction="At 0 it has no derivative. Spellings of the rectifier differ there: 0 (relu, hardtanh, threshold), 1/2 "
    "(maximum, amax, (x + |x|)/2) or 1 (clamp, fmax, max along an axis).",
    bound="exact; at 0, and at the infinite end of hardtanh, anything from 0 to 1",
)
@for_all(z=preactivations())
def relu_unit_derivative(subject: Subject, z: Tensor) -> Iterator[Check]:
    """Fifteen spellings, their values and their derivatives by reverse mode, with powers of two of either sign, other
    ones for neighbouring numbers, as cotangents. NaN stays NaN, but in fmax and where; products with 0 and sums with
    the magnitude are NaN at minus infinity, and the sum overflows before its half is taken.
    """
    x, (direction, d) = values(z), directions(subject, z)
    for name in (*CUTS, *OTHERS):
        leaf = z.detach().clone().requires_grad_()
        y = subject.rectify(leaf, name) if name in OTHERS else getattr(subject, name)(leaf, *CUTS[name])
        value, kink, undefined = expected(x, name, subject.format.largest)
        step = times(d, reference.unit_step(np.where(np.isnan(x), 0.0, x), kink))
        slopes = values(subject.gradient(y, leaf, direction))
        yield equal(np.where(undefined, value, values(y)), value, label=name)
        yield within(np.where(undefined | np.isnan(x), step.value, slopes), step, label=f"{name}: slope")


def slope_of(subject: Subject, z: Tensor, name: str) -> NDArray[np.float64]:
    """The derivative of a spelling of the rectifier."""
    leaf = z.detach().clone().requires_grad_()
    return np.asarray(values(subject.gradient(subject.rectify(leaf, name), leaf, torch.ones_like(z))))


ENDS = only(Special(7), Special(33))


@refutation(relu_unit_derivative, "All spellings of the rectifier have the same derivative at 0.")
@for_all(z=ENDS)
def spellings_agree_at_zero(subject: Subject, z: Tensor) -> Iterator[Check]:
    """They have 0, 1/2 or 1 there."""
    at = values(z) == 0
    yield equal(np.where(at, slope_of(subject, z, "maximum"), 0.0), np.where(at, slope_of(subject, z, "fmax"), 0.0))


@refutation(relu_unit_derivative, r"\operatorname{relu}'(0)=\tfrac12\text{ by symmetry}")
@for_all(z=ENDS)
def relu_has_slope_a_half_at_zero(subject: Subject, z: Tensor) -> Iterator[Check]:
    """relu has 0 there."""
    leaf = z.detach().clone().requires_grad_()
    found = values(subject.gradient(subject.relu(leaf), leaf, torch.ones_like(z)))
    yield holds((found == 0.5) | (values(z) != 0))


@refutation(relu_unit_derivative, "relu(-0) is +0.")
@for_all(z=ENDS)
def relu_of_minus_zero_is_plus_zero(subject: Subject, z: Tensor) -> Iterator[Check]:
    """It keeps the sign of the zero."""
    yield holds(~np.signbit(values(subject.relu(z))) | (values(z) != 0))


@refutation(relu_unit_derivative, "A leaky rectifier with slope 0 is a rectifier at minus infinity, too.")
@for_all(z=ENDS)
def leaky_without_a_leak_is_relu(subject: Subject, z: Tensor) -> Iterator[Check]:
    """0 times infinity is NaN."""
    yield equal(subject.leaky_relu(z, 0.0), subject.relu(z))


@refutation(relu_unit_derivative, r"\operatorname{relu}'(z)=\operatorname{relu}(z)")
@for_all(z=PLAIN)
def the_slope_is_the_value(subject: Subject, z: Tensor) -> Iterator[Check]:
    """It is 1, however large z is."""
    yield equal(slope_of(subject, z, "where"), subject.rectify(z, "where"))
