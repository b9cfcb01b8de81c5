"""What batch norm remembers of its training, and what it makes of it in evaluation."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from torch import Tensor

from claims import TRUE, claim, for_all, refutation, values, within
from claims.frame.checks import Check
from claims.frame.inputs.running_statistics import RunningStatistics, Stream, running_statistics
from claims.frame.inputs.spectra import only
from claims.frame.subject import Subject
from reference.normalization import running_statistics as reference
from reference.normalization.batch_norm import standardised
from reference.truth import Truth

EPS = 2.0**-10


def kept(subject: Subject, given: Stream) -> Tensor:
    """The buffers after training."""
    x, momentum, shape, memory = given
    buffers: Tensor = subject.running_statistics(x, momentum=momentum, shape=shape, memory=memory)
    return buffers


def in_evaluation(subject: Subject, given: Stream, buffers: Tensor) -> Tensor:
    """The first batch in evaluation."""
    y: Tensor = subject.evaluated(given.x[:, 0], buffers, shape=given.shape, memory=given.memory, eps=EPS)
    return y


def exact(subject: Subject, given: Stream) -> Truth:
    """What the buffers should hold."""
    return reference.buffers(values(given.x), given.momentum, subject.arithmetic("running_statistics"))


@claim(
    title="Training normalises with the biased variance, evaluation with an exponential average of the unbiased one",
    statement=r"\mu_r\leftarrow(1-\rho)\mu_r+\rho\bar x,\ v_r\leftarrow(1-\rho)v_r+\rho\tfrac m{m-1}v;\quad"
    r"\text{for }\rho=1\text{ and the same batch }\frac{y_{eval}}{y_{train}}=\sqrt{\frac{v+\epsilon}{\frac m{m-1}v+"
    r"\epsilon}}",
    hypotheses="m >= 2 numbers a channel; half precision: float32 buffers",
    notes="Batch normalisation: statistics in training are inaccurate, testing uses those kept from training",
    book="8.7.1",
    truth=TRUE,
    bound="rho times the errors of mean and variance of batch-norm-normalises-activations; gamma_6 of the terms of an "
    "update; evaluation: gamma_8 (|x|+|mean|)/sqrt(v+eps) and 4u |y|; one rounding in half types",
)
@for_all(given=running_statistics())
def batch_norm_running_statistics_mismatch(subject: Subject, given: Stream) -> Iterator[Check]:
    """One to three batches by the modules, in every memory format, against the recursion; without a momentum against
    the mean of all batches. The first batch in evaluation, for the buffers as they are stored, and for momentum 1
    against what training returns, times the root.
    """
    found, truth = kept(subject, given), exact(subject, given)
    yield within(found, truth, label="running mean and variance")
    how, x = subject.arithmetic("evaluated"), values(given.x)[:, 0]
    y = in_evaluation(subject, given, found)
    stored = Truth(values(found), np.zeros(truth.value.shape))
    yield within(y, reference.evaluated(x, stored, EPS, how), label="evaluation")
    if given.momentum == 1 and given.x.shape[1] == 1:
        yield within(y, reference.evaluated_by_training(x, truth, EPS, how), label="evaluation by training")


@refutation(batch_norm_running_statistics_mismatch, "The running variance is that of divisor m.")
@for_all(given=only(RunningStatistics(4), RunningStatistics(2, 2, 0.5)))
def the_running_variance_is_biased(subject: Subject, given: Stream) -> Iterator[Check]:
    """It is that of m - 1."""
    biased, m = values(given.x).var(-1).mean(-1), given.x.shape[-1]
    truth = exact(subject, given)
    expected = truth.value[:, 1] * (m - 1) / m if given.momentum == 1 else biased
    yield within(values(kept(subject, given))[:, 1], Truth(expected, truth.bound[:, 1]))


@refutation(
    batch_norm_running_statistics_mismatch, "Training and evaluation agree once the statistics are those of the batch."
)
@for_all(given=only(RunningStatistics(4), RunningStatistics(17)))
def training_and_evaluation_agree(subject: Subject, given: Stream) -> Iterator[Check]:
    """Their variances differ by m / (m - 1)."""
    how, x = subject.arithmetic("evaluated"), values(given.x)[:, 0]
    bound = reference.evaluated(x, exact(subject, given), EPS, how).bound
    y = in_evaluation(subject, given, kept(subject, given))
    yield within(y, Truth(standardised(x, EPS, how).standard, bound))


@refutation(batch_norm_running_statistics_mismatch, "The momentum multiplies the old value, as that of an optimiser.")
@for_all(given=only(RunningStatistics(12, 2, 0.1), RunningStatistics(4, 1, 0.01)))
def momentum_multiplies_the_old_value(subject: Subject, given: Stream) -> Iterator[Check]:
    """It multiplies the new one."""
    other = exact(subject, given._replace(momentum=1 - (given.momentum or 0)))
    yield within(kept(subject, given), other)


@refutation(batch_norm_running_statistics_mismatch, "Without a momentum the last batch counts.")
@for_all(given=only(RunningStatistics(12, 2, -1.0), RunningStatistics(4, 3, -1.0)))
def without_momentum_the_last_batch_counts(subject: Subject, given: Stream) -> Iterator[Check]:
    """The mean of all does."""
    yield within(kept(subject, given), exact(subject, given._replace(x=given.x[:, -1:])))
