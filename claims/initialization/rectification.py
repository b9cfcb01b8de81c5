"""What a rectifier leaves of a signal and of a gradient: half of the second moment, hence He's gain."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import torch
from torch import Tensor

from claims import TRUE, at_most, claim, equal, for_all, holds, refutation, values, within
from claims.frame.checks import Check
from claims.frame.inputs.every_number import AnyNumbers, every_number
from claims.frame.inputs.spectra import only
from claims.frame.subject import Subject
from reference.initialization import rectification as reference

SPELLINGS: dict[str, tuple[float, ...]] = {
    "relu": (),
    "relu_method": (),
    "relu_module": (),
    "relu_": (),
    "clamp_min": (0.0,),
    "clamp": (0.0,),
    "threshold": (0.0, 0.0),
}
"""Operations with the arguments that make rectifiers of them."""


def both_sides(subject: Subject, z: Tensor, name: str = "relu") -> tuple[Tensor, Tensor]:
    """max(z, 0) and max(-z, 0)."""
    rectifier, how = getattr(subject, name), SPELLINGS[name]
    return rectifier(z, *how), rectifier(-z, *how)


@claim(
    title="A ReLU halves the second moment of a symmetric signal, and of its gradient",
    statement=r"z=z^+-z^-,\ z^2=(z^+)^2+(z^-)^2,\ z^\pm=\max(\pm z,0)\quad\Rightarrow\quad"
    r"\mathbb{E}[(z^+)^2]=\tfrac12\mathbb{E}[z^2],\ \mathbb{E}[\mathbf{1}_{z>0}]=\tfrac12\mathbb{P}(z\ne0)",
    hypotheses="z and -z have the same law",
    notes="Numerical stability and initialization: Xavier (real networks have activations)",
    book="8.4",
    truth=TRUE,
    bound="exact, bit by bit, in every format: one of the two squares is 0; BND-SUM for the moment",
)
@for_all(z=every_number())
def relu_half_second_moment(subject: Subject, z: Tensor) -> Iterator[Check]:
    """Every spelling of the rectifier on z and on -z, whose difference is z and whose squares add up to z^2; of the
    gradient exactly one of the two lets a slope pass; at 0 it is one between 0 and 1. A signal that is z or -z keeps
    half of its sum of squares, so that He's gain sqrt 2 restores it.
    """
    x = values(z)
    square = values(subject.multiply(z, z))
    for name in SPELLINGS:
        positive, negative = both_sides(subject, z, name)
        yield equal(positive, np.maximum(x, 0.0), label=name)
        yield equal(subject.subtract(positive, negative), x, label=f"{name}(z) - {name}(-z)")
        sides = (subject.multiply(side, side) for side in (positive, negative))
        yield equal(subject.add(*sides), square, label=f"{name}: squares")
        passed = sum(values(slope(subject, side, name)) for side in (z, -z))
        yield holds(np.where(x != 0, passed == 1, (passed >= 0) & (passed <= 2)), label=f"{name}: slopes")
    truth = reference.half_of_all_squares(square, subject.arithmetic("sum"))
    both = torch.cat(both_sides(subject, z), -1)  # a signal that takes z and -z equally often
    kept = subject.sum(subject.multiply(both, both), dim=-1)
    yield within(kept, truth, where=np.isfinite(truth.bound), label="half of the second moment")
    yield holds(subject.calculate_gain("relu") == reference.HE_GAIN, label="He's gain")


def slope(subject: Subject, z: Tensor, name: str) -> Tensor:
    """The derivative of the rectifier by reverse mode."""
    leaf = z.detach().clone().requires_grad_()
    y = getattr(subject, name)(leaf, *SPELLINGS[name])
    return subject.gradient(y, leaf, torch.ones_like(y))


@refutation(relu_half_second_moment, r"\mathbb{E}[z^+]=\tfrac12\mathbb{E}[z]")
@for_all(z=only(AnyNumbers(3)))
def half_of_the_mean_is_kept(subject: Subject, z: Tensor) -> Iterator[Check]:
    """The mean of z and -z is 0, that of their rectified values is half of |z|."""
    positive, negative = both_sides(subject, z)
    yield at_most(values(positive) + values(negative), np.zeros(z.shape))


@refutation(relu_half_second_moment, r"\mathbb{E}[(z^+)^2]=\tfrac12\mathbb{E}[z^2]\text{ for every }z")
@for_all(z=only(AnyNumbers(3)))
def half_of_the_second_moment_whatever_the_law(subject: Subject, z: Tensor) -> Iterator[Check]:
    """A positive signal keeps all of it, a negative one nothing."""
    positive, _ = both_sides(subject, z)
    square = values(subject.multiply(z, z))
    yield equal(2 * values(subject.multiply(positive, positive)).sum(-1), square.sum(-1))


@refutation(relu_half_second_moment, "A leaky rectifier has the same gain.")
@for_all(z=only(AnyNumbers(3)))
def leaky_rectifiers_halve_it_too(subject: Subject, z: Tensor) -> Iterator[Check]:
    """It keeps (1 + a^2) / 2, so that the gain is sqrt(2 / (1 + a^2)); here a = 1/2."""
    sides = (subject.leaky_relu(side, 0.5) for side in (z, -z))
    yield equal(subject.add(*(subject.multiply(side, side) for side in sides)), values(subject.multiply(z, z)))


@refutation(relu_half_second_moment, r"\operatorname{Var}(z^+)=\tfrac12\operatorname{Var}(z)")
@for_all(z=only(AnyNumbers(3)))
def half_of_the_variance_is_kept(subject: Subject, z: Tensor) -> Iterator[Check]:
    """The mean of z+ is |z| / 2, so that its variance is a quarter of that of z, which is z^2."""
    square = values(subject.multiply(z, z))
    both = np.stack([values(side) for side in both_sides(subject, z)])
    yield equal(both.var(0), square / 2)
