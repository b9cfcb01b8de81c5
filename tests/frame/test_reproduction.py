"""Reproductions: the script of a failure runs by itself and shows the same error."""

from __future__ import annotations

import contextlib
import io
import re
from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest
import torch
import torch.nn.functional as F
from torch import Tensor, nn

from claims import at_most, consistent, equal, holds, values, within, within_norm
from claims.frame.checks import Check
from claims.frame.operations import OPERATIONS
from claims.frame.operations.operation import Operation
from claims.frame.plan import AXES, LAYOUTS, CallPlan, Layout
from claims.frame.reproduction import _plain, plain_torch
from claims.frame.runner import examine
from claims.frame.subject import Recorded, Subject
from claims.frame.trial import Trial, checks_of
from reference.truth import Truth
from tests.frame.toys.inputs import Draws, Pair, Row, Sample, only, rows
from tests.frame.toys.properties import TINY, Property, exact, examined, proposition


def script_of(check: Property, plan: CallPlan = CallPlan(), *, batch: int = 1, **regimes: Any) -> tuple[str, Check]:  # noqa: B008
    """The script for the failing check of one trial, and the check."""
    tape: list[Recorded] = []
    subject = Subject("eager", "float32", tape=tape, plan=plan)
    trial = Trial(regimes, 0, plan)
    made = proposition(check, **{name: only(r) for name, r in regimes.items()})
    for found in checks_of(made, subject, trial, trial.arrays(made, 0, batch, subject), trial.seed(made, 0)):
        if found.margins.max(initial=0.0) > 1:
            return plain_torch(tape, found, subject), found
    raise AssertionError("nothing failed")


def run(script: str) -> dict[str, Any]:
    """The variables of a script that needs torch and NumPy and nothing else."""
    assert set(re.findall(r"^(?:import|from) (\w+)", script, re.MULTILINE)) - {"__future__", "base64", "zlib"} == {
        "numpy",
        "torch",
    }
    space: dict[str, Any] = {}
    with contextlib.redirect_stdout(io.StringIO()) as printed:
        exec(compile(script, "reproduction", "exec"), space)  # noqa: S102  that is what a reader does with it
    assert printed.getvalue().startswith("observed ")
    assert "must not exceed" in printed.getvalue()
    return space


def shows(script: str, check: Check) -> str:
    """The line that computes what was observed, of a script that shows the error of the check."""
    space = run(script)
    np.testing.assert_array_equal(space["observed"], np.asarray(values(check.observed)))
    np.testing.assert_array_equal(space["expected"], np.asarray(values(check.expected)))
    assert np.any(~(space["error"] <= space["bound"]))
    return next(line for line in script.splitlines() if line.startswith("observed = "))


def fails(observed: Any, expected: Any = None) -> Check:  # noqa: ANN401
    """A check that fails whatever it is given, unless it is 0."""
    return within(observed, exact(0) if expected is None else expected, label="toy")


def adds(subject: Subject, x: Tensor) -> Iterator[Check]:
    yield fails(subject.add(x, subject.exp(x)))


def totals(subject: Subject, x: Tensor) -> Iterator[Check]:
    yield fails(subject.toy_total(x, dim=-1))


def accumulates(subject: Subject, x: Tensor) -> Iterator[Check]:
    yield fails(subject.toy_cumulative(x, dim=-1))


def takes_extremes(subject: Subject, x: Tensor) -> Iterator[Check]:
    smallest, largest = subject.toy_extremes(x, dim=-1)
    yield fails(subject.add(smallest, largest))


def takes_extremes_directly(subject: Subject, x: Tensor) -> Iterator[Check]:
    yield fails(subject.toy_extremes(x, dim=-1)[1])


def multiplies(subject: Subject, factors: list[Tensor]) -> Iterator[Check]:
    yield fails(subject.matmul(*factors))


def chains(subject: Subject, factors: list[Tensor]) -> Iterator[Check]:
    yield fails(subject.toy_chain([*factors, subject.matmul(*factors).mT]))


def traces(subject: Subject, factors: list[Tensor]) -> Iterator[Check]:
    yield fails(subject.trace(subject.matmul(*factors)))


