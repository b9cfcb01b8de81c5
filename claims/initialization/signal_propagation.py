"""What a layer does to the distribution of its signal."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from claims import UNDER_HYPOTHESES, claim, consistent, equal, for_all, holds, refutation, values, within
from claims.frame.checks import Check
from claims.frame.inputs.laws import PropagationDraw, Tables, enumerations, two_point_laws
from claims.frame.inputs.samples import canvas, draws_of_generator
from claims.frame.subject import Subject
from reference.bounds import variance_error
from reference.initialization import signal_propagation as reference
from reference.probability.sampling import ALPHA
from reference.truth import Truth

FEW = 64
"""Of how many outcomes a covariance matrix is taken: in float16 a sum of more of their squares may overflow."""


def outcomes(table: Tensor, width: int) -> Tensor:
    """All values of `width` independent variables, each uniform on a table (batch, d); (batch, d^width, width)."""
    index = torch.cartesian_prod(*[torch.arange(table.shape[-1], device=table.device)] * width)
    return table[:, index.reshape(-1, width)]


def all_sums(subject: Subject, laws: Tables) -> Tensor:
    """z = sum w_j x_j for every outcome of w and of x, flattened to (batch, outcomes).

    They are the outputs of one layer, with all outcomes of w as its rows and those of x as a batch.
    """
    w, x = (outcomes(table, laws.width) for table in (laws.w, laws.x))
    z: Tensor = subject.linear(x, w)
    return z.flatten(-2)


def sampled_factors(subject: Subject, draw: PropagationDraw) -> tuple[Tensor, Tensor]:
    """Independent w and x (n, width), drawn from laws on two values."""
    factors = []
    with subject.random(draw.seed) as generator:
        for first, second, quarters in (draw.w, draw.x):
            picks = subject.bernoulli_(canvas(subject, draw.n, draw.width), quarters / 4, generator=generator)
            factors.append(first + (second - first) * picks)
    w, x = factors
    return w, x


@claim(
    title="The variance of a layer's output",
    statement=r"\operatorname{Var}(z)=M\big(\operatorname{Var}w\operatorname{Var}x+\operatorname{Var}w\,\mathbb{E}[x]^2"
    r"+\mathbb{E}[w]^2\operatorname{Var}x\big),\quad z=\textstyle\sum_{j=1}^{M}w_jx_j",
    hypotheses="w_1, ..., w_M, x_1, ..., x_M are independent, the w_j alike and the x_j alike",
    notes="Numerical stability and initialization: Xavier",
    formal="ProbabilityTheory.IndepFun.variance_sum",
    truth=UNDER_HYPOTHESES,
    correction="The spread of a zero-mean signal grows from layer to layer if and only if M E[w^2] > 1.",
    bound="BND-VAR and BND-COV over the outcomes, themselves exact; gamma_8 for the formula; Bernstein for samples, at "
    "1e-9",
)
@for_all(laws=two_point_laws())
def variance_gain_per_layer(subject: Subject, laws: PropagationDraw | Tables) -> Iterator[Check]:
    """For laws on few values all outcomes of w and x are enumerated, as the outputs of one linear layer; the variance
    that torch gives them, alone and in a covariance matrix, is the exact one, as is the formula evaluated by torch. A
    zero-mean signal grows exactly where M E[w^2] > 1. Wider sums, of whole numbers and hence exact, are sampled, from
    the generator alone.
    """
    if isinstance(laws, PropagationDraw):
        w, x = sampled_factors(subject, laws)
        exact_w, exact_x = values([w, x])
        z = (exact_w * exact_x).sum(-1)
        yield equal(subject.matmul(x[:, None, :], w[:, :, None])[:, 0, 0], z, label="sums")
        layer = exact_x[:FEW] @ exact_w[: laws.width].T
        yield equal(subject.linear(x[:FEW], w[: laws.width]), layer, label="outputs of a layer")
        rows, p = min(laws.n, FEW), laws.w[2] / 4

        def picks(generator: torch.Generator) -> Tensor:
            drawn: Tensor = subject.bernoulli_(canvas(subject, rows, laws.width), p, generator=generator)
            return drawn

        yield from draws_of_generator(subject, picks, laws.seed, "bernoulli_", constant=p in (0, 1))
        yield consistent(*reference.sampled_variance_fit(z, laws.w, laws.x, laws.width), alpha=ALPHA, label="samples")
        return
    width = laws.width
    w, x = values([laws.w, laws.x])
    z = all_sums(subject, laws)
    computed = subject.var(z, dim=-1, correction=0)
    truth = reference.variance_of_enumeration(w, x, width, subject.arithmetic("var"))
    yield within(computed, truth, label="Var(z), enumerated")
    if z.shape[-1] <= FEW:
        matrix = subject.cov(torch.stack((z, -z), -2), correction=0)
        covariance = reference.covariance_of_enumeration(w, x, width, subject.arithmetic("cov"))
        yield within(matrix, covariance, label="Cov of z and -z, enumerated")
    of_w, of_x = (reference.moments(table) for table in (w, x))
    error = variance_error(x, subject.arithmetic("var"), correction=0)
    yield within(subject.var(laws.x, dim=-1, correction=0), Truth(of_x.variance, error), label="Var(x)")
    given = [subject.tensor(subject.format.round(v)) for v in (of_w.variance, of_w.mean, of_x.variance, of_x.mean)]
    formula = subject.propagated_variance(width, *given)
    yield within(formula, reference.variance_formula(w, x, width, subject.format), label="formula")
    gain = reference.second_moment_gain(w, width)
    decided = (of_x.mean == 0) & (np.abs(gain - 1) * of_x.variance > truth.bound)
    yield holds((values(computed) > of_x.variance) == (gain > 1), where=decided, label="grows iff M E[w^2] > 1")


def moments_of(laws: Tables) -> tuple[reference.Moments, reference.Moments]:
    """Moments of w and of x."""
    w, x = values([laws.w, laws.x])
    return reference.moments(w), reference.moments(x)


def variance_is(
    subject: Subject, laws: Tables, value: NDArray[np.float64], where: NDArray[np.bool_] | None = None
) -> Check:
    """The variance over all outcomes against another formula, for sums of one product."""
    w, x = values([laws.w, laws.x])
    truth = reference.variance_of_enumeration(w, x, laws.width, subject.arithmetic("var"))
    computed = subject.var(all_sums(subject, laws), dim=-1, correction=0)
    single = np.full(len(w), laws.width == 1)
    return within(computed, truth._replace(value=value), where=single if where is None else single & where)


@refutation(variance_gain_per_layer, r"\operatorname{Var}(wx)=\operatorname{Var}w\operatorname{Var}x")
@for_all(laws=enumerations())
def variances_multiply(subject: Subject, laws: Tables) -> Iterator[Check]:
    """Only if both means are 0."""
    w, x = moments_of(laws)
    yield variance_is(subject, laws, w.variance * x.variance)


@refutation(variance_gain_per_layer, r"\mathbb{E}[w]=1\Rightarrow\operatorname{Var}(wx)=\operatorname{Var}x")
@for_all(laws=enumerations())
def mean_one_preserves_the_variance(subject: Subject, laws: Tables) -> Iterator[Check]:
    """The spread of w adds to it."""
    w, x = moments_of(laws)
    yield variance_is(subject, laws, x.variance, where=w.mean == 1)


@refutation(variance_gain_per_layer, r"\operatorname{Var}(wx)=\operatorname{Var}(w)\,\mathbb{E}[x]^2")
@for_all(laws=enumerations())
def only_the_weights_vary(subject: Subject, laws: Tables) -> Iterator[Check]:
    """The product also varies with x."""
    w, x = moments_of(laws)
    yield variance_is(subject, laws, w.variance * x.mean**2)
