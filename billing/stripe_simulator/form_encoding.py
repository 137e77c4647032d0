"""Stripe's form nesting: `a[b][0][c]=1` becomes `{"a": {"b": [{"c": "1"}]}}`."""

import re
from typing import Any

from django.http import QueryDict

from billing.stripe_simulator.errors import StripeFailure

NAME = re.compile(r"^([^\[\]]+)((?:\[[^\[\]]*\])*)$")
MAX_DEPTH = 8


def decode(form: QueryDict) -> dict[str, Any]:
    """Nested parameters, all leaves strings. Raises StripeFailure (400) on a malformed name."""
    tree: dict[str, Any] = {}
    for name, values in form.lists():
        match = NAME.match(name)
        steps = re.findall(r"\[([^\[\]]*)\]", match[2]) if match else []
        if not match or len(steps) > MAX_DEPTH:
            raise StripeFailure(400, f"Invalid parameter name: {name}", param=name, saved=False)
        path = [match[1], *steps]
        # `expand[]=a&expand[]=b`: every value is an element of its own.
        pairs = enumerate(values) if path[-1] == "" else [(-1, values[-1])]
        for index, value in pairs:
            place(tree, [str(index) if step == "" else step for step in path], value, name)
    return {key: as_list(value) for key, value in tree.items()}


def place(tree: dict[str, Any], path: list[str], value: str, name: str) -> None:
    for step in path[:-1]:
        tree = tree.setdefault(step, {})
        if not isinstance(tree, dict):
            raise StripeFailure(400, f"Invalid object: {name}", param=name, saved=False)
    if isinstance(tree.get(path[-1]), dict):
        raise StripeFailure(400, f"Invalid object: {name}", param=name, saved=False)
    tree[path[-1]] = value


def as_list(value: Any) -> Any:
    """A level whose names are all numbers is an array."""
    if not isinstance(value, dict):
        return value
    if value and all(key.isdigit() for key in value):
        return [as_list(value[key]) for key in sorted(value, key=int)]
    return {key: as_list(inner) for key, inner in value.items()}
