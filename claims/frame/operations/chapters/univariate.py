"""Functions of one number that no other chapter has."""

from __future__ import annotations

import torch
import torch.nn.functional as F

from claims.frame.operations.operation import Operation

_TORCH = (
    "exp2 expm1 log2 log10 log1p rsqrt reciprocal square sin cos tan asin acos atan sinh cosh asinh acosh atanh erf "
    "erfc erfinv lgamma digamma i0 logit sinc"
)
_FUNCTIONAL = "logsigmoid softplus silu gelu mish elu celu softsign hardtanh hardsigmoid hardswish relu6 hardshrink"
_SPECIAL = "i0e i1 i1e erfcx log_ndtr ndtri"

ROWS = {
    **{name: Operation(getattr(torch, name), f"torch.{name}", axes=(1,)) for name in _TORCH.split()},
    **{name: Operation(getattr(F, name), f"torch.nn.functional.{name}", axes=(1,)) for name in _FUNCTIONAL.split()},
    **{name: Operation(getattr(torch.special, name), f"torch.special.{name}", axes=(1,)) for name in _SPECIAL.split()},
    **{
        name: Operation(getattr(torch.special, f"bessel_{name}"), f"torch.special.bessel_{name}", axes=(1,))
        for name in ("j0", "j1")
    },
    "trigamma": Operation(lambda x: torch.polygamma(1, x), "(lambda x: torch.polygamma(1, x))", axes=(1,)),
    "gelu_tanh": Operation(
        lambda x: F.gelu(x, approximate="tanh"),
        "(lambda x: torch.nn.functional.gelu(x, approximate='tanh'))",
        axes=(1,),
    ),
}
