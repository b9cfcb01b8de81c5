"""Minimisers of penalised quadratics; Hessians of small integers, which every format holds."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from reference.formats import Arithmetic
from reference.regularization import decayed_steps as steps
from reference.regularization import weight_decay as reference
from reference.truth import Truth
from tests.benchmarks.row import Inputs, Row, Size

Float64 = NDArray[np.float64]

ORDERS = ((4, 3), (8, 8))
DECAY = 2.0
STEPS = 8


def quadratic(rng: np.random.Generator, size: Size) -> tuple[Float64, Float64]:
    """H and the minimum w."""
    g = rng.integers(-2, 3, (*size, size[-1])).astype(np.float64)
    return g.swapaxes(-1, -2) @ g + np.eye(size[-1]), rng.integers(-4, 5, size).astype(np.float64)


def system(rng: np.random.Generator, size: Size) -> Inputs:
    """H and H w."""
    h, w = quadratic(rng, size)
    return Inputs((h, (h @ w[..., None])[..., 0], DECAY), given=(h, w, DECAY))


def minimum(rng: np.random.Generator, size: Size) -> Inputs:
    """H and w."""
    return Inputs((*quadratic(rng, size), DECAY))


def descent(rng: np.random.Generator, size: Size) -> Inputs:
    """H and w, step size and number of steps."""
    h, w = quadratic(rng, size)
    lr = reference.step_size(reference.shrunk(h, w, DECAY))
    return Inputs((h, w, lr, DECAY, STEPS))


def exact(bound: Callable[[reference.Shrunk, Arithmetic], Truth]) -> Callable[..., Truth]:
    """The minimiser by exact rationals, and what a way to it may miss."""
    return lambda h, w, decay, how: bound(reference.shrunk(h, w, decay), how)


def of_descent(h: Float64, w: Float64, lr: float, decay: float, steps: int, how: Arithmetic) -> Truth:
    """What is left after so many steps."""
    return reference.by_descent(reference.shrunk(h, w, decay), lr, steps, how)


def candidates(rng: np.random.Generator, size: Size) -> Inputs:
    """Losses and penalties."""
    return Inputs((*(rng.integers(0, 9, size).astype(np.float64) for _ in range(2)), 0.5))


def chosen(losses: Float64, penalties: Float64, decay: float, _: Any) -> Truth:  # noqa: ANN401
    """The penalty of the best candidate, exactly."""
    best = (losses + decay * penalties).argmin(-1)
    return Truth(np.take_along_axis(penalties, best[:, None], -1)[:, 0], np.zeros(len(best)))


def of_rule(rule: str) -> Callable[[np.random.Generator, Size], Inputs]:
    """Parameters and gradients of one step."""

    def made(rng: np.random.Generator, size: Size) -> Inputs:
        w, g = rng.integers(-4, 5, size) / 2.0, rng.integers(-4, 5, (size[0], 1, *size[1:])).astype(np.float64)
        chosen = steps.RULES[rule]
        return Inputs((w, g, 0.125, 0.5, chosen.optimiser), chosen.options)

    return made


def first_step(rule: str) -> Callable[..., Truth]:
    """Its closed form."""
    return lambda w, g, lr, decay, _, how: steps.first_step(w, g[:, 0], lr, decay, rule, how)


def rows(rng: np.random.Generator, size: Size) -> Inputs:
    """Rows and a radius."""
    return Inputs((rng.integers(-4, 5, size).astype(np.float64), np.full(size[0], 0.5)))


def complexity(x: Float64, radius: Float64, how: Arithmetic) -> Truth:
    """The mean over all signs."""
    return reference.linear_complexity(x, radius, how).truth


def singular_values(rng: np.random.Generator, size: Size) -> Inputs:
    """Positive numbers and a decay."""
    return Inputs((rng.integers(1, 9, size) / 2.0, DECAY))


def network(rng: np.random.Generator, size: Size) -> Inputs:
    """Rows, two layers, and the factor 4."""
    x, inner = (rng.integers(-2, 3, (size[0], k, size[2])).astype(np.float64) for k in (2, size[1]))
    return Inputs((x, inner, rng.integers(-2, 3, size[:2]).astype(np.float64), np.full(size[0], 4.0)))


def output(x: Float64, inner: Float64, outer: Float64, _: Float64, __: Arithmetic) -> Truth:
    """The network without the factor, exact for these integers."""
    value = (np.maximum(x @ inner.swapaxes(-1, -2), 0) @ outer[..., None])[..., 0]
    return Truth(value, np.zeros(value.shape))


TENSORS = ((2, 2, 2), (8, 16, 16))
PARAMETERS = "parameters x rows x columns"

ROWS = (
    Row("decayed_steps penalised_steps", TENSORS, PARAMETERS, of_rule("adam"), first_step("adam")),
    Row(
        "decoupled_steps decayed_matrix_steps decoupled_matrix_steps",
        TENSORS,
        PARAMETERS,
        of_rule("adamw"),
        first_step("adamw"),
    ),
    Row("linear_complexity", ((4, 3, 2), (16, 8, 8)), "samples x rows x columns", rows, complexity),
    Row("degrees_of_freedom", ((4, 3), (64, 64)), "samples x values", singular_values, reference.degrees_of_freedom),
    Row("rescaled_network", ((4, 3, 2), (16, 8, 8)), "networks x hidden x inputs", network, output),
    Row("penalised_solution", ORDERS, "problems x weights", system, exact(reference.by_solving)),
    Row("shrunk_coordinates", ORDERS, "problems x weights", minimum, exact(reference.by_eigenvectors)),
    Row("decayed_descent", ORDERS, "problems x weights", descent, of_descent),
    Row("penalised_choice", ((16, 4), (256, 64)), "problems x candidates", candidates, chosen, "the choice"),
)
