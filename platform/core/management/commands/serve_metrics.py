"""The metrics port, in a process of its own."""

import argparse
import socketserver
from typing import Any
from wsgiref.simple_server import WSGIRequestHandler, WSGIServer, make_server

from django.core.management.base import BaseCommand

from core.metrics import application


class ThreadingServer(socketserver.ThreadingMixIn, WSGIServer):
    """A scrape that hangs on the database keeps no other one waiting."""

    daemon_threads = True


class SilentHandler(WSGIRequestHandler):
    """Writes no line a scrape."""

    def log_message(self, format: str, *args: Any) -> None:
        pass


class Command(BaseCommand):
    """Serves until it is ended."""

    help = "Serve /metrics for Prometheus. The numbers are not for the public: keep the port private."

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        parser.add_argument("--host", default="127.0.0.1", help="address to listen on (default %(default)s)")
        parser.add_argument(
            "--port", type=int, default=9464, help="0: any that is free (default %(default)s)"
        )

    def handle(self, *args: Any, host: str, port: int, **options: Any) -> None:
        with make_server(host, port, application(), ThreadingServer, SilentHandler) as server:
            self.stdout.write(f"http://{host}:{server.server_port}/metrics")
            self.stdout.flush()
            server.serve_forever()
