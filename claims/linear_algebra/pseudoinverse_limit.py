"""The pseudoinverse as a limit: Tikhonov's regularisation with a vanishing penalty."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from torch import Tensor

from claims import TRUE, at_most, claim, for_all, holds, refutation, values, within_norm
from claims.frame.checks import Check
from claims.frame.inputs.pseudoinverse_limit import Penalised, Penalty, penalties
from claims.frame.inputs.spectra import only
from claims.frame.inputs.systems import ExactRank
from claims.frame.operations.chapters.decompositions import least_squares_drivers
from claims.frame.subject import Subject
from reference.linear_algebra import pseudoinverse_limit as reference
from reference.linear_algebra.pseudoinverse import pseudoinverse_truth, spectral_norm
from reference.linear_algebra.residuals import frobenius
from reference.truth import Truth


def regularised(
    subject: Subject, given: Penalised, exact: reference.Regularised
) -> Iterator[tuple[str, Tensor, np.ndarray]]:
    """A_alpha by every formula, each with a bound on ||X - A_alpha||_F; formulas whose bound is infinite are left out.

    Beyond their bounds A^T A + alpha I may be singular in floating point: alpha is rounded away.
    """
    a = values(given.A)
    primal = reference.primal(exact, subject.arithmetic("tikhonov_inverse"))
    if np.isfinite(primal).all():
        yield "primal", subject.tikhonov_inverse(given.A, given.alpha), primal
    dual = reference.dual(exact, subject.arithmetic("dual_tikhonov_inverse"))
    if np.isfinite(dual).all():
        yield "dual", subject.dual_tikhonov_inverse(given.A, given.alpha), dual
    driver = given.driver if given.driver in least_squares_drivers(subject.device) else "gels"
    how = subject.arithmetic("least_squares")
    if a.size and exact.alpha.all():
        problem = reference.stacked(a, exact.alpha)
        if np.isfinite(reference.by_least_squares(exact, problem, exact.value, driver, how)).all():
            X = subject.least_squares(subject.tensor(problem.left), subject.tensor(problem.right), driver=driver)
            yield f"stacked, {driver}", X, reference.by_least_squares(exact, problem, values(X), driver, how)


@claim(
    title="The pseudoinverse is the limit of (A^T A + alpha I)^-1 A^T",
    statement=r"A^+=\lim_{\alpha\searrow0}A_\alpha,\ A_\alpha=(A^\top A+\alpha I)^{-1}A^\top;\quad"
    r"\|A_\alpha-A^+\|_2=\max_{\sigma_i>0}\frac{\alpha}{\sigma_i(\sigma_i^2+\alpha)}\le\alpha\|A^+\|_2^3",
    hypotheses="alpha > 0, so that the inverse exists for every A; in floating point alpha must not be rounded away",
    notes="Linear algebra: Moore-Penrose pseudoinverse",
    book="2.9, eq. 2.46",
    truth=TRUE,
    bound="LU: ||(A^T A + alpha I)^-1|| gamma (||A||_F^2 + n alpha) ||A_alpha|| (ASNA 9.4; calibrated); lstsq by Wedin",
)
@for_all(given=penalties())
def pseudoinverse_tikhonov_limit(subject: Subject, given: Penalised) -> Iterator[Check]:
    """Three formulas for A_alpha are compared with its exact rational value and with the exact A^+.

    They are the one of the notes, A^T (A A^T + alpha I)^-1, and least squares on (A; sqrt(alpha) I). Each must come as
    close to A^+ as alpha ||A^+||^3, and torch's pinv as close to A_alpha. If A is singular, rounding moves A_alpha by
    up to about u / alpha: half of the digits are what the best alpha of a sweep must give.
    """
    a = values(given.A)
    exact = reference.regularised(a, values(given.alpha))
    for name, computed, bound in regularised(subject, given, exact):
        yield holds(computed.shape == given.A.mT.shape, label=f"{name}: shape")
        if computed.shape == given.A.mT.shape:
            X = values(computed)
            yield within_norm(X, Truth(exact.value, bound), axes=2, label=f"{name}: A_alpha")
            away = spectral_norm(X - exact.inverses.value)
            yield at_most(away, exact.gap, bound + exact.own, label=f"{name}: near A+")
    truth = pseudoinverse_truth(exact.inverses, a.shape[-2], a.shape[-1], subject.arithmetic("pinv"))
    X = values(subject.pinv(given.A))
    yield within_norm(X, truth, axes=2, label="pinv")
    away = spectral_norm(X - exact.value)
    yield at_most(away, exact.gap, truth.bound, label="A_alpha near pinv")
    if exact.inverses.rank.min() > 0 and exact.inverses.rank.max() < min(a.shape[-2:]):
        how = subject.arithmetic("tikhonov_inverse")
        found = [subject.tikhonov_inverse(given.A, subject.tensor(alpha)) for alpha in reference.sweep(exact, how)]
        away = np.min([frobenius(values(X) - exact.inverses.value) for X in found], axis=0)
        yield at_most(away, 0.0 * away, reference.best_of_sweep(exact, how), label="half of the digits")


@refutation(pseudoinverse_tikhonov_limit, "In floating point a smaller alpha is always better.")
@for_all(given=only(Penalty(ExactRank(2, 2, deficiency=1), "root", rounded=True)))
def smaller_penalties_are_better(subject: Subject, given: Penalised) -> Iterator[Check]:
    """Of a singular A the error grows again from about sqrt(u) on, until A^T A + alpha I is singular."""
    limit = reference.regularised(values(given.A), values(given.alpha)).inverses.value
    best = np.full(len(limit), np.inf)
    for k in range(subject.format.precision // 2):
        try:
            X = values(subject.tikhonov_inverse(given.A, given.alpha * 4.0**-k))
        except RuntimeError:
            yield holds(np.zeros(len(limit)))
            return
        away = spectral_norm(X - limit)
        yield at_most(away, best)
        best = away


@refutation(pseudoinverse_tikhonov_limit, r"A^\top A+\alpha I\text{ is invertible for every }\alpha\ne0")
@for_all(given=only(Penalty(ExactRank(1, 1))))
def every_penalty_but_zero_will_do(subject: Subject, given: Penalised) -> Iterator[Check]:
    """It is singular for alpha = -s^2, s a singular value."""
    s = given.A.abs().amax((-2, -1)) if given.A.numel() else given.alpha
    try:
        yield holds(np.isfinite(values(subject.tikhonov_inverse(given.A, -s.square()))))
    except RuntimeError:
        yield holds(np.zeros(len(given.alpha)))


@refutation(pseudoinverse_tikhonov_limit, r"A_\alpha=A^+\text{ for small }\alpha>0")
def a_small_penalty_changes_nothing(subject: Subject, given: Penalised) -> Iterator[Check]:
    """Never, unless A = 0: a singular value s is taken to s / (s^2 + alpha), not to 1 / s."""
    exact = reference.regularised(values(given.A), values(given.alpha))
    for _, X, bound in regularised(subject, given, exact):
        yield within_norm(X, Truth(exact.inverses.value, bound), axes=2)


@refutation(pseudoinverse_tikhonov_limit, r"A^+=(A^\top A)^{-1}A^\top\text{ for every }A")
def no_penalty_is_needed(subject: Subject, given: Penalised) -> Iterator[Check]:
    """A^T A is singular unless A has full column rank."""
    exact = reference.regularised(values(given.A), values(given.alpha)).inverses
    try:
        X = subject.left_inverse_by_normal_equations(given.A)
        yield within_norm(X, Truth(exact.value, exact.norms.inverse_frobenius / 2), axes=2)
    except RuntimeError:
        yield holds(np.zeros(len(exact.value)))
