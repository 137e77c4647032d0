"""Events on their way: signed at each attempt, over HTTP, repeated with growing pauses until a 2xx."""

import hashlib
import hmac
import json
import logging
import threading
import time
from concurrent.futures import ThreadPoolExecutor

import urllib3
from django.db import close_old_connections, connection, transaction
from django.db.models import F

from billing.stripe_simulator import agenda, switches
from billing.stripe_simulator.models import Delivery
from billing.stripe_simulator.settings import SIMULATOR_RETRY_BASE_S

logger = logging.getLogger(__name__)
MAX_ATTEMPTS = 16
CARRIERS = 4
MAX_PAUSE_S = 60.0
TIMEOUT_S = 10.0
TICK_S = 0.5
SHIFTS_S = {"stale": -3600, "ahead": 3600}


def configure(url: str, secrets: str) -> None:
    """Where events go, and what signs them (comma-separated); no address keeps what was set before."""
    if url:
        switches.turn("webhook_url", url)
    if secrets:
        switches.turn("webhook_secrets", secrets.split(","))


def signature(payload: bytes, secrets: list[str], timestamp: int) -> str:
    """The Stripe-Signature header; one `v1=` for every secret in use."""
    signed = f"{timestamp}.".encode() + payload
    marks = [hmac.new(secret.encode(), signed, hashlib.sha256).hexdigest() for secret in secrets]
    return ",".join([f"t={timestamp}", *(f"v1={mark}" for mark in marks)])


def header(payload: bytes, manner: str) -> str:
    """The signature of an attempt made now; wrong, old or ahead of its time where a test ordered that."""
    secrets = ["whsec_of_nobody"] if manner == "forged" else switches.read("webhook_secrets", [])
    return signature(payload, secrets, int(time.time()) + SHIFTS_S.get(manner, 0))


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

    def wait_for(self, subject_id: str, timeout_s: float) -> bool:
        """Whether every event about an object had its first answer within the time."""

        def answered() -> bool:
            return not Delivery.objects.filter(
                event__parent=subject_id, attempts=0, state=Delivery.PENDING
            ).exists()

        with self._progress:
            return self._progress.wait_for(answered, timeout_s)

    def _run(self) -> None:
        while not self._ending:
            try:
                agenda.keep()
                self._hand_out()
            except Exception:
                logger.exception("the courier stumbled and goes on")
                connection.close()
            self._wake.wait(TICK_S)
            self._wake.clear()

    def _hand_out(self) -> None:
        if switches.read("paused", False):
            return
        # Taken before the rows are read: what is carried now may be done, and its row outdated, by then.
        carried = set(self._carried)
        due = Delivery.objects.filter(state=Delivery.PENDING, due_at__lte=time.time())
        for delivery in due.select_related("event").order_by("due_at", "pk")[:64]:
            if delivery.pk not in carried:
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
            if len(self._carried) < CARRIERS:
                self.wake()  # more may be due than was handed out at once
            with self._progress:
                self._progress.notify_all()

    def _attempt(self, delivery: Delivery) -> None:
        payload = json.dumps(delivery.event.body, indent=2).encode()
        status, problem = None, ""
        try:
            reply = self._http.request(
                "POST",
                switches.read("webhook_url", ""),
                body=payload,
                headers={
                    "Content-Type": "application/json; charset=utf-8",
                    "User-Agent": "Stripe/1.0 (simulator)",
                    "Stripe-Signature": header(payload, delivery.manner),
                },
                redirect=False,
            )
            status = reply.status
        except urllib3.exceptions.HTTPError as error:
            problem = str(error)
        attempts = delivery.attempts + 1
        # A spoiled delivery is sent once: no sender repeats what it must not send.
        state = Delivery.PENDING if attempts < MAX_ATTEMPTS and not delivery.manner else Delivery.FAILED
        if status is not None and 200 <= status < 300:
            state = Delivery.DELIVERED
        pause = min(MAX_PAUSE_S, SIMULATOR_RETRY_BASE_S * 2 ** (attempts - 1))
        with transaction.atomic():
            # Only while it waits: a reset may have called it off in the meantime.
            Delivery.objects.filter(pk=delivery.pk, state=Delivery.PENDING).update(
                state=state,
                attempts=F("attempts") + 1,
                due_at=time.time() + pause,
                last_status=status,
                last_error=problem,
            )


courier = Courier()
