"""Thousands of deliveries, duplicated, shuffled, delayed and dropped, over HTTP to the running platform.

The campaign stands between Stripe's simulator and the platform: it receives every event once and decides what
becomes of it. What it swallows, and what the simulator itself never sends, only reconciliation can bring.
"""

import random
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Any

import stripe
import urllib3

from tests.billing.simulator import API_KEY, SECRET, Received
from tests.faults.money.customers import PACKS, Customer, NotServed, customers
from tests.faults.money.stack import WEBHOOK, Stack
from tests.processes import wait_until

BUYERS, CARRIERS = 4, 8
SWALLOWED, UNSENT = 0.04, 0.04
DELAYED = 0.15
PAYMENT_EVENTS = 6  # about as many as a payment makes
REFUNDED, DISPUTED = 0.2, 0.05
TRIES = 8
UNTRIED = "SELECT count(*) FROM billing_stripeevent WHERE status = 'received'"


@dataclass
class Deliveries:
    """`run` it on a started stack. count: deliveries that the platform takes in all."""

    stack: Stack
    count: int
    purchases: int
    seed: int = 1
    counts: Counter[str] = field(default_factory=Counter)

    def run(self) -> dict[str, int]:
        """Buy, deliver, reconcile. What was done, by name; what came of it is asked of the database."""
        self._random = random.Random(self.seed)
        self.stack.simulator.control("webhook", url=self.stack.endpoint.url, secrets=SECRET)
        self._http = urllib3.PoolManager(maxsize=CARRIERS, retries=False, timeout=30)
        self._buy()
        # The first wave takes its part of the count; the rest is left for what is still to come.
        now, later = self._plan(int(self.count * 0.7))
        self._deliver(now)
        wait_until(self._is_tried, 240, "every event of the first wave was tried", every=0.5)
        # Refunds and disputes come to purchases that are there, and to some that nobody told of yet.
        self._take_back()
        more, much_later = self._plan(self.count - self.counts["planned"])
        self._deliver([*later, *more, *much_later])
        self._forge()
        wait_until(self._is_tried, 240, "every event was tried", every=0.5)
        return dict(self.counts)

    def _buy(self) -> None:
        self._known = 0
        buyers = customers(self.stack, "buyer", BUYERS)
        shares = [range(place, self.purchases, BUYERS) for place in range(BUYERS)]
        with ThreadPoolExecutor(BUYERS) as pool:
            list(pool.map(self._buy_some, buyers, shares))

    def _buy_some(self, buyer: Customer, share: range) -> None:
        choose = random.Random(self.seed * 1000 + share.start)
        for _ in share:
            try:
                page = buyer.order(choose.choice(PACKS))
                if choose.random() < UNSENT:
                    self.stack.simulator.control("deliveries/drop_next", count=PAYMENT_EVENTS)
                buyer.pay(page)
            except NotServed:
                self.counts["orders_not_served"] += 1

    def _fresh(self) -> list[Received]:
        """What the simulator has sent since it was asked last; waits until it has sent all."""
        last = -1
        while len(self.stack.endpoint.received) != last:
            last = len(self.stack.endpoint.received)
            time.sleep(1)
        fresh = self.stack.endpoint.received[self._known :]
        self._known = last
        return fresh

    def _plan(self, number: int) -> tuple[list[Received], list[Received]]:
        """Of what is new: which deliveries come now and which later, in an order that no sender would choose."""
        events = self._fresh()
        told = [event for event in events if self._random.random() >= SWALLOWED]
        self.counts["events_swallowed"] += len(events) - len(told)
        copies = self._random.choices(told, k=max(0, number - len(told))) if told else []
        deliveries = [*told, *copies]
        self._random.shuffle(deliveries)
        self.counts["planned"] += len(deliveries)
        late = int(len(deliveries) * DELAYED)
        return deliveries[late:], deliveries[:late]

    def _deliver(self, deliveries: list[Received]) -> None:
        with ThreadPoolExecutor(CARRIERS) as pool:
            taken = sum(status == 200 for status in pool.map(self._carry, deliveries))
        self.counts["deliveries"] += taken
        self.counts["deliveries_not_taken"] += len(deliveries) - taken

    def _carry(self, received: Received) -> int:
        """Deliver until it is taken, signed anew at each attempt as Stripe does. The last status."""
        status = 0
        for attempt in range(TRIES):
            signature = stripe.WebhookSignature.generate_signature_header(received.body.decode(), SECRET)
            status = self._post(received.body, signature)
            if status == 200:
                break
            time.sleep(0.1 * 2**attempt)
        return status

    def _post(self, body: bytes, signature: str) -> int:
        headers = {"Content-Type": "application/json", "Stripe-Signature": signature}
        try:
            return self._http.request("POST", self.stack.url + WEBHOOK, body=body, headers=headers).status
        except urllib3.exceptions.HTTPError:
            return 0

    def _take_back(self) -> None:
        client = self.stack.simulator.client
        for charge in list(client.v1.charges.list({"limit": 100}).auto_paging_iter()):
            lot = self._random.random()
            if lot < REFUNDED:
                amount = self._random.choice([charge.amount, charge.amount // 2, charge.amount // 3])
                client.v1.refunds.create({"charge": charge.id, "amount": amount})
                self.counts["refunds"] += 1
            elif lot < REFUNDED + DISPUTED:
                self.stack.simulator.control("disputes", charge=charge.id)
                self.counts["disputes"] += 1

    def _forge(self) -> None:
        """Deliveries that nobody may take: unsigned, signed by a stranger, old, of the future, changed."""
        body = self.stack.endpoint.received[0].body.decode()
        sign = stripe.WebhookSignature.generate_signature_header
        now = int(time.time())
        forged: list[tuple[str, Any]] = [
            (body, ""),
            (body, sign(body, "whsec_stranger")),
            (body, sign(body, SECRET, timestamp=now - 3600)),
            (body, sign(body, SECRET, timestamp=now + 3600)),
            (body.replace("evt_", "evt_x"), sign(body, SECRET)),
            (body, sign(body, API_KEY)),
        ]
        for text, signature in forged:
            self.counts["forged"] += 1
            self.counts["forged_accepted"] += self._post(text.encode(), signature) != 400

    def _is_tried(self) -> bool:
        return self.stack.count(UNTRIED) == 0
