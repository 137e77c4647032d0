"""Who pays: what the customer types beside the card."""

from dataclasses import asdict, dataclass, field

from billing.stripe_simulator.store import Body

ADDRESS = ("city", "country", "line1", "line2", "postal_code", "state")


def address(**given: str) -> Body:
    """An address as the API shows it; what was not given is null."""
    return {name: given.get(name) or None for name in ADDRESS}


@dataclass(frozen=True)
class Payer:
    """`tax_id`: {"type", "value"}; `address` with the members of `ADDRESS`."""

    email: str
    name: str
    address: Body = field(default_factory=address)
    business_name: str | None = None
    tax_id: Body | None = None

    @property
    def known_address(self) -> Body | None:
        """None where no part of it was given."""
        return self.address if any(self.address.values()) else None

    def billing_details(self) -> Body:
        return {
            "address": self.address,
            "email": self.email or None,
            "name": self.name or None,
            "phone": None,
            "tax_id": None,
        }

    def customer_details(self) -> Body:
        """As a Checkout Session shows it."""
        return {
            "address": self.known_address,
            "business_name": self.business_name or None,
            "email": self.email or None,
            "individual_name": None,
            "name": self.name or None,
            "phone": None,
            "tax_exempt": "none",
            "tax_ids": [self.tax_id] if self.tax_id else [],
        }

    def as_body(self) -> Body:
        return asdict(self)
