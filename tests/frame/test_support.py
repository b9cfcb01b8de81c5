"""Which operations a property uses and which dtypes torch supports for them, found by running it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
import torch
from torch import Tensor

from claims import equal, for_all, holds
from claims.frame import support
from claims.frame.checks import Check
from claims.frame.claim import Proposition
from claims.frame.inputs.regime import Regimes
from claims.frame.operations import OPERATIONS
from claims.frame.operations.operation import Operation
from claims.frame.subject import Subject
from tests.frame.toys.inputs import Draws, Row, Sample, only, rows


def proposition(check: object, **regimes: Regimes) -> Proposition:
    return Proposition("toy", check, regimes)  # type: ignore[arg-type]


def adds(subject: Subject, x: Tensor) -> Iterator[Check]:
    yield equal(subject.add(x, x), subject.multiply(x, 2.0))


def subtracts(subject: Subject, x: Tensor) -> Iterator[Check]:
    yield equal(subject.subtract(x, x), 0.0)


def powers(subject: Subject, x: Tensor) -> Iterator[Check]:
    for p in (1, 2):
        yield holds(subject.toy_power(x, p))


def test_the_operations_of_a_property_are_those_that_it_calls() -> None:
    assert support.operations_of(proposition(adds, x=rows())) == ["add", "multiply"]


def test_propositions_of_one_name_are_told_apart() -> None:
    assert support.operations_of(proposition(subtracts, x=rows())) == ["subtract"]
    assert support.operations_of(proposition(adds, x=rows())) == ["add", "multiply"]


def test_operations_called_for_some_corner_only_are_found() -> None:
    def check(subject: Subject, x: Tensor) -> Iterator[Check]:
        yield holds(True if x.shape[-1] < 3 else subject.exp(x) > 0)

    assert support.operations_of(proposition(check, x=only(Row(2), Row(3)))) == ["exp"]


def test_large_corners_are_left_out_of_the_dry_run() -> None:
    sizes = []

    def check(subject: Subject, x: Tensor) -> Iterator[Check]:
        sizes.append(x.shape[-1])
        yield equal(subject.abs(x), x)

    assert support.operations_of(proposition(check, x=only(Row(2), Row(100_000), Row(5)))) == ["abs"]
    assert sizes == [2, 5]


def test_a_property_that_raises_still_has_the_operations_it_reached() -> None:
    def check(subject: Subject, x: Tensor) -> Iterator[Check]:
        yield equal(subject.abs(x), x)
        raise RuntimeError("an operation failed")

    assert support.operations_of(proposition(check, x=rows())) == ["abs"]
    assert support.unsupported(proposition(check, x=rows()), "cpu", "float32") is None


def test_a_dry_run_leaves_the_global_generator_alone() -> None:
    def check(subject: Subject, sample: Sample) -> Iterator[Check]:
        with subject.random(sample.seed) as generator:
            yield holds(subject.toy_noise(sample.count, generator=generator, device=subject.device) < 1)
            yield holds(subject.toy_dropout(subject.tensor([1.0]), 0.5, True) < 3)  # noqa: FBT003

    before = torch.get_rng_state()
    made = proposition(check, sample=only(Draws(5)))
    assert support.operations_of(made) == ["toy_dropout", "toy_noise"]
    assert [support.unsupported(made, "cpu", d) for d in support.DTYPES] == [None] * 4
    assert torch.equal(torch.get_rng_state(), before)


def test_every_corner_is_varied_with_the_others_at_their_plainest() -> None:
    made = proposition(adds, x=only(Row(1), Row(2), Row(3)), y=only(Draws(1), Draws(2)))
    assert [tuple(c.values()) for c in support.corner_regimes(made)] == [
        (Row(1), Draws(1)),
        (Row(2), Draws(1)),
        (Row(3), Draws(1)),
        (Row(1), Draws(2)),
    ]


def test_the_whole_domain_of_several_parameters_is_their_product() -> None:
    x, y = (only(Row(1), Row(2), Row(3), exhaustive=True) for _ in range(2))
    assert len({tuple(c.values()) for c in support.corner_regimes(proposition(adds, x=x, y=y))}) == 9


def _without_half(x: Tensor, p: int) -> Tensor:
    if x.dtype == torch.float16 and p == 2:
        raise NotImplementedError("squares: not implemented for 'Half'\nand a long explanation")
    return x**p


@pytest.fixture
def _power(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(OPERATIONS, "toy_power", Operation(_without_half, "_without_half", axes=(1,)))


@pytest.mark.usefixtures("_power")
def test_an_unsupported_dtype_has_a_reason_of_one_line() -> None:
    made = proposition(powers, x=rows())
    assert support.unsupported(made, "cpu", "float16") == "toy_power: squares: not implemented for 'Half'"
    assert support.unsupported(made, "cpu", "float32") is None


@pytest.mark.usefixtures("_power")
def test_an_operation_is_probed_with_each_of_its_options() -> None:
    def first_power(subject: Subject, x: Tensor) -> Iterator[Check]:
        yield equal(subject.toy_power(x, 1), x)

    assert support.unsupported(proposition(first_power, x=rows()), "cpu", "float16") is None
    assert support.unsupported(proposition(powers, x=rows()), "cpu", "float16") is not None


def test_a_probe_asks_torch_and_not_a_mutant() -> None:
    @for_all(x=rows())
    def check(subject: Subject, x: Tensor) -> Iterator[Check]:
        wrong = subject.overriding("wrong", abs=_raise)
        yield equal(wrong.add(subject.abs(x), x), x)

    made = proposition(check, x=rows())
    assert support.unsupported(made, "cpu", "bfloat16") is None


def _raise(*_: object) -> Tensor:
    raise RuntimeError


def test_complex_arguments_are_probed_with_parts_of_the_dtype_and_apart_from_real_ones() -> None:
    seen: list[torch.dtype] = []

    def spy(x: Tensor) -> Tensor:
        seen.append(x.dtype)
        return x.abs()

    def check(subject: Subject, x: Tensor) -> Iterator[Check]:
        yield holds(subject.toy_size(torch.complex(x, x)) >= 0)

    def real(subject: Subject, x: Tensor) -> Iterator[Check]:
        yield holds(subject.toy_size(x) >= 0)

    with pytest.MonkeyPatch.context() as patch:
        patch.setitem(OPERATIONS, "toy_size", Operation(spy, "spy", axes=(1,)))
        made = proposition(check, x=rows())
        assert support.unsupported(made, "cpu", "float64") is None
        assert seen[-1] == torch.complex128
        assert support.unsupported(made, "cpu", "float16") == "toy_size: no complex numbers with float16 parts"
        assert support.unsupported(proposition(real, x=rows()), "cpu", "float16") is None


def test_numbers_on_which_an_operation_fails_are_no_lack_of_support() -> None:
    def check(subject: Subject, x: Tensor) -> Iterator[Check]:
        yield holds(subject.toy_inverse(x[..., None] * x[..., None, :] + subject.tensor([[1e-3, 0], [0, 1e-3]])) != 0)

    operation = Operation(torch.linalg.inv, "torch.linalg.inv", axes=(2,))
    with pytest.MonkeyPatch.context() as patch:
        patch.setitem(OPERATIONS, "toy_inverse", operation)
        made = proposition(check, x=only(Row(2, "counting", 64.0)))
        assert support.unsupported(made, "cpu", "float64") is None


def test_the_cpu_is_always_present_and_unknown_devices_never() -> None:
    assert support.devices()[0] == "cpu"
    assert support.is_present("cpu")
    assert not support.is_present("cuda:99")
    assert not support.is_present("abacus")
