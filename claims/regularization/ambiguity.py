"""Why ensembles help: the mean of predictions gains what the members disagree."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np
from torch import Tensor

from claims import TRUE, at_most, claim, for_all, holds, refutation, values, within
from claims.frame.checks import Check
from claims.frame.inputs.ensembles import predictions
from claims.frame.subject import Subject
from reference.regularization import ambiguity as reference
from reference.truth import Truth


@claim(
    title="The averaged predictor is at least as good as the average member, by exactly the disagreement",
    statement=r"(\bar f-y)^2=\overline{(f_i-y)^2}-\overline{(f_i-\bar f)^2}\le\overline{(f_i-y)^2}",
    hypotheses="squared error (for the inequality any convex loss)",
    notes="Practical methodology: ensembles",
    book="7.11, eq. 7.51",
    formal="ConvexOn.map_sum_le",
    truth=TRUE,
    bound="errors run along through means and squares (ASNA section 3.3), BND-VAR for the disagreement; zero for both "
    "errors of integers, where the number of members is a power of two",
)
@for_all(of=predictions())
def ensemble_ambiguity_decomposition(subject: Subject, of: Sequence[Tensor]) -> Iterator[Check]:
    """Squared error of the mean, mean squared error and disagreement are compared with exact values.

    The first two must differ by the third, within their bounds, and the error of the mean must not exceed that of the
    members.
    """
    f, y = of
    truth = reference.ambiguity(values(f), values(y), subject.arithmetic("mean"))
    ensemble, members, spread = subject.ensemble_error(f, y), subject.member_error(f, y), subject.disagreement(f)
    yield within(ensemble, truth.ensemble, label="the squared error of the mean")
    yield within(members, truth.members, label="the mean squared error of the members")
    yield within(spread, truth.disagreement, label="the disagreement")
    defect = values(ensemble) + values(spread) - values(members)
    yield within(defect, truth.defect, where=np.isfinite(truth.defect.bound), label="the gain is the disagreement")
    slack = truth.ensemble.bound + truth.members.bound
    yield at_most(ensemble, members, slack, label="the mean is no worse than the average member")


@refutation(ensemble_ambiguity_decomposition, "The vote of a majority is never worse than the average member.")
def a_majority_is_never_worse(subject: Subject, of: Sequence[Tensor]) -> Iterator[Check]:
    """Two of three may be wrong: the vote is then wrong for certain, a member in two cases of three."""
    f, y = values(of[0]), values(of[1])[:, None]
    right = np.where(np.sign(f) == np.sign(y), 1.0, -1.0)
    vote = values(subject.mean(subject.tensor(right), dim=-1)) < 0
    yield at_most(vote, (right < 0).mean(-1))


@refutation(ensemble_ambiguity_decomposition, "The mean of several predictions is better than their average member.")
def averaging_always_gains(subject: Subject, of: Sequence[Tensor]) -> Iterator[Check]:
    """Not where all agree, which is the case of c = v."""
    f, y = of
    if f.shape[-1] > 1:
        yield holds(values(subject.ensemble_error(f, y)) < values(subject.member_error(f, y)))


@refutation(ensemble_ambiguity_decomposition, r"(\bar f-y)^2\le\min_i(f_i-y)^2")
def the_mean_is_better_than_the_best_member(subject: Subject, of: Sequence[Tensor]) -> Iterator[Check]:
    """It is better than the average member only."""
    f, y = of
    best = subject.subtract(f, y[:, None])
    best = values(subject.multiply(best, best)).min(-1)
    yield at_most(subject.ensemble_error(f, y), best, 0.01 * best)


@refutation(ensemble_ambiguity_decomposition, "The gain is the sample variance, with divisor k - 1.")
def the_gain_is_the_sample_variance(subject: Subject, of: Sequence[Tensor]) -> Iterator[Check]:
    """The divisor is k."""
    f, y = of
    k = f.shape[-1]
    if k > 1:
        gain = values(subject.member_error(f, y)) - values(subject.ensemble_error(f, y))
        unbiased = values(subject.disagreement(f)) * k / (k - 1)
        yield within(gain, Truth(unbiased, 0.01 * unbiased))
