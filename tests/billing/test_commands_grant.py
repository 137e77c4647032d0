"""grant_credits: credits from the shell, with a reason, once for a key."""

import json
import os
from io import StringIO
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from billing.audit import problems
from billing.models import CreditGrant, LedgerTxn
from billing.selectors import balance
from tests.conftest import Owner
from tests.core.shared_database import run

pytestmark = pytest.mark.django_db


def grant(**options: Any) -> dict[str, Any]:
    out = StringIO()
    options = {"email": "alice@example.org", "amount": 7, "reason": "goodwill", **options}
    call_command("grant_credits", **options, stdout=out)
    found: dict[str, Any] = json.loads(out.getvalue().splitlines()[-1])
    return found


def test_the_balance_is_printed(owner: Owner) -> None:
    assert grant() == {"credits": {"available": 12, "held": 0, "debt": 0}}
    assert grant(email="ALICE@example.org") == {"credits": {"available": 19, "held": 0, "debt": 0}}
    assert problems(owner.account) == []


def test_the_reason_stands_in_the_ledger(owner: Owner) -> None:
    grant(reason=" incident 2031-05 ")
    latest = LedgerTxn.objects.latest("seq")
    assert (latest.kind, latest.reason) == ("grant", "incident 2031-05")
    assert CreditGrant.objects.latest("pk").kind == CreditGrant.Kind.ADJUST


def test_the_same_key_grants_once(owner: Owner) -> None:
    assert grant(key="ticket-1")["credits"]["available"] == 12
    assert grant(key="ticket-1")["credits"]["available"] == 12
    assert grant(key="ticket-2")["credits"]["available"] == 19


@pytest.mark.parametrize(
    ("options", "text"),
    [
        ({"email": "nobody@example.org"}, "No account for nobody@example.org"),
        ({"amount": 0}, "1 or more"),
        ({"amount": -5}, "1 or more"),
        ({"amount": 10**12}, "at most"),
        ({"reason": "  "}, "must not be empty"),
        ({"reason": "r" * 65}, "64 characters"),
        ({"key": "k" * 101}, "100 characters"),
    ],
)
def test_what_cannot_be_is_refused(owner: Owner, options: dict[str, Any], text: str) -> None:
    with pytest.raises(CommandError, match=text):
        grant(**options)
    assert balance(owner.account).available == 5


def test_a_refusal_is_an_exit_code_and_a_line_on_stderr() -> None:
    with pytest.raises(AssertionError) as failed:
        run(
            ["manage.py", "grant_credits", "--email", "x@example.org", "--amount", "0", "--reason", "r"],
            dict(os.environ),
        )
    assert str(failed.value) == "CommandError: --amount must be 1 or more.\n"
