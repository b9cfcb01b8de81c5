"""Cross entropy in all its forms: its gradient is softmax minus the target, its higher derivatives are cumulants."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray
from torch import Tensor

from claims import TRUE, claim, equal, for_all, holds, refutation, values, within
from claims.frame.checks import Check
from claims.frame.inputs.class_problems import (
    SMOOTHING,
    ClassProblem,
    Nested,
    Problem,
    problems_and_nestings,
)
from claims.frame.inputs.spectra import only
from claims.frame.operations.softmax import kernel
from claims.frame.subject import Subject
from reference.losses import cross_entropy_gradient as reference
from reference.losses.entropy import Terms
from reference.losses.softmax import Kernel, Rows, softmax_truth
from reference.normalization.gradients import sum_truth
from reference.truth import Truth

Float64 = NDArray[np.float64]


class Form(NamedTuple):
    """The operation of a spelling, for classes and for laws, and how it takes the rows and the classes or laws."""

    operation: str
    of_laws: str
    arranged: Callable[[Tensor], Tensor] = lambda t: t
    arranged_target: Callable[[Tensor], Tensor] = lambda t: t
    last_axis: bool = True


def columns(t: Tensor) -> Tensor:
    """(batch, rows, classes) as (batch, 1, classes, rows)."""
    return t.mT[:, None]


FORMS = {
    "function": Form("class_loss", "law_loss"),
    "module": Form("class_loss_module", "law_loss_module"),
    "nll": Form("nll_of_log_softmax", ""),
    "nll module": Form("nll_module", ""),
    "class first": Form("nll_of_columns", "", last_axis=False),
    "logsumexp": Form("logsumexp_minus_logit", ""),
    "spatial": Form("spatial_loss", "spatial_law_loss", columns, lambda t: t[:, None], last_axis=False),
    "images": Form(
        "image_loss", "", lambda t: columns(t)[..., None], lambda t: t[:, None, :, None], last_axis=False
    ),
    "unbatched": Form("unbatched_loss", "", lambda t: t[:, 0], lambda t: t[:, 0]),
}  # fmt: skip


def loss(subject: Subject, given: Problem, x: Tensor) -> Tensor:
    """The losses of every row, (batch, rows), or their sum or mean, (batch,)."""
    regime, form = given.regime, FORMS[given.regime.form]
    target = given.target if given.law is None else given.law
    arrange = form.arranged if given.law is not None else form.arranged_target
    options: dict[str, Any] = {"label_smoothing": regime.smoothed, "reduction": regime.reduction}
    if given.law is None:
        options["ignore_index"] = regime.ignore_index
    operation = getattr(subject, form.operation if given.law is None else form.of_laws)
    found: Tensor = operation(form.arranged(x), arrange(target), given.weight, **options)
    return found.reshape(x.shape[:-1]) if regime.reduction == "none" else found


class Judged(NamedTuple):
    """What a problem is judged by: its rows and coefficients in exact arithmetic, its kernel, the kept rows."""

    rows: Rows
    coefficients: reference.Coefficients
    kernel: Kernel
    kept: NDArray[np.bool_]

    @classmethod
    def of(cls, subject: Subject, given: Problem) -> Judged:
        """The coefficients of the targets."""
        form, t = FORMS[given.regime.form], values(given.target).astype(np.int64)
        how = subject.arithmetic(form.operation)
        w = None if given.weight is None else values(given.weight)
        kept = (t != given.regime.ignore_index) & (t >= 0)
        found = (
            reference.of_laws(values(given.law), w, given.regime.smoothed)
            if given.law is not None
            else reference.of_classes(t, kept, given.regime.classes, w, given.regime.smoothed)
        )
        return cls(Rows.of(values(given.x), how), found, kernel(subject, last_axis=form.last_axis), kept)

    def losses(self, given: Problem) -> Terms:
        """The losses of the rows."""
        if given.regime.form == "logsumexp":
            target = np.maximum(values(given.target).astype(np.int64), 0)
            value, bound = reference.by_logsumexp(self.rows, target, self.kernel)
            return Terms(value, np.zeros(value.shape), bound)
        return reference.losses(self.rows, self.coefficients, self.kernel)

    def value(self, given: Problem) -> Truth:
        """What `loss` computes."""
        each, reduction = self.losses(given), given.regime.reduction
        if reduction == "none":
            return each.truth
        return reference.reduced(each, self.coefficients, self.rows.arithmetic, mean=reduction == "mean")

    def gradient(self, given: Problem, cotangent: Float64) -> Truth:
        """The gradient of what `loss` computes, (batch, rows, classes)."""
        if given.regime.form == "logsumexp":
            return reference.gradient_by_logsumexp(self.rows, self.coefficients, self.kernel, cotangent)
        mean = given.regime.reduction == "mean"
        return reference.gradient(self.rows, self.coefficients, self.kernel, cotangent, mean=mean)


def pulled_back(subject: Subject, given: Problem) -> tuple[Tensor, Tensor, Float64]:
    """The loss, its gradient, and the cotangent that it was pulled back from, powers of two (batch, rows or 1, 1)."""
    leaf = given.x.clone().requires_grad_()
    found = loss(subject, given, leaf)
    cotangent = np.resize([1.0, -2.0, 0.5], found.shape)
    slope = subject.gradient(found, leaf, subject.tensor(cotangent))
    return found, slope, cotangent.reshape(len(given.x), -1, 1)


def undefined(subject: Subject, given: Problem) -> Iterator[Check]:
    """Rows of -inf alone have neither a loss nor a gradient; where they are ignored both are 0."""
    kept, reduction = Judged.of(subject, given).kept, given.regime.reduction
    found, slope, _ = pulled_back(subject, given)
    lost = {"none": kept, "sum": kept.any(-1), "mean": np.ones(len(kept))}[reduction]
    yield holds(np.isnan(values(found)) == lost, label="NaN of nothing")
    yield equal(
        np.where(kept[..., None], np.isnan(values(slope)), values(slope)),
        kept[..., None] * np.ones(slope.shape),
        label="its gradient",
    )


def first_derivatives(subject: Subject, given: Problem) -> Iterator[Check]:
    """The loss and its gradient against exact values."""
    regime, judged = given.regime, Judged.of(subject, given)
    found, slope, cotangent = pulled_back(subject, given)
    empty = (judged.coefficients.divisor == 0) & (regime.reduction == "mean")
    yield within(found, judged.value(given), where=~empty, label=f"{regime.form}: loss")
    if empty.any():
        yield holds(np.isnan(values(found)), where=empty, label="the mean of nothing is NaN")
    truth = judged.gradient(given, cotangent)
    yield within(slope, truth, where=~empty | ~judged.kept.any(-1), label=f"{regime.form}: gradient")
    each, rows = values(slope).reshape(-1, regime.classes), slope.shape[:-1]
    total = sum_truth(each, truth.bound.reshape(each.shape))
    total = Truth(*(part.reshape(rows) for part in total))
    yield within(values(slope).sum(-1), total, where=~empty, label="components sum to 0")
    if regime.classes == 1:
        yield equal(found, np.zeros(found.shape), where=~empty, label="one class: no loss")
        yield equal(slope, np.zeros(slope.shape), where=~empty, label="one class: no gradient")


def higher_derivatives(subject: Subject, given: Nested) -> Iterator[Check]:
    """One nesting of modes against the cumulant."""
    how, (x, d, w, q) = subject.arithmetic("nested_loss_derivative"), (values(t)[:, None] for t in given[:4])
    t, kept = values(given.target).astype(np.int64), np.ones(given.target.shape, np.bool_)
    smoothing = SMOOTHING if given.form in ("smoothing", "law") else 0.0
    w = np.broadcast_to(w[:1, 0], (len(x), x.shape[-1])) if given.form in ("weights", "law") else None
    found = (
        reference.of_laws(q, w, smoothing)
        if given.form == "law"
        else reference.of_classes(t, kept, x.shape[-1], w, smoothing)
    )
    last = given.form != "spatial"
    truth = reference.along(Rows.of(x, how), found, d, len(given.modes), kernel(subject, last_axis=last))
    derivative = subject.nested_loss_derivative(*given[:5], form=given.form, modes=given.modes, smoothing=SMOOTHING)
    yield within(derivative[:, None], truth, label=f"{given.form}: derivative of order {len(given.modes)}")


@claim(
    title="The gradient of cross entropy is the softmax minus the target, in every form of the loss",
    statement=r"L=-\sum_cA_c\log\operatorname{softmax}(z)_c:\quad\nabla_zL=a\,p-A,\ a=\sum_cA_c;\quad "
    r"A=e_y:\ \nabla_zL=p-e_y,\ \sum_i(\nabla_zL)_i=0;\quad D^2L[d,d]=a\operatorname{Var}_p(d),\ "
    r"D^3L[d,d,d]=a\,E_p(d-E_pd)^3",
    hypotheses="A: one class or a law, with weights of the classes, smoothed, or 0 where ignored; the mean divides by "
    "the sum of the weights of the classes, of laws by the rows; nothing to average, or -inf throughout: NaN",
    notes="Losses: why cross-entropy suits outputs with a softmax; simplifying what is differentiated",
    book="6.2.2.3, 6.5.9",
    truth=TRUE,
    bound="P = p (e^E (1+k_e u) - 1) + lambda, E that of log-softmax-accuracy: P a + (p+P) a (gamma_k + u) + u |G|, "
    "half types u_h |G| more; coefficients and their mean by gamma of their roundings; derivatives of order 2 and 3: "
    "gamma of order (n+6) + n + 8 and `order` factors p of their terms in magnitude",
)
@for_all(given=problems_and_nestings())
def cross_entropy_softmax_gradient(subject: Subject, given: Problem | Nested) -> Iterator[Check]:
    """Values and gradients of F.cross_entropy, nn.CrossEntropyLoss, nll_loss of log_softmax (along the last and the
    first axis), logsumexp(z) - z_t, with further axes and without that of the rows, for classes, laws, weights,
    smoothing, rows to ignore, all reductions, masked classes; the sum of every gradient. Second and third derivatives
    along a direction in every nesting of reverse and forward mode.
    """
    if isinstance(given, Nested):
        yield from higher_derivatives(subject, given)
    elif given.regime.kind == "nothing":
        yield from undefined(subject, given)
    else:
        yield from first_derivatives(subject, given)


PLAIN = only(ClassProblem(3, 1), ClassProblem(4, 2), ClassProblem(5, 3, scale=5.0))


@refutation(cross_entropy_softmax_gradient, r"\nabla_zL=e_y-p")
@for_all(given=PLAIN)
def the_gradient_is_the_target_minus_softmax(subject: Subject, given: Problem) -> Iterator[Check]:
    """That is the direction of descent."""
    _, slope, cotangent = pulled_back(subject, given)
    truth = Judged.of(subject, given).gradient(given, cotangent)
    yield within(slope, truth._replace(value=-truth.value))


@refutation(cross_entropy_softmax_gradient, r"\sum_i(\nabla_zL)_i=1")
@for_all(given=PLAIN)
def the_gradient_is_a_law(subject: Subject, given: Problem) -> Iterator[Check]:
    """It is the difference of two laws."""
    _, slope, cotangent = pulled_back(subject, given)
    total = values(slope).sum(-1) / cotangent[..., 0]
    yield within(total, Truth(np.ones(total.shape), np.full(total.shape, 0.5)))


@refutation(cross_entropy_softmax_gradient, r"\sum_i(\nabla_zL)_i=0\text{ in floating point}")
@for_all(given=only(ClassProblem(5, 3, scale=5.0), ClassProblem(64, 8), ClassProblem(1000, 4)))
def the_computed_gradient_sums_to_zero_exactly(subject: Subject, given: Problem) -> Iterator[Check]:
    """Every component is rounded."""
    slope = values(pulled_back(subject, given)[1])
    yield equal(slope.sum(-1), np.zeros(slope.shape[:-1]))


@refutation(cross_entropy_softmax_gradient, "The mean over the rows divides by the number of the classes, too.")
@for_all(given=only(ClassProblem(3, 1, reduction="mean"), ClassProblem(5, 4, reduction="mean")))
def the_mean_divides_by_the_classes(subject: Subject, given: Problem) -> Iterator[Check]:
    """Classes are summed over."""
    _, slope, cotangent = pulled_back(subject, given)
    truth = Judged.of(subject, given).gradient(given, cotangent)
    yield within(slope, truth._replace(value=truth.value / given.regime.classes))


@refutation(cross_entropy_softmax_gradient, "The mean of weighted rows divides by their number.")
@for_all(given=only(ClassProblem(2, 2, reduction="mean", options="weights")))
def the_weighted_mean_divides_by_the_rows(subject: Subject, given: Problem) -> Iterator[Check]:
    """By the sum of their weights."""
    _, slope, cotangent = pulled_back(subject, given)
    judged = Judged.of(subject, given)
    truth, factor = judged.gradient(given, cotangent), judged.coefficients.divisor / given.regime.rows
    yield within(slope, truth._replace(value=truth.value * factor[:, None, None]))


@refutation(
    cross_entropy_softmax_gradient, r"\operatorname{nll\_loss}(\log p,y)\text{ of the computed }p\text{ is as good}"
)
@for_all(given=only(ClassProblem(3, 1, "wrong"), ClassProblem(4, 8, "wrong")))
def the_logarithm_of_softmax_has_the_same_gradient(subject: Subject, given: Problem) -> Iterator[Check]:
    """Where p underflows, its logarithm and the slope of that are infinite: NaN."""
    leaf = given.x.clone().requires_grad_()
    naive = subject.log(subject.softmax(leaf, dim=-1)).gather(-1, given.target[..., None])
    slope = subject.gradient(naive, leaf, subject.tensor(-np.ones(naive.shape)))
    yield within(slope, Judged.of(subject, given).gradient(given, np.ones((1, 1, 1))))


@refutation(cross_entropy_softmax_gradient, "nn.CrossEntropyLoss takes probabilities.")
@for_all(given=only(ClassProblem(3, 1), ClassProblem(4, 2)))
def cross_entropy_loss_takes_probabilities(subject: Subject, given: Problem) -> Iterator[Check]:
    """It takes their softmax once more, which is nearly flat."""
    judged = Judged.of(subject, given)
    p = subject.softmax(given.x, dim=-1)
    found = loss(subject, given, p)
    room = softmax_truth(judged.rows, judged.kernel).bound.max(-1)
    truth = judged.value(given)
    yield within(found, truth._replace(bound=4 * (truth.bound + room)))
