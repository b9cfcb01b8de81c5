"""How far elementary functions (exp, log, tanh, the sigmoid, ...) of a device may be from their values."""

from __future__ import annotations

UNITS_CPU, UNITS_CUDA = 4.0, 7.0
"""In units roundoff: calibrated on the CPU (2.5 measured, for the sigmoid; at most 2 for asinh and softsign); for CUDA
2 (ulp + 1/2) of the 3 ulp within which asinh is documented, or 5 of exp and two operations for the sigmoid."""
