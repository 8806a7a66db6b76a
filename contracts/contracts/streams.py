"""Who publishes each stream, who listens, and which stream may wait for which."""

from contracts.base import Fact


class Stream(Fact):
    """One stream of facts; a reaction to it may wait (``NotYet``) only for a stream of lower rank."""

    name: str
    publisher: str
    rank: int
    listeners: tuple[str, ...]


def _stream(name: str, rank: int, *listeners: str) -> Stream:
    return Stream(name=name, publisher=name.split(".")[0], rank=rank, listeners=listeners)


STREAMS: dict[str, Stream] = {
    stream.name: stream
    for stream in (
        _stream("staff.employee", 1, "workshop"),
        _stream("crm.customer", 2, "booking", "reception", "billing", "complaints"),
        _stream("crm.vehicle", 3, "booking", "reception"),
        _stream("parts.part", 4, "booking", "reception"),
        _stream("billing.labour-rate", 5, "reception"),
        _stream("booking.service", 6, "reception"),
        _stream("booking.calendar", 7, "reception", "workshop", "parts", "crm"),
        _stream("booking.appointment", 8, "reception", "workshop", "parts", "crm"),
        _stream("reception.visit", 9, "booking", "workshop", "parts", "billing", "crm", "complaints"),
        _stream("parts.reservation", 10, "booking", "reception", "workshop", "billing"),
        _stream("parts.purchase-order", 11),
        _stream("workshop.job", 12, "reception", "parts", "billing", "crm", "complaints", "staff"),
        _stream("billing.invoice", 13, "reception", "crm", "complaints"),
        _stream("crm.follow-up", 14, "complaints"),
        _stream("crm.survey", 15, "complaints", "staff"),
        _stream("complaints.complaint", 16, "reception", "billing", "crm", "staff"),
    )
}
"""Every stream by name, in the order of rank."""

DEPARTMENTS = ("booking", "reception", "workshop", "parts", "billing", "crm", "complaints", "staff")
"""The services that publish and listen."""
