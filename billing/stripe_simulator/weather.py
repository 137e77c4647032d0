"""What happens to events on their way: lost, doubled, late and so out of order, or spoiled."""

import random
from dataclasses import dataclass

from billing.stripe_simulator import switches

# forged: signed with a secret that nobody has. stale, ahead: signed in the past or the future.
MANNERS = ("forged", "stale", "ahead")
_dice = random.Random()  # noqa: S311  # chance, not secrecy


@dataclass(frozen=True)
class Fate:
    """What becomes of one delivery. `manner`: one of MANNERS, or empty for a good one."""

    dropped: bool = False
    delay_s: float = 0
    manner: str = ""


def set_weather(*, seed: int | None, **chances: float) -> None:
    """`drop`, `duplicate` and `spoil` are chances from 0 to 1; each waits up to `delay_s` seconds."""
    switches.turn("weather", chances)
    _dice.seed(seed)


def fates() -> list[Fate]:
    """The deliveries that one event gets; a spoiled one comes beside a good one, as forgers have it."""
    to_drop = switches.read("drop_next", 0)
    if to_drop > 0:
        switches.turn("drop_next", to_drop - 1)
        return [Fate(dropped=True)]
    has = switches.read("weather")
    if has is None:
        return [Fate()]
    copies = 2 if _dice.random() < has["duplicate"] else 1
    found = [Fate(_dice.random() < has["drop"], _dice.uniform(0, has["delay_s"])) for _ in range(copies)]
    if _dice.random() < has["spoil"]:
        found.append(Fate(manner=_dice.choice(MANNERS)))
    return found
