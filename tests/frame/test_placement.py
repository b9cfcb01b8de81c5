"""Every property makes its tensors on the device of its subject: run on `meta`, where no other tensor may appear."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

import numpy as np
import pytest
import torch
from torch import Tensor
from torch.overrides import TorchFunctionMode

from claims import equal, values, within
from claims.frame.checks import Check
from claims.frame.claim import Claim, Proposition, load_all
from claims.frame.operations import OPERATIONS
from claims.frame.plan import CallPlan, map_tensors
from claims.frame.subject import Subject, tensors
from claims.frame.support import corner_regimes
from claims.frame.trial import Trial, checks_of
from reference.truth import Truth
from tests.frame.toys.inputs import Row, rows
from tests.frame.toys.properties import Property, proposition

PLANS = [CallPlan(), CallPlan("single", "strided"), CallPlan("batched", "transposed", "first")]
LARGEST = 1 << 10
ON_HOST = (  # torch.utils.data draws indices on the host, and optimisers count steps there, whatever the device
    "loader",
    "sampler",
    "decayed_steps",
    "penalised_steps",
    "decoupled_steps",
    "decayed_matrix_steps",
    "decoupled_matrix_steps",
    "after_steps",
    "trained_units",
    *(f"learned_kernels{d}d" for d in (1, 2, 3)),
)


class Misplaced(AssertionError):
    """A tensor on another device than the subject's."""


class OnMeta(TorchFunctionMode):
    """Raises where torch makes a tensor that is not on the `meta` device.

    While it is paused, tensors may stand on the host, and so may what is made of them. An array may become a tensor
    there if the next call moves it.
    """

    paused = False

    def __init__(self) -> None:
        super().__init__()
        self.of_the_host: list[Tensor] = []

    def __torch_function__(
        self,
        func: Callable[..., Any],
        types: Sequence[type],
        args: Sequence[Any] = (),
        kwargs: Mapping[str, Any] | None = None,
    ) -> Any:  # noqa: ANN401
        kwargs = kwargs or {}
        if func is Tensor.__bool__ and args[0].is_meta:  # torch.distributions asks whether all parameters are valid
            return True
        try:
            result = func(*args, **kwargs)
        except (RuntimeError, AssertionError) as error:
            without_numbers = ("not supported in refs", "item() cannot be called on meta tensors")
            if not isinstance(error, NotImplementedError) and not any(s in str(error) for s in without_numbers):
                raise
            if func is torch.autograd.grad:  # of copies on the host there would be no graph
                return tuple(torch.zeros_like(t) for t in tensors([args[1]]))
            # an operation without a kernel for meta, or for these options: what counts is where its result goes
            named = {k: map_tensors(on_host, v) for k, v in kwargs.items()}
            result = map_tensors(to_meta, func(*map_tensors(on_host, args), **named))
        given: list[Tensor] = []
        map_tensors(given.append, [*args, *kwargs.values()])
        if self.paused or any(t is known for t in given for known in self.of_the_host):
            map_tensors(self.of_the_host.append, result)
            return result

        def placed(t: Tensor) -> Tensor:
            if not t.is_meta:
                raise Misplaced(f"{getattr(func, '__name__', func)} made a tensor on {t.device}: pass device=")
            return t

        map_tensors(placed, result)
        return result


def on_host(t: Tensor) -> Tensor:
    return torch.ones(t.shape, dtype=t.dtype) if t.is_meta else t


def to_meta(t: Tensor) -> Tensor:
    return t.to("meta")


