"""Weights that are not the proven ones: not ready, and no photo passes through untouched."""

import os
from pathlib import Path

import pytest

from restoration.inference.weights import FILE_NAME
from tests.instance import new_instance
from tests.pictures import jpeg
from tests.processes import wait_until

pytestmark = pytest.mark.slow


def test_the_instance_says_so_and_charges_nothing(tmp_path: Path) -> None:
    (tmp_path / FILE_NAME).write_bytes(os.urandom(1000))
    made = new_instance(WEIGHTS_DIR=str(tmp_path), RESTORATION_HOLD_S="40")
    made.spawn()
    try:
        wait_until(lambda: _answers(made), 120, "the web process answers", every=0.5)
        ready = made.call("GET", "/readyz")
        assert ready.status == 503
        assert ready.json["checks"]["weights"] == "failed: WeightsError"
        key = made.new_key()
        answer = made.restore(key, made.pictures.serve("/a.jpg", jpeg()))
        assert (answer.status, answer.json["message"]) == (500, "Service error")
        assert made.credits(key) == {"available": 5, "held": 0, "debt": 0}
        assert FILE_NAME in made.logs()
    finally:
        made.stop()


def _answers(made: object) -> bool:
    try:
        return bool(made.call("GET", "/healthz", timeout=5).status == 200)  # type: ignore[attr-defined]
    except OSError:
        return False
