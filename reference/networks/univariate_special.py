"""Special functions of one number that only `torch.special` has, most of them in float32 and float64 alone.

Cephes: S. Moshier, Cephes Mathematical Library. DLMF: NIST Digital Library of Mathematical Functions.
"""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np
from flint import arb
from scipy import special

from reference.formats import Format
from reference.networks.univariate_function import Float64, Univariate

ROOTS_0 = (2.404825557695773, 5.520078110286311, 8.653727912911013, 11.791534439014281)
"""Of the Bessel function of order 0."""
ROOTS_1 = (3.8317059702075125, 7.015586669815619, 10.173468135062722, 13.323691936314223)
"""Of the Bessel function of order 1."""
ASYMPTOTIC = 25.0
"""From where on 20 terms of Hankel's expansions are accurate to float64."""
FAR_OUT = 2**16
"""From where on five terms of the expansion of erfc are accurate to 150 bits."""
BESSEL = (-np.finfo(np.float64).max, -64.0, -1.25, 1.25, 64.0, math.inf)
"""Cuts of Bessel functions: the two infinities, and between 1.25 and 64 of either sign."""


def bessel(order: int) -> Callable[[Float64], Float64]:
    """J of order 0 or 1; from 25 on by Hankel's expansions (DLMF 10.17.3), whose sine and cosine are those of x."""

    def evaluated(x: Float64) -> Float64:
        size = np.abs(x)
        far = np.where(size >= ASYMPTOTIC, np.minimum(size, 1e300), ASYMPTOTIC)
        terms = [1.0]
        for k in range(1, 20):
            terms.append(terms[-1] * (4 * order**2 - (2 * k - 1) ** 2) / (8 * k))
        inverse = 1 / far
        p = np.polyval([t * (-1) ** k for k, t in enumerate(terms[0::2])][::-1], inverse * inverse)
        q = inverse * np.polyval([t * (-1) ** k for k, t in enumerate(terms[1::2])][::-1], inverse * inverse)
        sine, cosine = np.sin(far), np.cos(far)
        turned = (sine + cosine, sine - cosine) if order == 0 else (sine - cosine, -sine - cosine)
        value = np.sqrt(1 / math.pi) / np.sqrt(far) * (p * turned[0] - q * turned[1])
        value = np.where(size >= ASYMPTOTIC, value, (special.j0, special.j1)[order](size))
        return np.where(np.isinf(x), 0.0, np.where((x < 0) & (order == 1), -value, value))

    return evaluated


def bessel_error(order: int) -> Callable[[Float64, Format], Float64]:
    """Calibrated up to 5: 8 u, 1.7 times the largest seen. Beyond, of the amplitude sqrt(2 / (pi x)): 28 u, and u x.

    Those are two polynomials of degree 7 and positive terms, and the rounding of the phase x - pi / 4, at most 2. Near
    0 the function of order 1 is so relatively, but underflows of x / 1445 and x / 98 are multiplied by roots squared.
    """

    def error(x: Float64, fmt: Format) -> Float64:
        size = np.maximum(np.abs(x), 5.0)
        far = math.sqrt(2 / math.pi) / np.sqrt(size) * (28 * fmt.u + np.minimum(fmt.u * size, 2.0))
        near = 8 * fmt.u * (np.minimum(np.abs(x), 1.0) if order else 1.0)
        return np.where(np.abs(x) <= 5, near, far) + fmt.eta * (387 if order else 1)

    return error


def trigamma(x: Float64) -> Float64:
    """The derivative of digamma: by reflection (DLMF 5.15.6) below 0, infinite at poles."""
    n = np.rint(x)
    sine = np.sin(np.pi * (x - n))
    mirrored = np.pi**2 / np.where(sine == 0, 1.0, sine * sine) - special.zeta(2.0, 1 - np.minimum(x, 0.0))
    reflected = np.where(x == n, np.inf, np.where(np.abs(x) < 2.0**-60, 1 / (x * x), mirrored))
    reflected = np.where(np.isinf(x), np.nan, reflected)
    positive = np.where(x == np.inf, 0.0, special.zeta(2.0, np.where(x > 0, x, 1.0)))
    return np.where(np.isnan(x), np.nan, np.where(x > 0, positive, reflected))


