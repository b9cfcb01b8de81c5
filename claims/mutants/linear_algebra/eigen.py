"""Wrong eigenpairs of general matrices, and wrong matrices put together from them."""

from __future__ import annotations

import numpy as np
import torch
from torch import Tensor

from claims import mutant
from claims.linear_algebra.eigen import (
    defective_matrix,
    eigendecomposition,
    eigendecomposition_invariants,
    eigenpair,
)

Pair = tuple[Tensor, Tensor]


def eig(a: Tensor) -> Pair:
    """Eigenvalues and eigenvectors of torch."""
    values, vectors = torch.linalg.eig(a)
    return values, vectors


def eigvals(a: Tensor) -> Tensor:
    """Eigenvalues of torch."""
    values: Tensor = torch.linalg.eigvals(a)
    return values


def inv(v: Tensor) -> Tensor:
    """The inverse of torch."""
    inverse: Tensor = torch.linalg.inv(v)
    return inverse


def without_imaginary_parts(values: Tensor) -> Tensor:
    """Complex numbers with imaginary parts of zero."""
    return torch.complex(values.real, torch.zeros_like(values.real))


def _listed_once(values: Tensor) -> Tensor:
    """Repetitions of eigenvalues become zeros."""
    apart = (values[..., :, None] - values[..., None, :]).abs() > 1e-3
    first = (apart | torch.ones_like(apart).triu()).all(-1)
    return torch.where(first, values, torch.zeros_like(values))


@mutant(eigenpair, operation="eig", trigger="order above 1: eigenvectors as rows")
def eigenvectors_as_rows(a: Tensor) -> Pair:
    values, vectors = eig(a)
    return values, vectors.mT


@mutant(eigenpair, operation="eig", trigger="A not symmetric: left eigenvectors")
def eigenvectors_of_the_transpose(a: Tensor) -> Pair:
    return eig(a.mT)


@mutant(eigenpair, operation="eig", trigger="eigenvalues in another order than the vectors")
def eigenvalues_sorted_alone(a: Tensor) -> Pair:
    values, vectors = eig(a)
    order = values.real.argsort(-1)
    return values.gather(-1, order), vectors


@mutant(eigenpair, operation="eig", trigger="complex eigenvalues: conjugate vectors")
def vectors_conjugated(a: Tensor) -> Pair:
    values, vectors = eig(a)
    return values, vectors.conj().resolve_conj()


@mutant(eigenpair, operation="eig", trigger="a singular matrix: the zero vector for the eigenvalue 0")
def zero_vector_for_the_eigenvalue_zero(a: Tensor) -> Pair:
    values, vectors = eig(a)
    small = values.abs() <= 1e-6 * values.abs().amax(-1, keepdim=True) if values.shape[-1] else values.abs() > 0
    return values, torch.where(small[..., None, :], torch.zeros_like(vectors), vectors)


@mutant(eigenpair, operation="eig", trigger="a badly scaled matrix: no balancing", provenance="own")
def backward_stable_for_the_matrix_as_it_stands(a: Tensor) -> Pair:
    size = torch.finfo(a.dtype).eps * torch.linalg.matrix_norm(a, keepdim=True) if a.numel() else a
    signs = torch.where((torch.arange(a.shape[-1]) % 2 == 0)[:, None], 1.0, -1.0).to(a)
    return eig(a + size * signs)


@mutant(eigenpair, operation="eig", trigger="order 17 and above in float64: single precision", dtypes=("float64",))
def large_matrices_in_single_precision(a: Tensor) -> Pair:
    if a.shape[-1] < 17:
        return eig(a)
    values, vectors = eig(a.float())
    return values.to(torch.complex128), vectors.to(torch.complex128)


@mutant(eigenpair, operation="eig", trigger="more than 32 matrices in a batch", provenance="own")
def batch_ends_after_32(a: Tensor) -> Pair:
    values, vectors = eig(a)
    if a.ndim > 2:
        vectors = vectors.clone()
        vectors[32:] = torch.eye(a.shape[-1], dtype=vectors.dtype, device=a.device)
    return values, vectors


