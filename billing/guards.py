"""Triggers: the database itself refuses to change what was booked, whoever asks.

Django drops the triggers of a table that it makes anew, as its migrations do on SQLite, and says nothing.
Therefore `install` runs after every `migrate` again.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from django.core.checks import CheckMessage, Warning
from django.db import DEFAULT_DB_ALIAS, connections, transaction
from django.db.backends.base.base import BaseDatabaseWrapper

# Written once; neither changed nor deleted.
APPEND_ONLY = ("billing_ledgertxn", "billing_ledgerentry", "billing_holdallocation")
# Change as credits move, but stay.
KEPT = (
    "billing_creditaccount",
    "billing_creditgrant",
    "billing_hold",
    "billing_clawback",
    "billing_purchase",
)
# Whose rows make the sum of a ledger transaction. PostgreSQL adds up at the commit; SQLite cannot wait for it.
SUMMED = ("billing_ledgertxn", "billing_ledgerentry")

FUNCTIONS = """
CREATE OR REPLACE FUNCTION billing_refuse() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '% of % is refused', TG_OP, TG_TABLE_NAME
        USING ERRCODE = 'integrity_constraint_violation';
END $$;

CREATE OR REPLACE FUNCTION billing_add_up() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    booked bigint;
    total numeric;
BEGIN
    IF TG_TABLE_NAME = 'billing_ledgertxn' THEN booked := NEW.id; ELSE booked := NEW.txn_id; END IF;
    SELECT sum(amount) INTO total FROM billing_ledgerentry WHERE txn_id = booked;
    IF total IS DISTINCT FROM 0 THEN
        RAISE EXCEPTION 'the entries of ledger transaction % sum to %', booked, total
            USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN NULL;
END $$;
"""


@dataclass(frozen=True)
class Guard:
    """One trigger of one table. `rule`: update, delete, truncate or sum."""

    table: str
    rule: str

    @property
    def name(self) -> str:
        return f"{self.table}_guard_{self.rule}"

    def sql(self, vendor: str) -> str:
        """The statement that makes it."""
        if vendor == "sqlite":
            return (
                f"CREATE TRIGGER {self.name} BEFORE {self.rule} ON {self.table} "
                f"BEGIN SELECT RAISE(ABORT, '{self.rule} of {self.table} is refused'); END"
            )
        if self.rule == "sum":
            return (
                f"CREATE CONSTRAINT TRIGGER {self.name} AFTER INSERT ON {self.table} "
                "DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION billing_add_up()"
            )
        each = "STATEMENT" if self.rule == "truncate" else "ROW"
        return (
            f"CREATE TRIGGER {self.name} BEFORE {self.rule} ON {self.table} "
            f"FOR EACH {each} EXECUTE FUNCTION billing_refuse()"
        )


def expected(connection: BaseDatabaseWrapper) -> list[Guard]:
    """The guards of the tables that exist; a migration may be half-way."""
    guards = [Guard(table, rule) for table in APPEND_ONLY for rule in ("update", "delete")]
    guards += [Guard(table, "delete") for table in KEPT]
    if connection.vendor == "postgresql":
        guards += [Guard(table, "truncate") for table in (*APPEND_ONLY, *KEPT)]
        guards += [Guard(table, "sum") for table in SUMMED]
    tables = set(connection.introspection.table_names())
    return [guard for guard in guards if guard.table in tables]


def missing(using: str = DEFAULT_DB_ALIAS) -> list[Guard]:
    """Guards that should be there and are not, or are switched off."""
    connection = connections[using]
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'")
        else:
            cursor.execute(
                "SELECT tgname FROM pg_trigger WHERE tgenabled IN ('O', 'A') AND pg_table_is_visible(tgrelid)"
            )
        present = {row[0] for row in cursor.fetchall()}
    return [guard for guard in expected(connection) if guard.name not in present]


def install(using: str = DEFAULT_DB_ALIAS) -> None:
    """Make the guards that are missing; those that are there stay untouched."""
    connection = connections[using]
    if not (absent := missing(using)):
        return
    with transaction.atomic(using), connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute(FUNCTIONS)
        for guard in absent:
            cursor.execute(_drop(connection, guard))
            cursor.execute(guard.sql(connection.vendor))


def remove(using: str = DEFAULT_DB_ALIAS) -> None:
    """Take the guards away: for a data migration of the ledger, and for tests that empty the tables."""
    connection = connections[using]
    with transaction.atomic(using), connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            connection.check_constraints()  # a trigger that still has to fire cannot be dropped
        for guard in expected(connection):
            cursor.execute(_drop(connection, guard))


@contextmanager
def lifted(using: str = DEFAULT_DB_ALIAS) -> Iterator[None]:
    """Without the guards inside; where the block fails they come back with the rollback or the next `migrate`."""
    remove(using)
    yield
    install(using)


def check(databases: Sequence[str] | None = None, **_: Any) -> list[CheckMessage]:
    """`manage.py check --database default`: says which guards are missing. A warning, for `migrate` mends it."""
    return [
        Warning(
            f"{', '.join(guard.name for guard in absent)}: missing in the database {using!r}.",
            hint="The ledger can be changed behind the platform's back. Run manage.py migrate.",
            id="billing.W001",
        )
        for using in databases or ()
        if (absent := missing(using))
    ]


def _drop(connection: BaseDatabaseWrapper, guard: Guard) -> str:
    on_table = f" ON {guard.table}" if connection.vendor == "postgresql" else ""
    return f"DROP TRIGGER IF EXISTS {guard.name}{on_table}"
