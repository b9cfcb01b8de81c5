"""Matrix products and traces."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from reference.bounds import Chain
from reference.formats import Arithmetic
from reference.linear_algebra import trace as reference
from reference.truth import Truth
from tests.benchmarks.row import Inputs, Row, Size

Float64 = NDArray[np.float64]

SIZES = ((256, 8, 8), (64, 32, 32))
AXES = "matrices x rows x columns"
POWER = 3


def factors(rng: np.random.Generator, size: Size, count: int = 2) -> list[Float64]:
    """Normal matrices."""
    return [rng.standard_normal(size) for _ in range(count)]


def matrix(rng: np.random.Generator, size: Size) -> Inputs:
    """One normal matrix an instance."""
    return Inputs((rng.standard_normal(size),))


def pair(rng: np.random.Generator, size: Size) -> Inputs:
    """Two normal matrices an instance."""
    return Inputs(tuple(factors(rng, size)))


def ring(rng: np.random.Generator, size: Size) -> Inputs:
    """Tr(AB) as einsum is asked for it."""
    a, b = factors(rng, size)
    return Inputs(("...ij,...ji->...", a, b), given=(a, b))


def rotated(rng: np.random.Generator, size: Size) -> Inputs:
    """Three matrices, turned by one."""
    made = factors(rng, size, 3)
    return Inputs((made, 1), given=([*made[1:], made[0]],))


def power(rng: np.random.Generator, size: Size) -> Inputs:
    """One matrix, multiplied by itself."""
    a = rng.standard_normal(size)
    return Inputs((a, POWER), given=(a,))


def by_one_sum(**options: Any) -> Any:  # noqa: ANN401  options of the reference
    """Tr(AB) as one sum."""
    return lambda a, b, how: reference.Ring([a, b]).by_one_sum(how, **options)


def product(a: Float64, b: Float64, how: Arithmetic) -> Truth:
    """AB."""
    return Chain.of(a, how).matmul(b).truth()


def cube(a: Float64, how: Arithmetic) -> Truth:
    """A^3 in either bracketing, which differ in nothing."""
    x = Chain.of(a, how)
    return x.matmul(x).matmul(x).truth()


def in_any_order(turned: Sequence[Float64], how: Arithmetic) -> Truth:
    """Tr(BCA) however it is bracketed."""
    return reference.Ring(turned).in_any_order(how)


ROWS = (
    Row("matmul", (*SIZES, (8, 128, 128)), AXES, pair, product),
    Row("matrix_power", SIZES, AXES, power, cube),
    Row("trace diagonal_sum vmap_trace", SIZES, AXES, matrix, reference.trace),
    Row("masked_sum", SIZES, AXES, matrix, lambda a, how: reference.trace(a, how, terms=a.shape[-1] ** 2)),
    Row("expanded_trace", ((64, 64), (64, 4096)), "matrices x rows", matrix, reference.trace_of_diagonal),
    Row("cyclic_trace", SIZES, AXES, rotated, in_any_order),
    Row("einsum", SIZES, AXES, ring, by_one_sum()),
    Row("flattened_dot flattened_vdot", SIZES, AXES, pair, by_one_sum()),
    Row("trace_of_product", SIZES, AXES, pair, lambda a, b, how: reference.Ring([a, b]).from_the_left(how)),
    Row("root_of_trace root_of_transposed_trace", SIZES, AXES, matrix, reference.root_of_trace),
    Row("elementwise_trace contraction", SIZES, AXES, pair, by_one_sum(rounded_products=True)),
)
