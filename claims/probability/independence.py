"""Independence and covariance: independent variables are uncorrelated, uncorrelated ones need not be independent."""

from __future__ import annotations

import functools
from collections.abc import Iterator

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from claims import TRUE, UNDER_HYPOTHESES, claim, consistent, equal, for_all, holds, refutation, values, within
from claims.frame.checks import Check
from claims.frame.inputs.joint import Grid, Marginals, independent_pairs, random_signs, signed_grids
from claims.frame.inputs.samples import Draw, canvas, draws_of_generator, samples, spread
from claims.frame.subject import Subject
from reference.formats import float32
from reference.initialization.laws import largest_normal_fit, normal_distance_fit, normal_tail_fit, square_sum_fit
from reference.probability import independence as reference
from reference.probability.sampling import (
    ALPHA,
    Coin,
    Law,
    UniformLaw,
    agreement_fit,
    distance_fit,
    doubled_rand_laws,
    lags,
    moment_fit,
    p_value_fit,
    range_fit,
    repetition_fit,
    square_variance_fit,
    uniform_coins,
    uniform_laws,
)
from reference.statistics import binomial_p_value, hoeffding_radius
from reference.truth import Truth

SHORT = 4096
"""So many draws tell whether a sampler obeys its generator."""


def pair_covariance(subject: Subject, x: Tensor, y: Tensor, weights: Tensor | None = None) -> Tensor:
    """Cov(x, y) over the last axis as `torch.cov` gives it, every observation `weights` times."""
    data = torch.stack((x, y), -2)
    if weights is None:
        matrix: Tensor = subject.cov(data, correction=0)
    else:
        matrix = subject.weighted_covariance(data, weights.to(torch.int64))
    return matrix[..., 0, 1]


def signed_copies(grid: Grid) -> tuple[Tensor, Tensor, Tensor]:
    """(x, s x, how often) over a grid of n points with both signs, each as often as its odds say; (..., 2n)."""
    x, odds = grid
    return torch.cat((x, x), -1), torch.cat((x, -x), -1), odds.repeat_interleave(x.shape[-1], -1)


def covariance_of_copies(subject: Subject, grid: Grid) -> Truth:
    """Cov(x, s x), with the bound for this subject's covariance."""
    x, odds = values(grid)
    return reference.covariance_with_random_sign(x, odds, subject.arithmetic("cov"))


def uniform_sample(subject: Subject, draw: Draw, generator: torch.Generator) -> Tensor:
    """Draws from [-1, 1], in place or as 2 rand - 1."""
    x: Tensor
    if draw.law == "uniform":
        x = subject.uniform_(canvas(subject, draw.n), -1.0, 1.0, generator=generator)
    else:
        r = subject.rand(draw.n, dtype=subject.torch_dtype, device=subject.device, generator=generator)
        x = subject.subtract(subject.multiply(r, 2.0), 1.0)
    return x


def laws_of(subject: Subject, law: str) -> tuple[Law, ...]:
    """The laws that draws from [-1, 1] may have in this dtype."""
    return uniform_laws(-1.0, 1.0, subject.format) if law == "uniform" else doubled_rand_laws(subject.format)


def signed_sample(subject: Subject, draw: Draw, generator: torch.Generator) -> Tensor:
    """x from [-1, 1] and y = s x, as the rows (2, n)."""
    x = uniform_sample(subject, draw, generator)
    if draw.law == "uniform":
        return torch.stack((x, subject.flip_signs(x, 0.5, generator=generator)))
    return torch.stack((x, subject.flip_signs_by_integers(x, generator=generator)))


