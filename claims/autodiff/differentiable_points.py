"""Where a program of kinks is differentiable, and what is returned for its derivative there."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from claims import FALSE_AS_STATED, claim, equal, for_all, holds, refutation, values, within
from claims.frame.checks import Check
from claims.frame.inputs.cancelling import Cancelling, Program, WithoutBiases, cancelling
from claims.frame.inputs.spectra import only
from claims.frame.subject import Subject
from reference.autodiff import differentiable_points as reference


def slope(subject: Subject, at: Program) -> NDArray[np.float64]:
    """What reverse mode returns for the derivative."""
    leaf = at.x.detach().clone().requires_grad_()
    return np.asarray(values(subject.gradient(subject.cancelling(leaf, None, at.name), leaf, torch.ones_like(at.x))))


@claim(
    title="Reverse mode is right wherever every function of the program is differentiable; at their kinks it can be "
    "wrong, though the program is differentiable",
    statement=r"f(x)=\operatorname{relu}(x)-\operatorname{relu}(-x)=x:\quad \hat f'(x)=1=f'(x)\ (x\ne0),\qquad "
    r"\hat f'(0)\in\partial\operatorname{relu}(0)+\partial\operatorname{relu}(0)=[0,2],\ \text{while } f'(0)=1",
    hypotheses="no function of the program has a kink at its argument",
    notes="Deep feedforward networks: back-propagation",
    book="6.3, 6.5",
    truth=FALSE_AS_STATED,
    correction="Back-propagation gives the derivative wherever each function of the program has one at its argument, "
    "that is off a null set; floating-point numbers do hit that set.",
    bound="exact (Bolte and Pauwels 2021, for the slopes at the kink); 2 eta for a value by way of a subnormal x / 4",
)
@for_all(at=cancelling())
def autograd_wrong_at_differentiable_points(subject: Subject, at: Program) -> Iterator[Check]:
    """Nine programs that compute x by kinks that cancel, at ordinary, subnormal and large numbers and at zeros of both
    signs. For x other than 0 the derivative is 1 by reverse and forward mode and the second one 0; at 0 it is
    between the sums of the smallest and of the largest slopes of the summands.
    """
    x = values(at.x)
    yield within(subject.cancelling(at.x, None, at.name), reference.value(at.name, x, subject.format), label=at.name)
    least, most = reference.slopes(at.name, x)
    found = slope(subject, at)
    yield holds((least <= found) & (found <= most), label=f"{at.name}: reverse mode")
    d = 2.0 ** (np.arange(x.shape[-1]) % 3) * np.ones(x.shape)
    along = values(subject.cancelling(at.x, subject.tensor(d), at.name)) / d
    yield holds((least <= along) & (along <= most), label=f"{at.name}: forward mode")
    second = values(subject.cancelling(at.x, subject.tensor(d), at.name, order=2))
    yield equal(np.where(x == 0, 0.0, second), np.zeros(x.shape), label=f"{at.name}: forward over reverse mode")


RECTIFIED = only(Cancelling(n=3), Cancelling(n=17))


@refutation(autograd_wrong_at_differentiable_points, "Reverse mode gives the derivative wherever the function has one.")
@for_all(at=RECTIFIED)
def right_wherever_differentiable(subject: Subject, at: Program) -> Iterator[Check]:
    """At 0 it gives 0 for relu(x) - relu(-x), whose derivative is 1."""
    yield equal(slope(subject, at), np.ones(at.x.shape))


@refutation(autograd_wrong_at_differentiable_points, "Programs of one function have the same derivative.")
@for_all(at=RECTIFIED)
def programs_of_one_function_agree(subject: Subject, at: Program) -> Iterator[Check]:
    """At 0 x - relu(x) + relu(x) has slope 1 and relu(x) - relu(-x) has 0."""
    yield equal(slope(subject, at), slope(subject, at._replace(name="x - relu(x) + relu(x)")))


@refutation(autograd_wrong_at_differentiable_points, "Finite differences are wrong there, too.")
@for_all(at=RECTIFIED)
def differences_are_wrong_too(subject: Subject, at: Program) -> Iterator[Check]:
    """The symmetric difference quotient is 1 at 0."""
    zero, step = torch.zeros_like(at.x), 0.125
    above, below = (values(subject.cancelling(zero + h, None, at.name)) for h in (step, -step))
    yield equal(reference.symmetric_quotient(above, below, step), slope(subject, at._replace(x=zero)))


@refutation(autograd_wrong_at_differentiable_points, "In floating point no kink is hit.")
@for_all(net=only(WithoutBiases(), WithoutBiases(5)))
def kinks_are_never_hit(subject: Subject, net: list[Tensor]) -> Iterator[Check]:
    """All four units of a layer without biases are inactive for one argument in sixteen: the next layer gets 0."""
    v, w, x = net
    hidden = subject.relu(subject.matmul(v, x)[..., 0])
    yield holds(values(subject.matmul(w, hidden[..., None])) != 0)
