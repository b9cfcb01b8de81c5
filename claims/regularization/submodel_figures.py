"""A figure of the ensemble that dropout trains: the predictions of all submodels, their means, and weight scaling."""

from __future__ import annotations

import numpy as np
from torch import Tensor

from claims import Curve, Panel, Panels, figure, values
from claims.frame.figures import BOUND, POINTS
from claims.frame.subject import Subject
from claims.regularization.dropout import dropout_weight_scaling_is_geometric_mean_for_softmax
from reference.regularization.submodels import all_masks

UNITS = 6
INPUTS = [1.0, -0.5, 1.5, 0.5, -1.0, 1.0]
WEIGHTS = [[1.5, 2.5, 1.0, 2.5, 2.5, 1.0], [-0.5, -1.5, -1.0, 0.5, -0.5, 0.0]]
HIDDEN = [[1.0, -0.5, 0.5, 1.0, 0.5, -0.5], [1.5, 0.5, -1.0, -0.5, -0.5, 1.0], [-0.5, 1.0, 1.0, -0.5, 1.0, -1.0]]
OUTER = [[1.0, -1.5, -1.0], [-1.0, 1.0, 1.0]]


def regression(subject: Subject, x: Tensor) -> Tensor:
    """Logits (..., 2) of a linear map."""
    logits: Tensor = subject.matmul(x, subject.tensor(WEIGHTS).mT)
    return logits


def hidden_layer(subject: Subject, x: Tensor) -> Tensor:
    """Logits (..., 2) behind a hidden layer of ReLUs."""
    hidden = subject.relu(subject.matmul(x, subject.tensor(HIDDEN).mT))
    logits: Tensor = subject.matmul(hidden, subject.tensor(OUTER).mT)
    return logits


@figure(
    dropout_weight_scaling_is_geometric_mean_for_softmax,
    title=f"All {2**UNITS} submodels of {UNITS} units, dropped with p = ½",
    x="submodels, by their prediction",
    y="probability of the first class",
)
def ensemble_of_submodels(subject: Subject) -> Panels:
    """Left, softmax regression: the network with halved weights predicts exactly the renormalised geometric mean of all
    submodels, which is not their arithmetic mean. Right, behind a hidden layer of ReLUs, it is neither.
    """
    x = subject.tensor([INPUTS])
    masked = subject.multiply(x, subject.tensor(all_masks(UNITS)))
    panels = {}
    for title, network in {"softmax regression": regression, "with a hidden layer": hidden_layer}.items():
        logarithms = subject.log_softmax(network(subject, masked), dim=-1)
        predictions = np.sort(values(subject.exp(logarithms))[:, 0])
        geometric = float(values(subject.geometric_mean(logarithms[None]))[0, 0])
        halved = float(values(subject.softmax(network(subject, subject.multiply(x, 0.5)), dim=-1))[0, 0])
        ends = [0.0, float(len(predictions) - 1)]
        panels[title] = Panel(
            {
                "submodels": Curve(predictions.tolist(), kind=POINTS),
                "arithmetic mean": Curve([float(predictions.mean())] * 2, ends),
                "geometric mean": Curve([geometric] * 2, ends),
                "network with halved weights": Curve([halved], kind=BOUND),
            }
        )
    return panels
