"""What batch norm makes of batches of one, of two, and of one outlier."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from claims import TRUE, at_most, claim, equal, for_all, holds, refutation, values, within
from claims.frame.checks import Check
from claims.frame.inputs.normalised_sets import Sets
from claims.frame.inputs.small_batches import SmallBatches, small_batches
from claims.frame.inputs.spectra import only
from claims.frame.subject import Subject
from claims.normalization.batch_norm import normalised, output
from reference.normalization import small_batches as reference
from reference.rounding import U64
from reference.truth import Truth

Float64 = NDArray[np.float64]


def deviation(subject: Subject, given: Sets) -> tuple[Float64, Float64]:
    """|y - b| / |w| and its error, (batch, m)."""
    w = np.ones(1) if given.w is None else values(given.w)
    b = np.zeros(1) if given.b is None else values(given.b)
    found, bound = np.abs(values(normalised(subject, given)) - b) / np.abs(w), output(subject, given).bound / np.abs(w)
    return found, bound + 8 * U64 * (np.abs(b / w) + found)


def refuses(subject: Subject, given: Sets) -> bool:
    """Whether training on the first number alone raises ValueError."""
    one = given._replace(x=given.x[:, :1], shape=tuple(1 for _ in given.shape))
    try:
        normalised(subject, one)
    except ValueError:
        return True
    return False


@claim(
    title="Batch norm is undefined for one number, returns a sign for two, and at most the root of m - 1 for m",
    statement=r"m=1:\ \hat x=0\text{ whatever }x\text{ is};\quad m=2:\ \hat x=\pm\frac{|d|}{\sqrt{d^2+4\epsilon}},\ "
    r"d=x_1-x_2;\quad|\hat x_i|\le\sqrt{m-1}\text{ (Samuelson), attained by one outlier as }\epsilon/v\to0",
    hypotheses="training mode; torch refuses batches with one number a channel. Half precision: float32 parameters",
    notes="Batch normalisation: not suitable for very small batches or online updates with a single example",
    book="8.7.1; Samuelson 1968",
    truth=TRUE,
    bound="that of batch-norm-normalises-activations over |w|; for one outlier and for two numbers on either side of "
    "sqrt((m-1)/(1+eps/v))",
)
@for_all(given=small_batches())
def batch_norm_batch_of_one_two(subject: Subject, given: Sets) -> Iterator[Check]:
    """Outputs, without their parameters, against Samuelson's inequality; where one number is an outlier among equal
    ones, and for two numbers, against its equation. One number alone raises ValueError.
    """
    found, bound = deviation(subject, given)
    m = found.shape[-1]
    yield at_most(found, np.full(found.shape, np.sqrt(m - 1)), bound, label="at most sqrt(m - 1)")
    at, size, known = reference.outliers(values(given.x), given.eps)
    yield within(np.where(at, found, 0.0), Truth(size, bound), where=known, label="an outlier attains it")
    yield holds([refuses(subject, given)], label="one number is refused")


@refutation(batch_norm_batch_of_one_two, "Training works for one number a channel.")
@for_all(given=only(SmallBatches(2), SmallBatches(4, "BatchNorm2d")))
def one_number_is_enough(subject: Subject, given: Sets) -> Iterator[Check]:
    """torch refuses it."""
    yield holds([not refuses(subject, given)])


@refutation(batch_norm_batch_of_one_two, r"|\hat x_i|\le3\text{ in batches of any size}")
@for_all(given=only(SmallBatches(16, kind="outlier"), SmallBatches(65, kind="outlier")))
def outputs_are_at_most_three(subject: Subject, given: Sets) -> Iterator[Check]:
    """An outlier in a batch of m attains sqrt(m - 1)."""
    found, bound = deviation(subject, given)
    yield at_most(found, np.full(found.shape, 3.0), bound)


@refutation(batch_norm_batch_of_one_two, "The output for two numbers tells how far they are apart.")
@for_all(given=only(SmallBatches(2), SmallBatches(2, kind="normal")))
def two_numbers_keep_their_distance(subject: Subject, given: Sets) -> Iterator[Check]:
    """It is 1 for all distances large beside sqrt(eps)."""
    found, bound = deviation(subject, given)
    x = values(given.x)
    yield within(found, Truth(np.abs(x - x.mean(-1, keepdims=True)), bound))


@refutation(batch_norm_batch_of_one_two, r"|\hat x_i|=1\text{ exactly for two numbers that differ}")
@for_all(given=only(SmallBatches(2, eps=1.0), SmallBatches(2, "BatchNorm1d", eps=1e-3)))
def two_numbers_become_one(subject: Subject, given: Sets) -> Iterator[Check]:
    """It is smaller, by eps."""
    found = deviation(subject, given)[0]
    x = values(given.x)
    yield equal(found, np.ones(found.shape), where=x[:, 0] != x[:, 1])
