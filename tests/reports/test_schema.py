from __future__ import annotations

import copy
import json
from typing import Any

import jsonschema
import pytest
from hypothesis import given
from hypothesis import strategies as st

from reports import schema
from tests.reports import synthetic, ulps_lines

SAMPLES = [
    *list(synthetic.lines(synthetic.CUDA_RUN, "cuda", synthetic.samples(31)))[:60],
    synthetic.end({("claim", "held"): 3}),
    *ulps_lines.lines(),
]
VALIDATOR = jsonschema.Draft202012Validator(schema.load())
BY_KIND = {record["kind"]: record for record in reversed(SAMPLES)}  # the first of each


def test_the_schema_is_itself_valid() -> None:
    jsonschema.Draft202012Validator.check_schema(schema.load())


def test_sample_records_keep_the_schema() -> None:
    for record in SAMPLES:
        VALIDATOR.validate(record)
        assert schema.violation(record) is None


@pytest.mark.parametrize(
    ("kind", "field", "value", "message"),
    [
        ("evidence", "outcome", "refuted", 'outcome: "refuted" is not held'),
        ("evidence", "role", "mutant", "name: null is no string"),
        ("evidence", "instances", -1, "instances: -1 is below 0"),
        ("evidence", "instances", True, "instances: true is no integer"),
        ("evidence", "alpha", "-inf", 'alpha: "-inf" fits none of its forms'),
        ("evidence", "histogram", {"-61": 1}, 'histogram: key "-61" does not match'),
        ("evidence", "extra", 1, "extra: no such field"),
        ("evidence", "failure", {"margin": 2}, "failure"),
        ("claim", "id", "Trace Cyclic", 'id: "Trace Cyclic" does not match'),
        ("claim", "title", "", "title: empty"),
        ("claim", "operations", ["add", "add"], "operations: an item occurs twice"),
        ("claim", "truth", "maybe", 'truth: "maybe" is not true or'),
        ("run", "started", "yesterday", 'started: "yesterday" does not match'),
        ("run", "versions", {"python": "3.11"}, "versions.torch: missing"),
        ("run", "schema", 2, "schema: 2 is not 1"),
        ("run", "closes", 1, "closes: 1 is no boolean"),
        ("end", "status", None, "status: null is no integer"),
        ("end", "finished", "at noon", 'finished: "at noon" does not match'),
        ("end", "counts", {"claim": 3}, "counts.claim: 3 is no object"),
        ("run", "kind", "walk", 'kind: "walk" is not run'),
    ],
)  # fmt: skip
def test_a_violation_is_named(kind: str, field: str, value: object, message: str) -> None:
    record = BY_KIND[kind] | {field: value}
    violation = schema.violation(record)
    assert violation is not None
    assert violation.startswith(message)
    assert "\n" not in violation
    assert not VALIDATOR.is_valid(record)


@pytest.mark.parametrize("kind", BY_KIND)
def test_every_field_is_required_but_those_that_earlier_records_lack(kind: str) -> None:
    for field in BY_KIND[kind].keys() - {"regimes"}:
        record = {key: value for key, value in BY_KIND[kind].items() if key != field}
        assert schema.violation(record) is not None, field
        assert not VALIDATOR.is_valid(record), field


def test_records_without_regimes_are_read() -> None:
    earlier = {key: value for key, value in BY_KIND["claim"].items() if key != "regimes"}
    assert schema.violation(earlier) is None
    assert VALIDATOR.is_valid(earlier)


VALUES = st.sampled_from(
    [None, True, False, 0, 1, -1, 2, 0.5, "", "x", "nan", "inf", "-inf", "0x1p+0", "cpu", [], {}, [1], ["x"], {"x": 1}]
)  # fmt: skip


@given(data=st.data())
def test_the_check_agrees_with_jsonschema(data: st.DataObject) -> None:
    record = copy.deepcopy(data.draw(st.sampled_from(SAMPLES)))
    place: Any = record
    while True:
        keys = list(place) if isinstance(place, dict) else list(range(len(place)))
        key = data.draw(st.sampled_from(keys))
        if not isinstance(place[key], dict | list) or not place[key] or data.draw(st.booleans()):
            break
        place = place[key]
    change = data.draw(st.sampled_from(["replace", "drop", "add"]))
    if change == "replace" or isinstance(place, list):
        place[key] = data.draw(VALUES)
    elif change == "drop":
        del place[key]
    else:
        place["one more"] = data.draw(VALUES)
    assert (schema.violation(record) is None) == VALIDATOR.is_valid(record), json.dumps(record)


@pytest.mark.parametrize("value", [None, 1, "x", [], {}])
def test_anything_else_is_no_record(value: object) -> None:
    assert schema.violation(value) is not None
