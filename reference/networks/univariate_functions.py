"""The table of functions of one number: their values, in float64 and in balls, and the error allowed to one evaluation.

CPU: 1 ulp of SLEEF's u10 functions and of Intel's VML in its mode of high accuracy, or what the GNU C library lists
plus 1/2, for it counts from the nearest number; no measurement on an x86 CPU has exceeded them. CUDA: what NVIDIA lists
over the full range plus 1/2, for it counts likewise; not measured yet. `univariate_bases` says where each one is from.
"""

from __future__ import annotations

import math
import sys
from collections.abc import Callable

import numpy as np
from flint import arb
from scipy import special

from reference.networks import univariate_formulas as made
from reference.networks.univariate_function import Real, Univariate
from reference.networks.univariate_special import SPECIAL

LOWEST = -sys.float_info.max
ENDS = (LOWEST, math.inf)
"""Cuts that make pieces of the two infinities."""
EXPONENTIALS = (-709.0, -88.0, 88.0, 709.0)
"""Cuts just below the overflow of exp in float32 and float64."""
ZERO = (0.0, 2.0**-1074)
"""Cuts that make a piece of the two zeros."""
GAMMA = (1.0, 2.0, 3.0, -0.5, -1.0, -2.0, -2.4570247382208, -2.747682646727412, -3.14358088834998, -3.955294284858598)
"""Roots and poles of log |Gamma|."""
DIGAMMA = (1.461632144968362, 1.0, 10.0, -1.0, -2.0, -0.504083008264455, -1.573498473162390)
"""Roots and poles of its derivative."""
HALF = (0.5,)
"""Where functions that shrink begin to."""
QUARTERS = tuple(k * math.pi / 2 for k in (1, 2, 3, 4, 5, 6, 7, 8, 255, 256, 65537, 2.0**22, 2.0**40))


def _clip(low: int, high: int) -> Real:
    return lambda x: np.clip(x, low, high)


def _ball_clip(x: arb, low: int, high: int) -> arb:
    return arb(low) if x < low else arb(high) if x > high else x


def _bessel(order: int) -> Callable[[arb], arb]:
    return lambda x: x.bessel_i(order)


def _scaled_bessel(order: int) -> Callable[[arb], arb]:
    return lambda x: x.bessel_i(order) * (-abs(x)).exp()


def _normal_cdf(x: arb) -> arb:
    """Phi(x)."""
    return (-x / arb(2).sqrt()).erfc() / 2


def _lgamma(x: arb) -> arb:
    """log |Gamma(x)|, for x < 0 by reflection (DLMF 5.5.3)."""
    return x.lgamma() if x > 0 else (arb.pi() / abs(x.sin_pi())).log() - (1 - x).lgamma()


def _gelu_tanh(x: arb) -> arb:
    return x / (1 + (-(8 / arb.pi()).sqrt() * (x + arb("0.044715") * x**3)).exp())


def _elu(x: arb) -> arb:
    return x if x > 0 else x.expm1()


def _selu(x: arb) -> arb:
    return arb("1.0507009873554804934193349852946") * (
        x if x > 0 else arb("1.6732632423543772848170429916717") * x.expm1()
    )


