"""Reading the environment: typed values, and the secrets that a development instance makes for itself."""

import hashlib
import json
import os
import secrets
import tempfile
from pathlib import Path

import environ
from django.core.exceptions import ImproperlyConfigured

env = environ.Env()

DEVELOPMENT_SECRETS = {
    "DJANGO_SECRET_KEY": lambda: secrets.token_urlsafe(48),
    "API_KEY_PEPPER": lambda: secrets.token_hex(32),
    "TRIAL_PEPPER": lambda: secrets.token_hex(32),
    "STRIPE_WEBHOOK_SECRET": lambda: "whsec_" + secrets.token_hex(24),
    "STRIPE_SIMULATOR_KEY": lambda: "sk_test_" + secrets.token_hex(16),
}


def development_secrets(var_dir: Path) -> dict[str, str]:
    """The instance's own secrets, made once under VAR_DIR (mode 0600) and the same ever after."""
    path = var_dir / "secrets.json"
    if not path.exists():
        var_dir.mkdir(parents=True, exist_ok=True)
        _write(path, {name: make() for name, make in DEVELOPMENT_SECRETS.items()}, replace=False)
    found: dict[str, str] = json.loads(path.read_text())
    missing = DEVELOPMENT_SECRETS.keys() - found.keys()  # a later version may need more of them
    if missing:
        _write(path, found | {name: DEVELOPMENT_SECRETS[name]() for name in missing}, replace=True)
        found = json.loads(path.read_text())
    return found


def _write(path: Path, content: dict[str, str], *, replace: bool) -> None:
    """Whole or not at all."""
    handle, name = tempfile.mkstemp(dir=path.parent)
    with os.fdopen(handle, "w") as file:
        json.dump(content, file, indent=1)
    if replace:
        os.replace(name, path)
        return
    try:
        os.link(name, path)  # unlike rename, link never replaces what another process made first
    except FileExistsError:
        pass
    finally:
        os.unlink(name)


def required(name: str, *, at_least: int) -> str:
    """A production secret: set, and long enough not to be a placeholder."""
    value: str = env.str(name, "")
    if len(value) < at_least:
        raise ImproperlyConfigured(
            f"{name} must be set in production to a secret of at least {at_least} characters."
        )
    return value


def embedded_socket(var_dir: Path) -> Path:
    """Where the embedded broker of this VAR_DIR listens. Unix socket paths end at 108 bytes, hence /tmp."""
    mark = hashlib.sha256(str(var_dir.resolve()).encode()).hexdigest()[:16]
    return Path(tempfile.gettempdir()) / f"heirloom-{os.getuid()}-{mark}" / "broker.sock"
