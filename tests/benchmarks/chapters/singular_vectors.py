"""The factor D, Gram matrices and principal components; matrices of small integers, which every format holds."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from reference.formats import Arithmetic
from reference.linear_algebra import singular_vectors as reference
from reference.linear_algebra.residuals import Defect
from reference.truth import Truth
from tests.benchmarks.row import Inputs, Row, Size

Float64 = NDArray[np.float64]

SHAPES = ((64, 4, 4), (16, 16, 16), (4, 64, 64))
AXES = "matrices x rows x columns"


def integers(rng: np.random.Generator, size: Size) -> Float64:
    """Integers from -3 to 3, and 4 more on the diagonal."""
    return rng.integers(-3, 4, size) + 4 * np.eye(*size[-2:])


def values(rng: np.random.Generator, size: Size) -> Inputs:
    """The diagonal of D, and the shape of D."""
    return Inputs((rng.integers(0, 9, size[:2]).astype(np.float64), size[1], size[2] + 1))


def vectors(rng: np.random.Generator, size: Size) -> Inputs:
    """A and NumPy's U; the reference judges both sides of A A^T U = U D D^T."""
    a = integers(rng, size)
    u, s, _ = np.linalg.svd(a)
    return Inputs((a, u), given=(a, u, s))


def right_vectors(rng: np.random.Generator, size: Size) -> Inputs:
    """The same with A^T."""
    (a, _), _, (_, u, s) = vectors(rng, size)
    return Inputs((a.swapaxes(-1, -2), u), given=(a, u, s))


def weighted(rng: np.random.Generator, size: Size) -> Inputs:
    """U and the singular values."""
    _, _, (a, u, s) = vectors(rng, size)
    return Inputs((u, s), given=(a, u, s))


def matrix(rng: np.random.Generator, size: Size) -> Inputs:
    """A, and NumPy's eigenvectors of A A^T for the reference."""
    a = integers(rng, size)
    return Inputs((a,), given=(a, *np.linalg.eigh(a @ a.swapaxes(-1, -2))))


def transposed(rng: np.random.Generator, size: Size) -> Inputs:
    """The same with A^T."""
    (a,), _, given = matrix(rng, size)
    return Inputs((a.swapaxes(-1, -2),), given=given)


def components(rng: np.random.Generator, size: Size) -> Inputs:
    """A, and how many factors."""
    a = integers(rng, size)
    u, s, _ = np.linalg.svd(a)
    return Inputs((a,), {"q": size[-1], "center": False}, given=(a, u, s))


def leading(rng: np.random.Generator, size: Size) -> Inputs:
    """A, and how many factors."""
    a = integers(rng, size)
    u, s, _ = np.linalg.svd(a)
    return Inputs((a,), {"q": size[-1]}, given=(a, u, s))


def diagonal(s: Float64, m: int, n: int, _: Arithmetic) -> Truth:
    """Exactly."""
    d = np.zeros((len(s), m, n))
    d[:, range(s.shape[-1]), range(s.shape[-1])] = s
    return Truth(d, np.zeros(()))


def sides(a: Float64, u: Float64, s: Float64, how: Arithmetic) -> Defect:
    """A A^T U - U D D^T of float64, and what is allowed."""
    left, right = a @ a.swapaxes(-1, -2) @ u, u * s[:, None, :] ** 2
    return reference.sides(left, right, a, u, s, how, how, how)


def pairs(a: Float64, w: Float64, q: Float64, how: Arithmetic) -> list[Defect]:
    """How far NumPy's eigenpairs of A A^T are from exact ones, and what is allowed."""
    found = reference.gram_pairs(a, w[..., ::-1], q[..., ::-1], how, how)
    return [found.vectors, Defect(found.values.observed[..., None], Truth(*(x[..., None] for x in found.values.truth)))]


SIDES = "both sides of A A^T U = U D D^T for NumPy's factors, and their bound"

ROWS = (
    Row("diagonal_factor", SHAPES, "batch x rows x (columns - 1)", values, diagonal),
    Row("rows_gram_times", SHAPES, AXES, vectors, sides, SIDES),
    Row("columns_gram_times", SHAPES, AXES, right_vectors, sides, SIDES),
    Row("times_squares", SHAPES, AXES, weighted, sides, SIDES),
    Row("eigh_of_rows_gram", SHAPES, AXES, matrix, pairs, "residuals of NumPy's eigenpairs, and their bounds"),
    Row("eigh_of_columns_gram", SHAPES, AXES, transposed, pairs, "residuals of NumPy's eigenpairs, and their bounds"),
    Row(
        "pca_lowrank",
        SHAPES,
        AXES,
        components,
        reference.eigenvector_defects,
        "residuals of NumPy's factors, and their bounds",
    ),
    Row("svd_lowrank", SHAPES, AXES, leading, reference.eigenvector_defects, "residuals of NumPy's factors"),
)