@claim(
    title="x uniform on [-1, 1] and y = s x with a fair sign s: dependent but uncorrelated",
    statement=r"x\sim U[-1,1],\ P(s=\pm1)=\tfrac12,\ s\perp x,\ y=sx:\ \operatorname{Cov}(x,y)=\mathbb{E}[s]\,"
    r"\mathbb{E}[x^2]=0,\ P(|x|\le\tfrac12,|y|>\tfrac12)=0\ne\tfrac14",
    hypotheses="s is independent of x and P(s = 1) = 1/2 exactly; for P(s = 1) = q the covariance is (2q - 1)/3",
    notes="Probability and information theory: covariance",
    book="3.8, example",
    truth=TRUE,
    bound="Grids: BND-COV with weights, for fair signs with deviations as exact as their mean, 0 where every step is "
    "exact. Samples: Hoeffding given x and for agreements, exact binomial for the signs, Bernstein and DKW for x, "
    "Chernoff for its repetitions, the exact law of its range, each at 1e-9, against the law of the sampler in the "
    "dtype.",
)
@for_all(x=random_signs())
def uniform_random_sign_example(subject: Subject, x: Draw | Grid) -> Iterator[Check]:
    """On grids with both signs the covariance that torch computes is (2q - 1) E[x^2], for fair and for biased signs.
    In samples x has its law, with no more repetitions than the format makes likely in float32 and float64, the signs
    are fair, do not depend on each other or on the sign and size of x, |y| = |x|, Cov(x, y) vanishes and Cov(x^2, y^2)
    = Var(x^2) does not. Draws follow from the seed of the generator, whatever the state of the global stream.
    """
    if isinstance(x, Draw):
        yield from random_sign_of_sample(subject, x)
        return
    truth = covariance_of_copies(subject, x)
    a, b, weights = signed_copies(x)
    yield within(pair_covariance(subject, a, b, weights), truth, label="Cov(x, s x), weighted")
    fair = reference.covariance_with_fair_sign(values(x.x), subject.arithmetic("cov"))
    yield within(pair_covariance(subject, a, b), fair, label="Cov(x, s x), fair")


def random_sign_of_sample(subject: Subject, draw: Draw) -> Iterator[Check]:
    """A sample of x and of y = s x against their joint law."""
    with subject.random(draw.seed) as generator:
        x, y = values(torch.cat([signed_sample(subject, draw, generator) for _ in range(draw.times)], -1))
    short, laws = draw._replace(n=min(draw.n, SHORT)), laws_of(subject, draw.law)
    yield from draws_of_generator(subject, lambda g: signed_sample(subject, short, g), draw.seed, draw.law)
    yield holds((np.abs(x) <= 1).all(), label="|x| <= 1")
    ascending = np.sort(x)
    yield consistent(*distance_fit(ascending, laws), alpha=ALPHA, label="law of x")
    yield consistent(*range_fit(x, laws), alpha=ALPHA, label="range of x")
    if subject.format.precision >= float32.precision:
        yield consistent(*repetition_fit(ascending, subject.format), alpha=ALPHA, label="distinct x")
    yield consistent(*moment_fit(x, 1, laws), alpha=ALPHA, label="E x")
    for coin, what in zip(uniform_coins(x, laws), ("signs", "magnitudes"), strict=True):
        yield consistent(*agreement_fit(coin, lags(len(x), draw.n)), alpha=ALPHA, label=f"independent {what} of x")
    yield equal(np.abs(y)[None], np.abs(x)[None], label="|y| = |x|")
    yield from random_signs_of(x[x != 0], (x == y)[x != 0])
    yield consistent(*reference.random_sign_fit(x, y), alpha=ALPHA, label="Cov(x, y) = 0")
    yield consistent(*square_variance_fit(x, y, laws), alpha=ALPHA, label="Cov(x^2, y^2) = Var x^2")
    inner, outer = np.abs(x) <= 0.5, np.abs(y) > 0.5
    yield holds(~(inner & outer).any(), label="P(|x| <= 1/2, |y| > 1/2) = 0")
    # f (1 - f) = 1/4 - (f - 1/2)^2, and rounding moves P(|x| <= 1/2) by at most a unit roundoff
    radius = hoeffding_radius(len(x), 1.0, ALPHA) + subject.format.u
    gap = abs(0.25 - inner.mean() * outer.mean())
    yield consistent(gap, radius**2, alpha=ALPHA, label="P(|x| <= 1/2) P(|y| > 1/2) = 1/4")


