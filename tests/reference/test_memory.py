"""What is remembered: a result for the same numbers, within its space, and never one for others."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import pytest
from numpy.typing import NDArray

from reference import memory
from reference.memory import remembered


class Pair(NamedTuple):
    total: NDArray[np.float64]
    rest: tuple[NDArray[np.float64], int]


@pytest.fixture
def calls() -> list[int]:
    return []


def test_equal_arguments_are_computed_once(calls: list[int]) -> None:
    @remembered
    def total(a: NDArray[np.float64], k: int = 1) -> NDArray[np.float64]:
        calls.append(k)
        return np.atleast_1d(a.sum()) * k

    a = np.arange(6.0)
    first = total(a, k=2)
    assert total(a.copy(), k=2) is first
    assert calls == [2]


@pytest.mark.parametrize(
    "other",
    [
        (np.arange(6.0).reshape(2, 3), 1),
        (np.arange(6), 1),
        (np.arange(6.0), 2),
        (np.arange(6.0), True),
        (-np.arange(6.0) * 0.0, 1),
        (np.array([-0.0, 1, 2, 3, 4, 5]), 1),
    ],
    ids=["shape", "dtype", "number", "type", "numbers", "sign of zero"],
)
def test_other_arguments_are_computed_again(calls: list[int], other: tuple[NDArray[np.float64], int]) -> None:
    @remembered
    def total(a: NDArray[np.float64], k: int) -> NDArray[np.float64]:
        calls.append(k)
        return np.atleast_1d(a.sum()) * k

    total(np.arange(6.0), 1)
    total(*other)
    assert len(calls) == 2


def test_an_argument_changed_in_place_is_another(calls: list[int]) -> None:
    @remembered
    def total(a: NDArray[np.float64]) -> NDArray[np.float64]:
        calls.append(1)
        return np.atleast_1d(a.sum())

    a = np.ones(3)
    before = total(a)
    a[0] = 5.0
    assert (before[0], total(a)[0], len(calls)) == (3.0, 7.0, 2)


def test_results_cannot_be_changed() -> None:
    @remembered
    def pair(a: NDArray[np.float64]) -> Pair:
        return Pair(a + 1, (a + 2, 3))

    result = pair(np.zeros(2))
    for part in (result.total, result.rest[0]):
        with pytest.raises(ValueError, match="read-only"):
            part[0] = 1.0


def test_the_least_recently_used_is_forgotten(calls: list[int], monkeypatch: pytest.MonkeyPatch) -> None:
    @remembered
    def first(a: NDArray[np.float64]) -> NDArray[np.float64]:
        calls.append(int(a[0]))
        return a + 0.0

    monkeypatch.setattr(memory, "KEPT", 2 * 80)  # two arrays of ten numbers
    one, two, three = (np.full(10, float(k)) for k in (1, 2, 3))
    for a in (one, two, one, three, one, two):
        first(a)
    assert calls == [1, 2, 3, 2]


def test_a_result_too_large_to_keep_is_still_returned(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(memory, "KEPT", 8)
    double = remembered(lambda a: 2 * a)
    assert double(np.ones(10)).sum() == 20
    assert double(np.ones(10)).sum() == 20


def test_exceptions_are_not_remembered() -> None:
    @remembered
    def refuse(a: NDArray[np.float64]) -> NDArray[np.float64]:
        raise ValueError(f"no {a.sum():.0f}")

    for _ in range(2):
        with pytest.raises(ValueError, match="no 1"):
            refuse(np.ones(1))
