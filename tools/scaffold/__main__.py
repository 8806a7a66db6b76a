"""``python -m tools.scaffold quality --en Quality --zh 质量``: writes a department's folder and entries."""

import argparse
import keyword
import os
import re
import subprocess
import sys
from pathlib import Path
from string import Template

from contracts.streams import STREAMS
from tools.departments import DEPARTMENTS, ENTRIES, MOST
from tools.root import ROOT

TEMPLATE = Path(__file__).parent / "template"
ENTRY = """\
[departments.{name}]
title = {{ en = "{en}", zh = "{zh}" }}
port = {port}
desk = "/{name}/"

"""


def must_be_possible(name: str) -> None:
    """Raises ``ValueError`` for what is no name of a new department."""
    if not re.fullmatch(r"[a-z]{2,20}", name) or keyword.iskeyword(name):
        raise ValueError(f"{name!r} is not a word of small letters")
    if name in DEPARTMENTS or name in sys.stdlib_module_names or (ROOT / name).exists():
        raise ValueError(f"there is {name} already")


def write_folder(name: str, en: str, zh: str) -> list[Path]:
    """The department's files and its modules in the contracts; answers their paths."""
    target = ROOT / "services" / name
    contracts = ROOT / "contracts" / "contracts"
    moved = {
        "migrations/versions/first.py": target
        / "migrations/versions"
        / f"{name}_0001_visits_have_records.py",
        "contracts/events.py": contracts / "events" / f"{name}.py",
        "contracts/permissions.py": contracts / "permissions" / f"{name}.py",
    }
    written = []
    for source in sorted(TEMPLATE.rglob("*.txt")):
        relative = str(source.relative_to(TEMPLATE)).removesuffix(".txt")
        file = moved.get(relative) or target / re.sub("^department/", f"{name}/", relative)
        file.parent.mkdir(parents=True, exist_ok=True)
        text = Template(source.read_text(encoding="utf-8")).substitute(name=name, title=en, title_zh=zh)
        file.write_text(text, encoding="utf-8")
        written.append(file)
    return written


def add_entries(name: str, en: str, zh: str) -> None:
    """The entry in the list, the stream with the next rank, and the stream's row in the glossary."""
    port = next(n for n in range(1, MOST + 1) if n not in {entry.port for entry in ENTRIES.values()})
    entry = ENTRY.format(name=name, en=en, zh=zh, port=port)
    _insert(ROOT / "departments.toml", "# Front ends that belong to no single department.", entry)
    rank = max(stream.rank for stream in STREAMS.values()) + 1
    streams = ROOT / "contracts" / "contracts" / "streams.py"
    _insert(streams, '    )\n}\n"""Every stream', f'        _stream("{name}.record", {rank}),\n')
    row = f"| record ({name}) | {zh}记录 | What {name} keeps of a visit. | `{name}.record` |\n"
    _insert(ROOT / "docs" / "glossary.md", "| employee |", row)


def _insert(file: Path, before: str, text: str) -> None:
    """Put ``text`` in front of the only place where ``before`` is found. Raises ``ValueError``."""
    content = file.read_text(encoding="utf-8")
    if content.count(before) != 1:
        raise ValueError(f"{file} does not have {before!r} once")
    file.write_text(content.replace(before, text + before), encoding="utf-8")


def write_what_follows(name: str, files: list[Path]) -> None:
    """Format the new files, and write all that is generated, each by a process that sees the new list."""
    paths = [str(ROOT / "services" / name), os.environ.get("PYTHONPATH", "")]
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, paths))}
    python = [path for path in map(str, files) if path.endswith(".py")]
    for arguments in (
        ["ruff", "check", "--fix", "--quiet", "--select=I", *python],
        ["ruff", "format", "--quiet", *python],
        ["tools.generate"],
        ["tools.contracts"],
        ["tools.openapi"],
    ):
        subprocess.run([sys.executable, "-m", *arguments], cwd=ROOT, env=environment, check=True)


def main(arguments: list[str] | None = None) -> int:
    """The command line; 1 if the department cannot be made."""
    parser = argparse.ArgumentParser(prog="python -m tools.scaffold", description=__doc__)
    parser.add_argument("name", help="one word of small letters, e.g. quality")
    parser.add_argument("--en", help="title in English (default: the name)")
    parser.add_argument("--zh", help="title in Chinese (default: the English one)")
    asked = parser.parse_args(arguments)
    en = asked.en or asked.name.capitalize()
    zh = asked.zh or en
    try:
        must_be_possible(asked.name)
    except ValueError as impossible:
        print(f"no department was made: {impossible}", file=sys.stderr)
        return 1
    files = write_folder(asked.name, en, zh)
    add_entries(asked.name, en, zh)
    write_what_follows(asked.name, files)
    print(f"services/{asked.name} is there; next: make check, then make test ARGS=services/{asked.name}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