def _ball_trigamma(x: arb) -> arb:
    """zeta(2, x), for x < 0 by reflection."""
    return arb(2).zeta(x) if x > 0 else (arb.pi() / x.sin_pi()) ** 2 - arb(2).zeta(1 - x)


def _ball_tail(z: arb) -> arb:
    """erfc(z) exp(z^2) z sqrt(pi) for large z: what the expansion leaves out is below its next term (DLMF 7.12.2)."""
    term, total = arb(1), arb(0)
    for k in range(5):
        total += term
        term *= -arb(2 * k + 1) / (2 * z * z)
    return total + term.union(arb(0))


def _ball_erfcx(x: arb) -> arb:
    return _ball_tail(x) / (x * arb.pi().sqrt()) if x > FAR_OUT else (x * x).exp() * x.erfc()


def _ball_log_ndtr(x: arb) -> arb:
    """log(erfc(z) / 2), z = -x / sqrt(2)."""
    z = -x / arb(2).sqrt()
    if z > FAR_OUT:
        return (_ball_tail(z) / (2 * z * arb.pi().sqrt())).log() - z * z
    return (-(-z).erfc() / 2).log1p() if z < 0 else (z.erfc() / 2).log()


def erfcx_error(x: Float64, fmt: Format) -> Float64:
    """Of 2 exp(x^2) - erfcx(-x) below 0: x^2 u, for the square is rounded.

    From 0 to 50 y = 400 / (4 + x) is within 2 u, which is up to 9 u of the function; 3 u of Horner's rule come to that.
    """
    size = np.minimum(np.abs(x), 27.0)
    return np.where(x < 0, fmt.u * size * size * np.minimum(special.erfcx(-size), fmt.largest), 0.0)


def log_ndtr_error(x: Float64, fmt: Format) -> Float64:
    """Below -1 of log(erfcx(t) / 2) - t^2, t = -x / sqrt(2): 5 u of t^2, and 20 u of the argument of the logarithm.

    Else of log1p(-y), y = erfc(t) / 2: 11 u of erfc, and 2 u of t times its condition 2 t^2 + 2, over 1 - y.
    """
    t = np.minimum(np.abs(x), 60.0) / math.sqrt(2)
    y = special.erfc(x / math.sqrt(2)) / 2
    upper = y / np.maximum(1 - y, 0.1) * (11 + 2 * (2 * t * t + 2))
    far = np.minimum(x * x / 2, fmt.largest)
    return np.where(x < -1, fmt.u * (5 * far + 20), fmt.u * upper) + fmt.eta


def trigamma_error(x: Float64, fmt: Format) -> Float64:
    """Of (pi / sin(pi x))^2 from -1/2 to 1/2: 14 u."""
    inner = np.clip(x, -0.5, 0.5)
    sine = np.sin(np.pi * np.where(inner == 0, 1.0, inner))
    reflected = np.where(x < 0.5, np.pi**2 / np.maximum(sine * sine, 1e-300), 0.0)
    return np.asarray(14 * fmt.u * np.minimum(reflected, fmt.largest))


F = Univariate
SPECIAL: dict[str, Univariate] = {
    "trigamma": F(trigamma, _ball_trigamma, 12, 12, trigamma_error, cuts=(-0.5, -1e-4, 1e-4, 64.0), points=(0.5, 1.0)),
    "erfcx": F(special.erfcx, _ball_erfcx, 12, 12, erfcx_error, points=(50.0, 26.7, 6.1, 5e7), wide=True),
    "log_ndtr": F(special.log_ndtr, _ball_log_ndtr, 4, 4, log_ndtr_error, points=(1.0, 8.3, 14.0, 38.5), wide=True),
    "ndtri": F(
        special.ndtri,
        lambda p: -arb(2).sqrt() * (2 * p).erfcinv(),
        7,
        7,
        points=(0.135335283236612, 1.27e-14, 0.864664716763387),
        wide=True,
    ),
    "j0": F(bessel(0), lambda x: x.bessel_j(0), 1, 1, bessel_error(0), points=(5.0, *ROOTS_0), cuts=BESSEL, wide=True),
    "j1": F(
        bessel(1),
        lambda x: x.bessel_j(1),
        1,
        1,
        bessel_error(1),
        points=(5.0, *ROOTS_1),
        cuts=BESSEL,
        odd=True,
        wide=True,
    ),
}