def random_signs_of(x: NDArray[np.float64], positive: NDArray[np.bool_]) -> Iterator[Check]:
    """Signs s (n,), fair, independent of each other and of x, which is nowhere 0.

    Given x, both s and the side of the origin or of 1/2 on which s puts x or |x| - 1/2 are fair.
    """
    n = len(x)
    agree = {
        "P(s = 1) = 1/2": positive,
        "s and the sign of x agree half the time": positive == (x > 0),
        "s and |x| > 1/2 agree half the time": positive == (np.abs(x) > 0.5),
    }
    for label, coin in agree.items():
        yield consistent(*reference.sign_fit(int(coin.sum()), n), alpha=ALPHA, label=label)
    yield consistent(*agreement_fit(Coin(positive, 0.0), lags(n)), alpha=ALPHA, label="independent signs s")


@refutation(uniform_random_sign_example, "dependent variables have a nonzero covariance")
@for_all(x=signed_grids("fair"))
def dependence_implies_covariance(subject: Subject, x: Grid) -> Iterator[Check]:
    """x and s x are dependent on every grid."""
    a, b, _ = signed_copies(x)
    yield holds(pair_covariance(subject, a, b) != 0)


@refutation(uniform_random_sign_example, r"\operatorname{Cov}(x,sx)=0\text{ for every }P(s=1)")
@for_all(x=signed_grids("drawn"))
def covariance_vanishes_for_every_sign_probability(subject: Subject, x: Grid) -> Iterator[Check]:
    """It is (2q - 1) E[x^2]."""
    truth = covariance_of_copies(subject, x)
    yield within(pair_covariance(subject, *signed_copies(x)), truth._replace(value=np.zeros_like(truth.value)))


@refutation(uniform_random_sign_example, r"\operatorname{Cov}(x^2,y^2)=0")
@for_all(x=signed_grids("fair"))
def squares_are_uncorrelated_too(subject: Subject, x: Grid) -> Iterator[Check]:
    """The squares are equal, so that their covariance is a variance."""
    a, b, weights = signed_copies(x)
    a, b = subject.multiply(a, a), subject.multiply(b, b)
    yield within(pair_covariance(subject, a, b, weights), no_covariance(subject, a, b, weights))


@refutation(
    uniform_random_sign_example,
    r"\mathbb{E}[2\,\mathrm{rand}-1]=0\text{ in bfloat16}",
    dtypes=("bfloat16",),
)
@for_all(x=samples("rand", most=1 << 22))
def doubled_rand_is_centred(subject: Subject, x: Draw) -> Iterator[Check]:
    """What rounds up to 1 is relabelled 0: the mean is -2^-8, and -2^-11 in float16 (2^28 draws would show it)."""
    with subject.random(x.seed) as generator:
        drawn = uniform_sample(subject, x, generator)
    yield consistent(*moment_fit(values(drawn), 1, [UniformLaw((-1.0, 1.0))]), alpha=ALPHA)


