"""Entropies and divergences."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from reference.formats import Arithmetic
from reference.losses import cross_entropy, divergence
from reference.losses.entropy import entropy_of_logits, entropy_of_weights, summed, x_log_y
from reference.losses.softmax import Kernel, Rows
from reference.truth import Truth
from tests.benchmarks.row import Inputs, Row, Size

Float64 = NDArray[np.float64]

SIZES = ((256, 10), (256, 1000))
AXES = "rows x classes"
KERNEL = Kernel()


def laws(rng: np.random.Generator, size: Size) -> Inputs:
    """Uniform on the simplex."""
    p = rng.exponential(size=size)
    return Inputs((p / p.sum(-1, keepdims=True),))


def two_laws(rng: np.random.Generator, size: Size) -> Inputs:
    """Both uniform on the simplex."""
    return Inputs((*laws(rng, size).args, *laws(rng, size).args))


def rows(rng: np.random.Generator, size: Size) -> Inputs:
    """Normal logits."""
    return Inputs((3 * rng.standard_normal(size),))


def terms(p: Float64, how: Arithmetic) -> Truth:
    """-p log p."""
    truth = x_log_y(p, p, how, KERNEL).truth
    return Truth(-truth.value, truth.bound)


def products(x: Float64, y: Float64, how: Arithmetic) -> Truth:
    """x log y."""
    return x_log_y(x, y, how, KERNEL).truth


def of_weights(w: Float64, how: Arithmetic) -> Truth:
    """The entropy of the normalised weights."""
    return entropy_of_weights(w, how, KERNEL, least=2 * how.result.u)


def of_logits(x: Float64, how: Arithmetic) -> Truth:
    """The entropy of the softmax."""
    return entropy_of_logits(Rows.of(x, how), KERNEL)


def even_laws(rng: np.random.Generator, size: Size) -> Inputs:
    """No probability is so small that it is clipped, in bfloat16 either."""
    return Inputs(tuple(rng.uniform(0.8, 1, size) / size[-1] for _ in "pq"))


def from_logarithms(rng: np.random.Generator, size: Size) -> Inputs:
    """log q and p, which the reference takes the other way round."""
    p, q = two_laws(rng, size).args
    return Inputs((np.log(q), p), {"reduction": "none", "log_target": False})


def divergence_terms(log_q: Float64, p: Float64, how: Arithmetic) -> Truth:
    """p log p - p l."""
    return divergence.terms(p, log_q, how, KERNEL).truth


def of_two_laws(p: Float64, q: Float64, how: Arithmetic) -> Truth:
    """The divergence of normalised weights."""
    return divergence.divergence_of_weights(p, q, how, KERNEL)


def with_logits(rng: np.random.Generator, size: Size) -> Inputs:
    """Normal logits and a law."""
    return Inputs((*rows(rng, size).args, *laws(rng, size).args), {"reduction": "none"})


def soft_cross_entropy(x: Float64, p: Float64, how: Arithmetic) -> Truth:
    """-sum p log softmax x."""
    return summed(cross_entropy.terms(p, Rows.of(x, how), Kernel(stores_sum=True)), how)


def all_terms(rng: np.random.Generator, size: Size) -> Inputs:
    """The same, summed over all rows."""
    return Inputs(from_logarithms(rng, size).args, {"reduction": "sum", "log_target": False})


def mean_of_terms(rng: np.random.Generator, size: Size) -> Inputs:
    """The same for torch.kl_div, where 1 is the mean of all terms."""
    return Inputs(from_logarithms(rng, size).args, {"reduction": 1})


def whole_divergence(log_q: Float64, p: Float64, how: Arithmetic) -> Truth:
    """The sum of all terms."""
    return divergence.reduced(divergence.terms(p, log_q, how, KERNEL), how, 1)


def mean_divergence(log_q: Float64, p: Float64, how: Arithmetic) -> Truth:
    """The mean of all terms."""
    return divergence.reduced(divergence.terms(p, log_q, how, KERNEL), how, p.size)


def logits_and_law(rng: np.random.Generator, size: Size) -> Inputs:
    """The same for the layer."""
    return Inputs(with_logits(rng, size).args)


def all_rows(rng: np.random.Generator, size: Size) -> Inputs:
    """The same, summed over all rows."""
    return Inputs(with_logits(rng, size).args, {"reduction": "sum"})


def whole_cross_entropy(x: Float64, p: Float64, how: Arithmetic) -> Truth:
    """The sum over all rows."""
    return divergence.reduced(cross_entropy.terms(p, Rows.of(x, how), Kernel(stores_sum=True)), how, 1)


ROWS = (
    Row("soft_cross_entropy", SIZES, AXES, with_logits, soft_cross_entropy),
    Row("soft_cross_entropy_layer", SIZES, AXES, logits_and_law, soft_cross_entropy),
    Row("soft_cross_entropy_reduced", SIZES, AXES, all_rows, whole_cross_entropy),
    Row("kl_div_reduced kl_div_layer", SIZES, AXES, all_terms, whole_divergence),
    Row("kl_div_mean", SIZES, AXES, mean_of_terms, mean_divergence),
    Row("kl_div", SIZES, AXES, from_logarithms, divergence_terms),
    Row("categorical_divergence", ((256, 10), (256, 100)), AXES, even_laws, of_two_laws),
    Row("entr", SIZES, AXES, laws, terms),
    Row("xlogy special_xlogy", SIZES, AXES, two_laws, products),
    Row("categorical_entropy", SIZES, AXES, laws, of_weights),
    Row("categorical_logits_entropy", SIZES, AXES, rows, of_logits),
)
