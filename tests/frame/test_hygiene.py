"""What every claim must have, and that what it says of itself is true."""

from __future__ import annotations

import contextlib
import importlib
import inspect
import io
import re
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import torch
from torch import Tensor

from claims.frame.cases import ROOT, metadata
from claims.frame.claim import FALSE_AS_STATED, UNDER_HYPOTHESES, Claim, load_all
from claims.frame.operations import OPERATIONS
from claims.frame.plan import map_tensors
from claims.frame.profiles import PROFILES
from claims.frame.reproduction import plain_torch
from claims.frame.runner import corner_trials
from claims.frame.subject import Call, Recorded, Subject, values
from claims.frame.support import dry_run
from claims.frame.trial import Trial, checks_of
from reports.formulas import Typesetter
from tests.frame.derivative_formulas import EXCUSED, examined, excused, formulas, formulas_of_call

CLAIMS = load_all()
every_claim = pytest.mark.parametrize("claim", CLAIMS.values(), ids=CLAIMS)


@pytest.fixture(scope="module")
def typesetter() -> Typesetter:
    return Typesetter()


@every_claim
def test_a_claim_says_what_it_is_and_how_it_is_checked(claim: Claim) -> None:
    assert claim.id == claim.property.__name__.replace("_", "-")
    assert re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", claim.id)
    for text in (claim.title, claim.statement, claim.notes, claim.bound, claim.method):
        assert text.strip() == text != ""
    assert not claim.title.endswith(".")
    assert claim.method.endswith(".")
    if claim.truth == FALSE_AS_STATED:
        assert claim.correction
    if claim.truth == UNDER_HYPOTHESES:
        assert claim.hypotheses or claim.correction


@every_claim
def test_a_claim_is_held_against_its_false_neighbours_and_wrong_implementations(claim: Claim) -> None:
    assert claim.refutations
    assert claim.mutants
    for refutation in claim.refutations:
        assert refutation.id == refutation.property.__name__.replace("_", "-")
        assert refutation.statement.strip()
        assert set(refutation.dtypes) <= {"float16", "bfloat16", "float32", "float64"}
        assert refutation.dtypes
    used = {r.operation for r in dry_run(claim)}
    for mutant in claim.mutants:
        assert mutant.functions.keys() <= used, f"{mutant.name} is wrong in an operation that the claim never calls"
        assert mutant.trigger
        assert mutant.dtypes


@every_claim
def test_a_claim_has_its_truth_its_mutants_and_its_source(claim: Claim) -> None:
    source = metadata(claim)["source"]
    assert (ROOT / source["reference"]).is_file()
    path, line = source["claim"].split(":")
    lines = (ROOT / path).read_text(encoding="utf-8").splitlines()
    below = "\n".join(lines[int(line) - 1 : int(line) + 30])
    assert f"def {claim.property.__name__}(" in below
    assert path == f"claims/{claim.topic}"
    for mutant in claim.mutants:
        for function in mutant.functions.values():
            assert inspect.unwrap(function).__module__.startswith("claims.mutants.")


@every_claim
def test_every_formula_can_be_typeset(claim: Claim, typesetter: Typesetter) -> None:
    typesetter.display(claim.statement)
    for prose in (claim.title, claim.hypotheses, claim.correction, claim.bound, claim.method):
        typesetter.prose(prose)
    for refutation in claim.refutations:
        typesetter.prose_or_formula(refutation.statement)
        assert refutation.statement.count("{") == refutation.statement.count("}")
    assert claim.statement.count("{") == claim.statement.count("}")


@every_claim
def test_the_plainest_input_comes_first(claim: Claim) -> None:
    for regimes in claim.regimes.values():
        sizes = [r.size() for r in regimes.corners]
        assert sizes[0] <= max(64, float(np.median(sizes)))
        assert len(set(regimes.corners)) == len(sizes)


@every_claim
def test_a_departure_has_a_script_in_plain_torch(claim: Claim) -> None:
    for departure in claim.departures:
        assert set(departure.operations) <= {r.operation for r in dry_run(claim)}
        module = importlib.import_module(f"claims.departures.scripts.{departure.script}")
        text = Path(str(module.__file__)).read_text(encoding="utf-8")
        assert departure.facts.title.endswith((".", "?"))
        assert set(re.findall(r"^\s*(?:import|from) (\w+)", text, re.MULTILINE)) <= {
            "__future__",
            "torch",
            "numpy",
            "math",
        }
        assert 'if __name__ == "__main__":' in text
        assert callable(module.observed)
        assert callable(module.exact)
        with contextlib.redirect_stdout(io.StringIO()):
            assert isinstance(module.departs(), bool)


