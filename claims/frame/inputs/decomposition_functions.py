"""The table of decompositions, and of what is made of them: functions that no gauge changes."""

from __future__ import annotations

from claims.frame.inputs.functions import Row

SYMMETRIC = "(x.view(3, 3) + x.view(3, 3).mT) / 2"
POSITIVE_Q = "(lambda q, r: q * r.diagonal().sign())(*f({}))"
POSITIVE_R = "(lambda q, r: r.diagonal().sign()[:, None] * r)(*f({}))"
"""Q and R with a positive diagonal of R, which makes them unique."""

DECOMPOSITIONS: dict[str, Row] = {
    "orthogonal factor": Row("qr", POSITIVE_Q.format("x.view(3, 3)"), 9, "dominant"),
    "orthogonal factor of a tall matrix": Row("qr", POSITIVE_Q.format("x.view(3, 2)"), 6, "tall"),
    "triangular factor": Row("qr", POSITIVE_R.format("x.view(3, 3)"), 9, "dominant"),
    "triangular factor of a tall matrix": Row("qr", POSITIVE_R.format("x.view(3, 2)"), 6, "tall"),
    "triangular factor of a wide matrix": Row("qr", POSITIVE_R.format("x.view(3, 2).mT"), 6, "tall"),
    "factors of LU": Row("lu", "torch.add(*f(x.view(3, 3))[1:])", 9, "dominant"),
    "upper Cholesky factor": Row(
        "cholesky",
        "f(x.view(3, 3) @ x.view(3, 3).mT + torch.eye(3, dtype=x.dtype, device=x.device), upper=True)",
        9,
        "dominant",
    ),
    "eigenvalues of order 3": Row("eigvalsh", f"f({SYMMETRIC})", 9, "separated"),
    "projector on an eigenvector": Row(
        "eigh", f"(lambda w, v: v[:, -1:] @ v[:, -1:].mT)(*f({SYMMETRIC}))", 9, "separated"
    ),
    "square root of a symmetric matrix": Row(
        "eigh", f"(lambda w, v: (v * w.sqrt()) @ v.mT)(*f({SYMMETRIC}))", 9, "separated"
    ),
    "real eigenvalues": Row("eigvals", "torch.sort(f(x.view(3, 3)).real).values", 9, "separated"),
    "square root by eigenvectors": Row(
        "eig", "(lambda w, v: ((v * w.sqrt()) @ torch.linalg.inv(v)).real)(*f(x.view(3, 3)))", 9, "separated"
    ),
    "singular values of a tall matrix": Row("svdvals", "f(x.view(3, 2))", 6, "separated"),
    "polar factor": Row("svd", "(lambda u, s, v: u @ v)(*f(x.view(3, 2), full_matrices=False))", 6, "separated"),
    "polar factor of a square matrix": Row("svd", "(lambda u, s, v: u @ v)(*f(x.view(3, 3)))", 9, "separated"),
    "product of first singular vectors": Row(
        "svd", "(lambda u, s, v: u[:, :1] @ v[:1])(*f(x.view(3, 2), full_matrices=False))", 6, "separated"
    ),
    "condition number": Row("cond", "f(x.view(2, 2))", 4, "distinct"),
    "least squares": Row("least_squares", "f(x[:6].view(3, 2), x[6:, None], 'gelsd')", 9, "tall"),
    "least squares of least norm": Row("least_squares", "f(x[:6].view(3, 2).mT, x[6:, None], 'gelsd')", 8, "tall"),
    "pseudoinverse of a wide matrix": Row("pinv", "f(x.view(3, 2).mT)", 6, "tall"),
    "negative matrix power": Row("matrix_power", "f(x.view(3, 3), -2)", 9, "dominant"),
    "logarithm of a positive determinant": Row("logdet", "f(x.view(3, 3))", 9, "dominant"),
    "triangular solution from the right": Row(
        "solve_triangular",
        "f(x[:9].view(3, 3).triu(), x[None, 9:], upper=True, left=False, unitriangular=True)",
        12,
        "dominant",
    ),
    "Kronecker product": Row("kronecker_product", "f(x[:4].view(2, 2), x[None, 4:], 'torch.kron')", 6, polynomial=True),
    "product of three matrices": Row("multi_dot", "f(list(x.view(3, 2, 2)))", 12, polynomial=True),
    "trilinear form": Row("einsum", "f('ij,i,j->', x[:4].view(2, 2), x[4:6], x[6:])", 8, polynomial=True),
}
"""Functions of matrices whose derivatives torch has in float32 and float64 only."""
