"""One operation in all of its public spellings: the last argument says which; what is filled holds NaN before.

The tables list the spellings of an operation in groups: those of one group are names for the same kernel.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import torch
import torch.nn.functional as F
from torch import Tensor

from claims.frame.operations.operation import Operation

Groups = tuple[tuple[str, ...], ...]

MATRIX_PRODUCTS: Groups = (
    (
        "torch.matmul",
        "@",
        "Tensor.matmul",
        "torch.linalg.matmul",
        "torch.mm",
        "Tensor.mm",
        "torch.matmul, out=",
        "torch.mm, out=",
    ),
    ("torch.mm, out= by columns",),
    ("torch.mm, out= with gaps",),
    ("torch.addmm, beta=0", "Tensor.addmm, beta=0", "Tensor.addmm_, beta=0", "torch.addmm, beta=0, out="),
    ("torch.bmm",),
    ("torch.einsum",),
    ("torch.tensordot",),
    ("torch.linalg.multi_dot",),
    ("F.linear",),
    ("torch.inner",),
    ("torch.mv",),
)
STACKED_PRODUCTS: Groups = (
    ("torch.matmul", "@", "Tensor.matmul", "torch.linalg.matmul", "torch.matmul, out="),
    ("torch.bmm", "Tensor.bmm", "torch.bmm, out="),
    ("torch.bmm, out= by columns",),
    ("torch.bmm, out= with gaps",),
    ("torch.baddbmm, beta=0", "Tensor.baddbmm, beta=0", "Tensor.baddbmm_, beta=0", "torch.baddbmm, beta=0, out="),
    ("torch.einsum",),
    ("torch.vmap",),
    ("torch.mm",),
)
SUMMED_PRODUCTS: Groups = (
    ("torch.addbmm, beta=0", "Tensor.addbmm, beta=0", "Tensor.addbmm_, beta=0", "torch.addbmm, beta=0, out="),
    ("torch.einsum",),
    ("torch.tensordot",),
    ("torch.mm",),
)
MATRIX_VECTOR_PRODUCTS: Groups = (
    ("torch.mv", "Tensor.mv", "torch.matmul", "@", "torch.mv, out="),
    ("torch.mv, out= with gaps",),
    ("torch.addmv, beta=0", "Tensor.addmv, beta=0", "Tensor.addmv_, beta=0", "torch.addmv, beta=0, out="),
    ("torch.mm",),
    ("torch.einsum",),
    ("torch.tensordot",),
    ("torch.inner",),
    ("F.linear",),
)
INNER_PRODUCTS: Groups = (
    ("torch.dot", "Tensor.dot", "torch.dot, out="),
    ("torch.vdot", "Tensor.vdot", "torch.vdot, out="),
    ("torch.matmul", "@"),
    ("torch.linalg.vecdot",),
    ("torch.einsum",),
    ("torch.mv",),
    ("torch.mm",),
    ("torch.inner", "Tensor.inner"),
    ("torch.tensordot",),
    ("*",),
)
OUTER_PRODUCTS: Groups = (
    ("torch.outer", "torch.ger", "Tensor.outer", "Tensor.ger", "torch.outer, out=", "*"),
    ("torch.kron",),
    ("torch.addr, beta=0", "Tensor.addr, beta=0", "Tensor.addr_, beta=0"),
    ("torch.einsum",),
    ("torch.tensordot",),
    ("torch.mm",),
)
CHAINED_PRODUCTS: Groups = (
    ("torch.linalg.multi_dot", "torch.chain_matmul", "torch.linalg.multi_dot, out="),
    ("@",),
    ("torch.einsum",),
)
KRONECKER_PRODUCTS: Groups = (("torch.kron", "Tensor.kron", "torch.kron, out="), ("*",), ("torch.einsum",))
MULTIPLIED_AND_SUMMED = ("torch.inner", "Tensor.inner", "torch.tensordot", "*")
"""Spellings that may store every product before the sum: torch does where the result is a single number."""


def matrix_product(a: Tensor, b: Tensor, spelling: str) -> Tensor:
    """A B for two matrices."""
    m, n = a.shape[0], b.shape[1]

    def nan(*shape: int) -> Tensor:
        return a.new_full(shape, float("nan"))

    spellings: dict[str, Callable[[], Tensor]] = {
        "torch.matmul": lambda: torch.matmul(a, b),
        "@": lambda: a @ b,
        "Tensor.matmul": lambda: a.matmul(b),
        "torch.linalg.matmul": lambda: torch.linalg.matmul(a, b),
        "torch.mm": lambda: torch.mm(a, b),
        "Tensor.mm": lambda: a.mm(b),
        "torch.matmul, out=": lambda: torch.matmul(a, b, out=nan(m, n)),
        "torch.mm, out=": lambda: torch.mm(a, b, out=nan(m, n)),
        "torch.mm, out= by columns": lambda: torch.mm(a, b, out=nan(n, m).mT),
        "torch.mm, out= with gaps": lambda: torch.mm(a, b, out=nan(m, n, 2)[..., 0]),
        "torch.addmm, beta=0": lambda: torch.addmm(nan(m, n), a, b, beta=0),
        "Tensor.addmm, beta=0": lambda: nan(m, n).addmm(a, b, beta=0),
        "Tensor.addmm_, beta=0": lambda: nan(m, n).addmm_(a, b, beta=0),
        "torch.addmm, beta=0, out=": lambda: torch.addmm(nan(m, n), a, b, beta=0, out=nan(m, n)),
        "torch.bmm": lambda: torch.bmm(a[None], b[None])[0],
        "torch.einsum": lambda: torch.einsum("ij,jk->ik", a, b),
        "torch.tensordot": lambda: torch.tensordot(a, b, 1),
        "torch.linalg.multi_dot": lambda: torch.linalg.multi_dot([a, b]),
        "F.linear": lambda: F.linear(a, b.mT),
        "torch.inner": lambda: torch.inner(a, b.mT),
        "torch.mv": lambda: torch.stack([torch.mv(a, column) for column in b.mT], -1) if n else nan(m, n),
    }
    return spellings[spelling]()


def stacked_product(a: Tensor, b: Tensor, spelling: str) -> Tensor:
    """A_i B_i for two stacks of matrices."""
    count, m, n = a.shape[0], a.shape[1], b.shape[2]

    def nan(*shape: int) -> Tensor:
        return a.new_full(shape, float("nan"))

    spellings: dict[str, Callable[[], Tensor]] = {
        "torch.matmul": lambda: torch.matmul(a, b),
        "@": lambda: a @ b,
        "Tensor.matmul": lambda: a.matmul(b),
        "torch.linalg.matmul": lambda: torch.linalg.matmul(a, b),
        "torch.matmul, out=": lambda: torch.matmul(a, b, out=nan(count, m, n)),
        "torch.bmm": lambda: torch.bmm(a, b),
        "Tensor.bmm": lambda: a.bmm(b),
        "torch.bmm, out=": lambda: torch.bmm(a, b, out=nan(count, m, n)),
        "torch.bmm, out= by columns": lambda: torch.bmm(a, b, out=nan(count, n, m).mT),
        "torch.bmm, out= with gaps": lambda: torch.bmm(a, b, out=nan(count, m, n, 2)[..., 0]),
        "torch.baddbmm, beta=0": lambda: torch.baddbmm(nan(count, m, n), a, b, beta=0),
        "Tensor.baddbmm, beta=0": lambda: nan(count, m, n).baddbmm(a, b, beta=0),
        "Tensor.baddbmm_, beta=0": lambda: nan(count, m, n).baddbmm_(a, b, beta=0),
        "torch.baddbmm, beta=0, out=": lambda: torch.baddbmm(nan(count, m, n), a, b, beta=0, out=nan(count, m, n)),
        "torch.einsum": lambda: torch.einsum("bij,bjk->bik", a, b),
        "torch.vmap": lambda: torch.vmap(torch.mm)(a, b),
        "torch.mm": lambda: torch.stack([torch.mm(left, right) for left, right in zip(a, b, strict=True)]),
        "torch.mm of stacks": lambda: torch.mm(a, b),
    }
    return spellings[spelling]()


def summed_product(a: Tensor, b: Tensor, spelling: str) -> Tensor:
    """The sum of A_i B_i over two stacks of matrices."""
    m, n = a.shape[1], b.shape[2]

    def nan() -> Tensor:
        return a.new_full((m, n), float("nan"))

    spellings: dict[str, Callable[[], Tensor]] = {
        "torch.addbmm, beta=0": lambda: torch.addbmm(nan(), a, b, beta=0),
        "Tensor.addbmm, beta=0": lambda: nan().addbmm(a, b, beta=0),
        "Tensor.addbmm_, beta=0": lambda: nan().addbmm_(a, b, beta=0),
        "torch.addbmm, beta=0, out=": lambda: torch.addbmm(nan(), a, b, beta=0, out=nan()),
        "torch.einsum": lambda: torch.einsum("bij,bjk->ik", a, b),
        "torch.tensordot": lambda: torch.tensordot(a, b, ([0, 2], [0, 1])),
        "torch.mm": lambda: torch.mm(a.transpose(0, 1).flatten(1), b.flatten(0, 1)),
    }
    return spellings[spelling]()


def matrix_vector_product(a: Tensor, x: Tensor, spelling: str) -> Tensor:
    """A x."""

    def nan(*shape: int) -> Tensor:
        return a.new_full((a.shape[0], *shape), float("nan"))

    spellings: dict[str, Callable[[], Tensor]] = {
        "torch.mv": lambda: torch.mv(a, x),
        "Tensor.mv": lambda: a.mv(x),
        "torch.matmul": lambda: torch.matmul(a, x),
        "@": lambda: a @ x,
        "torch.mv, out=": lambda: torch.mv(a, x, out=nan()),
        "torch.mv, out= with gaps": lambda: torch.mv(a, x, out=nan(2)[:, 0]),
        "torch.addmv, beta=0": lambda: torch.addmv(nan(), a, x, beta=0),
        "Tensor.addmv, beta=0": lambda: nan().addmv(a, x, beta=0),
        "Tensor.addmv_, beta=0": lambda: nan().addmv_(a, x, beta=0),
        "torch.addmv, beta=0, out=": lambda: torch.addmv(nan(), a, x, beta=0, out=nan()),
        "torch.mm": lambda: torch.mm(a, x[:, None])[:, 0],
        "torch.einsum": lambda: torch.einsum("ij,j->i", a, x),
        "torch.tensordot": lambda: torch.tensordot(a, x, 1),
        "torch.inner": lambda: torch.inner(a, x),
        "F.linear": lambda: F.linear(x, a),
    }
    return spellings[spelling]()


def inner_product(x: Tensor, y: Tensor, spelling: str) -> Tensor:
    """x . y."""

    def nan() -> Tensor:
        return x.new_full((), float("nan"))

    spellings: dict[str, Callable[[], Tensor]] = {
        "torch.dot": lambda: torch.dot(x, y),
        "Tensor.dot": lambda: x.dot(y),
        "torch.dot, out=": lambda: torch.dot(x, y, out=nan()),
        "torch.vdot": lambda: torch.vdot(x, y),
        "Tensor.vdot": lambda: x.vdot(y),
        "torch.vdot, out=": lambda: torch.vdot(x, y, out=nan()),
        "torch.inner": lambda: torch.inner(x, y),
        "Tensor.inner": lambda: x.inner(y),
        "torch.matmul": lambda: torch.matmul(x, y),
        "@": lambda: x @ y,
        "torch.linalg.vecdot": lambda: torch.linalg.vecdot(x, y),
        "torch.einsum": lambda: torch.einsum("i,i->", x, y),
        "torch.tensordot": lambda: torch.tensordot(x, y, 1),
        "*": lambda: torch.sum(x * y),
        "torch.mv": lambda: torch.mv(x[None], y)[0],
        "torch.mm": lambda: torch.mm(x[None], y[:, None])[0, 0],
    }
    return spellings[spelling]()


def outer_product(x: Tensor, y: Tensor, spelling: str) -> Tensor:
    """x y^T."""
    m, n = len(x), len(y)

    def nan() -> Tensor:
        return x.new_full((m, n), float("nan"))

    spellings: dict[str, Callable[[], Tensor]] = {
        "torch.outer": lambda: torch.outer(x, y),
        "torch.ger": lambda: torch.ger(x, y),
        "Tensor.outer": lambda: x.outer(y),
        "Tensor.ger": lambda: x.ger(y),
        "torch.outer, out=": lambda: torch.outer(x, y, out=nan()),
        "*": lambda: x[:, None] * y,
        "torch.kron": lambda: torch.kron(x, y).reshape(m, n),
        "torch.addr, beta=0": lambda: torch.addr(nan(), x, y, beta=0),
        "Tensor.addr, beta=0": lambda: nan().addr(x, y, beta=0),
        "Tensor.addr_, beta=0": lambda: nan().addr_(x, y, beta=0),
        "torch.einsum": lambda: torch.einsum("i,j->ij", x, y),
        "torch.tensordot": lambda: torch.tensordot(x, y, 0),
        "torch.mm": lambda: torch.mm(x[:, None], y[None]),
    }
    return spellings[spelling]()


def chained_product(factors: Sequence[Tensor], spelling: str) -> Tensor:
    """A B C."""
    import warnings  # noqa: PLC0415  the function is shown on its own

    a, b, c = factors
    nan = a.new_full((a.shape[0], c.shape[1]), float("nan"))
    spellings: dict[str, Callable[[], Tensor]] = {
        "torch.linalg.multi_dot": lambda: torch.linalg.multi_dot([a, b, c]),
        "torch.chain_matmul": lambda: torch.chain_matmul(a, b, c),
        "torch.linalg.multi_dot, out=": lambda: torch.linalg.multi_dot([a, b, c], out=nan),
        "@": lambda: a @ b @ c,
        "torch.einsum": lambda: torch.einsum("ij,jk,kl->il", a, b, c),
    }
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of names that torch wants to give up
        return spellings[spelling]()


def kronecker_product(a: Tensor, b: Tensor, spelling: str) -> Tensor:
    """The block matrix (a_ij B)."""
    shape = (a.shape[0] * b.shape[0], a.shape[1] * b.shape[1])
    spellings: dict[str, Callable[[], Tensor]] = {
        "torch.kron": lambda: torch.kron(a, b),
        "Tensor.kron": lambda: a.kron(b),
        "torch.kron, out=": lambda: torch.kron(a, b, out=a.new_full(shape, float("nan"))),
        "*": lambda: (a[:, None, :, None] * b[None, :, None, :]).reshape(shape),
        "torch.einsum": lambda: torch.einsum("ij,kl->ikjl", a, b).reshape(shape),
    }
    return spellings[spelling]()


_PAIR = (2, 2)

ROWS = {
    "matrix_product": Operation(matrix_product, "matrix_product", axes=_PAIR, batches=False, product=True),
    "stacked_product": Operation(stacked_product, "stacked_product", axes=(3, 3), batches=False, product=True),
    "summed_product": Operation(summed_product, "summed_product", axes=(3, 3), batches=False, product=True),
    "matrix_vector_product": Operation(
        matrix_vector_product, "matrix_vector_product", axes=(2, 1), batches=False, product=True
    ),
    "inner_product": Operation(inner_product, "inner_product", axes=(1, 1), batches=False, product=True),
    "outer_product": Operation(outer_product, "outer_product", axes=(1, 1), batches=False, product=True),
    "chained_product": Operation(chained_product, "chained_product", axes=(2,), batches=False, product=True),
    "kronecker_product": Operation(kronecker_product, "kronecker_product", axes=_PAIR, batches=False, product=True),
}
