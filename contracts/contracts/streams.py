"""Which department publishes each stream, and which stream may wait for which."""

from contracts.base import Fact


class Stream(Fact):
    """One stream of events; a reaction to it may wait (``NotYet``) only for a stream of lower rank."""

    name: str
    publisher: str
    rank: int


def _stream(name: str, rank: int) -> Stream:
    return Stream(name=name, publisher=name.split(".")[0], rank=rank)


STREAMS: dict[str, Stream] = {
    stream.name: stream
    for stream in (
        _stream("staff.employee", 1),
        _stream("crm.customer", 2),
        _stream("crm.vehicle", 3),
        _stream("parts.part", 4),
        _stream("billing.labour-rate", 5),
        _stream("booking.service", 6),
        _stream("booking.calendar", 7),
        _stream("booking.appointment", 8),
        _stream("reception.visit", 9),
        _stream("parts.reservation", 10),
        _stream("parts.purchase-order", 11),
        _stream("workshop.job", 12),
        _stream("billing.invoice", 13),
        _stream("crm.follow-up", 14),
        _stream("crm.survey", 15),
        _stream("complaints.complaint", 16),
    )
}
"""Every stream by name, in the order of rank."""
