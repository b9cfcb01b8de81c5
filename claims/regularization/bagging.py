"""Bagging: models on bootstrap samples share their data, and so do the submodels of dropout, but not alike."""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterator

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from claims import FALSE_AS_STATED, TRUE, claim, consistent, equal, for_all, holds, refutation, values, within
from claims.frame.checks import Check
from claims.frame.inputs.ensembles import Draws, Ensemble, Visits, bagged_means, bootstrap_samples, training_runs
from claims.frame.subject import Subject
from reference.probability.sampling import ALPHA
from reference.regularization import bagging as reference
from reference.regularization.counts import count_fit, worst_count_fit
from reference.regularization.occupancy import distinct_fits, expected_distinct, sequences_showing
from reference.statistics import hoeffding_radius
from reference.truth import Truth

Float64 = NDArray[np.float64]

MOST_STEPS = 6
"""Up to so many steps every order with replacement is combined with every pattern of masks (n = 3, 2 epochs: 46656)."""

LARGE_ENSEMBLES = (8, 100)
"""Members of ensembles that are too many to enumerate: only the formula is evaluated."""

LOADED = 64
"""Epochs from a data loader, which is slow; that 32 pairs of orders of two examples agree is rarer than 1e-9."""

MANY = 40
"""Examples of epochs that are too many to enumerate: every place shows both halves of the examples alike."""


def bootstrap_means(subject: Subject, ensemble: Ensemble) -> Tensor:
    """The mean of every resample of every data set, (batch, D, R)."""
    data = ensemble.levels[:, reference.data_sets(ensemble.examples)]
    resamples, _ = reference.resamples(ensemble.examples)
    means: Tensor = subject.mean(data[..., resamples], dim=-1)
    return means


@claim(
    title="Bagged models are correlated: the squared error of their mean is v/k + (k-1)c/k with c > 0",
    statement=r"\mathbb E\Big[\big(\tfrac1k\sum_i\epsilon_i\big)^2\Big]=\tfrac vk+\tfrac{k-1}kc,\qquad"
    r"\text{bootstrap means: }\operatorname{Cov}(\bar x^{*1},\bar x^{*2})=\sigma^2/n>0",
    hypotheses="errors with equal variances v and equal covariances c",
    notes="Regularisation: in bagging all models are independent, each trained to convergence on its own training set",
    book="7.11, eq. 7.50-7.51",
    truth=FALSE_AS_STATED,
    correction="Independent given the data set, and sharing no parameters; but all resample one data set, so that "
    "their errors are correlated: c = sigma^2/n for bootstrap means.",
    bound="BND-SUM through both means, then the roundings of differences and squares; exact binomial tests at 1e-9",
)
@for_all(ensemble=bagged_means())
def bagging_ensemble_variance(subject: Subject, ensemble: Ensemble) -> Iterator[Check]:
    """Means of all resamples of all data sets are computed, and the means of all k-tuples of them.

    Their expected squared errors and products over the whole (finite) law must be the exact variance, covariance and
    ensemble variance. Sampled bootstraps must draw n uniform indices for every member, with that ensemble variance.
    """
    n, k, levels = ensemble.examples, ensemble.members, values(ensemble.levels)
    _, orders = reference.resamples(n)
    tuples, orders_of_tuples = reference.ensembles(n, k)
    truth = reference.ensemble_truths(levels, n, k, subject.arithmetic("mean"))

    members = bootstrap_means(subject, ensemble)
    models = subject.mean(members[..., tuples], dim=-1)
    yield within(models, truth.models, label="means of bootstrap means")

    errors = errors_of(subject, models, ensemble.levels)
    squared = reference.expectation(values(subject.multiply(errors, errors)), orders_of_tuples)
    yield within(squared, truth.squared_error, label="the squared error of the ensemble is v/k + (k-1)c/k")

    errors = errors_of(subject, members, ensemble.levels)
    products = subject.multiply(errors[..., :, None], errors[..., None, :])
    covariance = reference.expectation_of_pairs(values(products), orders)
    yield within(covariance, truth.covariance, label="the covariance of two members is s^2/n")

    moments = reference.bootstrap_moments(levels, n)
    v, c = (subject.tensor(subject.format.round(m.hi)) for m in (moments.variance, moments.covariance))
    for size in (k, *(LARGE_ENSEMBLES if subject.plan.calls == "batched" else ())):
        formula = reference.ensemble_variance(moments, size, subject.arithmetic("ensemble_variance"))
        yield within(subject.ensemble_variance(v, c, size), formula, label="v/k + (k-1)c/k")
    yield from sampled_bootstraps(subject, ensemble)


