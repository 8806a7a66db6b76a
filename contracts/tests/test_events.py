"""What every event must be: named literally, frozen, strict when published and open when received."""

import inspect
import json
import re
from datetime import UTC, datetime
from decimal import Decimal
from importlib import import_module
from typing import Annotated, Any, get_origin
from uuid import UUID

import pytest
from pydantic import ValidationError
from tools.contracts.schemas import schema_of
from tools.departments import DEPARTMENTS

from contracts import fields, values
from contracts.base import Event
from contracts.events import EVENTS
from contracts.events.billing import PaymentReceived
from contracts.events.reception import VehicleReturned
from contracts.values import FaultFacts, PricedPart

MODULES = [import_module(f"contracts.events.{name}") for name in DEPARTMENTS]
CLASSES = sorted(EVENTS.values(), key=lambda event: event.TYPE)
AN_ID = "0191e0a0-0000-7000-8000-000000000001"
FORMATS = {
    "uuid": AN_ID,
    "date-time": "2025-03-07T01:00:00Z",
    "date": "2025-03-07",
    "time": "08:00:00",
}


def _sample(schema: dict[str, Any], names: dict[str, Any]) -> Any:
    """A value that the schema allows, with every field present."""
    if "$ref" in schema:
        return _sample(names[schema["$ref"].rsplit("/", 1)[1]], names)
    if "anyOf" in schema:
        return _sample(schema["anyOf"][0], names)
    if "enum" in schema:
        return schema["enum"][-1]
    kind = schema["type"]
    if kind == "object":
        return {name: _sample(inner, names) for name, inner in schema["properties"].items()}
    if kind == "array":
        return [_sample(schema["items"], names)]
    if kind == "string":
        return _text(schema)
    return {"integer": max(1, schema.get("minimum", 1)), "boolean": True}[kind]


def _text(schema: dict[str, Any]) -> str:
    if "pattern" in schema:
        candidates = ("12.50", "3.000", "0.13")
        return next(text for text in candidates if re.search(schema["pattern"], text))
    return FORMATS.get(schema.get("format", ""), "text")


def a_sample(event: type[Event]) -> dict[str, Any]:
    """The JSON data of one event with every field present."""
    schema = schema_of(event)
    data = _sample(schema, schema.get("$defs", {}))
    assert isinstance(data, dict)
    return data


def _every(event: type[Event]) -> str:
    return event.TYPE


class TestTheCatalogue:
    def test_holds_every_event_that_a_department_defines(self) -> None:
        defined = {
            member
            for module in MODULES
            for name, member in inspect.getmembers(module, inspect.isclass)
            if issubclass(member, Event) and member.__module__ == module.__name__ and not name.startswith("_")
        }

        assert defined == set(EVENTS.values())

    def test_names_each_type_and_version_once(self) -> None:
        assert len({(event.TYPE, event.VERSION) for event in CLASSES}) == len(CLASSES)
        assert all(EVENTS[event.TYPE, event.VERSION] is event for event in CLASSES)

    def test_keeps_class_names_apart_so_that_logs_are_readable(self) -> None:
        assert len({event.__name__ for event in CLASSES}) == len(CLASSES)


@pytest.mark.parametrize("event", CLASSES, ids=_every)
class TestEveryEvent:
    def test_names_its_wire_type_literally_in_its_department(self, event: type[Event]) -> None:
        assert "TYPE" in vars(event)
        assert re.fullmatch(r"[a-z]+(\.[a-z]+(-[a-z]+)*){2}", event.TYPE)
        assert event.TYPE.split(".")[0] == event.__module__.removeprefix("contracts.events.")

    def test_has_a_key_that_is_never_missing(self, event: type[Event]) -> None:
        field = event.model_fields[event.KEY]

        assert field.annotation in (UUID, str)
        assert field.is_required() or field.default

    def test_documents_when_it_happens_and_what_each_field_means(self, event: type[Event]) -> None:
        assert event.__doc__
        assert [name for name, field in event.model_fields.items() if not field.description] == []

    @pytest.mark.req("DATA-19")
    def test_survives_the_wire_unchanged(self, event: type[Event]) -> None:
        published = event.model_validate(a_sample(event))

        received = event.model_validate(json.loads(published.model_dump_json()))

        assert received == published
        assert received.key == published.key != ""

    def test_is_refused_with_a_field_that_the_contract_lacks(self, event: type[Event]) -> None:
        with pytest.raises(ValidationError):
            event.model_validate({**a_sample(event), "surprise": 1})

    def test_is_accepted_although_a_later_publisher_adds_more(self, event: type[Event]) -> None:
        sample = a_sample(event)

        received = event.model_validate(_with_more(sample), extra="ignore")

        assert received == event.model_validate(sample)

    def test_cannot_be_changed(self, event: type[Event]) -> None:
        made = event.model_validate(a_sample(event))

        with pytest.raises(ValidationError):
            setattr(made, event.KEY, "somebody else")