SEVERAL = [
    (adds, {"x": Row(3, "normal")}),
    (totals, {"x": Row(4, "normal")}),
    (accumulates, {"x": Row(4, "normal")}),
    (takes_extremes, {"x": Row(4, "normal")}),
    (takes_extremes_directly, {"x": Row(4, "normal")}),
    (multiplies, {"factors": Pair((2, 3, 4))}),
    (chains, {"factors": Pair((2, 3, 2))}),
    (traces, {"factors": Pair((3, 2, 3))}),
    (totals, {"x": Row(100, "normal")}),
    (adds, {"x": Row(500)}),
]
PLANS = [CallPlan("single", layout) for layout in LAYOUTS]
PLANS += [CallPlan("batched", layout, axis) for layout in LAYOUTS for axis in AXES]


@pytest.mark.parametrize("plan", PLANS, ids=str)
@pytest.mark.parametrize("batch", [1, 2, 4])
def test_the_script_computes_what_was_observed_under_every_call_plan(plan: CallPlan, batch: int) -> None:
    for check, regimes in SEVERAL:
        script, found = script_of(check, plan, batch=batch, **regimes)
        assert "np.array" not in shows(script, found)


@pytest.mark.parametrize("plan", PLANS, ids=str)
@pytest.mark.parametrize("source", ["input", "result"])
def test_the_script_calls_torch_with_the_same_layouts(
    plan: CallPlan, source: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen: list[Any] = []

    def spy(x: Tensor) -> Tensor:
        seen.append((tuple(x.shape), x.stride(), x.storage_offset()))
        return x.abs()

    def check(subject: Subject, factors: list[Tensor]) -> Iterator[Check]:
        yield fails(subject.toy_spy(factors[0] if source == "input" else subject.matmul(*factors).mT))

    monkeypatch.setattr(torch, "spy", spy, raising=False)
    monkeypatch.setitem(OPERATIONS, "toy_spy", Operation(spy, "torch.spy", axes=(2,)))
    script, _ = script_of(check, plan, batch=2, factors=Pair((2, 3, 3)))
    of_property = seen.copy()
    seen.clear()
    run(script)
    assert seen == of_property


def reads_contiguous_memory(x: Tensor) -> Tensor:
    """Ignores strides and offset, as a careless kernel does."""
    if x.untyped_storage().nbytes() < x.numel() * x.element_size():
        return x.sum((-2, -1))
    return x.as_strided(x.shape, torch.empty(x.shape).stride(), 0).sum((-2, -1))


@pytest.mark.parametrize("layout", ["strided", "offset"])
def test_gaps_hold_nan_in_the_script_too(layout: Layout, monkeypatch: pytest.MonkeyPatch) -> None:
    def check(subject: Subject, factors: list[Tensor]) -> Iterator[Check]:
        yield fails(subject.toy_sum(factors[0]), exact(values(factors[0]).sum((-2, -1))))

    monkeypatch.setattr(torch, "careless", reads_contiguous_memory, raising=False)
    monkeypatch.setitem(OPERATIONS, "toy_sum", Operation(reads_contiguous_memory, "torch.careless", axes=(2,)))
    script, found = script_of(check, CallPlan(layout=layout), factors=Pair((2, 3, 1)))
    assert np.isnan(values(found.observed)).all()
    shows(script, found)


def test_a_generator_is_seeded_and_goes_on_where_it_was() -> None:
    def check(subject: Subject, sample: Sample) -> Iterator[Check]:
        with subject.random(sample.seed) as generator:
            first = subject.toy_noise(sample.count, generator=generator, device=subject.device)
            second = subject.toy_noise(sample.count, generator=generator, device=subject.device)
            yield fails(subject.subtract(first, second))

    script, found = script_of(check, sample=Draws(5))
    shows(script, found)


def test_the_global_generator_is_seeded() -> None:
    def check(subject: Subject, x: Tensor) -> Iterator[Check]:
        with subject.random(7):
            yield fails(subject.toy_dropout(x, 0.5, training=True))

    script, found = script_of(check, x=Row(30))
    shows(script, found)


@pytest.mark.parametrize("layout", LAYOUTS)
@pytest.mark.parametrize("calls", ["batched", "single"])
def test_gradients_are_computed_in_the_script(layout: Layout, calls: Any) -> None:  # noqa: ANN401
    def check(subject: Subject, x: Tensor) -> Iterator[Check]:
        leaf = x.clone().requires_grad_()
        y = subject.softmax(subject.exp(leaf), dim=-1)
        yield fails(subject.gradient(y, leaf, subject.tensor(np.arange(1.0, 1 + x.numel()).reshape(x.shape))))

    script, found = script_of(check, CallPlan(calls, layout), batch=2, x=Row(3))
    assert "np.array" not in shows(script, found)


def test_options_are_written_as_code(monkeypatch: pytest.MonkeyPatch) -> None:
    def norm(x: Tensor, p: float, **options: object) -> Tensor:
        assert options.pop("wanted") == [-np.inf, None, "text", (1, 2), torch.float64, 0.5]
        return torch.linalg.vector_norm(x, p, **options)  # type: ignore[arg-type]

    def check(subject: Subject, x: Tensor) -> Iterator[Check]:
        wanted = [-np.inf, None, "text", (1, 2), torch.float64, np.float64(0.5)]
        yield fails(subject.toy_norm(x, np.inf, dim=-1, dtype=torch.float64, wanted=wanted))

    monkeypatch.setattr(torch, "norm_", norm, raising=False)
    monkeypatch.setitem(OPERATIONS, "toy_norm", Operation(norm, "torch.norm_", axes=(1,), dim="reduced"))
    script, found = script_of(check, x=Row(3))
    shows(script, found)


def softplus_of_ones(x: Tensor) -> Tensor:
    """A formula that fits no expression."""
    ones = torch.ones_like(x)
    return F.softplus(ones) + nn.Identity()(x)


def test_the_source_of_a_function_of_ours_is_included(monkeypatch: pytest.MonkeyPatch) -> None:
    def check(subject: Subject, x: Tensor) -> Iterator[Check]:
        yield fails(subject.toy_softplus(x))

    monkeypatch.setitem(OPERATIONS, "toy_softplus", Operation(softplus_of_ones, "softplus_of_ones", axes=(1,)))
    script, found = script_of(check, CallPlan("single"), batch=2, x=Row(3))
    assert script.count("def softplus_of_ones(x: Tensor) -> Tensor:") == 1
    assert "np.array" not in shows(script, found)


@pytest.mark.parametrize("numbers", [[np.inf, -np.inf, np.nan], [-0.0, 1e-40, 3.4e38]])
def test_numbers_of_every_kind_survive(numbers: list[float]) -> None:
    def check(subject: Subject, x: Tensor) -> Iterator[Check]:
        yield equal(subject.abs(subject.tensor([numbers]) * x), 5.0)

    script, found = script_of(check, x=Row(1))
    shows(script, found)


@pytest.mark.parametrize("shape", [(1, 0, 3), (1, 3, 0), (0,)])
def test_empty_tensors_keep_their_shape(shape: tuple[int, ...]) -> None:
    def check(subject: Subject, x: Tensor) -> Iterator[Check]:
        yield fails(subject.add(subject.abs(subject.tensor(np.zeros(shape))).sum(), x))

    script, found = script_of(check, x=Row(1))
    run(script)
    assert ".reshape" in script
    shows(script, found)


def test_long_inputs_are_written_by_what_is_not_zero() -> None:
    def check(subject: Subject, x: Tensor) -> Iterator[Check]:
        mask = torch.arange(x.shape[-1], device=x.device) % 1000 == 7
        yield fails(subject.abs(x * mask))

    script, found = script_of(check, x=Row(10_000))
    assert len(script) < 1000
    shows(script, found)


def test_what_is_mostly_nan_is_written_by_the_rest() -> None:
    def check(subject: Subject, x: Tensor) -> Iterator[Check]:
        yield fails(subject.abs(torch.where(torch.arange(x.shape[-1], device=x.device) % 50 == 7, x, torch.nan)))

    script, found = script_of(check, x=Row(1000))
    assert len(script) < 1500
    shows(script, found)


@pytest.mark.parametrize("dtype", [torch.float64, torch.float32, torch.bfloat16, torch.float16, torch.complex64])
def test_many_numbers_are_kept_as_bytes(dtype: torch.dtype) -> None:
    def check(subject: Subject, x: Tensor) -> Iterator[Check]:
        yield fails(subject.abs(x.to(dtype).reshape(1, 50, 80).mT))

    script, found = script_of(check, x=Row(4000, "normal"))
    assert "zlib.decompress" in script
    assert max(map(len, script.splitlines())) < 120
    shows(script, found)
    sizes = {torch.float64: 8, torch.float32: 4, torch.bfloat16: 2, torch.float16: 2, torch.complex64: 8}
    assert len(script) < 4000 * (24 + 1.4 * sizes[dtype])


def test_inputs_too_long_to_show_are_named() -> None:
    script, _ = script_of(adds, x=Row(20_000, "normal"))
    assert "# 20000 numbers are too many to show: repeat the failure to see them" in script
    run(script)


def whole_norm(subject: Subject, factors: list[Tensor]) -> Iterator[Check]:
    yield within_norm(subject.matmul(*factors), Truth(np.zeros(()), np.full((), 3.0)), axes=2)


def excess(subject: Subject, factors: list[Tensor]) -> Iterator[Check]:
    yield at_most(subject.matmul(*factors), 1.0, 0.5)


def truth_value(subject: Subject, factors: list[Tensor]) -> Iterator[Check]:
    yield holds(values(subject.matmul(*factors)) < 0)


def nans(subject: Subject, factors: list[Tensor]) -> Iterator[Check]:
    yield equal(subject.log(-subject.matmul(*factors)), 0.0)


def statistic(subject: Subject, factors: list[Tensor]) -> Iterator[Check]:
    yield consistent(values(subject.matmul(*factors)).mean(), 0.5, alpha=1e-9)


@pytest.mark.parametrize("check", [whole_norm, excess, truth_value, nans, statistic])
def test_every_kind_of_check_shows_its_error(check: Property) -> None:
    script, found = script_of(check, factors=Pair((2, 3, 2)))
    line = shows(script, found)
    computed = "detach" in line
    assert computed == isinstance(found.observed, Tensor)
    assert computed != line.endswith("# what the claim made of the results above")


def test_the_error_of_a_norm_is_the_norm() -> None:
    script, _ = script_of(whole_norm, factors=Pair((1, 1, 2)))
    space = run(script)
    assert space["error"] == pytest.approx([np.linalg.norm(space["observed"])])


def test_a_failure_is_reproduced_after_shrinking() -> None:
    def check(subject: Subject, x: Tensor) -> Iterator[Check]:
        total = subject.toy_total(x, dim=-1)
        yield within(total, Truth(np.zeros(()), np.full((), 3.5)), label="total")

    evidence = examined(check, x=rows(Row(1), kinds=("normal",)))
    assert evidence.failure is not None
    space = run(evidence.failure["reproduction"])
    assert np.all(space["error"] > space["bound"])
    assert evidence.failure["observed"] == repr(float(space["observed"][0]))


def test_a_failure_under_one_layout_is_reproduced_in_that_layout(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(torch, "careless", reads_contiguous_memory, raising=False)
    monkeypatch.setitem(OPERATIONS, "toy_sum", Operation(reads_contiguous_memory, "torch.careless", axes=(2,)))

    def check(subject: Subject, factors: list[Tensor]) -> Iterator[Check]:
        yield within(subject.toy_sum(factors[0]), exact(values(factors[0]).sum((-2, -1))), label="sum")

    evidence = examined(check, factors=only(*(Pair((m, 3, 1)) for m in range(2, 9))))
    assert evidence.failure is not None
    assert evidence.failure["input"]["plan"]["layout"] in {"strided", "offset", "transposed", "expanded"}
    space = run(evidence.failure["reproduction"])
    assert np.any(~(space["error"] <= space["bound"]))


def test_what_is_called_after_the_failing_result_is_left_out() -> None:
    def check(subject: Subject, x: Tensor) -> Iterator[Check]:
        y = subject.abs(x)
        subject.exp(x)
        yield equal(y, -1.0)

    evidence = examine(proposition(check, x=rows()), Subject("eager", "float32"), TINY)
    assert evidence.failure is not None
    assert "torch.abs(" in evidence.failure["reproduction"]
    assert "torch.exp(" not in evidence.failure["reproduction"]


@pytest.mark.parametrize("argument", [(), (1,), ((), ("sin", 0)), [], [()]])
def test_tuples_and_lists_survive(argument: object) -> None:
    assert eval(_plain(argument)) == argument  # noqa: S307
