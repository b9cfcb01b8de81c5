"""Correct minimisers with weight decay that differ from torch's: no claim may fail on them."""

from __future__ import annotations

import torch
from torch import Tensor

SHRINKS = ("l2-penalty-shrinks-solution",)


def _penalised(h: Tensor, decay: float) -> Tensor:
    return h + decay * torch.eye(h.shape[-1], dtype=h.dtype)


def by_cholesky(h: Tensor, b: Tensor, decay: float) -> Tensor:
    """R^T R = H + lambda I."""
    return torch.cholesky_solve(b[..., None], torch.linalg.cholesky(_penalised(h, decay)))[..., 0]


def by_inverse(h: Tensor, b: Tensor, decay: float) -> Tensor:
    """The inverse, in float64, times the right-hand side."""
    return (torch.linalg.inv(_penalised(h.double(), decay)) @ b.double()[..., None])[..., 0].to(b.dtype)


def by_singular_vectors(h: Tensor, w: Tensor, decay: float) -> Tensor:
    """Of a positive definite matrix they are eigenvectors."""
    u, s, _ = torch.linalg.svd(h)
    return (u @ ((s / (s + decay))[..., None] * (u.mT @ w[..., None])))[..., 0]


def penalty_differentiated(h: Tensor, w: Tensor, lr: float, decay: float, steps: int) -> Tensor:
    """Gradient descent on the loss with its penalty, by reverse mode."""
    v = torch.zeros_like(w)
    for _ in range(steps):
        leaf = v.clone().requires_grad_()
        d = leaf - w
        loss = (d * (h @ d[..., None])[..., 0]).sum() / 2 + decay / 2 * leaf.square().sum()
        (gradient,) = torch.autograd.grad(loss, leaf)
        v = v - lr * gradient
    return v


def weights_multiplied(h: Tensor, w: Tensor, lr: float, decay: float, steps: int) -> Tensor:
    """Decoupled: (1 - lr lambda) v - lr H (v - w)."""
    v = torch.zeros_like(w)
    for _ in range(steps):
        v = (1 - lr * decay) * v - lr * (h @ (v - w)[..., None])[..., 0]
    return v


def last_of_equal_candidates(losses: Tensor, penalties: Tensor, decay: float) -> Tensor:
    """Ties broken the other way."""
    best = (losses + decay * penalties).flip(-1).argmin(-1, keepdim=True)
    return penalties.flip(-1).gather(-1, best)[..., 0]


def penalised_by_quotients(
    w: Tensor, gradients: Tensor, lr: float, decay: float, optimiser: str, **options: object
) -> Tensor:
    """The gradient of the penalty is w over the inverse of the decay, added before each step."""
    p = w.clone().requires_grad_()
    optimizer = getattr(torch.optim, optimiser)([p], lr=lr, **options)
    for gradient in gradients.unbind(-3):
        p.grad = gradient + p.detach() / (1 / decay) if decay else gradient.clone()
        optimizer.step()
    return p.detach()


def rows_apart(w: Tensor, gradients: Tensor, lr: float, decay: float, optimiser: str, **options: object) -> Tensor:
    """Every row is a parameter of its own, in two groups."""
    rows = [row.clone().requires_grad_() for row in w.unbind(-2)]
    groups = [{"params": part} for part in (rows[:1], rows[1:]) if part]
    if not groups:
        return w.clone()
    optimizer = getattr(torch.optim, optimiser)(groups, lr=lr, weight_decay=decay, **options)
    for gradient in gradients.unbind(-3):
        for row, g in zip(rows, gradient.unbind(-2), strict=True):
            row.grad = g.clone()
        optimizer.step()
    return torch.stack([row.detach() for row in rows], -2)


def subtracted_afterwards(
    w: Tensor, gradients: Tensor, lr: float, decay: float, optimiser: str, **options: object
) -> Tensor:
    """AdamW's first step in float64: w - step - lr decay w."""
    if gradients.shape[-3] > 1 or optimiser != "AdamW" or not options.get("fused"):
        p = w.clone().requires_grad_()
        optimizer = getattr(torch.optim, optimiser)([p], lr=lr, weight_decay=decay, **options)
        for gradient in gradients.unbind(-3):
            p.grad = gradient.clone()
            optimizer.step()
        return p.detach()
    g, wide = gradients[..., 0, :, :].double(), w.double()
    return (wide - lr * g / (g.abs() + float(str(options["eps"]))) - lr * decay * wide).to(w.dtype)


def half_of_the_signs(x: Tensor, radius: Tensor) -> Tensor:
    """Opposite signs give the same length: the first sign is +1."""
    n = x.shape[-2]
    sums = x[..., :1, :]
    for i in range(1, n):
        sums = torch.cat((sums + x[..., i : i + 1, :], sums - x[..., i : i + 1, :]), -2)
    return torch.linalg.vector_norm(sums * (radius / n)[..., None, None], dim=-1).mean(-1)


def reciprocals(d: Tensor, decay: float) -> Tensor:
    """sum 1 / (1 + decay / d^2), from the last to the first."""
    return (1 / (1 + decay / d.square())).flip(-1).sum(-1)


def inner_layer_scaled_afterwards(x: Tensor, inner: Tensor, outer: Tensor, factor: Tensor) -> Tensor:
    """relu(c a) = c relu(a) for c > 0."""
    hidden = (x @ inner.mT).relu() * factor[..., None, None]
    return (hidden / factor[..., None, None] @ outer[..., None])[..., 0]


EQUIVALENCE, DECOUPLED = ("weight-decay-l2-equivalence",), ("decoupled-weight-decay",)
COMPLEXITY = ("smaller-weights-lower-complexity",)

ALTERNATIVES = [
    (COMPLEXITY, {"linear_complexity": half_of_the_signs}, "half_of_the_signs"),
    (COMPLEXITY, {"degrees_of_freedom": reciprocals}, "reciprocals"),
    (COMPLEXITY, {"rescaled_network": inner_layer_scaled_afterwards}, "inner_layer_scaled_afterwards"),
    (EQUIVALENCE, {"penalised_steps": penalised_by_quotients}, "penalised_by_quotients"),
    (DECOUPLED, {"decayed_steps": rows_apart}, "rows_apart"),
    (DECOUPLED, {"decayed_steps": subtracted_afterwards}, "subtracted_afterwards"),
    *((SHRINKS, {"penalised_solution": f}, f.__name__) for f in (by_cholesky, by_inverse)),
    (SHRINKS, {"shrunk_coordinates": by_singular_vectors}, "by_singular_vectors"),
    *((SHRINKS, {"decayed_descent": f}, f.__name__) for f in (penalty_differentiated, weights_multiplied)),
    (SHRINKS, {"penalised_choice": last_of_equal_candidates}, "last_of_equal_candidates"),
]
