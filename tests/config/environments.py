"""Loading the settings in a process of its own, with exactly the environment that a test names."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

REPOSITORY = Path(__file__).resolve().parents[2]
PRODUCTION = {
    "HEIRLOOM_MODE": "production",
    "DJANGO_SECRET_KEY": "k9#" + "aZ3_x7-Qw" * 8,
    "API_KEY_PEPPER": "p" * 16 + "0123456789abcdef",
    "TRIAL_PEPPER": "t" * 16 + "0123456789abcdef",
    "PUBLIC_URL": "https://heirloom.example",
    "DJANGO_ALLOWED_HOSTS": "heirloom.example",
    "REDIS_URL": "redis://127.0.0.1:6379/15",
    "DATABASE_URL": "postgres://heirloom@127.0.0.1:5432/heirloom",
    "EMAIL_URL": "smtp+tls://user:pass@mail.example:587",
    "STRIPE_SECRET_KEY": "sk_live_" + "0" * 24,
    "STRIPE_WEBHOOK_SECRET": "whsec_" + "0" * 24,
    "SUPPORT_EMAIL": "help@heirloom.example",
}
PRINT = "import json, config.settings as s; print(json.dumps({name: str(getattr(s, name)) for name in %r}))"


def python(*arguments: str, environment: dict[str, str], var_dir: Path) -> "subprocess.CompletedProcess[str]":
    """Run Python in the repository; nothing of this process's environment but PATH gets through."""
    kept = {"PATH": os.environ["PATH"], "PYTHONPATH": str(REPOSITORY / "platform"), "VAR_DIR": str(var_dir)}
    return subprocess.run(
        [sys.executable, *arguments],
        cwd=REPOSITORY,
        env={**kept, **environment},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


def values(names: list[str], environment: dict[str, str], var_dir: Path) -> dict[str, Any]:
    """These settings as text; AssertionError with the reason when they cannot be loaded."""
    done = python("-c", PRINT % (names,), environment=environment, var_dir=var_dir)
    assert done.returncode == 0, done.stderr[-2000:]
    found: dict[str, Any] = json.loads(done.stdout)
    return found


def refusal(environment: dict[str, str], var_dir: Path) -> str:
    """Why the settings cannot be loaded."""
    done = python("-c", "import config.settings", environment=environment, var_dir=var_dir)
    assert done.returncode != 0, "the settings were accepted"
    last = done.stderr.strip().splitlines()[-1]
    assert "ImproperlyConfigured" in last, done.stderr[-2000:]
    return last
