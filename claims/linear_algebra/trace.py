"""The trace: the sum of the diagonal, invariant under cyclic permutation of a product."""

from __future__ import annotations

import functools
from collections.abc import Iterator, Sequence

import numpy as np
from numpy.typing import NDArray
from torch import Tensor

from claims import TRUE, at_most, claim, equal, for_all, holds, refutation, values, within
from claims.frame.checks import Check
from claims.frame.computed_norms import exact_norm
from claims.frame.inputs.matrices import (
    Filled,
    diagonals,
    filled_matrices,
    long_diagonals,
    matrix_chains,
    matrix_cycles,
)
from claims.frame.inputs.spectra import only
from claims.frame.subject import Subject
from reference.linear_algebra import trace as reference
from reference.truth import Truth

Matrices = list[Tensor]


def rotations(factors: Matrices) -> list[Matrices]:
    """Every cyclic permutation of the factors, the unturned one first."""
    return [factors[k:] + factors[:k] for k in range(len(factors))]


def product(subject: Subject, factors: Sequence[Tensor]) -> Tensor:
    """The product of the factors, multiplied from the left."""
    return functools.reduce(subject.matmul, factors)


def exact_trace(subject: Subject, factors: Matrices) -> NDArray[np.float64]:
    """The exact trace of the unturned product, rounded to float64."""
    return reference.Ring(values(factors)).from_the_left(subject.arithmetic("matmul")).value


def exact_ring(subject: Subject, factors: Matrices) -> reference.Ring:
    """The bounds of every turn around the exact trace of the unturned product."""
    return reference.Ring(values(factors), exact_trace(subject, factors))


def rings(n: int) -> str:
    """The subscripts ij,jk,...,zi-> of a closed ring of n matrices, for stacks of them."""
    letters = "ijklmnop"[:n]
    return ",".join(f"...{a}{b}" for a, b in zip(letters, letters[1:] + letters[0], strict=True)) + "->..."


@claim(
    title="The trace is the sum of the diagonal entries",
    statement=r"\operatorname{Tr}A=\sum_iA_{ii}",
    hypotheses="A square; torch.trace also takes a rectangular matrix and sums its shorter diagonal",
    notes="Linear algebra: trace",
    book="2.10, eq. 2.48",
    formal="Matrix.trace",
    truth=TRUE,
    bound="BND-SUM with n the length of the diagonal: gamma_(n-1) sum |a_ii| (ASNA (4.4)); n^2 - 1 for (A * I).sum()",
)
@for_all(a=diagonals(), v=long_diagonals())
def trace_definition(subject: Subject, a: Tensor, v: Tensor) -> Iterator[Check]:
    """Every spelling is compared with the exact sum of the diagonal.

    The entries around the diagonal are 2^20 or NaN and must not be read; the spelling (A * I).sum(), which does read
    them, is tried where they are finite. A diagonal of 40 007 comes from a vector expanded with stride 0. The bound is
    that of any order of summation in the format, though torch.trace sums float32 in float64 on the CPU.
    """
    truth = reference.trace(values(a), subject.arithmetic("trace"))
    yield within(subject.trace(a), truth, label="torch.trace")
    yield within(subject.diagonal_sum(a), truth, label="diagonal().sum()")
    if a.shape[-1] == a.shape[-2]:
        yield within(subject.einsum("...ii->...", a), truth, label="einsum")
        yield within(subject.vmap_trace(a), truth, label="vmap")
        if np.isfinite(values(a)).all():
            n = a.shape[-1]
            masked = reference.trace(values(a), subject.arithmetic("masked_sum"), terms=n * n)
            yield within(subject.masked_sum(a), masked, label="(A * I).sum()")
    whole = reference.trace_of_diagonal(values(v), subject.arithmetic("trace"))
    yield within(subject.expanded_trace(v), whole, label="expanded")


