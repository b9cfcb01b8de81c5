"""What changes when: parameters, gradients and buffers about backward passes, zero_grad and steps of optimisers."""

from __future__ import annotations

import torch
from torch import Tensor, nn

from claims.frame.operations.operation import Operation


def after_backward(
    w: Tensor, b: Tensor, f: Tensor, x: Tensor, t: Tensor, g: Tensor, *, norm: bool, held: bool, way: str, times: int
) -> tuple[Tensor, ...]:
    """Back-propagation of L = ||f norm(x w^T + b) - t||^2 / 2 so many times, f (h,) frozen.

    w (h, m), b (h,), x (k, m), t (k, h); `held`: w has the gradient g already. `way`: a "fresh" graph each time, one
    that is retained ("retain"), of w only ("inputs"), or of half the squared gradient ("double").
    Returns the gradients of w and b by `torch.autograd.grad`; w, b, f, w.grad and b.grad after backward; mean, variance
    and counter of batch norm (3, h) at first, after the forward passes and after the last backward pass; L (2,) before
    and after. What does not exist is zeros.
    """
    linear = nn.Linear(w.shape[1], w.shape[0], device=w.device, dtype=w.dtype)
    linear.weight, linear.bias = nn.Parameter(w.detach().clone()), nn.Parameter(b.detach().clone())
    frozen = nn.Parameter(f.detach().clone(), requires_grad=False)
    layer = nn.BatchNorm1d(len(w), momentum=0.5, device=w.device, dtype=w.dtype) if norm else nn.Identity()
    learnt = [linear.weight, linear.bias]

    def statistics() -> Tensor:
        kept = [buffer.to(w.dtype).expand(len(w)).clone() for buffer in layer.buffers()]
        return torch.stack(kept) if kept else w.new_zeros(3, len(w))

    def loss() -> Tensor:
        missed: Tensor = frozen * layer(linear(x)) - t
        return missed.square().sum() / 2

    def objective(value: Tensor) -> Tensor:
        if way != "double":
            return value
        slopes = torch.autograd.grad(value, learnt, create_graph=True)
        return (slopes[0].square().sum() + slopes[1].square().sum()) / 2

    at_first = statistics()
    before = loss()
    value = objective(before)
    gradients = torch.autograd.grad(value, learnt, retain_graph=True)
    linear.weight.grad = g.clone() if held else None
    forward = statistics()
    for i in range(times):
        if i and way != "retain":
            value = objective(loss())
        forward = statistics()
        value.backward(retain_graph=way == "retain", inputs=[linear.weight] if way == "inputs" else None)
    backward = statistics()
    grads = [torch.zeros_like(p) if p.grad is None else p.grad for p in learnt]
    losses = torch.stack([before.detach(), loss().detach()])
    parameters = [p.detach() for p in (*learnt, frozen)]
    return (*gradients, *parameters, *grads, at_first, forward, backward, losses)


def gradient_alone(w: Tensor, b: Tensor, f: Tensor, x: Tensor, t: Tensor, g: Tensor, *, way: str) -> tuple[Tensor, ...]:
    """The gradients of ||f (x w^T + b) - t||^2 / 2 for w and b by a function that returns them.

    Then w, b and f, w.grad, which was g before, and whether b, f and x have gradients (3,), which they had not.
    """
    weight, bias = nn.Parameter(w.detach().clone()), nn.Parameter(b.detach().clone())
    frozen, inputs = f.detach().clone(), x.detach()
    weight.grad = g.clone()

    def loss(weight: Tensor, bias: Tensor) -> Tensor:
        return (frozen * nn.functional.linear(inputs, weight, bias) - t).square().sum() / 2

    if way == "autograd.grad":
        found = torch.autograd.grad(loss(weight, bias), (weight, bias))
    elif way == "func.grad":
        found = torch.func.grad(loss, (0, 1))(weight, bias)
    elif way == "func.vjp":
        found = torch.func.vjp(loss, weight, bias)[1](w.new_ones(()))
    elif way == "func.jacrev":
        found = torch.func.jacrev(loss, (0, 1))(weight, bias)
    else:
        found = torch.autograd.functional.jacobian(loss, (weight, bias))
    present = torch.stack([w.new_full((), float(p.grad is not None)) for p in (bias, frozen, inputs)])
    return (*(p.detach() for p in (*found, weight, bias, frozen)), weight.grad, present)


def after_steps(
    w: Tensor,
    b: Tensor,
    f: Tensor,
    g: Tensor,
    c: Tensor,
    *,
    rule: str,
    held: bool,
    set_to_none: bool,
    **options: object,
) -> tuple[Tensor, ...]:
    """A step of `torch.optim` at rate 1/2 for w and 1/4 for b, zero_grad, and another step; f is frozen.

    `held`: w and b have the gradients g and c, else none. Returns w, b, f and the gradients (zeros for none) after the
    first step; the gradients after zero_grad and how many there are; w, b, f after the second step.
    """
    weight, bias = nn.Parameter(w.detach().clone()), nn.Parameter(b.detach().clone())
    frozen = nn.Parameter(f.detach().clone(), requires_grad=False)
    weight.grad, bias.grad = (g.clone(), c.clone()) if held else (None, None)
    groups = [{"params": [weight], "lr": 0.5}, {"params": [bias, frozen], "lr": 0.25}]
    optimizer = getattr(torch.optim, rule)(groups, **options)

    def parameters() -> list[Tensor]:
        return [p.detach().clone() for p in (weight, bias, frozen)]

    def gradients() -> list[Tensor]:
        return [torch.zeros_like(p) if p.grad is None else p.grad.clone() for p in (weight, bias)]

    optimizer.step()
    first = [*parameters(), *gradients()]
    optimizer.zero_grad(set_to_none=set_to_none)
    count = w.new_full((), float(sum(p.grad is not None for p in (weight, bias, frozen))))
    cleared = [*gradients(), count]
    optimizer.step()
    return (*first, *cleared, *parameters())


ROWS = {
    "after_backward": Operation(after_backward, "after_backward", axes=(2, 1, 1, 2, 2, 2), batches=False, product=True),
    "gradient_alone": Operation(gradient_alone, "gradient_alone", axes=(2, 1, 1, 2, 2, 2), batches=False, product=True),
    "after_steps": Operation(after_steps, "after_steps", axes=(2, 1, 1, 2, 1), batches=False),
}
