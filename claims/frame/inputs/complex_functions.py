"""The table of functions of complex numbers, which are called on their parts."""

from __future__ import annotations

from claims.frame.inputs.functions import Row


def _row(operation: str, call: str, n: int = 2, domain: str = "positive", *, real: bool = False) -> Row:
    """`call` is an expression in f and z, a vector of n complex numbers; `real` says that its values are."""
    value = f"(lambda z: {call})(torch.complex(x[::2], x[1::2]))"
    return Row(operation, value if real else f"torch.view_as_real({value})", 2 * n, domain)


COMPLEX_FUNCTIONS: dict[str, Row] = {
    "complex multiply": _row("multiply", "f(z[:1], z[1:])"),
    "complex divide": _row("divide", "f(z[:1], z[1:])"),
    "complex reciprocal": _row("reciprocal", "f(z)"),
    "complex square": _row("square", "f(z)"),
    "complex exp": _row("exp", "f(z)"),
    "complex log": _row("log", "f(z)"),
    "complex sqrt": _row("sqrt", "f(z)"),
    "complex sin": _row("sin", "f(z)"),
    "complex cos": _row("cos", "f(z)"),
    "complex tanh": _row("tanh", "f(z)"),
    "complex product": _row("prod", "f(z)", 3),
    "absolute value": _row("abs", "f(z)", real=True),
    "norm of a complex vector": _row("vector_norm", "f(z)", 3, real=True),
    "complex inner product": _row("vdot", "f(z[:2], z[2:])", 4),
    "complex matmul": _row("matmul", "f(z[:4].view(2, 2), z[4:].view(2, 2))", 8),
    "complex determinant": _row("determinant", "f(z.view(2, 2))", 4, "separated"),
    "complex inverse": _row("inv", "f(z.view(2, 2))", 4, "separated"),
    "complex solution": _row("solve", "f(z[:4].view(2, 2), z[4:, None])", 6, "separated"),
    "log of a complex determinant": _row("log_abs_det", "f(z.view(2, 2))", 4, "separated", real=True),
    "eigenvalues of a Hermitian matrix": _row(
        "eigvalsh", "f((z.view(2, 2) + z.view(2, 2).mH) / 2)", 4, "separated", real=True
    ),
    "singular values of a complex matrix": _row("svdvals", "f(z.view(2, 2))", 4, "separated", real=True),
}
"""Functions of complex numbers with parts in float32 and float64."""
