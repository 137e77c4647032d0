"""The simulator as tests use it: a real process, a real webhook endpoint, the real SDK."""

import json
import os
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import stripe
import urllib3

API_KEY = "sk_test_" + "0123456789abcdef"
SECRET = "whsec_tests"
ACCEPTED, DECLINED, NO_FUNDS = "4242424242424242", "4000000000000002", "4000000000009995"
CHALLENGED_ONCE, CHALLENGED_ALWAYS = "4000002500003155", "4000002760003184"
DISPUTED, INQUIRED = "4000000000000259", "4000000000001976"
REFUNDED_LATE, REFUND_FAILS = "4000000000007726", "4000000000005126"
http = urllib3.PoolManager(retries=False)


@dataclass
class Received:
    """One webhook request as it came in."""

    body: bytes
    signature: str

    @property
    def event(self) -> dict[str, Any]:
        found: dict[str, Any] = json.loads(self.body)
        return found


class Endpoint:
    """A webhook endpoint that keeps what it is sent; `replies` are the statuses it gives next, then 200."""

    def __init__(self) -> None:
        self.received: list[Received] = []
        self.replies: list[int] = []
        endpoint = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                status = endpoint.replies.pop(0) if endpoint.replies else 200
                endpoint.received.append(Received(body, self.headers["Stripe-Signature"]))
                self.send_response(status)
                self.send_header("Content-Length", "0")
                self.end_headers()

            def log_message(self, format: str, *args: Any) -> None:
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self._server.server_port}/"
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    def of(self, subject: str, type: str | None = None) -> list[Received]:
        """What came about this object."""
        return [
            one
            for one in list(self.received)
            if one.event["data"]["object"]["id"] == subject and type in (None, one.event["type"])
        ]

    def await_event(self, subject: str, type: str, count: int = 1) -> Received:
        """The `count`th delivery of it."""
        eventually(lambda: len(self.of(subject, type)) >= count)
        return self.of(subject, type)[count - 1]

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()


def eventually(condition: Callable[[], bool], within_s: float = 20) -> None:
    """Wait until it holds; an AssertionError when it does not in time."""
    deadline = time.monotonic() + within_s
    while not condition():
        assert time.monotonic() < deadline, "it did not happen in time"
        time.sleep(0.02)


def submit(page: str, **fields: str) -> urllib3.BaseHTTPResponse:
    """Send a page's form as a browser does; redirects are not followed."""
    return http.request("POST", page, fields=fields, encode_multipart=False, redirect=False)


def free_port() -> int:
    import socket

    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


@dataclass
class Simulator:
    """One simulator process on a port of its own."""

    state: Path
    endpoint: Endpoint
    port: int = field(default_factory=free_port)
    process: "subprocess.Popen[bytes] | None" = None

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def client(self) -> stripe.StripeClient:
        return self.client_with(API_KEY)

    def client_with(self, key: str, retries: int = 0, patience_s: float = 10) -> stripe.StripeClient:
        return stripe.StripeClient(
            key,
            base_addresses={"api": self.url},
            max_network_retries=retries,
            http_client=stripe.RequestsClient(timeout=(3, patience_s)),
        )

    def start(self) -> None:
        options = ["--port", str(self.port), "--state", str(self.state), "--api-key", API_KEY]
        options += ["--webhook-url", self.endpoint.url, "--webhook-secret", SECRET, "--retry-base", "0.1"]
        # The platform's settings stay in the environment on purpose: they must not confuse it.
        command = [sys.executable, "-m", "billing.stripe_simulator", *options, "--die-with-parent"]
        self.process = subprocess.Popen(command, env=dict(os.environ))
        eventually(self.answers, 30)

    def stop(self) -> None:
        assert self.process is not None
        self.process.terminate()
        self.process.wait(10)

    def answers(self) -> bool:
        try:
            return http.request("GET", f"{self.url}/_control/health").status == 200
        except urllib3.exceptions.HTTPError:
            return False

    def control(self, lever: str, **body: Any) -> dict[str, Any]:
        """Pull a lever of the simulator."""
        reply = http.request(
            "POST", f"{self.url}/_control/{lever}", json=body, headers={"Authorization": f"Bearer {API_KEY}"}
        )
        assert reply.status == 200, reply.data
        found: dict[str, Any] = reply.json()
        return found

    def faults_waiting(self) -> int:
        """How many ordered failures nothing has met yet."""
        waiting: int = http.request("GET", f"{self.url}/_control/health").json()["faults_waiting"]
        return waiting

    def pay(self, page: str, number: str = ACCEPTED, **changes: str) -> urllib3.BaseHTTPResponse:
        """Send the hosted page's form."""
        form = {
            "email": "payer@example.org",
            "number": number,
            "expiry": "12 / 40",
            "cvc": "123",
            "name": "A Payer",
        }
        return submit(page, **{**form, **changes})

    def paid(self, amount: int = 2000, number: str = ACCEPTED, **changes: Any) -> stripe.Charge:
        """The charge of a session that was paid on the hosted page."""
        session = self.order(amount, **changes)
        assert self.pay(session.url or "", number).status == 302
        done = self.client.v1.checkout.sessions.retrieve(
            session.id, {"expand": ["payment_intent.latest_charge"]}
        )
        assert isinstance(done.payment_intent, stripe.PaymentIntent)
        assert isinstance(done.payment_intent.latest_charge, stripe.Charge)
        return done.payment_intent.latest_charge

    def order(self, amount: int = 2000, **changes: Any) -> stripe.checkout.Session:
        """An open Checkout Session."""
        return self.client.v1.checkout.sessions.create(
            {
                "mode": "payment",
                "line_items": [
                    {
                        "price_data": {
                            "currency": "usd",
                            "unit_amount": amount,
                            "product_data": {"name": "50 credits"},
                        },
                        "quantity": 1,
                    }
                ],
                "success_url": "http://127.0.0.1:9/done?session_id={CHECKOUT_SESSION_ID}",
                "cancel_url": "http://127.0.0.1:9/canceled",
                **changes,
            }
        )