@refutation(trace_definition, "every spelling of the trace gives the same floating-point number", dtypes=("float32",))
def spellings_of_the_trace_agree_bitwise(subject: Subject, a: Tensor, v: Tensor) -> Iterator[Check]:
    if a.shape[-1] == a.shape[-2]:
        yield equal(subject.trace(a), subject.einsum("...ii->...", a))


@refutation(trace_definition, "torch.trace is defined for a stack of matrices")
def trace_is_defined_for_stacks(subject: Subject, a: Tensor, v: Tensor) -> Iterator[Check]:
    try:
        yield holds(subject.trace_of_stack(a).isfinite())
    except RuntimeError:
        yield holds(np.zeros(len(a)))


@refutation(trace_definition, r"\operatorname{Tr}A\le\|A\|_F")
def trace_is_at_most_the_frobenius_norm(subject: Subject, a: Tensor, v: Tensor) -> Iterator[Check]:
    if np.isfinite(values(a)).all():
        truth = reference.trace(values(a), subject.arithmetic("trace"))
        yield at_most(subject.trace(a), np.sqrt((values(a) ** 2).sum((-2, -1))), truth.bound)


@claim(
    title="The trace of a product of three matrices is invariant under cyclic permutation",
    statement=r"\operatorname{Tr}(ABC)=\operatorname{Tr}(CAB)=\operatorname{Tr}(BCA)",
    hypotheses="A is a x b, B is b x c, C is c x a",
    notes="Linear algebra: trace",
    book="2.10, eq. 2.51",
    formal="Matrix.trace_mul_cycle",
    truth=TRUE,
    bound="BND-CHAIN for the products, then BND-SUM over the diagonal (ASNA (3.5), (4.4))",
)
@for_all(factors=matrix_cycles(length=3))
def trace_cyclic_three(subject: Subject, factors: Matrices) -> Iterator[Check]:
    """The exact trace of ABC is compared with the computed trace of every rotation, in every spelling.

    The value comes from the unturned product and the bound from each turn, so what is checked is the claim itself.
    """
    ring = exact_ring(subject, factors)
    for k, (name, turn) in enumerate(zip(("ABC", "BCA", "CAB"), rotations(factors), strict=True)):
        left = ring.from_the_left(subject.arithmetic("matmul"), k)
        yield within(subject.trace(product(subject, turn)), left, label=f"trace({name})")
        summed = ring.by_one_sum(subject.arithmetic("einsum"), k)
        yield within(subject.einsum(rings(3), *turn), summed, label=f"einsum({name})")
        either = ring.in_any_order(subject.arithmetic("multi_dot"), k)
        yield within(subject.cyclic_trace(turn, 0), either, label=f"multi_dot({name})")
        elementwise = ring.by_one_sum(subject.arithmetic("elementwise_trace"), k, rounded_products=True)
        observed = subject.elementwise_trace(subject.matmul(turn[0], turn[1]), turn[2])
        yield within(observed, elementwise, label=f"(AB * C^T).sum() of {name}")


@refutation(trace_cyclic_three, r"\operatorname{Tr}(ABC)=\operatorname{Tr}(ACB)")
def trace_is_invariant_under_every_permutation(subject: Subject, factors: Matrices) -> Iterator[Check]:
    a, b, c = factors
    if len({*a.shape[1:], *b.shape[1:]}) == 1:
        truth = reference.Ring(values(factors)).from_the_left(subject.arithmetic("matmul"))
        yield within(subject.trace(product(subject, [a, c, b])), truth)


@refutation(trace_cyclic_three, r"\operatorname{Tr}(AB)=\operatorname{Tr}(A)\operatorname{Tr}(B)")
def trace_is_multiplicative(subject: Subject, factors: Matrices) -> Iterator[Check]:
    a, b, _ = factors
    if len({*a.shape[1:], *b.shape[1:]}) == 1:
        truth = reference.Ring(values([a, b])).from_the_left(subject.arithmetic("matmul"))
        yield within(subject.multiply(subject.trace(a), subject.trace(b)), truth)


