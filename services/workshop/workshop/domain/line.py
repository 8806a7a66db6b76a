"""One line of work in a job: who does it, how far it is, how long it took."""

from datetime import datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import ForeignKey, Index, Text, text
from sqlalchemy.orm import Mapped, mapped_column

from contracts.values import Line, PartNeed, Technician, Title
from servicekit.columns import Json, Utc
from servicekit.states import Machine
from workshop.domain.base import Base


class LineState(StrEnum):
    """How far a line of work is."""

    PLANNED = "planned"
    NOT_AUTHORISED = "not_authorised"
    AUTHORISED = "authorised"
    RUNNING = "running"
    INTERRUPTED = "interrupted"
    DONE = "done"
    FAILED = "failed"
    GIVEN_UP = "given_up"


S = LineState
LINE: Machine[LineState] = Machine(
    "line",
    {
        "offer": ({S.PLANNED, S.NOT_AUTHORISED, S.GIVEN_UP}, S.NOT_AUTHORISED),
        "authorise": ({S.PLANNED, S.NOT_AUTHORISED, S.GIVEN_UP}, S.AUTHORISED),
        "give_up": (
            {S.PLANNED, S.NOT_AUTHORISED, S.AUTHORISED, S.RUNNING, S.INTERRUPTED, S.FAILED},
            S.GIVEN_UP,
        ),
        "start": ({S.AUTHORISED, S.FAILED}, S.RUNNING),
        "interrupt": ({S.AUTHORISED, S.FAILED, S.RUNNING}, S.INTERRUPTED),
        "resume": ({S.INTERRUPTED}, S.AUTHORISED),
        "complete": ({S.RUNNING}, S.DONE),
        "fail": ({S.DONE}, S.FAILED),
    },
    initial=S.PLANNED,
)
PENDING = frozenset({S.PLANNED, S.NOT_AUTHORISED})
CLOSED = frozenset({S.DONE, S.GIVEN_UP})


