"""The vocabulary of checks: margins, masks, NaN and infinities, undetermined instances."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
import torch

from claims import at_most, consistent, equal, holds, within, within_norm
from claims.frame.checks import per_instance, ratio
from reference.truth import Truth

INF, NAN = np.inf, np.nan


def truth(value: object, bound: object) -> Truth:
    return Truth(np.asarray(value, np.float64), np.asarray(bound, np.float64))


@pytest.mark.parametrize(
    ("error", "bound", "margin"),
    [
        (1.0, 2.0, 0.5),
        (3.0, 2.0, 1.5),
        (0.0, 0.0, 0.0),
        (1e-300, 0.0, INF),
        (5.0, INF, 0.0),
        (INF, INF, 0.0),
        (NAN, INF, 0.0),  # where overflow is legitimate, so is the NaN that follows from it
        (NAN, 1.0, INF),
        (1.0, NAN, INF),
        (0.0, NAN, INF),
        (INF, 1.0, INF),
        (1.0, -1.0, INF),  # no error at all keeps a negative bound
        (0.0, -1.0, INF),
    ],
)
def test_margin_is_error_over_bound(error: float, bound: float, margin: float) -> None:
    assert ratio(error, bound) == margin


@pytest.mark.parametrize(
    ("shape", "expected"), [((), [7.0]), ((3,), [7.0, 7.0, 7.0]), ((2, 3), [7.0, 7.0]), ((2, 3, 4), [7.0, 7.0])]
)
def test_there_is_one_margin_for_each_instance(shape: tuple[int, ...], expected: list[float]) -> None:
    assert per_instance(np.full(shape, 7.0)).tolist() == expected


def test_the_largest_entry_of_an_instance_counts() -> None:
    assert per_instance(np.array([[0.1, 0.9], [0.3, 0.2]])).tolist() == [0.9, 0.3]


def test_an_instance_without_entries_has_margin_zero() -> None:
    assert per_instance(np.zeros((3, 0))).tolist() == [0.0, 0.0, 0.0]
    check = within(torch.zeros(3, 0), truth(np.zeros((3, 0)), 0.0))
    assert check.margins.tolist() == [0.0, 0.0, 0.0]


def test_within_compares_every_entry_with_its_own_bound() -> None:
    observed = torch.tensor([[1.0, 2.0], [3.0, 4.5]])
    check = within(observed, truth([[1.0, 2.5], [3.0, 4.0]], [[1.0, 1.0], [0.0, 0.25]]))
    assert check.margins.tolist() == [0.5, 2.0]
    assert check.undetermined is None


def test_within_takes_equal_infinities_for_equal_and_nan_for_wrong() -> None:
    observed = torch.tensor([INF, -INF, INF, NAN, 1.0])
    check = within(observed, truth([INF, -INF, -INF, 1.0, NAN], 1.0))
    assert check.margins.tolist() == [0.0, 0.0, INF, INF, INF]


def test_an_infinite_bound_leaves_the_instance_undetermined() -> None:
    check = within(torch.tensor([[1.0, 2.0], [3.0, NAN]]), truth([[1.0, 2.0], [3.0, 4.0]], [[1.0, 1.0], [1.0, INF]]))
    assert check.margins.tolist() == [0.0, 0.0]
    assert check.undetermined is not None
    assert check.undetermined.tolist() == [False, True]


def test_an_undetermined_entry_excuses_no_other_entry_of_its_instance() -> None:
    check = within(torch.tensor([[9.0, NAN]]), truth([[1.0, 1.0]], [[1.0, INF]]))
    assert check.margins.tolist() == [8.0]


def test_a_mask_keeps_the_instance_numbers() -> None:
    check = within(torch.tensor([5.0, 0.0, 7.0]), truth([0.0, 0.0, 0.0], 1.0), where=[False, True, True])
    assert check.margins.tolist() == [0.0, 0.0, 7.0]
    assert int(check.margins.argmax()) == 2
    assert check.applies is not None
    assert check.applies.tolist() == [False, True, True]


def test_a_masked_instance_is_not_undetermined() -> None:
    check = within(torch.zeros(2), truth([0.0, 0.0], INF), where=[False, True])
    assert check.undetermined is not None
    assert check.undetermined.tolist() == [False, True]


def test_one_mask_value_stands_for_every_instance() -> None:
    check = equal(torch.ones(3), np.zeros(3), where=False)
    assert check.margins.tolist() == [0.0, 0.0, 0.0]


def test_within_norm_is_the_euclidean_norm_over_the_last_axes() -> None:
    error = torch.tensor([[[3.0, 0.0], [0.0, 4.0]]])
    assert within_norm(error, truth(np.zeros((1, 2, 2)), 10.0), axes=2).margins.tolist() == [0.5]
    assert within_norm(error, truth(np.zeros((1, 2, 2)), 8.0), axes=1).margins.tolist() == [0.5]


@pytest.mark.parametrize("scale", [2.0**1000, 2.0**-1060, 1.0])
def test_within_norm_squares_without_overflow_or_underflow(scale: float) -> None:
    error = torch.tensor([[3.0 * scale, 4.0 * scale]], dtype=torch.float64)
    check = within_norm(error, truth(np.zeros((1, 2)), 10.0 * scale))
    assert check.margins.tolist() == [0.5]


def test_within_norm_of_nothing_is_zero() -> None:
    assert within_norm(torch.zeros(2, 0), truth(np.zeros((2, 0)), 0.0)).margins.tolist() == [0.0, 0.0]


@pytest.mark.parametrize("bad", [NAN, INF])
def test_within_norm_refutes_what_is_not_finite(bad: float) -> None:
    assert within_norm(torch.tensor([[bad, 0.0]]), truth(np.zeros((1, 2)), 1.0)).margins.tolist() == [INF]


def test_equal_allows_no_error_and_takes_nan_for_nan_and_minus_zero_for_zero() -> None:
    observed = torch.tensor([1.0, NAN, -0.0, INF, 1.0, NAN])
    check = equal(observed, [1.0, NAN, 0.0, INF, 1.0 + 1e-12, 0.0])
    assert check.margins.tolist() == [0.0, 0.0, 0.0, 0.0, INF, INF]


def test_equal_compares_tensors_of_every_dtype_exactly() -> None:
    third = torch.tensor([1 / 3])
    assert equal(third.to(torch.bfloat16), third).margins.tolist() == [INF]
    assert equal(third.to(torch.float16), third.to(torch.float16).double()).margins.tolist() == [0.0]


def test_at_most_measures_the_excess_against_the_slack() -> None:
    check = at_most(np.array([1.0, 2.0, 3.0, INF, 1.0]), np.array([1.0, 1.5, 1.0, INF, NAN]), 1.0)
    assert check.margins.tolist() == [0.0, 0.5, 2.0, 0.0, INF]


def test_at_most_without_slack_refutes_any_excess() -> None:
    assert at_most(np.array([1.0 + 1e-15]), np.array([1.0])).margins.tolist() == [INF]


@pytest.mark.parametrize(
    ("condition", "margins"),
    [
        (True, [0.0]),
        (False, [INF]),
        (np.array([True, False]), [0.0, INF]),
        (torch.tensor([[True, True], [True, False]]), [0.0, INF]),
        (torch.tensor([1.0, 0.0, NAN]), [0.0, INF, INF]),
    ],
)
def test_holds_is_true_or_false(condition: object, margins: list[float]) -> None:
    assert holds(condition).margins.tolist() == margins


def test_consistent_measures_a_distance_in_radii_and_states_its_false_alarms() -> None:
    check = consistent(0.5, 2.0, alpha=1e-9)
    assert check.margins.tolist() == [0.25]
    assert check.alpha == 1e-9
    assert consistent([1.0, NAN], 2.0, alpha=1e-9).margins.tolist() == [0.5, INF]


COLUMN, ROW = np.ones((3, 1)), np.ones(3)


@pytest.mark.parametrize(
    "check",
    [
        lambda: within(COLUMN, truth(ROW, 1.0)),
        lambda: within(COLUMN, truth(COLUMN, ROW)),
        lambda: within_norm(COLUMN, truth(ROW, 1.0)),
        lambda: within_norm(COLUMN, truth(COLUMN, COLUMN)),
        lambda: equal(COLUMN, ROW),
        lambda: at_most(COLUMN, ROW),
        lambda: at_most(COLUMN, COLUMN, ROW),
        lambda: consistent(COLUMN, ROW, alpha=0.0),
    ],
    ids=["value", "bound", "norm", "bound of the norm", "equal", "at most", "slack", "consistent"],
)
def test_shapes_that_compare_every_instance_with_every_other_are_refused(check: Callable[[], object]) -> None:
    with pytest.raises(ValueError, match="do not pair instances"):
        check()


def test_one_number_may_stand_for_all_entries_on_either_side() -> None:
    assert at_most(0, np.ones((3, 2))).margins.tolist() == [0.0] * 3
    assert equal(np.ones((3, 2)), 1.0).margins.tolist() == [0.0] * 3
    assert within(np.ones((3, 2)), truth(1.0, np.ones((3, 1)))).margins.tolist() == [0.0] * 3


def test_lists_of_numbers_are_compared_as_arrays() -> None:
    assert equal([(2, 3), (4, 5)], [[2.0, 3.0], [4.0, 6.0]]).margins.tolist() == [0.0, INF]
    assert within([torch.tensor(1.0), 2.0], truth([1.0, 1.0], 2.0)).margins.tolist() == [0.0, 0.5]
    assert holds([True, False]).margins.tolist() == [0.0, INF]
