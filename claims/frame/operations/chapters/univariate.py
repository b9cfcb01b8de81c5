"""Functions of one number that no other chapter has."""

from __future__ import annotations

import torch
import torch.nn.functional as F

from claims.frame.operations.operation import Operation

_TORCH = (
    "exp2 expm1 log2 log10 log1p rsqrt reciprocal square sin cos tan asin acos atan sinh cosh asinh acosh atanh erf "
    "erfc erfinv lgamma digamma i0 logit sinc"
)
_FUNCTIONAL = "logsigmoid softplus silu gelu mish elu celu softsign hardtanh hardsigmoid hardswish relu6"
_SPECIAL = "i0e i1 i1e"

ROWS = {
    **{name: Operation(getattr(torch, name), f"torch.{name}", axes=(1,)) for name in _TORCH.split()},
    **{name: Operation(getattr(F, name), f"torch.nn.functional.{name}", axes=(1,)) for name in _FUNCTIONAL.split()},
    **{name: Operation(getattr(torch.special, name), f"torch.special.{name}", axes=(1,)) for name in _SPECIAL.split()},
    "gelu_tanh": Operation(
        lambda x: F.gelu(x, approximate="tanh"),
        "(lambda x: torch.nn.functional.gelu(x, approximate='tanh'))",
        axes=(1,),
    ),
}
