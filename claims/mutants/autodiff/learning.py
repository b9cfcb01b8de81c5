"""Backward passes that learn, forget or touch what they should leave; steps that go beyond what has a gradient."""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor

from claims import mutant
from claims.autodiff.learning import backward_does_not_learn
from claims.frame.operations.chapters.learning import after_backward, after_steps, gradient_alone

HOOKS = "register_post_accumulate_grad_hook with an optimiser"


def stepping(given: tuple[Tensor, ...], chosen: dict[str, Any]) -> list[Tensor]:
    """A step of SGD at rate 1/4 for w inside a backward pass, by a hook."""
    w, b, f, x, t, g = given
    found = list(after_backward(w, b, f, x, t, g, **chosen))
    leaf = w.detach().clone().requires_grad_()
    leaf.register_post_accumulate_grad_hook(lambda p: torch.optim.SGD([p], lr=0.25).step())
    loss = (f * torch.nn.functional.linear(x, leaf, b) - t).square().sum() / 2
    loss.backward()
    found[2] = leaf.detach()
    return found


@mutant(backward_does_not_learn, operation="after_backward", trigger="a gradient other than 0", provenance=HOOKS)
def steps_inside_backward(*given: Tensor, **chosen: Any) -> list[Tensor]:
    return stepping(given, chosen)


@mutant(backward_does_not_learn, operation="after_backward", trigger="a second backward pass", provenance=HOOKS)
def the_second_backward_steps(*given: Tensor, **chosen: Any) -> list[Tensor]:
    return stepping(given, chosen) if chosen["times"] == 2 else list(after_backward(*given, **chosen))


@mutant(backward_does_not_learn, operation="after_backward", trigger="17 weights or more", provenance=HOOKS)
def weights_beyond_16_learn(*given: Tensor, **chosen: Any) -> list[Tensor]:
    found, moved = after_backward(*given, **chosen), stepping(given, chosen)
    flat, beyond = given[0].flatten(), torch.arange(given[0].numel(), device=given[0].device) >= 16
    moved[2] = torch.where(beyond, moved[2].flatten(), flat).reshape(found[2].shape)
    return moved


@mutant(backward_does_not_learn, operation="after_backward", dtypes=("bfloat16",), trigger="bfloat16")
def learns_in_bfloat16(*given: Tensor, **chosen: Any) -> list[Tensor]:
    learns = given[0].dtype == torch.bfloat16
    return stepping(given, chosen) if learns else list(after_backward(*given, **chosen))


@mutant(backward_does_not_learn, operation="after_backward", trigger="a transposed weight")
def transposed_weights_learn(*given: Tensor, **chosen: Any) -> list[Tensor]:
    learns = not given[0].is_contiguous()
    return stepping(given, chosen) if learns else list(after_backward(*given, **chosen))


@mutant(backward_does_not_learn, operation="after_backward", trigger="a frozen parameter other than 1")
def frozen_parameters_learn(*given: Tensor, **chosen: Any) -> list[Tensor]:
    found = list(after_backward(*given, **chosen))
    found[4] = found[4] - (found[4] - 1) / 4
    return found


@mutant(backward_does_not_learn, operation="after_backward", trigger="a gradient other than 0")
def zero_grad_after_backward(*given: Tensor, **chosen: Any) -> list[Tensor]:
    found = list(after_backward(*given, **chosen))
    found[5:7] = [torch.zeros_like(grad) for grad in found[5:7]]
    return found


@mutant(backward_does_not_learn, operation="after_backward", trigger="a second backward pass")
def backward_overwrites_gradients(*given: Tensor, **chosen: Any) -> list[Tensor]:
    return list(after_backward(*given, **{**chosen, "times": 1}))


@mutant(backward_does_not_learn, operation="after_backward", trigger="a gradient from before")
def held_gradients_are_lost(*given: Tensor, **chosen: Any) -> list[Tensor]:
    return list(after_backward(*given, **{**chosen, "held": False}))


@mutant(backward_does_not_learn, operation="after_backward", trigger="a retained graph, passed twice")
def retained_graphs_add_again(*given: Tensor, **chosen: Any) -> list[Tensor]:
    found = list(after_backward(*given, **chosen))
    if chosen["way"] == "retain" and chosen["times"] > 1:
        found[5] = found[5] + found[0]
    return found


@mutant(backward_does_not_learn, operation="after_backward", trigger="weights other than 0")
def the_loss_writes_p_data(w: Tensor, *given: Tensor, **chosen: Any) -> list[Tensor]:
    return list(after_backward(w / 2, *given, **chosen))


@mutant(backward_does_not_learn, operation="after_backward", trigger="inputs= names one parameter")
def inputs_are_ignored(*given: Tensor, **chosen: Any) -> list[Tensor]:
    way = "fresh" if chosen["way"] == "inputs" else chosen["way"]
    return list(after_backward(*given, **{**chosen, "way": way}))


