"""Whatever is done to a ledger in whatever order, it agrees with a model of coins and holds together."""

import secrets
from collections import Counter
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    rule,
    run_state_machine_as_test,
)

from accounts.models import Account
from billing import clawback, ledger
from billing.audit import problems
from billing.errors import InsufficientCredits
from billing.models import Clawback, CreditGrant
from billing.selectors import balance

START = datetime(2031, 1, 1, tzinfo=UTC)
ORDER = {"trial": 0, "promo": 1, "adjust": 2, "paid": 3}
PARTS = ("free", "held", "spent", "lapsed", "reversed")


@dataclass(frozen=True)
class Bag:
    """What came in at once: a grant."""

    kind: str
    source: str
    ref: str
    expires: datetime | None
    number: int

    @property
    def rank(self) -> tuple[int, bool, datetime, int]:
        return ORDER[self.kind], self.expires is None, self.expires or START, self.number

    def expired(self, now: datetime) -> bool:
        return self.expires is not None and self.expires <= now


@dataclass
class Coin:
    """One credit. `why`: the job it is held for, or the purchase it is taken back for."""

    bag: Bag
    place: str = "free"
    why: str = ""

    def put(self, place: str, why: str = "") -> None:
        self.place, self.why = place, why


@dataclass
class Model:
    """Credits as a child would keep them: every coin lies somewhere, and a slip says who owes how many."""

    coins: list[Coin] = field(default_factory=list)
    bags: list[Bag] = field(default_factory=list)
    owed: Counter[str] = field(default_factory=Counter)
    # When something was taken from a bag for a purchase, or owed for it (None), for the first time.
    first: dict[tuple[str, Bag | None], int] = field(default_factory=dict)

    def at(self, place: str, why: str | None = None) -> list[Coin]:
        found = [coin for coin in self.coins if coin.place == place and why in (None, coin.why)]
        return sorted(found, key=lambda coin: coin.bag.rank)

    @property
    def debt(self) -> int:
        return self.owed.total()

    def remember(self, ref: str, bag: Bag | None) -> None:
        self.first.setdefault((ref, bag), len(self.first))

    def come(self, bag: Bag, amount: int) -> None:
        self.bags.append(bag)
        coins = [Coin(bag) for _ in range(amount)]
        self.coins += coins
        self.pay_back(coins)

    def pay_back(self, coins: list[Coin]) -> None:
        """Coins that are about to be free pay what is owed; the rest is free."""
        for coin in coins:
            coin.put("free")
            owing = [ref for ref in self.owed if self.owed[ref]]
            if owing:
                ref = min(owing, key=lambda each: self.first[each, None])
                self.owed[ref] -= 1
                self.remember(ref, coin.bag)
                coin.put("reversed", ref)

    def lapse(self, now: datetime) -> None:
        for coin in self.at("free"):
            if coin.bag.expired(now):
                coin.put("lapsed")

    def draw(self, job: str, amount: int) -> bool:
        free = self.at("free")
        if self.debt or len(free) < amount:
            return False
        for coin in free[:amount]:
            coin.put("held", job)
        return True

    def settle(self, job: str, capture: bool, now: datetime) -> None:
        coins = sorted(self.at("held", job), key=lambda coin: coin.bag.rank)
        if capture:
            for coin in coins:
                coin.put("spent")
        else:
            self.pay_back(coins)
            self.lapse(now)

    def taken(self, ref: str) -> int:
        return len(self.at("reversed", ref)) + self.owed[ref]

    def take(self, ref: str, amount: int) -> None:
        own = [coin for coin in [*self.at("lapsed"), *self.at("free")] if coin.bag.ref == ref]
        others = [coin for coin in self.at("free") if coin.bag.ref != ref]
        found = [*own, *others][:amount]
        for coin in found:
            self.remember(ref, coin.bag)
            coin.put("reversed", ref)
        if amount > len(found):
            self.remember(ref, None)
            self.owed[ref] += amount - len(found)

    def bring_back(self, ref: str, amount: int, now: datetime) -> None:
        forgiven = min(self.owed[ref], amount)
        self.owed[ref] -= forgiven
        coins = self.at("reversed", ref)
        coins.sort(key=lambda coin: -self.first[ref, coin.bag])
        self.pay_back(coins[: amount - forgiven])
        self.lapse(now)


