"""Sixty-four spenders in sixteen processes: nobody gets what is not there, and nothing happens twice."""

import json
from typing import Any

import pytest

from tests.core.shared_database import run, shared_database


@pytest.fixture(scope="module")
def races() -> dict[str, Any]:
    """What all the attempts came to, case by case."""
    with shared_database() as environment:
        printed = run(["-m", "tests.billing.spenders"], environment)
    found: dict[str, Any] = json.loads(printed.splitlines()[-1])
    return found


def test_fifty_credits_are_held_exactly_fifty_times(races: dict[str, Any]) -> None:
    assert races["spend"]["outcomes"] == {"held": 50, "refused": 142}
    assert races["spend"]["credits"] == {"available": 0, "held": 50, "debt": 0}
    assert races["spend"]["holds"] == 50


def test_one_job_is_held_once(races: dict[str, Any]) -> None:
    assert races["same_job"]["outcomes"] == {"held": 1, "refused": 63}
    assert races["same_job"]["credits"] == {"available": 99, "held": 1, "debt": 0}


def test_one_source_grants_once(races: dict[str, Any]) -> None:
    assert races["same_source"]["outcomes"] == {"granted": 1, "repeated": 63}
    assert races["same_source"]["credits"] == {"available": 10, "held": 0, "debt": 0}


def test_one_hold_is_settled_once(races: dict[str, Any]) -> None:
    outcomes = races["settle"]["outcomes"]
    captured = outcomes.get("captured", 0)
    assert captured + outcomes.get("released", 0) == 1
    assert outcomes["late"] == 63
    assert races["settle"]["credits"] == {"available": 1 - captured, "held": 0, "debt": 0}


def test_one_address_gets_one_account(races: dict[str, Any]) -> None:
    assert list(races["same_address"]["outcomes"].values()) == [64]


def test_every_ledger_holds_together_afterwards(races: dict[str, Any]) -> None:
    assert {case: found["problems"] for case, found in races.items()} == {case: [] for case in races}
