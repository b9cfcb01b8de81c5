"""Build the page: read the records, work out what they say, lay it out, write one file."""

from __future__ import annotations

import base64
import hashlib
import json
import re
import sys
import zlib
from collections.abc import Callable, Iterable
from datetime import UTC, datetime
from importlib import resources
from pathlib import Path
from typing import Any

import jinja2
from markupsafe import Markup

from reports import charts, evidence, formulas, glance, model, plots, snippets, text, vocabulary
from reports.read import read

STYLES = ("report.css", "glance.css", "figures.css")


class BuildError(Exception):
    """The report cannot be built; every line of the message names one reason."""


class NothingUsableError(BuildError):
    """No file holds anything to report on."""


def build(
    paths: Iterable[Path | str],
    out: Path | str,
    complain: Callable[[str], None] = lambda line: print(line, file=sys.stderr),  # noqa: T201 (the default of a command)
) -> Path:
    """Build the report of all these files as `out`/index.html and return its path.

    Parameters
    ----------
    paths
        Run records (JSON lines) and pytest-benchmark files; several runs and machines become one report.
    out
        The folder to write to; made where it is missing.
    complain
        Called with one line for everything that could not be read; the rest is shown all the same.

    Raises
    ------
    NothingUsableError
        Where no file holds a claim, evidence or a benchmark.
    BuildError
        Where MathJax does not understand a formula; the message names the claims.
    """
    records = read(map(Path, paths))
    report = model.report(records)
    for problem in records.problems:
        complain(problem)
    if not records.usable:
        raise NothingUsableError("nothing to report on: no file holds a claim, evidence or a benchmark")
    page = render(report)
    target = Path(out) / "index.html"
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_text(page, encoding="utf-8")
    return target


def render(report: model.Report) -> str:
    """Return the page. Raises BuildError where a formula cannot be typeset."""
    typesetter = formulas.Typesetter()
    environment = _environment(typesetter)
    details, errors = [], []
    for claim in report.claims:
        try:
            html = environment.get_template("claim.html.j2").render(claim=claim, report=report)
        except formulas.FormulaError as error:
            errors.append(f"claim {claim.id}: {error}")
        else:
            details.append(packed(html))
    if errors:
        raise BuildError("\n".join(errors))
    script, *styles = (
        Markup(_squeezed(resources.files("reports").joinpath("templates", name).read_text("utf-8")))  # noqa: S704 (ours)
        for name in ("report.js", *STYLES)
    )
    digest = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
    page = environment.get_template("page.html.j2").render(
        report=report,
        details=details,
        index={
            "places": [place.label for place in report.places],
            "dtypes": report.dtypes,
            "outcomes": list(vocabulary.OUTCOMES),
            "measured": [name in vocabulary.MEASURED for name in vocabulary.OUTCOMES],
            "claims": [_entry(claim) for claim in report.claims],
        },
        tables=[
            packed(environment.get_template("benchmark.html.j2").render(pairs=pairs)) for _, pairs in report.benchmarks
        ],
        script=script,
        style=Markup("\n").join(styles),
        digest=digest,
        built=datetime.now(UTC),
        glyphs=typesetter.glyphs,
        grids=plots.grids(plots.axis(claim.measured) for claim in report.claims),
    )
    return _squeezed(page)


def _entry(claim: model.Claim) -> dict[str, Any]:
    """Return what search, filters and sorting need to know of a claim."""
    worst = claim.worst.margin if claim.worst else None
    order = list(vocabulary.OUTCOMES)
    return {
        "id": claim.id,
        "title": claim.record["title"].lower(),
        "operations": claim.record["operations"],
        "chapter": claim.record["chapter"],
        "verdict": claim.record["truth"],
        "cells": [order.index(cell.outcome) for cell in claim.cells],  # by place, then by dtype
        "worst": None if worst is None else min(worst, 1e300) if worst == worst else 1e300,  # noqa: PLR0124 (NaN)
        "caught": sum(bool(mutant.hits) for mutant in claim.mutants),
        "seconds": claim.seconds,
    }


def _environment(typesetter: formulas.Typesetter) -> jinja2.Environment:
    environment = jinja2.Environment(
        loader=jinja2.PackageLoader("reports"),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    for function in (text.count, text.digits, text.margin, text.power, text.seconds, text.share, text.day, text.plain):
        environment.filters[function.__name__] = function
    environment.filters |= {
        "number": text.number,
        "listed": text.listed,
        "island": island,
        "formula": typesetter.display,
        "prose": typesetter.prose,
        "prose_or_formula": typesetter.prose_or_formula,
        "short_dtype": vocabulary.short_dtype,
        "where_of": evidence.where_of,
    }
    environment.globals |= {
        "verdicts": vocabulary.VERDICTS,
        "outcomes": vocabulary.OUTCOMES,
        "axis": plots.axis,
        "histogram": plots.histogram,
        "chart": charts.Chart,
        "matrix": glance.matrix,
        "sensitivity": glance.Sensitivity.of,
        "departures_by_gravity": glance.departures,
        "shortened": snippets.shortened,
        "worst_input": snippets.worst_input,
        "source_link": snippets.source_link,
    }
    return environment


def island(value: Any) -> Markup:  # noqa: ANN401 (any JSON value)
    """Return JSON that no parser of HTML or script takes for anything else."""
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"), allow_nan=False)
    escapes = {ord(character): f"\\u{ord(character):04x}" for character in "<>&\u2028\u2029"}
    return Markup(text.translate(escapes))  # noqa: S704 (just made safe)


def packed(html: str) -> str:
    """Return HTML as it lies in the page until it is wanted: compressed (raw deflate), in base 64."""
    html = _squeezed(html)
    if re.search(r"<!--|</?script", html, re.IGNORECASE):
        raise AssertionError("a template puts a comment or a script where the page keeps claims")
    squeeze = zlib.compressobj(9, zlib.DEFLATED, -zlib.MAX_WBITS)
    return base64.b64encode(squeeze.compress(html.encode()) + squeeze.flush()).decode()


def _squeezed(html: str) -> str:
    """Drop the indentation of the templates; text of the data keeps every character, for it holds no bare `<`."""
    return re.sub(r">\s*\n\s*<", "><", html)
