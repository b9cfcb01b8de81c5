"""What Jacobians cost: forward mode, reverse mode and other orders of elimination."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from torch import Tensor

from claims import UNDER_HYPOTHESES, at_most, claim, equal, for_all, holds, refutation, values
from claims.frame.checks import Check
from claims.frame.inputs.graphs import CHAIN, FAN_IN, FAN_OUT, GREEDY, NEITHER, Weighted, graphs
from claims.frame.inputs.spectra import only
from claims.frame.subject import Subject
from reference.autodiff import accumulation as reference


def eliminated(subject: Subject, at: Weighted, order: reference.Order) -> tuple[Tensor, Tensor]:
    """The Jacobian and the number of multiplications, by elimination in this order."""
    found: tuple[Tensor, Tensor] = subject.eliminated_jacobian(
        at.weights, at.edges, order, at.inputs, at.outputs, at.vertices
    )
    return found


def orders(at: Weighted) -> dict[str, reference.Order]:
    """Forward, reverse, one of the least cost and one of the greatest."""
    forward = reference.inner(at.edges, at.inputs)
    (_, optimal), (_, worst) = reference.extremes(at.edges, at.inputs)
    return {"forward": forward, "reverse": forward[::-1], "optimal": optimal, "worst": worst}


def costs(subject: Subject, at: Weighted) -> dict[str, np.ndarray]:
    """What each order takes as counted."""
    return {name: values(eliminated(subject, at, order)[1]) for name, order in orders(at).items()}


@claim(
    title="Neither forward nor reverse is optimal in general; optimal Jacobian accumulation is NP-complete",
    statement=r"\exists\text{ a graph with }\min_\pi\operatorname{mult}(\pi)<\min(\operatorname{mult}"
    r"(\text{forward}),\operatorname{mult}(\text{reverse})),\quad\operatorname{mult}(\pi)=\sum_{v\in\pi}"
    r"|\text{in}(v)|\,|\text{out}(v)|",
    hypotheses="multiplications of the elimination of vertices are counted",
    notes="Regularisation: finding the optimal sequence of operations for the gradient is NP-complete",
    book="6.5.9",
    truth=UNDER_HYPOTHESES,
    correction="NP-complete is the decision problem in which edges may have equal labels (Naumann 2008), which no "
    "computation checks; for a chain every order costs the same.",
    bound="exact: whole numbers whose sums over all paths have no more bits than the format",
)
@for_all(at=graphs())
def jacobian_accumulation_forward_reverse_not_optimal(subject: Subject, at: Weighted) -> Iterator[Check]:
    """Graphs with up to 3 inputs, 5 inner vertices and 3 outputs: elimination of vertices forward, in reverse, and in
    the cheapest and the dearest order of all, found by trying them, against sums over all paths and against torch's
    Jacobian of the program in five ways; multiplications as counted against the sum of degrees, none below the
    optimum. One graph has its optimum strictly between, chains cost the same in every order.
    """
    weights = values(at.weights)
    exact = reference.jacobian(weights, at.edges, at.inputs, at.outputs, at.vertices)
    torchs = subject.jacobian_of_graph(at.weights, at.x, at.edges, at.outputs, at.vertices, at.way)
    yield equal(torchs, exact, label=f"torch's Jacobian: {at.way}")
    counted = {}
    for name, order in orders(at).items():
        jacobian, count = eliminated(subject, at, order)
        yield equal(jacobian, exact, label=f"the Jacobian by elimination: {name}")
        counted[name] = values(count)
        expected = np.full(len(weights), float(reference.cost(at.edges, order)))
        yield equal(count, expected, label=f"multiplications: {name}")
    for name in ("forward", "reverse", "worst"):
        yield at_most(counted["optimal"], counted[name], label=f"the optimum and {name}")
    if at.edges == NEITHER.edges():
        yield holds(counted["optimal"] < np.minimum(counted["forward"], counted["reverse"]), label="neither is optimal")
    if at.edges == CHAIN.edges():
        yield equal(counted["worst"], counted["optimal"], label="a chain")


@refutation(jacobian_accumulation_forward_reverse_not_optimal, "Reverse mode is optimal whenever there is one output.")
@for_all(at=only(NEITHER))
def reverse_is_optimal_for_one_output(subject: Subject, at: Weighted) -> Iterator[Check]:
    """With one input and one output it may take 5 multiplications where 3 are enough."""
    found = costs(subject, at)
    yield at_most(found["reverse"], found["optimal"])


@refutation(jacobian_accumulation_forward_reverse_not_optimal, "Forward mode is optimal whenever there is one input.")
@for_all(at=only(NEITHER))
def forward_is_optimal_for_one_input(subject: Subject, at: Weighted) -> Iterator[Check]:
    """With one input and one output it may take 4 multiplications where 3 are enough."""
    found = costs(subject, at)
    yield at_most(found["forward"], found["optimal"])


@refutation(jacobian_accumulation_forward_reverse_not_optimal, "Forward or reverse mode is optimal.")
@for_all(at=only(NEITHER))
def the_optimum_is_forward_or_reverse(subject: Subject, at: Weighted) -> Iterator[Check]:
    """The optimum may begin with an inner vertex amid the others."""
    found = costs(subject, at)
    yield at_most(np.minimum(found["forward"], found["reverse"]), found["optimal"])


@refutation(jacobian_accumulation_forward_reverse_not_optimal, "Reverse mode never costs more than forward mode.")
@for_all(at=only(FAN_OUT))
def reverse_is_never_dearer(subject: Subject, at: Weighted) -> Iterator[Check]:
    """With one input and many outputs it does."""
    found = costs(subject, at)
    yield at_most(found["reverse"], found["forward"])


@refutation(jacobian_accumulation_forward_reverse_not_optimal, "Every order takes as many multiplications.")
@for_all(at=only(FAN_IN, FAN_OUT))
def orders_cost_the_same(subject: Subject, at: Weighted) -> Iterator[Check]:
    """Every order of a chain does."""
    found = costs(subject, at)
    yield equal(found["worst"], found["optimal"])


@refutation(
    jacobian_accumulation_forward_reverse_not_optimal,
    "The vertex of the least in-degree times out-degree is the best to go first.",
)
@for_all(at=only(GREEDY))
def the_cheapest_vertex_goes_first(subject: Subject, at: Weighted) -> Iterator[Check]:
    """Markowitz' rule is a heuristic."""
    _, greedy = eliminated(subject, at, reference.cheapest_first(at.edges, at.inputs))
    yield at_most(greedy, costs(subject, at)["optimal"])
