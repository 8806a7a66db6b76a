"""Personal data is noise without its key, opens on record, and is masked for everyone else."""

import base64
from dataclasses import replace
from pathlib import Path
from uuid import UUID

import pytest
from cryptography.exceptions import InvalidTag
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import MetaData, select

from servicekit.personal_data import (
    SubjectErased,
    blind_index,
    erase,
    mask,
    mask_all,
    open_sealed,
    readings_table,
    seal,
)

from .conftest import Keys, OpenTx

readings = readings_table(MetaData())
PHONE = "13812345678"
LI = UUID(int=1)
WANG = UUID(int=2)


async def readings_of(tx: OpenTx, subject: UUID) -> list[dict[str, object]]:
    """The record of readings of one person's data, the latest first."""
    columns = [column for column in readings.columns if column.name != "position"]
    query = select(*columns).where(readings.c.subject == str(subject)).order_by(readings.c.position.desc())
    return [dict(row) for row in (await tx.session.execute(query)).mappings()]


async def read(tx: OpenTx, token: str, subject: object = LI, field: str = "phone") -> str | None:
    return await open_sealed(tx, subject, token, field=field, purpose="call back")


class TestASealedField:
    async def test_opens_for_its_subject(self, tx: OpenTx) -> None:
        token = await seal(tx, LI, PHONE, field="phone")

        assert PHONE not in token
        assert await read(tx, token) == PHONE

    async def test_is_different_noise_each_time(self, tx: OpenTx) -> None:
        assert await seal(tx, LI, PHONE, field="phone") != await seal(tx, LI, PHONE, field="phone")

    async def test_opens_for_no_one_else_and_as_nothing_else(self, tx: OpenTx) -> None:
        token = await seal(tx, LI, PHONE, field="phone")
        await seal(tx, WANG, PHONE, field="phone")

        assert await read(tx, token, subject=WANG) is None
        assert await read(tx, token, field="address") is None

    @pytest.mark.parametrize("place", [0, 12, -1])
    async def test_does_not_open_when_it_was_tampered_with(self, tx: OpenTx, place: int) -> None:
        raw = bytearray(base64.urlsafe_b64decode(await seal(tx, LI, PHONE, field="phone")))
        raw[place] ^= 1

        assert await read(tx, base64.urlsafe_b64encode(raw).decode()) is None
        assert await read(tx, "") is None
        assert [r["result"] for r in await readings_of(tx, LI)] == ["unreadable", "unreadable"]

    async def test_does_not_open_with_another_master_key(self, tx: OpenTx, tmp_path: Path) -> None:
        token = await seal(tx, LI, PHONE, field="phone")
        other = tmp_path / "other.key"
        other.write_text("ab" * 32)

        with pytest.raises(InvalidTag):
            await read(replace(tx, settings=Keys(other)), token)

    async def test_needs_a_master_key(self, tx: OpenTx) -> None:
        with pytest.raises(RuntimeError, match="DATA_KEY_FILE"):
            await seal(replace(tx, settings=Keys(None)), LI, PHONE, field="phone")


class TestReadings:
    async def test_are_on_record_with_who_when_and_what_for(self, tx: OpenTx) -> None:
        token = await seal(tx, LI, PHONE, field="phone")

        await read(tx, token)

        assert await readings_of(tx, LI) == [
            {
                "subject": str(LI),
                "field": "phone",
                "purpose": "call back",
                "by": "employee-7",
                "at": tx.now,
                "result": "read",
            }
        ]
        assert await readings_of(tx, WANG) == []


class TestErasing:
    async def test_leaves_noise(self, tx: OpenTx) -> None:
        token = await seal(tx, LI, PHONE, field="phone")

        await erase(tx, LI)

        assert await read(tx, token) is None
        assert [r["result"] for r in await readings_of(tx, LI)] == ["erased"]

    async def test_is_for_good(self, tx: OpenTx) -> None:
        await erase(tx, LI)

        with pytest.raises(SubjectErased):
            await seal(tx, LI, PHONE, field="phone")

    async def test_touches_no_one_else(self, tx: OpenTx) -> None:
        token = await seal(tx, WANG, PHONE, field="phone")

        await erase(tx, LI)

        assert await read(tx, token, subject=WANG) == PHONE


class TestTheBlindIndex:
    def test_is_equal_for_equal_values_of_a_field(self, tx: OpenTx) -> None:
        assert blind_index(tx, PHONE, field="phone") == blind_index(tx, PHONE, field="phone")
        assert blind_index(tx, PHONE, field="phone") != blind_index(tx, PHONE, field="plate")
        assert blind_index(tx, PHONE, field="phone") != blind_index(tx, "13812345679", field="phone")

    def test_depends_on_the_master_key_whose_form_does_not_matter(self, tx: OpenTx, tmp_path: Path) -> None:
        key, forms = bytes(range(32)), set()
        for name, text in {"hex": key.hex() + "\n", "base64": base64.b64encode(key).decode()}.items():
            (tmp_path / name).write_text(text)
            forms.add(blind_index(replace(tx, settings=Keys(tmp_path / name)), PHONE, field="phone"))
        (tmp_path / "other").write_text("ab" * 32)

        assert forms == {blind_index(tx, PHONE, field="phone")}
        assert blind_index(replace(tx, settings=Keys(tmp_path / "other")), PHONE, field="phone") not in forms


class TestMasking:
    @pytest.mark.parametrize(
        ("text", "masked"),
        [
            ("ring 13812345678 after six", "ring ••• after six"),
            ("ring 138-1234 5678, or 021–6123–4567", "ring •••, or •••"),
            ("电话13812345678。", "电话•••。"),
            ("id 11010519491231002X", "id •••X"),
            ("  steers to the left ", "steers to the left"),
            ("99,870 km, 5W-30, bay 12, 123456", "99,870 km, 5W-30, bay 12, 123456"),
        ],
    )
    def test_hides_long_numbers_in_free_text(self, text: str, masked: str) -> None:
        assert mask(text) == masked

    @given(st.text(), st.from_regex(r"\d([ -]?\d){6,}", fullmatch=True), st.text())
    def test_leaves_no_long_number_anywhere(self, before: str, number: str, after: str) -> None:
        masked = mask(f"{before}{number}{after}")

        assert number not in masked
        assert mask(masked) == masked

    def test_of_a_list_leaves_blank_entries_out(self) -> None:
        assert mask_all([" noise at the rear", "", "  ", "13812345678"]) == ("noise at the rear", "•••")
