"""Functions of one number in hyper-dual arithmetic, beyond the elementary ones: inverses, Bessel functions, quantiles.

Their slopes are those of the NIST Digital Library of Mathematical Functions (DLMF), in the form that torch has them.
Errors of values are those of `reference.networks.univariate_functions`; a function within k ulps errs by 2 k u.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping

import numpy as np
from flint import arb
from numpy.typing import NDArray
from scipy import special

from reference import exact
from reference.autodiff import elementary as e
from reference.autodiff.atoms import Atom, Function, program
from reference.autodiff.dual import Dual
from reference.bounds import UNITS_CUDA
from reference.networks.univariate_formulas import digamma as psi
from reference.networks.univariate_formulas import erfinv
from reference.networks.univariate_functions import FUNCTIONS

Float64 = NDArray[np.float64]
Atoms = Callable[[Float64, float], Mapping[str, Atom]]

LN_2, LN_10, ROOT_PI, ROOT_TAU = math.log(2.0), math.log(10.0), math.sqrt(math.pi), math.sqrt(2 * math.pi)
ZETA = 30.0
"""Of n! zeta(n + 1, x): twenty additions of numbers of one sign, powers within 2u, exp(log n!) within 8u."""


def _near(name: str, value: Float64, units: float) -> Atom:
    """The value of a function of the table, with its error there."""
    f = FUNCTIONS[name]
    return Atom(value, 2 * (f.cuda if units >= UNITS_CUDA else f.cpu) * np.abs(value))


def _erring(value: Float64, roundings: float | Float64) -> Atom:
    return Atom(value, np.asarray(roundings * np.abs(value)))


def _exact(value: Float64) -> Atom:
    return _erring(value, 0.0)


def _inverse(x: Float64) -> Atom:
    """1 / x: a rounding, and two of a multiple of x."""
    return _erring(1 / x, 3.0)


def _root(q: Float64, magnitude: Float64, power: float, units: float) -> Atom:
    """q^-power for a sum q of two terms of that magnitude, two roundings each."""
    return _erring(q**-power, 2 * power * magnitude / q + units)


def _inverse_root(value: Callable[[Float64], Float64], name: str, square: float, one: float) -> Atoms:
    """A function v with slope r, a power of one + square x^2."""
    power = 1.0 if name == "atanh" else 0.5
    return lambda x, units: {
        "v": _near(name, value(x), units),
        "r": _root(one + square * x * x, 1 + x * x, power, units),
        "x": _exact(x),
    }


def _exponential(x: Float64, units: float) -> Mapping[str, Atom]:
    return {"y": _near("exp2", np.exp2(x), units)}


def _tangent(x: Float64, units: float) -> Mapping[str, Atom]:
    return {"y": _near("tan", np.tan(x), units)}


def _hyperbolic(x: Float64, units: float) -> Mapping[str, Atom]:
    return {"s": _near("sinh", np.sinh(x), units), "k": _near("cosh", np.cosh(x), units)}


def _logarithm(name: str, value: Callable[[Float64], Float64]) -> Atoms:
    return lambda x, units: {"l": _near(name, value(x), units), "z": _inverse(x)}


def _entropy(x: Float64, units: float) -> Mapping[str, Atom]:
    return {"l": _near("log", np.log(x), units), "z": _inverse(x), "x": _exact(x)}


def _bell(x: Float64, units: float) -> Mapping[str, Atom]:
    """exp(-x^2), whose argument is rounded."""
    return {
        "v": _near("erfc", special.erfc(x), units),
        "b": _erring(np.exp(-x * x), units + x * x + 2),
        "x": _exact(x),
    }


def _inverse_of_bell(name: str, value: Callable[[Float64], Float64], factor: float, rate: float) -> Atoms:
    """A function y with slope factor exp(rate y^2), relatively as wrong as y times 2 rate y^2, and by roundings."""

    def atoms(x: Float64, units: float) -> Mapping[str, Atom]:
        y = _near(name, value(x), units)
        argument = rate * (2 * np.abs(y.value) * y.error + 2 * y.value * y.value)
        return {"y": y, "s": _erring(factor * np.exp(rate * y.value * y.value), units + argument + 2)}

    return atoms


def _sinc(x: Float64, units: float) -> Mapping[str, Atom]:
    """The argument pi x errs by 2u relatively, which moves sine and cosine."""
    a = math.pi * x
    sine, cosine, moved = np.sin(a), np.cos(a), 2 * np.abs(a)
    return {
        "z": _inverse(x),
        "s": Atom(sine, units * np.abs(sine) + moved * np.abs(cosine)),
        "k": Atom(cosine, units * np.abs(cosine) + moved * np.abs(sine)),
    }


def _bessel(x: Float64, units: float) -> Mapping[str, Atom]:
    return {"a": _near("i0", special.i0(x), units), "b": _near("i1", special.i1(x), units), "z": _inverse(x)}


def _scaled_bessel(x: Float64, units: float) -> Mapping[str, Atom]:
    """With the sign of x."""
    a, b = _near("i0e", special.i0e(x), units), _near("i1e", special.i1e(x), units)
    return {"a": a, "b": b, "z": _inverse(x), "s": _exact(np.sign(x))}


def _log_gamma(x: Float64) -> Float64:
    """In balls: SciPy's is not relatively accurate next to the roots 1 and 2."""
    with exact.precision(160):
        return np.array([float(arb(t).lgamma().mid()) for t in x.ravel().tolist()]).reshape(x.shape)


