"""Development needs nothing: secrets are made once a VAR_DIR, the rest has working values."""

import json
import stat
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from config.env import DEVELOPMENT_SECRETS, development_secrets
from tests.config.environments import refusal, values


def test_an_empty_environment_is_enough(tmp_path: Path) -> None:
    names = ["MODE", "DEBUG", "STRIPE_SIMULATED", "VAR_DIR", "PUBLIC_URL", "REDIS_URL"]
    found = values(names, {"PORT": "8123"}, tmp_path)
    assert found["MODE"] == "development"
    assert (found["DEBUG"], found["STRIPE_SIMULATED"]) == ("False", "True")
    assert found["VAR_DIR"] == str(tmp_path)
    assert found["PUBLIC_URL"] == "http://127.0.0.1:8123"
    assert found["REDIS_URL"].startswith("unix:///")


def test_memory_mode_has_no_server(tmp_path: Path) -> None:
    names = ["REDIS_URL", "CELERY_BROKER_URL"]
    environment = {"HEIRLOOM_BROKER": "memory", "REDIS_URL": "redis://127.0.0.1:6379"}
    assert values(names, environment, tmp_path) == {"REDIS_URL": "", "CELERY_BROKER_URL": "memory://"}


@pytest.mark.parametrize("broker", ["none", "redis"])
def test_an_unknown_broker_mode_is_refused(broker: str, tmp_path: Path) -> None:
    assert "HEIRLOOM_BROKER" in refusal({"HEIRLOOM_BROKER": broker}, tmp_path)


def test_secrets_are_made_once_and_readable_by_their_owner_alone(tmp_path: Path) -> None:
    names = ["SECRET_KEY", "API_KEY_PEPPER", "TRIAL_PEPPER", "STRIPE_SECRET_KEY", "STRIPE_WEBHOOK_SECRETS"]
    first, second = values(names, {}, tmp_path), values(names, {}, tmp_path)
    assert first == second
    assert len(set(first.values())) == len(names)
    assert stat.S_IMODE((tmp_path / "secrets.json").stat().st_mode) == 0o600


def test_every_var_dir_has_its_own(tmp_path: Path) -> None:
    one, two = development_secrets(tmp_path / "a"), development_secrets(tmp_path / "b")
    assert set(one.values()).isdisjoint(two.values())


def test_processes_that_start_together_agree(tmp_path: Path) -> None:
    with ThreadPoolExecutor(16) as pool:
        found = list(pool.map(lambda _: development_secrets(tmp_path), range(64)))
    assert all(each == found[0] for each in found)
    assert [path.name for path in tmp_path.iterdir()] == ["secrets.json"]


def test_a_secret_that_a_later_version_needs_is_added(tmp_path: Path) -> None:
    whole = development_secrets(tmp_path)
    old = {name: value for name, value in whole.items() if name != "TRIAL_PEPPER"}
    (tmp_path / "secrets.json").write_text(json.dumps(old))
    found = development_secrets(tmp_path)
    assert found.keys() == DEVELOPMENT_SECRETS.keys()
    assert found | {"TRIAL_PEPPER": ""} == whole | {"TRIAL_PEPPER": ""}
    assert development_secrets(tmp_path) == found
    assert stat.S_IMODE((tmp_path / "secrets.json").stat().st_mode) == 0o600


def test_a_given_secret_wins(tmp_path: Path) -> None:
    assert values(["API_KEY_PEPPER"], {"API_KEY_PEPPER": "given"}, tmp_path) == {"API_KEY_PEPPER": "given"}