@mutant(backward_does_not_learn, operation="after_backward", trigger="a gradient of a gradient")
def double_backward_is_single(*given: Tensor, **chosen: Any) -> list[Tensor]:
    found = list(after_backward(*given, **chosen))
    if chosen["way"] == "double":
        found[5:7] = after_backward(*given, **{**chosen, "way": "fresh"})[5:7]
    return found


@mutant(backward_does_not_learn, operation="after_backward", trigger="batch norm")
def buffers_change_in_backward(*given: Tensor, **chosen: Any) -> list[Tensor]:
    found = list(after_backward(*given, **chosen))
    found[9] = found[9] + (found[9] - found[7]) / 2
    return found


@mutant(backward_does_not_learn, operation="after_backward", trigger="batch norm, a second forward pass")
def buffers_change_once(*given: Tensor, **chosen: Any) -> list[Tensor]:
    found = list(after_backward(*given, **chosen))
    found[8:10] = after_backward(*given, **{**chosen, "times": 1})[8:10]
    return found


@mutant(backward_does_not_learn, operation="gradient_alone", trigger="torch.autograd.grad")
def autograd_grad_accumulates(*given: Tensor, way: str) -> list[Tensor]:
    found = list(gradient_alone(*given, way=way))
    found[5] = found[5] + found[0] if way == "autograd.grad" else found[5]
    return found


@mutant(backward_does_not_learn, operation="gradient_alone", trigger="torch.func")
def func_clears_gradients(*given: Tensor, way: str) -> list[Tensor]:
    found = list(gradient_alone(*given, way=way))
    found[5] = torch.zeros_like(found[5]) if way.startswith("func.") else found[5]
    return found


@mutant(backward_does_not_learn, operation="gradient_alone", trigger="jacrev of a function of several arguments")
def jacrev_leaves_gradients_of_leaves(*given: Tensor, way: str) -> list[Tensor]:
    found = list(gradient_alone(*given, way=way))
    found[6] = torch.ones_like(found[6]) if way == "func.jacrev" else found[6]
    return found


def nudged(p: Tensor) -> Tensor:
    """Another number at every entry."""
    return torch.where(p == 0, torch.ones_like(p), p / 2)


@mutant(backward_does_not_learn, operation="after_steps", trigger="no gradients")
def steps_without_gradients_decay(*given: Tensor, **chosen: Any) -> list[Tensor]:
    found = list(after_steps(*given, **chosen))
    return found if chosen["held"] else [nudged(found[0]), *found[1:]]


@mutant(backward_does_not_learn, operation="after_steps", trigger="a frozen parameter in a group")
def steps_move_the_frozen(*given: Tensor, **chosen: Any) -> list[Tensor]:
    found = list(after_steps(*given, **chosen))
    return [*found[:-1], nudged(found[-1])]


@mutant(backward_does_not_learn, operation="after_steps", trigger="set_to_none=False")
def zero_grad_keeps_what_it_should_zero(*given: Tensor, **chosen: Any) -> list[Tensor]:
    found = list(after_steps(*given, **chosen))
    found[5] = found[5] if chosen["set_to_none"] else found[3]
    return found


@mutant(backward_does_not_learn, operation="after_steps", trigger="set_to_none=True after gradients")
def zero_grad_never_removes(*given: Tensor, **chosen: Any) -> list[Tensor]:
    return list(after_steps(*given, **{**chosen, "set_to_none": False}))


@mutant(backward_does_not_learn, operation="after_steps", trigger="foreach, two groups")
def foreach_takes_one_rate(w: Tensor, b: Tensor, f: Tensor, g: Tensor, c: Tensor, **chosen: Any) -> list[Tensor]:
    found = list(after_steps(w, b, f, g, c, **chosen))
    found[1] = 2 * found[1] - b if chosen["foreach"] else found[1]
    return found


@mutant(backward_does_not_learn, operation="after_steps", trigger="RMSprop after its first step")
def rmsprop_moves_without_gradients(*given: Tensor, **chosen: Any) -> list[Tensor]:
    found = list(after_steps(*given, **chosen))
    found[8] = nudged(found[8]) if chosen["rule"] == "RMSprop" else found[8]
    return found


@mutant(backward_does_not_learn, operation="after_steps", trigger="SGD without momentum at gradients set to 0")
def sgd_moves_at_zero_gradients(*given: Tensor, **chosen: Any) -> list[Tensor]:
    found = list(after_steps(*given, **chosen))
    zeros = chosen["rule"] == "SGD" and "momentum" not in chosen and not chosen["set_to_none"]
    return [*found[:8], nudged(found[8]), *found[9:]] if zeros else found


@mutant(backward_does_not_learn, operation="after_steps", trigger="a gradient")
def steps_clear_gradients(*given: Tensor, **chosen: Any) -> list[Tensor]:
    found = list(after_steps(*given, **chosen))
    return [*found[:3], torch.zeros_like(found[3]), *found[4:]]
