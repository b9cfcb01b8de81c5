"""The first step of the rules of `torch.optim` from fresh state, with weight decay as a penalty or decoupled.

Kingma and Ba, Adam, 2015; Loshchilov and Hutter, Decoupled weight decay regularization, 2019; the pseudocode of torch's
documentation.
"""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from reference.formats import Arithmetic
from reference.rounding import U64, gamma, silent, upward
from reference.truth import Truth

Float64 = NDArray[np.float64]
EPS = 2.0**-8
_BETAS: dict[str, Any] = {"betas": (0.5, 0.75), "eps": EPS}
_EVEN = {**_BETAS, "momentum_decay": 0.0}
PSI = 0.004
"""NAdam's momentum decay by default."""


class Rule(NamedTuple):
    """A class of `torch.optim` with options, and the direction d(g) of its first step w - lr d(g), if there is one.

    The step is taken in `parts`, each added to the parameters and rounded.
    """

    optimiser: str
    options: dict[str, Any]
    direction: Callable[[Float64], Float64] | None = None
    parts: int = 1


def _normalised(g: Float64) -> Float64:
    """Adam's m / (sqrt(v) + eps), and that of others whose corrected moments are g and g^2 at first."""
    return np.asarray(g / (np.abs(g) + EPS))


def _nadam(g: Float64, psi: float = 0.0) -> Float64:
    first, second = (float(0.5 * (1 - 0.5 * 0.96 ** (t * psi))) for t in (1, 2))
    return _normalised(g) * (1 + second / (1 - first * second) * 0.5)


RULES = {
    "sgd": Rule("SGD", {}, lambda g: g),
    "momentum": Rule("SGD", {"momentum": 0.5, "nesterov": True}, lambda g: 1.5 * g),
    "adam": Rule("Adam", _BETAS, _normalised),
    "amsgrad": Rule("Adam", {**_BETAS, "amsgrad": True}, _normalised),
    "adamax": Rule("Adamax", _BETAS, _normalised),
    "nadam": Rule("NAdam", _EVEN, _nadam, parts=2),
    "nadam by default": Rule("NAdam", {**_BETAS, "momentum_decay": PSI}, functools.partial(_nadam, psi=PSI), parts=2),
    "radam": Rule("RAdam", _BETAS, lambda g: g),  # no variance yet: rho = 1
    "adagrad": Rule("Adagrad", {"eps": EPS}, _normalised),
    "rmsprop": Rule("RMSprop", {"alpha": 0.75, "eps": EPS}, lambda g: g / (np.abs(g) / 2 + EPS)),
    "centred": Rule("RMSprop", {"alpha": 0.75, "eps": EPS, "centered": True, "momentum": 0.5}),
    "adadelta": Rule("Adadelta", {"rho": 0.75, "eps": EPS}, lambda g: g * np.sqrt(EPS / (g**2 / 4 + EPS))),
    "asgd": Rule("ASGD", {"lambd": 0.0}, lambda g: g),
    "adamw": Rule("AdamW", _BETAS, _normalised),
    "decoupled adam": Rule("Adam", {**_BETAS, "decoupled_weight_decay": True}, _normalised),
    "decoupled nadam": Rule(
        "NAdam", {**_BETAS, "momentum_decay": 0.0, "decoupled_weight_decay": True}, _nadam, parts=2
    ),
    "decoupled radam": Rule("RAdam", {**_BETAS, "decoupled_weight_decay": True}, lambda g: g),
    "adafactor": Rule("Adafactor", {}),
    "muon": Rule("Muon", {"ns_steps": 2}),
}
DECOUPLED = ("adamw", "decoupled adam", "decoupled nadam", "decoupled radam", "adafactor", "muon")
COUPLED = tuple(name for name in RULES if name not in DECOUPLED)
MATRICES = ("adafactor", "muon")
"""Rules that do not treat every parameter by itself."""


@silent
def first_step(w: Float64, g: Float64, lr: float, decay: float, rule: str, arithmetic: Arithmetic) -> Truth:
    """w - lr d(g + decay w), or w (1 - lr decay) - lr d(g) if the rule is decoupled, elementwise, for a rule with d.

    For a decay that is a power of two, g + decay w has one rounding, and |d| grows no faster than its argument:
    moments, root, quotient and products are below 16 roundings more, gamma_{17} lr |d|. Parameters are rounded once
    for each part of the step, and twice before if they are multiplied by 1 - lr decay. The squares of g must be normal
    numbers.
    """
    direction, u = RULES[rule].direction, arithmetic.result.u
    if direction is None:
        raise ValueError(f"{rule} has no closed form")
    kept, gradient = (w * (1 - lr * decay), g) if rule in DECOUPLED else (w, g + decay * w)
    step = lr * direction(gradient)
    value = kept - step
    moved = gamma(17, u) * np.abs(step) + (gamma(3, u) * np.abs(kept) if rule in DECOUPLED else 0.0)
    moved += (RULES[rule].parts - 1) * u * (np.abs(kept) + np.abs(step) + moved)
    bound = moved + u * (np.abs(value) + moved) + 8 * U64 * (np.abs(kept) + np.abs(step)) + 4 * arithmetic.result.eta
    return Truth(value, upward(bound))


def shifted(without: Float64, w: Float64, lr: float, decay: float, arithmetic: Arithmetic) -> Truth:
    """w (1 - lr decay) - s where w - s, rounded once, is what a step makes of w without decay; elementwise.

    w is multiplied and s subtracted with three roundings more: gamma_4 (|w| + |s|).
    """
    value = without - lr * decay * w
    size = np.abs(w) + np.abs(w - without)
    return Truth(value, upward((gamma(4, arithmetic.result.u) + 4 * U64) * size) + 2 * arithmetic.result.eta)
