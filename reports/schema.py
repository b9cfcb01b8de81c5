"""The published schema of run records, and a check of one record against it.

The check interprets just the JSON Schema keywords that `record.schema.json` uses, so that reading records needs no
package beyond the standard library; the tests hold it against the `jsonschema` package.
"""

from __future__ import annotations

import functools
import json
import re
from collections.abc import Iterator, Mapping
from importlib import resources
from typing import Any

VERSION = 1

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
    return next(_violations(load(), record, ""), None)


def _violations(schema: Mapping[str, Any], value: object, path: str) -> Iterator[str]:
    if "$ref" in schema:
        yield from _violations(load()["$defs"][schema["$ref"].removeprefix("#/$defs/")], value, path)
    if "type" in schema and not _has_type(value, schema["type"]):
        wanted = schema["type"] if isinstance(schema["type"], str) else " or ".join(schema["type"])
        yield f"{path or 'record'}: {_short(value)} is no {wanted}"
        return
    yield from _violations_of_choice(schema, value, path)
    if isinstance(value, str):
        yield from _violations_of_text(schema, value, path)
    elif isinstance(value, int | float) and not isinstance(value, bool):
        if value < schema.get("minimum", value):
            yield f"{path}: {_short(value)} is below {schema['minimum']}"
    elif isinstance(value, list):
        yield from _violations_of_list(schema, value, path)
    elif isinstance(value, dict):
        yield from _violations_of_object(schema, value, path)


def _violations_of_choice(schema: Mapping[str, Any], value: object, path: str) -> Iterator[str]:
    choices = [schema["const"]] if "const" in schema else schema.get("enum")
    if choices is not None and not any(type(value) is type(choice) and value == choice for choice in choices):
        yield f"{path or 'record'}: {_short(value)} is not {' or '.join(map(str, choices))}"
    if "anyOf" in schema and all(any(_violations(choice, value, path)) for choice in schema["anyOf"]):
        yield f"{path or 'record'}: {_short(value)} fits none of its forms"
    for part in schema.get("allOf", ()):
        branch = "else" if any(_violations(part["if"], value, path)) else "then"
        yield from _violations(part.get(branch, {}), value, path)


def _violations_of_text(schema: Mapping[str, Any], value: str, path: str) -> Iterator[str]:
    if len(value) < schema.get("minLength", 0):
        yield f"{path}: empty"
    if "pattern" in schema and not re.search(schema["pattern"], value):
        yield f"{path}: {_short(value)} does not match {schema['pattern']}"


def _violations_of_list(schema: Mapping[str, Any], value: list[Any], path: str) -> Iterator[str]:
    if "items" in schema:
        for position, item in enumerate(value):
            yield from _violations(schema["items"], item, f"{path}[{position}]")
    if schema.get("uniqueItems") and len({json.dumps(item, sort_keys=True) for item in value}) < len(value):
        yield f"{path}: an item occurs twice"


def _violations_of_object(schema: Mapping[str, Any], value: dict[str, Any], path: str) -> Iterator[str]:
    prefix = path + "." if path else ""
    for key in schema.get("required", ()):
        if key not in value:
            yield f"{prefix}{key}: missing"
    properties, others = schema.get("properties", {}), schema.get("additionalProperties", True)
    names = schema.get("propertyNames")
    for key, item in value.items():
        if names is not None:
            yield from _violations(names, key, f"key of {path}")
        if key in properties:
            yield from _violations(properties[key], item, prefix + key)
        elif others is False:
            yield f"{prefix}{key}: no such field"
        elif others is not True:
            yield from _violations(others, item, prefix + key)


def _has_type(value: object, names: str | list[str]) -> bool:
    wanted = [names] if isinstance(names, str) else names
    if isinstance(value, bool):  # Python counts True among the integers, JSON does not
        return "boolean" in wanted
    return any(isinstance(value, _TYPES[name]) for name in wanted)


def _short(value: object, length: int = 60) -> str:
    text = json.dumps(value, ensure_ascii=False, default=repr)
    return text if len(text) <= length else text[: length - 1] + "…"