@claim(
    title="Independent variables have zero covariance",
    statement=r"X\perp Y,\ \mathbb{E}|X|,\mathbb{E}|Y|<\infty\Rightarrow\operatorname{Cov}(X,Y)=0",
    hypotheses="X and Y are integrable",
    notes="Probability and information theory: covariance",
    book="3.8",
    formal="ProbabilityTheory.IndepFun.covariance_eq_zero",
    truth=UNDER_HYPOTHESES,
    correction="Both variables need a mean: Cauchy variables have no covariance.",
    bound="Joint pmf: BND-CHAIN on E[XY] and on E[X] E[Y]. Product grids: BND-COV with weights. Samples: Bernstein, or "
    "the exact normal law, given x; DKW, chi-square, exact binomial, Chernoff for repetitions; at 1e-9.",
)
@for_all(pair=independent_pairs())
def independence_implies_zero_covariance(subject: Subject, pair: Draw | Marginals) -> Iterator[Check]:
    """The joint law of independent variables is the outer product of the marginals; its covariance, and that of the
    enumerated product grid, is 0 up to rounding. Covariances of independent samples stay within the radius that the
    law of y gives once x is known; what is drawn has its law. Draws follow from the seed of the generator, whatever
    the state of the global stream.
    """
    if isinstance(pair, Draw):
        x, y = independent_sample(subject, pair)
        if pair.law in ("uniform", "normal", "bernoulli"):
            draw = functools.partial(independent_rows, subject, pair.law, min(pair.n, SHORT))
            yield from draws_of_generator(subject, draw, pair.seed, pair.law)
        yield from law_of_draws(subject, pair.law, np.concatenate((x, y)))
        if pair.law == "normal":
            fit = reference.normal_covariance_fit(x, y, subject.format)
        else:
            fit = reference.bounded_covariance_fit(x, y, *largest_spread(subject, pair.law))
        yield consistent(*fit, alpha=ALPHA, label=f"samples, {pair.law}")
        return
    p, x, q, y = values([pair.p, pair.x, pair.q, pair.y])
    truth = reference.product_pmf_covariance(p, x, q, y, subject.arithmetic("matmul"))
    yield within(joint_covariance(subject, pair), truth, label="E[XY] - E[X] E[Y]")
    a, b, weights = product_grid(pair)
    truth = no_covariance(subject, a, b, weights)
    yield within(pair_covariance(subject, a, b, weights), truth, label="product grid")


def no_covariance(subject: Subject, a: Tensor, b: Tensor, weights: Tensor) -> Truth:
    """Covariance 0 of weighted pairs, with the bound for this subject's covariance."""
    data, w = values([torch.stack((a, b), -2), weights])
    bound = reference.weighted_covariance_error(data, w, subject.arithmetic("cov"))[..., 0, 1]
    return Truth(np.zeros(bound.shape), bound)


def joint_covariance(subject: Subject, pair: Marginals) -> Tensor:
    """E[XY] - E[X] E[Y] with the outer product of the marginals as the joint law."""
    x, _, p, y, _, q = pair
    joint = subject.outer(p, q)
    row, column = x[..., None, :], y[..., None]
    mean_of_product = subject.matmul(subject.matmul(row, joint), column)
    means = subject.matmul(p[..., None, :], x[..., None]), subject.matmul(q[..., None, :], column)
    difference: Tensor = subject.subtract(mean_of_product, subject.matmul(*means))
    return difference[..., 0, 0]


def product_grid(pair: Marginals) -> tuple[Tensor, Tensor, Tensor]:
    """Every pair of atoms x_i and y_j, and its weight c_i d_j, flattened to (..., m n)."""
    x, c, _, y, d, _ = pair
    shape = (*x.shape, y.shape[-1])
    a, b = x[..., :, None].expand(shape), y[..., None, :].expand(shape)
    weights = c[..., :, None].to(torch.int64) * d[..., None, :].to(torch.int64)
    return a.flatten(-2), b.flatten(-2), weights.flatten(-2)


