"""The README names only what exists: every path, and every symbol with its path."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
README = (ROOT / "README.md").read_text(encoding="utf-8")
PATHS = sorted(set(re.findall(r"`((?:contracts|shared|services|deploy|demo|tests|docs)/[\w./-]*)`", README)))
LINKS = sorted(set(re.findall(r"\]\(([\w./-]+)\)", README)))
SYMBOLS = sorted(set(re.findall(r"`([A-Za-z_]\w+(?:\.\w+)?)` in\s+`([\w./-]+)`", README)))


@pytest.mark.parametrize("path", [*PATHS, *LINKS])
def test_every_path_exists(path: str) -> None:
    assert (ROOT / path).exists()


@pytest.mark.parametrize(("symbol", "path"), SYMBOLS)
def test_every_symbol_stands_in_its_file(symbol: str, path: str) -> None:
    place = ROOT / path
    files = sorted(place.rglob("*.py")) if place.is_dir() else [place]
    text = "\n".join(file.read_text(encoding="utf-8") for file in files)

    for name in symbol.split("."):
        assert re.search(rf"\b(?:class|def) {name}\b", text), f"{name} in {path}"


def test_the_readme_was_read() -> None:
    assert len(PATHS) > 8
    assert len(SYMBOLS) >= 6


def test_every_verb_stands_in_the_makefile() -> None:
    verbs = set(re.findall(r"\bmake (\w+)", README)) | set(re.findall(r"`make (\w+)`", README))
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")

    for verb in verbs:
        assert re.search(rf"^{verb}:", makefile, re.MULTILINE), verb
