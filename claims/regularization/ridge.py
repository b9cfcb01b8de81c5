"""Ridge regression: what noise and outliers in the targets do to the weights."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from torch import Tensor

from claims import FALSE_AS_STATED, UNDER_HYPOTHESES, at_most, claim, equal, for_all, holds, refutation, values, within
from claims.frame.checks import Check
from claims.frame.inputs.pseudoinverse_limit import Penalised, Penalty, penalties
from claims.frame.inputs.spectra import only
from claims.frame.inputs.systems import ExactRank
from claims.frame.subject import Subject
from reference.linear_algebra import pseudoinverse_limit
from reference.linear_algebra.pseudoinverse import OWN
from reference.regularization import ridge as reference
from reference.truth import Truth

FEW = 4
"""Exact errors of so many estimators are compared."""
OUTLIERS = (1.0, 2.0**10, 2.0**40)


def amplification(subject: Subject, given: Penalised) -> reference.Amplification:
    """The exact norm of the matrix that takes targets to weights, with the bound for this subject."""
    exact = pseudoinverse_limit.regularised(values(given.A), values(given.alpha))
    return reference.amplification(exact, subject.arithmetic("tikhonov_inverse"), subject.arithmetic("norm_spectral"))


def estimator(subject: Subject, given: Penalised, exact: reference.Amplification) -> Tensor | None:
    """That matrix; None if it has no entries, or where rounding may make a Gram matrix singular."""
    if not given.A.numel() or not np.isfinite(exact.truth.bound).all():
        return None
    estimate: Tensor = subject.tikhonov_inverse(given.A, given.alpha)
    return estimate


def moved(subject: Subject, estimate: Tensor, size: float) -> Tensor:
    """What an outlier of that size in the first target adds to the weights."""
    outlier = np.zeros((len(estimate), estimate.shape[-1], 1))
    outlier[:, 0] = size
    change: Tensor = subject.matmul(estimate, subject.tensor(outlier))[..., 0]
    return change


@claim(
    title="Ridge amplifies noise in the targets by at most 1/(2 sqrt lambda), but an outlier has unbounded influence",
    statement=r"\|(X^\top X+\lambda I)^{-1}X^\top\|_2=\max_i\frac{d_i}{d_i^2+\lambda}\le\frac1{2\sqrt\lambda},\quad "
    r"w(y+Me_i)-w(y)=M\,(X^\top X+\lambda I)^{-1}X^\top e_i",
    hypotheses="squared loss, lambda > 0",
    notes="Regularisation: less complex models resist noise and outliers",
    book="7.1.1",
    truth=FALSE_AS_STATED,
    correction="Noise is amplified less, but the weights are linear in the targets: an outlier of size M moves them by "
    "M times a fixed vector.",
    bound="the bound of (A^T A + alpha I)^-1 A^T (ASNA 9.4; calibrated) and BND-SVD; outliers of powers of two exact",
)
@for_all(given=penalties())
def ridge_noise_sensitivity(subject: Subject, given: Penalised) -> Iterator[Check]:
    """The spectral norm of the computed estimator against that of the exact rational one, and against 1/(2 sqrt
    lambda). Outliers up to 2^40 in one target move the weights exactly in proportion.
    """
    exact = amplification(subject, given)
    yield at_most(exact.truth.value, exact.largest * (1 + OWN), label="of the exact estimator")
    estimate = estimator(subject, given, exact)
    if estimate is None:
        return
    norm = subject.norm_spectral(estimate)
    yield within(norm, exact.truth, label="amplification")
    yield at_most(norm, exact.largest, exact.truth.bound, label="at most 1 / (2 sqrt lambda)")
    once = values(estimate)[..., 0]
    if np.abs(once).max(initial=0.0) * OUTLIERS[-1] < subject.format.largest:
        for size in OUTLIERS:
            yield equal(moved(subject, estimate, size), size * once, label=f"outlier of size {size:g}")


@refutation(ridge_noise_sensitivity, "The influence of an outlier is bounded, however large it is.")
@for_all(given=only(Penalty(ExactRank(2, 2))))
def influence_of_outliers_is_bounded(subject: Subject, given: Penalised) -> Iterator[Check]:
    """It is M times a column of the estimator."""
    exact = amplification(subject, given)
    estimate = estimator(subject, given, exact)
    if estimate is not None:
        change = np.linalg.norm(values(moved(subject, estimate, OUTLIERS[-1])), axis=-1)
        yield at_most(change, np.full(len(change), 1e6))


@refutation(ridge_noise_sensitivity, r"\|(X^\top X+\lambda I)^{-1}X^\top\|_2=\frac1{2\sqrt\lambda}")
@for_all(given=only(Penalty(ExactRank(2, 2))))
def amplification_attains_its_bound(subject: Subject, given: Penalised) -> Iterator[Check]:
    """Only if the root of lambda is a singular value."""
    exact = amplification(subject, given)
    estimate = estimator(subject, given, exact)
    if estimate is not None:
        yield within(subject.norm_spectral(estimate), Truth(exact.largest, exact.truth.bound))


@refutation(ridge_noise_sensitivity, r"\|(X^\top X+\lambda I)^{-1}X^\top\|_2\le\frac1\lambda")
@for_all(given=only(Penalty(ExactRank(2, 2), "large")))
def amplification_is_at_most_the_inverse_penalty(subject: Subject, given: Penalised) -> Iterator[Check]:
    """For large lambda it is d / lambda."""
    exact = amplification(subject, given)
    estimate = estimator(subject, given, exact)
    if estimate is not None:
        yield at_most(subject.norm_spectral(estimate), 1 / values(given.alpha), exact.truth.bound)


def weights(given: Penalised) -> np.ndarray:
    """True weights 1, 2, ..., n for every matrix."""
    return np.broadcast_to(1.0 + np.arange(given.A.shape[-1]), (len(given.alpha), given.A.shape[-1]))


@claim(
    title="Some positive ridge penalty has a smaller mean squared error than least squares",
    statement=r"\operatorname{MSE}(\lambda)=\sum_i\frac{\sigma^2d_i^2+\lambda^2\alpha_i^2}{(d_i^2+\lambda)^2}"
    r"<\operatorname{MSE}(0),\quad0<\lambda<2\sigma^2/\|w\|^2\le2\sigma^2/\max_i\alpha_i^2",
    hypotheses="a linear model of full column rank, uncorrelated noise of equal variance sigma^2 > 0",
    notes="Regularisation: regularisation improves generalisation",
    book="5.4, 7.1",
    truth=UNDER_HYPOTHESES,
    correction="Not every penalty helps: the bias of large ones exceeds what they save in variance.",
    bound="the errors of (A^T A + alpha I)^-1 A^T (ASNA 9.4; calibrated) and of pinv (BND-SVD), through the squares",
)
@for_all(given=penalties())
def ridge_mean_squared_error_existence(subject: Subject, given: Penalised) -> Iterator[Check]:
    """The error of torch's estimators, variance and bias, against that of the exact rational ones, at half of the
    threshold: the variance is lambda ||w||^2. The exact errors are strictly ordered.
    """
    a, alpha, w = values(given.A), values(given.alpha), weights(given)
    variance, exact = alpha * (w**2).sum(-1), pseudoinverse_limit.regularised(a, alpha)
    risk = reference.risk(exact, a, w, variance, subject.arithmetic("tikhonov_inverse"), subject.arithmetic("pinv"))
    full = (exact.inverses.rank == a.shape[-1]) & (alpha > 0)
    if a.shape[-1]:
        few = slice(FEW)
        yield holds(reference.improves(a[few], alpha[few], w[few]), where=full[few], label="of the exact estimators")
    if a.size and full.all() and np.isfinite(risk.ridge.bound).all():
        ridge, inverse = values(subject.tikhonov_inverse(given.A, given.alpha)), values(subject.pinv(given.A))
        found = (reference.mean_squared_error(x, a, w, variance) for x in (ridge, inverse))
        for error, truth, label in zip(found, risk, ("ridge", "least squares"), strict=True):
            yield within(error, truth, where=np.isfinite(truth.bound), label=label)


@refutation(ridge_mean_squared_error_existence, "Every positive penalty helps.")
@for_all(given=only(Penalty(ExactRank(2, 2), "large")))
def every_penalty_helps(subject: Subject, given: Penalised) -> Iterator[Check]:
    """With little noise a large penalty only adds bias."""
    a, w, variance = values(given.A), weights(given), np.full(len(given.alpha), 2.0**-10)
    ridge, inverse = values(subject.tikhonov_inverse(given.A, given.alpha)), values(subject.pinv(given.A))
    errors = [reference.mean_squared_error(x, a, w, variance) for x in (ridge, inverse)]
    yield at_most(errors[0], errors[1])


@refutation(ridge_mean_squared_error_existence, r"\lambda=\sigma^2\text{ is optimal}")
@for_all(given=only(Penalty(ExactRank(2, 2))))
def the_variance_is_the_best_penalty(subject: Subject, given: Penalised) -> Iterator[Check]:
    """Large weights need a smaller one."""
    a, w, variance = values(given.A), weights(given), values(given.alpha)
    errors = [
        reference.mean_squared_error(values(subject.tikhonov_inverse(given.A, penalty)), a, w, variance)
        for penalty in (given.alpha, given.alpha / 4)
    ]
    yield at_most(errors[0], errors[1], 1e-3 * errors[1])
