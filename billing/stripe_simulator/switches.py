"""Named settings that levers turn while the simulator runs, kept over a restart."""

from typing import Any

from billing.stripe_simulator.models import Switch


def read(name: str, default: Any = None) -> Any:
    """What it was turned to last."""
    row = Switch.objects.filter(name=name).first()
    return default if row is None else row.value


def turn(name: str, value: Any) -> None:
    """`value`: anything that JSON can hold."""
    Switch.objects.update_or_create(name=name, defaults={"value": value})
