"""Random orthogonal weights."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray
from torch import Generator, Tensor

from claims import TRUE, claim, consistent, equal, for_all, holds, refutation, values, within, within_norm
from claims.frame.checks import Check
from claims.frame.inputs.biases import OrthogonalDraw, OrthogonalWeight, orthogonal_weights
from claims.frame.inputs.samples import canvas, draws_of_generator
from claims.frame.inputs.spectra import only
from claims.frame.subject import Subject
from claims.initialization.initializers import consistent_with
from claims.initialization.laws import raises
from reference.bounds import svdvals_error
from reference.initialization import orthogonal as reference
from reference.probability.sampling import ALPHA, p_value_fit
from reference.statistics import binomial_p_value
from reference.truth import Truth


def drawn(subject: Subject, draw: OrthogonalDraw, generator: Generator) -> Tensor:
    """A weight filled by torch's initializer."""
    w: Tensor = subject.orthogonal_(canvas(subject, *draw.shape), draw.gain, generator=generator)
    return w


def matrices(subject: Subject, draw: OrthogonalDraw) -> list[Tensor]:
    """Weights, the axes after the first as one."""
    with subject.random(draw.seed) as generator:
        return [drawn(subject, draw, generator).flatten(1) for _ in range(draw.times)]


@claim(
    title="The orthogonal initializer returns matrices with orthonormal rows or columns, times the gain",
    statement=r"Q^\top Q=g^2I\ (\text{rows}\ge\text{columns}),\quad QQ^\top=g^2I\ (\text{rows}\le\text{columns});\quad"
    r"\sigma_1=\dots=\sigma_{\min}=g",
    hypotheses="axes after the first are taken together; float32 and float64",
    notes="Deep networks: parameter initialisation",
    book="8.4; Saxe et al. 2013",
    formal="Matrix.mem_orthogonalGroup_iff",
    truth=TRUE,
    bound="2 sqrt(k) gamma_{mn} (ASNA theorem 19.4, constant taken as 1) or 16 max(m, n) u sqrt(k) (calibrated), the "
    "smaller; the law of an entry by DKW, moments, range and agreements, at 1e-9",
)
@for_all(weight=orthogonal_weights())
def orthogonal_initialisation(subject: Subject, weight: OrthogonalDraw) -> Iterator[Check]:
    """The Gram matrix of rows or columns, the smaller one, against g^2 I; all singular values against g. Small weights
    are drawn many times: an entry has the law of a coordinate on the sphere, and determinants have either sign equally
    often. Fewer than two axes are refused; the generator decides.
    """
    if len(weight.shape) < 2:
        refused = raises(lambda: matrices(subject, weight), ValueError)
        yield holds(refused, label="fewer than two axes are refused")
        return
    try:
        many = matrices(subject, weight)
    except RuntimeError:
        yield holds(condition=False, label="a weight is filled, whatever its memory layout")
        return
    w = values(many[0])
    rows, columns = w.shape
    yield holds(w.shape == (weight.shape[0], int(np.prod(weight.shape[1:]))), label="shape")
    if 0 in w.shape:
        return
    truth = reference.gram_truth(w, weight.gain, subject.format)
    for v in values(many[:8]):
        yield within_norm(
            reference.gram(v, subject.arithmetic("svdvals"))[None],
            Truth(truth.value[None], truth.bound[None]),
            axes=2,
            label="Q^T Q = g^2 I",
        )
    gains = np.full((1, min(rows, columns)), weight.gain)
    size = np.array([[np.linalg.norm(w, 2)]])
    error = svdvals_error(size, rows, columns, subject.arithmetic("svdvals")) + truth.bound / weight.gain
    yield within(subject.svdvals(many[0][None]), Truth(gains, np.broadcast_to(error, gains.shape)), label="values g")
    yield from draws_of_generator(subject, lambda g: drawn(subject, weight, g), weight.seed, "orthogonal_")
    if weight.times > 1:
        yield from haar_entries(subject, weight, np.array(values(many)))


def haar_entries(subject: Subject, weight: OrthogonalDraw, w: NDArray[np.float64]) -> Iterator[Check]:
    """Three entries of weights (times, m, n), and the signs of the determinants of square ones."""
    larger = max(w.shape[1:])
    if larger > 2:
        law = reference.entry_law(larger, subject.format)
        for i, j in ((0, 0), (-1, -1), (0, -1)):
            yield from consistent_with(w[:, i, j] / weight.gain, (law,), f"entry {i}, {j}")
    if w.shape[1] == w.shape[2]:
        positive = int((np.linalg.det(w) > 0).sum())
        yield consistent(*p_value_fit(binomial_p_value(positive, len(w), 0.5)), alpha=ALPHA, label="signs of det Q")


@refutation(orthogonal_initialisation, r"\text{rows and columns are orthonormal, whatever the shape}")
@for_all(weight=only(OrthogonalWeight((5, 9)), OrthogonalWeight((9, 5))))
def rows_and_columns_are_orthonormal(subject: Subject, weight: OrthogonalDraw) -> Iterator[Check]:
    """Nine vectors of five entries are not independent."""
    w = values(matrices(subject, weight)[0])
    grams = (v @ v.T for v in (w, w.T))
    yield holds(all(bool(np.allclose(g, np.eye(len(g)), atol=0.1)) for g in grams))


@refutation(orthogonal_initialisation, r"\|Qx\|=\|x\|\ \forall x")
@for_all(weight=only(OrthogonalWeight((2, 5))))
def every_norm_is_kept(subject: Subject, weight: OrthogonalDraw) -> Iterator[Check]:
    """Fewer outputs than inputs: the null space is lost."""
    lengths = np.linalg.norm(values(matrices(subject, weight)[0]), axis=0)
    yield within(lengths[None], Truth(np.ones((1, len(lengths))), np.full((1, len(lengths)), 0.01)))


@refutation(orthogonal_initialisation, r"\text{all determinants are }1")
@for_all(weight=only(OrthogonalWeight((3, 3), 1.0, 16)))
def weights_are_rotations(subject: Subject, weight: OrthogonalDraw) -> Iterator[Check]:
    """Reflections come as often."""
    determinants = np.linalg.det(np.array(values(matrices(subject, weight))))
    yield equal(np.sign(determinants), np.ones(len(determinants)))
