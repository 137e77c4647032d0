"""Request parameters as serializers; what Stripe would refuse is refused here with its code and `param`."""

from typing import Any

from rest_framework import serializers
from rest_framework.exceptions import ErrorDetail, ValidationError

from billing.stripe_simulator.errors import StripeFailure

CODES = {
    "required": "parameter_missing",
    "blank": "parameter_invalid_empty",
    "invalid_choice": "parameter_invalid_string",
    "invalid": "parameter_invalid",
    "max_value": "parameter_invalid_integer",
    "min_value": "parameter_invalid_integer",
}


class Fields(serializers.Serializer[Any]):
    """A nested group of parameters; a name that it does not declare is refused."""

    def to_internal_value(self, data: Any) -> Any:
        if isinstance(data, dict):
            unknown = {
                name: [ErrorDetail(f"Received unknown parameter: {name}", code="parameter_unknown")]
                for name in data
                if name not in self.fields
            }
            if unknown:
                raise ValidationError(unknown)
        return super().to_internal_value(data)


class RemovedField(serializers.Field[Any, Any, Any, Any]):
    """A parameter that earlier API versions had. `code`: what it is refused with."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(required=False)
        self.code, self.message = code, message

    def to_internal_value(self, data: Any) -> Any:
        raise ValidationError(self.message, code=self.code)

    def to_representation(self, value: Any) -> Any:
        return value


class Params(Fields):
    """What every request may carry."""

    expand = serializers.ListField(child=serializers.CharField(), required=False)


class RangeParams(Fields):
    gt = serializers.IntegerField(required=False)
    gte = serializers.IntegerField(required=False)
    lt = serializers.IntegerField(required=False)
    lte = serializers.IntegerField(required=False)


class ListParams(Params):
    """Paging, the same for every list."""

    limit = serializers.IntegerField(min_value=1, max_value=100, default=10)
    starting_after = serializers.CharField(required=False)
    ending_before = serializers.CharField(required=False)


class DatedListParams(ListParams):
    """A list that can be cut by when its objects were made."""

    created = RangeParams(required=False)


class MetadataField(serializers.DictField):
    """At most 50 pairs; an empty value takes its key away, an empty string everything."""

    child = serializers.CharField(max_length=500, allow_blank=True)

    def to_internal_value(self, data: Any) -> Any:
        pairs = super().to_internal_value({} if data == "" else data)
        if len(pairs) > 50 or any(len(key) > 40 for key in pairs):
            raise ValidationError("Metadata holds up to 50 keys of up to 40 characters.")
        return pairs


def parsed(declared: type[Params], raw: dict[str, Any]) -> dict[str, Any]:
    """Validated parameters with their types. Raises StripeFailure (400), which no key remembers."""
    serializer = declared(data=raw)
    if serializer.is_valid():
        return dict(serializer.validated_data)
    name, detail = first_error(serializer.errors)
    code = CODES.get(detail.code or "", detail.code)
    message = f"Missing required param: {name}." if code == "parameter_missing" else str(detail)
    if code == "parameter_unknown":
        message = f"Received unknown parameter: {name}"
    raise StripeFailure(400, message, code=code, param=name, saved=False)


def first_error(errors: Any, name: str = "") -> tuple[str, ErrorDetail]:
    """The first complaint in a tree of complaints, with its name in Stripe's nesting."""
    if isinstance(errors, ErrorDetail):
        return name, errors
    if isinstance(errors, list) and isinstance(errors[0], ErrorDetail):
        return name, errors[0]
    pairs = enumerate(errors) if isinstance(errors, list) else errors.items()
    key, inner = next((key, inner) for key, inner in pairs if inner)
    if key == "non_field_errors":
        return first_error(inner, name)
    return first_error(inner, f"{name}[{key}]" if name else str(key))


def merged(old: dict[str, str], new: dict[str, str] | None) -> dict[str, str]:
    """Metadata after an update."""
    if new is None:
        return old
    return {key: value for key, value in ({**old, **new} if new else {}).items() if value != ""}
