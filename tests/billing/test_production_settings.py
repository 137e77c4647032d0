"""Production talks to Stripe alone and never to the simulator."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

PRODUCTION = {
    "HEIRLOOM_MODE": "production",
    "DJANGO_SECRET_KEY": "s" * 60,
    "API_KEY_PEPPER": "p" * 40,
    "TRIAL_PEPPER": "t" * 40,
    "PUBLIC_URL": "https://heirloom.example",
    "DJANGO_ALLOWED_HOSTS": "heirloom.example",
    "DATABASE_URL": "postgres://u:p@127.0.0.1/none",
    "REDIS_URL": "redis://127.0.0.1:1/0",
    "EMAIL_URL": "smtp://127.0.0.1:25",
    "STRIPE_SECRET_KEY": "sk_live_" + "0" * 24,
    "STRIPE_WEBHOOK_SECRET": "whsec_production",
}
PROGRAM = "from django.conf import settings; print(settings.STRIPE_API_BASE, settings.STRIPE_SIMULATED)"


def read_settings(tmp_path: Path, **changes: str | None) -> "subprocess.CompletedProcess[str]":
    values = {**PRODUCTION, **changes}
    env = {name: value for name, value in {**os.environ, **values}.items() if value is not None}
    env |= {"VAR_DIR": str(tmp_path), "DJANGO_SETTINGS_MODULE": "config.settings"}
    return subprocess.run(
        [sys.executable, "-c", PROGRAM], env=env, capture_output=True, text=True, timeout=60
    )


def test_it_talks_to_stripe(tmp_path: Path) -> None:
    done = read_settings(tmp_path)
    assert done.stdout.strip() == "https://api.stripe.com False", done.stderr


@pytest.mark.parametrize(
    "base", ["http://127.0.0.1:4242", "https://api.stripe.com.evil.example", "http://api.stripe.com"]
)
def test_it_refuses_any_other_address(tmp_path: Path, base: str) -> None:
    done = read_settings(tmp_path, STRIPE_API_BASE=base)
    assert done.returncode != 0
    assert "STRIPE_API_BASE" in done.stderr


@pytest.mark.parametrize("name", ["STRIPE_SECRET_KEY", "STRIPE_WEBHOOK_SECRET"])
def test_it_refuses_to_start_without_keys(tmp_path: Path, name: str) -> None:
    done = read_settings(tmp_path, **{name: None})
    assert done.returncode != 0
    assert "STRIPE_SECRET_KEY and STRIPE_WEBHOOK_SECRET" in done.stderr


def test_a_simulator_url_changes_nothing(tmp_path: Path) -> None:
    done = read_settings(tmp_path, STRIPE_SIMULATOR_URL="http://127.0.0.1:4242")
    assert done.stdout.strip() == "https://api.stripe.com False", done.stderr
