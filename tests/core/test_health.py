"""The two probes: cheap and always answered; honest about what is missing."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.test import Client

from core.clock import database_now
from restoration.inference.weights import FILE_NAME
from restoration.models import WorkerHeartbeat

pytestmark = pytest.mark.django_db


@pytest.fixture
def checks(settings: Any) -> Callable[..., None]:
    def use(*names: str) -> None:
        settings.READINESS_CHECKS = list(names)

    return use


def test_the_process_answers_without_a_query(client: Client, django_assert_num_queries: Any) -> None:
    with django_assert_num_queries(0):
        reply = client.get("/healthz")
    assert (reply.status_code, reply.json()) == (200, {"status": "ok"})


@pytest.mark.parametrize("host", ["10.0.3.7:8000", "pod-7.internal", "evil.example.org"])
def test_probes_answer_under_any_host(client: Client, checks: Callable[..., None], host: str) -> None:
    checks("core.health.database")
    for path in ("/healthz", "/readyz"):
        assert client.get(path, HTTP_HOST=host).status_code == 200


def test_database_and_broker_are_asked(
    client: Client, checks: Callable[..., None], django_assert_num_queries: Any
) -> None:
    checks("core.health.database", "core.health.broker")
    with django_assert_num_queries(1):
        reply = client.get("/readyz")
    assert (reply.status_code, reply.json()) == (
        200,
        {"status": "ok", "checks": {"database": "ok", "broker": "ok"}},
    )
    assert reply["Cache-Control"] == "no-store"


def test_a_dead_broker_is_not_ready(client: Client, checks: Callable[..., None], settings: Any) -> None:
    checks("core.health.database", "core.health.broker")
    settings.CACHES = {"default": {**settings.CACHES["default"], "LOCATION": "redis://127.0.0.1:1"}}
    reply = client.get("/readyz")
    assert reply.status_code == 503
    assert reply.json()["checks"]["database"] == "ok"
    assert reply.json()["checks"]["broker"] == "failed: ConnectionError"


def test_missing_weights_are_not_ready(client: Client, checks: Callable[..., None], settings: Any) -> None:
    checks("restoration.health.weights")
    settings.WEIGHTS_DIR = Path("/nonexistent")
    assert client.get("/readyz").status_code == 503


def test_wrong_weights_are_not_ready(
    client: Client, checks: Callable[..., None], settings: Any, tmp_path: Path
) -> None:
    checks("restoration.health.weights")
    settings.WEIGHTS_DIR = tmp_path
    (tmp_path / FILE_NAME).write_bytes(b"\0" * 1000)
    reply = client.get("/readyz")
    assert (reply.status_code, reply.json()["status"]) == (503, "unavailable")


@pytest.mark.parametrize(("error", "status"), [("", 200), ("WeightsError: gone", 503)])
def test_a_worker_counts_with_a_loaded_engine_only(
    client: Client, checks: Callable[..., None], error: str, status: int
) -> None:
    checks("restoration.health.worker")
    assert client.get("/readyz").status_code == 503
    WorkerHeartbeat.objects.create(worker="w", error=error, seen_at=database_now())
    assert client.get("/readyz").status_code == status


def test_the_reply_does_not_tell_why(client: Client, checks: Callable[..., None]) -> None:
    checks("core.nothing.of_this_name")
    reply = client.get("/readyz")
    assert reply.json() == {
        "status": "unavailable",
        "checks": {"of_this_name": "failed: ModuleNotFoundError"},
    }
