"""pytest over claims: the options, the items, the records, and the summary at the end."""

from __future__ import annotations

import functools
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import settings

from claims.frame import environment, profiles, resume, support_memory, switches
from claims.frame.cases import CASES, Case, Selection, evidence_key, metadata
from claims.frame.claim import load_all
from claims.frame.evidence import Evidence
from claims.frame.kernels import UsageProblem
from claims.frame.messages import failure_text
from claims.frame.records import RecordWriter
from claims.frame.summary import print_summary
from claims.frame.vacuity import weaknesses

PROPERTY, ABOUT = "claims-evidence", "claims-metadata"
"""What the items of a worker tell the controller, which examines nothing itself: it would take a core from them."""
UNTIMELY: dict[int, str] = {
    pytest.ExitCode.OK: "",
    pytest.ExitCode.TESTS_FAILED: "",
    pytest.ExitCode.NO_TESTS_COLLECTED: "",
    pytest.ExitCode.INTERRUPTED: "interrupted",
    pytest.ExitCode.INTERNAL_ERROR: "an internal error",
}
"""Why a run with this exit status ended before all its items had run: empty where it did not."""
SELECTION = pytest.StashKey[Selection]()
TOLD = pytest.StashKey[set[str]]()
DONE = pytest.StashKey[set[str]]()
WORKER_DONE = "claims-done"

profiles.register()


def pytest_addoption(parser: pytest.Parser) -> None:
    """Adds the options; profiles and seeds are Hypothesis's own options."""
    group = parser.getgroup("claims", "which claims are checked, and on what")
    for option, text in (
        ("claim", "the claim with this id"),
        ("chapter", "the claims of this chapter"),
        ("device", "this device: cpu, cuda, cuda:1, ... (default: every device present)"),
        ("dtype", "this dtype: float16, bfloat16, float32 or float64 (default: all that torch supports)"),
        ("subject", "what is tested: eager, or a Python file of kernels"),
    ):
        group.addoption(f"--{option}", action="append", default=[], metavar=option.upper(), help=f"{text}; repeatable")
    group.addoption("--mutants", action="store_true", help="only mutants: each on the claims that must catch it")
    group.addoption("--everywhere", action="store_true", help="mutants on every other claim of their operation, too")
    group.addoption("--require-device", action="store_true", help="a device that is absent is an error, not a skip")
    group.addoption("--report", metavar="DIR", type=Path, help="write the run's record and an HTML report to DIR")
    group.addoption("--resume", action="store_true", help="go on with the newest record in DIR of a run like this one")


@pytest.hookimpl(tryfirst=True)  # before xdist takes its own default
def pytest_cmdline_main(config: pytest.Config) -> None:
    """Workers with nothing left to do take over from others: a claim takes as long as many mutants."""
    if getattr(config.option, "numprocesses", None) and config.option.dist == "no":
        config.option.dist = "worksteal"


@pytest.hookimpl(tryfirst=True)  # before Hypothesis loads a profile, which would fail on an unknown name at length
def pytest_configure(config: pytest.Config) -> None:
    """Checks every name that the user gave, sets the precision switches, and opens the record."""
    option = config.option
    chosen = Selection(option.claim, option.chapter, option.subject, option.device, option.dtype)
    try:
        chosen.validate()
    except UsageProblem as problem:
        raise pytest.UsageError(str(problem)) from None
    profile = option.hypothesis_profile
    if profile and profile not in profiles.PROFILES:
        raise pytest.UsageError(f"no Hypothesis profile {profile!r}; there are {', '.join(profiles.PROFILES)}")
    if option.report:
        try:
            option.report.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise pytest.UsageError(f"--report: no directory {option.report} ({error.strerror})") from None
    if option.resume and not option.report:
        raise pytest.UsageError("--resume goes on with a record: say where it lies with --report DIR")
    base_seed(config)
    config.stash[SELECTION] = chosen
    config.stash[DONE] = set(getattr(config, "workerinput", {}).get(WORKER_DONE, ()))
    switches.set_all()
    switches.keep_pages()
    if not option.hypothesis_profile:
        settings.load_profile(profiles.DEFAULT)
    support_memory.announce(functools.partial(learn_support, config))
    if not hasattr(config, "workerinput"):
        config.pluginmanager.register(Controller(config), "claims-controller")