class JobLine(Base):
    """A line of work; its id is the same in estimate, reservation and invoice."""

    __tablename__ = "job_lines"
    __table_args__ = (
        # WORK-09: a technician has at most one running line over all jobs.
        Index(
            "uq_job_lines_technician_running",
            "technician_id",
            unique=True,
            postgresql_where=text("state = 'running'"),
        ),
        Index(None, "job_id", "position"),
        Index(None, "technician_id", "planned_start"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    job_id: Mapped[UUID] = mapped_column(ForeignKey("jobs.id"))
    position: Mapped[int]
    kind: Mapped[str] = mapped_column(Text)
    title: Mapped[Title] = mapped_column(Json(Title))
    work_type: Mapped[str] = mapped_column(Text)
    skill: Mapped[str] = mapped_column(Text)
    labour_minutes: Mapped[int]
    payer: Mapped[str] = mapped_column(Text)
    service_code: Mapped[str | None] = mapped_column(Text)
    why: Mapped[str] = mapped_column(Text, default="")
    benefit: Mapped[str] = mapped_column(Text, default="")
    needs: Mapped[tuple[PartNeed, ...]] = mapped_column(Json(tuple[PartNeed, ...]), default=tuple)
    state: Mapped[str] = mapped_column(Text, default=S.PLANNED.value)
    authorised: Mapped[bool] = mapped_column(default=False)
    offered_in: Mapped[int | None]
    blocks: Mapped[tuple[UUID, ...]] = mapped_column(Json(tuple[UUID, ...]), default=tuple)
    measure_id: Mapped[UUID | None]
    technician_id: Mapped[UUID | None]
    technician_name: Mapped[str | None] = mapped_column(Text)
    planned_start: Mapped[datetime | None] = mapped_column(Utc)
    planned_end: Mapped[datetime | None] = mapped_column(Utc)
    started_at: Mapped[datetime | None] = mapped_column(Utc)
    running_since: Mapped[datetime | None] = mapped_column(Utc)
    stopped_at: Mapped[datetime | None] = mapped_column(Utc)
    round_seconds: Mapped[int] = mapped_column(default=0)
    spent_minutes: Mapped[int] = mapped_column(default=0)
    completed_at: Mapped[datetime | None] = mapped_column(Utc)
    result_text: Mapped[str] = mapped_column(Text, default="")
    failures: Mapped[int] = mapped_column(default=0)
    workers: Mapped[tuple[Technician, ...]] = mapped_column(Json(tuple[Technician, ...]), default=tuple)

    @classmethod
    def of(
        cls, line: Line, position: int, *, offered_in: int | None, measure_id: UUID | None = None
    ) -> "JobLine":
        """A line as its publisher names it; ``offered_in`` is 0 for lines that reception knows already."""
        made = cls(id=line.line_id, position=position, offered_in=offered_in, measure_id=measure_id)
        made.take(line)
        return made

    def take(self, line: Line) -> None:
        """Content as it was named last."""
        self.kind, self.title, self.work_type, self.skill = line.kind, line.title, line.work_type, line.skill
        self.labour_minutes, self.payer, self.service_code = (
            line.labour_minutes,
            line.payer,
            line.service_code,
        )
        self.why, self.benefit = line.why, line.benefit
        # Prices stay where they belong: only what the work needs is kept.
        self.needs = tuple(
            PartNeed(part_line_id=p.part_line_id, part_no=p.part_no, quantity=p.quantity, title=p.title)
            for p in line.parts
        )

    def as_line(self) -> Line:
        """The line as events carry it."""
        return Line.model_validate(
            {
                "line_id": self.id,
                "kind": self.kind,
                "title": self.title,
                "work_type": self.work_type,
                "skill": self.skill,
                "labour_minutes": self.labour_minutes,
                "parts": self.needs,
                "payer": self.payer,
                "service_code": self.service_code,
                "why": self.why,
                "benefit": self.benefit,
            }
        )

    @property
    def open(self) -> bool:
        """Whether something is still to be done or answered."""
        return self.state not in CLOSED

    @property
    def pending(self) -> bool:
        """Whether the customer's answer is missing."""
        return self.state in PENDING

    @property
    def running(self) -> bool:
        """Whether a technician works on it now."""
        return self.state == S.RUNNING

    @property
    def is_rework(self) -> bool:
        """Whether it is done again, or for a complaint's measure."""
        return self.kind == "rework" or self.failures > 0

    def go(self, command: str) -> None:
        """Follow the state machine. Raises ``IllegalTransition``."""
        self.state = LINE.go(self.state, command).value

    def start(self, technician: Technician, at: datetime) -> None:
        """The technician begins or goes on."""
        self.go("start")
        self.started_at = self.started_at or at
        self.running_since = at
        if technician not in self.workers:
            self.workers = (*self.workers, technician)

    def stop(self, at: datetime, command: str) -> None:
        """Leave the running state and keep the time that was spent."""
        self.round_seconds += self._running_seconds(at)
        self.running_since, self.stopped_at = None, at
        self.go(command)

    def complete(self, at: datetime, labour_minutes: int | None, result_text: str) -> int:
        """The work is done; gives the labour of all rounds in whole minutes (WORK-34)."""
        self.stop(at, "complete")
        measured = -(-self.round_seconds // 60)
        self.spent_minutes += measured if labour_minutes is None else labour_minutes
        self.round_seconds = 0
        self.completed_at, self.result_text = at, result_text
        return self.spent_minutes

    def fail(self) -> None:
        """It must be done again; the technician who did it gets it back (WORK-27)."""
        self.go("fail")
        self.failures += 1
        self.completed_at = None

    def remaining_minutes(self, at: datetime) -> int:
        """Expected labour of this round less what was spent in it, whole minutes."""
        spent = self.round_seconds + self._running_seconds(at)
        return max(0, self.labour_minutes - spent // 60)

    def _running_seconds(self, at: datetime) -> int:
        return 0 if self.running_since is None else max(0, int((at - self.running_since).total_seconds()))
