"""What is differentiated where there is no derivative: conventions at kinks, and what they break beside them."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from claims import TRUE, at_most, claim, equal, for_all, holds, refutation, values
from claims.frame.checks import Check
from claims.frame.inputs.kinks import Kink, Pieces, Ties, kinks
from claims.frame.inputs.spectra import only
from claims.frame.subject import Subject
from reference.autodiff import kinks as reference

NO_FORWARD_MODE = ("segment_reduce", *(name for name in reference.NORMS if name[1:5] == "dist"))


def evaluated(subject: Subject, at: Kink, x: Tensor, d: Tensor | None = None) -> Tensor:
    """The function at x, or its derivative along d by forward mode."""
    operation = subject.curve if at.name in reference.CURVES else subject.of_vectors
    found: Tensor = operation(x, d, at.name)
    return found


def returned(subject: Subject, at: Kink) -> NDArray[np.float64]:
    """What reverse mode returns for the gradient, by a cotangent that is another power of two for each instance."""
    leaf = at.x.detach().clone().requires_grad_()
    y = evaluated(subject, at, leaf)
    scale = 2.0 ** (np.arange(len(at.x)) % 3).reshape(-1, *[1] * (y.ndim - 1))
    gradient = values(subject.gradient(y, leaf, subject.tensor(np.broadcast_to(scale, tuple(y.shape)))))
    return np.asarray(gradient / scale.reshape(-1, 1))


@claim(
    title="Where the derivative is undefined, the correct answer is 'undefined'; a number that is returned instead can "
    "at best be a subgradient",
    statement=r"\hat g\in\partial f(x_0)=\{g:\langle g,d\rangle\le f^\circ(x_0;d)\ \forall d\},\quad "
    r"\partial f(x_0)=[f'(x_0^-),f'(x_0^+)]\ \text{for convex } f:\mathbb R\to\mathbb R;\quad "
    r"\hat g\in\partial f(x_0)\ \text{does not make } f\text{ differentiable}",
    hypotheses="single functions, not compositions of them",
    notes="Deep feedforward networks: back-propagation",
    book="6.3, 6.5",
    truth=TRUE,
    bound="exact; averages over ties and slopes that no format holds have their roundings (Clarke 1983, section 2.1)",
)
@for_all(at=kinks())
def nondifferentiable_points_conventions(subject: Subject, at: Kink) -> Iterator[Check]:
    """About ninety functions at the ends of their pieces, at the neighbours of these, at infinities, at ties of every
    multiplicity, and norms of matrices at singular values that are equal or 0: what reverse mode returns is in Clarke's
    subdifferential, and what forward mode returns along a direction lies between the one-sided derivatives. Where a
    function is differentiable that is its derivative.
    """
    x, g, u = values(at.x), returned(subject, at), subject.format.u
    yield holds(~np.isnan(g), label=f"{at.name}: a number")
    d = reference.directions(at.name, x, g)
    along, most = reference.pairing(at.name, g, d), reference.derivative(at.name, x, d)
    yield at_most(*(np.moveaxis(a, 0, 1) for a in (along, most, reference.slack(at.name, g, d, u))), label=at.name)
    if at.name in NO_FORWARD_MODE:
        return
    place = np.arange(x.shape[-1])
    d = np.where(place % 2, -1.0, 1.0) * 2.0 ** (place % 3) * np.ones(x.shape)
    tangent = evaluated(subject, at, at.x, subject.tensor(d))
    room = reference.forward_slack(at.name, x, d, u)
    yield at_most(tangent, reference.derivative(at.name, x, d), room, label=f"{at.name}: forward mode")
    yield at_most(-tangent, reference.derivative(at.name, x, -d), room, label=f"{at.name}: forward mode")


@refutation(
    nondifferentiable_points_conventions, "The same function has the same derivative at 0 however it is written."
)
@for_all(at=only(Pieces("abs", 3), Pieces("abs", 17)))
def spellings_of_the_magnitude_agree(subject: Subject, at: Kink) -> Iterator[Check]:
    """For |x| abs returns 0 at 0, fmax(x, -x) 1 and where(x > 0, x, -x) -1."""
    yield equal(returned(subject, at), returned(subject, at._replace(name="where(x > 0, x, -x)")))


@refutation(
    nondifferentiable_points_conventions, "The gradient of a maximum is shared equally among the entries that tie."
)
@for_all(at=only(Ties("max of dim", 3), Ties("max of dim", 7)))
def ties_share_the_gradient(subject: Subject, at: Kink) -> Iterator[Check]:
    """The maximum along an axis gives all of it to one of them; amax shares it."""
    tied = reference.active(at.name, values(at.x))
    yield holds((returned(subject, at) > 0) == tied)


@refutation(nondifferentiable_points_conventions, "The gradient of a maximum goes to one of the entries that tie.")
@for_all(at=only(Ties("amax", 3), Ties("amax", 7)))
def ties_have_one_winner(subject: Subject, at: Kink) -> Iterator[Check]:
    """amax shares it equally."""
    yield holds((returned(subject, at) > 0).sum(-1) == 1)


@refutation(nondifferentiable_points_conventions, "Where the derivative is undefined NaN is returned.")
@for_all(at=only(Pieces("abs", 3), Pieces("abs", 17)))
def nan_says_undefined(subject: Subject, at: Kink) -> Iterator[Check]:
    """abs returns 0 at 0."""
    yield holds(np.isnan(returned(subject, at)) | (values(at.x) != 0))


@refutation(nondifferentiable_points_conventions, "Forward and reverse mode return the same at a kink.")
@for_all(at=only(Pieces("prelu", 3), Pieces("prelu", 17)))
def both_modes_have_one_convention(subject: Subject, at: Kink) -> Iterator[Check]:
    """At 0 forward mode takes the slope 1 for prelu, reverse mode that of negative numbers."""
    yield equal(evaluated(subject, at, at.x, torch.ones_like(at.x)), returned(subject, at))


@refutation(nondifferentiable_points_conventions, "A point at which a number is returned is one of differentiability.")
@for_all(at=only(Pieces("hardtanh", 3), Pieces("hardtanh", 17)))
def a_number_means_differentiable(subject: Subject, at: Kink) -> Iterator[Check]:
    """At the ends of hardtanh the slopes on both sides are 0 and 1, and 0 is returned."""
    left, right = reference.one_sided(at.name, values(at.x))
    yield holds(np.isnan(returned(subject, at)) | (left == right))
