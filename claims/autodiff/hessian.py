"""Second derivatives: products with the Hessian, and curvatures along directions."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from claims import TRUE, at_most, claim, for_all, holds, refutation, values, within
from claims.frame.checks import Check
from claims.frame.inputs.hessians import AlongDirection, Hessian, hessians
from claims.frame.inputs.spectra import only
from claims.frame.subject import Subject
from reference.autodiff import hessian as reference
from reference.truth import Truth

WAYS = (
    "reverse over reverse",
    "gradient of the inner product",
    "forward over reverse",
    "reverse over forward",
    "hvp",
    "vhp",
    "column by column",
    "hessian",
)


@claim(
    title="The derivative of the gradient along v is the Hessian times v, without forming the Hessian; the curvature "
    "along v lies between its extreme eigenvalues",
    statement=r"\nabla(\nabla f^\top v)=Hv,\qquad \lambda_{\min}\le\frac{v^\top Hv}{v^\top v}\le\lambda_{\max}",
    hypotheses="f(x) = x^T H x / 2 - b^T x with symmetric H; v is not 0 for the curvature",
    notes="Numerical computation: Jacobian and Hessian matrices",
    book="4.3.1, 8.2.1",
    formal="Matrix.IsHermitian.spectral_theorem",
    truth=TRUE,
    bound="gamma_n(ua) |H||v| and three stored roundings (ASNA (3.5)), exact for whole numbers; curvature: "
    "gamma_3n(ua) and eight stored roundings of |v|^T |H| |v| / v^T v",
)
@for_all(at=hessians())
def hessian_vector_product(subject: Subject, at: AlongDirection) -> Iterator[Check]:
    """Eight ways: reverse mode twice, of the gradient or of its inner product with v, both mixtures of forward and
    reverse mode, autograd.functional.hvp and vhp, and two that form the Hessian. Then the curvature along v.
    """
    h, v = values(at.H), values(at.v)
    truth = reference.product(h, v, subject.arithmetic("hessian_product"))
    for way in WAYS:
        yield within(subject.hessian_product(*at, way), truth, label=way)
    nonzero = (v != 0).any(-1)
    found = np.where(nonzero, values(subject.curvature(*at)), 0.0)
    least, most, slack = reference.curvatures(h, v, subject.arithmetic("curvature"))
    yield at_most(least, found, slack, where=nonzero, label="smallest eigenvalue")
    yield at_most(found, most, slack, where=nonzero, label="largest eigenvalue")


PLAIN = only(Hessian(3, "normal"), Hessian(6, "normal"))


@refutation(hessian_vector_product, "The curvature lies between the extreme entries of the diagonal of H.")
@for_all(at=PLAIN)
def the_diagonal_bounds_the_curvature(subject: Subject, at: AlongDirection) -> Iterator[Check]:
    """It lies between the extreme eigenvalues, which are further apart."""
    diagonal = np.diagonal(values(at.H), axis1=-2, axis2=-1)
    yield at_most(values(subject.curvature(*at)), diagonal.max(-1) + 0.1, where=(values(at.v) != 0).any(-1))


@refutation(hessian_vector_product, "Hv is a multiple of v.")
@for_all(at=PLAIN)
def the_product_is_parallel(subject: Subject, at: AlongDirection) -> Iterator[Check]:
    """Only for eigenvectors."""
    v = values(at.v)
    found = values(subject.curvature(*at))[:, None] * v
    truth = Truth(found, np.full(v.shape, 0.1))
    yield within(subject.hessian_product(*at, "hvp"), truth, where=(v != 0).any(-1))


@refutation(hessian_vector_product, r"\left|(Hv)_i\right|\le\max_{jk}|H_{jk}|\,\max_k|v_k|")
@for_all(at=PLAIN)
def the_largest_entry_bounds_the_product(subject: Subject, at: AlongDirection) -> Iterator[Check]:
    """n times as much bounds it."""
    most = np.abs(values(at.H)).max((-2, -1)) * np.abs(values(at.v)).max(-1)
    yield at_most(np.abs(values(subject.hessian_product(*at, "hvp"))).max(-1), most + 0.1)


@refutation(hessian_vector_product, "The curvature is never negative.")
@for_all(at=PLAIN)
def curvature_is_never_negative(subject: Subject, at: AlongDirection) -> Iterator[Check]:
    """It is, along some direction, unless H is positive semidefinite."""
    yield holds(values(subject.curvature(*at)) >= -0.1, where=(values(at.v) != 0).any(-1))
