"""State machines as data, so that rules, tests and diagrams come from one declaration."""

from collections.abc import Collection, Mapping, Sequence
from typing import Generic, TypeVar, cast

from servicekit.refusal import IllegalTransition

S = TypeVar("S", bound=str)


class Machine(Generic[S]):
    """Which command leads from which states to which.

    ``Machine("job", {"dispatch": ({"waiting", "interrupted"}, "diagnosing")})``; a command that leads to
    different states has a list of such pairs. States are strings or members of a ``StrEnum``.
    """

    def __init__(
        self,
        kind: str,
        transitions: Mapping[str, tuple[Collection[S], S] | Sequence[tuple[Collection[S], S]]],
        *,
        initial: S | None = None,
    ) -> None:
        """``kind`` is the trade's word for what has the state; ``initial`` is shown in the diagram."""
        self.kind = kind
        self.initial = initial
        self._targets = {command: _targets(command, pairs) for command, pairs in transitions.items()}

    @property
    def commands(self) -> tuple[str, ...]:
        """Every command, as declared."""
        return tuple(self._targets)

    @property
    def states(self) -> tuple[S, ...]:
        """Every state that is named, in the order of the declaration."""
        named = [] if self.initial is None else [self.initial]
        for targets in self._targets.values():
            named += [*targets, *targets.values()]
        return tuple(dict.fromkeys(named))

    def allowed(self, state: str) -> list[str]:
        """The commands that may be given in ``state``."""
        return [command for command, targets in self._targets.items() if state in targets]

    def check(self, state: str, command: str) -> None:
        """Raise ``IllegalTransition`` unless ``command`` may be given in ``state``."""
        self.go(state, command)

    def go(self, state: str, command: str) -> S:
        """The state that ``command`` leads to. Raises ``IllegalTransition`` with what is allowed."""
        to = cast(Mapping[str, S], self._targets[command]).get(state)
        if to is None:
            raise IllegalTransition(self.kind, str(state), command, self.allowed(state))
        return to

    @property
    def moves(self) -> bool:
        """Whether any command changes the state; if none does, what follows is computed elsewhere."""
        return any(a != b for targets in self._targets.values() for a, b in targets.items())

    def mermaid(self) -> str:
        """The machine as a state diagram, for the department's README."""
        arrows = [] if self.initial is None else [f"    [*] --> {_node(self.initial)}"]
        for command, targets in self._targets.items():
            arrows += [f"    {_node(a)} --> {_node(b)}: {command}" for a, b in targets.items()]
        ends = [state for state in self.states if not self.allowed(state)]
        arrows += [f"    {_node(state)} --> [*]" for state in ends]
        return "\n".join(["stateDiagram-v2", *arrows])


def _targets(command: str, pairs: tuple[Collection[S], S] | Sequence[tuple[Collection[S], S]]) -> dict[S, S]:
    targets: dict[S, S] = {}
    for sources, to in _as_pairs(pairs):
        for source in sorted(sources):
            if source in targets:
                raise ValueError(f"{command} leads from {source} to two states")
            targets[source] = to
    return targets


def _as_pairs(
    pairs: tuple[Collection[S], S] | Sequence[tuple[Collection[S], S]],
) -> Sequence[tuple[Collection[S], S]]:
    if isinstance(pairs, tuple) and len(pairs) == 2 and isinstance(pairs[1], str):
        return [pairs]
    return cast(Sequence[tuple[Collection[S], S]], pairs)


def _node(state: str) -> str:
    return str(state).replace("-", "_").replace(" ", "_")