class Credits(RuleBasedStateMachine):
    """The real ledger and the model, side by side."""

    def __init__(self) -> None:
        super().__init__()
        self.account = Account.objects.create(name="Property")
        self.run = secrets.token_hex(6)
        self.model = Model()
        self.open: list[str] = []
        self.settled: list[str] = []
        self.traveller = time_machine.travel(START, tick=False)
        self.clock = self.traveller.start()

    def teardown(self) -> None:
        self.traveller.stop()

    @property
    def now(self) -> datetime:
        return datetime.now(UTC)

    @property
    def purchases(self) -> list[str]:
        return sorted({bag.ref for bag in self.model.bags if bag.ref})

    def bring(self, bag: Bag, amount: int) -> None:
        assert ledger.grant(
            account=self.account,
            amount=amount,
            kind=CreditGrant.Kind(bag.kind),
            source=bag.source,
            ref=bag.ref,
            expires_at=bag.expires,
        )
        self.model.come(bag, amount)

    @initialize(first=st.integers(1, 6), second=st.integers(1, 6))
    def open_the_account(self, first: int, second: int) -> None:
        self.buy(first, 0, None)
        self.buy(second, 0, None)

    @rule(
        amount=st.integers(1, 6),
        bonus=st.integers(0, 2),
        days=st.one_of(st.none(), st.integers(1, 5)),
    )
    def buy(self, amount: int, bonus: int, days: int | None) -> None:
        number = len(self.model.bags)
        ref = f"pur_{self.run}_{number}"
        expires = self.now + timedelta(days=days) if days else None
        self.bring(Bag("paid", f"purchase:{ref}", ref, expires, number), amount)
        if bonus:
            self.bring(Bag("promo", f"purchase:{ref}:bonus", ref, expires, number + 1), bonus)

    @rule(
        kind=st.sampled_from(["trial", "promo", "adjust"]), amount=st.integers(1, 6), days=st.integers(1, 5)
    )
    def give(self, kind: str, amount: int, days: int) -> None:
        number = len(self.model.bags)
        bag = Bag(kind, f"{kind}:{self.run}:{number}", "", self.now + timedelta(days=days), number)
        self.bring(bag, amount)

    @rule(data=st.data())
    def bring_again(self, data: st.DataObject) -> None:
        if self.model.bags:
            bag = data.draw(st.sampled_from(self.model.bags))
            again = ledger.grant(
                account=self.account, amount=3, kind=CreditGrant.Kind.PAID, source=bag.source, ref=bag.ref
            )
            assert not again

    @rule(amount=st.integers(1, 8))
    def hold(self, amount: int) -> None:
        job = f"rst_{self.run}_{len(self.open) + len(self.settled)}"
        self.model.lapse(self.now)
        if self.model.draw(job, amount):
            ledger.hold(account=self.account, job=job, amount=amount)
            self.open.append(job)
        else:
            with pytest.raises(InsufficientCredits):
                ledger.hold(account=self.account, job=job, amount=amount)

    @rule(data=st.data(), capture=st.booleans())
    def settle(self, data: st.DataObject, capture: bool) -> None:
        if not self.open:
            return
        job = data.draw(st.sampled_from(self.open))
        assert ledger.capture(job=job) if capture else ledger.release(job=job, reason="failed")
        self.model.settle(job, capture, self.now)
        self.open.remove(job)
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
        before = len(self.model.at("free"))
        self.model.lapse(self.now)
        lapsed = ledger.lapse(ledger.credit_account(self.account))
        assert lapsed == before - len(self.model.at("free"))

    @rule()
    def spend_all(self) -> None:
        self.lapse()
        job = f"rst_{self.run}_{len(self.open) + len(self.settled)}"
        amount = len(self.model.at("free"))
        if amount and self.model.draw(job, amount):
            ledger.hold(account=self.account, job=job, amount=amount)
            assert ledger.capture(job=job)
            self.model.settle(job, True, self.now)
            self.settled.append(job)

    @rule(data=st.data(), share=st.sampled_from([1.0, 0.0, 0.4]), again=st.booleans())
    def reverse(self, data: st.DataObject, share: float, again: bool) -> None:
        ref = data.draw(st.sampled_from(self.purchases))
        came = sum(coin.bag.ref == ref for coin in self.model.coins)
        self.bring_to(ref, int(came * share), again)

    @rule(data=st.data())
    def reinstate(self, data: st.DataObject) -> None:
        taken = [ref for ref in self.purchases if self.model.taken(ref)]
        if taken:
            self.bring_to(data.draw(st.sampled_from(taken)), 0, False)

    def bring_to(self, ref: str, target: int, again: bool) -> None:
        self.model.lapse(self.now)
        change = target - self.model.taken(ref)
        if change > 0:
            self.model.take(ref, change)
        elif change < 0:
            self.model.bring_back(ref, -change, self.now)
        assert self.reverse_to(ref, target) == change
        if again:
            assert self.reverse_to(ref, target) == 0

    def reverse_to(self, ref: str, target: int) -> int:
        return clawback.reverse_to(account=self.account, ref=ref, target=target, reason="refund")

    @invariant()
    def model_and_ledger_agree(self) -> None:
        found = balance(self.account)
        places = Counter(coin.place for coin in self.model.coins)
        assert (found.available, found.held, found.debt) == (places["free"], places["held"], self.model.debt)

    @invariant()
    def every_grant_is_where_its_coins_are(self) -> None:
        lying = Counter((coin.bag.source, coin.place) for coin in self.model.coins)
        for grant in CreditGrant.objects.filter(credit_account__account=self.account):
            parts = {part: getattr(grant, part) for part in PARTS}
            assert parts == {part: lying[grant.source, part] for part in PARTS}, grant

    @invariant()
    def it_is_known_what_was_taken_for_which_purchase(self) -> None:
        taken = Counter((coin.why, coin.bag.source) for coin in self.model.at("reversed"))
        owed = {(ref, None): amount for ref, amount in self.model.owed.items() if amount}
        rows = Clawback.objects.filter(credit_account__account=self.account, amount__gt=0)
        assert {
            (ref, source): n for ref, source, n in rows.values_list("ref", "grant__source", "amount")
        } == {
            **taken,
            **owed,
        }

    @invariant()
    def the_ledger_holds_together(self) -> None:
        assert problems(self.account) == []


@pytest.mark.django_db
def test_any_course_of_events() -> None:
    run_state_machine_as_test(
        Credits,
        settings=settings(
            max_examples=20,
            stateful_step_count=25,
            deadline=None,
            suppress_health_check=list(HealthCheck),
        ),
    )
