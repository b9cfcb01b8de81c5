"""Which random stream dropout draws from: seeds, generators of one's own, forks."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from claims import TRUE, claim, consistent, equal, for_all, holds, refutation, values
from claims.frame.checks import Check
from claims.frame.inputs import masks as inputs
from claims.frame.subject import Subject
from claims.regularization.dropout import masks_of
from reference.probability.sampling import ALPHA
from reference.regularization import dropout as reference
from reference.regularization.counts import count_fit


@claim(
    title="The seed decides the masks of dropout, and nothing else moves its random stream",
    statement=r"\mu=\mu(\text{seed},\text{number of the draw}):\quad\text{evaluation, forks and other generators draw "
    r"nothing from the stream}",
    hypotheses="one device, one shape, one dtype, one version of the library",
    notes="Regularisation: dropout; reproducible training",
    book="7.12",
    truth=TRUE,
    bound="bit for bit; exact binomial tests at 1e-9 of masks from a generator of one's own",
)
@for_all(draw=inputs.repeated_masks())
def dropout_random_stream(subject: Subject, draw: inputs.MaskDraw) -> Iterator[Check]:
    """Passes are repeated from the same seed: by themselves, after evaluation, after a fork, and after other draws.

    The masks must be the same bit for bit. Those of a generator passed as `generator=` must have their law, repeat with
    its seed, and not repeat in the next draw.
    """
    (expected,) = masks_of(subject, draw)
    (again,) = masks_of(subject, draw)
    yield equal(again, expected, label="the same seed, the same masks")
    ones = subject.tensor(np.ones((draw.shape[0], draw.units)))
    plain = draw._replace(spelling="dropout", shape=tuple(ones.shape))
    (expected,) = masks_of(subject, plain)
    with subject.random(draw.seed) as generator:
        own = [values(subject.mask_of_generator(ones, draw.p, generator=generator)) for _ in range(2)]
        undisturbed = values(subject.dropout(ones, draw.p, training=True)) != 0
    yield equal(undisturbed, expected, label="a generator of one's own leaves the stream alone")
    with subject.random(draw.seed) as generator:
        repeated = values(subject.mask_of_generator(ones, draw.p, generator=generator))
    yield equal(repeated, own[0], label="the seed of a generator decides its masks")
    yield consistent(*count_fit(own[0] != 0, 1 - draw.p), alpha=ALPHA, label="units kept by a generator of one's own")
    fit = count_fit(own[0] == own[1], reference.agreement(draw.p))
    yield consistent(*fit, alpha=ALPHA, label="agreements of two draws of a generator")
    with subject.random(draw.seed):
        subject.dropout(ones, draw.p, training=False)
        after = values(subject.dropout(ones, draw.p, training=True)) != 0
    yield equal(after, expected, label="evaluation draws nothing")
    with subject.random(draw.seed):
        outside = values(subject.forked_dropout(ones, draw.p, training=True)) != 0
    yield equal(outside, expected, label="a fork leaves the stream alone")


@refutation(dropout_random_stream, "The next pass has the same masks.")
def the_next_pass_has_the_same_masks(subject: Subject, draw: inputs.MaskDraw) -> Iterator[Check]:
    """The stream moves on."""
    first, second = masks_of(subject, draw, 2)
    yield equal(second, first)


@refutation(dropout_random_stream, "Seeds next to each other give the same masks.")
def neighbouring_seeds_give_the_same_masks(subject: Subject, draw: inputs.MaskDraw) -> Iterator[Check]:
    """They give independent ones."""
    (first,), (second,) = masks_of(subject, draw), masks_of(subject, draw._replace(seed=draw.seed + 1))
    yield equal(second, first)


@refutation(dropout_random_stream, "A training pass leaves the stream where it was.")
def training_draws_nothing(subject: Subject, draw: inputs.MaskDraw) -> Iterator[Check]:
    """What is drawn next depends on it."""
    ones = subject.tensor(np.ones((16, 16)))
    drawn = []
    for passes in (0, 1):
        with subject.random(draw.seed):
            for _ in range(passes):
                subject.dropout(ones, 0.5, training=True)
            drawn.append(values(subject.mask_of_generator(ones, 0.5)))
    yield holds(np.array_equal(*drawn))
