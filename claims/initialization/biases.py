"""Biases at initialization: the marginal statistics of the outputs, and units that are not to be dead."""

from __future__ import annotations

import math
from collections.abc import Iterator

import numpy as np
import torch
from torch import Tensor

from claims import TRUE, claim, consistent, equal, for_all, holds, refutation, values, within
from claims.frame.checks import Check
from claims.frame.inputs.biases import (
    DrawnUnits,
    Frequencies,
    RandomUnits,
    Units,
    WholeUnits,
    biased_units,
    frequencies,
)
from claims.frame.inputs.samples import canvas
from claims.frame.inputs.spectra import only
from claims.frame.operations.softmax import kernel, planned_kernel
from claims.frame.subject import Subject
from reference.bounds import dot_error
from reference.initialization import biases as reference
from reference.probability.continuous import NormalLaw
from reference.probability.sampling import ALPHA
from reference.truth import Truth


def logits_of(subject: Subject, bias: Tensor) -> Tensor:
    """Outputs (batch, n) of a layer of three inputs with zero weights and these biases (batch, n)."""
    n = bias.shape[-1]
    x, w = subject.tensor(np.ones((len(bias), 1, 3))), subject.tensor(np.zeros((len(bias), n, 3)))
    outputs: Tensor = subject.linear_with_bias(x, w, bias)[:, 0]
    return outputs


@claim(
    title="With zero weights the bias b = log c makes softmax(b) = c, and the initial loss is the entropy of c",
    statement=r"\operatorname{softmax}(\log c)=c,\quad-\sum_ic_i\log\operatorname{softmax}(\log c)_i=H(c)",
    hypotheses="c > 0 with sum 1, else c / sum c; weights zero, or negligible",
    notes="Deep networks: parameter initialisation",
    book="8.4, softmax(b) = c",
    truth=TRUE,
    correction="any b = log c + const does as well",
    bound="c_i (exp(2d) - 1), d the error of the logarithms, and the bound of softmax; 2d and that of log softmax",
)
@for_all(c=frequencies())
def output_bias_marginal_statistics(subject: Subject, c: Tensor) -> Iterator[Check]:
    """The outputs of a layer with zero weights are its biases; softmax of them against c / sum c, log softmax and the
    cross-entropy of every class against -log c, and their mean against the entropy.
    """
    exact, how = values(c), subject.arithmetic("softmax")
    b = subject.log(c)
    log_error = reference.logarithm_error(exact, subject.arithmetic("log"))
    yield within(b, Truth(np.log(exact), np.broadcast_to(log_error, exact.shape)), label="b = log c")
    z = logits_of(subject, b)
    yield equal(z, values(b), label="outputs are biases")
    stored, planned = values(b), planned_kernel(subject)
    truth = reference.softmax_of_logarithms(exact, stored, how, planned)
    yield within(subject.softmax(z, dim=-1), truth, label="softmax(b) = c")
    losses = reference.losses_of_logarithms(exact, stored, how, planned)
    log_p = subject.log_softmax(z, dim=-1)
    yield within(-values(log_p), losses, label="-log softmax(b) = -log c")
    mean = (reference.shares(exact) * -values(log_p)).sum(-1)
    yield within(mean, reference.entropy_truth(exact, losses), label="H(c)")
    along = reference.losses_of_logarithms(exact, stored, how, kernel(subject, last_axis=True))
    label = exact.argmin(-1)
    of_rarest = subject.cross_entropy(z, torch.from_numpy(label).to(z.device), reduction="none")
    chosen = np.arange(len(label)), label
    yield within(of_rarest, Truth(along.value[chosen], along.bound[chosen]), label="loss of the rarest class")


def bias_gives(subject: Subject, c: Tensor, b: Tensor) -> Check:
    """softmax of another bias against c / sum c."""
    exact, how = values(c), subject.arithmetic("softmax")
    truth = reference.softmax_of_logarithms(exact, values(b), how, planned_kernel(subject))
    return within(subject.softmax(b, dim=-1), truth)


@refutation(output_bias_marginal_statistics, r"\operatorname{softmax}(c)=c")
@for_all(c=only(Frequencies(3), Frequencies(10)))
def frequencies_as_biases(subject: Subject, c: Tensor) -> Iterator[Check]:
    yield bias_gives(subject, c, c)


@refutation(output_bias_marginal_statistics, r"\operatorname{softmax}(0)=c")
@for_all(c=only(Frequencies(3), Frequencies(10)))
def zero_biases(subject: Subject, c: Tensor) -> Iterator[Check]:
    """All classes are alike."""
    yield bias_gives(subject, c, torch.zeros_like(c))


@refutation(output_bias_marginal_statistics, r"\operatorname{softmax}(\operatorname{logit}c)=c")
@for_all(c=only(Frequencies(3), Frequencies(10)))
def log_odds_as_biases(subject: Subject, c: Tensor) -> Iterator[Check]:
    """That is for sigmoid units."""
    yield bias_gives(subject, c, subject.subtract(subject.log(c), subject.log(subject.subtract(1.0, c))))


