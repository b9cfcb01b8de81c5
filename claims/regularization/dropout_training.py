"""Training with dropout: what is minimised, where a few masks do for all, and what less dropout does to the fit."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray
from torch import Tensor

from claims import TENDENCY, TRUE, UNDER_HYPOTHESES, at_most, claim, equal, for_all, holds, refutation, values, within
from claims.frame.checks import Check
from claims.frame.inputs.dropout_training import Regression, fair_regressions, regressions, solvable_regressions
from claims.frame.subject import Subject
from reference.regularization import dropout_training as reference
from reference.regularization import submodels
from reference.truth import Truth

Float64 = NDArray[np.float64]

MOST_BITS = 8
"""Up to so many inputs of all examples together, every choice of a mask for each example is enumerated."""
MOST_UNITS = 16
"""Up to so many units all masks are enumerated."""
DRAWS = 4
"""Passes in training mode that are compared with the submodels they are."""
RATES = (0.0, 0.1, 0.3, 0.5, 0.7, 0.9, 0.99)


def expected_loss(subject: Subject, of: Regression, masks: Float64) -> tuple[Tensor, Truth]:
    """The expected loss over masks (K, 1 or m, n) with their probabilities, (batch,), and those probabilities."""
    each = subject.masked_loss(of.x, of.w, of.y, subject.tensor(masks), of.p)
    flat = masks.reshape(len(masks), -1)
    probabilities = subject.mask_probabilities(subject.tensor(flat), of.p)
    weights = submodels.mask_probabilities(flat.shape[-1], of.p, subject.arithmetic("matmul"))
    return subject.matmul(each[:, None, :], probabilities[:, None])[:, 0, 0], weights


@claim(
    title="Dropout on the inputs of linear regression equals L2 weight decay with a coefficient for each feature",
    statement=r"\mathbb E_\mu\Big\|X\tfrac{\mu\odot w}{1-p}-y\Big\|^2"
    r"=\|Xw-y\|^2+\tfrac{p}{1-p}\sum_j\|X_{:,j}\|^2w_j^2",
    hypotheses="independent masks; whether the examples share them does not matter",
    notes="Regularisation: dropout; practical methodology: the dropout rate",
    book="7.12",
    truth=TRUE,
    bound="errors run along through survivors, products and squares (ASNA section 3.3), then through the weighted sum "
    "over masks; zero for integers and p = 1/2",
)
@for_all(of=regressions())
def dropout_linear_regression_is_ridge(subject: Subject, of: Regression) -> Iterator[Check]:
    """All 2^n masks are enumerated and their losses averaged with their probabilities; so is the ridge objective.

    For few numbers every choice of a mask for each example is enumerated too, 2^(mn) of them, and each loss compared.
    Passes in training mode are compared, one by one, with the loss of the masks that were drawn.
    """
    x, w, y = values([of.x, of.w, of.y])
    (_, m, n), arithmetic = x.shape, subject.arithmetic("matmul")
    masks = reference.shared_masks(n)
    observed, weights = expected_loss(subject, of, masks)
    truth = reference.expected_losses(x, w, y, masks, of.p, weights, arithmetic)
    yield within(observed, truth.over_masks, label="the mean over all masks is the ridge objective")
    objective = subject.ridge_loss(of.x, of.w, of.y, of.p / (1 - of.p))
    yield within(objective, truth.ridge, label="the ridge objective")
    if 0 < m * n <= MOST_BITS:
        own = reference.own_masks(m, n)
        observed, weights = expected_loss(subject, of, own)
        truth = reference.expected_losses(x, w, y, own, of.p, weights, arithmetic)
        yield within(observed, truth.over_masks, label="the mean over masks of each example is the same")
        yield from training_passes(subject, of, own)


def training_passes(subject: Subject, of: Regression, masks: Float64) -> Iterator[Check]:
    """The loss under each of the masks (K, m, n), and of inputs that torch's dropout made, by the masks found there."""
    x, w, y = values([of.x, of.w, of.y])
    with subject.random(of.seed):
        dropped = [subject.dropout(of.x, of.p, training=True) for _ in range(DRAWS)]
    every = reference.losses(x, w, y, masks, of.p, subject.arithmetic("matmul")).truth
    yield within(
        subject.masked_loss(of.x, of.w, of.y, subject.tensor(masks), of.p), every, label="the loss under every mask"
    )
    whole = subject.tensor(np.ones((1, 1, x.shape[-1])))
    for inputs in dropped:
        number = submodels.mask_number((values(inputs) != 0).reshape(len(x), -1))[:, None]
        submodel = Truth(*(np.take_along_axis(part, number, 1) for part in every))
        loss = subject.masked_loss(inputs, of.w, of.y, whole, 0.0)
        yield within(loss, submodel, where=(x != 0).all((1, 2)), label="a training pass is one of the submodels")


