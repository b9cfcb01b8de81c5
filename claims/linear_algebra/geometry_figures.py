"""Figures of plane geometry: the balls of the norms, what a matrix does to the circle, the shortest solution."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from claims import Curve, Note, Panel, Panels, figure, values
from claims.frame.figures import CLOSED
from claims.frame.subject import Subject
from claims.linear_algebra.norms import lp_norm
from claims.linear_algebra.pseudoinverse import pseudoinverse_minimum_norm
from claims.linear_algebra.svd import svd_diagonal_singular_values

Float64 = NDArray[np.float64]

ORDERS = {"p = ½, no norm": 0.5, "p = 1": 1.0, "p = 2": 2.0, "p = 4": 4.0, "p = ∞": math.inf}
MATRIX = [[1.25, 0.75], [-0.25, 1.0]]
WIDE, RIGHT = [[1.0, 2.0]], 5.0
"""The system x_1 + 2 x_2 = 5, whose shortest solution is (1, 2)."""


def circle(count: int) -> Float64:
    """Points on the unit circle, (count, 2); the axes and the diagonals are among them if eight divides `count`."""
    angles = 2 * np.pi * np.arange(count) / count
    return np.stack((np.cos(angles), np.sin(angles)), -1)


def curve(points: Float64, kind: str = "line") -> Curve:
    """The curve through points (n, 2) of the plane."""
    return Curve(points[:, 1].tolist(), points[:, 0].tolist(), kind)


@figure(lp_norm, title="Unit balls of the L^p norms in the plane", x="x₁", y="x₂", equal=True)
def unit_balls(subject: Subject) -> Panels:
    """The vectors of norm 1: a diamond for p = 1, the circle for p = 2, a square for p = ∞, each inside the next.
    For p = ½ the ball caves in between the axes: it is not convex, which is what the triangle inequality would give.
    """
    even = circle(128)
    directions = subject.tensor(even * np.sqrt(np.abs(even)))  # denser near the axes, where the ball for p = 1/2 turns
    balls = {}
    for name, order in ORDERS.items():
        lengths = subject.vector_norm(directions, order, dim=-1)
        balls[name] = curve(values(subject.divide(directions, lengths[:, None])), CLOSED)
    return {"": Panel(balls)}


@figure(
    svd_diagonal_singular_values,
    title="A matrix acts on the unit circle: turn, stretch along the axes, turn",
    x="first coordinate",
    y="second coordinate",
    equal=True,
)
def singular_vectors_of_the_circle(subject: Subject) -> Panels:
    """The circle with the right singular vectors v₁ and v₂; Vᵀ turns these to the axes, D stretches the circle to an
    ellipse whose half-axes are σ₁ and σ₂, and U turns it: A v₁ = σ₁ u₁ and A v₂ = σ₂ u₂ are its half-axes.
    """
    matrix = subject.tensor([MATRIX])
    U, S, Vh = subject.svd(matrix, full_matrices=True)
    sigma = values(S)[0]
    D = subject.tensor(np.diag(sigma)[None])
    steps = {
        "x": (None, "v{0}"),
        "Vᵀ x": (Vh, "e{0}"),
        "D Vᵀ x": (D, "σ{0} = {1:.3f}"),
        "U D Vᵀ x = A x": (U, "A v{0}"),
    }
    moved, panels = subject.tensor(np.concatenate((circle(48), values(Vh)[0])).T[None]), {}
    for title, (factor, label) in steps.items():
        moved = moved if factor is None else subject.matmul(factor, moved)
        points = values(moved)[0].T
        arms = {name: np.stack((np.zeros(2), tip)) for name, tip in zip("₁₂", points[-2:], strict=True)}
        panels[title] = Panel(
            {
                "unit vectors": curve(points[:-2], CLOSED),
                **{f"v{name}, and where it goes": curve(arm) for name, arm in arms.items()},
            },
            [Note(arm[1, 0], arm[1, 1], label.format(n, v)) for (n, arm), v in zip(arms.items(), sigma, strict=True)],
        )
    return panels


@figure(
    pseudoinverse_minimum_norm,
    title="The solutions of x₁ + 2x₂ = 5, and the shortest",
    x="x₁",
    y="x₂",
    equal=True,
)
def shortest_solution(subject: Subject) -> Panels:
    """The solutions form a line parallel to the kernel. A⁺y = (1, 2) is where the smallest circle around 0 that
    reaches the line touches it: it is orthogonal to the kernel, and every other solution is longer.
    """
    matrix = subject.tensor([WIDE])
    shortest = values(subject.matmul(subject.pinv(matrix), subject.tensor([[[RIGHT]]])))[0, :, 0]
    kernel = values(subject.svd(matrix, full_matrices=True)[2])[0, -1]
    length = float(values(subject.vector_norm(subject.tensor(shortest[None]), 2.0, dim=-1))[0])
    along = np.array([-2.6, 2.6])[:, None]
    return {
        "": Panel(
            {
                "all vectors as long as A⁺y": curve(length * circle(64), CLOSED),
                "solutions": curve(shortest + along * kernel),
                "A⁺y": curve(np.stack((np.zeros(2), shortest))),
            },
            [Note(shortest[0], shortest[1], f"({shortest[0]:.4g}, {shortest[1]:.4g})")],
        )
    }