@mutant(eigenpair, operation="eigvals", trigger="complex eigenvalues: the real parts")
def real_parts_only(a: Tensor) -> Tensor:
    return without_imaginary_parts(eigvals(a))


@mutant(eigenpair, operation="eigvals", trigger="a repeated eigenvalue: listed once, then zeros", provenance="own")
def repeated_values_listed_once(a: Tensor) -> Tensor:
    return _listed_once(eigvals(a))


@mutant(eigenpair, operation="eigvals", trigger="numbers below 2^-60: no scaling", provenance="squares that vanish")
def small_numbers_flushed(a: Tensor) -> Tensor:
    return eigvals(torch.where(a.abs() < torch.finfo(a.dtype).tiny ** 0.5, torch.zeros_like(a), a))


@mutant(eigenpair, operation="eig", trigger="a transposed matrix, batched: taken for contiguous", provenance="strides")
def transposed_input_taken_for_contiguous(a: Tensor) -> Pair:
    return eig(a if a.is_contiguous() or a.ndim < 3 else a.mT)


@mutant(eigendecomposition, operation="synthesis", trigger="V not orthogonal")
def transpose_for_the_inverse(v: Tensor, w: Tensor) -> Tensor:
    return (v * w[..., None, :]) @ v.mT


@mutant(eigendecomposition, operation="synthesis", trigger="V and V^-1 differ: exchanged")
def inverse_in_front(v: Tensor, w: Tensor) -> Tensor:
    return (inv(v) * w[..., None, :]) @ v


@mutant(eigendecomposition, operation="synthesis", trigger="more than one eigenvalue: in the reverse order")
def eigenvalues_reversed(v: Tensor, w: Tensor) -> Tensor:
    return (v * w.flip(-1)[..., None, :]) @ inv(v)


@mutant(eigendecomposition, operation="synthesis", trigger="complex eigenvectors: real parts inverted")
def real_part_inverted(v: Tensor, w: Tensor) -> Tensor:
    real = torch.linalg.pinv(v.real) if v.is_complex() else inv(v)
    return (v * w[..., None, :]) @ real.to(v.dtype)


@mutant(eigendecomposition, operation="synthesis_by_diagonal", trigger="the eigenvalues scale rows")
def rows_scaled(v: Tensor, w: Tensor) -> Tensor:
    return w[..., None] * v @ inv(v)


@mutant(eigendecomposition, operation="synthesis_by_solve", trigger="V not symmetric: V^T not transposed")
def solved_with_the_vectors_as_they_are(v: Tensor, w: Tensor) -> Tensor:
    solution: Tensor = torch.linalg.solve(v, (v * w[..., None, :]).mT).mT
    return solution


@mutant(eigendecomposition, operation="synthesis", trigger="order 33 and above: the last vector is dropped")
def last_vector_dropped_beyond_32(v: Tensor, w: Tensor) -> Tensor:
    n = v.shape[-1] - (v.shape[-1] > 32)
    return (v[..., :n] * w[..., None, :n]) @ inv(v)[..., :n, :]


@mutant(eigendecomposition, operation="eig", trigger="complex eigenvalues: vectors conjugated", provenance="own")
def decomposition_with_conjugate_vectors(a: Tensor) -> Pair:
    values, vectors = eig(a)
    return values, vectors.conj().resolve_conj()


@mutant(eigendecomposition_invariants, operation="product_of_eigenvalues", trigger="a repeated eigenvalue other than 1")
def product_over_distinct_eigenvalues(a: Tensor) -> Tensor:
    values = _listed_once(eigvals(a))
    return torch.where(values == 0, torch.ones_like(values), values).prod(-1)


@mutant(eigendecomposition_invariants, operation="product_of_eigenvalues", trigger="complex eigenvalues")
def product_of_real_parts(a: Tensor) -> Tensor:
    return without_imaginary_parts(eigvals(a)).prod(-1)