def close(subject: Subject, of: Regression) -> Float64:
    """Far more than rounding errors amount to, (batch,): a false statement must fail by more."""
    x, w, y = values([of.x, of.w, of.y])
    size = ((np.abs(x) @ np.abs(w)[..., None])[..., 0] / (1 - of.p) + np.abs(y)) ** 2
    return np.asarray((0.01 + 64 * subject.format.u) * size.sum(-1))


@refutation(
    dropout_linear_regression_is_ridge, "The penalty is that of ridge regression, one coefficient for all weights."
)
def one_coefficient_serves_all_weights(subject: Subject, of: Regression) -> Iterator[Check]:
    """Only if all columns have one norm, as standardised features have."""
    x, w = values([of.x, of.w])
    observed, _ = expected_loss(subject, of, reference.shared_masks(x.shape[-1]))
    if x.shape[-1]:
        common = (x**2).sum((1, 2)) / x.shape[-1] * (w**2).sum(-1)
        plain = values(subject.ridge_loss(of.x, of.w, of.y, 0.0))
        yield within(observed, Truth(plain + of.p / (1 - of.p) * common, close(subject, of)))


@refutation(dropout_linear_regression_is_ridge, r"\text{The penalty is }p(1-p)\sum_j\|X_{:,j}\|^2w_j^2")
def the_penalty_is_that_without_scaling(subject: Subject, of: Regression) -> Iterator[Check]:
    """That is the variance without inverted scaling, whose mean is (1-p) X w."""
    observed, _ = expected_loss(subject, of, reference.shared_masks(of.x.shape[-1]))
    objective = subject.ridge_loss(of.x, of.w, of.y, of.p * (1 - of.p))
    yield within(observed, Truth(values(objective), close(subject, of)))


@refutation(dropout_linear_regression_is_ridge, "Dropout leaves the expected logistic loss plus the same penalty.")
def logistic_regression_has_the_same_penalty(subject: Subject, of: Regression) -> Iterator[Check]:
    """The logistic loss is not quadratic."""
    x, w, y = values([of.x, of.w, of.y])
    masks = reference.shared_masks(x.shape[-1])
    inputs = subject.masked_dropout(of.x[:, None], subject.tensor(masks), of.p)
    margins = np.sign(y)[:, None] * values(subject.matmul(inputs, of.w[:, None, :, None]))[..., 0]
    weights = submodels.mask_probabilities(x.shape[-1], of.p, subject.arithmetic("matmul")).value
    expected = np.logaddexp(0, -margins).sum(-1) @ weights
    plain = np.logaddexp(0, -np.sign(y) * (x @ w[..., None])[..., 0]).sum(-1)
    added = of.p / (1 - of.p) * ((x**2).sum(-2) * w**2).sum(-1)
    yield within(expected, Truth(plain + added, close(subject, of)))


