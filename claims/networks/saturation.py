"""Saturated units: how much of a gradient they leave, over the reals and in floating point."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from claims import FALSE_AS_STATED, at_most, claim, equal, for_all, holds, refutation, values, within
from claims.frame.checks import Check
from claims.frame.inputs.preactivations import Preactivations, preactivations
from claims.frame.inputs.spectra import only
from claims.frame.operations.elementary import units
from claims.frame.subject import Subject
from reference.networks import saturation as reference
from reference.networks.activations import Sigmoid, envelope


def slope(subject: Subject, z: Tensor, name: str) -> NDArray[np.float64]:
    """The derivative of an activation by reverse mode."""
    leaf = z.detach().clone().requires_grad_()
    y = subject.activate(leaf, name)
    return np.asarray(values(subject.gradient(y, leaf, torch.ones_like(y))))


@claim(
    title="A saturated unit leaves a gradient that decays exponentially, and none in floating point",
    statement=r"0<\sigma'(z)\le e^{-|z|},\quad0<\tanh'(z)\le4e^{-2|z|},\quad(\log\sigma)'(z)=\sigma(-z);\qquad"
    r"\operatorname{relu}'(z)=0\ (z<0),\ \operatorname{hardtanh}'(z)=0\ (|z|>1)",
    notes="Optimisation: large weights may saturate the activation, causing complete loss of gradient",
    book="8.4; 6.2.2.2; 6.3.2",
    truth=FALSE_AS_STATED,
    correction="Over the reals the loss is never complete for smooth units, but exponential; it is complete for units "
    "that are constant beyond an end. In floating point it is complete once sigma(z) rounds to 1: in float32 from 16.6 "
    "on, though not down to -88.7. The logarithm of the sigmoid keeps its gradient on the wrong side.",
    bound="sigma': its error times |1 - 2 sigma|, and four roundings; tanh': 2 |tanh| times its error, and "
    "roundings of the square and the difference; (log sigma)': relative, 8u; zeros exact",
)
@for_all(z=preactivations())
def saturated_unit_loses_gradient(subject: Subject, z: Tensor) -> Iterator[Check]:
    """Derivatives by reverse mode against closed forms and below their exponential bounds; exactly 0 where these are
    below a quarter of the smallest number, and for piecewise linear units beyond their ends, there only.
    """
    given = values(z)
    nan = np.isnan(given)
    x = np.where(nan, 0.0, given)
    how, u = subject.arithmetic("activate"), units(subject)
    decay = envelope(x)
    soft = {
        "sigmoid": (Sigmoid.of(x, u, how).derivative, decay, reference.gone(x, 1.0, 1.0, subject.format)),
        "tanh": (reference.tanh_slope(x, u, how), 4 * decay**2, reference.gone(x, 2.0, 4.0, subject.format)),
    }
    for name, (truth, most, gone) in soft.items():
        found = np.where(nan, truth.value, slope(subject, z, name))
        yield within(found, truth, label=name)
        yield at_most(found, most, truth.bound, label=f"{name}: exponential decay")
        yield holds((found == 0) | ~gone, label=f"{name}: no gradient in this format")
        yield holds(found >= 0, label=f"{name}: not negative")
    truth = reference.log_sigmoid_slope(x, u, how)
    yield within(np.where(nan, truth.value, slope(subject, z, "logsigmoid")), truth, label="logsigmoid")
    for name in reference.ENDS:
        lost, known = reference.lost(name, given)
        yield holds(((slope(subject, z, name) == 0) == lost) | ~known, label=name)


WIDE = only(Preactivations(17, 5), Preactivations(33, 7))


@refutation(saturated_unit_loses_gradient, r"\sigma'(z)=0\text{ for }|z|\ge4")
@for_all(z=WIDE)
def a_saturated_sigmoid_has_no_gradient(subject: Subject, z: Tensor) -> Iterator[Check]:
    """It has exp(-|z|) / (1 + exp(-|z|))^2."""
    yield holds((slope(subject, z, "sigmoid") == 0) | (np.abs(values(z)) < 4))


@refutation(saturated_unit_loses_gradient, "The computed derivative of the sigmoid is positive at every number.")
@for_all(z=WIDE)
def the_computed_slope_is_positive(subject: Subject, z: Tensor) -> Iterator[Check]:
    """It is 0 where sigma(z) rounds to 1."""
    yield holds(slope(subject, z, "sigmoid") > 0)


@refutation(saturated_unit_loses_gradient, "Computed derivatives of the sigmoid are even.")
@for_all(z=WIDE)
def computed_slopes_are_even(subject: Subject, z: Tensor) -> Iterator[Check]:
    """1 - sigma(z) cancels for positive z only."""
    yield equal(slope(subject, -z, "sigmoid"), slope(subject, z, "sigmoid"))


@refutation(saturated_unit_loses_gradient, "The sigmoid loses its gradient at z if it does at -z.")
@for_all(z=WIDE)
def both_ends_lose_the_gradient_alike(subject: Subject, z: Tensor) -> Iterator[Check]:
    """In float32 it does from 16.6 on, and from -88.7 down."""
    yield equal(slope(subject, -z, "sigmoid") == 0, slope(subject, z, "sigmoid") == 0)


@refutation(saturated_unit_loses_gradient, r"\frac{\partial}{\partial x}\sigma(wx)\text{ falls as }|w|\text{ grows}")
@for_all(z=only(Preactivations(3, 0), Preactivations(17, 0)))
def larger_weights_always_mean_smaller_gradients(subject: Subject, z: Tensor) -> Iterator[Check]:
    """The weight is a factor of the gradient, too: it grows until |w x| is 1.54."""

    def through(w: float) -> NDArray[np.float64]:
        return w * slope(subject, subject.multiply(z, w), "sigmoid")

    yield at_most(through(1.25), through(1.0), 0.01)


@refutation(saturated_unit_loses_gradient, "Every unit that saturates loses its gradient exponentially.")
@for_all(z=WIDE)
def softsign_loses_it_exponentially(subject: Subject, z: Tensor) -> Iterator[Check]:
    """softsign has the slope 1 / (1 + |z|)^2."""
    yield at_most(slope(subject, z, "softsign"), 4 * envelope(values(z)), 1e-4)