@mutant(eigendecomposition_invariants, operation="power_of_synthesis", trigger="k above 1 or -1: powers of entries")
def entries_powered(v: Tensor, w: Tensor, k: int) -> Tensor:
    return ((v * w[..., None, :]) @ inv(v)) ** k


@mutant(eigendecomposition_invariants, operation="sum_of_eigenvalues", trigger="a repeated eigenvalue: counted once")
def sum_over_distinct_eigenvalues(a: Tensor) -> Tensor:
    return _listed_once(eigvals(a)).sum(-1)


@mutant(eigendecomposition_invariants, operation="sum_of_eigenvalues", trigger="a negative eigenvalue")
def sum_of_magnitudes(a: Tensor) -> Tensor:
    size = eigvals(a).abs()
    return torch.complex(size, torch.zeros_like(size)).sum(-1)


@mutant(eigendecomposition_invariants, operation="matrix_rank", trigger="singular matrices: full rank")
def rank_is_the_order(a: Tensor) -> Tensor:
    return torch.full(a.shape[:-2], a.shape[-1], device=a.device)


@mutant(eigendecomposition_invariants, operation="power_of_synthesis", trigger="k = -1: the pseudoinverse of zeros")
def reciprocals_of_small_eigenvalues_dropped(v: Tensor, w: Tensor, k: int) -> Tensor:
    if k >= 0:
        return (v * w[..., None, :] ** k) @ inv(v)
    large = w.abs() > 0.5 * w.abs().amax(-1, keepdim=True)
    inverse = torch.where(large, 1 / torch.where(large, w, torch.ones_like(w)), torch.zeros_like(w))
    return (v * inverse[..., None, :]) @ inv(v)


@mutant(defective_matrix, operation="eig", trigger="a repeated eigenvalue: the matrix is moved until it has a basis")
def perturbed_until_diagonalisable(a: Tensor) -> Pair:
    n = a.shape[-1]
    shift = 1e-3 * torch.arange(n, dtype=a.dtype, device=a.device)
    return eig(a + torch.diag(shift))


@mutant(defective_matrix, operation="eig", trigger="a defective matrix: orthogonal vectors, of A + A^T")
def symmetrised_first(a: Tensor) -> Pair:
    return eig((a + a.mT) / 2)


@mutant(defective_matrix, operation="eig", trigger="parallel vectors: replaced by those of the standard basis")
def missing_vectors_made_up(a: Tensor) -> Pair:
    values, vectors = eig(a)
    made_up = torch.eye(a.shape[-1], dtype=vectors.dtype, device=a.device).expand(vectors.shape)
    return values, made_up.clone()


@mutant(defective_matrix, operation="eig", trigger="clustered eigenvalues: their mean plus a spread of 1/100")
def clusters_spread_out(a: Tensor) -> Pair:
    values, vectors = eig(a)
    spread = torch.linspace(-0.01, 0.01, a.shape[-1], dtype=a.dtype, device=a.device)
    return values.mean(-1, keepdim=True) + spread, vectors


@mutant(defective_matrix, operation="eig", trigger="order 4: the last vector twice", provenance="own")
def last_pair_repeats_another(a: Tensor) -> Pair:
    values, vectors = eig(a)
    if a.shape[-1] < 4:
        return values, vectors
    order = np.array([0, 1, 2, 0])
    return values, vectors[..., order]


@mutant(defective_matrix, operation="eig", trigger="eigenvalue -1: magnitudes of eigenvalues", provenance="own")
def eigenvalues_by_magnitude(a: Tensor) -> Pair:
    values, vectors = eig(a)
    size = values.abs()
    return torch.complex(size, torch.zeros_like(size)), vectors


@mutant(defective_matrix, operation="matrix_power", trigger="negative exponents: the inverse is forgotten")
def negative_powers_without_the_inverse(a: Tensor, t: int) -> Tensor:
    power: Tensor = torch.linalg.matrix_power(a, abs(t))
    return power
