"""Noise on the inputs of a linear model: an L2 penalty on its weights."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from claims import UNDER_HYPOTHESES, claim, consistent, equal, for_all, refutation, values, within
from claims.frame.checks import Check
from claims.frame.inputs.noise import (
    DrawnNoise,
    NoisyDraws,
    NoisyInputs,
    NoisyRegression,
    drawn_noise,
    noisy_inputs,
)
from claims.frame.inputs.spectra import only
from claims.frame.subject import Subject
from reference.probability.consistency import consistent as tests_of
from reference.probability.continuous import NormalLaw
from reference.probability.sampling import ALPHA
from reference.regularization import noise as reference
from reference.truth import Truth

Float64 = NDArray[np.float64]

MOST_BITS = 8
"""Up to so many inputs of all examples together, every choice of a sign for each input is enumerated."""


def mean_loss(subject: Subject, of: NoisyRegression, noise: Float64) -> Float64:
    """The mean loss over noise (K, 1 or m, n): (batch,)."""
    each = subject.noisy_loss(of.x, of.w, of.y, subject.tensor(noise))
    return np.asarray(values(subject.mean(each, dim=-1)))


@claim(
    title="Noise of variance sigma^2 on the inputs of linear regression is an L2 penalty on its weights",
    statement=r"\mathbb E\,\|(X+\Xi)w-y\|^2=\|Xw-y\|^2+m\sigma^2\|w\|^2\ \forall w,\quad X\in\mathbb R^{m\times n},\ "
    r"\mathbb E\,\Xi=0,\ \mathbb E\,\xi_i\xi_i^\top=\sigma^2I",
    hypotheses="a linear model and the squared error; noise of mean 0, the same variance for all inputs, uncorrelated "
    "among the inputs of an example and with the data; whether examples share it does not matter",
    notes="Regularisation: data augmentation by noise",
    book="7.5",
    truth=UNDER_HYPOTHESES,
    correction="For other models or losses only to second order in sigma, with derivatives of the model in it.",
    bound="errors run along through noisy inputs, products, squares and the mean (ASNA section 3.3); zero for integers "
    "and sigma a power of two; finite-sample theorems for draws",
)
@for_all(of=noisy_inputs(), drawn=drawn_noise())
def input_noise_l2(subject: Subject, of: NoisyRegression, drawn: NoisyDraws) -> Iterator[Check]:
    """Noise of two values -sigma and sigma is enumerated, 2^n choices shared by all examples, and 2^(mn) of their own
    where that is not too many: the mean loss is the penalised one, and so are their gradients, for integers bit for
    bit. Drawn signs must give losses of the law that was enumerated, normal noise must have its law, and the mean of
    losses over it must be the penalised one.
    """
    x, w, y = values([of.x, of.w, of.y])
    (_, m, n), arithmetic = x.shape, subject.arithmetic("noisy_loss")
    choices = {"shared": reference.shared_noise(n, of.sigma)}
    if 0 < m * n <= MOST_BITS:
        choices["own"] = reference.own_noise(m, n, of.sigma)
    weights = of.w.clone().requires_grad_()
    ones = subject.tensor(np.ones(len(x)))
    for name, noise in choices.items():
        truth = reference.objectives(x, w, y, noise, of.sigma, arithmetic)
        loss = subject.mean(subject.noisy_loss(of.x, weights, of.y, subject.tensor(noise)), dim=-1)
        yield within(loss, truth.over_noise, label=f"the mean over {name} noise is the penalised loss")
        with_penalty = subject.l2_penalised_loss(of.x, weights, of.y, m * of.sigma**2)
        yield within(with_penalty, truth.penalised, label="the penalised loss")
        if subject.plan.layout != "expanded":  # equal weights would share one gradient
            exactly = reference.exact_sums(x, w, y, of.sigma, len(noise), arithmetic)
            wanted = reference.gradient(x, w, y, of.sigma)
            for found, label in ((loss, f"mean over {name} noise"), (with_penalty, "penalised loss")):
                yield equal(subject.gradient(found, weights, ones), wanted, where=exactly, label=f"gradient, {label}")
    yield from from_draws(subject, drawn)


def from_draws(subject: Subject, drawn: NoisyDraws) -> Iterator[Check]:
    """One regression, many draws."""
    of, draws = drawn.of, drawn.draws
    x, w, y = (a[0] for a in values([of.x, of.w, of.y]))
    plain = subject.tensor(np.full((draws, 1, len(w)), of.sigma))
    with subject.random(drawn.seed) as generator:
        signs = subject.flip_signs(plain, 0.5, generator=generator)
        normal = subject.with_normal_noise(subject.multiply(plain, 0.0), of.sigma, generator=generator)
    by_signs = values(subject.noisy_loss(of.x, of.w, of.y, signs))[0]
    losses_law = reference.loss_law(x, w, y, of.sigma)
    if len(losses_law.support) > 1:
        for name, fit in tests_of(by_signs, losses_law):
            yield consistent(*fit, alpha=ALPHA, label=f"losses under drawn signs: {name}")
    else:
        yield equal(by_signs, np.full(draws, losses_law.support[0]), label="losses under drawn signs")
    found, law = values(normal), NormalLaw.of(0.0, of.sigma, subject.format)
    for name, fit in tests_of(found.ravel(), law, apart=(len(w),)):
        yield consistent(*fit, alpha=ALPHA, label=f"normal noise: {name}")
    losses = values(subject.noisy_loss(of.x, of.w, of.y, normal))[0]
    exact = reference.losses(x[None], w[None], y[None], found, subject.arithmetic("noisy_loss"))
    bound = float(exact.error.mean())
    fit = reference.normal_mean_fit(float(losses.mean()), x, w, y, of.sigma, bound, draws, subject.format)
    yield consistent(*fit, alpha=ALPHA, label="the mean loss under normal noise is the penalised one")


def close(subject: Subject, of: NoisyRegression) -> Float64:
    """Far more than rounding errors amount to, (batch,): a false statement must fail by more."""
    x, w, y = values([of.x, of.w, of.y])
    size = (((np.abs(x) + of.sigma) @ np.abs(w)[..., None])[..., 0] + np.abs(y)) ** 2
    return np.asarray(1e-3 + (0.01 + 64 * subject.format.u) * size.sum(-1))


def shared(subject: Subject, of: NoisyRegression) -> Float64:
    """The mean loss over all signs, shared by the examples."""
    return mean_loss(subject, of, reference.shared_noise(of.x.shape[-1], of.sigma))


@refutation(input_noise_l2, r"\text{The penalty is }m\sigma\|w\|^2")
@for_all(of=only(NoisyInputs(2, 2)))
def the_penalty_is_the_deviation(subject: Subject, of: NoisyRegression) -> Iterator[Check]:
    """It is the variance."""
    m = of.x.shape[-2]
    penalised = values(subject.l2_penalised_loss(of.x, of.w, of.y, m * of.sigma))
    yield within(shared(subject, of), Truth(penalised, close(subject, of)))


@refutation(input_noise_l2, r"\text{The penalty on a sum of }m\text{ squared errors is }\sigma^2\|w\|^2")
@for_all(of=only(NoisyInputs(2, 3, 1.0)))
def the_number_of_examples_does_not_matter(subject: Subject, of: NoisyRegression) -> Iterator[Check]:
    """That is the penalty on their mean."""
    penalised = values(subject.l2_penalised_loss(of.x, of.w, of.y, of.sigma**2))
    yield within(shared(subject, of), Truth(penalised, close(subject, of)))


@refutation(input_noise_l2, "Noise that all inputs of an example share gives the same penalty.")
@for_all(of=only(NoisyInputs(3, 2, 1.0)))
def inputs_may_share_their_noise(subject: Subject, of: NoisyRegression) -> Iterator[Check]:
    """It gives (w_1 + ... + w_n)^2 in place of the squared norm."""
    n = of.x.shape[-1]
    both = of.sigma * np.array([-1.0, 1.0])[:, None, None] * np.ones(n)
    yield within(mean_loss(subject, of, both), Truth(shared(subject, of), close(subject, of)))


@refutation(input_noise_l2, "Noise on the targets gives the same penalty.")
@for_all(of=only(NoisyInputs(2, 1, 1.0)))
def targets_may_get_the_noise(subject: Subject, of: NoisyRegression) -> Iterator[Check]:
    """It adds m sigma^2, whatever the weights."""
    x, w, y = values([of.x, of.w, of.y])
    m = x.shape[-2]
    on_targets = ((x @ w[..., None])[..., 0] - y) ** 2
    yield within(shared(subject, of), Truth(on_targets.sum(-1) + m * of.sigma**2, close(subject, of)))


@refutation(input_noise_l2, "Noise leaves the expected logistic loss plus the same penalty.")
@for_all(of=only(NoisyInputs(2, 1, 1.0)))
def the_logistic_loss_gets_the_same_penalty(subject: Subject, of: NoisyRegression) -> Iterator[Check]:
    """The logistic loss is not quadratic."""
    x, w, y = values([of.x, of.w, of.y])
    inputs = subject.add(of.x[:, None], subject.tensor(reference.shared_noise(x.shape[-1], of.sigma)))
    margins = np.sign(y)[:, None] * values(subject.matmul(inputs, of.w[:, None, :, None]))[..., 0]
    expected = np.logaddexp(0, -margins).sum(-1).mean(-1)
    plain = np.logaddexp(0, -np.sign(y) * (x @ w[..., None])[..., 0]).sum(-1)
    penalty = x.shape[-2] * of.sigma**2 * (w**2).sum(-1)
    yield within(expected, Truth(plain + penalty, close(subject, of)))


@refutation(input_noise_l2, "A unit with a saturating activation gets the same penalty.")
@for_all(of=only(NoisyInputs(2, 1, 1.0)))
def a_saturating_unit_gets_the_same_penalty(subject: Subject, of: NoisyRegression) -> Iterator[Check]:
    """Only to second order in sigma, and with the derivative of the unit as a factor."""
    x, w, y = values([of.x, of.w, of.y])
    inputs = subject.add(of.x[:, None], subject.tensor(reference.shared_noise(x.shape[-1], of.sigma)))
    units = np.tanh(values(subject.matmul(inputs, of.w[:, None, :, None]))[..., 0])
    expected = ((units - y[:, None]) ** 2).sum(-1).mean(-1)
    plain = ((np.tanh((x @ w[..., None])[..., 0]) - y) ** 2).sum(-1)
    penalty = x.shape[-2] * of.sigma**2 * (w**2).sum(-1)
    yield within(expected, Truth(plain + penalty, close(subject, of)))


@refutation(input_noise_l2, "The loss under a few draws of noise is the penalised one.")
@for_all(drawn=only(DrawnNoise(3, 2, 4)))
def a_few_draws_suffice(subject: Subject, drawn: NoisyDraws) -> Iterator[Check]:
    """Only their expectation is."""
    of = drawn.of
    with subject.random(drawn.seed) as generator:
        plain = subject.tensor(np.full((drawn.draws, 1, of.x.shape[-1]), of.sigma))
        signs = values(subject.flip_signs(plain, 0.5, generator=generator))
    yield within(mean_loss(subject, of, signs), Truth(shared(subject, of), close(subject, of)))
