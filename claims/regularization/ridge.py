"""Ridge regression: what noise and outliers in the targets do to the weights."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from torch import Tensor

from claims import FALSE_AS_STATED, at_most, claim, equal, for_all, refutation, values, within
from claims.frame.checks import Check
from claims.frame.inputs.pseudoinverse_limit import Penalised, Penalty, penalties
from claims.frame.inputs.spectra import only
from claims.frame.inputs.systems import ExactRank
from claims.frame.subject import Subject
from reference.linear_algebra import pseudoinverse_limit
from reference.linear_algebra.pseudoinverse import OWN
from reference.regularization import ridge as reference
from reference.truth import Truth

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
