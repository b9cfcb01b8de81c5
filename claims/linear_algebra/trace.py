"""The trace: the sum of the diagonal, invariant under cyclic permutation of a product."""

from __future__ import annotations

from collections.abc import Iterator

from torch import Tensor

from claims import TRUE, claim, for_all, refutation, values, within
from claims.frame.checks import Check
from claims.frame.inputs.matrices import matrix_cycles
from claims.frame.subject import Subject
from reference.linear_algebra import trace as reference


def rotations(factors: list[Tensor]) -> list[list[Tensor]]:
    """Every cyclic permutation of the factors, the unturned one first."""
    return [factors[k:] + factors[:k] for k in range(len(factors))]


def trace_of(subject: Subject, factors: list[Tensor]) -> Tensor:
    """The trace of the product, multiplied from the left."""
    product = factors[0]
    for factor in factors[1:]:
        product = subject.matmul(product, factor)
    trace: Tensor = subject.trace(product)
    return trace


@claim(
    title="Tr(ABC) = Tr(CAB) = Tr(BCA)",
    statement=r"\operatorname{Tr}(ABC)=\operatorname{Tr}(CAB)=\operatorname{Tr}(BCA)",
    hypotheses="A is a x b, B is b x c, C is c x a",
    notes="Linear algebra: trace",
    book="2.10, eq. 2.51",
    formal="Matrix.trace_mul_cycle",
    truth=TRUE,
    bound="BND-CHAIN for the products, BND-SUM over the diagonal (ASNA (3.5), (4.4))",
)
@for_all(factors=matrix_cycles(length=3))
def trace_cyclic_three(subject: Subject, factors: list[Tensor]) -> Iterator[Check]:
    """The value comes from the unturned product and the bound from each turn, so the claim checks its own statement."""
    truth = reference.trace_of_product(values(factors), subject.arithmetic("matmul"))
    for turn in rotations(factors):
        bound = reference.trace_of_product(values(turn), subject.arithmetic("matmul")).bound
        yield within(trace_of(subject, turn), truth._replace(bound=bound))


@refutation(trace_cyclic_three, r"\operatorname{Tr}(ABC)=\operatorname{Tr}(ACB)")
def trace_is_invariant_under_every_permutation(subject: Subject, factors: list[Tensor]) -> Iterator[Check]:
    """A swap of neighbours is no rotation."""
    a, b, c = factors
    if a.shape[-1] == a.shape[-2] == b.shape[-1]:
        truth = reference.trace_of_product(values([a, b, c]), subject.arithmetic("matmul"))
        yield within(trace_of(subject, [a, c, b]), truth)
