"""Functions of one number as polynomials in atoms whose derivatives are such polynomials, too.

The tangent y has y' = 1 + y y; with z = 1/x and the Bessel functions I_0, I_1: I_1' = I_0 - z I_1, z' = -z z. A few
atoms give derivatives of every order, in the terms that repeated differentiation makes; the magnitude of the terms is
carried along, so that cancellation is accounted for.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from reference.autodiff.dual import Derivatives, Dual

Float64 = NDArray[np.float64]
Terms = Mapping[str, float]
"""A polynomial: words of atoms, a letter each, with their coefficients; "zzs" is z^2 s, and "" is 1."""

ORDERS = 5
"""A function and four derivatives."""


class Atom(NamedTuple):
    """The value of an atom at some numbers, and how far a computed one is from it, in units roundoff."""

    value: Float64
    error: Float64


class Function(NamedTuple):
    """A function as a polynomial in atoms, and the slopes of the atoms; atoms without a slope are constant.

    `atoms` takes the numbers x and the error of an elementary function in units roundoff.
    """

    start: Terms
    slopes: Mapping[str, Terms]
    atoms: Callable[[Float64, float], Mapping[str, Atom]]


def program(function: Function) -> Callable[[Dual], Dual]:
    """The function of hyper-dual numbers."""
    every = list(_derivatives(function))

    def of(c: Dual) -> Dual:
        atoms = function.atoms(c.value, c.units)
        values, sizes = [], []
        for k, (signed, magnitudes) in enumerate(every):
            values.append(sum((a * _product(w, atoms) for w, a in signed.items()), np.zeros(c.shape)))
            roundings = sum((a * _error(w, atoms, k) for w, a in magnitudes.items()), np.zeros(c.shape))
            sizes.append(roundings / (c.units + 2 * k + 2))  # what `apply` multiplies by
        return c.apply(Derivatives(values, sizes))

    return of


def _derivatives(function: Function) -> Iterator[tuple[Terms, Terms]]:
    """Every derivative, and the same with the magnitudes of all its terms, none of which cancels another."""
    signed = dict(function.start)
    magnitudes = {w: abs(a) for w, a in signed.items()}
    absolute = {atom: {w: abs(a) for w, a in slope.items()} for atom, slope in function.slopes.items()}
    for _ in range(ORDERS):
        yield signed, magnitudes
        signed, magnitudes = _derivative(signed, function.slopes), _derivative(magnitudes, absolute)


def _derivative(terms: Terms, slopes: Mapping[str, Terms]) -> dict[str, float]:
    """The product rule for every word."""
    found: dict[str, float] = {}
    for word, a in terms.items():
        for atom, times in Counter(word).items():
            rest = word.replace(atom, "", 1)
            for w, b in slopes.get(atom, {}).items():
                made = "".join(sorted(rest + w))
                found[made] = found.get(made, 0.0) + a * times * b
    return found


def _product(word: str, atoms: Mapping[str, Atom]) -> Float64:
    return np.asarray(np.prod([atoms[letter].value for letter in word], axis=0))


def _error(word: str, atoms: Mapping[str, Atom], k: int) -> Float64:
    """Of the product, in units roundoff: 2 k + 2 roundings of it, and the errors of its atoms."""
    found = (2 * k + 2) * np.abs(_product(word, atoms))
    for i, letter in enumerate(word):
        found = found + atoms[letter].error * np.abs(_product(word[:i] + word[i + 1 :], atoms))
    return np.asarray(found)
