"""Events on their way: signed at each attempt, over HTTP, repeated with growing pauses until a 2xx."""

import hashlib
import hmac
import json
import logging
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import urllib3
from django.db import close_old_connections, connection, transaction
from django.db.models import F

from billing.stripe_simulator.models import Delivery, Switch
from billing.stripe_simulator.settings import SIMULATOR_RETRY_BASE_S

logger = logging.getLogger(__name__)
MAX_ATTEMPTS = 16
CARRIERS = 4
MAX_PAUSE_S = 60.0
TIMEOUT_S = 10.0
TICK_S = 0.5
EXPIRY_EVERY_S = 5.0


def configure(url: str, secrets: str) -> None:
    """Where events go, and what signs them (comma-separated); no address keeps what was set before."""
    if url:
        Switch.objects.update_or_create(name="webhook_url", defaults={"value": url})
    if secrets:
        Switch.objects.update_or_create(name="webhook_secrets", defaults={"value": secrets.split(",")})


def switch(name: str, default: Any) -> Any:
    row = Switch.objects.filter(name=name).first()
    return default if row is None else row.value


def signature(payload: bytes, secrets: list[str], timestamp: int) -> str:
    """The Stripe-Signature header; one `v1=` for every secret in use."""
    signed = f"{timestamp}.".encode() + payload
    marks = [hmac.new(secret.encode(), signed, hashlib.sha256).hexdigest() for secret in secrets]
    return ",".join([f"t={timestamp}", *(f"v1={mark}" for mark in marks)])


class Courier:
    """A thread that finds what is due and a small pool that carries it, so that order is not promised."""

    def __init__(self) -> None:
        self._wake = threading.Event()
        self._progress = threading.Condition()
        self._carried: set[int] = set()
        self._ending = False
        self._http = urllib3.PoolManager(maxsize=CARRIERS, retries=False, timeout=TIMEOUT_S)
        self._pool = ThreadPoolExecutor(CARRIERS, thread_name_prefix="delivery")
        self._thread = threading.Thread(target=self._run, name="courier", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        self._ending = True
        self._wake.set()
        self._pool.shutdown(wait=False, cancel_futures=True)

    def wake(self) -> None:
        """Look for work now; called after the commit that made it."""
        self._wake.set()

    def wait_for(self, event_id: str, timeout_s: float) -> bool:
        """Whether the event had its first answer within the time."""

        def answered() -> bool:
            return not Delivery.objects.filter(
                event__stripe_id=event_id, attempts=0, state="pending"
            ).exists()

        with self._progress:
            return self._progress.wait_for(answered, timeout_s)

    def _run(self) -> None:
        from billing.stripe_simulator.resources.checkout_sessions import expire_overdue

        expiry_at = 0.0
        while not self._ending:
            try:
                if time.monotonic() >= expiry_at:
                    expire_overdue()
                    expiry_at = time.monotonic() + EXPIRY_EVERY_S
                self._hand_out()
            except Exception:
                logger.exception("the courier stumbled and goes on")
                connection.close()
            self._wake.wait(TICK_S)
            self._wake.clear()

    def _hand_out(self) -> None:
        if switch("paused", False):
            return
        due = Delivery.objects.filter(state=Delivery.PENDING, due_at__lte=time.time())
        for delivery in due.select_related("event").order_by("due_at", "pk")[:64]:
            if delivery.pk not in self._carried:
                self._carried.add(delivery.pk)
                self._pool.submit(self._carry, delivery)

    def _carry(self, delivery: Delivery) -> None:
        try:
            self._attempt(delivery)
        except Exception:
            logger.exception("delivery %s stumbled and is tried again", delivery.pk)
        finally:
            self._carried.discard(delivery.pk)
            close_old_connections()
            with self._progress:
                self._progress.notify_all()

    def _attempt(self, delivery: Delivery) -> None:
        payload = json.dumps(delivery.event.body, indent=2).encode()
        status, problem = None, ""
        try:
            reply = self._http.request(
                "POST",
                switch("webhook_url", ""),
                body=payload,
                headers={
                    "Content-Type": "application/json; charset=utf-8",
                    "User-Agent": "Stripe/1.0 (simulator)",
                    "Stripe-Signature": signature(payload, switch("webhook_secrets", []), int(time.time())),
                },
                redirect=False,
            )
            status = reply.status
        except urllib3.exceptions.HTTPError as error:
            problem = str(error)
        attempts = delivery.attempts + 1
        state = Delivery.PENDING if attempts < MAX_ATTEMPTS else Delivery.FAILED
        if status is not None and 200 <= status < 300:
            state = Delivery.DELIVERED
        pause = min(MAX_PAUSE_S, SIMULATOR_RETRY_BASE_S * 2 ** (attempts - 1))
        with transaction.atomic():
            Delivery.objects.filter(pk=delivery.pk).update(
                state=state,
                attempts=F("attempts") + 1,
                due_at=time.time() + pause,
                last_status=status,
                last_error=problem,
            )


courier = Courier()
