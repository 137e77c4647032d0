"""Sixty-four spenders in sixteen processes: nobody gets what is not there, and nothing happens twice.

One test for all of it: the processes are what costs, and parallel test processes would start them twice.
"""

import json
from typing import Any

from tests.core.shared_database import run, shared_database


def races() -> dict[str, Any]:
    """What all the attempts came to, case by case."""
    with shared_database() as environment:
        printed = run(["-m", "tests.billing.spenders"], environment)
    found: dict[str, Any] = json.loads(printed.splitlines()[-1])
    return found


def credits(available: int, held: int) -> dict[str, int]:
    return {"available": available, "held": held, "debt": 0}


def test_sixty_four_at_once() -> None:
    found = races()
    assert {case: each["problems"] for case, each in found.items()} == {case: [] for case in found}

    fifty_credits = found["spend"]
    assert fifty_credits["outcomes"] == {"held": 50, "refused": 142}
    assert (fifty_credits["credits"], fifty_credits["holds"]) == (credits(0, 50), 50)

    one_job = found["same_job"]
    assert one_job["outcomes"] == {"held": 1, "refused": 63}
    assert one_job["credits"] == credits(99, 1)

    one_source = found["same_source"]
    assert one_source["outcomes"] == {"granted": 1, "repeated": 63}
    assert one_source["credits"] == credits(10, 0)

    one_hold = found["settle"]
    captured = one_hold["outcomes"].get("captured", 0)
    assert captured + one_hold["outcomes"].get("released", 0) == 1
    assert one_hold["outcomes"]["late"] == 63
    assert one_hold["credits"] == credits(1 - captured, 0)

    taken_back = found["reverse"]
    held = taken_back["outcomes"].get("held", 0)
    assert taken_back["outcomes"]["taken"] == 1
    assert taken_back["outcomes"]["repeated"] == 31
    assert held + taken_back["outcomes"].get("refused", 0) == 32
    assert taken_back["credits"] == {"available": 0, "held": held, "debt": held}

    two_keys = found["capped"]
    assert two_keys["outcomes"] == {
        "held cap 10": 10,
        "refused cap 10": 22,
        "held cap 7": 7,
        "refused cap 7": 25,
    }
    assert two_keys["credits"] == credits(83, 17)

    one_address = found["same_address"]
    assert list(one_address["outcomes"].values()) == [64]  # the same account, whoever asked