def errors_of(subject: Subject, models: Tensor, levels: Tensor) -> Tensor:
    """What models (batch, D, R) miss of the mean of the two levels."""
    errors: Tensor = subject.subtract(models, subject.mean(levels, dim=-1)[:, None, None])
    return errors


def sampled_bootstraps(subject: Subject, ensemble: Ensemble) -> Iterator[Check]:
    """The law of sampled indices, and the squared error of ensembles over sampled data sets of bits."""
    n, k, runs = ensemble.examples, ensemble.members, ensemble.runs
    with subject.random(ensemble.seed):
        drawn = subject.bootstrap(n, runs, k, device=subject.device)
    indices = values(drawn)
    yield holds(indices.shape == (runs, k, n), label="every member has n draws")
    yield consistent(*count_fit(indices == 0, 1 / n), alpha=ALPHA, label="draws of the first example")
    for a, b in itertools.combinations(range(n), 2):
        agreements = count_fit(indices[..., a] == indices[..., b], 1 / n)
        yield consistent(*agreements, alpha=ALPHA, label=f"agreements of draws {a} and {b} of a resample")
    for distance in (1, max(1, runs // 2)):
        left, right = disjoint(indices, distance)
        yield consistent(*count_fit(left == right, 1 / n), alpha=ALPHA, label=f"agreements of runs {distance} apart")
    for a, b in itertools.combinations(range(k), 2):
        agreements = count_fit(indices[:, a] == indices[:, b], 1 / n)
        yield consistent(*agreements, alpha=ALPHA, label=f"agreements of members {a} and {b}")
    bits = subject.tensor(np.random.default_rng(ensemble.seed).integers(0, 2, (runs, n)))
    resampled = bits[:, None].expand(-1, k, -1).gather(-1, drawn)[None]  # one instance, so that single calls are few
    models = values(subject.mean(subject.mean(resampled, dim=-1), dim=-1))
    fit = reference.sampled_ensemble_fit(models, n, k, subject.format)
    yield consistent(*fit, alpha=ALPHA, label="sampled ensembles")


def disjoint(x: Float64, distance: int) -> tuple[Float64, Float64]:
    """Pairs of rows of x that are `distance` apart, no row in more than one pair."""
    first = np.flatnonzero(np.arange(len(x) - distance) // distance % 2 == 0)
    return x[first], x[first + distance]


@refutation(bagging_ensemble_variance, r"c=0:\ \mathbb E\big[(\tfrac1k\sum_i\epsilon_i)^2\big]=v/k")
def errors_of_bagged_models_average_out(subject: Subject, ensemble: Ensemble) -> Iterator[Check]:
    """The models share their data set, and with it the error of its mean."""
    tuples, orders = reference.ensembles(ensemble.examples, ensemble.members)
    models = subject.mean(bootstrap_means(subject, ensemble)[..., tuples], dim=-1)
    errors = values(errors_of(subject, models, ensemble.levels))
    v = reference.bootstrap_moments(values(ensemble.levels), ensemble.examples).variance.hi
    yield within(reference.expectation(errors**2, orders), Truth(v / ensemble.members, 0.05 * v))


@refutation(bagging_ensemble_variance, "Averaging k copies of one model divides its squared error by k.")
def copies_of_a_model_average_out(subject: Subject, ensemble: Ensemble) -> Iterator[Check]:
    """Copies have c = v."""
    _, orders = reference.resamples(ensemble.examples)
    members = bootstrap_means(subject, ensemble)
    copies = subject.mean(members[..., None].expand(*members.shape, ensemble.members), dim=-1)
    errors = values(errors_of(subject, copies, ensemble.levels))
    v = reference.bootstrap_moments(values(ensemble.levels), ensemble.examples).variance.hi
    yield within(reference.expectation(errors**2, orders), Truth(v / ensemble.members, 0.05 * v))


@refutation(bagging_ensemble_variance, "Some ensembles are worse than their average member, in squared error.")
def an_ensemble_is_worse_than_its_average_member(subject: Subject, ensemble: Ensemble) -> Iterator[Check]:
    """By Jensen's inequality none is: where members differ, the ensemble is strictly better."""
    tuples, _ = reference.ensembles(ensemble.examples, ensemble.members)
    members = bootstrap_means(subject, ensemble)
    errors = values(errors_of(subject, subject.mean(members[..., tuples], dim=-1), ensemble.levels))
    singly = (values(errors_of(subject, members, ensemble.levels)) ** 2)[..., tuples].mean(-1)
    worse = (errors**2 > singly * (1 + 16 * subject.format.u)).any((1, 2))
    yield holds(worse | (np.ptp(values(ensemble.levels), axis=1) == 0))


def steps(subject: Subject, visits: Visits, *, replacement: bool) -> tuple[Tensor, Tensor]:
    """The example of every step, and whether the step trains the submodel: (runs, steps) each."""
    count = visits.examples * visits.epochs
    with subject.random(visits.seed):
        order = subject.sampler(visits.examples, visits.runs * count, replacement=replacement).to(subject.device)
        features = (order + 1)[:, None].expand(-1, visits.units).to(subject.torch_dtype)
        kept = subject.dropout(features, visits.p, training=True) != 0
    return order.reshape(visits.runs, count), kept.all(-1).to(subject.torch_dtype).reshape(visits.runs, count)


@claim(
    title="With-replacement SGD shows a submodel of dropout a bootstrap sample of random size; shuffled epochs do not",
    statement=r"\text{i.i.d. uniform draws: given }N_\mu=k\text{ visits, the examples seen by }\mu\text{ are }k"
    r"\text{ i.i.d. uniform draws};\quad\text{shuffled epochs: }P(\text{both visits equal}\mid N_\mu=2)"
    r"=\tfrac{E-1}{nE-1}\ne\tfrac1n",
    hypotheses="masks independent of the examples; for the first part sampling with replacement",
    notes="Regularisation: apart from parameter sharing and training length dropout is bagging, each submodel's data a "
    "with-replacement sample",
    book="7.12",
    truth=FALSE_AS_STATED,
    correction="Equal in law to a bootstrap of random (mostly zero) size, for sampling with replacement only: in "
    "shuffled epochs, as data loaders have them, a submodel meets an example at most once an epoch.",
    bound="every pattern enumerated, compared with exact laws (BND-SUM); exact binomial tests at 1e-9 of sampled runs",
)
@for_all(visits=training_runs())
def dropout_versus_bagging_sampling(subject: Subject, visits: Visits) -> Iterator[Check]:
    """Visits to the examples are counted for all orders and patterns of masks, and their joint law compared.

    So is P(both equal | two visits). Runs with torch's random sampler and dropout, with and without replacement, must
    have these laws. Epochs of the sampler and of a shuffling data loader must be permutations, each as likely as any
    other whatever the epochs before were, and of many examples each half must come to every place alike.
    """
    n, count = visits.examples, visits.examples * visits.epochs
    for replacement in (False, True):
        kind = "with replacement" if replacement else "shuffled"
        if not replacement or count <= MOST_STEPS:
            yield from enumerated_visits(subject, visits, replacement=replacement, kind=kind)
        order, seen = steps(subject, visits, replacement=replacement)
        epochs = values(order).reshape(-1, n)
        if replacement:
            yield consistent(
                *count_fit(epochs[:, 0] == epochs[:, 1], 1 / n), alpha=ALPHA, label="repetitions, with replacement"
            )
        else:
            yield from shuffled(epochs, "sampler")
        counts = values(subject.visits(order, seen, n))
        two = counts.sum(-1) == 2
        yield consistent(
            *count_fit(two, reference.two_visits(n, visits.epochs, visits.q)),
            alpha=ALPHA,
            label=f"runs with two visits, {kind}",
        )
        if two.any():
            p = reference.repeated_given_two(n, visits.epochs, replacement=replacement)
            yield consistent(
                *count_fit((counts[two] == 2).any(-1), p), alpha=ALPHA, label=f"both visits to one example, {kind}"
            )
        share = visits.q / n if replacement else visits.q
        met = (values(order) == 0) & (values(seen) == 1)
        yield consistent(
            *count_fit(met if replacement else met[values(order) == 0], share),
            alpha=ALPHA,
            label=f"visits to the first example, {kind}",
        )
        if subject.plan.layout == "contiguous":  # an order has no layout
            yield from many_examples(subject, visits.seed, replacement=replacement, kind=kind)

    loaded = values(subject.loader(n, LOADED, visits.seed)).reshape(LOADED, n)
    yield from shuffled(loaded, "data loader")


def shuffled(epochs: Float64, source: str) -> Iterator[Check]:
    """Epochs (E, n) are independent uniform permutations: one in n! is in order, one pair in n! of the same order."""
    p = 1 / math.factorial(epochs.shape[-1])
    in_order = np.arange(epochs.shape[-1])
    yield holds((np.sort(epochs) == in_order).all(-1), label=f"an epoch of the {source} is a permutation")
    fit = count_fit((epochs == in_order).all(-1), p)
    yield consistent(*fit, alpha=ALPHA, label=f"epochs of the {source} in order")
    yield consistent(*reference.permutation_fit(epochs), alpha=ALPHA, label=f"the likeliest half of {source} epochs")
    for distance in (1, 2, 4):
        first, second = disjoint(epochs, distance)
        agreements = count_fit((first == second).all(-1), p)
        yield consistent(*agreements, alpha=ALPHA, label=f"agreements of epochs of the {source}, {distance} apart")


def many_examples(subject: Subject, seed: int, *, replacement: bool, kind: str) -> Iterator[Check]:
    """Each half of the examples comes to every place alike, and all examples to a shuffled epoch."""
    with subject.random(seed):
        epochs = values(subject.sampler(MANY, LOADED * MANY, replacement=replacement)).reshape(LOADED, MANY)
    if not replacement:
        yield holds((np.sort(epochs) == np.arange(MANY)).all(-1), label="an epoch of many examples is a permutation")
    halves = worst_count_fit(epochs < MANY / 2, (0,), 1 / 2)
    yield consistent(*halves, alpha=ALPHA, label=f"the first half of many examples at the worst place, {kind}")


def enumerated_visits(subject: Subject, visits: Visits, *, replacement: bool, kind: str) -> Iterator[Check]:
    """The joint law of the visits, and the probability that two are to one example."""
    n, epochs = visits.examples, visits.epochs
    counts, weights = every_pattern(subject, visits, replacement=replacement)
    table = reference.tabulate(values(counts), weights, n, epochs, replacement=replacement)
    law = reference.visit_truth(n, epochs, visits.q, replacement=replacement)
    yield within(table.ravel(), Truth(law.value.ravel(), law.bound.ravel()), label=f"the law of the visits, {kind}")
    two = values(counts).sum(-1) == 2
    if two.any():
        rounded = subject.tensor(subject.format.round(weights))
        p = reference.repeated_given_two(n, epochs, replacement=replacement)
        truth = reference.conditional_probability(p, weights[two], subject.arithmetic("sum"))
        yield within(subject.repeated_given_two(counts, rounded), truth, label=f"P(both equal | two visits), {kind}")


def every_pattern(subject: Subject, visits: Visits, *, replacement: bool) -> tuple[Tensor, Float64]:
    """Visits (K 2^T, n) for every order of examples and every pattern of masks, and the patterns' probabilities."""
    orders, taken = reference.patterns(visits.examples, visits.epochs, replacement=replacement)
    order, seen = torch.from_numpy(orders).to(subject.device), subject.tensor(taken)
    return subject.visits(order, seen, visits.examples), reference.pattern_probabilities(taken, visits.q)


@refutation(dropout_versus_bagging_sampling, "The laws of the visits coincide, with and without replacement.")
def shuffling_is_drawing_with_replacement(subject: Subject, visits: Visits) -> Iterator[Check]:
    """For two examples and two epochs the probabilities of a repetition are 1/3 and 1/2."""
    if visits.examples * visits.epochs <= MOST_STEPS:
        found = []
        for replacement in (False, True):
            counts, weights = every_pattern(subject, visits, replacement=replacement)
            found.append(values(subject.repeated_given_two(counts, subject.tensor(subject.format.round(weights)))))
        yield within(found[0][None], Truth(found[1][None], np.full(1, 0.02)))


@refutation(dropout_versus_bagging_sampling, "Every submodel sees n examples, as a bootstrap sample has.")
def every_submodel_sees_n_examples(subject: Subject, visits: Visits) -> Iterator[Check]:
    """The number of visits is binomial."""
    order, seen = steps(subject, visits, replacement=True)
    yield holds(values(subject.visits(order, seen, visits.examples)).sum(-1) == visits.examples)


@refutation(dropout_versus_bagging_sampling, "Within one shuffled epoch a submodel may see an example twice.")
def an_example_repeats_within_an_epoch(subject: Subject, visits: Visits) -> Iterator[Check]:
    """It never does: no order and no pattern of masks shows it."""
    counts, _ = every_pattern(subject, visits._replace(epochs=1), replacement=False)
    yield holds((values(counts) > 1).any())


@claim(
    title="A bootstrap sample contains on average n(1-(1-1/n)^n) distinct examples, 63 per cent of many",
    statement=r"\mathbb E\,\#\text{distinct}/n=1-(1-\tfrac1n)^n\downarrow1-\tfrac1e",
    hypotheses="n uniform draws with replacement",
    notes="Regularisation: each subnetwork meets a subset of the training set, sampled with replacement",
    book="7.11",
    truth=TRUE,
    bound="the exact occupancy law: of all n^n samples, n <= 6; of sampled ones by exact tails, an exact binomial test "
    "and Bernstein's inequality with the known variance, each at 1e-9",
)
@for_all(draws=bootstrap_samples())
def bagging_bootstrap_unique_fraction(subject: Subject, draws: Draws) -> Iterator[Check]:
    """Distinct examples are counted in all n^n samples, n <= 6, and the samples with j of them compared with n^n P(j).

    The mean fraction must fall with n, and stay above 1 - 1/e. Samples of torch's integers, of its multinomial draws
    and of its random sampler must have that law, and contain any one example with probability 1 - (1 - 1/n)^n.
    """
    n = draws.examples
    if n <= MOST_STEPS:
        counts = [distinct_in_all_samples(subject, m) for m in (n, n + 1) if m <= MOST_STEPS]
        shown = np.bincount(counts[0], minlength=n + 1)
        yield equal(shown[None], np.array([sequences_showing(n, n)], np.float64), label="samples with j distinct")
        yield equal(counts[0].sum()[None], np.array([n * (n**n - (n - 1) ** n)]), label="the mean of all samples")
        fractions = [c.mean() / m for c, m in zip(counts, (n, n + 1), strict=False)]
        yield holds(fractions == sorted(fractions, reverse=True), label="the fraction falls with n")
        yield holds(fractions[-1] > 1 - 1 / math.e, label="the fraction stays above 1 - 1/e")
    with subject.random(draws.seed):
        samples = {
            "integers": subject.bootstrap(n, draws.runs, device=subject.device),
            "multinomial": subject.weighted_bootstrap(n, draws.runs, device=subject.device),
            "sampler": subject.sampler(n, draws.runs * n, replacement=True).to(subject.device).reshape(-1, n),
        }
    for source, drawn in samples.items():
        seen = values(drawn)
        possible = seen.shape == (draws.runs, n) and bool(((seen >= 0) & (seen < n)).all())
        yield holds(possible, label=f"n draws of n examples, {source}")
        for label, fit in distinct_fits(values(subject.distinct_examples(drawn)).astype(np.int64), n, n):
            yield consistent(*fit, alpha=ALPHA, label=f"{label}, {source}")
        for example in sorted({0, n - 1}):
            met = count_fit((seen == example).any(-1), expected_distinct(n, n) / n)
            yield consistent(*met, alpha=ALPHA, label=f"samples with example {example}, {source}")


def distinct_in_all_samples(subject: Subject, n: int) -> NDArray[np.int64]:
    """How many distinct examples each of the n^n ordered samples has."""
    orders = torch.from_numpy(reference.orders_of_examples(n, 1, replacement=True)).to(subject.device)
    counts: NDArray[np.int64] = values(subject.distinct_examples(orders)).astype(np.int64)
    return counts


def sampled_fraction(subject: Subject, draws: Draws) -> Float64:
    """The fraction of distinct examples in every sample of torch's integers, (runs,)."""
    with subject.random(draws.seed):
        drawn = subject.bootstrap(draws.examples, draws.runs, device=subject.device)
    return np.asarray(values(subject.distinct_examples(drawn)) / draws.examples)


@refutation(bagging_bootstrap_unique_fraction, "A bootstrap sample shows two thirds of the examples.")
def two_thirds_of_the_examples(subject: Subject, draws: Draws) -> Iterator[Check]:
    """That is close for n = 5 (0.672); the limit is 1 - 1/e = 0.632. Hoeffding's inequality for fractions."""
    fractions = sampled_fraction(subject, draws)
    radius = hoeffding_radius(fractions.size, 1.0, ALPHA)
    yield consistent(abs(float(fractions.mean()) - 2 / 3), radius, alpha=ALPHA)


@refutation(bagging_bootstrap_unique_fraction, "Drawing without replacement shows as many distinct examples.")
def without_replacement_shows_as_many(subject: Subject, draws: Draws) -> Iterator[Check]:
    """It shows all of them."""
    n = draws.examples
    with subject.random(draws.seed):
        drawn = subject.sampler(n, draws.runs * n, replacement=False).reshape(-1, n)
    distinct = values(subject.distinct_examples(drawn)).astype(np.int64)
    yield consistent(*count_fit(distinct == n, float(sequences_showing(n, n)[n] / n**n)), alpha=ALPHA)


@refutation(bagging_bootstrap_unique_fraction, "Every bootstrap sample has the same number of distinct examples.")
def the_number_of_distinct_examples_is_constant(subject: Subject, draws: Draws) -> Iterator[Check]:
    """It varies from sample to sample, for n > 1."""
    fractions = sampled_fraction(subject, draws)
    yield equal(fractions, np.broadcast_to(fractions[:1], fractions.shape))
