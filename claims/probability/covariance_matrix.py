"""Covariance matrices and correlation matrices."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray
from torch import Tensor

from claims import TRUE, UNDER_HYPOTHESES, at_most, claim, equal, for_all, holds, refutation, values, within
from claims.frame.checks import Check
from claims.frame.inputs.numbers import Numbers
from claims.frame.inputs.observations import NORMAL, Observations, Sample, observations, related_pairs
from claims.frame.inputs.spectra import only
from claims.frame.subject import Subject
from claims.probability.covariance import entry, in_range, matrices
from claims.probability.expectation import as_it_is
from claims.probability.variance import of_rows
from reference.probability import covariance_matrix as reference
from reference.probability.variance import Sample as Spread
from reference.truth import Truth


@claim(
    title="The covariance matrix of a random vector in R^n is n x n with entries Cov(x_i, x_j)",
    statement=r"\operatorname{Cov}(x)_{ij}=\operatorname{Cov}(x_i,x_j),\quad\operatorname{Cov}(x)=\operatorname{Cov}(x)"
    r"^\top\succeq0,\quad\operatorname{Cov}(Ax+b)=A\operatorname{Cov}(x)A^\top",
    hypotheses="finite second moments; torch gives a number for one variable, and symmetry up to rounding",
    notes="Probability and information theory: covariance",
    book="3.8, eq. 3.14",
    formal="Matrix.PosSemidef",
    truth=TRUE,
    bound="BND-COV for entries; for the least eigenvalue its Frobenius norm (Weyl)",
)
@for_all(sample=observations())
def covariance_matrix(subject: Subject, sample: Sample) -> Iterator[Check]:
    """Shape and entries for samples in a list, a batch by vmap, in reverse order and for a vector on its own; symmetry
    and the least eigenvalue; Cov(Ax) for whole-number A where Ax is not rounded. No variables have an empty matrix, no
    observations NaN.
    """
    X, how = sample.X, subject.arithmetic("cov")
    x = values(X)
    batch, d, n = x.shape
    shape = (batch, d, d) if d > 1 else (batch,)
    exact = reference.Correlated.of(x, how)
    for correction in (0, 1)[: min(n, 2)]:
        truth = in_range(exact.covariance(correction), sample, 1.0, subject)
        found = subject.cov(X, correction=correction)
        yield holds(tuple(found.shape) == shape, label="shape")
        yield as_it_is(matrices(found, d), truth, "entries")
    c = values(matrices(found, d))
    known = np.isfinite(truth.bound).all((-2, -1))
    asymmetry = np.abs(c - c.swapaxes(-1, -2))
    yield at_most(asymmetry, np.zeros_like(c), 2 * truth.bound, where=known, label="symmetry")
    least, slack = reference.least_eigenvalue(c, np.where(np.asarray(known)[:, None, None], truth.bound, 0.0))
    yield at_most(-least, np.zeros(batch), slack, where=known & np.isfinite(slack), label="no negative eigenvalue")
    if n > 1:
        yield as_it_is(matrices(subject.cov_by_vmap(X), d), truth, "by vmap")
        yield as_it_is(matrices(subject.cov(X.flip(-1), correction=1), d), truth, "in reverse order")
        yield as_it_is(subject.cov_of_vector(X[:, 0], correction=1), entry(truth, 0, 0), "of a vector")
    yield holds(tuple(subject.cov(X[:, :0], correction=0).shape[1:]) == (0, 0), label="no variables")
    nothing = np.full((batch, d, d), np.nan)
    yield equal(matrices(subject.cov(X[..., :0], correction=0), d), nothing, label="no observations")
    if d > 1:
        yield from of_linear_map(subject, X, exact)


def of_linear_map(subject: Subject, X: Tensor, exact: reference.Correlated) -> Iterator[Check]:
    """y = (x_0 + x_1, x_0 - 2 x_1) of small whole numbers: A C A^T, with the bound of the covariance of y."""
    x, A = values(X[:, :2]), np.array([[1.0, 1.0], [1.0, -2.0]])
    y = A @ x
    grid = ((np.abs(x) <= 4) & (x == np.rint(x))).all((-2, -1))
    mapped = subject.tensor(subject.format.round(np.where(grid[:, None, None], y, 0.0)))
    image = reference.Correlated.of(values(mapped), subject.arithmetic("cov")).covariance(0)
    c = exact.covariance(0).value[:, :2, :2]
    own = 8 * 2.0**-53 * np.abs(A) @ np.abs(c) @ np.abs(A).T  # for the reference's own product
    truth = Truth(A @ c @ A.T, image.bound + own)
    yield within(subject.cov(mapped, correction=0), truth, where=grid, label="Cov(Ax) = A Cov(x) A^T")


@refutation(covariance_matrix, "The computed covariance of one variable is a 1 x 1 matrix.")
@for_all(sample=only(Observations(1, 5, NORMAL)))
def one_variable_has_a_matrix(subject: Subject, sample: Sample) -> Iterator[Check]:
    """torch.cov squeezes it to a number."""
    yield holds(tuple(subject.cov(sample.X).shape[1:]) == (1, 1))


@refutation(covariance_matrix, "Computed covariance matrices are positive semidefinite.")
@for_all(sample=only(Observations(33, 5, NORMAL), Observations(9, 3, NORMAL)))
def computed_matrices_are_semidefinite(subject: Subject, sample: Sample) -> Iterator[Check]:
    """With fewer observations than variables the zero eigenvalues are rounded."""
    least, _ = reference.least_eigenvalue(values(subject.cov(sample.X)), np.zeros((len(sample.X), 1, 1)))
    yield holds(least >= 0)


@refutation(covariance_matrix, r"\text{Every symmetric }C\text{ with }C_{ii}=1,\ |C_{ij}|\le1\text{ is a covariance.}")
@for_all(sample=only(Observations(3, 5, NORMAL)))
def correlations_are_arbitrary(subject: Subject, sample: Sample) -> Iterator[Check]:
    """Of three correlations 0.9, 0.9 and -0.9 the matrix has the eigenvalue -0.8."""
    c = np.broadcast_to([[1.0, 0.9, 0.9], [0.9, 1.0, -0.9], [0.9, -0.9, 1.0]], (len(sample.X), 3, 3))
    least, slack = reference.least_eigenvalue(values(subject.multiply(subject.tensor(c), 1.0)), np.zeros_like(c))
    yield at_most(-least, np.zeros(len(c)), slack + 0.01)


@claim(
    title="The diagonal of the covariance matrix holds the variances",
    statement=r"\operatorname{Cov}(x_i,x_i)=\operatorname{Var}(x_i)",
    hypotheses="the same correction on both sides",
    notes="Probability and information theory: covariance",
    book="3.8, eq. 3.15",
    formal="ProbabilityTheory.covariance_self",
    truth=TRUE,
    bound="BND-COV for the diagonal, BND-VAR for the variance, their sum for the difference",
)
@for_all(sample=observations())
def covariance_matrix_diagonal(subject: Subject, sample: Sample) -> Iterator[Check]:
    """Both against the exact variance, and against each other, for the corrections 0, 1 and 2. None is negative."""
    x = values(sample.X)
    d, n = x.shape[-2:]
    observed = reference.Correlated.of(x, subject.arithmetic("cov"))
    spread = Spread.of(x, subject.arithmetic("reduction"))
    for correction in (0, 1, 2)[:n]:
        truth = in_range(observed.covariance(correction), sample, 1.0, subject)
        diagonal = Truth(*(np.diagonal(v, axis1=-2, axis2=-1) for v in truth))
        found = matrices(subject.cov(sample.X, correction=correction), d).diagonal(dim1=-2, dim2=-1)
        yield as_it_is(found, diagonal, f"diagonal, correction {correction}")
        yield at_most(np.zeros((len(x), d)), found, where=np.isfinite(diagonal.bound).all(-1), label="diagonal >= 0")
        exact = spread.variance(correction)
        variance = of_rows(subject, sample.X.flatten(0, 1), "var", correction).unflatten(0, (len(x), d))
        yield as_it_is(variance, exact, f"variance, correction {correction}")
        both = diagonal.bound + exact.bound
        yield as_it_is(found, Truth(np.where(np.isfinite(both), values(variance), 0.0), both), "diagonal = variance")


@refutation(covariance_matrix_diagonal, "The diagonal and the variances are equal bit by bit.")
@for_all(sample=only(Observations(3, 17, NORMAL), Observations(2, 5, NORMAL)))
def diagonal_is_the_variance_bit_by_bit(subject: Subject, sample: Sample) -> Iterator[Check]:
    """One is a product of matrices, the other a recurrence."""
    variances = of_rows(subject, sample.X.flatten(0, 1), "var", 1).unflatten(0, sample.X.shape[:2])
    yield equal(subject.cov(sample.X).diagonal(dim1=-2, dim2=-1), values(variances))


@refutation(covariance_matrix_diagonal, "The diagonal holds the standard deviations.")
@for_all(sample=only(Observations(2, 3), Observations(2, 5, NORMAL)))
def diagonal_holds_deviations(subject: Subject, sample: Sample) -> Iterator[Check]:
    """They are its roots."""
    deviations = values(of_rows(subject, sample.X.flatten(0, 1), "std", 1).unflatten(0, sample.X.shape[:2]))
    yield within(subject.cov(sample.X).diagonal(dim1=-2, dim2=-1), Truth(deviations, 0.1 + 0 * deviations))


@refutation(covariance_matrix_diagonal, r"\texttt{cov}(X)_{ii}=\texttt{var}(x_i,\texttt{correction=0})")
@for_all(sample=only(Observations(2, 3), Observations(2, 5, NORMAL)))
def corrections_do_not_matter(subject: Subject, sample: Sample) -> Iterator[Check]:
    """The default of torch.cov is correction 1."""
    found = subject.cov(sample.X).diagonal(dim1=-2, dim2=-1)
    variances = values(of_rows(subject, sample.X.flatten(0, 1), "var", 0).unflatten(0, sample.X.shape[:2]))
    yield within(found, Truth(variances, 0.1 * variances))


@claim(
    title="Correlation normalises each variable's contribution so that scale does not matter",
    statement=r"\rho=\frac{\operatorname{Cov}(f,g)}{\sigma_f\sigma_g}\in[-1,1],\qquad\rho(af+b,cg+d)="
    r"\operatorname{sign}(ac)\,\rho(f,g)",
    hypotheses="both variances are positive and finite, a and c are not 0",
    notes="Probability and information theory: covariance",
    book="3.8",
    truth=UNDER_HYPOTHESES,
    correction="A negative factor changes the sign, and a constant has no correlation.",
    bound="BND-COV and two relative errors of variances, two roots and two divisions; undetermined where a variance "
    "may vanish",
)
@for_all(sample=related_pairs())
def correlation_normalisation(subject: Subject, sample: Sample) -> Iterator[Check]:
    """torch.corrcoef, function and method bit by bit, and covariances over products of standard deviations, against the
    exact correlation, however large or small the numbers are; between -1 and 1; unchanged bit by bit by a power of two,
    up to its sign. What is constant has no correlation, not even with itself.
    """
    X, x, how = sample.X, values(sample.X), subject.arithmetic("corrcoef")
    observed, lenient = reference.Correlated.of(x, how), not sample.edge
    exact = observed.correlation(lenient=lenient)
    found = subject.corrcoef(X)
    yield equal(subject.corrcoef_method(X), values(found), label="torch.corrcoef = Tensor.corrcoef")
    whole = ((x == x[..., :1]) & (x == np.rint(x)) & (np.abs(x) < 8)).all(-1)
    constant = whole[..., :, None] | whole[..., None, :]
    yield holds((np.isnan(values(found)) | ~constant).all((-2, -1)), label="no correlation of constants")
    yield decided(values(found), exact, "correlation")
    clipped = np.where(np.isnan(values(found)), 0.0, values(found))
    yield at_most(np.abs(clipped), np.ones_like(clipped), label="|rho| <= 1")
    by_deviations = values(subject.correlation_by_deviations(X))
    yield decided(by_deviations, observed.correlation_by_deviations(lenient=lenient), "Cov / (sigma sigma)")
    scale = np.where(np.arange(x.shape[-2]) % 2, -2.0, 0.5)
    sign = np.sign(scale)[:, None] * np.sign(scale)
    scaled = subject.corrcoef(subject.multiply(X, subject.tensor(scale[:, None])))
    size = np.abs(x).max((-2, -1))
    quantum = np.where(x == 0, np.inf, np.abs(x)).min((-2, -1)) * how.result.u
    normal = (quantum**2 > how.result.lam) & (x.shape[-1] * 4 * size**2 < how.result.largest)
    yield equal(scaled, sign * values(found), where=normal, label="rho(af, cg) = +-rho(f, g)")


def decided(found: NDArray[np.float64], truth: Truth, label: str) -> Check:
    """The entries that are known: what the others are is left open."""
    known = np.isfinite(truth.bound)
    seen, bound = np.where(known, found, truth.value), np.where(known, truth.bound, 1.0)
    return within(seen, Truth(truth.value, bound), label=label)


@refutation(correlation_normalisation, r"\rho(af,g)=\rho(f,g)\text{ for every }a\ne0")
@for_all(sample=only(Observations(), Observations(2, 5, NORMAL)))
def correlation_ignores_signs(subject: Subject, sample: Sample) -> Iterator[Check]:
    """A negative factor turns it round."""
    turned = subject.multiply(sample.X, subject.tensor(np.array([[1.0], [-1.0]])))
    yield equal(subject.corrcoef(turned), values(subject.corrcoef(sample.X)))


@refutation(
    correlation_normalisation,
    r"\text{Computed correlations do not depend on the scale.}",
    dtypes=("float32", "float64"),
)
@for_all(sample=only(Observations(2, 5, NORMAL)))
def computed_correlation_is_free_of_scale(subject: Subject, sample: Sample) -> Iterator[Check]:
    """Variances overflow or underflow; then clipping turns what comes out into a correlation that looks plausible."""
    tiny = subject.multiply(sample.X, 2.0 ** (subject.format.emin * 5 // 8))
    yield within(subject.corrcoef(tiny), Truth(values(subject.corrcoef(sample.X)), np.full((len(sample.X), 2, 2), 0.1)))


@refutation(correlation_normalisation, "The computed correlation of linear data is 1 or -1.")
@for_all(sample=only(Observations(2, 5, Numbers("integers"), "affine", "far"), Observations(2, 7, NORMAL, "affine")))
def linear_data_correlate_fully(subject: Subject, sample: Sample) -> Iterator[Check]:
    """Rounding leaves less than 1."""
    rho = np.abs(values(subject.corrcoef(sample.X))[:, 0, 1])
    yield holds(rho == 1, where=~np.isnan(rho))


@refutation(correlation_normalisation, "The diagonal of the computed correlation matrix is 1.")
@for_all(sample=only(Observations(2, 5, NORMAL), Observations(3, 17, NORMAL)))
def correlation_with_itself_is_one(subject: Subject, sample: Sample) -> Iterator[Check]:
    """It is a quotient of rounded numbers."""
    yield holds(np.diagonal(values(subject.corrcoef(sample.X)), axis1=-2, axis2=-1) == 1)
