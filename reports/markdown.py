"""A summary in Markdown, short enough for a comment on a pull request."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence

from reports import model, text, vocabulary
from reports.compare import Comparison
from reports.departures_compared import Group, grouped
from reports.evidence import Cell

LONGEST = 60
"""Lines of a summary: fewer than these, however much there is to say."""
_CHAPTERS, _FAILURES, _FOLDED, _NOTES = 15, 8, 5, 3
_MEASURED = [outcome for outcome in vocabulary.OUTCOMES if outcome in vocabulary.MEASURED]


def summary(report: model.Report, comparison: Comparison | None = None) -> str:
    """Return the summary: a headline, a table by chapter, failures, departures and weak spots.

    `comparison` is that of the same report with an earlier one; what is new since then is marked.
    """
    new = [change for change in comparison.changes if change.worse] if comparison else []
    broke = {change.what for change in new if change.kind == "broke"}
    departed = {change.note for change in new if change.kind == "departed"}
    lines = [_headline(report, comparison), "", _context(report), *_notes(report), "", *_table(report)]
    failing = [(claim.id in broke, _failure(claim)) for claim in report.claims if claim.failing]
    if failing:
        lines += ["", f"### Failures: {len(failing)}", "", *_listed(failing, _FAILURES)]
    observed = [
        (not departed.isdisjoint(trial.name for _, trial in group.trials), _departure(group))
        for group in grouped(report).values()
        if group.outcome == "departs"
    ]
    for what, found in (("Departures of torch", observed), ("Weak spots", [(False, line) for line in _weak(report)])):
        if found:
            fresh = sum(is_new for is_new, _ in found)
            count = f"{len(found)}, {fresh} new" if fresh else str(len(found))
            lines += [
                "",
                f"<details><summary>{what}: {count}</summary>",
                "",
                *_listed(found, _FOLDED),
                "",
                "</details>",
            ]
    return "\n".join(lines) + "\n"


def _headline(report: model.Report, comparison: Comparison | None) -> str:
    cells, claims = sum(report.outcomes.values()), sum(bool(claim.measured) for claim in report.claims)
    broken = sum(report.outcomes.get(outcome, 0) for outcome in vocabulary.BROKEN)
    failing = sum(bool(claim.failing) for claim in report.claims)
    if not cells:
        told = "**Nothing was measured**"
    elif broken:
        told = f"**\N{BALLOT X} {failing} of {text.plural(claims, 'claim')} failed**"
        told += f", in {broken} of {text.plural(cells, 'cell')}"
    else:
        told = f"**\N{CHECK MARK} No claim failed**: {text.plural(claims, 'claim')} in {text.plural(cells, 'cell')}"
    departing = sum(group.outcome == "departs" for group in grouped(report).values())
    weak = sum(1 for _ in _weak(report))
    told += f"; {text.plural(departing, 'departure')} of torch" if departing else ""
    told += f"; {text.plural(weak, 'weak spot')}" if weak else ""
    return told + (f"; {comparison.worse} worse than before" if comparison else "")


def _context(report: model.Report) -> str:
    runs = [run for run in report.runs if run.record]
    commits = dict.fromkeys(run.record["commit"] for run in runs if run.record["commit"])
    parts = [
        *(f"torch {version}" for version in report.versions("torch")),
        *report.devices,
        *(f"profile {profile}" for profile in report.profiles),
        *(f"commit `{_code(commit)}`" for commit in commits),
        *([text.day(runs[0].started)] if runs else []),
    ]
    return " · ".join(part if "`" in part else escaped(part) for part in parts) or "the runs' own lines are missing"


def _notes(report: model.Report) -> Iterator[str]:
    found = [f"{run.name} did not finish: {run.unfinished}" for run in report.runs if run.unfinished]
    found += [f"left out: {problem}" for problem in report.problems]
    for line in found[: _NOTES if len(found) <= _NOTES else _NOTES - 1]:
        yield "> " + escaped(line) + "  "
    if len(found) > _NOTES:
        yield f"> and {len(found) - _NOTES + 1} more like it"


def _table(report: model.Report) -> Iterator[str]:
    outcomes = [outcome for outcome in _MEASURED if report.outcomes.get(outcome)]
    rows: dict[str, Counter[str]] = {}
    for claim in report.claims:
        name = claim.record["chapter"].replace("_", " ")
        if name not in rows and len(rows) >= _CHAPTERS - 1 and len(report.chapters) > _CHAPTERS:
            name = "other chapters"
        counts = rows.setdefault(name, Counter())
        counts["claims"] += 1
        counts.update(cell.outcome for cell in claim.measured)
    yield "| chapter | claims | " + "".join(f"{vocabulary.OUTCOMES[outcome].label} | " for outcome in outcomes).rstrip()
    yield "|---|" + "--:|" * (1 + len(outcomes))
    total = Counter[str]()
    for name, counts in rows.items():
        total.update(counts)
        yield f"| {escaped(name)} | " + " | ".join(str(counts[key] or "") for key in ("claims", *outcomes)) + " |"
    yield "| **all** | " + " | ".join(f"**{total[key]}**" for key in ("claims", *outcomes)) + " |"


def _failure(claim: model.Claim) -> str:
    where = "; ".join(_said(cell) for cell in claim.failing[:4])
    more = f"; and {len(claim.failing) - 4} more" if len(claim.failing) > 4 else ""
    failures = [cell.record["failure"] for cell in claim.failing if cell.record and cell.record["failure"]]
    repeat = f"; repeat: `{_code(failures[0]['repeat'])}`" if failures else ""
    return f"`{claim.id}`: {escaped(_cut(where) + more)}{repeat}"


def _said(cell: Cell) -> str:
    reason = _cut(text.gist(cell.reason), 100)
    margin = "" if cell.margin is None else f", worst margin {text.margin(cell.margin)}"
    return f"{cell.dtype} on {cell.place.label}: {cell.word.label}{margin}{f' ({reason})' if reason else ''}"


def _departure(group: Group) -> str:
    claim, trial = group.trials[0]
    more = f" and {len(group.trials) - 1} more" if len(group.trials) > 1 else ""
    said = str(trial.about.get("summary") or trial.name).replace("`", "")
    return f"`{claim.id}`{more}: {escaped(_cut(said))} ({escaped(group.where)})"


def _weak(report: model.Report) -> Iterator[str]:
    for claim, mutant in report.trials("mutants"):
        if not mutant.hits:
            yield f"`{claim.id}`: mutant `{_code(mutant.name)}` {escaped(mutant.outcome)}"
    for claim, refutation in report.trials("refutations"):
        if not refutation.hits:
            yield f"`{claim.id}`: no counterexample to `{_code(refutation.name)}`"
    for claim in report.claims:
        for said in claim.weak:
            yield f"`{claim.id}`: {said}"


def _listed(found: Sequence[tuple[bool, str]], most: int) -> Iterator[str]:
    """A list of at most `most` entries, the new ones first and marked."""
    for is_new, line in sorted(found, key=lambda pair: not pair[0])[:most]:
        yield f"- {'**new** ' if is_new else ''}{line}"
    if len(found) > most:
        yield f"- and {len(found) - most} more"


def _cut(words: str, length: int = 200) -> str:
    words = text.one_line(words)
    return words if len(words) <= length else words[: length - 1] + "…"


def escaped(words: str) -> str:
    """Return words that Markdown shows as they are: no markup, no mention of a user, no link to an issue."""
    words = text.one_line(words).replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    words = re.sub(r"([\\`*_\[\]|~$])", r"\\\1", words)
    return re.sub(r"([@#])(?=\w)", r"\1<!-- -->", words)


def _code(words: str) -> str:
    return text.one_line(words).replace("`", "'").replace("|", "\N{BROKEN BAR}")
