"""Derivatives of functions of complex numbers, and the convention for their gradients."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from claims import UNDER_HYPOTHESES, claim, for_all, refutation, values, within
from claims.autodiff.modes import BOUND, WIDE, by, cotangent, derivative, first, higher
from claims.frame.checks import Check
from claims.frame.inputs.complex_functions import COMPLEX_FUNCTIONS
from claims.frame.inputs.differentiated import Differentiated, Point, differentiated
from claims.frame.inputs.functions import called
from claims.frame.inputs.spectra import only
from claims.frame.subject import Subject
from reference.autodiff import complex_numbers as reference
from reference.truth import Truth


def complex_of(t: Tensor) -> NDArray[np.complex128]:
    """The complex numbers (batch, n) of their parts (batch, 2 n)."""
    numbers = values(t)
    return np.asarray(numbers[:, ::2] + 1j * numbers[:, 1::2])


def gradient(subject: Subject, point: Point) -> NDArray[np.complex128]:
    """What reverse mode returns for complex z, (batch, n)."""
    z = torch.view_as_complex(point.x.reshape(len(point.x), -1, 2).contiguous()).requires_grad_()
    f = called(subject, point.row)
    y = torch.stack([f(torch.view_as_real(row).reshape(-1)) for row in z])
    return np.asarray(values(subject.gradient(y, z, cotangent(point, y).contiguous())), np.complex128)


@claim(
    title="The gradient by complex numbers is dL/da + i dL/db; holomorphic functions pull cotangents back by the "
    "conjugate of their derivative",
    statement=r"\nabla_zL=\frac{\partial L}{\partial a}+i\frac{\partial L}{\partial b}"
    r"=2\,\frac{\partial L}{\partial\bar z},\quad z=a+ib;\qquad "
    r"\operatorname{VJP}_f(z,v)=\overline{\frac{\partial f}{\partial z}}\,v"
    r"+\frac{\partial f}{\partial\bar z}\,\bar v,\quad "
    r"\operatorname{Re}\langle v,\operatorname{JVP}_f(z,u)\rangle"
    r"=\operatorname{Re}\langle\operatorname{VJP}_f(z,v),u\rangle",
    hypotheses="f is differentiable as a function of the parts",
    notes="Regularisation: automatic differentiation; Jacobian matrices",
    book="6.5.9; 4.3.1",
    truth=UNDER_HYPOTHESES,
    bound=BOUND,
)
@for_all(point=differentiated(COMPLEX_FUNCTIONS, [1]))
def adjoint_identity_of_complex_functions(subject: Subject, point: Point) -> Iterator[Check]:
    """Holomorphic functions and real ones of complex numbers and matrices: every way to the derivative by the parts,
    and the gradient by the complex numbers themselves.
    """
    yield from first(subject, point)
    found = reference.pairing(gradient(subject, point), complex_of(point.directions[0]))
    yield within(found, derivative(subject, point), label=f"{point.name}: by z")


@refutation(
    adjoint_identity_of_complex_functions,
    r"\operatorname{VJP}_f(z,v)=f'(z)\,v,\text{ without the conjugate}",
    dtypes=WIDE,
)
@for_all(point=only(Differentiated("complex exp", 1, ("vjp",))))
def cotangents_go_by_the_derivative(subject: Subject, point: Point) -> Iterator[Check]:
    """That is the transpose of multiplication by f'(z), not its adjoint."""
    z, u = complex_of(point.x), complex_of(point.directions[0])
    v = complex_of(point.cotangent)[:, : z.shape[1]]
    moved = reference.pairing(np.exp(z) * v, u)
    yield within(reference.pairing(gradient(subject, point), u), Truth(moved, derivative(subject, point).bound))


@refutation(
    adjoint_identity_of_complex_functions,
    r"\nabla_zL=\frac{\partial L}{\partial a}-i\frac{\partial L}{\partial b}",
    dtypes=WIDE,
)
@for_all(point=only(Differentiated("absolute value", 1, ("vjp",))))
def gradients_are_conjugate(subject: Subject, point: Point) -> Iterator[Check]:
    """That is twice the derivative by z; down the hill leads the one by its conjugate."""
    found = reference.pairing(np.conj(gradient(subject, point)), complex_of(point.directions[0]))
    yield within(found, derivative(subject, point))


@claim(
    title="Modes nest for functions of complex numbers",
    statement=r"D^2f(z)[u,v]=f''(z)\,uv\ \text{for holomorphic } f\text{, and the like, by every nesting}",
    hypotheses="f has two continuous derivatives by the parts",
    notes="Hessian matrices; Regularisation: automatic differentiation",
    book="4.3.1; 6.5.10",
    truth=UNDER_HYPOTHESES,
    bound=BOUND,
)
@for_all(point=differentiated(COMPLEX_FUNCTIONS, [2]))
def derivatives_of_complex_functions_in_every_nesting(subject: Subject, point: Point) -> Iterator[Check]:
    """Ten ways to the second derivative by the parts."""
    yield from higher(subject, point)


@refutation(derivatives_of_complex_functions_in_every_nesting, r"D^2f(z)[u,v]=f''(z)\,u\bar v", dtypes=WIDE)
@for_all(point=only(Differentiated("complex exp", 2, ("rr",))))
def second_derivatives_are_sesquilinear(subject: Subject, point: Point) -> Iterator[Check]:
    """They are bilinear."""
    z, u, v = (complex_of(t) for t in (point.x, *point.directions))
    c = complex_of(point.cotangent)[:, : z.shape[1]]
    moved = reference.pairing(c, np.exp(z) * u * np.conj(v))
    yield within(by(subject, point, ("rr",))[0], Truth(moved, derivative(subject, point).bound))