@claim(
    title="For linear least squares, few pairwise independent masks train the same objective as all 2^n",
    statement=r"\frac1{|A|}\sum_{\mu\in A}\|X(2\mu\odot w)-y\|^2"
    r"=\frac1{2^n}\sum_{\mu\in\{0,1\}^n}\|X(2\mu\odot w)-y\|^2"
    r"\ \forall w,\quad A\text{ an orthogonal array of strength 2},\ |A|\le2n",
    hypotheses="linear model, squared loss, p = 1/2: only first and second moments of the masks matter",
    notes="Regularisation: parameter sharing makes the remaining subnetworks arrive at good settings of the parameters",
    book="7.12",
    truth=TENDENCY,
    bound="errors run along through survivors, products and squares (ASNA section 3.3) and the mean over masks; zero "
    "for integers",
)
@for_all(of=fair_regressions())
def dropout_parameter_sharing_pairwise_masks(subject: Subject, of: Regression) -> Iterator[Check]:
    """The mean loss over the masks of a Hadamard matrix, over all masks, and the ridge objective have one exact value.

    So have their gradients, for integers, bit for bit: an update with the few masks moves the weights as one with all.
    The masks must be pairwise independent; beyond 16 units all masks are too many, and the ridge objective stands for
    them.
    """
    x, w, y = values([of.x, of.w, of.y])
    n, arithmetic = x.shape[-1], subject.arithmetic("matmul")
    array = subject.orthogonal_masks(n, of.x)
    few = values(array)
    yield holds(few.shape[0] <= 2 * n and few.shape[1] == n, label="at most 2n masks")
    yield holds(reference.has_strength_two(few), label="masks are pairwise independent")
    masks = {"few": few, **({"all": submodels.all_masks(n)} if n <= MOST_UNITS else {})}
    for name, rows in masks.items():
        chosen = rows[:, None, :]
        weights = of.w.clone().requires_grad_()
        mean = subject.mean(subject.masked_loss(of.x, weights, of.y, subject.tensor(chosen), 0.5), dim=-1)
        truth = reference.expected_losses(x, w, y, chosen, 0.5, None, arithmetic)
        yield within(mean, truth.over_masks, label=f"the mean over {name} masks")
        if subject.plan.layout != "expanded":  # equal weights would share one gradient
            gradient = subject.gradient(mean, weights, subject.tensor(np.ones(len(x))))
            exact = reference.exact_sums(x, 4 * (np.abs(w) + 1), y, 0.5, len(chosen), arithmetic)
            yield equal(gradient, reference.gradient(x, w, y), where=exact, label=f"the gradient over {name} masks")


def mean_over(subject: Subject, of: Regression, masks: Float64, p: float = 0.5) -> Float64:
    """The mean loss over masks (K, n), (batch,)."""
    each = subject.masked_loss(of.x, of.w, of.y, subject.tensor(masks[:, None, :]), p)
    return np.asarray(values(subject.mean(each, dim=-1)))


@refutation(dropout_parameter_sharing_pairwise_masks, "Masks in which every unit is kept half of the time suffice.")
def balanced_masks_suffice(subject: Subject, of: Regression) -> Iterator[Check]:
    """Keeping all or nothing is balanced, an array of strength 1, but units are not independent."""
    n = of.x.shape[-1]
    if n <= MOST_UNITS:
        both = np.array([[0.0], [1.0]]) * np.ones(n)
        expected = mean_over(subject, of, submodels.all_masks(n))
        yield within(mean_over(subject, of, both), Truth(expected, close(subject, of)))


@refutation(dropout_parameter_sharing_pairwise_masks, "The same masks serve for p = 1/4.")
def the_masks_serve_for_another_rate(subject: Subject, of: Regression) -> Iterator[Check]:
    """They keep every unit half of the time."""
    quarter = of._replace(p=0.25)
    n = of.x.shape[-1]
    if n <= MOST_UNITS:
        expected, _ = expected_loss(subject, quarter, reference.shared_masks(n))
        observed = mean_over(subject, of, values(subject.orthogonal_masks(n, of.x)), 0.25)
        yield within(observed, Truth(values(expected), close(subject, quarter)))


@refutation(dropout_parameter_sharing_pairwise_masks, "The few masks train a hidden layer of ReLUs like all masks.")
def a_hidden_layer_is_trained_alike(subject: Subject, of: Regression) -> Iterator[Check]:
    """There the objective depends on higher moments."""
    n = of.x.shape[-1]
    if n <= MOST_UNITS:
        means = []
        for masks in (values(subject.orthogonal_masks(n, of.x)), submodels.all_masks(n)):
            inputs = subject.masked_dropout(of.x[:, None], subject.tensor(masks[:, None, :]), 0.5)
            hidden = np.maximum(0.0, values(subject.matmul(inputs, of.w[:, None, :, None]))[..., 0])
            means.append(((hidden - values(of.y)[:, None]) ** 2).sum(-1).mean(-1))
        yield within(means[0], Truth(means[1], close(subject, of)))