@refutation(trace_cyclic_three, r"A_i=A_i^\top\ (i\le4)\Rightarrow\operatorname{Tr}(ABCD)=\operatorname{Tr}(ACBD)")
@for_all(factors=matrix_cycles(length=4))
def trace_of_four_symmetric_factors_forgets_their_order(subject: Subject, factors: Matrices) -> Iterator[Check]:
    if len({n for f in factors for n in f.shape[1:]}) == 1:
        a, b, c, d = [f.tril() + f.tril(-1).mT for f in factors]
        truth = reference.Ring(values([a, b, c, d])).from_the_left(subject.arithmetic("matmul"))
        yield within(subject.trace(product(subject, [a, c, b, d])), truth)


@claim(
    title="Moving the last factor of any product to the front keeps the trace",
    statement=r"\operatorname{Tr}\Big(\prod_{i=1}^nF^{(i)}\Big)=\operatorname{Tr}\Big(F^{(n)}\prod_{i=1}^{n-1}F^{(i)}\Big)",
    hypotheses="F_i is d_i x d_(i+1), d_(n+1) = d_1, n >= 1",
    notes="Linear algebra: trace",
    book="2.10, eq. 2.52",
    formal="Matrix.trace_mul_comm",
    truth=TRUE,
    bound="BND-CHAIN, the largest over all bracketings of the product, then BND-SUM (ASNA (3.5), (4.4))",
)
@for_all(factors=matrix_chains(longest=6))
def trace_cyclic_chain(subject: Subject, factors: Matrices) -> Iterator[Check]:
    """The exact trace of the chain is compared with the computed trace of all its rotations.

    The products are formed from the left, by multi_dot (in the order that costs least) and by einsum, which closes
    the ring with one sum; equal square factors also by matrix_power.
    """
    ring = exact_ring(subject, factors)
    for k, turn in enumerate(rotations(factors)):
        truth = ring.in_any_order(subject.arithmetic("matmul"), k)
        yield within(subject.trace(product(subject, turn)), truth, label=f"trace, turned by {k}")
        yield within(subject.cyclic_trace(factors, k), truth, label=f"multi_dot, turned by {k}")
        if len(turn) > 1:
            summed = ring.by_one_sum(subject.arithmetic("einsum"), k)
            yield within(subject.einsum(rings(len(turn)), *turn), summed, label=f"einsum, turned by {k}")
    if factors[0].shape[-1] == factors[0].shape[-2]:
        n = len(factors)
        truth = reference.Ring([values(factors[0])] * n).in_any_order(subject.arithmetic("matrix_power"))
        yield within(subject.trace(subject.matrix_power(factors[0], n)), truth, label="matrix_power")


@refutation(trace_cyclic_chain, "every permutation of the factors keeps the trace")
def trace_of_a_chain_forgets_its_order(subject: Subject, factors: Matrices) -> Iterator[Check]:
    if len(factors) > 2 and len({n for f in factors for n in f.shape[1:]}) == 1:
        swapped = [factors[1], factors[0], *factors[2:]]
        exact = exact_trace(subject, factors)
        truth = reference.Ring(values(swapped), exact).from_the_left(subject.arithmetic("matmul"))
        yield within(subject.trace(product(subject, swapped)), truth)


@refutation(trace_cyclic_chain, r"\operatorname{Tr}(F_1\cdots F_n)=\operatorname{Tr}(F_n\cdots F_1)")
def trace_of_a_chain_can_be_read_backwards(subject: Subject, factors: Matrices) -> Iterator[Check]:
    if len({n for f in factors for n in f.shape[1:]}) == 1:
        backwards = factors[::-1]
        exact = exact_trace(subject, factors)
        truth = reference.Ring(values(backwards), exact).from_the_left(subject.arithmetic("matmul"))
        yield within(subject.trace(product(subject, backwards)), truth)


@refutation(trace_cyclic_chain, r"\det(F_1\cdots F_n)=\det(F_n F_1\cdots F_{n-1})\text{ for rectangular factors}")
@for_all(factors=matrix_cycles(length=3))
def determinant_is_invariant_under_rotation(subject: Subject, factors: Matrices) -> Iterator[Check]:
    yield from _same_determinant(subject, factors)


