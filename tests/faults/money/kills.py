"""kill -9 of web and workers while customers buy, are refunded and spend."""

import random
import threading
import time
from collections import Counter
from dataclasses import dataclass, field

import stripe

from tests.billing.simulator import SECRET
from tests.faults.money.customers import PACKS, Customer, NotServed, customers
from tests.faults.money.stack import WEBHOOK, Stack
from tests.pictures import jpeg
from tests.processes import kill, wait_until

CUSTOMERS = 6
# Who is killed how often, and for how many seconds at most it takes work before that.
VICTIMS = {"web": (9, 0.8), "default": (9, 0.8), "restoring": (2, 3.0)}
REFUNDED = 0.15
UNFINISHED = """
SELECT (SELECT count(*) FROM restoration_restoration WHERE status IN ('queued', 'processing'))
     + (SELECT count(*) FROM billing_hold WHERE state = 'held')
"""
# What a crash between two transactions would leave: holds whose job never came to be.
ORPHANS = """
from datetime import timedelta
from django.utils import timezone
from accounts.models import Account
from billing import ledger
from billing.models import CreditGrant, Hold
account = Account.objects.create(name="orphans")
ledger.grant(account=account, amount={number}, kind=CreditGrant.Kind.PROMO, source="orphans")
for number in range({number}):
    ledger.hold(account=account, job=f"rst_orphan{{number}}")
Hold.objects.filter(job__startswith="rst_orphan").update(created_at=timezone.now() - timedelta(minutes=2))
result = None
"""


@dataclass
class Kills:
    """`run` it on a started stack. kills: how many; the traffic lasts as long as they do."""

    stack: Stack
    kills: int
    seed: int = 1
    orphans: int = 20
    counts: Counter[str] = field(default_factory=Counter)

    def run(self) -> dict[str, int]:
        """Kill, then let everything come to its end. What was done, by name."""
        self._random = random.Random(self.seed)
        self._over = threading.Event()
        self.stack.simulator.control("webhook", url=self.stack.url + WEBHOOK, secrets=SECRET)
        self._photos = [
            *(self.stack.pictures.serve(f"/money-{n}.jpg", jpeg(24, 24, seed=n)) for n in range(4)),
            self.stack.pictures.serve("/money-damaged.jpg", jpeg()[:700]),
        ]
        self.stack.evaluate(ORPHANS.format(number=self.orphans))
        threads = [
            threading.Thread(target=self._live, args=(customer, number), daemon=True)
            for number, customer in enumerate(customers(self.stack, "spender", CUSTOMERS, credits=20))
        ]
        for thread in threads:
            thread.start()
        self._kill_all()
        self._over.set()
        for thread in threads:
            thread.join(60)
        wait_until(self.stack.is_ready, 60, "ready after the last kill", every=0.3)
        wait_until(lambda: self.stack.count(UNFINISHED) == 0, 240, "all jobs and holds have ended", every=1)
        return {**self.counts, "orphans_planted": self.orphans}

    def _kill_all(self) -> None:
        names, weights = list(VICTIMS), [weight for weight, _ in VICTIMS.values()]
        while self.counts["kills"] < self.kills:
            name = self._random.choices(names, weights)[0]
            wait_until(lambda name=name: self.stack.working(name), 60, f"{name} takes work")
            time.sleep(self._random.uniform(0, VICTIMS[name][1]))
            pid = self.stack.working(name)
            if pid and kill(pid):  # 0 would be everybody
                self.counts["kills"] += 1
                self.counts[f"kills_{name}"] += 1

    def _live(self, customer: Customer, number: int) -> None:
        choose = random.Random(self.seed * 1000 + number)
        while not self._over.is_set():
            step = choose.choices([self._buy, self._spend, self._refund], [3, 5, 1])[0]
            try:
                step(customer, choose)
            except (NotServed, stripe.StripeError):
                self.counts["calls_broken"] += 1
                time.sleep(0.2)

    def _buy(self, customer: Customer, choose: random.Random) -> None:
        page = customer.order(choose.choice(PACKS))
        self.counts["orders"] += 1
        if choose.random() < 0.15:
            return  # goes away without paying
        session = customer.pay(page)
        if choose.random() < 0.5:
            customer.come_back(session)

    def _spend(self, customer: Customer, choose: random.Random) -> None:
        status = customer.restore(choose.choice(self._photos))
        self.counts[f"answers_{status}"] += 1
        if status in (402, 429):
            time.sleep(0.5)

    def _refund(self, customer: Customer, choose: random.Random) -> None:
        client = self.stack.simulator.client
        charges = client.v1.charges.list({"limit": 10}).data
        if charges:
            charge = choose.choice(charges)
            if charge.amount_refunded < charge.amount:
                left = charge.amount - charge.amount_refunded
                client.v1.refunds.create(
                    {"charge": charge.id, "amount": choose.choice([left, (left + 1) // 2])}
                )
                self.counts["refunds_in_traffic"] += 1
