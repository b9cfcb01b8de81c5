"""Public spellings of one operation: names, methods, `out=`, and formulas for the same function."""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterator

import numpy as np
from torch import Tensor

from claims import TRUE, claim, equal, for_all, holds, refutation, values, within
from claims.frame.checks import Check
from claims.frame.inputs.matrices import MatrixCycle, matrix_cycles
from claims.frame.inputs.numbers import Numbers
from claims.frame.inputs.powers import MatrixAndExponent, Powered, powers
from claims.frame.inputs.spectra import only
from claims.frame.inputs.spellings import Factors, Stack, stacks
from claims.frame.operations.chapters import matrix_spellings, spellings
from claims.frame.subject import Subject
from reference.linear_algebra import norms, trace
from reference.linear_algebra import powers as power
from reference.linear_algebra import spellings as reference
from reference.truth import Truth


def agree(
    call: Callable[[str], Tensor], groups: spellings.Groups, truth: Truth, name: str, *, stored: Truth | None = None
) -> Iterator[Check]:
    """Every spelling against the truth, and the spellings of a group against its first, bit by bit.

    `stored` is the truth for those that multiply and sum.
    """
    for group in groups:
        first: Tensor | None = None
        for spelling in group:
            found, label = call(spelling), f"{name}: {spelling}"
            yield holds(found.shape == truth.value.shape, label=f"{label}, shape")
            if found.shape == truth.value.shape:
                first = found if first is None else first
                rounds = stored is not None and spelling in spellings.MULTIPLIED_AND_SUMMED
                yield within(found, stored if stored is not None and rounds else truth, label=label)
                if found is not first:
                    yield equal(found, values(first), label=f"{label} = {group[0]}")


def first_of(truth: Truth) -> Truth:
    """The first entry along the second axis."""
    return Truth(truth.value[:, 0], truth.bound[:, 0])


def products(subject: Subject, factors: Factors) -> Iterator[Check]:
    """Products of matrices, of stacks of them, and sums of those."""
    A, B = factors
    a, b, how = values(A), values(B), subject.arithmetic("matrix_product")
    left, right = A[:, 0], B[:, 0]
    exact, stored = reference.product(a, b, how), reference.product_of_stored(a[:, 0], b[:, 0], how)
    yield from agree(
        lambda s: subject.matrix_product(left, right, s),
        spellings.MATRIX_PRODUCTS,
        first_of(exact),
        "A B",
        stored=stored,
    )
    yield from agree(lambda s: subject.stacked_product(A, B, s), spellings.STACKED_PRODUCTS, exact, "A_i B_i")
    exact, stored = reference.summed(a, b, how), reference.product_of_stored(*reference.concatenated(a, b), how)
    yield from agree(
        lambda s: subject.summed_product(A, B, s), spellings.SUMMED_PRODUCTS, exact, "sum A_i B_i", stored=stored
    )


def products_of_vectors(subject: Subject, A: Tensor, x: Tensor, y: Tensor) -> Iterator[Check]:
    """A x, the inner product of x with the first row of A, and x y^T; x has as many entries as A has columns."""
    a, how = values(A), subject.arithmetic("matrix_product")
    row = A[:, 0]
    exact = reference.applied(a, values(x), how)
    stored = first_of(reference.product_of_stored(values(x)[:, None], a.swapaxes(-1, -2), how))
    yield from agree(
        lambda s: subject.matrix_vector_product(A, x, s), spellings.MATRIX_VECTOR_PRODUCTS, exact, "A x", stored=stored
    )
    yield from agree(
        lambda s: subject.inner_product(row, x, s),
        spellings.INNER_PRODUCTS,
        first_of(exact),
        "x . y",
        stored=first_of(stored),
    )
    outer = reference.outer(values(x), values(y), how)
    yield from agree(lambda s: subject.outer_product(x, y, s), spellings.OUTER_PRODUCTS, outer, "x y^T")


@claim(
    title="Every spelling of a product of matrices and vectors computes the same function",
    statement=r"(AB)_{ij}=\sum_ka_{ik}b_{kj}\text{ for all names, methods and }\texttt{out=};\quad"
    r"\beta=0\Rightarrow\beta C+AB=AB\text{ for every }C",
    hypotheses="names of one kernel agree bit by bit in the same memory layout, others up to rounding",
    notes="Linear algebra: matrix and vector products",
    book="2.2",
    truth=TRUE,
    bound="BND-CHAIN, BND-DOT; a sum may be stored after each stacked product, by inner and tensordot each product",
)
@for_all(factors=stacks())
def product_spellings_agree(subject: Subject, factors: Factors) -> Iterator[Check]:
    """Each spelling is compared with the exact value in every layout, and with the first of its names bit by bit.

    The products are those of matrices, stacks, sums over stacks, matrices with vectors, inner and outer products. What
    is filled by `out=`, and what beta = 0 must ignore, holds NaN before.
    """
    A, B = factors
    yield from products(subject, factors)
    if A.shape[-2] and B.shape[-1]:
        yield from products_of_vectors(subject, A[:, 0], B[:, 0, :, 0], B[:, 0].flatten(1)[:, : B.shape[-1]])


