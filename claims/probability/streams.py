"""Random streams: what a seed determines, and that what follows from it looks independent."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import torch
from torch import Generator, Tensor

from claims import UNDER_HYPOTHESES, claim, consistent, equal, for_all, holds, refutation, values
from claims.frame.checks import Check
from claims.frame.inputs.samples import draws_of_generator
from claims.frame.inputs.spectra import only
from claims.frame.inputs.streams import Drawn, Stream, streams
from claims.frame.subject import Subject
from reference.formats import float32
from reference.probability import streams as reference
from reference.probability.consistency import consistent as tests_of
from reference.probability.sampling import ALPHA, repetition_fit

WITH_A_DENSITY = ("rand", "uniform_", "randn", "normal", "normal_")


def drawn(subject: Subject, stream: Stream, generator: Generator | None = None, **other: int | torch.dtype) -> Tensor:
    """The stream's numbers, from the generator or from the global stream."""
    how = {"cols": stream.cols, "dtype": subject.torch_dtype, **other}
    x: Tensor = subject.draw(stream.sampler, stream.rows, device=subject.device, generator=generator, **how)
    return x


@claim(
    title="The seed determines what is drawn",
    statement=r"\text{equal seeds}\Rightarrow x=y\text{ bit by bit};\quad "
    r"x_i\sim P\text{ independent, whatever row, lane or block }i\text{ lies in}",
    hypotheses="the same sampler, shape, order of calls, dtype, device and version",
    correction="another dtype, shape or device uses the stream in another way, and seeds may share draws",
    notes="Numerical stability and initialization: influence of the random seed",
    truth=UNDER_HYPOTHESES,
    bound="equal seeds: exact. Samples: DKW, Bernstein (normal: exact laws), the law of the range, Hoeffding for "
    "agreements of draws apart, Chernoff for repetitions; each at 1e-9",
)
@for_all(stream=streams())
def seed_reproducibility(subject: Subject, stream: Stream) -> Iterator[Check]:
    """For every sampler: a generator's seed determines the draws whatever the global stream; seeding that determines
    them as well, and neither a draw by a generator nor one in a fork of it moves it on; a state can be had and set.

    What is drawn has its law, and draws in other rows, lanes and blocks are independent; a permutation is one.
    """
    seed = stream.seed
    lone = stream.sampler == "randperm" and stream.rows * stream.cols == 1
    yield from draws_of_generator(subject, lambda g: drawn(subject, stream, g), seed, stream.sampler, constant=lone)
    with subject.random(seed):
        first, second = values(drawn(subject, stream)), values(drawn(subject, stream))
    with subject.random(seed) as generator:
        drawn(subject, stream, generator)
        with subject.random(seed ^ 1):
            drawn(subject, stream)
        yield equal(drawn(subject, stream)[None], first[None], label="the global stream, seeded again")
        yield equal(drawn(subject, stream)[None], second[None], label="the global stream goes on")
        copied = Generator(generator.device)
        copied.set_state(generator.get_state())
        following = values(drawn(subject, stream, generator))
        yield equal(drawn(subject, stream, copied)[None], following[None], label="a state that was set")
    x = np.concatenate((first, second)).ravel()
    if stream.sampler == "randperm":
        whole = subject.format.round(np.arange(float(first.size)))
        yield equal(np.sort(first, axis=None)[None], whole[None], label="a permutation")
        return
    apart = reference.distances(x.size, stream.cols)
    for name, fit in tests_of(x, reference.laws(stream.sampler, subject.format), apart=apart):
        yield consistent(*fit, alpha=ALPHA, label=f"{stream.sampler}: {name}")
    if stream.sampler in WITH_A_DENSITY and subject.format.precision >= float32.precision:
        yield consistent(*repetition_fit(np.sort(x), subject.format), alpha=ALPHA, label=f"{stream.sampler}: distinct")


@refutation(seed_reproducibility, "A seed gives the same numbers in every dtype.", dtypes=("float32",))
@for_all(stream=only(Drawn("randn", 1, 8), Drawn("rand", 1, 8)))
def seed_determines_numbers_in_every_dtype(subject: Subject, stream: Stream) -> Iterator[Check]:
    with subject.random(stream.seed) as generator:
        wide = subject.format.round(values(drawn(subject, stream, generator, dtype=torch.float64)))
    with subject.random(stream.seed) as generator:
        yield equal(drawn(subject, stream, generator)[None], wide[None])


@refutation(seed_reproducibility, "Fewer draws are the first of more: randn(15) begins randn(16).")
@for_all(stream=only(Drawn("randn", 1, 15)))
def fewer_draws_are_a_prefix(subject: Subject, stream: Stream) -> Iterator[Check]:
    """From 16 numbers on Box and Muller's transform pairs them in another way."""
    with subject.random(stream.seed) as generator:
        few = drawn(subject, stream, generator)
    with subject.random(stream.seed) as generator:
        more = drawn(subject, stream, generator, cols=stream.cols + 1)
    yield equal(more[:, : stream.cols][None], values(few)[None])


@refutation(seed_reproducibility, "Other seeds give other first draws.")
@for_all(stream=only(Drawn("randint", 1, 1), Drawn("bernoulli", 1, 1)))
def other_seeds_give_other_draws(subject: Subject, stream: Stream) -> Iterator[Check]:
    """There are more seeds than values."""
    found = []
    for seed in (stream.seed, stream.seed ^ 1):
        with subject.random(seed) as generator:
            found.append(values(drawn(subject, stream, generator)))
    yield holds(bool((found[0] != found[1]).all()))
