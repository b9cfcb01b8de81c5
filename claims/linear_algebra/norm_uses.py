"""Norms at work: condition numbers of every order, norms of windows, and vectors scaled into a ball."""

from __future__ import annotations

import math
from collections.abc import Iterator

import numpy as np
from torch import Tensor

from claims import TRUE, UNDER_HYPOTHESES, at_most, claim, equal, for_all, holds, refutation, values, within
from claims.frame.checks import Check
from claims.frame.inputs.decomposition_spellings import Weighted, full_rank_matrices
from claims.frame.inputs.norm_uses import Signal, Windowed, signals
from claims.frame.inputs.spectra import only
from claims.frame.subject import Subject
from reference.linear_algebra import norm_uses as reference
from reference.linear_algebra.norms import norm, pow_ulps
from reference.linear_algebra.pseudoinverse import pseudoinverses
from reference.truth import Truth

ORDERS: tuple[reference.Order, ...] = ("fro", "nuc", 1, -1, math.inf, -math.inf)


@claim(
    title="The condition number is the product of the norms of a matrix and its inverse",
    statement=r"\kappa_p(A)=\|A\|_p\|A^{-1}\|_p,\quad\kappa_2(A)=\sigma_1/\sigma_{\min},\quad "
    r"p\in\{F,*,1,\infty\}:\ \kappa_p\ge1",
    hypotheses="A nonsingular, or of full rank for p = 2; in orders -1, -2 and -inf least take the place of largest",
    notes="Linear algebra: norms, inverse",
    book="4.2",
    truth=UNDER_HYPOTHESES,
    bound="sqrt(n) times the error of the inverse (ASNA theorem 9.4; calibrated), gamma_{n+4}; BND-SVD for p = 2, -2",
)
@for_all(A=full_rank_matrices())
def condition_number_orders(subject: Subject, A: Tensor) -> Iterator[Check]:
    """torch.linalg.cond in all its orders, with the rational inverse; no norm gives less than 1 beyond rounding."""
    a, how = values(A), subject.arithmetic("cond")
    for p in (2, -2):
        truth = reference.condition_by_values(a, p, how)
        yield within(subject.cond(A, p=p), truth, where=np.isfinite(truth.bound), label=f"order {p}")
    yield equal(subject.cond(A), values(subject.cond(A, p=2)), label="without an order it is 2")
    if A.shape[-1] == A.shape[-2]:
        inverses = pseudoinverses(a)
        for order in ORDERS:
            truth = reference.condition(a, inverses, order, how)
            finite, found = np.isfinite(truth.bound), subject.cond(A, p=order)
            yield within(found, truth, where=finite, label=f"order {order}")
            if order in ("fro", "nuc", 1, math.inf):
                yield at_most(np.ones(len(a)), found, truth.bound, where=finite, label=f"order {order}: at least 1")


@refutation(condition_number_orders, r"\kappa_F(I)=1")
@for_all(A=only(Weighted(3, 3)))
def identity_has_condition_one_in_every_norm(subject: Subject, A: Tensor) -> Iterator[Check]:
    """The Frobenius norm of the identity is the root of n, so that its condition is n."""
    identity = subject.tensor(np.broadcast_to(np.eye(3), A.shape))
    yield equal(subject.cond(identity, p="fro"), np.ones(len(A)))


@refutation(condition_number_orders, r"\kappa_{-1}(A)\ge1")
@for_all(A=only(Weighted(3, 3)))
def least_sums_give_a_condition_too(subject: Subject, A: Tensor) -> Iterator[Check]:
    """The least column sums of diag(1, 2, 4) and its inverse are 1 and 1/4."""
    diagonal = subject.tensor(np.broadcast_to(np.diag([1.0, 2.0, 4.0]), A.shape))
    yield at_most(np.full(len(A), 0.99), subject.cond(diagonal, p=-1))


