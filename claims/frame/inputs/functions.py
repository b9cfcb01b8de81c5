"""The table of differentiable functions: how each is called, and on which numbers it is smooth."""

from __future__ import annotations

import dataclasses
import functools
import re
from collections.abc import Callable
from types import CodeType
from typing import Any, NamedTuple

import torch
from torch import Tensor

from claims.frame.operations import OPERATIONS
from claims.frame.subject import Subject


class Row(NamedTuple):
    """`call` is an expression in f, the operation, and x, a vector of n numbers; its result is flattened.

    `domain` names the numbers on which f is smooth; `polynomial` says that whole numbers are computed exactly.
    """

    operation: str
    call: str
    n: int = 4
    domain: str = "real"
    polynomial: bool = False


@dataclasses.dataclass(frozen=True)
class Function:
    """A row of the table with the callable of a subject; it shows itself as plain torch."""

    text: str
    operation: Callable[..., Any]
    spelling: str

    def __call__(self, x: Tensor) -> Tensor:
        result: Tensor = eval(_compiled(self.text), {"f": self.operation, "x": x, "torch": torch})  # noqa: S307  our own table
        return result.reshape(-1)

    def __repr__(self) -> str:
        return f"(lambda x: {re.sub(CALL, f'{self.spelling}(', self.text)}.reshape(-1))"


CALL = re.compile(r"\bf\(")


@functools.cache
def _compiled(text: str) -> CodeType:
    return compile(text, "<table of functions>", "eval")


def _each(names: str, domain: str = "real") -> dict[str, Row]:
    return {name: Row(name, "f(x)", domain=domain) for name in names.split()}


SETS = "None, None, shape=({},), memory='', eps=0.5, wide=False"

