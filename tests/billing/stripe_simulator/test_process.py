"""The process: its own world, its state kept, a live key refused, gone with its parent."""

import os
import signal
import subprocess
import sys
from pathlib import Path

from tests.billing.simulator import API_KEY, Endpoint, Simulator, eventually, free_port, http

COMMAND = [sys.executable, "-m", "billing.stripe_simulator"]


def test_it_imports_nothing_of_the_platform(tmp_path: Path) -> None:
    program = """
import pkgutil, sys, importlib, django
django.setup()
import billing.stripe_simulator as simulator
for module in pkgutil.walk_packages(simulator.__path__, simulator.__name__ + "."):
    if not module.name.endswith("__main__"):
        importlib.import_module(module.name)
ours = [name for name in sys.modules if name.split(".")[0] in ("config", "core", "accounts", "restoration")]
ours += [name for name in sys.modules if name.startswith("billing.") and "simulator" not in name]
sys.exit(repr(ours) if ours else 0)
"""
    env = {
        **os.environ,
        "DJANGO_SETTINGS_MODULE": "billing.stripe_simulator.settings",
        "STRIPE_SIMULATOR_STATE": str(tmp_path / "state"),
        "STRIPE_SIMULATOR_API_KEY": API_KEY,
    }
    done = subprocess.run(
        [sys.executable, "-c", program], env=env, capture_output=True, text=True, timeout=60
    )
    assert done.returncode == 0, done.stderr


def test_state_outlives_the_process(tmp_path: Path, endpoint: Endpoint) -> None:
    one = Simulator(tmp_path / "state.sqlite3", endpoint)
    one.start()
    made = one.client.v1.customers.create({"name": "Kept"}, {"idempotency_key": "kept"})
    one.stop()
    one.start()
    try:
        assert one.client.v1.customers.retrieve(made.id).name == "Kept"
        assert one.client.v1.customers.create({"name": "Kept"}, {"idempotency_key": "kept"}).id == made.id
    finally:
        one.stop()


def test_a_live_key_does_not_start_it(tmp_path: Path) -> None:
    done = subprocess.run(
        [*COMMAND, "--api-key", "sk_live_0123456789", "--state", str(tmp_path / "state")],
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert done.returncode == 2
    assert "live key" in done.stderr
    assert not (tmp_path / "state").exists()


def test_options_come_from_the_environment_too(tmp_path: Path) -> None:
    done = subprocess.run(
        COMMAND,
        env={
            **os.environ,
            "STRIPE_SIMULATOR_API_KEY": API_KEY,
            "STRIPE_SIMULATOR_WEBHOOK_URL": "http://127.0.0.1:9/",
        },
        cwd=tmp_path,
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert done.returncode == 2
    assert "--webhook-secret" in done.stderr


def test_it_ends_with_its_parent(tmp_path: Path) -> None:
    port = free_port()
    command = [*COMMAND, "--port", str(port), "--state", str(tmp_path / "state"), "--api-key", API_KEY]
    program = (
        f"import subprocess, time; subprocess.Popen({[*command, '--die-with-parent']!r}); time.sleep(600)"
    )
    parent = subprocess.Popen([sys.executable, "-c", program])
    url = f"http://127.0.0.1:{port}/_control/health"
    try:
        eventually(lambda: answers(url), 30)
    finally:
        os.kill(parent.pid, signal.SIGKILL)
        parent.wait()
    eventually(lambda: not answers(url))


def answers(url: str) -> bool:
    try:
        return http.request("GET", url).status == 200
    except Exception:
        return False