def independent_sample(subject: Subject, draw: Draw) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Two independent samples of a law: the rows of a draw, or of so many."""
    with subject.random(draw.seed) as generator:
        rows = [independent_rows(subject, draw.law, draw.n, generator) for _ in range(draw.times)]
    x, y = values(torch.cat(rows, -1))
    return x, y


def independent_rows(subject: Subject, law: str, n: int, generator: torch.Generator) -> Tensor:
    """Two rows of n draws from a law; rand and cauchy come from the global stream."""
    rows = canvas(subject, 2, n)
    drawn: Tensor
    if law == "uniform":
        drawn = subject.uniform_(rows, -1.0, 1.0, generator=generator)
    elif law == "rand":
        drawn = subject.uniform_distribution(rows)
    elif law == "normal":
        drawn = subject.normal_(rows, generator=generator)
    elif law == "bernoulli":
        drawn = subject.bernoulli_(rows, 0.5, generator=generator)
    else:
        drawn = subject.cauchy_(rows)  # on the meta device it takes no generator
    return drawn


def law_of_draws(subject: Subject, law: str, drawn: NDArray[np.float64]) -> Iterator[Check]:
    """Draws (n,) against their law; fair coins (0 or 1) sum up to a binomial number, squares to chi-square."""
    ascending = spread(drawn)
    if law in ("uniform", "rand"):
        yield consistent(*distance_fit(ascending, laws_of(subject, law)), alpha=ALPHA, label=f"law, {law}")
        yield consistent(*range_fit(drawn, laws_of(subject, law)), alpha=ALPHA, label=f"range, {law}")
    if law != "bernoulli" and subject.format.precision >= float32.precision:
        yield consistent(*repetition_fit(ascending, subject.format), alpha=ALPHA, label=f"distinct, {law}")
    if law == "normal":
        fit = normal_distance_fit(ascending, 1.0, subject.format)
        yield consistent(*fit, alpha=ALPHA, label="law, normal")
        yield consistent(*normal_tail_fit(drawn, 1.0, subject.format), alpha=ALPHA, label="|x| > 3, normal")
        yield consistent(*largest_normal_fit(drawn, 1.0, subject.format), alpha=ALPHA, label="max |x|, normal")
        yield consistent(*square_sum_fit(drawn, 1.0, subject.format), alpha=ALPHA, label="chi-square, normal")
    elif law == "bernoulli":
        yield holds(((drawn == 0) | (drawn == 1)).all(), label="0 or 1")
        fit = p_value_fit(binomial_p_value(int((drawn == 1).sum()), drawn.size, 0.5))
        yield consistent(*fit, alpha=ALPHA, label="binomial")


def largest_spread(subject: Subject, law: str) -> tuple[float, float]:
    """Variance and largest deviation from the mean of a bounded law, the largest of those that the sampler may have."""
    if law == "bernoulli":
        return 0.25, 0.5
    laws = laws_of(subject, law)
    return max(v.variance + 4 * v.slack for v in laws), max(1 + abs(v.mean) + 2 * v.slack for v in laws)


@refutation(independence_implies_zero_covariance, "zero covariance implies independence")
@for_all(x=signed_grids("fair"))
def zero_covariance_implies_independence(subject: Subject, x: Grid) -> Iterator[Check]:
    """X uniform on a symmetric grid and Y = X^2: uncorrelated, but P(X = 0, Y = 0) is not P(X = 0) P(Y = 0)."""
    square = subject.multiply(x.x, x.x)
    uncorrelated = values(pair_covariance(subject, x.x, square)) == 0
    at_zero = [values(v) == 0 for v in (x.x, square)]
    jointly = at_zero[0] & at_zero[1]
    yield equal(jointly.mean(-1), at_zero[0].mean(-1) * at_zero[1].mean(-1), where=uncorrelated)


@refutation(independence_implies_zero_covariance, "the covariance of independent samples is exactly 0")
@for_all(pair=samples("uniform", "normal"))
def independent_samples_have_zero_covariance(subject: Subject, pair: Draw) -> Iterator[Check]:
    """Only the covariance of the laws is 0."""
    yield holds(reference.sample_covariance(*independent_sample(subject, pair)) == 0)


@refutation(independence_implies_zero_covariance, "independent variables have zero covariance, moments or not")
@for_all(pair=samples("cauchy"))
def cauchy_variables_have_zero_covariance(subject: Subject, pair: Draw) -> Iterator[Check]:
    """Cauchy samples, against the radius of variables in [-1, 1]: their covariance does not settle."""
    covariance = reference.sample_covariance(*independent_sample(subject, pair))
    yield consistent(abs(covariance), hoeffding_radius(pair.n, 2.0, ALPHA), alpha=ALPHA)
