"""The triggers are there after every migration, and it is noticed when they are not."""

from io import StringIO

import pytest
from django.core.management import call_command
from django.db import connection
from django.db.models.fields import CharField

from billing import guards
from billing.models import LedgerEntry

pytestmark = pytest.mark.django_db(transaction=True)


def checked() -> str:
    output = StringIO()
    call_command("check", databases=["default"], stderr=output)
    return output.getvalue()


def remake_the_table() -> None:
    """Alter a column of the ledger as a migration does; on SQLite that makes the table anew."""
    old = LedgerEntry._meta.get_field("book")
    new = CharField(max_length=11)
    new.set_attributes_from_name("book")
    new.model = LedgerEntry
    for before, after in ((old, new), (new, old)):
        connection.disable_constraint_checking()
        with connection.schema_editor() as editor:
            editor.alter_field(LedgerEntry, before, after)
        connection.enable_constraint_checking()


def test_they_are_there_after_migrate() -> None:
    assert guards.missing() == []
    assert len(guards.expected(connection)) == (21 if connection.vendor == "postgresql" else 11)
    assert "billing.W001" not in checked()


@pytest.mark.skipif("connection.vendor != 'sqlite'", reason="only SQLite makes tables anew")
def test_a_table_that_was_made_anew_has_lost_them_until_migrate_has_run() -> None:
    remake_the_table()
    lost = {guard.name for guard in guards.missing()}
    assert lost == {"billing_ledgerentry_guard_update", "billing_ledgerentry_guard_delete"}
    assert "billing.W001" in checked()
    call_command("migrate", verbosity=0)
    assert guards.missing() == []


def test_one_that_is_missing_or_switched_off_is_made_again() -> None:
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("ALTER TABLE billing_ledgertxn DISABLE TRIGGER billing_ledgertxn_guard_sum")
            cursor.execute("DROP TRIGGER billing_hold_guard_delete ON billing_hold")
        else:
            cursor.execute("DROP TRIGGER billing_hold_guard_delete")
    assert "billing_hold_guard_delete" in checked()
    guards.install()
    assert guards.missing() == []


def test_a_failure_while_they_are_lifted_is_noticed() -> None:
    with pytest.raises(RuntimeError), guards.lifted():
        raise RuntimeError
    assert "billing.W001" in checked()
