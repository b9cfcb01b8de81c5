"""What the scale of the weights before a normalising layer does: nothing to its output, its inverse to gradients."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from torch import Tensor

from claims import UNDER_HYPOTHESES, claim, equal, for_all, holds, refutation, values, within
from claims.frame.checks import Check
from claims.frame.inputs.scaled_layers import ScaledLayer, ScaledLayers, scaled_layers
from claims.frame.inputs.spectra import only
from claims.frame.subject import Subject
from claims.normalization.batch_norm import each, normalised, output, standardised
from claims.normalization.gradients import gradient
from reference.normalization import scale_invariance as reference
from reference.truth import Truth


def pass_through(subject: Subject, given: ScaledLayer, scale: float, eps: float) -> tuple[Tensor, Tensor]:
    """Output and gradient of the weights for weights times `scale` and this eps."""
    leaf = (given.weights.mT * scale).requires_grad_()
    z = subject.sum(subject.multiply(given.examples, leaf), dim=-1)
    y = normalised(subject, given.sets._replace(x=z, eps=eps))
    return y, subject.gradient(y, leaf, given.cotangent)


@claim(
    title="Batch norm removes the scale of the weights before it; gradients scale by 1/a and are almost orthogonal",
    statement=r"BN_\epsilon(az)=BN_{\epsilon/a^2}(z),\ \nabla_wL(aw;\epsilon a^2)=\tfrac1a\nabla_wL(w;\epsilon),\ "
    r"\langle\nabla_wL,w\rangle=\sum_ig_i\hat x_i\frac\epsilon{v+\epsilon}",
    hypotheses="training mode; eps scaled with a^2: for a fixed eps > 0 only nearly, as long as v is much larger",
    notes="Batch normalisation: less dependence on the initialisation, larger learning rates",
    book="8.7.1; Ioffe and Szegedy 2015, section 3.3",
    truth=UNDER_HYPOTHESES,
    correction="With a fixed eps the output depends on the scale where v is not much larger than eps.",
    bound="bit by bit for powers of two, in half types gradients within twice their bound, since a scaled one may be "
    "subnormal; component: the bound of batch-norm-backward-projection for dz, summed with |X||w|, and gamma_{m+d+2}",
)
@for_all(given=scaled_layers())
def batch_norm_scale_invariance(subject: Subject, given: ScaledLayer) -> Iterator[Check]:
    """A linear layer and every normalising layer after it, weights and eps scaled by a power of two and its square:
    the same output and a times the gradient. The component of the gradient along the weights against the formula.
    """
    sets, a = given.sets, given.scale
    y, dw = pass_through(subject, given, 1.0, sets.eps)
    scaled, ds = pass_through(subject, given, a, sets.eps * a * a)
    yield equal(scaled, y, label="output")
    w = each(sets.w, sets.x.shape[-1])
    g = values(given.cotangent) * (1.0 if w is None else w)
    dz = gradient(subject, sets, g)
    how = subject.arithmetic("sum")
    kept, examples = standardised(subject, sets), values(given.examples)
    if how.mixed:
        apart = reference.scaled_error(kept, g, dz, examples, a, how)
        yield within((values(ds) * a)[:, 0], Truth(values(dw)[:, 0], apart), label="gradient")
    else:
        yield equal(values(ds) * a, dw, label="gradient")
    if sets.operation != "rms_norm":
        through = reference.rescaled(dz, examples, how)
        truth = reference.component(kept, g, through, values(given.weights)[..., 0])
        yield within((values(dw) * values(given.weights.mT)).sum((-2, -1)), truth, label="component along the weights")


@refutation(batch_norm_scale_invariance, "The output does not depend on the scale for a fixed eps = 1e-5.")
@for_all(given=only(ScaledLayers(4, power=-10), ScaledLayers(9, power=-10)))
def scales_do_not_matter_for_a_fixed_eps(subject: Subject, given: ScaledLayer) -> Iterator[Check]:
    """Where v is not much larger than eps they do."""
    z = subject.multiply(given.sets.x, given.scale)
    y = normalised(subject, given.sets._replace(x=z, eps=1e-5))
    yield within(y, output(subject, given.sets._replace(eps=1e-5)))


@refutation(batch_norm_scale_invariance, "The gradient does not depend on the scale of the weights.")
@for_all(given=only(ScaledLayers(4, power=2), ScaledLayers(9, "layer norm", power=-3)))
def gradients_do_not_depend_on_the_scale(subject: Subject, given: ScaledLayer) -> Iterator[Check]:
    """It scales by 1/a."""
    a, eps = given.scale, given.sets.eps
    ds, dw = (values(pass_through(subject, given, s, eps * s * s)[1]) for s in (a, 1.0))
    yield within(ds, Truth(dw, np.abs(dw) / 4 + 0.01))


@refutation(batch_norm_scale_invariance, "The weights do not grow in a step of gradient descent.")
@for_all(given=only(ScaledLayers(4), ScaledLayers(9)))
def weights_do_not_grow(subject: Subject, given: ScaledLayer) -> Iterator[Check]:
    """The gradient is nearly orthogonal to them: |w - lr g|^2 is nearly |w|^2 + lr^2 |g|^2."""
    dw = pass_through(subject, given, 1.0, given.sets.eps)[1]
    w = values(given.weights.mT)
    after = ((w - 0.5 * values(dw)) ** 2).sum((-2, -1))
    yield holds(after <= (w**2).sum((-2, -1)))


@refutation(batch_norm_scale_invariance, "Adding a constant to the weights changes nothing.")
@for_all(given=only(ScaledLayers(4), ScaledLayers(9)))
def shifts_of_weights_do_not_matter(subject: Subject, given: ScaledLayer) -> Iterator[Check]:
    """It is the activations whose shift does not matter."""
    moved = given._replace(weights=subject.add(given.weights, 1.0))
    y = pass_through(subject, moved, 1.0, given.sets.eps)[0]
    yield within(y, output(subject, given.sets))