def _with_more(value: Any) -> Any:
    """The same value with an unknown field at every level."""
    if isinstance(value, list):
        return [_with_more(item) for item in value]
    if isinstance(value, dict):
        return {**{name: _with_more(inner) for name, inner in value.items()}, "later": "more"}
    return value


class TestAmounts:
    def test_refuse_floating_point_numbers(self) -> None:
        sample = a_sample(PaymentReceived)

        with pytest.raises(ValidationError):
            PaymentReceived.model_validate({**sample, "amount": 12.5})

    def test_refuse_a_third_place(self) -> None:
        sample = a_sample(PaymentReceived)

        with pytest.raises(ValidationError):
            PaymentReceived.model_validate({**sample, "amount": "12.505"})

    def test_stand_on_the_wire_as_text_with_their_places(self) -> None:
        part = PricedPart(
            part_line_id=UUID(AN_ID),
            part_no="P-1",
            quantity=Decimal(2),
            unit_price=Decimal("10"),
            net=Decimal("20.0"),
            tax_rate=Decimal("0.13"),
        )

        wire = part.model_dump(mode="json")

        assert (wire["quantity"], wire["unit_price"], wire["net"], wire["tax_rate"]) == (
            "2.000",
            "10.00",
            "20.00",
            "0.13",
        )


class TestInstants:
    def test_must_say_where_they_are(self) -> None:
        sample = a_sample(VehicleReturned)

        with pytest.raises(ValidationError):
            VehicleReturned.model_validate({**sample, "returned_at": "2025-03-07T09:00:00"})

    def test_are_published_in_utc(self) -> None:
        sample = a_sample(VehicleReturned)

        made = VehicleReturned.model_validate({**sample, "returned_at": "2025-03-07T09:00:00+08:00"})

        assert made.returned_at == datetime(2025, 3, 7, 1, tzinfo=UTC)
        assert made.model_dump(mode="json")["returned_at"] == "2025-03-07T01:00:00Z"


class TestPersonalFacts:
    def test_of_customers_travel_on_no_other_stream_than_the_customers_own(self) -> None:
        names = {"display_name", "phone", "address", "email", "id_number"}

        carriers = {event.stream() for event in CLASSES if names & event.model_fields.keys()}

        assert carriers == {"crm.customer", "staff.employee"}

    @pytest.mark.req("RECP-05")
    def test_of_the_fault_have_a_place_each(self) -> None:
        asked = {"phenomenon", "occurs_when", "affects_use", "noise", "smell"}

        assert asked <= FaultFacts.model_fields.keys()

    @pytest.mark.req("RECP-08")
    def test_of_the_interview_have_a_place_each(self) -> None:
        asked = {"engine", "speed", "load", "road", "added_equipment", "last_maintenance"}

        assert asked | {"parts_repaired_before", "since", "frequency"} <= FaultFacts.model_fields.keys()


def test_shared_descriptions_are_written_once() -> None:
    shared = {
        field.__metadata__[0].description for field in vars(fields).values() if get_origin(field) is Annotated
    }
    code = "".join(inspect.getsource(module) for module in (*MODULES, values))

    assert [text for text in shared if f'"{text}"' in code] == []
