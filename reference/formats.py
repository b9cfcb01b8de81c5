"""Floating-point formats and arithmetics: what a rounding-error bound needs to know of a number type."""

from __future__ import annotations

import enum
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import ArrayLike, NDArray


@dataclass(frozen=True)
class Format:
    """A binary floating-point format with round to nearest, ties to even, and gradual underflow.

    `precision` counts the significant bits (the hidden one included); normal numbers have exponents
    `emin..emax`, that is magnitudes in [2^emin, 2^(emax+1)).
    """

    name: str
    precision: int
    emin: int
    emax: int

    @cached_property
    def u(self) -> float:
        """Unit roundoff, 2^-precision."""
        return 2.0**-self.precision

    @cached_property
    def eta(self) -> float:
        """Smallest positive subnormal number."""
        return 2.0 ** (self.emin - self.precision + 1)

    @cached_property
    def lam(self) -> float:
        """Smallest positive normal number."""
        return 2.0**self.emin

    @cached_property
    def largest(self) -> float:
        """Largest finite number."""
        return (2.0 - 2.0 * self.u) * 2.0**self.emax

    def ulp(self, x: ArrayLike) -> NDArray[np.float64]:
        """Distance between consecutive numbers of the format at |x| (`eta` below the normal range)."""
        x = np.asarray(x, np.float64)
        exponent = np.where(x == 0, self.emin, np.frexp(x)[1])  # frexp(0) has exponent 0
        ulp: NDArray[np.float64] = np.ldexp(1.0, np.maximum(exponent, self.emin + 1) - self.precision)
        return ulp

    def round(self, x: ArrayLike) -> NDArray[np.float64]:
        """Nearest number of the format to each float64 of `x`, as float64; overflow gives an infinity."""
        x = np.asarray(x, np.float64)
        with np.errstate(over="ignore"):
            if self.name in ("float16", "float32", "float64"):
                return np.asarray(x.astype(self.name), np.float64)
            # astype would round twice (through float32); scaling by the ulp, a power of two, is exact.
            quantum = self.ulp(x)
            rounded = np.where(np.isfinite(x), np.rint(x / quantum) * quantum, x)
        return np.where(np.abs(rounded) > self.largest, np.copysign(np.inf, x), rounded)


float16 = Format("float16", 11, -14, 15)
bfloat16 = Format("bfloat16", 8, -126, 127)
tf32 = Format("tf32", 11, -126, 127)
float32 = Format("float32", 24, -126, 127)
float64 = Format("float64", 53, -1022, 1023)

FORMATS = {f.name: f for f in (float16, bfloat16, float32, float64)}
"""The formats that torch stores tensors in, by the name of the dtype (`tf32` is an operand format only)."""


class Method(enum.Enum):
    """What is computed by a formula whose bound is weaker than the conventional one; see `reference.bounds.weaker`."""

    CONVENTIONAL = "conventional"
    FOURIER = "inner products through Fourier transforms"
    STRASSEN = "products of matrices with fewer multiplications"
    ONE_PASS = "variances from sums of numbers and of squares"
    UNSHIFTED = "exponentials without the largest exponent taken out"


@dataclass(frozen=True)
class Arithmetic:
    """How one operation computes.

    Operands are rounded to `operand`, products and sums are carried in `accumulator`, what is stored is rounded
    to `result`. All three are one format for float32 and float64; half types accumulate in float32; with TF32
    the operands of a float32 product have 11 significant bits. Without `gradual` underflow, subnormal operands and
    subnormal sums count as zero, as for the bfloat16 dot-product instructions of x86 (Intel 64 and IA-32
    Architectures Software Developer's Manual: VDPBF16PS, TDPBF16PS). Another `method` than the conventional one has
    weaker bounds.
    """

    operand: Format
    accumulator: Format
    result: Format
    gradual: bool = True
    method: Method = Method.CONVENTIONAL

    @classmethod
    def of(
        cls,
        stored: Format,
        *,
        accumulator: Format | None = None,
        operand: Format | None = None,
        gradual: bool = True,
    ) -> Arithmetic:
        """The arithmetic of tensors stored in `stored`: half types accumulate in float32 unless told otherwise."""
        wide = float32 if stored.precision < float32.precision else stored
        return cls(operand or stored, accumulator or wide, stored, gradual)

    def within(self, format: Format) -> Arithmetic:
        """The same computation where operands, sums and results are all of one format: nothing is stored on the way."""
        return Arithmetic(format, format, format, method=self.method)

    @property
    def mixed(self) -> bool:
        """Whether storing a result costs a rounding of its own."""
        return self.accumulator != self.result

    @property
    def underflow(self) -> float:
        """What underflow may add to a sum of products for each of them: of the product, or of it and of the sum."""
        return self.accumulator.eta if self.gradual else 2 * self.accumulator.lam