@claim(
    title="The trace is invariant even if the product changes shape",
    statement=r"A\in\mathbb{R}^{m\times n},B\in\mathbb{R}^{n\times m}:\ \operatorname{Tr}(AB)=\operatorname{Tr}(BA),\ "
    r"AB\in\mathbb{R}^{m\times m},BA\in\mathbb{R}^{n\times n}",
    hypotheses="none",
    notes="Linear algebra: trace",
    book="2.10, eq. 2.53",
    formal="Matrix.trace_mul_comm",
    truth=TRUE,
    bound="BND-CHAIN and BND-SUM; one sum of m n products for the flattened forms (ASNA (3.5))",
)
@for_all(factors=matrix_cycles(length=2))
def trace_cyclic_shape_change(subject: Subject, factors: Matrices) -> Iterator[Check]:
    """Tr(AB) and Tr(BA) are compared with the exact sum of A_ij B_ji, in every spelling of the notes' formula.

    Forms that may store each product before they are summed (elementwise, tensordot) have a bound for that. The spectra
    of AB and BA agree but for zeros: for integer matrices x^n det(xI - AB) = x^m det(xI - BA), exactly.
    """
    a, b = factors
    ring = exact_ring(subject, factors)
    for k, (name, turn) in enumerate((("AB", [a, b]), ("BA", [b, a]))):
        truth = ring.from_the_left(subject.arithmetic("matmul"), k)
        yield within(subject.trace(product(subject, turn)), truth, label=f"trace({name})")
        yield within(subject.trace_of_product(*turn), truth, label=f"trace of {name}")
        flat = ring.by_one_sum(subject.arithmetic("flattened_dot"), k)
        yield within(subject.einsum("...ij,...ji->...", *turn), flat, label=f"einsum({name})")
        yield within(subject.flattened_dot(*turn), flat, label=f"dot({name})")
        yield within(subject.flattened_vdot(*turn), flat, label=f"vdot({name})")
        stored = ring.by_one_sum(subject.arithmetic("elementwise_trace"), k, rounded_products=True)
        yield within(subject.elementwise_trace(*turn), stored, label=f"({name[0]} * {name[1]}^T).sum()")
        yield within(subject.contraction(*turn), stored, label=f"tensordot({name})")
    if exact_products(factors):
        ab, ba = (reference.characteristic_polynomials(values(product(subject, f))) for f in (factors, factors[::-1]))
        n, m = (0,) * b.shape[-2], (0,) * a.shape[-2]
        same = [n + p == m + q for p, q in zip(ab, ba, strict=True)]
        yield holds(np.array(same, dtype=bool), label="x^n det(xI - AB) = x^m det(xI - BA)")


@refutation(trace_cyclic_shape_change, r"AB=BA")
def matrices_commute(subject: Subject, factors: Matrices) -> Iterator[Check]:
    a, b = factors
    if a.shape[-1] == a.shape[-2]:
        yield equal(subject.matmul(a, b), subject.matmul(b, a))


@refutation(trace_cyclic_shape_change, r"\det(AB)=\det(BA)\text{ for }m\ne n")
def determinant_survives_a_change_of_shape(subject: Subject, factors: Matrices) -> Iterator[Check]:
    yield from _same_determinant(subject, factors)


@refutation(trace_cyclic_shape_change, r"\operatorname{spec}(AB)=\operatorname{spec}(BA)\text{ with the zeros}")
def spectra_agree_with_their_zeros(subject: Subject, factors: Matrices) -> Iterator[Check]:
    if exact_products(factors):
        ab, ba = (reference.characteristic_polynomials(values(product(subject, f))) for f in (factors, factors[::-1]))
        yield holds(np.array([p == q for p, q in zip(ab, ba, strict=True)], dtype=bool))