def base_seed(config: pytest.Config) -> int:
    """The seed that everything drawn depends on: `--hypothesis-seed`, 0 by default so that runs repeat."""
    given = config.option.hypothesis_seed
    try:
        return int(given or 0)
    except ValueError:
        raise pytest.UsageError(f"--hypothesis-seed: {given!r} is no integer") from None


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """One item a case: a test that takes `claim_case`, `refutation_case`, `mutant_case` or `departure_case`."""
    for role, cases in CASES.items():
        if f"{role}_case" in metafunc.fixturenames:
            support_memory.learn()
            asked = role != "cross" or metafunc.config.option.everywhere
            made = [pytest.param(c, id=c.id) for c in cases(metafunc.config.stash[SELECTION])] if asked else []
            metafunc.parametrize(f"{role}_case", made or [pytest.param(None, id="none")])


def learn_support(config: pytest.Config) -> None:
    """What torch supports, remembered where pytest has a cache; elsewhere it is found out when it is needed."""
    if not hasattr(config, "cache"):
        return
    try:
        cache = config.cache.mkdir("claims-support")
    except OSError:  # nothing may be written here
        return
    worker = getattr(config, "workerinput", {"workerid": "gw0", "workercount": 1})
    number = int(worker["workerid"].removeprefix("gw"))
    support_memory.prepare(config.stash[SELECTION].selected(), cache, number, worker["workercount"])


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leaves out roles without cases, and what a resumed run has done.

    When something was asked for by name the suite's own tests are left out, too; when mutants were, all but those.
    """
    only = {"mutant", "cross"} if config.option.mutants or config.option.everywhere else set(CASES)
    by_name = config.stash[SELECTION] != Selection([], [], [], [], []) or len(only) < len(CASES)
    for item in items.copy():
        given = item.callspec.params if isinstance(item, pytest.Function) and hasattr(item, "callspec") else {}
        cases: list[Any] = [given[f"{role}_case"] for role in CASES if f"{role}_case" in given]
        if None in cases:
            items.remove(item)
        elif (by_name and not cases) or any(c.role not in only or c.key in config.stash[DONE] for c in cases):
            items.remove(item)
            config.hook.pytest_deselected(items=[item])


@pytest.fixture
def judge(request: pytest.FixtureRequest) -> Any:
    """Runs a case, attaches its evidence to the item, and fails or skips the item if the evidence says so."""
    told = request.config.stash.setdefault(TOLD, set())

    def run(case: Case, *good: str) -> None:
        evidence = case.run(profiles.active(), base_seed(request.config))
        if request.config.option.report and case.claim not in told:
            told.add(case.claim)
            request.node.user_properties.append((ABOUT, metadata(load_all()[case.claim])))
        request.node.user_properties.append((PROPERTY, evidence.record()))
        _conclude(case, evidence, good, require_device=request.config.option.require_device)

    return run


def _conclude(case: Case, evidence: Evidence, good: tuple[str, ...], *, require_device: bool) -> None:
    if case.skip:
        if case.absent and require_device:
            pytest.fail(f"{case.skip}, and --require-device was given", pytrace=False)
        pytest.skip(case.skip)
    if evidence.outcome not in good:
        pytest.fail(failure_text(case, evidence), pytrace=False)


class Controller:
    """The process that collects the evidence of all workers: writes the record, the summary and the report."""

    def __init__(self, config: pytest.Config) -> None:
        self.config = config
        self.evidence: list[dict[str, Any]] = []
        self.writer: RecordWriter | None = None
        self.closing: list[str] = []

    def pytest_sessionstart(self) -> None:
        """Opens the record, that of an earlier run if this one resumes it."""
        if self.config.option.report is None:
            return
        profile = profiles.active()
        about = {
            "command": " ".join(["pytest", *self.config.invocation_params.args]),
            **environment.describe(),
            "profile": profile.name,
            "examples": profile.examples,
            "seed": base_seed(self.config),
        }
        earlier = resume.resumable(self.config.option.report, about) if self.config.option.resume else None
        if earlier:
            self.evidence = resume.found(earlier)
            self.config.stash[DONE] = {evidence_key(e) for e in self.evidence}
            self.closing = [f"resumed: {len(self.evidence)} items were done before"]
        self.writer = RecordWriter(self.config.option.report, about, earlier)

    @pytest.hookimpl(optionalhook=True)
    def pytest_configure_node(self, node: Any) -> None:
        """Tells a worker what is done; the record would tell a worker that starts late another tale."""
        done = self.config.stash[DONE]
        node.workerinput[WORKER_DONE] = sorted(done)

    @pytest.hookimpl(tryfirst=True)  # before --junitxml, which prints what the properties hold
    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Writes the evidence of an item as soon as it arrives, and leaves other plugins a few numbers of it."""
        told = [(k, v) for k, v in report.user_properties if k in {ABOUT, PROPERTY} and isinstance(v, dict)]
        report.user_properties = [
            *(pair for pair in report.user_properties if pair not in told),
            *(pair for key, about in told if key == PROPERTY for pair in _brief(about)),
        ]
        for key, about in told if report.when == "call" else ():
            if key == PROPERTY:
                self.evidence.append(about)
            if self.writer is not None:
                (self.writer.claim if key == ABOUT else self.writer.evidence)(about)

    def pytest_sessionfinish(self, session: pytest.Session) -> None:
        """Closes the record and builds the report; a report that fails to build fails the run, and loses nothing.

        A claim that would not notice much fails the run, too.
        """
        weak = weaknesses(self.evidence)
        self.closing += [f"weak: {claim} {said}; mend it, or say why in its `weakness`" for claim, said in weak]
        if weak and session.exitstatus == pytest.ExitCode.OK:
            session.exitstatus = pytest.ExitCode.TESTS_FAILED
        if self.writer is None:
            return
        if self.config.stash[DONE] and session.exitstatus == pytest.ExitCode.NO_TESTS_COLLECTED:
            session.exitstatus = pytest.ExitCode.OK  # all was done before
        status = int(session.exitstatus)
        told = session.shouldfail or session.shouldstop or UNTIMELY.get(status, f"exit status {status}")
        self.writer.end(status, str(told) if told else None)
        self.closing.append(f"record: {self.writer.path}")
        from reports import build  # noqa: PLC0415  only a run that asks for a report needs it

        try:
            self.closing.append(f"report: {build.build([self.writer.path], self.config.option.report)}")
        except Exception as error:  # noqa: BLE001  whatever it is, the record is safe
            problem = f"{type(error).__name__}: {error}".replace("\n", " ")
            self.closing.append(f"the report could not be built ({problem}); the record is complete")
            session.exitstatus = pytest.ExitCode.INTERNAL_ERROR

    @pytest.hookimpl(wrapper=True)
    def pytest_terminal_summary(self, terminalreporter: pytest.TerminalReporter) -> Iterator[None]:
        """Prints the table of evidence before pytest's own last lines."""
        if self.evidence:
            print_summary(self.evidence, terminalreporter)
        for line in self.closing:
            terminalreporter.write_line(line)
        yield


def _brief(measured: dict[str, Any]) -> list[tuple[str, object]]:
    """What a reader of a JUnit file wants of an item's evidence."""
    margin = (measured["failure"] or measured["worst"] or {}).get("margin", "none")
    return [("outcome", measured["outcome"]), ("margin", margin), ("instances", measured["instances"])]
