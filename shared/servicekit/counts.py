"""What one process has counted since it started, and the metrics that show it."""

from collections.abc import Iterator
from dataclasses import asdict, dataclass

from prometheus_client import Metric
from prometheus_client.core import CounterMetricFamily
from prometheus_client.registry import Collector


@dataclass(slots=True)
class Counts:
    """Events and deliveries of this process since it started."""

    published: int = 0  # confirmed by the broker right after the commit
    swept: int = 0  # confirmed by the broker when the sweep found them
    applied: int = 0  # reactions that ran to their end
    duplicates: int = 0
    gaps: int = 0  # deliveries with a number beyond the next
    backfill_requests: int = 0
    backfilled: int = 0  # events received in answers to backfill requests
    outages: int = 0  # deliveries that found the database away, or whose commit has an unknown outcome


class CountsCollector(Collector):
    """Gives Prometheus each count as ``bayline_messages_<name>_total``."""

    def __init__(self, counts: Counts) -> None:
        self._counts = counts

    def collect(self) -> Iterator[Metric]:
        for name, value in asdict(self._counts).items():
            metric = CounterMetricFamily(f"bayline_messages_{name}", f"messages {name} by this process")
            metric.add_metric([], value)
            yield metric
