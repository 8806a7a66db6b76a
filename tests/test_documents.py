"""The documents lead somewhere: every relative link, and every heading that one names, is there."""

import re
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from tools.departments import DEPARTMENTS
from tools.root import ROOT

_LINK = re.compile(r"(?<!`)\[[^\]]*\]\((?P<target>[^)\s]+)\)")
_PATH = re.compile(r"(?<![\w/])(?:[a-z_]+/)+[a-z_]+\.(?:py|html|csv|md)\b")
_HEADING = re.compile(r"^#+ (?P<text>.+)$", re.MULTILINE)


def documents() -> list[Path]:
    """Every Markdown file under version control."""
    listed = subprocess.run(["git", "ls-files", "*.md"], cwd=ROOT, capture_output=True, text=True, check=True)
    return [ROOT / name for name in listed.stdout.splitlines() if (ROOT / name).exists()]


def anchor(heading: str) -> str:
    """The fragment by which a heading is linked to."""
    plain = re.sub(r"[`*_]|\[([^\]]*)\]\([^)]*\)", r"\1", heading).strip().lower()
    return re.sub(r"[^\w\- ]", "", plain).replace(" ", "-")


def broken(document: Path, text: str) -> Iterator[str]:
    """The links of one document that lead nowhere."""
    for found in _LINK.finditer(text):
        target, _, fragment = found["target"].partition("#")
        if "://" in target or target.startswith("mailto:"):
            continue
        file = (document.parent / target) if target else document
        if not file.exists() or (fragment and file.suffix == ".md" and fragment not in anchors(file)):
            yield found["target"]


def anchors(document: Path) -> set[str]:
    """The fragments of all headings of a document."""
    return {anchor(found["text"]) for found in _HEADING.finditer(document.read_text(encoding="utf-8"))}


@pytest.mark.parametrize("document", documents(), ids=lambda path: str(path.relative_to(ROOT)))
def test_every_relative_link_leads_somewhere(document: Path) -> None:
    assert list(broken(document, document.read_text(encoding="utf-8"))) == []


@pytest.mark.parametrize("department", DEPARTMENTS)
def test_a_departments_readme_names_only_files_that_exist(department: str) -> None:
    folder = ROOT / "services" / department
    named = set(_PATH.findall((folder / "README.md").read_text(encoding="utf-8")))

    assert [path for path in named if not (folder / path).exists() and not (ROOT / path).exists()] == []


class TestALink:
    def test_to_a_missing_file_is_broken(self) -> None:
        assert list(broken(ROOT / "README.md", "see [this](docs/none.md)")) == ["docs/none.md"]

    def test_to_a_missing_heading_is_broken(self) -> None:
        assert list(broken(ROOT / "README.md", "see [this](README.md#no-such-heading)")) == [
            "README.md#no-such-heading"
        ]

    def test_to_a_heading_of_the_same_document_is_found(self) -> None:
        assert list(broken(ROOT / "README.md", "see [this](#two-commands)")) == []

    def test_to_another_site_is_not_followed(self) -> None:
        assert list(broken(ROOT / "README.md", "see [this](https://example.org/none)")) == []
