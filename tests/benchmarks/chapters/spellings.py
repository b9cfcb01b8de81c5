"""Operations in one of their spellings."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from reference.bounds import dot_truth, norm_truth
from reference.formats import Arithmetic
from reference.linear_algebra import powers, spellings
from reference.linear_algebra.trace import trace
from reference.truth import Truth
from tests.benchmarks.row import Inputs, Row, Size

Float64 = NDArray[np.float64]
Made = Callable[[np.random.Generator, Size], Inputs]

MATRICES = ((4, 8, 8), (4, 64, 64))
VECTORS = ((4, 16), (4, 1024))
AXES = "instances x rows x columns"


def pair(spelling: str) -> Made:
    """Two square matrices an instance."""

    def made(rng: np.random.Generator, size: Size) -> Inputs:
        a, b = rng.standard_normal((2, *size))
        return Inputs((a, b, spelling), given=(a, b))

    return made


def stacks(spelling: str) -> Made:
    """Two stacks of three square matrices an instance."""

    def made(rng: np.random.Generator, size: Size) -> Inputs:
        a, b = rng.standard_normal((2, size[0], 3, *size[1:]))
        return Inputs((a, b, spelling), given=(a, b))

    return made


def matrix_and_vector(rng: np.random.Generator, size: Size) -> Inputs:
    """A matrix and a vector an instance."""
    a, x = rng.standard_normal(size), rng.standard_normal((size[0], size[2]))
    return Inputs((a, x, "torch.mv"), given=(a, x))


def vectors(spelling: str) -> Made:
    """Two vectors an instance."""

    def made(rng: np.random.Generator, size: Size) -> Inputs:
        x, y = rng.standard_normal((2, *size))
        return Inputs((x, y, spelling), given=(x, y))

    return made


def one(*arguments: int | str) -> Made:
    """One square matrix an instance, and what follows it."""

    def made(rng: np.random.Generator, size: Size) -> Inputs:
        a = rng.standard_normal(size) / size[-1] ** 0.5
        return Inputs((a, *arguments), given=(a,))

    return made


def turned(a: Float64, _how: Arithmetic) -> Truth:
    """The transpose, exactly."""
    return Truth(a.swapaxes(-1, -2), np.zeros((a.shape[0], a.shape[2], a.shape[1])))


def triple(rng: np.random.Generator, size: Size) -> Inputs:
    """Three factors."""
    factors = [rng.integers(-3, 4, size).astype(np.float64) for _ in range(3)]
    return Inputs((factors, "torch.chain_matmul"), given=(factors,))


def lower(a: Float64, _how: Arithmetic) -> Truth:
    """The lower triangle, exactly."""
    return Truth(np.tril(a), np.zeros(a.shape))


def entries(a: Float64, how: Arithmetic) -> Truth:
    """The norm of all entries."""
    return norm_truth(a.reshape(len(a), -1), 2.0, how)


def cube(a: Float64, how: Arithmetic) -> Truth:
    """The third power."""
    return powers.power(a, 3, how)


ROWS = (
    Row("matrix_product", MATRICES, AXES, pair("torch.matmul"), spellings.product),
    Row("stacked_product", MATRICES, AXES, stacks("torch.bmm"), spellings.product),
    Row("summed_product", MATRICES, AXES, stacks("torch.addbmm, beta=0"), spellings.summed),
    Row("matrix_vector_product", MATRICES, AXES, matrix_and_vector, spellings.applied),
    Row("inner_product", VECTORS, "instances x numbers", vectors("torch.dot"), dot_truth),
    Row("outer_product", ((4, 16), (4, 128)), "instances x numbers", vectors("torch.outer"), spellings.outer),
    Row("chained_product", MATRICES, AXES, triple, lambda a, how: spellings.chained(*a, how)),
    Row("kronecker_product", ((4, 3, 3), (4, 8, 8)), AXES, pair("torch.kron"), spellings.kronecker),
    Row("matrix_transpose", MATRICES, AXES, one("mT"), turned),
    Row("lower_triangle", MATRICES, AXES, one(0, "torch.tril"), lower),
    Row("matrix_trace", MATRICES, AXES, one("torch.trace"), trace),
    Row("frobenius_norm", MATRICES, AXES, one("torch.linalg.norm"), entries),
    Row("natural_power", MATRICES, AXES, one(3, "torch.matrix_power"), cube),
)