@refutation(product_spellings_agree, "All spellings agree bit by bit.")
@for_all(factors=only(Stack(3, 130, 2, 5)))
def all_spellings_agree_bitwise(subject: Subject, factors: Factors) -> Iterator[Check]:
    """They add in different orders."""
    A, B = (t * (1 + subject.tensor(np.arange(float(t.shape[-1]))) / 7) for t in factors)
    yield equal(subject.summed_product(A, B, "torch.addbmm, beta=0"), subject.summed_product(A, B, "torch.mm"))


@refutation(product_spellings_agree, r"\beta=0\text{ multiplies what is to be ignored by zero, so that NaN stays.}")
def zero_times_nan_stays(subject: Subject, factors: Factors) -> Iterator[Check]:
    """Beta = 0 says that the matrix is not read."""
    product = values(subject.matrix_product(factors.A[:, 0], factors.B[:, 0], "torch.addmm, beta=0"))
    yield holds(np.isnan(product).all((-2, -1)), where=product.size > 0)


@refutation(product_spellings_agree, "torch.mm multiplies stacks of matrices, as torch.matmul does.")
def mm_multiplies_stacks(subject: Subject, factors: Factors) -> Iterator[Check]:
    """It takes two matrices, and raises RuntimeError for anything else."""
    try:
        found = subject.stacked_product(*factors, "torch.mm of stacks")
        yield holds(found.shape == subject.stacked_product(*factors, "torch.matmul").shape)
    except RuntimeError:
        yield holds(np.zeros(len(factors.A)))


def rearrangements(subject: Subject, A: Tensor) -> Iterator[Check]:
    """The transpose and the lower triangle, without any error, and the norm of all entries."""
    a = values(A)
    zero = np.zeros_like(a)
    turned = Truth(a.swapaxes(-1, -2), zero.swapaxes(-1, -2))
    yield from agree(lambda s: subject.matrix_transpose(A, s), matrix_spellings.TRANSPOSES, turned, "A^T")
    for k in (0, -1, 2):
        lower = functools.partial(subject.lower_triangle, A, k)
        yield from agree(lower, matrix_spellings.TRIANGLES, Truth(np.tril(a, k), zero), f"lower triangle {k}")
    hidden = subject.tensor(np.where(np.triu(np.ones(a.shape), 1) > 0, np.nan, a))
    cut = functools.partial(subject.lower_triangle, hidden, 0)
    yield from agree(cut, matrix_spellings.TRIANGLES, Truth(np.tril(a), zero), "lower triangle below NaN")
    flat = a.reshape(len(a), a.shape[-1] * a.shape[-2])
    norm = norms.norm(flat, 2.0, subject.arithmetic("frobenius_norm"))
    yield from agree(lambda s: subject.frobenius_norm(A, s), matrix_spellings.FROBENIUS_NORMS, norm, "norm")


@claim(
    title="Every spelling of a transpose, triangle, trace, norm or power of a matrix computes the same function",
    statement=r"f_1(A)=f_2(A)=\dots\text{ for all names, methods and }\texttt{out=}\text{ of }A^\top,\ "
    r"\operatorname{tril}A,\ \operatorname{Tr}A,\ \|A\|_F,\ A^t",
    hypotheses="names of one kernel agree bit by bit in the same memory layout, others up to rounding",
    notes="Linear algebra: matrix and vector products",
    book="2.1, 2.5, 2.10",
    truth=TRUE,
    bound="exact for what moves entries; BND-SUM, BND-L2, and BND-CHAIN in any order of multiplication",
)
@for_all(powered=powers())
def matrix_spellings_agree(subject: Subject, powered: Powered) -> Iterator[Check]:
    """Each spelling is compared with the exact value in every layout, and with the first of its names bit by bit.

    Trace and natural powers of a square matrix; transpose, lower triangle (also where what is cut off is NaN) and the
    norm of all entries without a column.
    """
    W, t = powered.W[:3], powered.t
    w = values(W)
    yield from rearrangements(subject, W[..., 1:] if W.shape[-1] > 1 else W)
    total = trace.trace(w, subject.arithmetic("matrix_trace"))
    yield from agree(lambda s: subject.matrix_trace(W, s), matrix_spellings.TRACES, total, "trace")
    exact = power.power(w, t, subject.arithmetic("natural_power"))
    yield from agree(lambda s: subject.natural_power(W, t, s), matrix_spellings.POWERS, exact, f"W^{t}")


@refutation(matrix_spellings_agree, "All spellings of the trace agree bit by bit.", dtypes=("float32",))
@for_all(powered=only(MatrixAndExponent(17, 2, "normal")))
def traces_agree_bitwise(subject: Subject, powered: Powered) -> Iterator[Check]:
    """torch.trace adds in double precision."""
    W = powered.W
    yield equal(subject.matrix_trace(W, "torch.trace"), values(subject.matrix_trace(W, "torch.einsum")))


