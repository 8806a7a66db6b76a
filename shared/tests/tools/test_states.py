"""A declared machine goes where it was declared to go, and names what else is allowed."""

from enum import StrEnum

import pytest

from servicekit.refusal import IllegalTransition
from servicekit.states import Machine


class JobState(StrEnum):
    WAITING = "waiting"
    DIAGNOSING = "diagnosing"
    INTERRUPTED = "interrupted"
    READY = "ready"


JOB = Machine(
    "job",
    {
        "dispatch": ({JobState.WAITING}, JobState.DIAGNOSING),
        "interrupt": ({JobState.DIAGNOSING}, JobState.INTERRUPTED),
        "go_on": [
            ({JobState.INTERRUPTED}, JobState.DIAGNOSING),
            ({JobState.DIAGNOSING}, JobState.READY),
        ],
    },
    initial=JobState.WAITING,
)
LEGAL = {
    (JobState.WAITING, "dispatch"): JobState.DIAGNOSING,
    (JobState.DIAGNOSING, "interrupt"): JobState.INTERRUPTED,
    (JobState.INTERRUPTED, "go_on"): JobState.DIAGNOSING,
    (JobState.DIAGNOSING, "go_on"): JobState.READY,
}


@pytest.mark.parametrize("state", JobState)
@pytest.mark.parametrize("command", JOB.commands)
def test_every_command_in_every_state_is_as_declared(state: JobState, command: str) -> None:
    if (state, command) in LEGAL:
        assert JOB.go(state, command) is LEGAL[state, command]
        JOB.check(state, command)
    else:
        with pytest.raises(IllegalTransition) as refused:
            JOB.go(state, command)
        assert refused.value.state == state
        assert refused.value.allowed == JOB.allowed(state)
        assert refused.value.details == {"kind": "job", "command": command}


def test_states_read_from_the_database_as_text_are_understood() -> None:
    assert JOB.go("waiting", "dispatch") is JobState.DIAGNOSING


def test_all_states_and_commands_are_known() -> None:
    assert set(JOB.states) == set(JobState)
    assert JOB.commands == ("dispatch", "interrupt", "go_on")
    assert JOB.allowed(JobState.DIAGNOSING) == ["interrupt", "go_on"]


def test_a_command_cannot_lead_from_one_state_to_two() -> None:
    with pytest.raises(ValueError, match="waiting"):
        Machine("job", {"dispatch": [({"waiting"}, "diagnosing"), ({"waiting", "ready"}, "waiting")]})


def test_the_diagram_shows_beginning_arrows_and_end() -> None:
    assert JOB.mermaid().splitlines() == [
        "stateDiagram-v2",
        "    [*] --> waiting",
        "    waiting --> diagnosing: dispatch",
        "    diagnosing --> interrupted: interrupt",
        "    interrupted --> diagnosing: go_on",
        "    diagnosing --> ready: go_on",
        "    ready --> [*]",
    ]