FUNCTIONS: dict[str, Row] = {
    **_each("exp sin cos tanh sigmoid erf atan expm1 abs relu elu selu gelu silu mish softplus logsigmoid softsign"),
    **_each("tanhshrink hardtanh hardswish"),
    **_each("log sqrt rsqrt reciprocal log1p", "positive"),
    "logit": Row("logit", "f(x)", domain="unit"),
    "square": Row("square", "f(x)", polynomial=True),
    "leaky relu": Row("leaky_relu", "f(x, 0.125)"),
    "celu": Row("celu", "f(x, 2.0)"),
    "gelu tanh": Row("gelu_tanh", "f(x)"),
    "softshrink": Row("softshrink", "f(x)"),
    "prelu": Row("prelu", "f(x[1:], x[:1])", 5),
    "glu": Row("glu", "f(x)"),
    "add": Row("add", "f(x[:2], x[2:])", polynomial=True),
    "subtract": Row("subtract", "f(x[:2], x[2:])", polynomial=True),
    "multiply": Row("multiply", "f(x[:2], x[2:])", polynomial=True),
    "divide": Row("divide", "f(x[:2], x[2:])"),
    "power": Row("power", "f(x[:2], x[2:])", domain="positive"),
    "cube": Row("power", "f(x, 3)", polynomial=True),
    "atan2": Row("atan2", "f(x[:2], x[2:])", domain="positive"),
    "hypot": Row("hypot", "f(x[:2], x[2:])"),
    "logaddexp": Row("logaddexp", "f(x[:2], x[2:])"),
    "logaddexp far apart": Row("logaddexp", "f(x[:2], x[2:])", domain="far apart"),
    "logsumexp far apart": Row("logsumexp", "f(x, dim=-1)", domain="far apart"),
    "softplus far out": Row("softplus", "f(x)", domain="far apart"),
    "sigmoid far out": Row("sigmoid", "f(x)", domain="far apart"),
    "tanh far out": Row("tanh", "f(x)", domain="far apart"),
    "xlogy": Row("xlogy", "f(x[:2], x[2:])", domain="positive"),
    "maximum": Row("maximum", "f(x[:2], x[2:])", domain="apart"),
    "where": Row("where", "f(torch.arange(4, device=x.device) % 2 == 0, x, x * x)", polynomial=True),
    "sum": Row("sum", "f(x)", 5, polynomial=True),
    "mean": Row("mean", "f(x)", polynomial=True),
    "var": Row("var", "f(x)", 5),
    "std": Row("std", "f(x)", 5),
    "logcumsumexp": Row("logcumsumexp", "f(x, dim=-1)"),
    "cumsum": Row("cumsum", "f(x, dim=-1)", polynomial=True),
    "cumprod": Row("cumprod", "f(x, dim=-1)"),
    "cumprod with a zero": Row("cumprod", "f(x, dim=-1)", 5, "with a zero"),
    "prod": Row("prod", "f(x)"),
    "prod with a zero": Row("prod", "f(x)", 5, "with a zero"),
    "prod with two zeros": Row("prod", "f(x)", 5, "with two zeros"),
    "amax": Row("amax", "f(x, 0)", domain="apart"),
    "logsumexp": Row("logsumexp", "f(x, dim=-1)", 5),
    "softmax": Row("softmax", "f(x, dim=-1)", 5),
    "log_softmax": Row("log_softmax", "f(x, dim=-1)", 5),
    "norm of order 1": Row("vector_norm", "f(x, 1)"),
    "norm of order 2": Row("vector_norm", "f(x)"),
    "norm of order 3": Row("vector_norm", "f(x, 3)"),
    "normalize": Row("normalize", "f(x, dim=-1)"),
    "dot": Row("dot", "f(x[:3], x[3:])", 6, polynomial=True),
    "cosine similarity": Row("cosine_similarity", "f(x[:3], x[3:], dim=-1)", 6),
    "pairwise distance": Row("pairwise_distance", "f(x[:3], x[3:])", 6, "apart"),
    "batch norm": Row("batch_norm", f"f(x.view(3, 2).mT, {SETS.format(3)}).mT", 6),
    "instance norm": Row("instance_norm", f"f(x[None], {SETS.format(4)})"),
    "layer norm": Row("layer_norm", f"f(x, {SETS.format(4)})"),
    "group norm": Row("group_norm", f"f(x.view(2, 3), {SETS.format(3)})", 6),
    "RMS norm": Row("rms_norm", f"f(x, {SETS.format(4)})"),
    "mse loss": Row("mean_squared_error", "f(x[:2], x[2:])"),
    "l1 loss": Row("mean_absolute_error", "f(x[:2], x[2:])", domain="apart"),
    "smooth l1 loss": Row("mean_smooth_l1", "f(x[:2], x[2:], beta=0.5)", domain="apart"),
    "huber loss": Row("mean_huber", "f(x[:2], x[2:], delta=0.5)", domain="apart"),
    "cross entropy": Row("cross_entropy", "f(x.view(2, 3), torch.arange(2, -1, -2, device=x.device))", 6),
    "smoothed cross entropy": Row(
        "cross_entropy", "f(x.view(2, 3), torch.arange(2, -1, -2, device=x.device), label_smoothing=0.25)", 6
    ),
    "nll loss": Row("nll_loss", "f(x.view(2, 3), torch.arange(2, -1, -2, device=x.device))", 6, polynomial=True),
    "KL divergence": Row("kl_div", "f(x[:3], torch.softmax(x[3:], -1), reduction='sum')", 6),
    "binary cross entropy": Row("binary_cross_entropy", "f(torch.sigmoid(x[:2]), torch.sigmoid(x[2:]))"),
    "binary cross entropy with logits": Row("bce_with_logits", "f(x[:2], x[2:])"),
    "soft margin loss": Row("mean_soft_margin", "f(x, 1 - 2.0 * (torch.arange(4, device=x.device) % 2))"),
    "gaussian nll loss": Row("gaussian_nll", "f(x[:2], x[2:4], x[4:], eps=1e-6, reduction='mean')", 6, "positive"),
    "poisson nll loss": Row("poisson_nll_loss", "f(x[:2], x[2:])"),
    "triplet margin loss": Row(
        "triplet_margin_loss", "f(x[None, :3], x[None, 3:6], x[None, 6:], margin=20.0)", 9, "apart"
    ),
    "attention": Row("scaled_dot_product_attention", "f(*x.view(3, 1, 1, 2, 2))", 12),
    "convolution": Row("conv", "f(x[None, None, :5], x[None, None, 5:], 1)", 8, polynomial=True),
    "transposed convolution": Row("conv_transpose", "f(x[None, None, :5], x[None, None, 5:], 1)", 8, polynomial=True),
    "average pooling": Row("avg_pool1d", "f(x[None, None], 2)", 5, polynomial=True),
}
"""Functions whose derivatives torch has in every dtype."""

