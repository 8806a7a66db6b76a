"""Finds changes that would break an old listener or an old event without a new version."""

import io
import json
import subprocess
import tarfile
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from tools.contracts.schemas import Schema

_WORDS_ONLY = frozenset({"$defs", "$schema", "description", "title", "examples", "properties", "required"})
_NO_REFS: Mapping[str, Schema] = {}


def breaks(old: Mapping[str, Schema], new: Mapping[str, Schema]) -> list[str]:
    """One line for each change that needs a new version; schemas are given by file name."""
    found: list[str] = []
    for name, schema in sorted(old.items()):
        event = name.removesuffix(".json")
        if name not in new:
            found.append(f"{event}: removed, but listeners and logs still have it")
        else:
            found += [f"{event}: {change}" for change in _changes(_whole(schema), _whole(new[name]), "")]
    return found


def schemas_at(ref: str, root: Path) -> dict[str, Schema]:
    """The committed schemas at a git ref; empty if there were none."""
    archive = _git(root, "archive", "--format=tar", f"{ref}:contracts/schemas")
    if archive is None:
        return {}
    with tarfile.open(fileobj=io.BytesIO(archive)) as files:
        return {
            member.name: json.load(content)
            for member in files
            if member.name.endswith(".json") and (content := files.extractfile(member)) is not None
        }


def default_base(root: Path) -> str | None:
    """Where this work left the main branch, or the commit before; none without git or history."""
    head = _commit(root, "rev-parse", "HEAD")
    fork = _commit(root, "merge-base", "HEAD", "main")
    return fork if fork and fork != head else _commit(root, "rev-parse", "--verify", "--quiet", "HEAD~1")


def _commit(root: Path, *words: str) -> str | None:
    answer = _git(root, *words)
    return answer.decode().strip() if answer else None


def _git(root: Path, *words: str) -> bytes | None:
    try:
        answer = subprocess.run(["git", *words], cwd=root, capture_output=True, check=False)
    except FileNotFoundError:  # an unpacked archive on a machine without git
        return None
    return answer.stdout if answer.returncode == 0 else None


def _whole(schema: Schema) -> Any:
    """The schema with every reference replaced by what it names."""
    return _resolve(schema, schema.get("$defs", _NO_REFS))


def _resolve(part: Any, names: Mapping[str, Schema]) -> Any:
    if isinstance(part, list):
        return [_resolve(item, names) for item in part]
    if not isinstance(part, dict):
        return part
    rest = {word: _resolve(value, names) for word, value in part.items() if word not in ("$ref", "$defs")}
    if "$ref" in part:
        return {**_resolve(names[part["$ref"].rsplit("/", 1)[1]], names), **rest}
    return rest


def _changes(old: Schema, new: Schema, path: str) -> Iterator[str]:
    where = path or "the event"
    for word in sorted((old.keys() | new.keys()) - _WORDS_ONLY):
        before, after = old.get(word), new.get(word)
        if before == after:
            continue
        if word == "enum":
            yield f"{where}: its closed set changed from {before} to {after}"
        elif word == "items" and isinstance(before, dict) and isinstance(after, dict):
            yield from _changes(before, after, f"{path}[]")
        elif word == "anyOf" and isinstance(before, list) and isinstance(after, list):
            yield from _alternatives(before, after, path)
        else:
            yield f"{where}: {word} changed from {before} to {after}"
    yield from _fields(old, new, path)


def _alternatives(old: list[Schema], new: list[Schema], path: str) -> Iterator[str]:
    if len(old) != len(new):
        yield f"{path}: may be {len(new)} kinds of value, was {len(old)}"
        return
    for before, after in zip(old, new, strict=True):
        yield from _changes(before, after, path)


def _fields(old: Schema, new: Schema, path: str) -> Iterator[str]:
    before, after = old.get("properties", {}), new.get("properties", {})
    needed, needed_now = set(old.get("required", ())), set(new.get("required", ()))
    for name in before:
        inner = f"{path}.{name}".lstrip(".")
        if name not in after:
            yield f"{inner}: field removed"
            continue
        if name in needed_now - needed:
            yield f"{inner}: became required, but earlier events lack it"
        if name in needed - needed_now:
            yield f"{inner}: became optional, but old listeners require it"
        yield from _changes(before[name], after[name], inner)
    for name in after.keys() - before.keys():
        if name in needed_now:
            yield f"{path}.{name}: new field is required".lstrip(".")
