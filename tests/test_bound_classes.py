"""A legitimate but less accurate kernel fails, and is told which weaker class of bounds it meets; a wrong one none."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterator
from typing import Any

import pytest
import torch
from torch import Tensor

from claims.frame.cases import Case
from claims.frame.checks import Check, within
from claims.frame.claim import Claim, Mutant, departs, load_all
from claims.frame.classes import CLASSES, Tried
from claims.frame.evidence import Evidence
from claims.frame.messages import class_text, failure_text
from claims.frame.profiles import PROFILES
from claims.frame.runner import catch, examine
from claims.frame.subject import Subject, values
from claims.frame.support_memory import learn
from reference.bounds import Chain
from tests.frame.toys.inputs import Row, rows
from tests.frame.toys.properties import toy_claim
from tests.weaker import kernels

FEW = dataclasses.replace(PROFILES["quick"], examples=1, batch=64, corner_plans=1)
CLAIMS = load_all()
SOFTMAX, VARIANCE, PRODUCTS = "softmax-definition-accuracy", "variance-definition", "linear-layer-covariance"
CONVOLUTIONS = "conv-forward-rounding-bound"
Kernel = Callable[..., Tensor]

learn()


def examined(claim: Claim, dtype: str, operation: str, kernel: Kernel) -> Evidence:
    """The evidence for a claim on a kernel."""
    return examine(claim, Subject("eager", dtype).overriding("kernel", **{operation: kernel}), FEW, seed=1)


def tried(evidence: Evidence) -> list[dict[str, Any]]:
    """The classes that were tried after the claim had failed."""
    assert evidence.outcome == "failed"
    assert evidence.failure is not None
    classes: list[dict[str, Any]] = evidence.failure["classes"]
    return classes


@pytest.mark.parametrize(
    ("claim", "dtype", "operation", "kernel", "name"),
    [
        (PRODUCTS, "float32", "matmul", kernels.product_by_fourier, "row by column"),
        (PRODUCTS, "bfloat16", "matmul", kernels.product_by_fourier, "row by column"),
        (PRODUCTS, "float32", "cov", kernels.covariance_in_one_pass, "mean square"),
        ("expectation-linearity", "float16", "reduction", kernels.mean_in_stored_steps, "stored steps"),
        ("lp-norm", "bfloat16", "vector_norm", kernels.norm_in_stored_steps, "stored steps"),
        (VARIANCE, "float64", "reduction", kernels.variance_in_one_pass, "mean square"),
        ("standard-deviation", "float32", "reduction", kernels.variance_in_one_pass, "mean square"),
        (SOFTMAX, "float32", "softmax", kernels.unshifted_softmax, "bounded logits"),
        (SOFTMAX, "float16", "softmax", kernels.unshifted_softmax, "bounded logits"),
        (SOFTMAX, "bfloat16", "softmax", kernels.softmax_in_stored_steps, "stored steps"),
        ("log-softmax-accuracy", "float64", "log_softmax", kernels.unshifted_log_softmax, "bounded logits"),
        ("logsumexp-accuracy", "bfloat16", "logsumexp", kernels.unshifted_logsumexp, "bounded logits"),
        (CONVOLUTIONS, "float32", "convolution1d", kernels.convolution_by_fourier, "row by column"),
        (CONVOLUTIONS, "float64", "convolution2d", kernels.convolution_by_fourier, "row by column"),
        (CONVOLUTIONS, "bfloat16", "convolution2d", kernels.convolution_by_fourier, "row by column"),
    ],
)
def test_a_less_accurate_kernel_is_told_its_class(
    claim: str, dtype: str, operation: str, kernel: Kernel, name: str
) -> None:
    *others, met = tried(examined(CLAIMS[claim], dtype, operation, kernel))
    assert not any(t["met"] for t in others)
    assert (met["name"], met["met"], met["refuted"]) == (name, True, False)
    assert 0 < met["margin"] <= 1
    assert met["instances"] > 100


@pytest.mark.skipif(not departs("nnpack_convolution"), reason="torch has no NNPACK on this machine")
@pytest.mark.filterwarnings("ignore:TF32 acceleration on top of oneDNN:UserWarning")
def test_convolutions_without_onednn_are_told_their_class() -> None:
    *_, met = tried(examined(CLAIMS[CONVOLUTIONS], "float32", "convolution2d", kernels.convolution_without_onednn))
    assert (met["name"], met["met"]) == ("row by column", True)


@pytest.mark.parametrize(
    ("claim", "dtype", "operation", "kernel"),
    [
        (PRODUCTS, "float32", "matmul", kernels.product_with_a_wrong_term),
        ("lp-norm", "bfloat16", "vector_norm", kernels.norm_without_its_last_entry),
        (CONVOLUTIONS, "float32", "convolution2d", kernels.convolution_of_a_smaller_kernel),
        (VARIANCE, "float32", "reduction", kernels.variance_about_zero),
        (VARIANCE, "float16", "reduction", kernels.variance_about_zero),
        (SOFTMAX, "float64", "softmax", kernels.softmax_of_a_smaller_sum),
        (SOFTMAX, "float16", "softmax", kernels.softmax_of_a_smaller_sum),
    ],
)
def test_a_wrong_kernel_meets_no_class(claim: str, dtype: str, operation: str, kernel: Kernel) -> None:
    classes = tried(examined(CLAIMS[claim], dtype, operation, kernel))
    assert not any(t["met"] for t in classes)
    assert all("does not meet" in class_text(t) for t in classes)


def graded_products(subject: Subject, x: Tensor) -> Iterator[Check]:
    """A B where the rows of A and the columns of B are of very different sizes."""
    n = x.shape[-1]
    sizes = subject.tensor(2.0 ** -(torch.arange(n) // 2).double().numpy())
    a = x[:, :, None] * x.roll(1, -1)[:, None, :] * sizes[:, None]
    b = a.mT.contiguous()
    exact = Chain.of(values(a), subject.arithmetic("matmul")).matmul(values(b)).truth()
    yield within(subject.matmul(a, b), exact, label="A B")


GRADED = toy_claim(graded_products, x=rows(Row(40, "normal"), kinds=("normal",)))


@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_strassens_products_meet_the_normwise_bound_only(dtype: str) -> None:
    assert examined(GRADED, dtype, "matmul", torch.matmul).outcome == "held"
    row_by_column, normwise = tried(examined(GRADED, dtype, "matmul", kernels.product_by_strassen))
    assert (row_by_column["name"], row_by_column["refuted"]) == ("row by column", True)
    assert (normwise["name"], normwise["met"]) == ("normwise", True)
    assert not any(t["met"] for t in tried(examined(GRADED, dtype, "matmul", kernels.product_with_a_wrong_term)))


def test_the_class_is_in_the_text_of_the_failure() -> None:
    evidence = examined(CLAIMS[SOFTMAX], "float32", "softmax", kernels.unshifted_softmax)
    text = failure_text(Case("claim", SOFTMAX, "eager", "cpu", ("float32",)), evidence)
    (met,) = tried(evidence)
    assert "meets the weaker class 'bounded logits': the same bound where no exponential" in text
    assert f"over {met['instances']} instances, {met['undetermined']} of them undetermined" in text


def test_a_kernel_that_raises_later_meets_no_class() -> None:
    def softmax(x: Tensor, dim: int) -> Tensor:
        if x.ndim and not x.shape[dim]:
            raise ValueError("empty")
        return kernels.softmax_in_stored_steps(x, dim)

    for none in tried(examined(CLAIMS[SOFTMAX], "bfloat16", "softmax", softmax)):
        assert (none["met"], none["reason"]) == (False, "ValueError: empty")
        assert class_text(none).endswith(f"{none['algorithms']}: ValueError: empty")


def test_a_class_that_says_little_is_not_met() -> None:
    for undetermined in (4, 5):
        evidence = Evidence("claim", "kernel", "cpu", "float32", instances=8, undetermined=undetermined, zeros=3)
        record = Tried(CLASSES[0], evidence, None).record()
        assert record["met"] == (undetermined == 4)
    assert class_text(record).endswith("most instances are undetermined")


def test_mutants_are_not_classified() -> None:
    wrong = Mutant("unshifted", {"softmax": kernels.unshifted_softmax}, "always", "", ("float32",))
    evidence = catch(CLAIMS[SOFTMAX], wrong, Subject("eager", "float32"), FEW, seed=1)
    assert evidence.outcome == "caught"
    assert evidence.failure is None


def test_a_refutation_is_not_classified() -> None:
    failure = examine(CLAIMS[SOFTMAX].refutations[0], Subject("eager", "float32"), FEW, seed=1).failure
    assert failure is not None
    assert "classes" not in failure


def test_classes_have_names_and_arithmetics_of_their_own() -> None:
    assert len({c.name for c in CLASSES}) == len(CLASSES)
    half = Subject("eager", "float16").arithmetic("matmul")
    assert len({c.weaken(half) for c in CLASSES} | {half}) == len(CLASSES) + 1
