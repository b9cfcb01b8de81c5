"""Functions of the table that are differentiated, and their derivatives."""

from __future__ import annotations

import dataclasses
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from claims.frame.inputs.differentiated import ALL, point
from claims.frame.inputs.functions import Function
from claims.frame.operations import OPERATIONS
from reference.autodiff import modes as reference
from reference.bounds import UNITS_CPU
from reference.formats import Arithmetic
from reference.truth import Truth
from tests.benchmarks.row import Inputs, Row, Size

SIZES = ((1,), (16,))
AXES = "points"
TIMED = (
    "amax",
    "atan2",
    "average pooling",
    "Cholesky factor",
    "inverse by a Cholesky factor",
    "solution by a Cholesky factor",
    "cumprod",
    "tanhshrink",
    "cumsum",
    "glu",
    "hypot",
    "solution by LU factors",
    "maximum",
    "mse loss",
    "l1 loss",
    "smooth l1 loss",
    "huber loss",
    "soft margin loss",
    "nll loss",
    "poisson nll loss",
    "power",
    "prelu",
    "triangular solution",
    "std",
    "strided grouped convolution",
    "dilated convolution",
    "strided transposed convolution",
    "max pooling",
    "max pooling of images",
    "average pooling of images",
    "adaptive average pooling",
    "linear interpolation",
    "padding by reflection",
    "gather",
    "index select",
    "scatter add",
    "sort",
    "two largest",
    "second smallest",
    "running maximum",
    "running minimum",
    "minimum",
    "fmax",
    "fmin",
    "amin",
    "largest of all",
    "smallest of all",
    "median",
    "quantile",
    "clamp above",
    "rows of a bounded norm",
    "logarithm of a positive determinant",
    "triplet margin loss",
    "where",
)
SOFTMAX = Function("f(x, dim=-1)", torch.softmax, "torch.softmax")


def arguments(name: str, x: NDArray[np.float64]) -> tuple[list[Any], dict[str, Any]]:
    """What a row of the table gives to its operation."""
    given: tuple[list[Any], dict[str, Any]] = ([], {})

    def taken(*args: Any, **kwargs: Any) -> Tensor:
        given[0].extend(args)
        given[1].update(kwargs)
        return torch.zeros(1)

    Function(ALL[name].call, taken, "")(torch.from_numpy(x[0]))
    return given


@dataclasses.dataclass(frozen=True)
class Arguments:
    """Those of a function of the table at multiples of 1/8."""

    name: str

    def __call__(self, rng: np.random.Generator, size: Size) -> Inputs:
        row = ALL[self.name]
        x = np.round(8 * point(rng, (1, row.n), row.domain)) / 8
        args, kwargs = arguments(self.name, x)
        return Inputs(tuple(a.numpy() if isinstance(a, Tensor) else a for a in args), kwargs, given=(x,))


@dataclasses.dataclass(frozen=True)
class Value:
    """The function of the table, and how far it may be from it, in the shape that torch gives it."""

    name: str

    def __call__(self, x: NDArray[np.float64], how: Arithmetic) -> Truth:
        truth = reference.value(self.name, x, how.result, UNITS_CPU, whole=False)
        args, kwargs = arguments(self.name, x)
        shape = OPERATIONS[ALL[self.name].operation].function(*args, **kwargs).shape
        return Truth(truth.value.reshape(shape), truth.bound.reshape(shape))


def along(rng: np.random.Generator, size: Size, order: int) -> list[NDArray[np.float64]]:
    """Logits, directions and weights of the probabilities: multiples of 1/4."""
    return [rng.integers(-8, 9, (*size, 5)) / 4 for _ in range(order + 2)]


def first(rng: np.random.Generator, size: Size) -> Inputs:
    """The derivative of softmax by reverse mode."""
    x, u, c = along(rng, size, 1)
    return Inputs((x, u, c), {"f": lambda _: SOFTMAX, "ways": ("vjp",)}, given=(x, [u], c))


def second(rng: np.random.Generator, size: Size) -> Inputs:
    """Its second derivative by forward mode of reverse mode."""
    x, u, v, c = along(rng, size, 2)
    return Inputs((x, [u, v], c), {"f": lambda _: SOFTMAX, "ways": ("rf",)}, given=(x, [u, v], c))


def derivative(
    x: NDArray[np.float64], directions: list[NDArray[np.float64]], c: NDArray[np.float64], how: Arithmetic
) -> Truth:
    """The derivative of the weighted probabilities along the directions."""
    return reference.derivative("softmax", x, directions, c, how.result, UNITS_CPU, whole=False)


ROWS = (
    *(Row(ALL[name].operation, ((1,),), AXES, Arguments(name), Value(name)) for name in TIMED),
    Row("first_derivatives", SIZES, AXES, first, derivative),
    Row("nested_derivatives", SIZES, AXES, second, derivative),
)
