"""Powers of a matrix: eigenvectors scale by powers of their eigenvalues; defective matrices grow all the same."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from torch import Tensor

from claims import FALSE_AS_STATED, UNDER_HYPOTHESES, at_most, claim, equal, for_all, holds, refutation, values, within
from claims.frame.checks import Check
from claims.frame.inputs.powers import (
    Diagonalised,
    IntegerEigenvectors,
    JordanBlock,
    JordanPower,
    Powered,
    diagonalised_powers,
    jordan_blocks,
    powers,
    powers_and_long_ones,
)
from claims.frame.inputs.spectra import only
from claims.frame.subject import Subject
from reference.linear_algebra import powers as reference
from reference.truth import Truth

MOST_PRODUCTS = 33
"""Powers beyond have too many orders of multiplication for a bound; those of signed permutations need none."""
MOST_APPLIED = 130
"""Products of a matrix and a vector one after the other, which take their time."""
LARGEST_ORDER = 130
"""The same for large matrices."""


def determined(observed: Tensor, truth: Truth, label: str) -> Check:
    """`within`, for the instances in which nothing may overflow on the way."""
    finite = np.isfinite(truth.bound).reshape(len(truth.bound), -1).all(-1)
    return within(observed, truth, where=finite, label=label)


def backward(subject: Subject, W: Tensor, x: Tensor, c: Tensor, t: int) -> Tensor:
    """The gradient of c^T W^t x with respect to x by reverse mode, through t products."""
    leaf = x.clone().requires_grad_()
    return subject.gradient(subject.applied_repeatedly(W, leaf, t), leaf, c)


@claim(
    title="Powers of a diagonalisable matrix scale each eigenvector by a power of its eigenvalue, and gradients alike",
    statement=r"W=V\Lambda V^{-1}\Rightarrow W^t=V\Lambda^tV^{-1},\quad\partial(c^\top W^tx)/\partial x=(W^\top)^tc",
    hypotheses="W diagonalisable; what grows or vanishes is |lambda|^t (the notes write lambda)",
    correction="false for a defective W, which has no such V; with |lambda| = 1 its powers still grow",
    notes="Optimization: long-term dependencies",
    book="8.2.5, eq. 8.11",
    formal="Units.conj_pow, Matrix.diagonal_pow",
    truth=UNDER_HYPOTHESES,
    bound="BND-CHAIN, the largest over all orders of multiplication (ASNA (3.5)); exact where integers stay below 2^p",
)
@for_all(powered=powers_and_long_ones(), diagonalised=diagonalised_powers())
def matrix_power_eigendecomposition(subject: Subject, powered: Powered, diagonalised: Diagonalised) -> Iterator[Check]:
    """Matrix_power and a chain of products against W^t, W(W(...x)) against W^t x, and its gradient against (W^T)^t c.

    Where integer eigenvectors are known, W^t, V L^t V^-1 and W^t v = l^t v are compared with the exact V L^t V^-1, not
    with a power of W, so what is checked is the claim itself. Powers above 33, and those of an order above 130, are
    powers of signed permutations, exactly.
    """
    W, x, c, t = powered
    w = values(W)
    if t > MOST_PRODUCTS or W.shape[-1] > LARGEST_ORDER:
        yield from entries_are_moved(subject, powered)
        return
    truth = reference.power(w, t, subject.arithmetic("matrix_power"))  # which is that of any product
    for name in ("matrix_power", "chained_power")[: 1 + (t >= 2)]:
        observed = getattr(subject, name)(W, t)
        yield determined(observed, truth, label=name)
        yield equal(observed, truth.value, where=reference.fits(w, t, subject.format), label=f"{name} of integers")
    how = subject.arithmetic("applied_repeatedly")
    yield determined(subject.applied_repeatedly(W, x, t), reference.applied(w, values(x), t, how), label="W^t x")
    transposed = reference.applied(w.swapaxes(-1, -2), values(c), t, how)
    yield determined(backward(subject, W, x, c, t), transposed, label="gradient")
    yield from eigenvectors_scale(subject, diagonalised)


def entries_are_moved(subject: Subject, powered: Powered) -> Iterator[Check]:
    """W^t, W^t x and its gradient for signed permutations W, which only move entries and change their signs."""
    W, x, c, t = powered
    power = np.linalg.matrix_power(values(W), t)
    yield equal(subject.matrix_power(W, t), power, label="matrix_power of a signed permutation")
    applied, pulled = power @ values(x)[..., None], values(c)[:, None] @ power
    yield equal(subject.applied_repeatedly(W, x, t), applied[..., 0], label="W^t x of a signed permutation")
    yield equal(backward(subject, W, x, c, t), pulled[:, 0], label="gradient of a signed permutation")


def eigenvectors_scale(subject: Subject, diagonalised: Diagonalised) -> Iterator[Check]:
    """W^t and W^t v, computed from W, against what eigenvalues and eigenvectors say."""
    W, V, eigenvalues, inverse, t = diagonalised
    a, v, w, v_inverse = values([W, V, eigenvalues, inverse])
    expected = reference.synthesised(v, w, v_inverse, t)
    how = subject.arithmetic("matrix_power")
    by_products = Truth(expected, reference.power(a, t, how, exactly=False).bound)
    yield determined(subject.matrix_power(W, t), by_products, label="W^t = V L^t V^-1")
    synthesis = reference.synthesis(v, w, v_inverse, t, subject.arithmetic("synthesised_power"))
    yield determined(subject.synthesised_power(V, eigenvalues, inverse, t), synthesis, label="V L^t V^-1")
    how = subject.arithmetic("applied_repeatedly")
    for i in range(min(2, a.shape[-1])):
        scaled = w[:, i, None] ** t * v[..., i]
        truth = Truth(scaled, reference.applied(a, v[..., i], t, how, exactly=False).bound)
        yield determined(subject.applied_repeatedly(W, V[..., i], t), truth, label="W^t v = l^t v")


@refutation(matrix_power_eigendecomposition, r"(AB)^t=A^tB^t")
def power_of_a_product_is_the_product_of_powers(
    subject: Subject, powered: Powered, diagonalised: Diagonalised
) -> Iterator[Check]:
    """Only of matrices that commute: here W and the permutation that reverses the order of the basis do not."""
    W, t = powered.W, powered.t
    n = W.shape[-1]
    reversal = subject.tensor(np.broadcast_to(np.eye(n)[::-1], W.shape))
    product = subject.matmul(W, reversal)
    apart = subject.matmul(subject.matrix_power(W, t), subject.matrix_power(reversal, t))
    exact = reference.fits(values(W), t, subject.format)
    yield equal(subject.matrix_power(product, t), apart, where=exact)


@refutation(matrix_power_eigendecomposition, r"|\lambda_i|\le1\Rightarrow\|W^t\|_1\le\max(1,\|W\|_1)")
def small_eigenvalues_bound_the_powers(
    subject: Subject, powered: Powered, diagonalised: Diagonalised
) -> Iterator[Check]:
    """Far from normal, eigenvalues say little about small powers: W = ((1, 4), (0, 1/2))."""
    W = subject.tensor([[[1.0, 4.0], [0.0, 0.5]]])
    column_sums = np.abs(values(subject.matrix_power(W, 3))).sum(-2)
    yield at_most(column_sums, np.full(column_sums.shape, 5.0))


@refutation(matrix_power_eigendecomposition, r"W^t=V\Lambda^tV^\top\text{ without symmetry}")
def transpose_takes_the_place_of_the_inverse(
    subject: Subject, powered: Powered, diagonalised: Diagonalised
) -> Iterator[Check]:
    W, V, w, _, t = diagonalised
    truth = reference.power(values(W), t, subject.arithmetic("matrix_power"))
    yield within(subject.synthesised_power(V, w, V.mT, t), truth)


@refutation(matrix_power_eigendecomposition, r"W^t\text{ has the entries }W_{ij}^t")
@for_all(powered=powers(), diagonalised=only(IntegerEigenvectors(2, 2)))
def power_is_taken_entry_by_entry(subject: Subject, powered: Powered, diagonalised: Diagonalised) -> Iterator[Check]:
    W, t = powered.W, powered.t
    entries = values(W) ** t
    yield equal(subject.matrix_power(W, t), entries, where=reference.fits(values(W), t, subject.format))


@claim(
    title="Eigenvalues of modulus one keep the powers of a matrix bounded",
    statement=r"\forall i:|\lambda_i(W)|=1\Rightarrow\sup_t\|W^t\|<\infty\quad\text{(as the notes suggest)};\quad"
    r"\begin{pmatrix}1&1\\0&1\end{pmatrix}^t=\begin{pmatrix}1&t\\0&1\end{pmatrix}",
    hypotheses="none",
    correction="only if W is diagonalisable: with a Jordan block of order m to an eigenvalue of modulus 1 powers, and "
    "gradients through them, grow like t^(m-1)",
    notes="Optimization: long-term dependencies",
    book="8.2.5",
    truth=FALSE_AS_STATED,
    bound="exact: the powers of a Jordan block are binomial coefficients (Horn and Johnson, 3.2.5)",
)
@for_all(block=jordan_blocks())
def matrix_power_defective(subject: Subject, block: JordanPower) -> Iterator[Check]:
    """Matrix_power against S J^t S^-1 with binomial coefficients in J^t, exactly, wherever the format holds all sums.

    By exact rationals W has one eigenvector only. The largest entry of J^t is at least t, and so is that of a gradient
    through t products (t up to 130).
    """
    W, S, inverse, eigenvalue, t = block
    a = values(W)
    n = a.shape[-1]
    held = reference.fits(a, t, subject.format)
    expected = values(S) @ reference.jordan_power(n, eigenvalue, t) @ values(inverse)
    yield holds(reference.geometric_multiplicity(a, eigenvalue) == 1, label="one eigenvector")
    power = values(subject.matrix_power(W, t))
    yield equal(power, expected, where=held, label="W^t")
    if 1 <= t <= 10:
        pulled, small = reference.gradient_of_sum(a, t, subject.format)
        leaf = W.clone().requires_grad_()
        found = subject.gradient(subject.matrix_power(leaf, t), leaf, subject.tensor(np.ones(a.shape)))
        yield equal(found, pulled, where=held & small, label="gradient of the sum of W^t by W")
    in_own_basis = (a == np.triu(a)).all((-2, -1))
    yield at_most(np.full(len(a), t), np.abs(power).max((-2, -1)), where=held & in_own_basis, label="growth")
    if t <= MOST_APPLIED:
        last, first = np.eye(n)[[-1, 0]][:, None] * np.ones((1, len(a), 1))
        few = slice(None if t <= MOST_PRODUCTS else 4)
        W, x, c, held = W[few], subject.tensor(last[few]), subject.tensor(first[few]), held[few]
        yield equal(subject.applied_repeatedly(W, x, t), expected[few, :, -1], where=held, label="W^t x")
        yield equal(backward(subject, W, x, c, t), expected[few, 0], where=held, label="gradient")


@refutation(
    matrix_power_defective, r"V\Lambda^tV^{-1}\text{ from torch.linalg.eig gives }W^t.", dtypes=("float32", "float64")
)
@for_all(block=only(JordanBlock(2, 10)))
def eigenvectors_give_the_power(subject: Subject, block: JordanPower) -> Iterator[Check]:
    """No error is raised: the computed V is not quite singular, and the result is the identity."""
    W, t = block.W, block.t
    yield at_most(np.abs(values(subject.power_by_eig(W, t)) - values(subject.matrix_power(W, t))), 0.5)


@refutation(matrix_power_defective, r"|\lambda_i|=1\Rightarrow\|W^t\|_{\max}\le\|W\|_{\max}")
def modulus_one_bounds_the_powers(subject: Subject, block: JordanPower) -> Iterator[Check]:
    largest = np.abs(values(block.W)).max((-2, -1))
    yield at_most(np.abs(values(subject.matrix_power(block.W, block.t))).max((-2, -1)), largest)


@refutation(matrix_power_defective, r"W^t\text{ grows like }\rho(W)^t,\text{ whatever the Jordan form.}")
def gradients_neither_vanish_nor_explode(subject: Subject, block: JordanPower) -> Iterator[Check]:
    ones = subject.tensor(np.ones(block.W.shape[:-1]))
    gradient = np.abs(values(backward(subject, block.W, ones, ones, min(block.t, 33))))
    yield at_most(gradient.max(-1), np.abs(values(block.W)).sum((-2, -1)))
