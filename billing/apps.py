from typing import Any

from django.apps import AppConfig
from django.core.checks import Tags, register
from django.db.models.signals import post_migrate


class BillingConfig(AppConfig):
    name = "billing"

    def ready(self) -> None:
        from billing import guards

        register(guards.check, Tags.database)
        post_migrate.connect(install_guards, sender=self)


def install_guards(using: str, **_: Any) -> None:
    """Django may have made tables anew, and dropped their triggers with the old ones."""
    from billing import guards

    guards.install(using)
