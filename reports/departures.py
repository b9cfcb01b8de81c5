"""The departures of torch as an upstream maintainer reads them: one entry a script, each an issue in Markdown, too."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

from reports import text, vocabulary
from reports.evidence import Run, Trial, where_of
from reports.read import Record

if TYPE_CHECKING:
    from reports.model import Claim


@dataclass
class Departure:
    """A script with the claims whose inputs it spoils; the trials are those of all these claims."""

    script: str
    members: list[tuple[Claim, Trial]]

    @cached_property
    def about(self) -> Mapping[str, Any]:
        """What the first claim's record says of it; empty where no record does."""
        return next((trial.about for _, trial in self.members if trial.about), {})

    @property
    def name(self) -> str:
        """The name of the script, which is also its anchor on the page."""
        return self.script.rpartition("/")[2].removesuffix(".py")

    @property
    def title(self) -> str:
        """One sentence."""
        return str(self.about.get("title") or self.about.get("summary") or self.name)

    @property
    def kind_name(self) -> str:
        """Bug, documented or unavoidable; older records do not say."""
        return str(self.about.get("kind", "unsorted"))

    @property
    def kind(self) -> vocabulary.Word:
        """The kind as the page says it."""
        return vocabulary.KINDS[self.kind_name]

    @cached_property
    def results(self) -> list[Record]:
        """The results of its script, in all runs."""
        return [result for _, trial in self.members for result in trial.results]

    def found(self, *outcomes: str) -> str:
        """Where the script ended so."""
        ended = (result for result in self.results if result["outcome"] in outcomes)
        return where_of(
            {(r["subject"], r["device"], r["dtype"]): r for r in ended}.values()
        )  # a claim each has its own

    def torch(self, runs: Iterable[Run], outcome: str = "departs") -> list[str]:
        """The versions of torch with which it ended so."""
        ended = {result["run"] for result in self.results if result["outcome"] == outcome}
        return sorted({run.record["versions"]["torch"] for run in runs if run.name in ended and run.record})

    @cached_property
    def state(self) -> str:
        """The outcome to show: departs if it was seen anywhere, else mended, elsewhere, error or not-run."""
        present = {result["outcome"] for result in self.results}
        return next((state for state in ("departs", "mended", "elsewhere", "error") if state in present), "not-run")

    @cached_property
    def shown(self) -> Mapping[str, Any] | None:
        """What the script showed where torch departs; elsewhere if nowhere."""
        ordered = sorted(self.results, key=lambda result: result["outcome"] != "departs")
        return next((result["demonstration"] for result in ordered if result.get("demonstration")), None)

    def listed(self, field: str) -> list[str]:
        """The devices or the dtypes of all its claims, in their usual order."""
        order = {"devices": vocabulary.device_order, "dtypes": vocabulary.dtype_order}[field]
        return sorted({name for _, trial in self.members for name in trial.about.get(field, ())}, key=order)

    @property
    def hardware(self) -> list[str]:
        """The processors on which it is seen, where it is not seen on all."""
        return sorted({trial.about["hardware"] for _, trial in self.members if trial.about.get("hardware")})

    @property
    def operations(self) -> list[str]:
        """The operations of the claims in which torch departs."""
        return sorted({name for _, trial in self.members for name in trial.about.get("operations", ())})

    @property
    def summaries(self) -> list[str]:
        """What its claims say of it, each sentence once."""
        return list(dict.fromkeys(trial.about["summary"] for _, trial in self.members if trial.about.get("summary")))

    @property
    def versions(self) -> str:
        """The versions of torch that have it."""
        mended = f"; mended in {self.about['mended']}" if self.about.get("mended") else ""
        return f"{self.about.get('versions', 'not recorded')}{mended}"

    def issue(self, runs: Iterable[Run]) -> str:
        """The departure in Markdown, as a tracker wants it."""
        about, shown = self.about, self.shown
        here = text.listed(self.torch(runs))
        claims = "; ".join(f"{claim.record['title']} ({claim.id})" for claim, _ in self.members)
        lines = [f"# {self.title}", ""]
        for paragraph in (about.get("text"), *self.summaries):
            lines += [paragraph, ""] if paragraph else []
        lines += ["## Reproduction", "", *fenced(about.get("code", "").strip("\n"), "python"), ""]
        if shown:
            lines += ["## Expected", "", *fenced(shown["exact"]), "", "## Actual", "", *fenced(shown["observed"]), ""]
            lines += ["Output of the script:", "", *fenced(shown["printed"].rstrip("\n")), ""]
        lines += ["## Where", ""]
        for label, value in (
            ("dtypes", text.listed(self.listed("dtypes"))),
            ("devices", text.listed(self.listed("devices"))),
            ("processors", "; ".join(self.hardware)),
            ("torch", self.versions + (f" (run here with {here})" if here else "")),
            ("what should hold", claims),
            ("related", about.get("upstream") or ""),
            ("documentation" if about.get("kind") == "documented" else "note", about.get("why", "")),
        ):
            lines += [f"- {label}: {value}"] if value else []
        return "\n".join(lines) + "\n"


def departures(claims: Iterable[Claim]) -> list[Departure]:
    """The departures that ran, those with one script together; bugs first, then by the order of their claims."""
    groups: dict[str, list[tuple[Claim, Trial]]] = {}
    for claim in claims:
        for trial in claim.departures:
            groups.setdefault(str(trial.about.get("script") or trial.name), []).append((claim, trial))
    found = [Departure(script, members) for script, members in groups.items()]
    kinds = list(vocabulary.KINDS)
    ran = [one for one in found if any(trial.ran for _, trial in one.members)]
    return sorted(ran, key=lambda one: kinds.index(one.kind_name))


def fenced(code: str, language: str = "") -> list[str]:
    """A block of code in Markdown, with a fence longer than any run of backticks in it."""
    runs = [len(run) for run in "".join(c if c == "`" else " " for c in code).split()]
    fence = "`" * max(3, 1 + max(runs, default=0))
    return [f"{fence}{language}", code, fence]