F = Univariate
FUNCTIONS: dict[str, Univariate] = {
    "exp": F(np.exp, arb.exp, 1.5, 2.5, inverse=np.log),
    "exp2": F(np.exp2, lambda x: arb(2) ** x, 1.5, 2.5, inverse=np.log2, points=(0.5, 1.5)),
    "expm1": F(np.expm1, arb.expm1, 1.5, 1.5, inverse=np.log, odd=True),
    "log": F(np.log, arb.log, 1.5, 1.5),
    "log2": F(np.log2, lambda x: x.log() / arb(2).log(), 1.5, 1.5),
    "log10": F(np.log10, lambda x: x.log() / arb(10).log(), 2.5, 2.5, points=(10.0, 100.0, 1000.0)),
    "log1p": F(np.log1p, arb.log1p, 1.5, 1.5, odd=True),
    "sqrt": F(np.sqrt, arb.sqrt, 1, 0.5, odd=True),
    "rsqrt": F(lambda x: 1 / np.sqrt(x), arb.rsqrt, 2.5, 2.5, stored=True),
    "reciprocal": F(lambda x: 1 / x, lambda x: 1 / x, 0.5, 0.5, odd=True),
    "square": F(np.square, lambda x: x * x, 0.5, 0.5, inverse=np.sqrt),
    "sin": F(np.sin, arb.sin, 1.5, 2.5, points=QUARTERS, odd=True),
    "cos": F(np.cos, arb.cos, 1.5, 2.5, points=QUARTERS),
    "tan": F(np.tan, arb.tan, 1.5, 4.5, points=QUARTERS, odd=True),
    "asin": F(np.arcsin, arb.asin, 1.5, 2.5, points=(math.sqrt(0.5),), odd=True),
    "acos": F(np.arccos, arb.acos, 1.5, 2.5, points=(math.sqrt(0.5),)),
    "atan": F(np.arctan, arb.atan, 1.5, 2.5, points=(math.sqrt(2) - 1, math.sqrt(2) + 1), odd=True),
    "sinh": F(np.sinh, arb.sinh, 2.5, 3.5, inverse=np.log, cuts=EXPONENTIALS, odd=True),
    "cosh": F(np.cosh, arb.cosh, 2.5, 2.5, inverse=np.log, cuts=EXPONENTIALS),
    "tanh": F(np.tanh, arb.tanh, 2.5, 2.5, inverse=np.log, odd=True),
    "asinh": F(np.arcsinh, arb.asinh, 2.5, 3.5, odd=True),
    "acosh": F(np.arccosh, arb.acosh, 2.5, 4.5),
    "atanh": F(np.arctanh, arb.atanh, 2.5, 3.5, odd=True),
    "sigmoid": F(made.sigmoid, lambda x: 1 / (1 + (-x).exp()), 5, 7, inverse=np.log, cuts=(-709.0, -88.0)),
    "logsigmoid": F(
        lambda x: -made.softplus(-x), lambda x: -((-x).exp().log1p()), 7, 9, made.underflow, inverse=np.log
    ),
    "softplus": F(
        made.softplus,
        lambda x: x.exp().log1p(),
        6,
        8,
        made.underflow,
        inverse=np.log,
        cuts=(20.0, 37.0),
        points=(20.0,),
    ),
    "silu": F(
        made.silu,
        lambda x: x / (1 + (-x).exp()),
        6,
        8,
        made.underflow,
        inverse=np.log,
        cuts=(LOWEST, -709.0, -88.0),
    ),
    "gelu": F(
        made.gelu,
        lambda x: x * _normal_cdf(x),
        2,
        2,
        made.gelu_error,
        inverse=made.wider_gaussian_end,
        cuts=(LOWEST, -1.0, -(2.0**-125), 2.0**-125, 2.0**127, math.inf),
    ),
    "gelu_tanh": F(
        made.gelu_tanh,
        _gelu_tanh,
        2,
        2,
        made.gelu_tanh_error,
        inverse=made.wider_gaussian_end,
        cuts=(LOWEST, -1.0),
    ),
    "mish": F(
        made.mish,
        lambda x: x * x.exp().log1p().tanh(),
        12,
        14,
        made.mish_error,
        inverse=np.log,
        cuts=(LOWEST,),
        points=(20.0,),
    ),
    "elu": F(made.elu, _elu, 1.5, 1.5, odd=True),
    "celu": F(made.elu, _elu, 1.5, 1.5, odd=True),
    "selu": F(made.selu, _selu, 6, 6, made.underflow, odd=True),
    "erf": F(special.erf, arb.erf, 1.5, 2.5, inverse=made.gaussian_end, cuts=(-0.125, 0.125), odd=True),
    "erfc": F(special.erfc, arb.erfc, 5.5, 5.5, inverse=made.gaussian_end),
    "erfinv": F(made.erfinv, arb.erfinv, 4, 5.5, odd=True),
    "ndtr": F(
        made.normal_cdf,
        _normal_cdf,
        1,
        1,
        made.normal_cdf_error,
        inverse=made.wider_gaussian_end,
        cuts=(-1.0,),
        stored=True,
    ),
    "lgamma": F(
        made.lgamma,
        _lgamma,
        7.5,
        6.5,
        made.lgamma_error,
        cuda_error=made.lgamma_cuda_error,
        cuts=(4e36, 2.5e305),
        points=(*GAMMA, 4.0e36, 4.05e36, 4.08e36, 2.55e305, 2.556e305),
    ),
    "digamma": F(made.digamma, arb.digamma, 8, 8, made.digamma_error, points=DIGAMMA),
    "i0": F(made.i0, _bessel(0), 7, 7, inverse=np.log, cuts=(*ENDS, *EXPONENTIALS)),
    "i0e": F(special.i0e, _scaled_bessel(0), 7, 7, points=(8.0,), stored=True),
    "i1": F(
        made.i1,
        _bessel(1),
        26,
        26,
        made.underflow,
        inverse=np.log,
        cuts=(*ENDS, *EXPONENTIALS, *ZERO),
        odd=True,
    ),
    "i1e": F(special.i1e, _scaled_bessel(1), 26, 26, made.underflow, cuts=ZERO, points=(8.0,), odd=True),
    "entr": F(made.entropy, lambda x: -x * x.log(), 4, 4, made.underflow, stored=True),
    "logit": F(made.logit, lambda x: (x / (1 - x)).log(), 1.5, 1.5, made.logit_error, points=(0.5,), stored=True),
    "sinc": F(
        made.sinc,
        arb.sinc_pi,
        4,
        6,
        made.sinc_error,
        cuts=(*ENDS, -5.7e307, -1.08e38, 1.08e38, 5.7e307),
        points=(1.0, 1.5, 2.0, 2.5, 3.0),
    ),
    "relu": F(lambda x: np.maximum(x, 0.0), lambda x: x if x > 0 else arb(0), 0, 0),
    "relu6": F(_clip(0, 6), lambda x: _ball_clip(x, 0, 6), 0, 0, points=(6.0,)),
    "hardtanh": F(_clip(-1, 1), lambda x: _ball_clip(x, -1, 1), 0, 0),
    "hardsigmoid": F(
        lambda x: (np.clip(x, -3, 3) + 3) / 6,
        lambda x: (_ball_clip(x, -3, 3) + 3) / 6,
        3,
        3,
        made.underflow,
        points=(3.0,),
    ),
    "hardswish": F(
        made.hardswish,
        lambda x: x * (_ball_clip(x, -3, 3) + 3) / 6,
        4,
        4,
        made.underflow,
        cuts=(LOWEST, 5.6e37, 2.9e307),
        points=(3.0,),
    ),
    "softsign": F(made.softsign, lambda x: x / (1 + abs(x)), 2, 2, cuts=ENDS, odd=True, stored=True),
    "leaky_relu": F(
        lambda x: np.where(x > 0, x, 0.01 * x),
        lambda x: x if x > 0 else arb("0.01") * x,
        2,
        2,
        made.underflow,
        odd=True,
    ),
    "hardshrink": F(
        lambda x: np.where(np.abs(x) <= 0.5, 0.0, x), lambda x: x if abs(x) > 0.5 else arb(0), 0, 0, points=HALF
    ),
    "softshrink": F(
        lambda x: np.where(np.abs(x) <= 0.5, 0.0, x - np.copysign(0.5, x)),
        lambda x: x - x.sgn() / 2 if abs(x) > 0.5 else arb(0),
        0.5,
        0.5,
        points=HALF,
    ),
    "tanhshrink": F(
        made.tanhshrink, lambda x: x - x.tanh(), 0.5, 0.5, made.tanhshrink_error, inverse=np.log, stored=True
    ),
    **SPECIAL,
}
