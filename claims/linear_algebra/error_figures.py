"""Figures of errors: how they grow with the number of terms, and with the condition of a system."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray
from torch import Tensor

from claims import Curve, Panel, Panels, figure, values
from claims.frame.figures import BOUND, POINTS
from claims.frame.subject import Subject
from claims.linear_algebra.inner_products import squared_l2_norm_dot_product
from claims.linear_algebra.norm_uses import condition_number_orders
from reference.bounds import dot_truth
from reference.bounds.sums import sum_truth
from reference.linear_algebra.pseudoinverse import inverse_truth, pseudoinverses
from reference.truth import Truth

Float64 = NDArray[np.float64]
Measured = Callable[[Subject, Tensor, Tensor], tuple[Tensor, Truth]]

SEED, INSTANCES, ORDER = 7, 64, 8
LENGTHS = [2**k for k in range(1, 15)]
CONDITIONS = [10.0 ** (k / 2) for k in range(13)]


def summed(subject: Subject, x: Tensor, _: Tensor) -> tuple[Tensor, Truth]:
    """Sums of x (instances, n)."""
    return subject.sum(x, dim=-1), sum_truth(values(x), subject.arithmetic("sum"))


def dotted(subject: Subject, x: Tensor, y: Tensor) -> tuple[Tensor, Truth]:
    """Inner products of x and y (instances, n), one by one."""
    return subject.dot(x, y), dot_truth(values(x), values(y), subject.arithmetic("dot"))


def multiplied(subject: Subject, x: Tensor, y: Tensor) -> tuple[Tensor, Truth]:
    """The entries of a product of two matrices whose rows and columns are x and y; (instances,)."""
    a, b = x[:ORDER], y[:ORDER]
    truth = dot_truth(values(a)[:, None, :], values(b)[None, :, :], subject.arithmetic("matmul"))
    return subject.matmul(a, b.mT).flatten(), Truth(truth.value.ravel(), truth.bound.ravel())


def growth(subject: Subject, measure: Measured) -> Panel:
    """The worst and the mean error over 64 instances, and the bound, in units of u sum|x_i| or u |x|.|y|."""
    rng = np.random.default_rng(SEED)
    worst, mean, bound = [], [], []
    for n in LENGTHS:
        x, y = (subject.tensor(subject.format.round(rng.uniform(0.5, 1.5, (INSTANCES, n)))) for _ in range(2))
        found, truth = measure(subject, x, y)
        unit = subject.format.u * np.abs(truth.value)  # all terms are positive
        errors = np.abs(values(found) - truth.value) / unit
        worst.append(float(errors.max()))
        mean.append(float(errors.mean()))
        bound.append(float((truth.bound / unit).max()))
    lengths = list(map(float, LENGTHS))
    return Panel(
        {
            "worst error": Curve(worst, lengths, POINTS),
            "mean error": Curve(mean, lengths),
            "√n": Curve(np.sqrt(lengths).tolist(), lengths),
            "bound": Curve(bound, lengths, BOUND),
        }
    )


@figure(
    squared_l2_norm_dot_product,
    title="Error against the number of terms, of positive terms",
    x="terms n",
    y="error, in units of u times the exact value",
    logarithmic="xy",
)
def errors_by_length(subject: Subject) -> Panels:
    """The bound grows as n and holds for every order of summation. The errors stay far below it: those of one running
    sum grow about as √n, and those of a kernel that keeps many partial sums hardly at all.
    """
    return {name: growth(subject, way) for name, way in {"sum": summed, "dot": dotted, "matmul": multiplied}.items()}


@figure(
    condition_number_orders,
    title="Error of a solution against the condition number, 6 × 6",
    x="condition number κ₂(A)",
    y="‖x̂ − x‖ ÷ ‖x‖",
    logarithmic="xy",
)
def errors_by_condition(subject: Subject) -> Panels:
    """Solutions of A x = b with prescribed singular values lose as many digits as κ has: the errors rise in
    proportion to u κ and never reach the bound, which promises nothing any more where it leaves the picture.
    """
    rng, n = np.random.default_rng(SEED), 6
    errors, kappas, bounds = [], [], []
    for kappa in CONDITIONS:
        left, right = (np.linalg.qr(rng.standard_normal((8, n, n)))[0] for _ in range(2))
        spectrum = kappa ** -np.linspace(0.0, 1.0, n)
        a = subject.format.round(left * spectrum @ right)
        b = subject.format.round(rng.standard_normal((8, n, 1)))
        inverses = pseudoinverses(a)
        exact = inverses.value @ b
        size = np.linalg.norm(exact, axis=(1, 2))
        found = values(subject.solve(subject.tensor(a), subject.tensor(b)))
        errors.append(np.linalg.norm(found - exact, axis=(1, 2)) / size)
        kappas.append(np.linalg.cond(a))
        off = inverse_truth(inverses, subject.arithmetic("solve")).bound
        bounds.append(float((off * np.linalg.norm(b, axis=(1, 2)) / size).max()))
    across = np.concatenate(kappas)
    return {
        "": Panel(
            {
                "error": Curve(np.concatenate(errors).tolist(), across.tolist(), POINTS),
                "u κ": Curve([subject.format.u * k for k in CONDITIONS], CONDITIONS),
                "bound": Curve(bounds, CONDITIONS, BOUND),
            }
        )
    }
