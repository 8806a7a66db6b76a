"""What the demo prints: what happened, how fast, at what cost, and whether all departments agree."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from deploy.reconcile import QUESTIONS, Discrepancy
from rich.console import Console
from rich.table import Table
from scenarios.gateway_client import Traffic

from demo.counts import Count
from demo.effects import Chain, Event, in_short
from demo.metrics import Messages, ProcessCost

_DISCREPANCIES = 20
_SHOWN_DATA = (
    "outcome",
    "how",
    "technician_name",
    "cause",
    "why",
    "reason",
    "record_no",
    "invoice_no",
    "amount",
    "payable",
)


@dataclass(frozen=True, slots=True)
class Results:
    """Everything that is reported, and that decides whether the demo succeeded."""

    counts: Sequence[Count]
    outcomes: Mapping[str, int]
    chains: list[Chain]
    messages: Messages
    dead_letters: int
    discrepancies: Sequence[Discrepancy]
    failures: int
    faults: Sequence[str]
    story: Sequence[Event]
    costs: Sequence[ProcessCost]
    traffic: Traffic
    seconds: float

    @property
    def absorbed(self) -> int:
        """Duplicates and gaps; a day without any has tested nothing."""
        return self.messages.duplicates + self.messages.gaps

    @property
    def good(self) -> bool:
        """Whether everything was met and everybody agrees."""
        agreed = not self.discrepancies and not self.dead_letters and not self.failures
        return agreed and self.absorbed > 0 and all(count.met for count in self.counts)


def show(screen: Console, results: Results, *, zone: str = "Asia/Shanghai") -> None:
    """The whole report."""
    screen.rule("the day")
    screen.print(_counts(results.counts))
    by_outcome = ", ".join(f"{number} {outcome}" for outcome, number in sorted(results.outcomes.items()))
    screen.print(f"visits by outcome: {by_outcome}")
    if results.chains:
        middle, slowest = in_short(results.chains)
        screen.print(
            f"from a command to its last effect: median {middle * 1000:.0f} ms over {len(results.chains)} "
            f"chains; slowest {slowest.seconds:.1f} s ({slowest.first} … {slowest.last}), faults included"
        )
    counts = results.messages
    screen.print(
        f"events: {counts.published} published, {counts.applied} applied, {counts.backfilled} backfilled; "
        f"absorbed: {counts.duplicates} duplicates, {counts.gaps} gaps; dead letters: {results.dead_letters}"
    )
    refused = ", ".join(f"{number} {code}" for code, number in results.traffic.refusals.most_common(6))
    screen.print(
        f"requests: {results.traffic.requests}, of which {results.traffic.retries} were sent again while a "
        f"department was away; refused: {refused or 'none'}"
    )
    for fault in results.faults:
        screen.print(f"fault: {fault}")
    _story(screen, results.story, ZoneInfo(zone))
    screen.rule("what it cost")
    screen.print(_costs(results.costs))
    _verdict(screen, results)


def _counts(counts: Sequence[Count]) -> Table:
    table = Table(box=None, pad_edge=False)
    for heading in ("what", "found", "at least", ""):
        table.add_column(heading, justify="left" if heading in ("what", "") else "right")
    for count in counts:
        mark = "[green]met[/]" if count.met else "[bold red]missing[/]"
        table.add_row(count.what, f"{count.found:g}", f"{count.least:g}", mark)
    return table


def _costs(costs: Sequence[ProcessCost]) -> Table:
    table = Table(box=None, pad_edge=False)
    for heading in ("process", "MB", "CPU s"):
        table.add_column(heading, justify="left" if heading == "process" else "right")
    for cost in costs:
        table.add_row(cost.name, str(cost.megabytes), f"{cost.cpu_seconds:.1f}")
    table.add_row(
        "together", str(sum(c.megabytes for c in costs)), f"{sum(c.cpu_seconds for c in costs):.1f}"
    )
    return table


def _story(screen: Console, story: Sequence[Event], zone: ZoneInfo) -> None:
    if not story:
        return
    screen.rule("one visit, by the events of all departments")
    for event in story:
        at = event.occurred_at.astimezone(zone)
        screen.print(
            f"{at:%d %b %H:%M:%S}  {event.type:<42} {_shown_data(event)}", overflow="ellipsis", no_wrap=True
        )


def _shown_data(event: Event) -> str:
    data = json.loads(event.data)
    return "  ".join(f"{name}={data[name]}" for name in _SHOWN_DATA if data.get(name))


def _verdict(screen: Console, results: Results) -> None:
    screen.rule("reconciliation")
    wrong = {found.question for found in results.discrepancies}
    screen.print("  ".join(f"{q} [bold red]no[/]" if q in wrong else f"{q} [green]ok[/]" for q in QUESTIONS))
    for found in results.discrepancies[:_DISCREPANCIES]:
        screen.print(f"[red]{found}[/]", soft_wrap=True)
    if len(results.discrepancies) > _DISCREPANCIES:
        screen.print(f"… and {len(results.discrepancies) - _DISCREPANCIES} more")
    if not results.absorbed:
        screen.print("[red]no duplicate and no gap was seen: this day tested nothing[/]")
    verdict = "[bold green]all departments agree[/]" if results.good else "[bold red]the demo failed[/]"
    screen.print(f"{verdict}, after {results.seconds:.0f} seconds")
