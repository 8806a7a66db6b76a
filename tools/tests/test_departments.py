"""The list of departments: what it must hold, and what follows from it."""

from pathlib import Path

import pytest
from tools import generate
from tools.departments import DEPARTMENTS, DESKS, ENTRIES, read
from tools.root import ROOT
from tools.subscriptions import among, derived, subscribers

from servicekit.run import load

ENTRY = '[departments.{name}]\ntitle = {{ en = "A", zh = "甲" }}\nport = {port}\ndesk = "/{name}/"\n'


@pytest.fixture
def listed(tmp_path: Path) -> Path:
    return tmp_path / "departments.toml"


class TestTheList:
    def test_has_every_folder_with_a_department_and_no_other(self) -> None:
        folders = {
            folder.name for folder in (ROOT / "services").iterdir() if (folder / "pyproject.toml").exists()
        }

        assert set(DEPARTMENTS) == folders

    def test_knows_the_desks_that_belong_to_no_department(self) -> None:
        assert not DESKS.keys() & ENTRIES.keys()

    @pytest.mark.parametrize("ports", [(1, 1), (0, 1), (1, 20)])
    def test_gives_every_department_a_port_of_its_own(self, listed: Path, ports: tuple[int, int]) -> None:
        entries = [ENTRY.format(name=name, port=port) for name, port in zip("ab", ports, strict=True)]
        listed.write_text("".join(entries) + "[desks]\n", encoding="utf-8")

        with pytest.raises(ValueError, match="port of its own"):
            read(listed)

    def test_gives_every_desk_an_address_of_its_own(self, listed: Path) -> None:
        twice = ENTRY.format(name="b", port=2).replace("/b/", "/a/")
        listed.write_text(ENTRY.format(name="a", port=1) + twice + "[desks]\n", encoding="utf-8")

        with pytest.raises(ValueError, match="same address"):
            read(listed)

    def test_needs_titles_in_both_languages(self, listed: Path) -> None:
        listed.write_text(ENTRY.format(name="a", port=1).replace(', zh = "甲"', "") + "[desks]\n")

        with pytest.raises(ValueError, match=r"title\.zh"):
            read(listed)


class TestWhatFollowsFromIt:
    def test_is_written(self) -> None:
        assert {path for path, text in generate.wanted().items() if path.read_text("utf-8") != text} == set()

    def test_replaces_a_stale_part_and_nothing_else(self) -> None:
        text = "a\n  # generated: database-secrets\n  - gone\n  # end: database-secrets\nb\n"

        filled = generate.filled(text)

        assert filled.splitlines()[:3] == [
            "a",
            "  # generated: database-secrets",
            f"  - {DEPARTMENTS[0]}-database-url",
        ]
        assert filled.endswith(f"  - {DEPARTMENTS[-1]}-database-url\n  # end: database-secrets\nb\n")
        assert "gone" not in filled


class TestSubscribers:
    def test_are_those_of_every_main(self) -> None:
        assert derived() == subscribers()

    def test_are_looked_up_among_the_services_given(self) -> None:
        found = among([load("parts")])

        assert set(found.values()) == {(), ("parts",)}
        assert found["workshop.job"] == ("parts",)
