"""The requests of ``docs/first-visit.md``, as they are written there."""

import asyncio
import re
import shlex
from dataclasses import dataclass
from string import Template
from typing import Any

import httpx
from tools.root import ROOT

PAGE = (ROOT / "docs" / "first-visit.md").read_text(encoding="utf-8")
_STEP = re.compile(
    r"^## \d+\. (?P<title>.+?)$.*?```sh\n(?P<curl>curl.+?)```\n\nAnswer: (?P<answer>.+?)\n\n", re.M | re.S
)
_KEEP = re.compile(r"keep `(?P<path>[\w.]+)`\s+as\s+`(?P<name>\w+)`")
_PATIENCE = 100
_EMPTY: dict[str, Any] = {"items": [], "next": None}


@dataclass(frozen=True, slots=True)
class Step:
    """One request of the page, the status that it promises, and which fields are kept under which names."""

    title: str
    curl: str
    status: int
    kept: dict[str, str]


def steps() -> list[Step]:
    """The requests of the page, in order."""
    return [
        Step(
            found["title"],
            found["curl"],
            int(found["answer"][:3]),
            {kept["name"]: kept["path"] for kept in _KEEP.finditer(found["answer"])},
        )
        for found in _STEP.finditer(PAGE)
    ]


def request(curl: str, variables: dict[str, str]) -> httpx.Request:
    """The request that a shell with these variables would send."""
    plain = curl.replace("'\"$", "$").replace("\"'", "").replace("\\\n", " ")
    words = shlex.split(Template(plain).substitute(variables))
    headers, url, body = {}, "", None
    rest = iter(words[1:])
    for word in rest:
        if word == "-H":
            name, value = next(rest).split(": ", 1)
            headers[name] = value
        elif word == "-d":
            body = next(rest)
        elif not word.startswith("-"):
            url = word
    return httpx.Request("GET" if body is None else "POST", url, headers=headers, content=body)


def field(answer: Any, path: str) -> str:
    """What stands in an answer at ``items.0.id``."""
    for name in path.split("."):
        answer = answer[int(name)] if name.isdigit() else answer[name]
    return str(answer)


async def answered(http: httpx.AsyncClient, step: Step, variables: dict[str, str]) -> httpx.Response:
    """The answer; a question is asked again until the event that brings it has been applied."""
    answer = await http.send(request(step.curl, variables))
    for _ in range(_PATIENCE):
        late = answer.request.method == "GET" and (answer.status_code == 404 or answer.json() == _EMPTY)
        if not late:
            return answer
        await asyncio.sleep(0.1)
        answer = await http.send(request(step.curl, variables))
    return answer
