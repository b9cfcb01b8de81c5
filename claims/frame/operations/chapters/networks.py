"""Networks of one hidden layer whose units are masked, or deleted with their parameters, and steps of training."""

from __future__ import annotations

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from claims.frame.operations.operation import Operation


def masked_network(x: Tensor, w: Tensor, c: Tensor, v: Tensor, b: Tensor, inputs: Tensor, hidden: Tensor) -> Tensor:
    """V (mu_h * relu(W (mu_x * x) + c)) + b for masks `inputs` (K, d) and `hidden` (K, h).

    x is (..., d), W (..., h, d), c (..., h), V (..., m, h), b (..., m): (..., K, m).
    """
    units = torch.relu((x[..., None, :] * inputs) @ w.mT + c[..., None, :])
    return (units * hidden) @ v.mT + b[..., None, :]


def deleted_network(x: Tensor, w: Tensor, c: Tensor, v: Tensor, b: Tensor, inputs: Tensor, hidden: Tensor) -> Tensor:
    """As `masked_network`, but each submodel is built from the parameters that it inherits, those of its units only."""
    outputs = []
    for of_inputs, of_hidden in zip(inputs, hidden, strict=True):
        kept, units = of_inputs.nonzero().flatten(), of_hidden.nonzero().flatten()
        weight, rest = w.index_select(-2, units).index_select(-1, kept), x.index_select(-1, kept).unsqueeze(-1)
        z = (weight @ rest).squeeze(-1) + c.index_select(-1, units)
        outputs.append((v.index_select(-1, units) @ torch.relu(z).unsqueeze(-1)).squeeze(-1) + b)
    return torch.stack(outputs, -2)


def masked_weights(x: Tensor, w: Tensor, c: Tensor, v: Tensor, b: Tensor, inputs: Tensor, hidden: Tensor) -> Tensor:
    """As `masked_network`, but the masks are on the columns of the weights."""
    units = torch.relu((w[..., None, :, :] * inputs[:, None, :] @ x[..., None, :, None])[..., 0] + c[..., None, :])
    return (v[..., None, :, :] * hidden[:, None, :] @ units[..., None])[..., 0] + b[..., None, :]


def parameters_of_network(inputs: int, hidden: int, outputs: int, *, device: torch.device | str = "cpu") -> Tensor:
    """How many parameters a network without biases has."""
    first, second = (nn.Linear(*sizes, bias=False, device=device) for sizes in ((inputs, hidden), (hidden, outputs)))
    network = nn.Sequential(first, nn.ReLU(), second)
    return torch.tensor(sum(p.numel() for p in network.parameters()), device=device)


def masks_by_product(n: int, like: Tensor) -> Tensor:
    """Every mask of n units, (2^n, n), by `torch.cartesian_prod`."""
    return torch.cartesian_prod(*[like.new_tensor([0.0, 1.0])] * n).reshape(-1, n)


def submodel_gradients(
    x: Tensor, y: Tensor, w: Tensor, c: Tensor, v: Tensor, b: Tensor, mask: Tensor, p: float
) -> tuple[Tensor, Tensor, Tensor, Tensor]:
    """Gradients of ||V (mu * relu(W x + c)) / (1 - p) + b - y||^2 in W, c, V, b; one network, one mask (h,)."""
    parameters = [t.detach().requires_grad_() for t in (w, c, v, b)]
    hidden = torch.relu(F.linear(x, parameters[0], parameters[1])) * mask / (1 - p)
    loss = (F.linear(hidden, parameters[2], parameters[3]) - y).square().sum()
    weight, bias, out, shift = torch.autograd.grad(loss, parameters)
    return weight, bias, out, shift


def sgd_step(parameter: Tensor, gradient: Tensor, rate: float, momentum: float = 0.0, decay: float = 0.0) -> Tensor:
    """The parameter after one step of `torch.optim.SGD` along gradient 1 and one along `gradient`."""
    moved = nn.Parameter(parameter.detach().clone())
    optimiser = torch.optim.SGD([moved], rate, momentum=momentum, weight_decay=decay)
    for g in (torch.ones_like(moved), gradient) if momentum else (gradient,):
        moved.grad = g.clone()
        optimiser.step()
    return moved.detach()


ROWS = {
    "masked_network": Operation(masked_network, "masked_network", axes=(1, 2, 1, 2, 1), product=True),
    "deleted_network": Operation(deleted_network, "deleted_network", axes=(1, 2, 1, 2, 1), product=True),
    "masked_weights": Operation(masked_weights, "masked_weights", axes=(1, 2, 1, 2, 1), product=True),
    "parameters_of_network": Operation(parameters_of_network, "parameters_of_network"),
    "masks_by_product": Operation(
        masks_by_product,
        "(lambda n, like: torch.cartesian_prod(*[like.new_tensor([0.0, 1.0])] * n).reshape(-1, n))",
    ),
    "submodel_gradients": Operation(
        submodel_gradients, "submodel_gradients", axes=(1, 1, 2, 1, 2, 1), batches=False, product=True
    ),
    "sgd_step": Operation(sgd_step, "sgd_step"),
}
