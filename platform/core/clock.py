"""The database's clock. Leases use it, so that a worker with a wrong clock cannot steal or lose a job."""

from datetime import UTC, datetime

from django.db import connection


def database_now() -> datetime:
    """The database's present instant, aware, UTC.

    On PostgreSQL the wall clock and not the transaction's start: a long transaction must not hand out
    leases that begin in the past.
    """
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("SELECT clock_timestamp()")
            instant: datetime = cursor.fetchone()[0]
            return instant.astimezone(UTC)
        cursor.execute("SELECT strftime('%Y-%m-%d %H:%M:%f', 'now')")
        return datetime.fromisoformat(cursor.fetchone()[0]).replace(tzinfo=UTC)
