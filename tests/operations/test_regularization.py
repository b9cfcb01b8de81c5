"""The spellings of the operations, pasted as they stand, do what the operations do."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
import torch
from torch import Tensor

from claims.frame.inputs.masks import BETWEEN_LAYERS, BY_CHANNEL, OF_IMAGES, SPELLINGS
from claims.frame.operations import OPERATIONS
from claims.frame.operations.chapters.regularization import ROWS

torch.manual_seed(0)
LOGITS = torch.randn(4, 3).log_softmax(-1)
COUNTS = torch.tensor([[2.0, 0.0], [1.0, 1.0], [0.0, 1.0], [2.0, 1.0]])
ARGUMENTS: dict[str, tuple[Any, ...]] = {
    "masked_dropout": (torch.randn(3), torch.tensor([[1.0, 0.0, 1.0]]), 0.25),
    "mask_probabilities": (torch.tensor([[1.0, 0.0, 1.0], [0.0, 0.0, 0.0]]), 0.25),
    "geometric_mean": (LOGITS,),
    "weight_scaled_softmax": (torch.randn(5, 2), torch.randn(5, 3, 2), torch.randn(5, 3), 0.5),
    "bootstrap": (3, 4, 2),
    "loader": (3, 4, 7),
    "ensemble_variance": (torch.tensor(2.0), torch.tensor(0.5), 3),
    "visits": (torch.tensor([[0, 1, 1], [1, 0, 1]]), torch.tensor([[1.0, 1.0, 0.0], [1.0, 1.0, 1.0]]), 2),
    "repeated_given_two": (COUNTS, torch.tensor([0.125, 0.25, 0.5, 0.125])),
}


def called(function: Callable[..., Any], name: str) -> Tensor:
    torch.manual_seed(1)
    if name == "sampler":
        result = function(3, 12, replacement=False)
    elif name in ARGUMENTS:
        result = function(*ARGUMENTS[name])
    else:
        shape = {**{k: (4, 5, 3, 2, 2)[: axes + 2] for k, axes in BY_CHANNEL.items()}, OF_IMAGES[0]: (4, 5, 3, 2)}
        x = torch.ones(shape.get(name, (4, 5, 3) if name in (BETWEEN_LAYERS, "recurrent_dropout") else (4, 5)))
        result = function(x, 0.5, training=True)
    return result[0] if isinstance(result, tuple) else result


@pytest.mark.parametrize("name", ROWS)
def test_the_spelling_does_what_the_operation_does(name: str) -> None:
    pasted = eval(OPERATIONS[name].spelling, {"torch": torch})  # noqa: S307  that is what a reader would run
    assert torch.equal(called(pasted, name), called(OPERATIONS[name].function, name))


@pytest.mark.parametrize("name", SPELLINGS)
def test_every_spelling_of_dropout_keeps_its_argument_and_drops(name: str) -> None:
    result = called(OPERATIONS[name].function, name)
    assert len(result.unique()) == 2


def test_examples_are_visited_as_often_as_counted() -> None:
    assert ROWS["visits"].function(*ARGUMENTS["visits"]).tolist() == [[1.0, 1.0], [1.0, 2.0]]


def test_only_two_visits_count_as_two() -> None:
    assert ROWS["repeated_given_two"].function(*ARGUMENTS["repeated_given_two"]) == pytest.approx(1 / 3)


def test_a_shuffled_epoch_is_a_permutation() -> None:
    order = ROWS["sampler"].function(5, 20, replacement=False).reshape(4, 5)
    assert torch.equal(order.sort(-1).values, torch.arange(5).expand(4, 5))
    loaded = ROWS["loader"].function(5, 4, 0).reshape(4, 5)
    assert torch.equal(loaded.sort(-1).values, order.sort(-1).values)


def test_a_loader_is_seeded() -> None:
    first, again, other = (ROWS["loader"].function(5, 20, seed).tolist() for seed in (2**64 - 1, 2**64 - 1, 1))
    assert first == again != other
