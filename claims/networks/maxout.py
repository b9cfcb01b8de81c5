"""Maxima of affine pieces: maxout units, and maxima by rectifiers."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import torch
from torch import Tensor

from claims import TRUE, UNDER_HYPOTHESES, at_most, claim, equal, for_all, refutation, values, within
from claims.frame.checks import Check
from claims.frame.inputs.maxout import Maxima, Unit, Units, maxima, units
from claims.frame.inputs.spectra import only
from claims.frame.operations.elementary import units as function_units
from claims.frame.subject import Subject
from reference.networks import maxout as reference
from reference.truth import Truth

SPELLINGS = ("amax", "sort", "maximum")


@claim(
    title="A maxout unit of k tangents is within L (b - a)^2 / (8 k^2) of a smooth convex function",
    statement=r"0\le f''\le L\text{ on }[a,b]\ \Rightarrow\ 0\le f(x)-\max_{j\le k}\big(f(t_j)+f'(t_j)(x-t_j)\big)\le"
    r"\tfrac L2\min_j(x-t_j)^2\le\frac{L(b-a)^2}{8k^2},\quad t_j=a+\tfrac{2j-1}{2k}(b-a)",
    hypotheses="f is convex, the interval bounded, and k free",
    notes="Giving up convexity: a maxout unit approximates any convex function",
    book="6.3.1",
    truth=UNDER_HYPOTHESES,
    correction="Not on unbounded intervals: a maximum of finitely many affine functions grows linearly. One unit is "
    "convex itself, so that other functions take the difference of two.",
    bound="Taylor-Lagrange; slopes and intercepts by their roundings (4u for an elementary function, calibrated), the "
    "pieces that may be the largest by u |w x| and u |w x + c|",
)
@for_all(unit=units())
def maxout_approximates_convex(subject: Subject, unit: Unit) -> Iterator[Check]:
    """Tangents by reverse mode against slopes and intercepts, the maximum of the stored pieces in several spellings,
    and how far it is below the function: at most by either bound, and by nothing above it.
    """
    x, t = values(unit.x), values(unit.t)
    w, c = subject.tangents(unit.t, unit.name)
    slope, intercept = reference.tangent_pieces(unit.name, t, function_units(subject), subject.arithmetic("tangents"))
    yield within(w, slope, label="slopes")
    yield within(c, intercept, label="intercepts")
    truth = reference.maximum_of_pieces(x, values(w), values(c), subject.arithmetic("maxout"))
    f = reference.CURVES[unit.name].value(x)
    slack = truth.bound + reference.pieces_error(x, slope.bound, intercept.bound) + reference.value_error(unit.name, x)
    near = reference.nearest_tangent(unit.name, unit.interval, x, t)
    far = np.broadcast_to(reference.theorem(unit.name, unit.interval, t)[:, None], x.shape)
    for spelling in SPELLINGS:
        found = subject.maxout(unit.x, w, c, spelling)
        yield within(found, truth, label=f"{spelling}: the largest piece")
        below = f - values(found)
        yield at_most(below, near, slack, label=f"{spelling}: L/2 min (x - t)^2")
        yield at_most(below, far, slack, label=f"{spelling}: L (b - a)^2 / (8 k^2)")
        yield at_most(-below, np.zeros(x.shape), slack, label=f"{spelling}: not above f")


def unit_below(subject: Subject, unit: Unit, x: Tensor) -> tuple[Tensor, Tensor]:
    """The maxout unit of the tangents, and the function itself, which is the square."""
    return subject.maxout(x, *subject.tangents(unit.t, "square"), "amax"), subject.multiply(x, x)


SQUARES = only(Units("square", 4, 17), Units("square", 2, 33))


@refutation(maxout_approximates_convex, r"f-\max_ja_j\le\frac{L(b-a)^2}{16k^2}")
@for_all(unit=SQUARES)
def half_of_the_error(subject: Subject, unit: Unit) -> Iterator[Check]:
    """Of the square the bound is attained where two parts meet."""
    found, square = unit_below(subject, unit, unit.x)
    yield at_most(values(square) - values(found), np.full(unit.x.shape, 8 / (16 * unit.t.shape[-1] ** 2)), 1e-3)


@refutation(maxout_approximates_convex, r"f-\max_ja_j\le\frac{L(b-a)^2}{8k^3}")
@for_all(unit=SQUARES)
def the_error_falls_with_the_cube(subject: Subject, unit: Unit) -> Iterator[Check]:
    """Times k^2 it is constant."""
    found, square = unit_below(subject, unit, unit.x)
    yield at_most(values(square) - values(found), np.full(unit.x.shape, 1 / unit.t.shape[-1] ** 3), 1e-3)


@refutation(maxout_approximates_convex, r"f-\max_ja_j\le\frac{L(b-a)^2}{8k^2}\text{ on all of }\mathbb{R}")
@for_all(unit=SQUARES)
def the_unit_is_near_everywhere(subject: Subject, unit: Unit) -> Iterator[Check]:
    """A square grows faster than any affine piece."""
    found, square = unit_below(subject, unit, subject.multiply(unit.x, 16.0))
    yield at_most(values(square) - values(found), np.full(unit.x.shape, 1 / unit.t.shape[-1] ** 2), 1e-3)


@refutation(maxout_approximates_convex, "Tangents of a concave function bound it in the same way.")
@for_all(unit=SQUARES)
def tangents_of_concave_functions_do_as_well(subject: Subject, unit: Unit) -> Iterator[Check]:
    """Their maximum is above it, and far: the minimum is the one to take."""
    w, c = subject.tangents(unit.t, "square")
    found = subject.maxout(unit.x, -w, -c, "amax")
    yield at_most(values(found) + values(unit.x) ** 2, np.full(unit.x.shape, 1 / unit.t.shape[-1] ** 2), 1e-3)


@claim(
    title="max(a, b) = relu(a - b) + b, and n numbers have a maximum of rectifiers of depth ceil(log2 n)",
    statement=r"\max(a,b)=\operatorname{relu}(a-b)+b,\qquad\max(x_1,\dots,x_n)\text{ by a binary tree of depth }"
    r"\lceil\log_2n\rceil",
    notes="Deep feedforward networks: deep networks represent some functions efficiently",
    book="6.3.1; 6.4.1",
    formal="max_def",
    truth=TRUE,
    bound="u |a - b| + u (|max| + u |a - b|) where a > b, exact elsewhere; the tree: at each node the larger of both "
    "errors, and its own",
)
@for_all(x=maxima())
def relu_maximum_identity(subject: Subject, x: Tensor) -> Iterator[Check]:
    """Neighbours in a row, and the row by the tree; exact for integers, and where b is the larger of two."""
    numbers = values(x)
    a, b = x[..., :-1], x[..., 1:]
    first, second = numbers[..., :-1], numbers[..., 1:]
    arithmetic = subject.arithmetic("maximum_by_relu")
    found = values(subject.maximum_by_relu(a, b))
    yield within(found, reference.maximum(first, second, arithmetic), label="relu(a - b) + b")
    whole = (numbers == np.rint(numbers)) & (np.abs(numbers) <= 64)
    exact = (first <= second) | (whole[..., :-1] & whole[..., 1:])
    largest = np.maximum(first, second)
    yield equal(np.where(exact, found, largest), largest, label="exact for a <= b and for integers")
    yield within(subject.maximum_of_all_by_relu(x), reference.maximum_by_tree(numbers, arithmetic), label="tree")


PAIRS = only(Maxima(2, "scales"), Maxima(17, "scales"))


@refutation(relu_maximum_identity, "It is the maximum bit by bit.")
@for_all(x=PAIRS)
def rectifiers_give_the_maximum_itself(subject: Subject, x: Tensor) -> Iterator[Check]:
    """The difference and the sum round."""
    numbers = values(x)
    found = subject.maximum_by_relu(x[..., :-1], x[..., 1:])
    yield equal(found, np.maximum(numbers[..., :-1], numbers[..., 1:]))


@refutation(relu_maximum_identity, r"The error is at most $u\,|\max(a,b)|$.")
@for_all(x=PAIRS)
def the_error_is_relative_to_the_maximum(subject: Subject, x: Tensor) -> Iterator[Check]:
    """It is relative to a - b, too: with a = 1 and b = -1e10 nothing of a is left."""
    numbers = values(x)
    largest = np.maximum(numbers[..., :-1], numbers[..., 1:])
    found = subject.maximum_by_relu(x[..., :-1], x[..., 1:])
    yield within(found, Truth(largest, subject.format.u * np.abs(largest)))


@refutation(relu_maximum_identity, "It holds for infinite numbers, too.")
@for_all(x=PAIRS)
def infinite_numbers_have_a_maximum(subject: Subject, x: Tensor) -> Iterator[Check]:
    """The difference of two infinities is NaN."""
    infinite = subject.tensor(np.full(x.shape, np.inf))
    yield equal(subject.maximum_by_relu(infinite, infinite), infinite)


@refutation(relu_maximum_identity, "At a tie it has the gradient of the maximum, 1/2 for either number.")
@for_all(x=PAIRS)
def ties_have_the_gradient_of_the_maximum(subject: Subject, x: Tensor) -> Iterator[Check]:
    """It is 0 for the first and 1 for the second."""
    leaf = x.clone().requires_grad_()
    y = subject.maximum_by_relu(leaf, x)
    yield equal(subject.gradient(y, leaf, torch.ones_like(y)), np.full(x.shape, 0.5))


@refutation(relu_maximum_identity, r"\max(a,b)=\operatorname{relu}(a-b)+a")
@for_all(x=PAIRS)
def the_first_is_added(subject: Subject, x: Tensor) -> Iterator[Check]:
    """b is added, which is left where relu is 0."""
    a, b = x[..., :-1], x[..., 1:]
    numbers = values(subject.add(subject.relu(subject.subtract(a, b)), a))
    yield within(numbers, Truth(np.maximum(values(a), values(b)), np.full(a.shape, 0.01)))
