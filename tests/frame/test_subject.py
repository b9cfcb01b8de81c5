"""Subjects: how operations compute, which function answers, tensors, gradients and random numbers."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pytest
import torch
from torch import Tensor

from claims import values
from claims.frame.operations import OPERATIONS
from claims.frame.operations.operation import Operation
from claims.frame.plan import LAYOUTS, CallPlan, Layout
from claims.frame.subject import Recorded, Subject
from reference.formats import FORMATS, tf32

DTYPES = list(FORMATS)


@pytest.fixture
def tf32_allowed() -> Iterator[None]:
    torch.backends.cuda.matmul.allow_tf32 = True
    yield
    torch.backends.cuda.matmul.allow_tf32 = False


@pytest.mark.parametrize("dtype", ["float16", "bfloat16"])
def test_half_types_accumulate_in_float32_and_round_once(dtype: str) -> None:
    arithmetic = Subject("eager", dtype).arithmetic("sum")
    assert arithmetic.operand == arithmetic.result == FORMATS[dtype]
    assert arithmetic.accumulator == FORMATS["float32"]


@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_single_and_double_precision_compute_in_their_own_format(dtype: str) -> None:
    arithmetic = Subject("eager", dtype).arithmetic("matmul")
    assert {arithmetic.operand, arithmetic.accumulator, arithmetic.result} == {FORMATS[dtype]}


@pytest.mark.parametrize("dtype", DTYPES)
def test_an_operation_that_stores_its_products_accumulates_in_the_stored_format(
    dtype: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(OPERATIONS, "stored", Operation(torch.dot, "torch.dot", accumulator="stored"))
    assert Subject("eager", dtype).arithmetic("stored").accumulator == FORMATS[dtype]


@pytest.mark.usefixtures("tf32_allowed")
def test_tf32_rounds_the_operands_of_float32_products_on_cuda_only() -> None:
    assert Subject("eager", "float32", "cuda:1").arithmetic("matmul").operand == tf32
    assert Subject("eager", "float32", "cuda").arithmetic("sum").operand == FORMATS["float32"]
    assert Subject("eager", "float32", "cpu").arithmetic("matmul").operand == FORMATS["float32"]
    assert Subject("eager", "float64", "cuda").arithmetic("matmul").operand == FORMATS["float64"]
    assert Subject("eager", "bfloat16", "cuda").arithmetic("matmul").operand == FORMATS["bfloat16"]


def test_without_tf32_float32_products_on_cuda_keep_their_operands() -> None:
    assert not torch.backends.cuda.matmul.allow_tf32
    assert Subject("eager", "float32", "cuda").arithmetic("matmul").operand == FORMATS["float32"]


def test_only_bfloat16_products_lack_gradual_underflow() -> None:
    assert not Subject("eager", "bfloat16").arithmetic("matmul").gradual
    assert Subject("eager", "bfloat16").arithmetic("sum").gradual
    assert Subject("eager", "float16").arithmetic("matmul").gradual


@pytest.mark.parametrize("dtype", DTYPES)
def test_tensors_hold_the_numbers_of_the_format_exactly(dtype: str) -> None:
    fmt = FORMATS[dtype]
    numbers = np.array([[0.0, -0.0, 1 + 2 * fmt.u], [fmt.largest, fmt.eta, -fmt.lam], [np.inf, -np.inf, np.nan]])
    made = Subject("eager", dtype).tensor(numbers)
    assert made.dtype == getattr(torch, dtype)
    np.testing.assert_array_equal(values(made), numbers)
    assert np.signbit(values(made))[0, 1]


def test_a_tensor_has_memory_of_its_own() -> None:
    numbers = np.ones(3)
    made = Subject("eager", "float64").tensor(numbers)
    made += 1
    assert numbers.tolist() == [1.0, 1.0, 1.0]


def test_empty_tensors_are_never_taken_for_repeated_numbers() -> None:
    subject = Subject("eager", "float32", plan=CallPlan(layout="expanded"))
    for _ in range(20):
        assert subject.uniform_(subject.empty(4, 5)).isfinite().all()


def test_values_of_lists_and_plain_numbers() -> None:
    first, second = values([torch.ones(2), torch.zeros(1)])
    assert first.tolist() == [1.0, 1.0]
    assert second.dtype == np.float64
    assert values(3) == 3.0


def test_complex_numbers_keep_their_imaginary_parts() -> None:
    z = values(torch.tensor([1 + 2j], dtype=torch.complex64).conj())
    assert z.dtype == np.complex128
    assert z.tolist() == [1 - 2j]


def test_a_complex_result_must_have_parts_of_the_dtype() -> None:
    wide = Subject("eager", "float32").overriding("wide", eigvals=lambda a: torch.linalg.eigvals(a.double()))
    for subject, faults in ((Subject("eager", "float32"), []), (wide, ["eigvals returns torch.float64"])):
        subject.eigvals(subject.tensor(np.eye(2)))
        assert subject.faults == faults


def test_repeated_complex_numbers_are_expanded() -> None:
    subject = Subject("eager", "float32", plan=CallPlan(layout="expanded"))
    seen = []
    spying = subject.overriding("spy", eigvals=lambda a: seen.append(a.stride()) or a)
    spying.eigvals(torch.tensor([[1j, 1j], [1j, 1j]], dtype=torch.complex64))
    assert seen == [(0, 0)]


def test_a_meta_tensor_has_zeros_for_values() -> None:
    subject = Subject("eager", "float16", "meta")
    made = subject.matmul(subject.tensor(np.ones((2, 3))), subject.tensor(np.ones((3, 4))))
    assert made.device.type == "meta"
    assert values(made).tolist() == np.zeros((2, 4)).tolist()


def test_an_operation_is_called_by_name() -> None:
    x = Subject("eager", "float32").add(torch.ones(2), torch.ones(2))
    assert x.tolist() == [2.0, 2.0]


def test_an_override_answers_in_place_of_torch_and_leaves_the_subject_it_came_from() -> None:
    eager = Subject("eager", "float32")
    wrong = eager.overriding("wrong", add=lambda a, b: a - b)
    assert wrong.name == "wrong"
    assert wrong.add(torch.ones(2), torch.ones(2)).tolist() == [0.0, 0.0]
    assert wrong.multiply(torch.ones(2), torch.ones(2)).tolist() == [1.0, 1.0]
    assert eager.add(torch.ones(2), torch.ones(2)).tolist() == [2.0, 2.0]


def test_overrides_add_up() -> None:
    twice = Subject("eager", "float32").overriding("a", add=torch.sub).overriding("b", multiply=torch.div)
    assert twice.add(torch.ones(1), torch.ones(1)).item() == 0
    assert twice.multiply(torch.ones(1), torch.full((1,), 2.0)).item() == 0.5


def test_an_override_is_called_as_the_plan_says() -> None:
    seen: list[tuple[int, ...]] = []

    def matmul(a: Tensor, b: Tensor) -> Tensor:
        seen.append((*a.shape, *a.stride()))
        return a @ b

    subject = Subject("eager", "float32", plan=CallPlan("single", "transposed")).overriding("mine", matmul=matmul)
    subject.matmul(torch.rand(2, 3, 4), torch.rand(2, 4, 5))
    assert seen == [(3, 4, 1, 3)] * 2


def test_an_unknown_operation_raises_and_names_the_nearest() -> None:
    subject = Subject("eager", "float32")
    with pytest.raises(KeyError, match=r"no operation 'sofmax'; nearest: .*softmax"):
        subject.overriding("typo", sofmax=torch.softmax)
    with pytest.raises(AttributeError, match="no operation 'sofmax'"):
        subject.sofmax  # noqa: B018


@pytest.mark.parametrize("layout", LAYOUTS)
@pytest.mark.parametrize("calls", ["batched", "single"])
def test_gradients_pass_through_every_call_plan(layout: Layout, calls: str) -> None:
    subject = Subject("eager", "float64", plan=CallPlan(calls, layout))  # type: ignore[arg-type]
    for numbers in (np.arange(6.0).reshape(2, 3), np.ones((2, 3))):
        x = subject.tensor(numbers).requires_grad_()
        y = subject.softmax(x, dim=-1)
        cotangent = subject.tensor([[1.0, 2.0, 3.0], [0.0, -1.0, 0.0]])
        p, c = values(y), values(cotangent)
        expected = p * (c - (p * c).sum(-1, keepdims=True))
        np.testing.assert_allclose(values(subject.gradient(y, x, cotangent)), expected, atol=1e-15)


def test_random_numbers_repeat_and_leave_the_global_generator_alone() -> None:
    subject = Subject("eager", "float32")
    torch.manual_seed(5)
    before = torch.get_rng_state()
    drawn = []
    for _ in range(2):
        with subject.random(3) as generator:
            drawn.append((torch.rand(4).tolist(), torch.rand(4, generator=generator).tolist()))
    assert drawn[0] == drawn[1]
    assert torch.equal(torch.get_rng_state(), before)
    with subject.random(4):
        assert torch.rand(4).tolist() != drawn[0][0]


def test_the_global_generator_is_restored_after_an_exception() -> None:
    before = torch.get_rng_state()

    def draw_and_fail() -> None:
        with Subject("eager", "float32").random(1):
            torch.rand(3)
            raise RuntimeError

    with pytest.raises(RuntimeError):
        draw_and_fail()
    assert torch.equal(torch.get_rng_state(), before)


def test_a_tape_holds_what_torch_saw_before_the_call_changed_it() -> None:
    tape: list[Recorded] = []
    subject = Subject("eager", "float32", tape=tape, plan=CallPlan(layout="strided")).overriding(
        "in place", abs=torch.Tensor.abs_
    )
    x = torch.tensor([[-1.0, 2.0]])
    y = subject.abs(x)
    (recorded,) = tape
    (call,) = recorded.calls
    assert recorded.operation == "abs"
    assert recorded.args[0] is x
    assert recorded.result is y
    assert call.args[0].tolist() == [[-1.0, 2.0]]
    assert call.args[0].stride() == (4, 2)


def test_the_time_spent_in_operations_is_counted() -> None:
    subject = Subject("eager", "float32")
    subject.matmul(torch.ones(300, 300), torch.ones(300, 300))
    assert 0 < subject.seconds < 1


def test_faults_are_results_of_another_dtype_and_changed_arguments() -> None:
    subject = Subject("eager", "float16").overriding(
        "faulty",
        abs=lambda x: x.float().abs(),
        subtract=lambda x, y: x.sub_(y),
        uniform_=lambda x, *ends: x.fill_(*ends[:1]),
    )
    x = subject.tensor([1.0, 2.0])
    subject.multiply(x, 2.0)
    subject.uniform_(x, 0.0, 1.0)
    assert not subject.faults
    subject.abs(x)
    subject.subtract(x, 1.0)
    assert subject.faults == ["abs returns torch.float32", "subtract changes its argument"]


def test_a_kernel_in_inference_mode_is_no_fault() -> None:
    subject = Subject("eager", "float32").overriding("inference", abs=torch.inference_mode()(torch.abs))
    total = subject.add(subject.abs(subject.tensor([-1.0])), subject.tensor([1.0]))
    assert total.item() == 2
    assert not subject.faults


def test_an_operation_in_place_is_judged_by_what_it_filled() -> None:
    subject = Subject("eager", "float32").overriding(
        "elsewhere", uniform_=lambda x, *ends: torch.full_like(x, *ends[:1])
    )
    assert subject.uniform_(subject.empty(3), 0.0, 1.0).isnan().all()
