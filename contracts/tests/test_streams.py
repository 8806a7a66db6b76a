"""The table of streams: complete, ordered, and in the words of the departments."""

from tools.departments import DEPARTMENTS
from tools.subscriptions import subscribers

from contracts.events import EVENTS
from contracts.streams import STREAMS


class TestTheTableOfStreams:
    def test_names_exactly_the_streams_that_events_belong_to(self) -> None:
        assert set(STREAMS) == {event.stream() for event in EVENTS.values()}

    def test_gives_every_stream_one_identity(self) -> None:
        keys = {(event.stream(), event.KEY) for event in EVENTS.values()}

        assert len(keys) == len(STREAMS)

    def test_orders_all_streams_so_that_waits_cannot_form_a_circle(self) -> None:
        ranks = [stream.rank for stream in STREAMS.values()]

        assert ranks == sorted(set(ranks))

    def test_knows_only_departments_as_publishers(self) -> None:
        assert {stream.publisher for stream in STREAMS.values()} <= set(DEPARTMENTS)

    def test_lets_no_department_subscribe_to_itself(self) -> None:
        for name, departments in subscribers().items():
            assert set(departments) <= set(DEPARTMENTS) - {STREAMS[name].publisher}
