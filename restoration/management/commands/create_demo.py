"""A demo account to look around with, and the sample photo restored through the public API."""

import argparse
import functools
import http.server
import json
import os
import secrets
import threading
import urllib.error
import urllib.request
from pathlib import Path
from typing import Any

from allauth.account.models import EmailAddress
from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from accounts import api_keys
from accounts.models import Account, User
from accounts.services import account_for_email
from billing import ledger
from billing.models import CreditGrant

EMAIL = "demo@heirloom.example"
CREDITS = 25
SAMPLES = Path(__file__).resolve().parents[2] / "samples"
TRIES = 3
SAMPLE = "dust-bowl-home.jpg"


class Command(BaseCommand):
    """Safe to repeat: login and key are made once and kept in VAR_DIR/demo.json (mode 0600)."""

    help = "Make the demo account with 25 credits and a live key; development only."

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        parser.add_argument(
            "--restore-at", metavar="URL", help="also restore the sample at this running instance"
        )
        parser.add_argument("--json", action="store_true", help="the default: the last line is always JSON")

    def handle(self, *args: Any, restore_at: str | None = None, **options: Any) -> None:
        if settings.PRODUCTION:
            raise CommandError("create_demo makes a known login; it refuses to run in production.")
        path = settings.VAR_DIR / "demo.json"
        demo = json.loads(path.read_text()) if path.exists() else {}
        if not demo or api_keys.find(demo["api_key"]) is None:
            demo = create()
            path.touch(mode=0o600)
            path.write_text(json.dumps(demo))
        if restore_at:
            before, after = (
                SAMPLES / SAMPLE,
                settings.VAR_DIR / "demo" / SAMPLE.replace(".jpg", "-restored.jpg"),
            )
            if not after.exists():
                restore(restore_at, demo["api_key"], after)
            lines = {
                "URL": restore_at,
                "Login": f"{demo['email']}  password  {demo['password']}",
                "API key": demo["api_key"],
                "Before": before,
                "After": after,
            }
            self.stdout.write("".join(f"\n  {name:<8} {value}" for name, value in lines.items()) + "\n\n")
        self.stdout.write(json.dumps(demo))


def create() -> dict[str, str]:
    """Demo user with a verified address, credits and a key."""
    account: Account = account_for_email(email=EMAIL)
    user = User.objects.get(email=EMAIL)
    password = secrets.token_urlsafe(9)
    user.set_password(password)
    user.save(update_fields=["password"])
    EmailAddress.objects.update_or_create(
        user=user, email=EMAIL, defaults={"verified": True, "primary": True}
    )
    ledger.grant(
        account=account,
        amount=CREDITS,
        kind=CreditGrant.Kind.ADJUST,
        source=f"demo:{account.public_id}",
        reason="demo",
    )
    _, key = api_keys.create(account=account, name="Demo")
    return {"email": EMAIL, "password": password, "api_key": key}


def restore(url: str, key: str, target: Path) -> None:
    """Restore the sample by a real call to the public API, which fetches it from a loopback address of ours."""
    port = int(os.environ["HEIRLOOM_SAMPLE_PORT"])
    handler = functools.partial(_Quiet, directory=str(SAMPLES))
    with http.server.ThreadingHTTPServer(("127.0.0.1", port), handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        body = json.dumps({"imageUrl": f"http://127.0.0.1:{port}/{SAMPLE}"}).encode()
        headers = {"Authorization": f"Bearer {key}", "Content-Type": "application/json"}
        call = urllib.request.Request(f"{url}/api/api-call/photo-restore", body, headers)  # noqa: S310  our own
        try:
            output = _output(call)
        finally:
            server.shutdown()
    with urllib.request.urlopen(output, timeout=30) as reply:  # noqa: S310
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(reply.read())


def _output(call: urllib.request.Request) -> str:
    """The reply's `output`. Asked again when a busy machine could not answer inside the hold: that costs nothing."""
    for _ in range(TRIES):
        try:
            with urllib.request.urlopen(call, timeout=70) as reply:  # noqa: S310
                output: str = json.load(reply)["output"]
                return output
        except urllib.error.HTTPError as exc:
            said = json.load(exc)
    raise CommandError(f"The sample was not restored: {said['message']}: {said.get('detail', '')}")


class _Quiet(http.server.SimpleHTTPRequestHandler):
    def log_message(self, format: str, *args: Any) -> None:
        return
