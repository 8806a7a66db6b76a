"""House rules: the numbers of the requirements, which each shop may change, with who, when and why."""

import time
from datetime import datetime
from typing import Any, Protocol, TypeVar, cast

from pydantic import BaseModel, ConfigDict, Field, ValidationError
from sqlalchemy import (
    BigInteger,
    Column,
    DateTime,
    Identity,
    MetaData,
    Table,
    Text,
    func,
    insert,
    select,
)
from sqlalchemy.dialects.postgresql import JSONB, distinct_on
from sqlalchemy.ext.asyncio import AsyncSession

from servicekit.refusal import Invalid, NotFound


class HouseRules(BaseModel):
    """Base of a department's house rules; each field is made with ``rule``. Validators may join fields."""

    model_config = ConfigDict(frozen=True, extra="forbid", validate_default=True)

    @classmethod
    def requirement(cls, name: str) -> str:
        """The id of the requirement that the number comes from."""
        extra = cast(dict[str, Any], cls.model_fields[name].json_schema_extra)
        return str(extra["requirement"])

    def listing(self) -> list[dict[str, Any]]:
        """Every rule with its name, requirement, description, default and value in force, JSON-ready."""
        default, value = type(self)().model_dump(mode="json"), self.model_dump(mode="json")
        return [
            {
                "name": name,
                "requirement": self.requirement(name),
                "description": field.description,
                "default": default[name],
                "value": value[name],
            }
            for name, field in type(self).model_fields.items()
        ]


Rules = TypeVar("Rules", bound=HouseRules)


class Transaction(Protocol):
    """What of a ``Tx`` is needed here."""

    @property
    def session(self) -> AsyncSession: ...
    @property
    def now(self) -> datetime: ...
    @property
    def by(self) -> str: ...


def rule(default: Any, requirement: str, description: str, **limits: Any) -> Any:
    """A house rule with its default, where it comes from, and its meaning with the unit.

    ``limits`` are pydantic's own, such as ``ge=0``.
    """
    return Field(default, description=description, json_schema_extra={"requirement": requirement}, **limits)


def house_rules_table(metadata: MetaData) -> Table:
    """Overrides of defaults; rows are only ever added, the latest of a name is in force."""
    return Table(
        "house_rules",
        metadata,
        Column("position", BigInteger, Identity(always=True), primary_key=True),
        Column("name", Text, nullable=False),
        Column("value", JSONB(none_as_null=False), nullable=False),
        Column("changed_by", Text, nullable=False),
        Column("changed_at", DateTime(timezone=True), nullable=False),
        Column("reason", Text, nullable=False),
    )


_overrides = house_rules_table(MetaData())
FRESH = 2.0
"""Seconds of machine time for which a process works by the house rules that it has read."""
_CHANGED = "house rules changed"
_LATEST = (
    select(_overrides.c.name, _overrides.c.value)
    .ext(distinct_on(_overrides.c.name))
    .order_by(_overrides.c.name, _overrides.c.position.desc())
)


class HeldRules:
    """The house rules as a process read them last: almost every command and many reactions ask for them."""

    def __init__(self) -> None:
        self._held: dict[type[HouseRules], tuple[float, HouseRules]] = {}
        self._changes = 0

    async def read(self, session: AsyncSession, model: type[Rules]) -> Rules:
        """The rules in force, for a transaction; one that changes them reads its own change."""
        until, held = self._held.get(model, (0.0, None))
        if held is not None and time.monotonic() < until and _CHANGED not in session.info:
            return cast(Rules, held)
        before = self._changes
        found = await load(session, model)
        if before == self._changes and _CHANGED not in session.info:
            self._held[model] = (time.monotonic() + FRESH, found)
        return found

    def note(self, session: AsyncSession) -> None:
        """A transaction has committed: what it changed holds from now on."""
        if _CHANGED in session.info:
            self._held.clear()
            self._changes += 1


async def load(session: AsyncSession, model: type[Rules]) -> Rules:
    """The house rules in force, by one query."""
    return model.model_validate(await _in_force(session, model))


async def change_rule(tx: Transaction, model: type[Rules], name: str, value: Any, reason: str) -> Rules:
    """Change one rule from now on and give all rules as they stand then.

    Raises ``NotFound`` for a name that is no rule and ``Invalid`` for a value that is out of its limits, that
    contradicts another rule, or that has no reason.
    """
    if name not in model.model_fields:
        raise NotFound("house-rule", name)
    if not reason.strip():
        raise Invalid("reason", "why the rule is changed")
    await tx.session.execute(select(func.pg_advisory_xact_lock(func.hashtext("house-rules"))))
    try:
        changed = model.model_validate({**await _in_force(tx.session, model), name: value})
    except ValidationError as wrong:
        raise Invalid(name, "; ".join(e["msg"] for e in wrong.errors())) from wrong
    row = {"name": name, "value": changed.model_dump(mode="json")[name], "reason": reason.strip()}
    await tx.session.execute(insert(_overrides).values(**row, changed_by=tx.by, changed_at=tx.now))
    tx.session.info[_CHANGED] = True
    return changed


async def rules_history(tx: Transaction) -> list[dict[str, Any]]:
    """Every change of a rule, the latest first: name, value, changed_by, changed_at, reason."""
    columns = [column for column in _overrides.columns if column.name != "position"]
    rows = await tx.session.execute(select(*columns).order_by(_overrides.c.position.desc()))
    return [dict(row) for row in rows.mappings()]


async def _in_force(session: AsyncSession, model: type[HouseRules]) -> dict[str, Any]:
    # A rule that this release no longer has stays in the history, and is of no effect.
    return {name: value for name, value in await session.execute(_LATEST) if name in model.model_fields}
