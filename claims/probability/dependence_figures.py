"""A figure of dependence without correlation: points of (x, s x) beside points of an independent pair."""

from __future__ import annotations

import torch

from claims import Curve, Panel, Panels, figure, values
from claims.frame.figures import POINTS
from claims.frame.inputs.samples import Draw
from claims.frame.subject import Subject
from claims.probability.independence import pair_covariance, signed_sample, uniform_random_sign_example, uniform_sample

SEED, SHOWN, DRAWN = 7, 260, 100_000


@figure(
    uniform_random_sign_example,
    title="Uncorrelated is not independent",
    x="x",
    y="y",
    equal=True,
)
def crossed_and_filled(subject: Subject) -> Panels:
    """Left y = s x with a fair sign s: the points lie on two diagonals, so that x tells |y|. Right y is drawn apart
    from x: the points fill the square. Both pairs have the same marginal laws and, up to chance, the covariance 0, and
    the line of least squares is level in both.
    """
    draw = Draw(DRAWN, "uniform", SEED)
    with subject.random(SEED) as generator:
        pairs = {
            "dependent: y = s x": signed_sample(subject, draw, generator),
            "independent": torch.stack([uniform_sample(subject, draw, generator) for _ in range(2)]),
        }
    panels = {}
    for title, pair in pairs.items():
        covariance = float(values(pair_covariance(subject, *pair)))
        slope = covariance / float(values(pair_covariance(subject, pair[0], pair[0])))
        x, y = values(pair)[:, :SHOWN]
        panels[f"{title}; covariance {covariance:+.4f}"] = Panel(
            {
                "points (x, y)": Curve(y.tolist(), x.tolist(), POINTS),
                "line of least squares": Curve([-slope, slope], [-1.0, 1.0]),
            }
        )
    return panels
