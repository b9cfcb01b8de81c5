"""Which of torch's derivative formulas an operation goes through, and which of them the table of functions examines."""

from __future__ import annotations

import functools
import re
from collections.abc import Iterator

import numpy as np
import torch
from torch import Tensor

from claims.frame.inputs.differentiated import ALL, Differentiated
from claims.frame.inputs.functions import function_of
from claims.frame.operations import OPERATIONS
from claims.frame.plan import map_tensors
from claims.frame.subject import Call, Subject
from reference.formats import float64

ARRANGED = "numbers are copied or arranged anew, with slopes 0 and 1"
SPELLED = "another spelling of a sum, a product or a factor of the table, with a formula of its own"
TIED = "selects one of several numbers: nondifferentiable-points-conventions examines what it selects"
RANDOM = "a random mask, which is a constant: dropout-independent-mask-per-example"
ABSENT = "torch has no formula: the derivative raises, or is said to be none"
OF_A_RULE = "a rule that stands in torch as Python, not as a formula; eigenvalues are in the table by eigh and svd"
MANY_POINTS = "distances of more than 25 points, by a matrix product: distance-gradient"
POOLED = "means of windows: average-pooling-definition and pooling-of-volumes examine their derivatives"
LINEAR = "a linear map of which only values are examined so far: fft-convolution-theorem"
EXCUSED = {
    **dict.fromkeys(
        (
            "Col2Im",
            "Im2Col",
            "ReflectionPad2D",
            "MaxUnpool2D",
            "MaxUnpool3D",
            "ReplicationPad2D",
            "Roll",
            "Rot90",
            "Unfold",
        ),
        ARRANGED,
    ),
    **dict.fromkeys(("AdaptiveMaxPool3D", "FractionalMaxPool2D", "FractionalMaxPool3D"), TIED),
    **dict.fromkeys(("AdaptiveAvgPool3D", "AvgPool3D"), POOLED),
    **dict.fromkeys(("FftC2C", "FftC2R", "FftR2C"), LINEAR),
    **dict.fromkeys(
        (
            *("Alias", "AsStrided", "Cat", "ConstantPadNd", "Copysign", "DiagEmbed", "Diagonal", "Flip", "Index"),
            *("IndexPut", "NanToNum", "Nansum", "Repeat", "Scatter", "SplitWithSizes", "Squeeze", "T"),
            *(
                "ToCopy",
                "Transpose",
                "Unsqueeze",
                "ViewAsComplex",
                "torch::autograd::CopyBackwards",
                "torch::autograd::CopySlices",
            ),
        ),
        ARRANGED,
    ),
    **dict.fromkeys(("Addbmm", "Addmv", "Addr", "Baddbmm", "Mv", "Rsub", "Sub", "Cholesky", "LuUnpack"), SPELLED),
    **dict.fromkeys(
        (
            *("AdaptiveMaxPool2D", "Aminmax", "Max", "MaxPool3DWithIndices", "Median", "Min", "Nanmedian"),
            *("ScatterReduce", "SegmentReduce"),
        ),
        TIED,
    ),
    **dict.fromkeys(("NativeDropout", "RreluWithNoise"), RANDOM),
    **dict.fromkeys(("Geqrf", "Ormqr", "torch::autograd::NotImplemented"), ABSENT),
    "LOBPCGAutogradFunction": OF_A_RULE,
    "EuclideanDist": MANY_POINTS,
    "SafeSoftmax": "the softmax of a row in which something is excluded, where it is that of the rest",
}
"""Formulas that no row goes through, and why; those of derivatives are examined by the second order."""
DERIVATIVES = re.compile("BackwardBackward|BackwardData")


def _tensors(value: object) -> Iterator[Tensor]:
    if isinstance(value, Tensor):
        yield value
    elif isinstance(value, (list, tuple, dict)):
        for v in value.values() if isinstance(value, dict) else value:
            yield from _tensors(v)


def formulas(result: object) -> set[str]:
    """The names of the formulas that reverse mode goes through from a result."""
    found, names = set(), set()
    following = [t.grad_fn for t in _tensors(result)]
    while following:
        node = following.pop()
        if node is not None and node not in found:
            found.add(node)
            names.add(node.name())
            following += [n for n, _ in node.next_functions]
    return {n for n in names if not n.endswith("AccumulateGrad")}


def formulas_of_call(operation: str, call: Call) -> set[str]:
    """Those of an operation by all of its arguments, or by the first if it is a function of that alone.

    None for what writes into its arguments or has a learner in it.
    """

    def leaf(t: Tensor) -> Tensor:
        return t.detach().clone().requires_grad_() if t.is_floating_point() or t.is_complex() else t

    for leading in (len(call.args), 1):
        args = [map_tensors(leaf, a) if i < leading else a for i, a in enumerate(call.args)]
        kwargs = {k: map_tensors(leaf, v) if leading > 1 else v for k, v in call.kwargs.items()}
        try:
            with torch.enable_grad(), torch.random.fork_rng(devices=[]):
                return formulas(OPERATIONS[operation].function(*args, **kwargs))
        except (RuntimeError, ValueError, TypeError):
            continue
    return set()


@functools.cache
def examined() -> frozenset[str]:
    """The formulas of all rows of the table."""
    subject, found = Subject("eager", "float64"), set[str]()
    for name, row in ALL.items():
        x, *_ = Differentiated(name, 1, ("vjp",)).make(np.random.default_rng(0), 1, float64)
        found |= formulas(function_of(subject, row)(subject.tensor(x)[0].requires_grad_()))
    return frozenset(found)


def excused(formula: str) -> bool:
    """Whether there is a reason why no row goes through it."""
    return bool(DERIVATIVES.search(formula)) or re.sub(r"Backward\d*(_copy)?$", "", formula) in EXCUSED
