"""A database of its own for each running instance, on the server that the suite runs on."""

import atexit
import os
import secrets
from urllib.parse import urlsplit, urlunsplit

import psycopg


def own_database() -> dict[str, str]:
    """Environment that names a new, empty database: PostgreSQL's when the suite has one, else none (SQLite)."""
    given = os.environ.get("DATABASE_URL", "")
    if not given.startswith("postgres"):
        return {}
    name = f"heirloom_instance_{secrets.token_hex(6)}"
    with psycopg.connect(given, autocommit=True) as connection:
        connection.execute(f'CREATE DATABASE "{name}"')
    atexit.register(_drop, given, name)
    return {"DATABASE_URL": urlunsplit(urlsplit(given)._replace(path=f"/{name}"))}


def _drop(server: str, name: str) -> None:
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')
