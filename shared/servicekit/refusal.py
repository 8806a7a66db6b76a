"""Refusals: what a rule answers to a person. One module of the HTTP side turns them into RFC 9457."""

import re
from collections.abc import Callable
from typing import Any, ClassVar


class Refusal(Exception):
    """A rule does not allow it."""

    status: ClassVar[int] = 409

    def __init__(
        self,
        *,
        state: str | None = None,
        allowed: list[str] | None = None,
        waiting_for: str | None = None,
        **details: Any,
    ) -> None:
        """``details`` are further members of the problem document; the class docstring is its title."""
        super().__init__(self.code())
        self.state = state
        self.allowed = allowed
        self.waiting_for = waiting_for
        self.details = details

    @classmethod
    def code(cls) -> str:
        """The stable code: the class name in snake case."""
        return re.sub(r"(?<!^)(?=[A-Z])", "_", cls.__name__).lower()

    @classmethod
    def title(cls) -> str:
        """The first line of the docstring."""
        return (cls.__doc__ or cls.__name__).strip().splitlines()[0]


def kind_name(kind: str | type) -> str:
    """What something is called in problem documents, ``part-line``: a class, its name, or words of the trade
    with any sign between them."""
    name = kind if isinstance(kind, str) else kind.__name__
    return re.sub(r"(?<=[a-z0-9])(?=[A-Z])|[_ ]", "-", name).lower()


class NotFound(Refusal):
    """There is no such thing here."""

    status = 404

    def __init__(self, kind: str | type, id: object) -> None:
        super().__init__(kind=kind_name(kind), id=str(id))


class Forbidden(Refusal):
    """You may not do this."""

    status = 403


class Unauthorised(Refusal):
    """Sign in first."""

    status = 401


class Stale(Refusal):
    """It has changed since you looked."""

    status = 412

    def __init__(self, *, version: int) -> None:
        super().__init__(version=version)


class Invalid(Refusal):
    """What you sent is not in the form that is expected."""

    status = 422

    def __init__(self, field: str, expected: str, **details: Any) -> None:
        super().__init__(errors=[{"field": field, "expected": expected}], **details)

    def locate(self, where: Callable[[str], str]) -> None:
        """Name the fields by where they stand in the request."""
        for error in self.details["errors"]:
            error["field"] = where(error["field"])


class IllegalTransition(Refusal):
    """This cannot be done in the present state."""

    def __init__(self, kind: str, state: str, command: str, allowed: list[str]) -> None:
        super().__init__(state=state, allowed=allowed, kind=kind_name(kind), command=command)


class NotYet(Exception):
    """A reaction needs another department's event first: the next one of that aggregate wakes it."""

    def __init__(self, stream: str, key: object, *, at: str = "") -> None:
        super().__init__(f"{stream} {key} {at}".strip())
        self.stream = stream
        self.key = str(key)
        self.at = at
