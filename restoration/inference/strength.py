"""How far the engine goes: one row of settings for each mode, and the gentler ones it can fall back to."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Strength:
    """
    name:    the mode, or the rung below the gentlest one
    damage:  probability of damage from which mending begins, and from which it is complete
    denoise: share of the repair network's cleaning that is taken over beside the damage
    enhance: share of the cleaning by x4plus' rendering
    """

    name: str
    damage: tuple[float, float]
    denoise: float
    enhance: float


LADDER = (
    Strength("strong", (0.2, 0.4), 1.0, 1.0),
    Strength("standard", (0.3, 0.5), 1.0, 1.0),
    Strength("gentle", (0.5, 0.75), 0.5, 0.6),
    # Nothing beside the surest damage is touched any more.
    Strength("least", (0.8, 0.95), 0.0, 0.0),
)


def ladder(mode: str) -> tuple[Strength, ...]:
    """The settings of `mode` and all gentler ones, in the order in which they are tried."""
    names = [rung.name for rung in LADDER]
    return LADDER[names.index(mode) :]
