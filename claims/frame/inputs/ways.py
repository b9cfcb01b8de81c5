"""The ways to derivatives that torch has, by order; which of them it lacks, and where they go wrong."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

REVERSE = (
    "autograd.grad",
    "backward",
    "batched cotangents",
    "vjp",
    "grad",
    "jacrev",
    "functional.vjp",
    "functional.jacobian",
)
FORWARD = ("dual numbers", "jvp", "jacfwd")
FORWARD_BATCHED = ("vmap of jvp", "vmap of jacfwd")
SECOND = ("rr", "rf", "fr", "ff", "autograd.grad", "hessian", "functional.hessian", "functional.hvp", "functional.vhp")
BATCHED = {1: ("vmap of vjp", "vmap of jacrev", *FORWARD_BATCHED), 2: ("vmap of hessian",), 3: ()}
HESSIANS = ("hessian", "vmap of hessian")
THIRD = ("rrr", "rrf", "rfr", "rff", "frr", "frf", "ffr", "fff", "autograd.grad")
"""Words of r and f are nestings of reverse and forward mode from the inside out."""
WAYS = {1: (*REVERSE, *FORWARD, "functional.jvp"), 2: SECOND, 3: THIRD}
LINEARIZED = frozenset({"softmax", "cross entropy", "inverse"})
"""Functions for which `linearize`, a hundred times slower than the others, is tried."""

THRICE = frozenset(
    {
        *("exp", "log", "sqrt", "tanh", "sigmoid", "softplus", "gelu", "silu", "mish", "divide", "power", "cube"),
        *("logaddexp far apart", "logsumexp", "softmax", "log_softmax", "logcumsumexp", "norm of order 2", "normalize"),
        *("prod", "prod with a zero", "prod with two zeros", "cumprod with a zero", "std", "dot", "convolution"),
        *("batch norm", "instance norm", "layer norm", "group norm", "RMS norm", "cross entropy", "mse loss"),
        *("binary cross entropy", "binary cross entropy with logits", "matrix power", "determinant"),
        *("log of the determinant", "inverse", "solution", "Cholesky factor", "inverse by a Cholesky factor"),
        *("product of reflections", "pseudoinverse", "eigenvalues of a symmetric matrix", "matrix exponential"),
        *("triangular factor", "factors of LU", "polar factor", "least squares", "projector on an eigenvector"),
        *("eigenvalues of order 3", "real eigenvalues"),
        *("exp2", "log2", "log10", "tan", "asin", "acos", "sinh", "cosh", "asinh", "acosh", "atanh", "erfc", "erfinv"),
        *("ndtr", "sinc", "entr", "lgamma", "digamma", "trigamma", "i0", "i0e", "i1", "i1e", "erfcx", "log_ndtr"),
        *("ndtri",),
    }
)
"""Functions that are differentiated three times."""

Ways = tuple[str, ...]


def _with(mode: str, ways: Ways, place: int | None = None) -> Ways:
    """The nestings with a mode, anywhere or at one place."""
    return tuple(w for w in ways if set(w) <= set("rf") and mode in (w if place is None else w[place]))


_INNERMOST_FORWARD = _with("f", THIRD, 0)
_IN_PLACE = ("rfr", "ffr")

_DISTANCES = ("distances of two sets", "distances of order 1", "distances of order 3")
_REVERSE_ONCE: Mapping[int, Ways] = {
    1: (*FORWARD, *FORWARD_BATCHED, "functional.jvp"),
    2: (*SECOND, "vmap of hessian"),
}

UNAVAILABLE: Mapping[str, Mapping[int, Ways]] = {
    "prelu": {1: ("vmap of jacrev",), 2: ("vmap of hessian",)},
    "glu": {1: (*FORWARD, *FORWARD_BATCHED), 2: ("rf", "fr", "ff", *HESSIANS)},
    "glu in forward mode": {2: ("fr", "ff")},
    "gaussian nll loss": BATCHED,
    "rrelu": {1: ("jacfwd", *BATCHED[1]), 2: HESSIANS},
    "hardsigmoid": {1: ("functional.jvp",), 2: (*SECOND, "vmap of hessian"), 3: THIRD},
    "attention": {1: (*FORWARD, *FORWARD_BATCHED, "functional.jvp"), 2: (*SECOND, "vmap of hessian")},
    "huber loss": {2: ("rf", "ff")},
    "soft margin loss": {2: ("rf", "ff", *HESSIANS)},
    "binary cross entropy": {2: ("fr",), 3: ("frr", "frf", "ffr")},
    "mse loss": {3: ("rfr", "rff", "frr", "frf")},
    "projector on an eigenvector": {3: ("ffr",)},
    "strided transposed convolution": {2: ("functional.hvp",)},
    **dict.fromkeys(_DISTANCES, _REVERSE_ONCE),
    "distances within a set": _REVERSE_ONCE,
    **{
        name: {3: _IN_PLACE}
        for name in (
            "std",
            "norm of order 2",
            "normalize",
        )
    },
}
"""Ways for which torch raises: a derivative that it does not have, or its own writes in place."""

Departing = Mapping[int, Sequence[Ways]]

_JACREV: Departing = {1: [("jacrev",), ("vmap of jacrev",)]}
_NORMALISED: Departing = {2: [("fr", "ff")], 3: [("rrr", "rrf", *_INNERMOST_FORWARD, "autograd.grad")]}
_SOLVED: Departing = {
    1: [("vmap of jacfwd",)],
    2: [("fr", "ff"), ("vmap of hessian",)],
    3: [("rfr", "rff", *_INNERMOST_FORWARD)],
}

_SOLVED_TWICE: Departing = {1: _SOLVED[1], 2: _SOLVED[2]}

DEPARTING: Mapping[str, Departing] = {
    "logaddexp far apart": {2: [SECOND, ("vmap of hessian",)], 3: [THIRD]},
    "logcumsumexp": {
        1: [FORWARD, FORWARD_BATCHED, ("functional.jvp",)],
        2: [("rf", "fr", "ff", "hessian"), ("vmap of hessian",), ("functional.hvp",)],
        3: [THIRD],
    },
    "cumprod with a zero": {2: [("fr", "ff")], 3: [("rfr", "rff", *_INNERMOST_FORWARD)]},
    "prod with a zero": {3: [("rfr", "rff", "ffr", "fff")]},
    "prod with two zeros": {3: [("rfr", "rff", "ffr", "fff")]},
    "batch norm": _NORMALISED,
    "instance norm": _NORMALISED,
    "layer norm": _NORMALISED,
    "binary cross entropy": {1: [("functional.jvp",)], 2: [SECOND, ("vmap of hessian",)], 3: [THIRD]},
    "determinant": {**_SOLVED, 3: [("rrr", "rrf"), ("rfr", "rff", *_INNERMOST_FORWARD)]},
    "log of the determinant": _SOLVED,
    "solution": _SOLVED,
    "solution by LU factors": {1: [("vmap of jacrev", "vmap of jacfwd")], 2: [("vmap of hessian",)]},
    "inverse by a Cholesky factor": {
        1: [FORWARD, FORWARD_BATCHED],
        2: [("rf", "fr", "ff", "hessian"), ("vmap of hessian",)],
        3: [_with("f", THIRD)],
    },
    "product of reflections": {2: [("fr", "ff")], 3: [("rfr", "rff", *_INNERMOST_FORWARD)]},
    "eigenvalues of a symmetric matrix": {3: [_IN_PLACE]},
    "eigenvalues of order 3": {3: [_IN_PLACE]},
    "projector on an eigenvector": {2: [("fr",)], 3: [("rfr", "frr", "frf")]},
    "square root of a symmetric matrix": {2: [("fr",)]},
    "square root by eigenvectors": {2: [("fr",), ("vmap of hessian",)]},
    "layer norm with parameters": {2: [("fr", "ff"), ("hessian",), ("vmap of hessian",)]},
    "rows of a bounded norm": {2: [("ff",)]},
    **dict.fromkeys(_DISTANCES, _JACREV),
    "real eigenvalues": {2: [("vmap of hessian",)], 3: [_IN_PLACE, ("rff", "fff")]},
    **dict.fromkeys(
        (
            "logarithm of a positive determinant",
            "complex determinant",
            "complex solution",
            "log of a complex determinant",
        ),
        _SOLVED_TWICE,
    ),
}
"""Ways that return a wrong number; `claims.departures.transforms` says why."""


def groups(function: str, order: int) -> Iterator[Ways]:
    """The ways to the derivatives of a function: those that hold, those by vmap, each group of those that depart."""
    if order == 3 and function not in THRICE:
        return
    lacking = UNAVAILABLE.get(function, {}).get(order, ())
    departing = DEPARTING.get(function, {}).get(order, [])
    wrong = {way for ways in departing for way in ways}
    every = (WAYS[order], BATCHED[order])
    for ways in (*(tuple(w for w in kind if w not in wrong) for kind in every), *departing):
        if there := tuple(w for w in ways if w not in lacking):
            yield there
    if order == 1 and function in LINEARIZED:
        yield ("linearize",)