WIDE_FUNCTIONS: dict[str, Row] = {
    "glu in forward mode": Row("glu", "f(x)"),
    "matmul": Row("matmul", "f(x[:6].view(2, 3), x[6:].view(3, 2))", 12, polynomial=True),
    "linear": Row("linear_with_bias", "f(x[:2], x[2:6].view(2, 2), x[6:])", 8, polynomial=True),
    "outer": Row("outer", "f(x[:2], x[2:])", 5, polynomial=True),
    "trace": Row("trace", "f(x.view(3, 3))", 9, polynomial=True),
    "frobenius norm": Row("matrix_norm", "f(x.view(2, 3))", 6),
    "matrix power": Row("matrix_power", "f(x.view(2, 2), 3)", 4, polynomial=True),
    "determinant": Row("determinant", "f(x.view(3, 3))", 9, "dominant"),
    "log of the determinant": Row("log_abs_det", "f(x.view(3, 3))", 9, "dominant"),
    "inverse": Row("inv", "f(x.view(3, 3))", 9, "dominant"),
    "solution": Row("solve", "f(x[:9].view(3, 3), x[9:, None])", 12, "dominant"),
    "triangular solution": Row(
        "solve_triangular", "f(x[:9].view(3, 3).tril(), x[9:, None], upper=False)", 12, "dominant"
    ),
    "Cholesky factor": Row(
        "cholesky", "f(x.view(3, 3) @ x.view(3, 3).mT + torch.eye(3, dtype=x.dtype, device=x.device))", 9, "dominant"
    ),
    "inverse by a Cholesky factor": Row("cholesky_inverse", "f(x.view(3, 3).tril())", 9, "dominant"),
    "solution by a Cholesky factor": Row("cholesky_solve", "f(x[9:, None], x[:9].view(3, 3).tril())", 12, "dominant"),
    "product of reflections": Row(
        "householder_product",
        "f(torch.tril(x.view(3, 2)), 2 / (1 + (torch.tril(x.view(3, 2), -1) ** 2).sum(0)))",
        6,
        "small",
    ),
    "solution by LU factors": Row("lu_solution", "f(x[:9].view(3, 3), x[9:, None])", 12, "dominant"),
    "pseudoinverse": Row("pinv", "f(x.view(3, 2))", 6, "tall"),
    "eigenvalues of a symmetric matrix": Row("eigvalsh", "f((x.view(2, 2) + x.view(2, 2).mT) / 2)", 4, "distinct"),
    "singular values": Row("svdvals", "f(x.view(2, 2))", 4, "distinct"),
    "nuclear norm": Row("norm_nuclear", "f(x.view(2, 2))", 4, "distinct"),
    "spectral norm": Row("norm_spectral", "f(x.view(2, 2))", 4, "distinct"),
    "matrix exponential": Row("matrix_exponential", "f(x.view(2, 2), 'torch.linalg.matrix_exp')", 4, "distinct"),
    "distances of two sets": Row("cdist", "f(x[:4].view(2, 2), x[4:].view(2, 2))", 8, "apart"),
    "distances of order 1": Row("cdist", "f(x[:4].view(2, 2), x[4:].view(2, 2), 1.0)", 8, "apart"),
    "distances of order 3": Row("cdist", "f(x[:4].view(2, 2), x[4:].view(2, 2), 3.0)", 8, "apart"),
    "quantile": Row("quantile", "f(x, 0.3125)", 5, "apart"),
    "distances within a set": Row("pdist", "f(x.view(3, 2))", 6, "apart"),
}
"""Functions, most of them of matrices, whose derivatives torch has in float32 and float64 only."""


def function_of(subject: Subject, row: Row) -> Function:
    """The row's function with the callable under test."""
    overridden = subject.overrides.get(row.operation)
    if overridden is not None:
        return Function(row.call, overridden, f"kernels.{row.operation}")
    operation = OPERATIONS[row.operation]
    return Function(row.call, operation.function, operation.spelling)


def called(subject: Subject, row: Row) -> Function:
    """The row's function by the operation of the subject, which lays its arguments out anew; never one by one."""
    plain = dataclasses.replace(subject, plan=subject.plan._replace(calls="batched", axis="last"))
    return Function(row.call, getattr(plain, row.operation), row.operation)