@refutation(matrix_spellings_agree, r"A^\top=A\text{ for square }A")
def transposition_changes_nothing(subject: Subject, powered: Powered) -> Iterator[Check]:
    """Of symmetric matrices only."""
    W = powered.W
    yield equal(subject.matrix_transpose(W, "mT"), values(W))


@refutation(matrix_spellings_agree, "torch.norm of a matrix is its spectral norm.")
@for_all(powered=only(MatrixAndExponent(3)))
def norm_is_the_spectral_norm(subject: Subject, powered: Powered) -> Iterator[Check]:
    """Without an order it is the norm of all entries."""
    W = powered.W
    spectral = np.linalg.norm(values(W), 2, (-2, -1))
    yield within(subject.frobenius_norm(W, "torch.norm"), Truth(spectral, 2.0**-6 * spectral))


@claim(
    title="Every spelling of a product of three matrices computes the same function, in either order",
    statement=r"(AB)C=A(BC)",
    hypotheses="torch.chain_matmul is an old name of multi_dot; both choose the order by the shapes",
    notes="Linear algebra: matrix and vector products",
    book="2.2, eq. 2.7",
    formal="Matrix.mul_assoc",
    truth=TRUE,
    bound="BND-CHAIN, the larger one of both orders (ASNA (3.5))",
)
@for_all(factors=matrix_cycles(length=3))
def chain_product_spellings_agree(subject: Subject, factors: list[Tensor]) -> Iterator[Check]:
    """Multi_dot, chain_matmul, `out=`, @ from the left and einsum against the exact product; names bit by bit."""
    few = [f[:4] for f in factors]
    a, b, c = values(few)
    truth = reference.chained(a, b, c, subject.arithmetic("chained_product"))
    yield from agree(lambda s: subject.chained_product(few, s), spellings.CHAINED_PRODUCTS, truth, "A B C")


@refutation(chain_product_spellings_agree, "Both orders of multiplication agree bit by bit.")
@for_all(factors=only(MatrixCycle((7, 6, 5), Numbers("normal"))))
def orders_agree_bitwise(subject: Subject, factors: list[Tensor]) -> Iterator[Check]:
    a, b, c = factors
    yield equal(subject.matmul(subject.matmul(a, b), c), values(subject.matmul(a, subject.matmul(b, c))))


@refutation(chain_product_spellings_agree, r"ABC=CBA")
@for_all(factors=only(MatrixCycle((2, 2, 2))))
def products_commute(subject: Subject, factors: list[Tensor]) -> Iterator[Check]:
    forward, backward = (subject.chained_product(fs, "@") for fs in (factors, factors[::-1]))
    yield equal(forward, values(backward))


@claim(
    title="Every spelling of Kronecker's product computes the same function",
    statement=r"(A\otimes B)_{(i-1)p+k,\,(j-1)q+l}=a_{ij}b_{kl},\quad B\in\mathbb{R}^{p\times q}",
    hypotheses="names of one kernel agree bit by bit in the same memory layout",
    notes="Linear algebra: matrix and vector products",
    truth=TRUE,
    bound="one rounding, u |a_ij b_kl| and eta if it is subnormal",
)
@for_all(factors=stacks())
def kronecker_spellings_agree(subject: Subject, factors: Factors) -> Iterator[Check]:
    """torch.kron, its method and `out=`, a product of broadcast matrices, and torch.einsum, with the exact entries."""
    A, B = factors.A[:, 0, :7, :9], factors.B[:, 0, :5, :3]
    blocks = reference.kronecker(values(A), values(B), subject.arithmetic("kronecker_product"))
    yield from agree(lambda s: subject.kronecker_product(A, B, s), spellings.KRONECKER_PRODUCTS, blocks, "A x B")


@refutation(kronecker_spellings_agree, r"A\otimes B=B\otimes A")
def kronecker_product_commutes(subject: Subject, factors: Factors) -> Iterator[Check]:
    """Only up to an order of rows and columns."""
    A, B = factors.A[:, 0, :7, :9], factors.B[:, 0, :5, :3]
    yield equal(subject.kronecker_product(A, B, "*"), values(subject.kronecker_product(B, A, "*")))


@refutation(kronecker_spellings_agree, "torch.outer of the flattened matrices has the same entries in the same order.")
def kronecker_product_is_the_outer_product(subject: Subject, factors: Factors) -> Iterator[Check]:
    """The same entries, in the order of blocks."""
    A, B = factors.A[:, 0, :7, :9], factors.B[:, 0, :5, :3]
    product = subject.kronecker_product(A, B, "*")
    yield equal(
        subject.outer_product(A.flatten(1), B.flatten(1), "torch.outer").reshape(product.shape), values(product)
    )
