"""Determinants, inverses, spectra and products of factors of one matrix in all of their spellings; see `spellings`."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import torch
from torch import Tensor

from claims.frame.operations.chapters.spellings import Groups
from claims.frame.operations.operation import Operation

DETERMINANTS: Groups = (("torch.det", "torch.linalg.det", "Tensor.det", "torch.linalg.det, out="),)
EXPONENTIALS_OF_LOGARITHMS: Groups = (
    ("torch.slogdet", "torch.linalg.slogdet", "Tensor.slogdet"),
    ("torch.logdet", "Tensor.logdet"),
)
INVERSES: Groups = (
    (
        "torch.inverse",
        "torch.linalg.inv",
        "Tensor.inverse",
        "torch.linalg.inv_ex",
        "torch.linalg.inv, out=",
        "torch.linalg.matrix_power",
        "torch.matrix_power",
        "Tensor.matrix_power",
    ),
    ("torch.linalg.inv, out= by rows",),
    ("torch.linalg.solve", "torch.linalg.solve_ex"),
    ("torch.linalg.solve, left=False",),
    ("torch.linalg.lu_solve",),
    ("torch.linalg.tensorinv",),
    ("torch.linalg.tensorsolve",),
)
SYMMETRIC_INVERSES: Groups = (
    ("torch.cholesky_inverse", "Tensor.cholesky_inverse"),
    ("torch.cholesky_inverse, upper",),
    ("torch.cholesky_solve", "Tensor.cholesky_solve"),
    ("torch.linalg.ldl_solve",),
)
SINGULAR_VALUES: Groups = (
    ("torch.linalg.svdvals", "torch.linalg.svdvals, out="),
    ("torch.svd, compute_uv=False",),
    ("torch.linalg.svd", "torch.svd", "Tensor.svd"),
    ("torch.linalg.svd, full",),
)
PSEUDOINVERSES: Groups = (
    ("torch.linalg.pinv", "torch.pinverse", "Tensor.pinverse", "torch.linalg.pinv, out="),
    ("of the transpose",),
)
EIGENVALUES: Groups = (
    ("torch.linalg.eigvalsh", "torch.linalg.eigvalsh, out="),
    ("torch.linalg.eigvalsh, upper",),
    ("torch.linalg.eigh",),
    ("torch.linalg.eigvals",),
    ("torch.linalg.eig",),
)
FACTORISATIONS: Groups = (
    ("torch.linalg.svd",),
    ("torch.linalg.svd, full",),
    ("torch.svd", "Tensor.svd"),
    ("torch.linalg.qr", "torch.qr", "Tensor.qr"),
    ("torch.linalg.qr, complete",),
    ("torch.linalg.lu", "torch.linalg.lu_factor_ex"),
)
REFLECTIONS: Groups = (
    ("torch.orgqr", "torch.linalg.householder_product", "Tensor.orgqr"),
    ("torch.ormqr", "Tensor.ormqr"),
)
SYMMETRIC_FACTORISATIONS: Groups = (
    ("torch.linalg.eigh",),
    ("torch.linalg.cholesky", "torch.linalg.cholesky_ex"),
    ("torch.cholesky", "Tensor.cholesky"),
    ("torch.linalg.cholesky, out=",),
    ("torch.linalg.cholesky, upper",),
)
SPECTRAL_NORMS: Groups = (
    ("torch.linalg.norm", "torch.linalg.matrix_norm", "torch.linalg.norm, out="),
    ("torch.linalg.svdvals",),
)
NUCLEAR_NORMS: Groups = (
    ("torch.linalg.norm", "torch.linalg.matrix_norm", "torch.norm", "Tensor.norm"),
    ("torch.linalg.svdvals",),
)


def spelled_determinant(a: Tensor, spelling: str) -> Tensor:
    """The determinant of a matrix; by its logarithm if it is positive."""

    def signed(sign: Tensor, logarithm: Tensor) -> Tensor:
        return sign * logarithm.exp()

    spellings: dict[str, Callable[[], Tensor]] = {
        "torch.det": lambda: torch.det(a),
        "torch.linalg.det": lambda: torch.linalg.det(a),
        "Tensor.det": a.det,
        "torch.linalg.det, out=": lambda: torch.linalg.det(a, out=a.new_full((), float("nan"))),
        "torch.slogdet": lambda: signed(*torch.slogdet(a)),
        "torch.linalg.slogdet": lambda: signed(*torch.linalg.slogdet(a)),
        "Tensor.slogdet": lambda: signed(*a.slogdet()),
        "torch.logdet": lambda: torch.logdet(a).exp(),
        "Tensor.logdet": lambda: a.logdet().exp(),
    }
    return spellings[spelling]()


def spelled_inverse(a: Tensor, spelling: str) -> Tensor:
    """A^-1."""
    identity = torch.eye(len(a), dtype=a.dtype, device=a.device)
    nan = torch.full_like(identity, float("nan"))
    spellings: dict[str, Callable[[], Tensor]] = {
        "torch.inverse": lambda: torch.inverse(a),
        "torch.linalg.inv": lambda: torch.linalg.inv(a),
        "Tensor.inverse": a.inverse,
        "torch.linalg.inv_ex": lambda: torch.linalg.inv_ex(a).inverse,
        "torch.linalg.inv, out=": lambda: torch.linalg.inv(a, out=nan.mT),
        "torch.linalg.inv, out= by rows": lambda: torch.linalg.inv(a, out=nan),
        "torch.linalg.matrix_power": lambda: torch.linalg.matrix_power(a, -1),
        "torch.matrix_power": lambda: torch.matrix_power(a, -1),
        "Tensor.matrix_power": lambda: a.matrix_power(-1),
        "torch.linalg.solve": lambda: torch.linalg.solve(a, identity),
        "torch.linalg.solve, left=False": lambda: torch.linalg.solve(a, identity, left=False),
        "torch.linalg.lu_solve": lambda: torch.linalg.lu_solve(*torch.linalg.lu_factor(a), identity),
        "torch.linalg.tensorinv": lambda: torch.linalg.tensorinv(a, 1),
        "torch.linalg.tensorsolve": lambda: torch.stack([torch.linalg.tensorsolve(a, e) for e in identity], -1),
        "torch.linalg.solve_ex": lambda: torch.linalg.solve_ex(a, identity).result,
    }
    return spellings[spelling]()


def spelled_symmetric_inverse(a: Tensor, spelling: str) -> Tensor:
    """A^-1 of a symmetric positive definite matrix."""
    identity = torch.eye(len(a), dtype=a.dtype, device=a.device)
    spellings: dict[str, Callable[[], Tensor]] = {
        "torch.cholesky_inverse": lambda: torch.cholesky_inverse(torch.linalg.cholesky(a)),
        "Tensor.cholesky_inverse": lambda: torch.linalg.cholesky(a).cholesky_inverse(),
        "torch.cholesky_inverse, upper": lambda: torch.cholesky_inverse(torch.linalg.cholesky(a).mT, upper=True),
        "torch.cholesky_solve": lambda: torch.cholesky_solve(identity, torch.linalg.cholesky(a)),
        "Tensor.cholesky_solve": lambda: identity.cholesky_solve(torch.linalg.cholesky(a)),
        "torch.linalg.ldl_solve": lambda: torch.linalg.ldl_solve(*torch.linalg.ldl_factor(a), identity),
    }
    return spellings[spelling]()


def spelled_singular_values(a: Tensor, spelling: str) -> Tensor:
    """The singular values of A, descending."""
    nan = a.new_full((min(a.shape),), float("nan"))
    spellings: dict[str, Callable[[], Tensor]] = {
        "torch.linalg.svdvals": lambda: torch.linalg.svdvals(a),
        "torch.linalg.svdvals, out=": lambda: torch.linalg.svdvals(a, out=nan),
        "torch.svd, compute_uv=False": lambda: torch.svd(a, compute_uv=False).S,
        "torch.linalg.svd": lambda: torch.linalg.svd(a, full_matrices=False).S,
        "torch.linalg.svd, full": lambda: torch.linalg.svd(a).S,
        "torch.svd": lambda: torch.svd(a).S,
        "Tensor.svd": lambda: a.svd().S,
    }
    return spellings[spelling]()


def spelled_pseudoinverse(a: Tensor, rtol: float, spelling: str) -> Tensor:
    """A^+, singular values up to rtol times the largest taken for zero."""
    nan = a.new_full((a.shape[1], a.shape[0]), float("nan"))
    spellings: dict[str, Callable[[], Tensor]] = {
        "torch.linalg.pinv": lambda: torch.linalg.pinv(a, rtol=rtol),
        "torch.pinverse": lambda: torch.pinverse(a, rcond=rtol),
        "Tensor.pinverse": lambda: a.pinverse(rcond=rtol),
        "torch.linalg.pinv, out=": lambda: torch.linalg.pinv(a, rtol=rtol, out=nan),
        "of the transpose": lambda: torch.linalg.pinv(a.mT, rtol=rtol).mT,
    }
    return spellings[spelling]()


def spelled_eigenvalues(a: Tensor, spelling: str) -> Tensor:
    """The eigenvalues of a symmetric matrix, ascending."""
    spellings: dict[str, Callable[[], Tensor]] = {
        "torch.linalg.eigvalsh": lambda: torch.linalg.eigvalsh(a),
        "torch.linalg.eigvalsh, out=": lambda: torch.linalg.eigvalsh(a, out=a.new_full((len(a),), float("nan"))),
        "torch.linalg.eigvalsh, upper": lambda: torch.linalg.eigvalsh(a, UPLO="U"),
        "torch.linalg.eigh": lambda: torch.linalg.eigh(a).eigenvalues,
        "torch.linalg.eigvals": lambda: torch.linalg.eigvals(a).real.sort().values,
        "torch.linalg.eig": lambda: torch.linalg.eig(a).eigenvalues.real.sort().values,
    }
    return spellings[spelling]()


def factored_and_multiplied(a: Tensor, spelling: str) -> Tensor:
    """The product of the factors of A, which is A; a symmetric positive definite A has more of them."""
    import warnings  # noqa: PLC0415  the function is shown on its own

    k = min(a.shape)

    def by_svd(u: Any, s: Any, vh: Any) -> Tensor:
        return (u[:, :k] * s) @ vh[:k]  # type: ignore[no-any-return]

    def by_v(u: Any, s: Any, v: Any) -> Tensor:
        return (u * s) @ v.mT  # type: ignore[no-any-return]

    def by_qr(q: Any, r: Any) -> Tensor:
        return q @ r  # type: ignore[no-any-return]

    def by_lu(p: Tensor, lower: Tensor, upper: Tensor) -> Tensor:
        return p @ (lower @ upper)

    def unpacked(lu: Tensor, pivots: Tensor, _: Tensor) -> Tensor:
        return by_lu(*torch.lu_unpack(lu, pivots))

    def by_eigh(w: Tensor, q: Tensor) -> Tensor:
        return (q * w) @ q.mT

    def lower(factor: Tensor) -> Tensor:
        return factor @ factor.mT

    spellings: dict[str, Callable[[], Tensor]] = {
        "torch.linalg.svd": lambda: by_svd(*torch.linalg.svd(a, full_matrices=False)),
        "torch.linalg.svd, full": lambda: by_svd(*torch.linalg.svd(a)),
        "torch.svd": lambda: by_v(*torch.svd(a)),
        "Tensor.svd": lambda: by_v(*a.svd()),
        "torch.linalg.qr": lambda: by_qr(*torch.linalg.qr(a)),
        "torch.linalg.qr, complete": lambda: by_qr(*torch.linalg.qr(a, mode="complete")),
        "torch.qr": lambda: by_qr(*torch.qr(a)),
        "Tensor.qr": lambda: by_qr(*a.qr()),
        "torch.linalg.lu": lambda: by_lu(*torch.linalg.lu(a)),
        "torch.linalg.lu_factor_ex": lambda: unpacked(*torch.linalg.lu_factor_ex(a)),
        "torch.linalg.eigh": lambda: by_eigh(*torch.linalg.eigh(a)),
        "torch.linalg.cholesky": lambda: lower(torch.linalg.cholesky(a)),
        "torch.cholesky": lambda: lower(torch.cholesky(a)),
        "Tensor.cholesky": lambda: lower(a.cholesky()),
        "torch.linalg.cholesky_ex": lambda: lower(torch.linalg.cholesky_ex(a).L),
        "torch.linalg.cholesky, out=": lambda: lower(torch.linalg.cholesky(a, out=torch.full_like(a, float("nan")))),
        "torch.linalg.cholesky, upper": lambda: lower(torch.linalg.cholesky(a, upper=True).mT),
    }
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of names that torch wants to give up
        return spellings[spelling]()


def reflected_and_multiplied(a: Tensor, spelling: str) -> Tensor:
    """Q R, which is A, from the Householder reflectors that geqrf stores below R."""
    k = min(a.shape)
    stored, tau = a.geqrf() if spelling.startswith("Tensor") else torch.geqrf(a)
    h, r = stored[:, :k], stored.triu()
    spellings: dict[str, Callable[[], Tensor]] = {
        "torch.orgqr": lambda: torch.orgqr(h, tau) @ r[:k],
        "torch.linalg.householder_product": lambda: torch.linalg.householder_product(h, tau) @ r[:k],
        "Tensor.orgqr": lambda: h.orgqr(tau) @ r[:k],
        "torch.ormqr": lambda: torch.ormqr(h, tau, r),
        "Tensor.ormqr": lambda: h.ormqr(tau, r),
    }
    return spellings[spelling]()


def spectral_norm(a: Tensor, spelling: str) -> Tensor:
    """The largest singular value."""
    spellings: dict[str, Callable[[], Tensor]] = {
        "torch.linalg.norm": lambda: torch.linalg.norm(a, 2),
        "torch.linalg.matrix_norm": lambda: torch.linalg.matrix_norm(a, 2),
        "torch.linalg.norm, out=": lambda: torch.linalg.norm(a, 2, out=a.new_full((), float("nan"))),
        "torch.linalg.svdvals": lambda: torch.linalg.svdvals(a).amax(),
    }
    return spellings[spelling]()


def nuclear_norm(a: Tensor, spelling: str) -> Tensor:
    """The sum of the singular values."""
    spellings: dict[str, Callable[[], Tensor]] = {
        "torch.linalg.norm": lambda: torch.linalg.norm(a, "nuc"),
        "torch.linalg.matrix_norm": lambda: torch.linalg.matrix_norm(a, "nuc"),
        "torch.norm": lambda: torch.norm(a, "nuc"),
        "Tensor.norm": lambda: a.norm("nuc"),
        "torch.linalg.svdvals": lambda: torch.linalg.svdvals(a).sum(),
    }
    return spellings[spelling]()


_SPELLED = (
    spelled_determinant,
    spelled_inverse,
    spelled_symmetric_inverse,
    spelled_singular_values,
    spelled_pseudoinverse,
    spelled_eigenvalues,
    spectral_norm,
    nuclear_norm,
)

ROWS = {
    **{f.__name__: Operation(f, f.__name__, axes=(2,), batches=False) for f in _SPELLED},
    "factored_and_multiplied": Operation(
        factored_and_multiplied, "factored_and_multiplied", axes=(2,), batches=False, product=True
    ),
    "reflected_and_multiplied": Operation(
        reflected_and_multiplied, "reflected_and_multiplied", axes=(2,), batches=False, product=True
    ),
}