@pytest.fixture(autouse=True)
def _operations_on_the_host(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ON_HOST:
        function = OPERATIONS[name].function

        def paused(*args: object, function: Callable[..., object] = function, **kwargs: object) -> object:
            OnMeta.paused = True
            try:
                return function(*args, **kwargs)
            finally:
                OnMeta.paused = False

        monkeypatch.setitem(OPERATIONS, name, dataclasses.replace(OPERATIONS[name], function=paused))


@pytest.fixture(autouse=True)
def _least_squares_with_a_graph(monkeypatch: pytest.MonkeyPatch) -> None:
    """lstsq has no kernel for meta, and what is made on the host in its place has no graph to differentiate."""

    def solution(a: Tensor, y: Tensor, driver: str) -> Tensor:  # noqa: ARG001
        return torch.linalg.pinv(a) @ y

    row = OPERATIONS["least_squares"]
    monkeypatch.setitem(OPERATIONS, "least_squares", dataclasses.replace(row, function=solution))


@pytest.fixture(autouse=True)
def _tensors_without_numbers(monkeypatch: pytest.MonkeyPatch) -> None:
    """A subject's own tensors go through host memory on their way to a device; here they need not."""

    def tensor(subject: Subject, numbers: object) -> Tensor:
        return torch.empty(np.shape(numbers), dtype=subject.torch_dtype, device=subject.device)

    monkeypatch.setattr(Subject, "tensor", tensor)


def run(made: Proposition) -> int:
    """Runs the property over its small corners, the plainest under several plans; counts the checks."""
    subject, checks = Subject("eager", "float32", "meta"), 0
    for corner, regimes in enumerate(corner_regimes(made)):
        if max(r.size() for r in regimes.values()) <= LARGEST:
            for plan in PLANS[: 1 if corner else None]:
                trial = Trial(regimes, 0, plan)
                arrays = trial.arrays(made, 0, min(r.batch(2, LARGEST) for r in regimes.values()), subject)
                with OnMeta():
                    checks += sum(1 for _ in checks_of(made, subject, trial, arrays, trial.seed(made, 0)))
    return checks


@pytest.mark.parametrize("claim", load_all().values(), ids=lambda c: c.id)
def test_every_claim_stays_on_its_device(claim: Claim) -> None:
    assert run(claim) > 0


@pytest.mark.parametrize("claim", load_all().values(), ids=lambda c: c.id)
def test_every_refutation_stays_on_its_device(claim: Claim) -> None:
    for refutation in claim.refutations:
        run(refutation)


def forgets_zeros(subject: Subject, x: Tensor) -> Iterator[Check]:
    yield equal(subject.add(x, torch.zeros(x.shape)), x)


def forgets_numbers(subject: Subject, x: Tensor) -> Iterator[Check]:
    yield equal(subject.add(x, torch.tensor(1.0)), x)


def forgets_arrays(subject: Subject, x: Tensor) -> Iterator[Check]:
    yield equal(subject.abs(x), torch.from_numpy(values(x)))


def moves_arrays(subject: Subject, x: Tensor) -> Iterator[Check]:
    yield equal(subject.add(x, torch.from_numpy(values(x)).to(x.device)), x)


def forgets_a_module(subject: Subject, x: Tensor) -> Iterator[Check]:
    yield equal(subject.abs(x), torch.nn.Linear(2, 2).weight)


def forgets_to_stay(subject: Subject, x: Tensor) -> Iterator[Check]:
    yield equal(torch.empty(1).to("meta") + torch.ones(()), subject.abs(x))


def remembers(subject: Subject, x: Tensor) -> Iterator[Check]:
    zeros = torch.zeros(x.shape, dtype=x.dtype, device=x.device)
    with subject.random(3) as generator:
        torch.empty(3, device=subject.device).uniform_(generator=generator if x.device.type != "meta" else None)
    yield within(subject.add(x, zeros), Truth(values(x), np.ones(1)))


@pytest.mark.parametrize("check", [forgets_zeros, forgets_numbers, forgets_arrays, forgets_a_module, forgets_to_stay])
def test_a_forgotten_device_is_found(check: Property) -> None:
    with pytest.raises(Misplaced, match="made a tensor on cpu: pass device="):
        run(proposition(check, x=rows(Row(2))))


@pytest.mark.parametrize("check", [remembers, moves_arrays])
def test_a_property_that_names_its_device_passes(check: Property) -> None:
    assert run(proposition(check, x=rows(Row(2)))) == len(PLANS)
