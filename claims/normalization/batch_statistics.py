"""How far the mean and the variance of a small batch are from those of the feature."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator

import numpy as np
import torch
from torch import Tensor

from claims import UNDER_HYPOTHESES, claim, consistent, for_all, refutation, values, within
from claims.frame.checks import Check
from claims.frame.inputs.batch_statistics import Drawn, NormalBatches, SmallTable, Table, batches_of_a_feature
from claims.frame.inputs.spectra import only
from claims.frame.subject import Subject
from claims.initialization.signal_propagation import outcomes
from reference.bounds import variance_error
from reference.normalization import batch_statistics as reference
from reference.normalization import running_statistics
from reference.probability.sampling import ALPHA
from reference.probability.variance import mean_of_recurrence
from reference.truth import Truth


def together(subject: Subject) -> Subject:
    """The subject that gets all batches of a sample at once: one by one they take too long."""
    return dataclasses.replace(subject, plan=subject.plan._replace(calls="batched"))


def variance_of(subject: Subject, x: Tensor, correction: int = 1) -> Truth:
    """Variances found of batches (..., m), with their bounds."""
    found = subject.var(x, dim=-1, correction=correction)
    return Truth(values(found), variance_error(values(x), subject.arithmetic("var"), correction=correction))


def every_batch(given: Table) -> Tensor:
    """All d^m batches (batch, d^m, m) of every table."""
    return outcomes(given.values, given.m)


@claim(
    title="Mean and variance of a batch fluctuate: the variance of normal features by sqrt(2/(m-1)) of itself",
    statement=r"\operatorname{Var}\bar x=\frac{\sigma^2}m,\qquad\operatorname{Var}s^2=\frac1m\Big(\mu_4-\frac{m-3}{m-1}"
    r"\sigma^4\Big);\qquad x\sim N:\ \frac{(m-1)s^2}{\sigma^2}\sim\chi^2_{m-1},\ \frac{\sqrt{\operatorname{Var}s^2}}{"
    r"\sigma^2}=\sqrt{\frac2{m-1}}",
    hypotheses="independent numbers of one law; normal ones for the chi-square law and its factor",
    notes="Batch normalisation: for small batches mean and variance are unstable, 8 instead of 16 already harm",
    book="8.7.1",
    truth=UNDER_HYPOTHESES,
    correction="From 16 to 8 the variance fluctuates 1.46 times as much. That this harms is an observation.",
    bound="DKW at 1e-9 for the distance from the law that a sample within rounding and BND-VAR of the one found has at "
    "least; for all batches of a table the errors of BND-VAR carried through, and gamma_6 of the formula",
)
@for_all(given=batches_of_a_feature())
def batch_norm_small_batch_statistics(subject: Subject, given: Drawn | Table) -> Iterator[Check]:
    """Of samples of normal batches the law of variances, by var, var_mean and the running variance of a batch norm
    layer of momentum 1, and that of their means. Of small tables all batches: the variances of both, exactly.
    """
    if isinstance(given, Table):
        yield from of_every_batch(subject, given)
        return
    subject, x = together(subject), values(given.x)
    found = subject.running_statistics(given.x[:, None], momentum=1.0, shape=given.shape, memory=given.memory)
    bound = running_statistics.buffers(x[:, None], 1.0, subject.arithmetic("running_statistics")).bound
    variance, mean = subject.var_mean(given.x, dim=-1, correction=1)
    exact = mean_of_recurrence(x, subject.arithmetic("var_mean"))
    plain = variance_of(subject, given.x)
    variances = {
        "var": plain,
        "var_mean": Truth(values(variance), plain.bound),
        "running variance": Truth(values(found)[:, 1], bound[:, 1]),
    }
    means = {"var_mean": Truth(values(mean), exact.bound), "running mean": Truth(values(found)[:, 0], bound[:, 0])}
    for name, statistic in variances.items():
        fit = reference.variance_fit(x, statistic, given.deviation, subject.format)
        yield consistent(*fit, alpha=ALPHA, label=f"chi-square law: {name}")
    for name, statistic in means.items():
        fit = reference.mean_fit(x, statistic, given.mean, given.deviation, subject.format)
        yield consistent(*fit, alpha=ALPHA, label=f"normal law of the mean: {name}")


def of_every_batch(subject: Subject, given: Table) -> Iterator[Check]:
    """Variances over all batches of a table: of their means, and of their variances."""
    x, table = every_batch(given), values(given.values)
    sigma2, _ = reference.central_moments(table)
    for correction in (0, 1):
        variance, mean = together(subject).var_mean(x, dim=-1, correction=correction)
        found = Truth(values(variance), variance_of(subject, x, correction).bound)
        share = (given.m - correction) / (given.m - 1)
        scaled = Truth(found.value * share, found.bound * share)
        truth = reference.spread_truth(reference.variance_of_variance(table, given.m), scaled, sigma2)
        spread = ((scaled.value - sigma2[:, None]) ** 2).mean(-1)
        yield within(spread, truth, label=f"Var(s^2), correction {correction}")
    bound = mean_of_recurrence(values(x), subject.arithmetic("var_mean")).bound
    centre = table.mean(-1)
    of_mean = Truth(sigma2 / given.m, 2.0**-52 * sigma2)
    truth = reference.spread_truth(of_mean, Truth(values(mean), bound), centre)
    yield within(((values(mean) - centre[:, None]) ** 2).mean(-1), truth, label="Var(mean)")


def spread_is(subject: Subject, given: Table, value: np.ndarray) -> Check:
    """The variance of s^2 over all batches against another formula."""
    found, sigma2 = variance_of(subject, every_batch(given)), reference.central_moments(values(given.values))[0]
    truth = reference.spread_truth(Truth(value, 0 * value), found, sigma2)
    return within(((found.value - sigma2[:, None]) ** 2).mean(-1), truth)


TABLES = only(SmallTable(2, 4), SmallTable(3, 3))


@refutation(batch_norm_small_batch_statistics, "The fluctuation of the variance decays like 1/m.")
@for_all(given=TABLES)
def fluctuations_decay_like_one_over_m(subject: Subject, given: Table) -> Iterator[Check]:
    """Like its root: in twice the batch it is not half of that in a batch of two."""
    of_two = reference.variance_of_variance(values(given.values), 2).value
    yield spread_is(subject, given, of_two * (2 / given.m) ** 2)


@refutation(batch_norm_small_batch_statistics, r"\operatorname{Var}s^2=\frac{2\sigma^4}{m-1}\text{ whatever the law}")
@for_all(given=TABLES)
def fluctuations_do_not_depend_on_the_law(subject: Subject, given: Table) -> Iterator[Check]:
    """The fourth moment counts: of two values alike likely the variance fluctuates less."""
    sigma2 = reference.central_moments(values(given.values))[0]
    yield spread_is(subject, given, 2 * sigma2**2 / (given.m - 1))


@refutation(batch_norm_small_batch_statistics, "The variance with divisor m has this law, too.")
@for_all(given=only(NormalBatches(2), NormalBatches(8)))
def the_biased_variance_has_the_law(subject: Subject, given: Drawn) -> Iterator[Check]:
    """It is smaller by (m - 1)/m."""
    found = variance_of(together(subject), given.x, 0)
    fit = reference.variance_fit(values(given.x), found, given.deviation, subject.format)
    yield consistent(*fit, alpha=ALPHA)


@refutation(batch_norm_small_batch_statistics, "The mean of a batch is within a tenth of a deviation of the mean.")
@for_all(given=only(NormalBatches(16), NormalBatches(64)))
def means_of_batches_are_near(subject: Subject, given: Drawn) -> Iterator[Check]:
    """Its deviation is that of the feature over the root of m."""
    mean = together(subject).mean(given.x, dim=-1)
    allowed = torch.full_like(mean, 0.1 * given.deviation)
    yield within(mean, Truth(np.full(mean.shape, given.mean), values(allowed)))
