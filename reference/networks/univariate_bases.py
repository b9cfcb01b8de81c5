"""Where the error allowed to each function of one number comes from.

SLEEF: N. Shibata and F. Petrogalli, SLEEF: A Portable Vectorized Library of C Standard Mathematical Functions, IEEE
TPDS 31 (2020), and its list of functions. GNU: Reference Manual of the GNU C Library, "Known Maximum Errors in Math
Functions", for x86_64. CUDA: CUDA C++ Programming Guide, "Mathematical Functions", tables for single and double
precision. Both GNU and CUDA count ulps from the correctly rounded result, so that 1/2 is added here. Cephes: S.
Moshier, Cephes Mathematical Library, whose sources list the largest error of many trials; torch has ports of it.
"""

from __future__ import annotations

from typing import NamedTuple

EXACT, DOCUMENTED, DERIVED, CALIBRATED = "exact", "documented", "derived", "calibrated"


class Basis(NamedTuple):
    """What a bound rests on: its `kind`, and its `source` in a sentence.

    `exact`: IEEE 754 asks for it. `documented`: the authors of the library, or of the algorithm that torch ported,
    state it. `derived`: summed up from the steps of the formula, each documented. `calibrated`: measured on torch, and
    by what factor it is wider.
    """

    kind: str
    source: str


_IEEE = Basis(EXACT, "a selection, or one operation of IEEE 754, which is rounded once")
_CPU = Basis(DOCUMENTED, "SLEEF u10: 1 ulp; VML in high accuracy: 1 ulp; GNU: its list, and 1/2")
_CUDA = Basis(DOCUMENTED, "CUDA: the larger one of its two lists, and 1/2")
_STEPS = Basis(DERIVED, "the steps of the formula, each as documented")
_BESSEL_0 = Basis(DOCUMENTED, "Cephes i0f, i0ef, i0, i0e: relatively 4.0e-7 = 6.7 u and 5.8e-16 = 5.2 u from 0 to 30")
_BESSEL_1 = Basis(DOCUMENTED, "Cephes i1f, i1ef, i1, i1e: relatively 1.5e-6 = 25.2 u and 2.0e-15 = 18 u from 0 to 30")
_PSI = Basis(
    CALIBRATED,
    "12 u of the logarithm and 8 ulps: 1.15 times the most that a number of float32 from 0.001 to 60 loses; Cephes "
    "documents 13.8 u for psif, whose sums have another order",
)
_BESSEL_J = Basis(
    CALIBRATED,
    "up to 5: 8 u, 1.7 times what 4.5 million numbers of float32 lose; beyond, derived: 28 roundings, and that of the "
    "phase x - pi/4",
)
_NDTRI = Basis(DOCUMENTED, "Cephes ndtrif, ndtri: relatively 3.6e-7 = 6.1 u and 7.2e-16 = 6.5 u")
_ROUNDED = "reciprocal square relu relu6 hardtanh hardshrink softshrink"
_ELEMENTARY = (
    "exp exp2 expm1 log log2 log10 log1p sin cos tan asin acos atan sinh cosh tanh asinh acosh atanh elu celu erf erfc"
)
_COMPOSITE = (
    "rsqrt sigmoid logsigmoid softplus silu gelu_tanh mish selu ndtr entr logit sinc hardsigmoid hardswish softsign "
    "leaky_relu tanhshrink trigamma erfcx log_ndtr"
)

BASES: dict[str, tuple[Basis, Basis]] = {
    **dict.fromkeys(_ROUNDED.split(), (_IEEE, _IEEE)),
    **dict.fromkeys(_ELEMENTARY.split(), (_CPU, _CUDA)),
    "sqrt": (_CPU, _IEEE),
    **dict.fromkeys(_COMPOSITE.split(), (_STEPS, _STEPS)),
    **dict.fromkeys(("i0", "i0e"), (_BESSEL_0, _BESSEL_0)),
    **dict.fromkeys(("i1", "i1e"), (_BESSEL_1, _BESSEL_1)),
    **dict.fromkeys(("j0", "j1"), (_BESSEL_J, _BESSEL_J)),
    "ndtri": (_NDTRI, _NDTRI),
    "digamma": (_PSI, _PSI),
    "erfinv": (
        Basis(
            CALIBRATED,
            "4 ulps: 8 times the 0.5 of MKL's VML on x86, for which 1 is documented; elsewhere two steps of Newton's "
            "method with erf",
        ),
        _CUDA,
    ),
    "lgamma": (
        Basis(
            DOCUMENTED,
            "GNU: 7 ulps, and 1/2; SLEEF u10: 1 ulp, and for negative numbers 1e-8 (float) or 1e-15 (double)",
        ),
        Basis(
            CALIBRATED,
            "CUDA: 6 ulps, and 1/2, but `larger inside` from -23.0001 to -2.2637: there 8 u of what is subtracted, 13 "
            "times what a CPU loses; not measured on CUDA",
        ),
    ),
    "gelu": (
        Basis(
            CALIBRATED,
            "oneDNN evaluates erf with an absolute error (as Abramowitz and Stegun, 7.1.26, within 1.5e-7 = 2.5 u): 16 "
            "u, 2 times the largest seen, in float32; else its steps",
        ),
        _STEPS,
    ),
}
"""By function: on a CPU, and on CUDA."""


def basis(name: str, *, cuda: bool) -> Basis:
    """What the bound of a function rests on."""
    return BASES[name][cuda]
