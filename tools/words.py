"""``python -m tools.words``: finds the words that docs/naming.md refuses, as ``path:line: word``.

Paths limit it to files below them.
"""

import argparse
import io
import re
import subprocess
import sys
import tokenize
import tomllib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase
from functools import cached_property
from pathlib import Path

from tools.root import ROOT

LIST = Path(__file__).with_name("words.toml")
READ = {
    ".py",
    ".md",
    ".toml",
    ".yml",
    ".yaml",
    ".html",
    ".sh",
    ".conf",
    ".txt",
    ".css",
    ".js",
    ".ts",
    ".svelte",
}
READ_BY_NAME = {"Makefile", "Dockerfile", "run"}
BETWEEN = r"(?:[\s_#*`]+[A-Za-z]+){0,2}[\s_#*`]+"
"""What may separate the words of a phrase: spaces, line ends with a comment's sign, two further words."""


@dataclass(frozen=True)
class Refused:
    """A word with its forms, what to write instead, and where it is refused."""

    word: str
    say: str
    also: tuple[str, ...] = ()
    names_in: str | None = None

    @cached_property
    def pattern(self) -> re.Pattern[str]:
        """Finds the word as a whole word or as a part of an identifier in snake or camel case."""
        forms = []
        for form in (self.word, *self.also):
            parts = form.split()
            camel = "".join(part.capitalize() for part in parts)
            forms.append(rf"(?<![A-Za-z])(?i:{BETWEEN.join(parts)})(?![A-Za-z])")
            forms.append(rf"(?<![A-Za-z])(?i:{camel[0]}){camel[1:]}(?![a-z])")
            forms.append(rf"(?<=[a-z0-9]){camel}(?![a-z])")
        return re.compile("|".join(forms))

    def may_be_in(self, lowered: str) -> bool:
        """A quick look that rules most texts out."""
        return any(form.split()[0] in lowered for form in (self.word, *self.also))


@dataclass(frozen=True)
class Allowed:
    """A use that is right, and why: in the lines of the files at ``path`` that contain ``line``."""

    word: str
    path: str
    why: str
    line: str = ""


@dataclass(frozen=True)
class Words:
    """The content of ``words.toml``."""

    refused: tuple[Refused, ...]
    allowed: tuple[Allowed, ...]
    exempt: tuple[str, ...]

    @classmethod
    def read(cls, file: Path = LIST) -> "Words":
        """Parse the list. Raises ``TypeError`` for an entry with a missing or unknown field."""
        found = tomllib.loads(file.read_text(encoding="utf-8"))
        refused = [Refused(**{**entry, "also": tuple(entry.get("also", ()))}) for entry in found["refused"]]
        allowed = [Allowed(**entry) for entry in found["allowed"]]
        return cls(tuple(refused), tuple(allowed), tuple(found["exempt"]))


@dataclass(frozen=True, order=True)
class Hit:
    """A refused word in a file; ``line`` counts from 1."""

    path: str
    line: int
    word: str
    say: str

    def __str__(self) -> str:
        return f"{self.path}:{self.line}: {self.word} ({self.say})"


def hits(words: Words, path: str, text: str) -> list[Hit]:
    """The refused words in one file's text; ``path`` is relative to the root."""
    lines, lowered = text.splitlines(), text.lower()
    found = []
    for refused in words.refused:
        if not refused.may_be_in(lowered):
            continue
        searched = text
        if refused.names_in is not None:
            if not path.startswith(refused.names_in + "/") or not path.endswith(".py"):
                continue
            searched = _names_only(text)
        for match in refused.pattern.finditer(searched):
            number = searched.count("\n", 0, match.start()) + 1
            if not _is_allowed(words, refused.word, path, lines[number - 1]):
                found.append(Hit(path, number, " ".join(match[0].split()), refused.say))
    return sorted(found)


def _is_allowed(words: Words, word: str, path: str, line: str) -> bool:
    return any(
        allowed.word == word and matches(path, allowed.path) and allowed.line in line
        for allowed in words.allowed
    )


def matches(path: str, pattern: str) -> bool:
    """Whether a path is a pattern's: ``a/**`` is everything below, ``**`` also nothing."""
    return fnmatchcase(path, pattern.replace("**/", "*").replace("**", "*"))


def _names_only(text: str) -> str:
    """Python source with all but its names blanked, on the same lines."""
    kept: list[list[str]] = [[] for _ in range(text.count("\n") + 2)]
    for token in tokenize.generate_tokens(io.StringIO(text).readline):
        if token.type == tokenize.NAME:
            kept[token.start[0] - 1].append(token.string)
    return "\n".join(" ".join(names) for names in kept)


def files(root: Path, below: Sequence[str] = ()) -> Iterator[str]:
    """The texts that are under version control, or else all that lie there."""
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard", "--", *below],
        cwd=root,
        capture_output=True,
        text=True,
        check=False,
    )
    if listed.returncode == 0:
        names = listed.stdout.rstrip("\0").split("\0")
    else:  # an unpacked archive
        names = [str(path.relative_to(root)) for path in root.rglob("*")]
    for name in sorted(set(names)):
        path = root / name
        if (path.suffix in READ or path.name in READ_BY_NAME) and path.is_file():
            yield name


def main(arguments: list[str] | None = None) -> int:
    """Print every hit; 1 if there is one."""
    parser = argparse.ArgumentParser(prog="python -m tools.words", description=__doc__)
    parser.add_argument("--root", type=Path, default=ROOT, help="of another checkout")
    parser.add_argument("paths", nargs="*", help="only below these")
    asked = parser.parse_args(arguments)
    words = Words.read()
    found = [
        hit
        for name in files(asked.root, asked.paths)
        if not any(matches(name, pattern) for pattern in words.exempt)
        for hit in hits(words, name, (asked.root / name).read_text(encoding="utf-8"))
    ]
    for hit in found:
        print(hit)
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
