"""How much is run: Hypothesis profiles, each with the sizes that the runner needs besides."""

from __future__ import annotations

import dataclasses

from hypothesis import HealthCheck, Phase, settings


@dataclasses.dataclass(frozen=True)
class Profile:
    """About `examples` drawn trials an item, each a batch of at most `batch` instances and about `elements` numbers.

    Every corner regime runs under `corner_plans` call plans, others in every dtype. `climb` lets Hypothesis search for
    large margins.
    """

    name: str
    examples: int
    batch: int
    elements: int
    corner_plans: int
    climb: bool = False


PROFILES = {
    p.name: p
    for p in (
        Profile("quick", examples=12, batch=128, elements=1 << 14, corner_plans=2),
        Profile("standard", examples=36, batch=256, elements=1 << 14, corner_plans=2),
        Profile("thorough", examples=600, batch=256, elements=1 << 18, corner_plans=20),
        Profile("hunt", examples=2000, batch=256, elements=1 << 16, corner_plans=20, climb=True),
    )
}
DEFAULT = "quick"


def register() -> None:
    """Makes the profiles known to Hypothesis, so that `--hypothesis-profile` finds them."""
    for p in PROFILES.values():
        settings.register_profile(
            p.name,
            max_examples=p.examples,
            deadline=None,
            database=None,
            print_blob=False,
            report_multiple_bugs=False,
            phases=(Phase.generate, Phase.target, Phase.shrink),
            # a batch is large on purpose, and its time depends on the regime
            suppress_health_check=list(HealthCheck),
        )


def active() -> Profile:
    """The profile that Hypothesis has loaded, or the default one when it is none of ours."""
    return PROFILES.get(settings.get_current_profile_name(), PROFILES[DEFAULT])
