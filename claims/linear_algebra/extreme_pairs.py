"""The largest and the smallest eigenvalue by an iteration that maximises or minimises the Rayleigh quotient."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from torch import Tensor

from claims import UNDER_HYPOTHESES, claim, for_all, holds, refutation, values, within, within_norm
from claims.frame.checks import Check
from claims.frame.inputs.extreme_pairs import Iterated, iterated_matrices
from claims.frame.inputs.spectra import only
from claims.frame.subject import Subject
from reference.linear_algebra import extreme_pairs as reference

STARTS = 8
"""Of 4800 single starts on random matrices two stopped early, never two on the same matrix."""


def tolerance(subject: Subject) -> float:
    """The root of the distance from 1 to the next number, torch's own default."""
    return float((2 * subject.format.u) ** 0.5)


@claim(
    title="An iteration on the Rayleigh quotient finds an eigenpair, and from some random start the extreme one",
    statement=r"A=A^\top:\quad\lambda_{\max}=\max_{x\ne0}\frac{x^\top Ax}{x^\top x}:\ "
    r"\|Ax-\lambda x\|\le2\tau\|A\|,\ \lambda=\frac{x^\top Ax}{x^\top x}",
    hypotheses="n >= 3, A not zero; the iteration stops at the tolerance tau and starts at random, again if need be",
    notes="Linear algebra: eigendecomposition",
    book="2.7",
    truth=UNDER_HYPOTHESES,
    correction="A single start may stop at an inner eigenpair, where the quotient has a saddle, as one in 2000 does.",
    bound="2 tau ||A||_F and BND-EIGH; the Rayleigh quotient up to BND-EIGH; that one of 8 starts does not stop early "
    "is calibrated",
)
@for_all(A=iterated_matrices())
def extreme_pairs_by_iteration(subject: Subject, A: Tensor) -> Iterator[Check]:
    """torch.lobpcg for one pair from either end of the spectrum; residuals are evaluated almost exactly. The value is
    next to some eigenvalue from every start, and next to the extreme one from the best of a few.
    """
    a, tol, how = values(A), tolerance(subject), subject.arithmetic("lobpcg")
    for end, i in (("largest", -1), ("smallest", 0)):
        best = np.full(len(a), np.inf if end == "smallest" else -np.inf)
        for start in range(STARTS):
            with subject.random(start):
                value, vector = values([*subject.lobpcg(A, tol, end)])
            yield holds(value.shape == (len(a),) and vector.shape == a.shape[:-1], label=f"{end}: shapes")
            pair = reference.pair(a, value, vector, tol, i, how)
            yield within_norm(*pair.residual, axes=2, label=f"{end}: A x = l x")
            yield within(np.sqrt((vector**2).sum(-1)), pair.length, label=f"{end}: x is a unit vector")
            yield within(value, pair.quotient, label=f"{end}: l is the Rayleigh quotient")
            yield within(value, pair.nearest, label=f"{end}: l is next to an eigenvalue")
            best = (np.minimum if end == "smallest" else np.maximum)(best, value)
            if (np.abs(best - pair.extreme.value) <= pair.extreme.bound).all():
                break
        yield within(best, pair.extreme, label=f"{end}: l is extreme")


@refutation(extreme_pairs_by_iteration, "The vector is as accurate as the value: its residual is rounding.")
@for_all(A=only(Iterated(9, "normal"), Iterated(17, "normal")))
def residuals_are_of_the_size_of_rounding(subject: Subject, A: Tensor) -> Iterator[Check]:
    """The value errs by the square of the error of the vector."""
    a, tol = values(A), tolerance(subject)
    with subject.random(0):
        value, vector = values([*subject.lobpcg(A, tol, "largest")])
    yield within_norm(*reference.pair(a, value, vector, 0.0, -1, subject.arithmetic("lobpcg")).residual, axes=2)


@refutation(extreme_pairs_by_iteration, "The largest eigenvalue is the one of the largest magnitude.")
@for_all(A=only(Iterated(5, "normal")))
def largest_is_largest_in_magnitude(subject: Subject, A: Tensor) -> Iterator[Check]:
    """Of -A it is minus the smallest of A."""
    for sign in (1.0, -1.0):
        with subject.random(0):
            value, _ = values([*subject.lobpcg(A * sign, tolerance(subject), "largest")])
        spectrum = np.linalg.eigvalsh(values(A) * sign)
        yield holds(value > 0.99 * np.abs(spectrum).max(-1))