@claim(
    title="Power-average pooling takes the p-norm of every window",
    statement=r"y_k=\Big(\sum_{i\in W_k}x_i^p\Big)^{1/p}=\|x_{W_k}\|_p",
    hypotheses="entries not negative, or p even: torch takes powers of signed entries; p = inf takes magnitudes",
    correction="for odd p and entries of both signs the sum cancels, and no norm is returned",
    notes="Linear algebra: norms",
    book="2.5, 9.3",
    truth=UNDER_HYPOTHESES,
    bound="BND-LP with stored powers, mean and product; exact for p = inf",
)
@for_all(signal=signals())
def pooled_windows_have_norms(subject: Subject, signal: Windowed) -> Iterator[Check]:
    """F.lp_pool1d with windows side by side against exact norms; of magnitudes where p is odd."""
    x, p, size = signal
    entries = subject.abs(x) if p in (1, 3) else x
    how = subject.arithmetic("pooled_norms")
    truth = reference.window_norms(values(entries), p, size, how, pow_error=pow_ulps(subject.device))
    found = subject.pooled_norms(entries, p, size)
    yield holds(found.shape == truth.value.shape, label="as many as whole windows")
    if found.shape == truth.value.shape:
        yield within(found, truth, where=np.isfinite(truth.bound).all(-1), label=f"order {p:g}")


@refutation(pooled_windows_have_norms, "Pooling with p = 1 sums magnitudes.")
@for_all(signal=only(Signal(6, 3, "1")))
def pooling_of_order_one_sums_magnitudes(subject: Subject, signal: Windowed) -> Iterator[Check]:
    """It sums signed entries."""
    x, p, size = signal
    total = np.abs(values(x)).reshape(len(x), -1, size).sum(-1)
    yield within(subject.pooled_norms(x, p, size), Truth(total, np.full(total.shape, 0.01)))


@refutation(pooled_windows_have_norms, "Pooling averages: it is the root of the mean of p-th powers.")
@for_all(signal=only(Signal(6, 3, "2")))
def pooling_averages_powers(subject: Subject, signal: Windowed) -> Iterator[Check]:
    """The mean is multiplied by the size of the window."""
    x, p, size = signal
    mean = np.sqrt((values(x).reshape(len(x), -1, size) ** 2).mean(-1))
    yield within(subject.pooled_norms(x, p, size), Truth(mean, np.full(mean.shape, 0.1)))


@claim(
    title="Renormalisation scales a vector that is too long back to the ball, and leaves others as they are",
    statement=r"\|x\|_p\le r\Rightarrow y=x;\qquad\|x\|_p>r\Rightarrow y=\frac{r}{\|x\|_p}x,\ \|y\|_p=r",
    hypotheses="torch divides by the norm plus 1e-7, so that y is a little shorter",
    notes="Linear algebra: norms",
    book="2.5, 7.2",
    truth=TRUE,
    bound="exact inside; else between r / (||x|| + 1e-7) and r / ||x||, BND-LP of the norm and four roundings",
)
@for_all(signal=signals())
def renormalisation_to_a_ball(subject: Subject, signal: Windowed) -> Iterator[Check]:
    """torch.renorm of rows with radii below, among and above the norms; the norm of what results is at most r."""
    x, p, _ = signal
    if p == math.inf:
        return
    how, error = subject.arithmetic("renormed"), pow_ulps(subject.device)
    for radius in (0.5, 2.0, 64.0):
        truth = reference.renormed(values(x), p, radius, how, pow_error=error)
        finite = np.isfinite(truth.bound).all(-1)
        y = subject.renormed(x, p, radius)
        yield within(y, truth, where=finite, label=f"radius {radius:g}")
        length, slack = norm(values(y), p, how, pow_error=error)
        reached = (truth.bound.sum(-1) if p == 1 else np.sqrt((truth.bound**2).sum(-1))) + 4 * slack
        yield at_most(length, np.full(len(length), radius), reached, where=finite, label=f"norm at most {radius:g}")


@refutation(renormalisation_to_a_ball, "Every vector gets the norm r.")
@for_all(signal=only(Signal(4, 1, "2")))
def every_vector_reaches_the_sphere(subject: Subject, signal: Windowed) -> Iterator[Check]:
    x = signal.x
    length = np.linalg.norm(values(subject.renormed(x, 2.0, 64.0)), axis=-1)
    yield within(length, Truth(np.full(len(x), 64.0), np.full(len(x), 1.0)))


@refutation(renormalisation_to_a_ball, "A vector that is too long gets the norm r up to rounding.", dtypes=("float64",))
@for_all(signal=only(Signal(4, 1, "2", "normal")))
def long_vectors_reach_the_sphere_up_to_rounding(subject: Subject, signal: Windowed) -> Iterator[Check]:
    """1e-7 is far more than float64's rounding."""
    x = values(signal.x)
    length = np.linalg.norm(values(subject.renormed(signal.x, 2.0, 0.5)), axis=-1)
    long = np.linalg.norm(x, axis=-1) > 1
    yield within(length, Truth(np.full(len(x), 0.5), np.full(len(x), 2.0**-45)), where=long)
