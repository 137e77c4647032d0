"""Metrics have a port of their own; the public one knows nothing of them."""

import subprocess
import sys

import pytest
import urllib3
from django.test import Client

from core.supervisor import die_with_parent
from tests.core.shared_database import REPOSITORY, shared_database
from tests.website import plain_static_files  # noqa: F401


def test_they_are_served_there() -> None:
    with shared_database() as environment:
        process = subprocess.Popen(
            [sys.executable, "manage.py", "serve_metrics", "--port", "0"],
            cwd=REPOSITORY,
            env=environment,
            stdout=subprocess.PIPE,
            text=True,
            preexec_fn=die_with_parent,
        )
        try:
            assert process.stdout is not None
            reply = urllib3.request("GET", process.stdout.readline().strip())
        finally:
            process.kill()
            process.wait()
    assert (reply.status, reply.headers["Content-Type"].split(";")[0]) == (200, "text/plain")
    assert "heirloom_reconciliation_unexplained 0.0\n" in reply.data.decode()


@pytest.mark.django_db
def test_they_are_not_served_to_the_public(client: Client) -> None:
    assert client.get("/metrics").status_code == 404
