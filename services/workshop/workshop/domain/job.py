"""The job: the workshop's work on one visit, with its lines, parts, diagnosis and interruptions."""

from collections.abc import Iterable
from datetime import datetime
from typing import TypeGuard
from uuid import UUID

from sqlalchemy import ForeignKey, Index, Text, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from contracts.values import Line, LineResult, Technician, UsedPart
from servicekit import Aggregate, NotFound, Refusal
from servicekit.columns import Json, Utc
from workshop.domain.base import Base
from workshop.domain.bay import Bay
from workshop.domain.copies import Visit
from workshop.domain.job_states import JOB, JobState
from workshop.domain.line import JobLine, LineState
from workshop.domain.parts import NONE, PartLine
from workshop.domain.values import Alarm, Cause, Diagnosis, Inspection, Interruption, LateEvent


class WorkAlreadyAccepted(Refusal):
    """The customer has accepted the work."""


class DispatchedToAnother(Refusal):
    """This work was given to another technician."""


class Job(Aggregate, Base):
    """The workshop's work on one visit; there is one job per visit."""

    __tablename__ = "jobs"
    __table_args__ = (
        Index(None, "request_id"),
        Index(None, "state", "opened_at", "id"),
        Index(None, "opened_at", "id"),
        Index("ix_jobs_waits_for_dispatch", "id", postgresql_where=text("waits_for_dispatch")),
    )
    STREAM = "workshop.job"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    visit_id: Mapped[UUID] = mapped_column(ForeignKey("visits.id"), unique=True)
    request_id: Mapped[UUID]
    priority_class: Mapped[str] = mapped_column(Text, default="normal")
    waiting_on_site: Mapped[bool] = mapped_column(default=False)
    special_requirements: Mapped[tuple[str, ...]] = mapped_column(Json(tuple[str, ...]), default=tuple)
    fault: Mapped[str] = mapped_column(Text, default="")
    arrived_at: Mapped[datetime] = mapped_column(Utc)
    opened_at: Mapped[datetime] = mapped_column(Utc)
    changed_at: Mapped[datetime] = mapped_column(Utc)
    state: Mapped[str] = mapped_column(Text, default=JobState.WAITING.value)
    waiting_reason: Mapped[str] = mapped_column(Text, default="")
    waits_for_dispatch: Mapped[bool] = mapped_column(default=False)
    away: Mapped[bool] = mapped_column(default=False)
    parked: Mapped[bool] = mapped_column(default=False)
    bay_id: Mapped[UUID | None] = mapped_column(ForeignKey("bays.id"))
    diagnosis: Mapped[Diagnosis | None] = mapped_column(Json(Diagnosis))
    interruptions: Mapped[tuple[Interruption, ...]] = mapped_column(
        Json(tuple[Interruption, ...]), default=tuple
    )
    inspections: Mapped[tuple[Inspection, ...]] = mapped_column(Json(tuple[Inspection, ...]), default=tuple)
    presented_revision: Mapped[int | None]
    answered_revision: Mapped[int | None]
    ready_revision: Mapped[int | None]
    promise_revision: Mapped[int | None]
    promised_at: Mapped[datetime | None] = mapped_column(Utc)
    promise_refused: Mapped[str | None] = mapped_column(Text)
    latest_start: Mapped[datetime | None] = mapped_column(Utc)
    forecast_at: Mapped[datetime | None] = mapped_column(Utc)
    at_risk: Mapped[bool] = mapped_column(default=False)
    alarms: Mapped[tuple[Alarm, ...]] = mapped_column(Json(tuple[Alarm, ...]), default=tuple)
    penalty_points: Mapped[int] = mapped_column(default=0)
    work_ended_at: Mapped[datetime | None] = mapped_column(Utc)
    inspected_at: Mapped[datetime | None] = mapped_column(Utc)
    inspector_id: Mapped[UUID | None]
    washed_at: Mapped[datetime | None] = mapped_column(Utc)
    ready_at: Mapped[datetime | None] = mapped_column(Utc)
    accepted_at: Mapped[datetime | None] = mapped_column(Utc)
    closed_at: Mapped[datetime | None] = mapped_column(Utc)
    late_events: Mapped[tuple[LateEvent, ...]] = mapped_column(Json(tuple[LateEvent, ...]), default=tuple)

    # Loaded with the job by `repository.load_whole`; queries of several jobs name what they show.
    visit: Mapped[Visit] = relationship(lazy="raise")
    bay: Mapped[Bay | None] = relationship(lazy="raise")
    lines: Mapped[list[JobLine]] = relationship(
        lazy="raise", cascade="all, delete-orphan", order_by=JobLine.position
    )
    # Parts may be reserved for a request before the job exists, so the rows are joined by the request.
    parts: Mapped[list[PartLine]] = relationship(
        lazy="raise",
        primaryjoin=lambda: Job.request_id == PartLine.request_id,
        foreign_keys=lambda: PartLine.request_id,
        order_by=PartLine.id,
    )

    # --- questions

    @property
    def ids(self) -> dict[str, UUID]:
        """The ids that every event of the job carries."""
        return {"job_id": self.id, "visit_id": self.visit_id, "request_id": self.request_id}

    def line(self, line_id: UUID) -> JobLine:
        """The line with this id. Raises ``NotFound``."""
        for line in self.lines:
            if line.id == line_id:
                return line
        raise NotFound("Line", line_id)

    def knows(self, line_id: UUID) -> bool:
        """Whether the line is one of this job."""
        return any(line.id == line_id for line in self.lines)

    def parts_of(self, line: JobLine) -> list[PartLine]:
        """The part lines of a line of work."""
        return [part for part in self.parts if part.line_id == line.id]

    def missing_parts(self, line: JobLine) -> list[PartLine]:
        """Part lines of a line that the stock lacks."""
        return [part for part in self.parts_of(line) if part.missing]

    def open_interruption(self, cause: Cause) -> Interruption | None:
        """The interruption of this cause that has not ended."""
        return next((i for i in self.interruptions if i.cause == cause and i.ended_at is None), None)

    @property
    def finishing(self) -> bool:
        """Whether all work has ended: only inspection, wash and papers are left (WORK-26, WORK-30)."""
        return self.work_ended_at is not None

    @property
    def is_halted(self) -> bool:
        """Whether an interruption of the whole job is open (WORK-15 A)."""
        found = self.open_interruption("A")
        return found is not None and not found.line_ids

    @property
    def blocked_line_ids(self) -> set[UUID]:
        """Lines that cannot go on before other, unanswered lines are answered."""
        return {blocked for line in self.lines if line.pending for blocked in line.blocks}

    @property
    def awaits_answer(self) -> bool:
        """Whether an estimate was presented and not answered."""
        return self.presented_revision is not None

    @property
    def diagnosis_open(self) -> bool:
        """Whether a diagnosis is wanted whose plan has not passed its review."""
        wanted = any(x.kind == "diagnosis" and x.state != LineState.GIVEN_UP for x in self.lines)
        return wanted and not (self.diagnosis is not None and self.diagnosis.approved)

    @property
    def finished(self) -> bool:
        """Whether nothing is left to do or to be answered."""
        return not self.diagnosis_open and not any(line.open for line in self.lines)

    @property
    def work_done(self) -> bool:
        """Whether anything beyond the diagnosis was done to the car."""
        return any(x.kind != "diagnosis" and x.state == LineState.DONE for x in self.lines)

    @property
    def squared(self) -> bool:
        """Whether every issued part is used or returned."""
        return all(part.squared for part in self.parts)

    @property
    def started(self) -> bool:
        """Whether work beyond the diagnosis has begun."""
        return any(line.kind != "diagnosis" and line.started_at for line in self.lines)

    @property
    def leaves_bay(self) -> bool:
        """Whether the car no longer occupies a bay."""
        return self.parked or self.away or self.ready_at is not None or self.closed_at is not None

    def occupies(self, bay: Bay | None) -> TypeGuard[Bay]:
        """Whether the car is in that bay; only the holder of the job's lock may change that."""
        return bay is not None and bay.job_id == self.id

    def can_start(self, line: JobLine) -> bool:
        """Whether nothing but a technician is missing for the line to go on."""
        return (
            line.state in (LineState.AUTHORISED, LineState.FAILED)
            and line.id not in self.blocked_line_ids
            and not self.missing_parts(line)
        )

    @property
    def workers(self) -> tuple[Technician, ...]:
        """Everybody who worked on the car, in the order of the lines."""
        return tuple(dict.fromkeys(worker for line in self.lines for worker in line.workers))

    def results(self) -> tuple[LineResult, ...]:
        """What became of each authorised line."""
        return tuple(self._result(line) for line in self.lines if line.authorised)

    def _result(self, line: JobLine) -> LineResult:
        done = line.state == LineState.DONE
        return LineResult(
            line_id=line.id,
            outcome="done" if done else "not_done",
            labour_minutes=line.spent_minutes,
            parts=self.used_parts(line),
        )

    def used_parts(self, line: JobLine) -> tuple[UsedPart, ...]:
        """What went into the car for a line."""
        return tuple(part.as_used() for part in self.parts_of(line))

    # --- changes, for the modules of this package

    def adopt(self, line: Line, *, offered_in: int | None, measure_id: UUID | None = None) -> JobLine:
        """A line that is new here, or new content of one that is known and not done; with its parts."""
        if self.knows(line.line_id):
            found = self.line(line.line_id)
            if found.state != LineState.DONE:
                found.take(line)
        else:
            found = JobLine.of(line, len(self.lines), offered_in=offered_in, measure_id=measure_id)
            self.lines.append(found)
        self._expect_parts(found)
        return found

    def _expect_parts(self, line: JobLine) -> None:
        known = {part.id: part for part in self.parts}
        for held in self.parts_of(line):
            held.expected = NONE  # what the advisor took out of the line is no longer awaited
        for need in line.needs:
            part = known.get(need.part_line_id)
            if part is None:
                part = PartLine(
                    id=need.part_line_id,
                    request_id=self.request_id,
                    visit_id=self.visit_id,
                    line_id=line.id,
                    part_no=need.part_no,
                )
                self.parts.append(part)
            part.expect(need)

    def move_to(self, bay: Bay | None) -> None:
        """Where the car is worked on from now; ``None``: nowhere."""
        self.bay, self.bay_id = bay, None if bay is None else bay.id

    def open_up(self, interruption: Interruption) -> None:
        """Work is interrupted from now."""
        self.interruptions = (*self.interruptions, interruption)

    def end(self, cause: Cause, at: datetime) -> Interruption | None:
        """The open interruption of this cause ends; ``None`` if there is none."""
        found = self.open_interruption(cause)
        if found is not None:
            self.replace(found, found.model_copy(update={"ended_at": at}))
        return found

    def replace(self, old: Interruption, new: Interruption) -> None:
        """An interruption as it is known now."""
        self.interruptions = tuple(new if i is old else i for i in self.interruptions)

    def note_late(self, type: str, at: datetime) -> None:
        """An event that can no longer change the job is kept for people to see."""
        self.late_events = (*self.late_events, LateEvent(type=type, received_at=at))

    def stop_running(self, at: datetime, lines: Iterable[JobLine], command: str) -> list[UUID]:
        """Running lines among ``lines`` stop; gives their technicians."""
        stopped = []
        for line in lines:
            if line.running:
                line.stop(at, command)
                if line.technician_id is not None:
                    stopped.append(line.technician_id)
        return stopped

    def allowed(self) -> list[str]:
        """The commands that people may give in the present state."""
        return JOB.allowed(self.state)
