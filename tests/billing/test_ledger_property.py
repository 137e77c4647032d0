"""Whatever is done to a ledger in whatever order, it agrees with a model of a few lines and holds together."""

import secrets
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule, run_state_machine_as_test

from accounts.models import Account
from billing import ledger
from billing.audit import problems
from billing.errors import InsufficientCredits
from billing.models import CreditGrant
from billing.selectors import balance
from tests.billing.test_ledger_movements import owe

START = datetime(2031, 1, 1, tzinfo=UTC)
ORDER = {"trial": 0, "promo": 1, "adjust": 2, "paid": 3}


@dataclass
class Grant:
    """What the model knows of a grant."""

    kind: str
    source: str
    free: int
    expires: datetime | None
    number: int

    @property
    def rank(self) -> tuple[int, bool, datetime, int]:
        return ORDER[self.kind], self.expires is None, self.expires or START, self.number


@dataclass
class Model:
    """Credits as a child would keep them: heaps of coins, and a slip for each job."""

    grants: list[Grant] = field(default_factory=list)
    holds: dict[str, list[tuple[Grant, int]]] = field(default_factory=dict)
    debt: int = 0
    spent: int = 0

    @property
    def available(self) -> int:
        return sum(grant.free for grant in self.grants)

    @property
    def held(self) -> int:
        return sum(amount for parts in self.holds.values() for _, amount in parts)

    def lapse(self, now: datetime) -> None:
        for grant in self.grants:
            if grant.expires is not None and grant.expires <= now:
                grant.free = 0

    def draw(self, job: str, amount: int) -> bool:
        if self.debt or self.available < amount:
            return False
        parts = []
        for grant in sorted(self.grants, key=lambda each: each.rank):
            part = min(grant.free, amount)
            if part:
                grant.free -= part
                amount -= part
                parts.append((grant, part))
        self.holds[job] = parts
        return True

    def give_back(self, job: str, now: datetime) -> None:
        for grant, amount in self.holds.pop(job):
            repaid = min(self.debt, amount)
            self.debt -= repaid
            grant.free += amount - repaid
        self.lapse(now)


class Credits(RuleBasedStateMachine):
    """The real ledger and the model, side by side."""

    def __init__(self) -> None:
        super().__init__()
        self.account = Account.objects.create(name="Property")
        self.run = secrets.token_hex(6)
        self.model = Model()
        self.jobs = 0
        self.settled: list[str] = []
        self.traveller = time_machine.travel(START, tick=False)
        self.clock = self.traveller.start()

    def teardown(self) -> None:
        self.traveller.stop()

    @property
    def now(self) -> datetime:
        return datetime.now(UTC)

    @rule(
        kind=st.sampled_from(CreditGrant.Kind.values),
        amount=st.integers(1, 6),
        days=st.one_of(st.none(), st.integers(1, 5)),
    )
    def grant(self, kind: str, amount: int, days: int | None) -> None:
        number = len(self.model.grants)
        expires = self.now + timedelta(days=days) if days else None
        grant = Grant(kind, f"{kind}:{self.run}:{number}", amount, expires, number)
        assert ledger.grant(
            account=self.account,
            amount=amount,
            kind=CreditGrant.Kind(kind),
            source=grant.source,
            expires_at=expires,
        )
        repaid = min(self.model.debt, amount)
        self.model.debt -= repaid
        grant.free -= repaid
        self.model.grants.append(grant)

    @rule(data=st.data())
    def grant_again(self, data: st.DataObject) -> None:
        if self.model.grants:
            grant = data.draw(st.sampled_from(self.model.grants))
            assert not ledger.grant(
                account=self.account, amount=3, kind=CreditGrant.Kind.PAID, source=grant.source
            )

    @rule(amount=st.integers(1, 8))
    def hold(self, amount: int) -> None:
        self.jobs += 1
        job = f"rst_{self.run}_{self.jobs}"
        self.model.lapse(self.now)
        covered = self.model.draw(job, amount)
        if covered:
            ledger.hold(account=self.account, job=job, amount=amount)
        else:
            with pytest.raises(InsufficientCredits):
                ledger.hold(account=self.account, job=job, amount=amount)

    @rule(data=st.data(), capture=st.booleans())
    def settle(self, data: st.DataObject, capture: bool) -> None:
        if not self.model.holds:
            return
        job = data.draw(st.sampled_from(sorted(self.model.holds)))
        if capture:
            assert ledger.capture(job=job)
            self.model.spent += sum(amount for _, amount in self.model.holds.pop(job))
        else:
            assert ledger.release(job=job, reason="failed")
            self.model.give_back(job, self.now)
        self.settled.append(job)

    @rule(data=st.data(), capture=st.booleans())
    def settle_again(self, data: st.DataObject, capture: bool) -> None:
        if self.settled:
            job = data.draw(st.sampled_from(self.settled))
            assert not (ledger.capture(job=job) if capture else ledger.release(job=job, reason="again"))

    @rule(hours=st.integers(1, 60))
    def pass_time(self, hours: int) -> None:
        self.clock.shift(timedelta(hours=hours))

    @rule()
    def lapse(self) -> None:
        before = self.model.available
        self.model.lapse(self.now)
        lapsed = ledger.lapse(ledger.credit_account(self.account))
        assert lapsed == before - self.model.available

    @rule(amount=st.integers(1, 4))
    def claw_back_what_is_gone(self, amount: int) -> None:
        if not self.model.available:
            owe(self.account, amount)
            self.model.debt += amount

    @invariant()
    def model_and_ledger_agree(self) -> None:
        found = balance(self.account)
        assert (found.available, found.held, found.debt) == (
            self.model.available,
            self.model.held,
            self.model.debt,
        )

    @invariant()
    def the_ledger_holds_together(self) -> None:
        assert problems(self.account) == []


@pytest.mark.django_db
def test_any_course_of_events() -> None:
    run_state_machine_as_test(
        Credits,
        settings=settings(
            max_examples=15,
            stateful_step_count=20,
            deadline=None,
            suppress_health_check=list(HealthCheck),
        ),
    )