@claim(
    title="The Frobenius norm is the root of the trace of A times its transpose",
    statement=r"\|A\|_F=\sqrt{\operatorname{Tr}(AA^\top)}=\sqrt{\operatorname{Tr}(A^\top A)}",
    notes="Linear algebra: trace",
    book="2.10, eq. 2.49",
    formal="Matrix.frobenius_norm_def",
    truth=TRUE,
    bound="BND-CHAIN for the diagonal, BND-SUM, and 2u for the root; BND-DOT of m n terms for einsum; BND-L2",
)
@for_all(A=filled_matrices())
def frobenius_trace_identity(subject: Subject, A: Tensor) -> Iterator[Check]:
    """Both roots of traces, the root of a sum of squares and torch's norm are compared with the exact norm.

    Traces may overflow where the norm does not: in float16 from 256 on.
    """
    a = values(A)
    for name, block in (("root_of_trace", a), ("root_of_transposed_trace", a.swapaxes(-1, -2))):
        yield from root_within(
            getattr(subject, name)(A), reference.root_of_trace(block, subject.arithmetic(name)), name
        )
    squares = reference.root_of_squares(a, subject.arithmetic("frobenius_by_einsum"))
    yield from root_within(subject.frobenius_by_einsum(A), squares, "root of einsum")
    norm = exact_norm(subject, a.reshape(len(a), a.shape[-1] * a.shape[-2]), 2.0)
    yield within(subject.matrix_norm(A), norm, label="torch.linalg.matrix_norm")


def root_within(observed: Tensor, truth: Truth, label: str) -> Iterator[Check]:
    """The root is within its bound, or, where the sum under it may overflow, at least not NaN."""
    decided = np.isfinite(truth.bound)
    yield within(observed, truth, where=decided, label=label)
    yield at_most(np.zeros(truth.value.shape), observed, where=~decided, label=f"{label}, overflow")


@refutation(frobenius_trace_identity, r"\|A\|_F=\sqrt{|\operatorname{Tr}(A^2)|}")
def square_takes_the_place_of_the_gram_matrix(subject: Subject, A: Tensor) -> Iterator[Check]:
    if A.shape[-1] == A.shape[-2]:
        truth = reference.root_of_trace(values(A), subject.arithmetic("matmul"))
        trace = np.abs(values(subject.trace(subject.matmul(A, A))))
        yield within(np.sqrt(trace), truth._replace(bound=truth.bound + 0.01 * truth.value))


@refutation(frobenius_trace_identity, r"\operatorname{Tr}(AA^\top)\text{ needs a square }A.")
@for_all(A=only(Filled(2, 3)))
def gram_matrices_need_square_factors(subject: Subject, A: Tensor) -> Iterator[Check]:
    yield holds(~np.isfinite(values(subject.root_of_trace(A))))


@refutation(
    frobenius_trace_identity, "The root of the trace is finite wherever the norm is.", dtypes=("float16", "float32")
)
@for_all(A=only(Filled(2, 2, "normal", "near overflow"), Filled(5, 4, "constant", "overflow")))
def root_is_finite_where_the_norm_is(subject: Subject, A: Tensor) -> Iterator[Check]:
    """In float16 products are stored, and those of norms from 256 on overflow; in float32 from 2^64 on."""
    stored = subject.tensor(np.full(A.shape, 300.0 if subject.dtype == "float16" else 2.0**70))
    yield holds(np.isfinite(values(subject.root_of_trace(stored))))


def exact_products(factors: Matrices) -> bool:
    """Whether the factors are small matrices of small integers, whose products are exact in every format."""
    small = len(factors) < 4 and all(0 < n < 5 for f in factors for n in f.shape[1:])
    return small and all(
        (np.abs(numbers) <= 4).all() and (numbers == np.round(numbers)).all() for numbers in values(factors)
    )


def _same_determinant(subject: Subject, factors: Matrices) -> Iterator[Check]:
    """Integer factors have integer determinants: half a unit of error cannot hide a difference."""
    turned = [factors[-1], *factors[:-1]]
    if exact_products(factors):
        here, there = (subject.determinant(product(subject, fs)) for fs in (factors, turned))
        yield at_most(np.abs(values(here) - values(there)), 0.5)
