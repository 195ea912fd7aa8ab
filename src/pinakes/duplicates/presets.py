"""Named settings of each tier, and the numbers behind the names."""

from __future__ import annotations

from collections.abc import Mapping

from pinakes.core.errors import InvalidRequest
from pinakes.core.types import Tier
from pinakes.duplicates.evidence import copies, hamming, neighbours

#: The names, from the fewest finds to the most.
NAMES = ("strict", "careful", "balanced", "loose")

#: The name that is meant when none is given.
DEFAULT = "balanced"

#: What the names stand for: largest Hamming distance of hashes, least score of the others.
NUMBERS: Mapping[Tier, Mapping[str, float]] = {
    Tier.HASH: hamming.PRESETS,
    Tier.COPY: copies.PRESETS,
    Tier.SIMILAR: neighbours.PRESETS,
}


def default() -> dict[Tier, str]:
    """Every tier at its default preset."""
    return dict.fromkeys(NUMBERS, DEFAULT)


def parse(text: str) -> dict[Tier, str]:
    """Read "strict", or "balanced,copy=strict" where single tiers differ.

    Raises:
        InvalidRequest: a name is none of the presets or tiers.
    """
    chosen = default()
    for part in (part.strip().lower() for part in text.split(",") if part.strip()):
        tier, _, name = part.rpartition("=")
        if name not in NAMES or (tier and tier not in {known.value for known in NUMBERS}):
            raise InvalidRequest(
                f"{part!r} is no preset.",
                remedy=f"Choose among {', '.join(NAMES)}; for one tier alone write for instance copy=strict.",
            )
        chosen.update({Tier(tier): name} if tier else dict.fromkeys(NUMBERS, name))
    return chosen


def threshold(chosen: Mapping[Tier, str], tier: Tier) -> float:
    """The number that `tier` works with under the presets `chosen`."""
    return NUMBERS[tier][chosen[tier]]
