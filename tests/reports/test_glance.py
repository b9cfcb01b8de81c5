"""The first screen: evidence by dtype and device, sensitivity, and the gravest departures first."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from reports import glance, model
from reports.read import read
from tests.reports import synthetic
from tests.reports.test_model import NEW, held, lines, trial


def made(write: Callable[..., Path], *records: dict[str, Any]) -> model.Report:
    return model.report(read([write(records)]))


def test_the_matrix_counts_claims_and_instances(write: Callable[..., Path]) -> None:
    failed = held(dtype="float16", outcome="failed", instances=3, failure=synthetic.failure(synthetic.seeded(1)))
    on_cuda = held(NEW, device="cuda", instances=40)
    cuda = [synthetic.run(NEW, "cuda"), on_cuda]
    report = made(write, *lines(held(instances=5), held(dtype="float64", instances=7), failed), *cuda)
    rows = glance.matrix(report)
    counted = [(place.label, [(s.claims, s.instances, s.broken) for s in squares]) for place, squares in rows]
    assert counted == [
        ("cpu", [(1, 7, 0), (1, 5, 0), (0, 0, 0), (1, 3, 1)]),
        ("cuda", [(0, 0, 0), (1, 40, 0), (0, 0, 0), (0, 0, 0)]),
    ]
    assert [s.description for s in rows[0][1][1:]] == [
        "float32 on cpu: 1 held", "bfloat16 on cpu: nothing measured", "float16 on cpu: 1 failed",
    ]  # fmt: skip


def test_a_place_where_nothing_was_measured_has_no_row(write: Callable[..., Path]) -> None:
    assert glance.matrix(made(write, *lines(held(outcome="not-run", reason="no device", worst=None)))) == []


def test_sensitivity_is_the_median_over_what_was_found(write: Callable[..., Path]) -> None:
    trials = [
        trial("mutant", "a", "caught", instances=10, seconds=0.5),
        trial("mutant", "a", "caught", "float64", instances=2, seconds=0.1),  # the quickest of its cells
        trial("mutant", "b", "caught", instances=30, seconds=0.3),
        trial("mutant", "c", "caught", instances=500, seconds=9.0),
        trial("mutant", "d", "survived"),
        trial("mutant", "e", "not-run"),
    ]
    found = glance.Sensitivity.of(made(write, *lines(held(), *trials)).trials("mutants"))
    assert (found.found, found.planted, found.instances, found.seconds) == (3, 4, 30, pytest.approx(0.3))
    assert glance.Sensitivity.of([]) == glance.Sensitivity(0, 0, None, None)


def test_departures_in_wide_types_and_of_many_claims_come_first(write: Callable[..., Path]) -> None:
    about = {"summary": "s", "devices": ["cpu"], "versions": "2", "upstream": "", "code": "", "dtypes": ["float32"]}
    known = [("gone", "g"), ("half", "h"), ("wide", "w"), ("both", "b"), ("too", "b")]
    records = [{"name": name, "script": f"{script}.py", **about} for name, script in known]
    trials = [trial("departure", name, "departs") for name in ("wide", "both", "too")]
    trials += [trial("departure", "half", "departs", "float16"), trial("departure", "gone", "mended")]
    report = made(write, *lines(held(), *trials, departures=records))
    assert [one.name for one in glance.departures(report.departures)] == ["b", "w", "h", "g"]