@claim(
    title="Lowering the dropout rate never increases the training error of the expected-dropout solution",
    statement=r"\lambda(p)=\tfrac p{1-p}\uparrow p\implies\|Xw_p-y\|^2\uparrow,\quad "
    r"w_p^\top\operatorname{diag}(\|X_{:,j}\|^2)\,w_p\downarrow",
    hypotheses="linear regression with dropout on its inputs, the exact minimiser of the expected loss, p < 1",
    notes="Practical methodology: decreasing the dropout rate increases capacity, as units can conspire to fit",
    book="11.4, table 11.1",
    truth=UNDER_HYPOTHESES,
    correction="A theorem for the minimiser of the expected loss of a linear model; for deep networks a tendency.",
    bound="Gaussian elimination (ASNA theorem 9.4, growth 2^(n-1)) around rational solutions, then along the squares",
)
@for_all(of=solvable_regressions())
def dropout_rate_training_error_monotone(subject: Subject, of: Regression) -> Iterator[Check]:
    """Minimisers for seven rates are compared with exact ones, of the objective that all masks were enumerated for.

    Their training errors must not fall as the rate grows, nor the weighted norms rise, beyond the errors of both.
    """
    x, y, arithmetic = values(of.x), values(of.y), subject.arithmetic("matmul")
    exact = reference.solutions(x, y, RATES, arithmetic)
    errors, norms = [], []
    for k, p in enumerate(RATES):
        w = subject.dropout_solution(of.x, of.y, p)
        yield within(w, Truth(*(part[:, k] for part in exact.weights)), label=f"the minimiser for p = {p}")
        errors.append(values(subject.ridge_loss(of.x, w, of.y, 0.0)))
        norms.append(values(subject.ridge_loss(of.x, w, subject.matmul(of.x, w[..., None])[..., 0], 1.0)))
    error, norm = np.stack(errors, -1), np.stack(norms, -1)
    yield within(error, exact.training_error, label="training errors")
    steps = [part.bound[:, 1:] + part.bound[:, :-1] for part in (exact.training_error, exact.weighted_norm)]
    yield at_most(error[:, :-1], error[:, 1:], steps[0], label="the training error grows with the rate")
    yield at_most(norm[:, 1:], norm[:, :-1], 2 * steps[1], label="the weighted norm falls with the rate")


def training_errors(subject: Subject, of: Regression, targets: Tensor) -> Float64:
    """||X w_p - targets||^2 for every rate, (batch, rates)."""
    solutions = [subject.dropout_solution(of.x, of.y, p) for p in RATES]
    return np.stack([values(subject.ridge_loss(of.x, w, targets, 0.0)) for w in solutions], -1)


@refutation(dropout_rate_training_error_monotone, "The error on other data grows with the dropout rate as well.")
def the_test_error_grows_with_the_rate(subject: Subject, of: Regression) -> Iterator[Check]:
    """It falls where targets are 0, for instance."""
    error = training_errors(subject, of, subject.multiply(of.y, 0.0))
    yield at_most(error[:, :-1], error[:, 1:], 0.01 * error[:, 1:])


@refutation(dropout_rate_training_error_monotone, "Every weight shrinks as the rate grows.")
def every_weight_shrinks(subject: Subject, of: Regression) -> Iterator[Check]:
    """Their weighted norm does; one may grow at the expense of another."""
    weights = np.stack([np.abs(values(subject.dropout_solution(of.x, of.y, p))) for p in RATES], 1)
    yield at_most(weights[:, 1:], weights[:, :-1], 1e-3 * weights.max(-1, keepdims=True)[:, 1:])


@refutation(dropout_rate_training_error_monotone, "More dropout makes the training error larger, never the same.")
def the_training_error_grows_strictly(subject: Subject, of: Regression) -> Iterator[Check]:
    """Not where the targets are orthogonal to the data: all minimisers are 0."""
    error = training_errors(subject, of, of.y)
    yield holds(error[:, 0] < error[:, -1])
