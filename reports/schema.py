"""The published schema of run records, and a check of one record against it.

The schema is turned once into functions, which is three times as fast as walking it for every record, for the JSON
Schema keywords that `record.schema.json` uses: reading records needs no package beyond the standard library. The
tests hold the check against the `jsonschema` package.
"""

from __future__ import annotations

import functools
import json
import re
from collections.abc import Callable, Iterator, Mapping
from importlib import resources
from typing import Any, TypeAlias

VERSION = 1

Schema: TypeAlias = Mapping[str, Any]
Violation: TypeAlias = tuple[str, str]
"""Where in the value, and what is wrong there."""
Check: TypeAlias = Callable[[Any], Violation | None]

_TYPES: Mapping[str, tuple[type, ...]] = {
    "object": (dict,),
    "array": (list,),
    "string": (str,),
    "boolean": (bool,),
    "integer": (int,),
    "number": (int, float),
    "null": (type(None),),
}


@functools.cache
def load() -> dict[str, Any]:
    """Return the JSON Schema (draft 2020-12) of a record: one line of a run's file."""
    text = resources.files("reports").joinpath("record.schema.json").read_text("utf-8")
    schema: dict[str, Any] = json.loads(text)
    return schema


def violation(record: object) -> str | None:
    """Return in one line where `record` breaks the schema, or None where it keeps it."""
    found = _whole()(record)
    return found and f"{found[0] or 'record'}: {found[1]}"


@functools.cache
def _whole() -> Check:
    return _check(load())


@functools.cache
def _defined(reference: str) -> Check:
    return _check(load()["$defs"][reference.removeprefix("#/$defs/")])


def _check(schema: Schema) -> Check:
    """Return what finds the first violation of `schema` in a value."""
    checks = [*_of_any_value(schema), *_of_scalars(schema), *_of_lists(schema), *_of_objects(schema)]
    if len(checks) == 1:
        return checks[0]

    def first(value: Any) -> Violation | None:  # noqa: ANN401 (foreign JSON)
        for check in checks:
            found = check(value)
            if found is not None:
                return found
        return None

    return first


def _of_any_value(schema: Schema) -> Iterator[Check]:
    if "$ref" in schema:
        reference = schema["$ref"]
        yield lambda value: _defined(reference)(value)  # noqa: PLW0108 (a definition may lead back to itself)
    if "type" in schema:
        names = [schema["type"]] if isinstance(schema["type"], str) else schema["type"]
        types = tuple(kind for name in names for kind in _TYPES[name])
        true = "boolean" in names  # Python counts True among the integers, JSON does not
        wanted = " or ".join(names)
        yield (
            lambda value: (
                None
                if isinstance(value, types) and (true or not isinstance(value, bool))
                else ("", f"{_short(value)} is no {wanted}")
            )
        )
    if "const" in schema or "enum" in schema:
        choices = [schema["const"]] if "const" in schema else schema["enum"]
        allowed = {(type(choice), choice) for choice in choices}
        told = " or ".join(map(str, choices))
        yield (
            lambda value: (
                None
                if not isinstance(value, list | dict) and (type(value), value) in allowed
                else ("", f"{_short(value)} is not {told}")
            )
        )
    if "anyOf" in schema:
        forms = [_check(form) for form in schema["anyOf"]]
        yield (
            lambda value: (
                None if any(form(value) is None for form in forms) else ("", f"{_short(value)} fits none of its forms")
            )
        )
    for part in schema.get("allOf", ()):
        yield _branch(*(_check(part.get(word, {})) for word in ("if", "then", "else")))


def _branch(condition: Check, then: Check, otherwise: Check) -> Check:
    return lambda value: (then if condition(value) is None else otherwise)(value)


def _of_scalars(schema: Schema) -> Iterator[Check]:
    if "minimum" in schema:
        least = schema["minimum"]
        yield (
            lambda value: (
                ("", f"{_short(value)} is below {least}") if isinstance(value, int | float) and value < least else None
            )
        )
    if "minLength" in schema:
        length = schema["minLength"]
        yield lambda value: ("", "empty") if isinstance(value, str) and len(value) < length else None
    if "pattern" in schema:
        pattern = re.compile(schema["pattern"])
        yield (
            lambda value: (
                ("", f"{_short(value)} does not match {pattern.pattern}")
                if isinstance(value, str) and not pattern.search(value)
                else None
            )
        )


def _of_lists(schema: Schema) -> Iterator[Check]:
    if "items" in schema:
        item_check = _check(schema["items"])

        def items(value: Any) -> Violation | None:  # noqa: ANN401 (foreign JSON)
            for position, item in enumerate(value if isinstance(value, list) else ()):
                if found := item_check(item):
                    return _within(f"[{position}]", found)
            return None

        yield items
    if schema.get("uniqueItems"):
        yield (
            lambda value: (
                ("", "an item occurs twice")
                if isinstance(value, list) and len({json.dumps(item, sort_keys=True) for item in value}) < len(value)
                else None
            )
        )


def _of_objects(schema: Schema) -> Iterator[Check]:
    required = schema.get("required", ())
    properties = {key: _check(part) for key, part in schema.get("properties", {}).items()}
    others = schema.get("additionalProperties", True)
    name_check = _check(schema["propertyNames"]) if "propertyNames" in schema else None
    if others is False:
        other_check: Check | None = lambda _: ("", "no such field")  # noqa: E731
    else:
        other_check = None if others is True else _check(others)
    if not required and not properties and name_check is None and other_check is None:
        return

    def fields(value: Any) -> Violation | None:  # noqa: ANN401 (foreign JSON)
        if not isinstance(value, dict):
            return None
        for key in required:
            if key not in value:
                return key, "missing"
        for key, item in value.items():
            if name_check is not None and (found := name_check(key)):
                return "", f"key {found[1]}"
            check = properties.get(key, other_check)
            if check is not None and (found := check(item)):
                return _within(key, found)
        return None

    yield fields


def _within(place: str, found: Violation) -> Violation:
    inner, what = found
    return place + ("." if inner and not inner.startswith("[") else "") + inner, what


def _short(value: object, length: int = 60) -> str:
    text = json.dumps(value, ensure_ascii=False, default=repr)
    return text if len(text) <= length else text[: length - 1] + "…"
