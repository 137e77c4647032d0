"""Production refuses what only development may do, and passes Django's own checks."""

from pathlib import Path

import pytest

from tests.config.environments import PRODUCTION, python, refusal, values


def without(*names: str) -> dict[str, str]:
    return {name: value for name, value in PRODUCTION.items() if name not in names}


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"DJANGO_DEBUG": "1"}, "DJANGO_DEBUG must be off"),
        ({"DJANGO_SECRET_KEY": "change-me"}, "DJANGO_SECRET_KEY must be set"),
        ({"DJANGO_SECRET_KEY": ""}, "DJANGO_SECRET_KEY must be set"),
        ({"API_KEY_PEPPER": "short"}, "API_KEY_PEPPER must be set"),
        ({"TRIAL_PEPPER": "short"}, "TRIAL_PEPPER must be set"),
        ({"PUBLIC_URL": "http://heirloom.example"}, "PUBLIC_URL must be the https address"),
        ({"PUBLIC_URL": ""}, "PUBLIC_URL must be the https address"),
        ({"REDIS_URL": ""}, "REDIS_URL must be set"),
        ({"HEIRLOOM_BROKER": "memory"}, "HEIRLOOM_BROKER"),
        ({"EMAIL_URL": ""}, "EMAIL_URL must be set"),
        ({"RESTORATION_FETCH_ALLOW": "127.0.0.1:9000"}, "RESTORATION_FETCH_ALLOW is for development"),
        ({"STRIPE_SECRET_KEY": ""}, "STRIPE_SECRET_KEY and STRIPE_WEBHOOK_SECRET must be set"),
        ({"STRIPE_SECRET_KEY": "simulated"}, "STRIPE_SECRET_KEY and STRIPE_WEBHOOK_SECRET must be set"),
        ({"STRIPE_WEBHOOK_SECRET": ""}, "STRIPE_SECRET_KEY and STRIPE_WEBHOOK_SECRET must be set"),
        ({"STRIPE_API_BASE": "http://127.0.0.1:4242"}, "STRIPE_API_BASE"),
        ({"STRIPE_API_BASE": "https://api.stripe.com.evil.example"}, "STRIPE_API_BASE"),
        ({"HEIRLOOM_MODE": "staging"}, "HEIRLOOM_MODE is 'staging'"),
    ],
)
def test_it_refuses(change: dict[str, str], reason: str, tmp_path: Path) -> None:
    assert reason in refusal({**PRODUCTION, **change}, tmp_path)


@pytest.mark.parametrize(
    "name", ["DJANGO_SECRET_KEY", "API_KEY_PEPPER", "TRIAL_PEPPER", "REDIS_URL", "EMAIL_URL"]
)
def test_nothing_that_is_left_out_is_made_up(name: str, tmp_path: Path) -> None:
    assert name in refusal(without(name), tmp_path)
    assert not list(tmp_path.iterdir())


def test_one_secret_is_not_used_twice(tmp_path: Path) -> None:
    same = {"API_KEY_PEPPER": PRODUCTION["TRIAL_PEPPER"]}
    assert "must differ" in refusal({**PRODUCTION, **same}, tmp_path)


def test_whole_settings_load_and_are_strict(tmp_path: Path) -> None:
    names = [
        "DEBUG",
        "STRIPE_SIMULATED",
        "STRIPE_API_BASE",
        "SECURE_SSL_REDIRECT",
        "SESSION_COOKIE_SECURE",
        "CSRF_COOKIE_SECURE",
        "LOG_FORMAT",
        "RESTORATION_FETCH_ALLOW",
    ]
    assert values(names, PRODUCTION, tmp_path) == {
        "DEBUG": "False",
        "STRIPE_SIMULATED": "False",
        "STRIPE_API_BASE": "https://api.stripe.com",
        "SECURE_SSL_REDIRECT": "True",
        "SESSION_COOKIE_SECURE": "True",
        "CSRF_COOKIE_SECURE": "True",
        "LOG_FORMAT": "json",
        "RESTORATION_FETCH_ALLOW": "frozenset()",
    }


def test_djangos_deployment_checks_find_nothing(tmp_path: Path) -> None:
    done = python(
        "manage.py", "check", "--deploy", "--fail-level", "WARNING", environment=PRODUCTION, var_dir=tmp_path
    )
    assert done.returncode == 0, done.stderr
    assert "no issues" in done.stdout