@every_claim
def test_a_trial_enters_the_region_of_a_departure_unless_that_says_why_none_does(claim: Claim) -> None:
    """A region that nothing enters any more excuses nothing, or has lost the inputs that it is about."""
    for departure in claim.departures:
        trials = (t for d in departure.dtypes for t in corner_trials(claim, PROFILES["quick"], d))
        entered = any(departure.excludes(t.plan, **t.regimes) for t in trials)
        assert entered != (departure.excludes.__doc__ or "").startswith("No trial: "), departure.name


def same(left: object, right: object) -> bool:
    """Whether two results hold the same numbers."""
    if isinstance(left, Tensor) and isinstance(right, Tensor):
        return (
            left.shape == right.shape and left.dtype == right.dtype and torch.equal(*map(_without_nan, (left, right)))
        )
    if isinstance(left, (list, tuple)) and isinstance(right, (list, tuple)):
        return len(left) == len(right) and all(map(same, left, right))
    return left == right


def _without_nan(t: Tensor) -> Tensor:
    return t.nan_to_num(nan=0.125) if t.is_floating_point() else t


def spelled(name: str) -> Callable[..., object]:
    """The callable that the plain torch spelling of an operation stands for."""
    operation, space = OPERATIONS[name], {"torch": torch, "Tensor": Tensor, "nn": torch.nn, "F": torch.nn.functional}
    exec(operation.definition, space)  # noqa: S102  our own code
    return eval(operation.spelling, space)  # type: ignore[no-any-return]  # noqa: S307


@pytest.mark.parametrize("operation", OPERATIONS)
def test_every_spelling_is_a_callable_in_plain_torch(operation: str) -> None:
    assert callable(spelled(operation))


@every_claim
def test_a_spelling_computes_what_the_operation_computes(claim: Claim) -> None:
    for recorded in (r for p in (claim, *claim.refutations) for r in dry_run(p)):
        call = recorded.calls[0]
        if call.kwargs.get("driver") == "gelsy":  # it reads an uninitialised array: no two calls agree
            continue
        results = []
        for function in (OPERATIONS[recorded.operation].function, spelled(recorded.operation)):
            args, kwargs = [map_tensors(Tensor.clone, a) for a in call.args], dict(call.kwargs)
            for k, v in kwargs.items():
                if isinstance(v, torch.Generator):
                    kwargs[k] = torch.Generator().manual_seed(1)
            with torch.random.fork_rng(devices=[]):
                torch.manual_seed(1)
                results.append(function(*args, **kwargs))
        assert same(*results), f"{recorded.operation} is not {OPERATIONS[recorded.operation].spelling}"


@every_claim
def test_every_derivative_that_torch_has_of_its_operations_is_in_the_sweep(claim: Claim) -> None:
    """Every formula of torch's that a differentiable operation goes through has a row in the table of functions."""
    for recorded in (r for p in (claim, *claim.refutations) for r in dry_run(p) if r.operation in OPERATIONS):
        found = formulas_of_call(recorded.operation, recorded.calls[0])
        lacking = {f for f in found - examined() if not excused(f)}
        assert not lacking, f"no row of the table differentiates {recorded.operation}: {sorted(lacking)}"


def test_no_reason_is_given_for_a_derivative_that_is_in_the_sweep() -> None:
    """Of formulas with several forms some may be examined."""
    of_several_forms = {
        *("Diagonal", "Max", "Median", "Min", "RreluWithNoise", "Squeeze", "Sub", "T", "Transpose", "Unsqueeze"),
    }
    names = {re.sub(r"Backward\d*(_copy)?$", "", f) for f in examined()}
    assert (names & EXCUSED.keys()) <= of_several_forms
    assert {"SinBackward0", "TanBackward0"} <= formulas(torch.ones(1, requires_grad=True).tan().sin())
    assert formulas_of_call("softmax", Call([torch.ones(3)], {"dim": -1}, None)) == {"SoftmaxBackward0"}


@every_claim
def test_the_calls_of_a_claim_run_as_plain_torch(claim: Claim) -> None:
    tape: list[Recorded] = []
    subject = Subject("eager", "float32", tape=tape)
    trial = Trial({name: r.corners[0] for name, r in claim.regimes.items()}, 0)
    arrays = trial.arrays(claim, 0, 1, subject)
    *_, last = (c for c in checks_of(claim, subject, trial, arrays, trial.seed(claim, 0)) if c.margins.size)
    script, space = plain_torch(tape, last, subject), {}
    with contextlib.redirect_stdout(io.StringIO()), np.errstate(all="ignore"):
        exec(compile(script, claim.id, "exec"), space)  # noqa: S102  that is what a reader does with it
    np.testing.assert_array_equal(space["observed"], np.asarray(values(last.observed)))