def responses(subject: Subject, units: Units, bias: np.ndarray) -> tuple[Tensor, np.ndarray]:
    """ReLU(w . x + b) of every unit for every signal, and w . x, exact; both (batch, k, n)."""
    sums = values(units.x) @ values(units.w).swapaxes(-1, -2)
    b = subject.tensor(np.broadcast_to(bias[:, None], (len(sums), units.w.shape[-2])))
    outputs: Tensor = subject.relu(subject.linear_with_bias(units.x, units.w, b))
    return outputs, sums


@claim(
    title="A bias above max|w.x| keeps a ReLU active on every sample; without one it is active with probability 1/2",
    statement=r"b>\max_k|w^\top x_k|\Rightarrow w^\top x_k+b>0\ \forall k;\quad w\text{ symmetric},\ b=0,\ x\ne0:\ "
    r"P(w^\top x>0)=\tfrac12",
    hypotheses="weights of a continuous symmetric law for the second part; independent units and one fixed x",
    notes="Deep networks: parameter initialisation",
    book="8.4",
    truth=TRUE,
    correction="the 0.1 of the book is a heuristic: nothing can be proved of it but P = Phi(0.1 / (sigma ||x||))",
    bound="exact for whole numbers; exact binomial at 1e-9, with BND-DOT",
)
@for_all(units=biased_units())
def nonzero_bias_keeps_unit_active(subject: Subject, units: Units | DrawnUnits) -> Iterator[Check]:
    """Of whole numbers outputs are exact, and all are positive with the bias max|w.x| + 1. Of many drawn units with
    normal weights, on one signal, as many are active as Phi(b / (sigma ||x||)) says: half without a bias.
    """
    if isinstance(units, Units):
        _, sums = responses(subject, units, np.zeros(len(values(units.w))))
        bias = np.abs(sums).max((-2, -1)) + 1
        outputs, _ = responses(subject, units, bias)
        yield equal(outputs, np.maximum(sums + bias[:, None, None], 0), label="ReLU(w.x + b)")
        yield holds(values(outputs) > 0, label="active on every sample")
        plain, _ = responses(subject, units, np.zeros(len(sums)))
        yield equal(plain, np.maximum(sums, 0), label="ReLU(w.x)")
        return
    yield from active_units(subject, units)


def drawn_outputs(subject: Subject, units: DrawnUnits) -> tuple[Tensor, Tensor, np.ndarray, float]:
    """Weights (n, m), outputs (n,), the stored bias and the deviation of w . x."""
    m = len(units.x)
    with subject.random(units.seed) as generator:
        w = subject.kaiming_normal_(canvas(subject, units.n, m), nonlinearity="linear", generator=generator)
    deviation = float(np.linalg.norm(values(units.x))) / math.sqrt(m)
    bias = subject.format.round(np.array(units.bias * deviation))
    b = subject.tensor(np.full(units.n, float(bias)))
    outputs = subject.relu(subject.linear_with_bias(units.x[None], w, b))[0]
    return w, outputs, bias, deviation


def active_units(subject: Subject, units: DrawnUnits) -> Iterator[Check]:
    """The number of active units against its binomial law."""
    w, outputs, bias, _ = drawn_outputs(subject, units)
    x, how = values(units.x), subject.arithmetic("linear_with_bias")
    law = NormalLaw.of(0.0, 1 / math.sqrt(len(x)), subject.format)
    given = np.concatenate((values(w), np.full((units.n, 1), bias)), 1)
    error = dot_error(given, np.append(x, 1.0)[None], how) + law.rounding * np.abs(values(w)) @ np.abs(x)
    active = int((values(outputs) > 0).sum())
    size = float(np.linalg.norm(x))
    fit = reference.active_share_fit(active, units.n, float(bias), size, float(error.max()), law)
    yield consistent(*fit, alpha=ALPHA, label="active units")


@refutation(nonzero_bias_keeps_unit_active, r"\text{every positive bias keeps all units active}")
@for_all(units=only(RandomUnits(2000, 10, 0.125)))
def any_positive_bias_suffices(subject: Subject, units: DrawnUnits) -> Iterator[Check]:
    """An eighth of a deviation leaves 45 per cent inactive."""
    yield holds(bool((values(drawn_outputs(subject, units)[1]) > 0).all()))


@refutation(nonzero_bias_keeps_unit_active, r"b=\max_k|w^\top x_k|\text{ suffices}")
@for_all(units=only(WholeUnits(), WholeUnits(3, 2, 8)))
def largest_sum_itself_suffices(subject: Subject, units: Units) -> Iterator[Check]:
    """The unit with the most negative sum is at 0."""
    _, sums = responses(subject, units, np.zeros(len(values(units.w))))
    outputs, _ = responses(subject, units, np.abs(sums).max((-2, -1)))
    yield holds(values(outputs) > 0)


@refutation(nonzero_bias_keeps_unit_active, r"b=0\text{ leaves half of the units dead on all samples}")
@for_all(units=only(WholeUnits(40, 5, 16)))
def half_of_the_units_are_dead(subject: Subject, units: Units) -> Iterator[Check]:
    """Half of them on each sample, hardly any on all."""
    outputs, _ = responses(subject, units, np.zeros(len(values(units.w))))
    dead = (values(outputs) == 0).all(-2).mean(-1)
    yield holds(dead >= 0.4)