def _gamma(x: Float64, units: float) -> Mapping[str, Atom]:
    """log Gamma, digamma and polygamma functions: n! zeta(n + 1, x) up to signs (DLMF 25.11.12)."""
    digamma = psi(x)
    first = {
        "a": _near("lgamma", _log_gamma(x), units),
        "b": Atom(digamma, 16 * np.abs(digamma) + 12 * np.log(x + 3)),
        "c": Atom(
            special.zeta(2.0, x),
            24 * special.zeta(2.0, x) + 14 * (math.pi / np.sin(math.pi * np.minimum(x, 0.5))) ** 2 * (x < 0.5),
        ),
    }
    more = {
        letter: _erring((-1.0) ** (n + 1) * math.factorial(n) * special.zeta(n + 1.0, x), ZETA)
        for n, letter in enumerate("defg", 2)
    }
    return {**first, **more}


def _erfcx(x: Float64, units: float) -> Mapping[str, Atom]:
    """For negative x by 2 exp(x^2), whose argument is rounded."""
    y = special.erfcx(x)
    return {"y": Atom(y, _near("erfcx", y, units).error + (x < 0) * x * x * y), "x": _exact(x)}


def _log_ndtr(x: Float64, units: float) -> Mapping[str, Atom]:
    """h = exp(-(L + x^2 / 2)) / sqrt(2 pi) for the logarithm L of the distribution function, whose formula cancels."""
    value = special.log_ndtr(x)
    own = _near("log_ndtr", value, units).error + 2.5 * x * x + 30
    return {
        "v": Atom(value, own),
        "h": _erring(np.exp(-value - x * x / 2) / ROOT_TAU, own + np.abs(value) + 2 * x * x + units + 2),
        "x": _exact(x),
    }


_BESSEL = {"a": {"b": 1.0}, "b": {"a": 1.0, "bz": -1.0}, "z": {"zz": -1.0}}
_SCALED = {"a": {"b": 1.0, "as": -1.0}, "b": {"a": 1.0, "bz": -1.0, "bs": -1.0}, "z": {"zz": -1.0}}
_GAMMA = {a: {b: 1.0} for a, b in zip("abcdef", "bcdefg", strict=True)}
_QUANTILE = {"y": {"s": 1.0}}

