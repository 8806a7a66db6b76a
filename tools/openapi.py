"""Writes ``contracts/openapi/<department>.json`` for front ends; ``--check`` fails if one is stale."""

import json
import os
import sys
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from servicekit.clock import ShopClock
from servicekit.http.app import make_app
from servicekit.run import load
from servicekit.runtime import Runtime
from testkit.in_memory_broker import InMemoryBroker, InMemoryConnection
from tools.departments import DEPARTMENTS
from tools.root import ROOT

FOLDER = ROOT / "contracts" / "openapi"
NOWHERE = {  # building an application connects to nothing, it only wants to be told
    "DATABASE_URL": "postgresql://nobody@127.0.0.1:9/nothing",
    "BROKER_URL": "amqp://nobody@127.0.0.1:9/nothing",
    "SHOP_ID": "00000000-0000-0000-0000-000000000000",
    "AUTH_JWKS": "/nowhere/jwks.json",
    "DATA_KEY_FILE": "/nowhere/personal-data.key",
    "AUTH_PRIVATE_KEY": "/nowhere/signing-key.pem",
    "FIRST_ADMIN_LOGIN": "nobody",
}


def documents() -> dict[Path, str]:
    """The text of every department's document, by file."""
    os.environ.update(NOWHERE)
    return {FOLDER / f"{name}.json": _text(document(name)) for name in DEPARTMENTS if _is_there(name)}


def document(department: str) -> dict[str, Any]:
    """What a department's HTTP side promises."""
    service = load(department)
    runtime = Runtime(
        service, service.settings(), InMemoryConnection(InMemoryBroker(), department), ShopClock(None)
    )
    return make_app(runtime).openapi()


def _is_there(department: str) -> bool:
    return find_spec(f"{department}.main") is not None


def _text(of: dict[str, Any]) -> str:
    return json.dumps(of, ensure_ascii=False, indent=1, sort_keys=True) + "\n"


def main() -> int:
    """Write, or with ``--check`` compare; 1 if something is stale."""
    wanted = documents()
    there = set(FOLDER.glob("*.json"))
    if "--check" in sys.argv:
        stale = [p for p, text in wanted.items() if not p.exists() or p.read_text(encoding="utf-8") != text]
        stale += sorted(there - wanted.keys())
        for path in stale:
            print(f"{path.relative_to(ROOT)} is stale; run `make generate`", file=sys.stderr)
        return 1 if stale else 0
    FOLDER.mkdir(exist_ok=True)
    for gone in there - wanted.keys():
        gone.unlink()
    for path, text in wanted.items():
        path.write_text(text, encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
