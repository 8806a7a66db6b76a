"""``python -m tools.contracts``: write, ``--check`` for drift, ``breaking`` for broken promises."""

import argparse
import sys
from pathlib import Path

from tools.contracts import asyncapi, schemas
from tools.contracts.breaking import breaks, default_base, schemas_at
from tools.root import ROOT
from tools.subscriptions import as_text, derived


def main(words: list[str] | None = None) -> int:
    """Exit code 0 if all is well, 1 with one line for each thing that is not."""
    parser = argparse.ArgumentParser(prog="python -m tools.contracts", description=__doc__)
    parser.add_argument("--check", action="store_true", help="write nothing, fail if files differ")
    verbs = parser.add_subparsers(dest="verb")
    compare = verbs.add_parser("breaking", help="fail if a version changed in a way that breaks others")
    compare.add_argument("--base", help="git ref to compare with (default: where main was left)")
    asked = parser.parse_args(words)
    if asked.verb == "breaking":
        return _breaking(asked.base)
    return _check() if asked.check else _write()


def wanted() -> dict[Path, str]:
    """Every generated file below ``contracts/`` with the text it should have."""
    files = {
        Path("schemas") / name: schemas.as_text(schema) for name, schema in schemas.all_schemas().items()
    }
    subscribers = derived()
    return {
        Path("asyncapi.yaml"): asyncapi.as_text(subscribers),
        Path("subscribers.json"): as_text(subscribers),
        **files,
    }


def drift(folder: Path) -> list[str]:
    """Files below ``folder`` that are missing, stale, or no longer wanted."""
    files = wanted()
    wrong = [
        f"{path}: {'differs' if (folder / path).exists() else 'is missing'}"
        for path, text in files.items()
        if not (folder / path).exists() or (folder / path).read_text(encoding="utf-8") != text
    ]
    return wrong + [f"{path}: belongs to no event" for path in _left_over(folder, files)]


def _left_over(folder: Path, files: dict[Path, str]) -> list[Path]:
    there = (path.relative_to(folder) for path in sorted((folder / "schemas").glob("*.json")))
    return [path for path in there if path not in files]


def _write() -> int:
    folder = ROOT / "contracts"
    files = wanted()
    (folder / "schemas").mkdir(exist_ok=True)
    for path in _left_over(folder, files):
        (folder / path).unlink()
    for path, text in files.items():
        (folder / path).write_text(text, encoding="utf-8")
    print(f"{len(files)} files written below contracts/")
    return 0


def _check() -> int:
    wrong = drift(ROOT / "contracts")
    for line in wrong:
        print(f"contracts/{line}; run `make generate`", file=sys.stderr)
    return 1 if wrong else 0


def _breaking(asked_base: str | None) -> int:
    base = asked_base or default_base(ROOT)
    if base is None:
        print("no earlier commit to compare the contracts with")
        return 0
    found = breaks(schemas_at(base, ROOT), schemas.all_schemas())
    for line in found:
        print(f"{line} (needs a new version)", file=sys.stderr)
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