SMOOTH: dict[str, Function] = {
    "exp2": Function({"y": 1.0}, {"y": {"y": LN_2}}, _exponential),
    "log2": Function({"l": 1.0}, {"l": {"z": 1 / LN_2}, "z": {"zz": -1.0}}, _logarithm("log2", np.log2)),
    "log10": Function({"l": 1.0}, {"l": {"z": 1 / LN_10}, "z": {"zz": -1.0}}, _logarithm("log10", np.log10)),
    "tan": Function({"y": 1.0}, {"y": {"": 1.0, "yy": 1.0}}, _tangent),
    "asin": Function(
        {"v": 1.0}, {"v": {"r": 1.0}, "r": {"rrrx": 1.0}, "x": {"": 1.0}}, _inverse_root(np.arcsin, "asin", -1, 1)
    ),
    "acos": Function(
        {"v": 1.0}, {"v": {"r": -1.0}, "r": {"rrrx": 1.0}, "x": {"": 1.0}}, _inverse_root(np.arccos, "acos", -1, 1)
    ),
    "sinh": Function({"s": 1.0}, {"s": {"k": 1.0}, "k": {"s": 1.0}}, _hyperbolic),
    "cosh": Function({"k": 1.0}, {"s": {"k": 1.0}, "k": {"s": 1.0}}, _hyperbolic),
    "asinh": Function(
        {"v": 1.0}, {"v": {"r": 1.0}, "r": {"rrrx": -1.0}, "x": {"": 1.0}}, _inverse_root(np.arcsinh, "asinh", 1, 1)
    ),
    "acosh": Function(
        {"v": 1.0}, {"v": {"r": 1.0}, "r": {"rrrx": -1.0}, "x": {"": 1.0}}, _inverse_root(np.arccosh, "acosh", 1, -1)
    ),
    "atanh": Function(
        {"v": 1.0}, {"v": {"r": 1.0}, "r": {"rrx": 2.0}, "x": {"": 1.0}}, _inverse_root(np.arctanh, "atanh", -1, 1)
    ),
    "erfc": Function({"v": 1.0}, {"v": {"b": -2 / ROOT_PI}, "b": {"bx": -2.0}, "x": {"": 1.0}}, _bell),
    "erfinv": Function(
        {"y": 1.0}, {**_QUANTILE, "s": {"ssy": 2.0}}, _inverse_of_bell("erfinv", erfinv, ROOT_PI / 2, 1.0)
    ),
    "ndtri": Function(
        {"y": 1.0}, {**_QUANTILE, "s": {"ssy": 1.0}}, _inverse_of_bell("ndtri", special.ndtri, ROOT_TAU, 0.5)
    ),
    "entr": Function({"lx": -1.0}, {"l": {"z": 1.0}, "z": {"zz": -1.0}, "x": {"": 1.0}}, _entropy),
    "sinc": Function({"sz": 1 / math.pi}, {"s": {"k": math.pi}, "k": {"s": -math.pi}, "z": {"zz": -1.0}}, _sinc),
    "i0": Function({"a": 1.0}, _BESSEL, _bessel),
    "i1": Function({"b": 1.0}, _BESSEL, _bessel),
    "i0e": Function({"a": 1.0}, _SCALED, _scaled_bessel),
    "i1e": Function({"b": 1.0}, _SCALED, _scaled_bessel),
    "lgamma": Function({"a": 1.0}, _GAMMA, _gamma),
    "digamma": Function({"b": 1.0}, _GAMMA, _gamma),
    "trigamma": Function({"c": 1.0}, _GAMMA, _gamma),
    "erfcx": Function({"y": 1.0}, {"y": {"xy": 2.0, "": -2 / ROOT_PI}, "x": {"": 1.0}}, _erfcx),
    "log_ndtr": Function({"v": 1.0}, {"v": {"h": 1.0}, "h": {"hx": -1.0, "hh": -1.0}, "x": {"": 1.0}}, _log_ndtr),
}
"""Functions with derivatives of every order, where they are defined."""


def _shrunk(x: Dual) -> Dual:
    return x.chosen(np.abs(x.value) > 0.5, x.scaled(0.0))


UNIVARIATE_PROGRAMS: dict[str, Callable[[Dual], Dual]] = {
    **{name: program(function) for name, function in SMOOTH.items()},
    "ndtr": lambda x: (e.erf(x.scaled(1 / e.ROOT_TWO)) + 1.0).scaled(0.5),
    "relu6": lambda x: e.larger(e.smaller(x, 6.0), 0.0),
    "hardsigmoid": lambda x: e.larger(e.smaller(x + 3.0, 6.0), 0.0).scaled(1 / 6),
    "hardshrink": _shrunk,
}
"""By the name of the row of the table of functions."""
