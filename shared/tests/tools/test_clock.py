"""Shop time is machine time plus an offset that only grows; tests have a clock that they move."""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import SimpleNamespace
from zoneinfo import ZoneInfo

import pytest

from servicekit import clock
from servicekit.clock import ShopClock, read_offset, set_offset
from testkit.clock import ManualClock

SHANGHAI = ZoneInfo("Asia/Shanghai")
LATE = datetime(2025, 3, 7, 15, 59, tzinfo=UTC)  # 23:59 in Shanghai


@pytest.fixture
def ticks(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """The monotonic clock by which the shop clock decides to look at its file."""
    ticks = [100.0]
    monkeypatch.setattr(clock, "time", SimpleNamespace(monotonic=lambda: ticks[0]))
    return ticks


def ahead(shop: ShopClock) -> timedelta:
    return timedelta(seconds=round((shop.now() - shop.machine_now()).total_seconds()))


class TestTheShopClock:
    def test_is_machine_time_in_production(self) -> None:
        assert ahead(ShopClock(None)) == timedelta()

    def test_is_machine_time_while_its_file_is_absent(self, tmp_path: Path) -> None:
        assert ahead(ShopClock(tmp_path / "offset")) == timedelta()

    def test_follows_its_file(self, tmp_path: Path, ticks: list[float]) -> None:
        file = tmp_path / "offset"
        shop = ShopClock(file)
        assert ahead(shop) == timedelta()

        set_offset(file, timedelta(hours=3))
        ticks[0] += 1

        assert ahead(shop) == timedelta(hours=3)

    def test_looks_at_its_file_five_times_a_second_at_most(self, tmp_path: Path, ticks: list[float]) -> None:
        file = tmp_path / "offset"
        shop = ShopClock(file)
        shop.now()

        set_offset(file, timedelta(hours=3))
        ticks[0] += 0.1

        assert ahead(shop) == timedelta()

    def test_does_not_go_back_when_its_file_is_lost(self, tmp_path: Path, ticks: list[float]) -> None:
        file = tmp_path / "offset"
        set_offset(file, timedelta(days=1))
        shop = ShopClock(file)
        assert ahead(shop) == timedelta(days=1)

        file.unlink()
        set_offset(file, timedelta(hours=1))
        ticks[0] += 1

        assert ahead(shop) == timedelta(days=1)


class TestMovingTheShopsTime:
    def test_goes_forwards(self, tmp_path: Path) -> None:
        file = tmp_path / "offset"

        set_offset(file, timedelta(minutes=5))
        set_offset(file, timedelta(minutes=90, milliseconds=250))

        assert read_offset(file) == timedelta(minutes=90, milliseconds=250)
        assert [f.name for f in tmp_path.iterdir()] == ["offset"]

    def test_never_goes_back(self, tmp_path: Path) -> None:
        file = tmp_path / "offset"
        set_offset(file, timedelta(minutes=5))

        with pytest.raises(ValueError, match="forwards"):
            set_offset(file, timedelta(minutes=4))

        assert read_offset(file) == timedelta(minutes=5)


class TestTheManualClock:
    def test_stands_still_until_it_is_moved(self) -> None:
        manual = ManualClock(LATE)

        manual.move(minutes=30)

        assert manual.now() == LATE + timedelta(minutes=30)

    def test_knows_the_shops_date(self) -> None:
        manual = ManualClock(LATE)
        before = manual.today(SHANGHAI)

        manual.move(minutes=2)

        assert (manual.today(SHANGHAI) - before).days == 1

    def test_is_not_set_back(self) -> None:
        manual = ManualClock(LATE)

        with pytest.raises(ValueError, match="forwards"):
            manual.set(LATE - timedelta(seconds=1))

    def test_refuses_naive_times(self) -> None:
        with pytest.raises(ValueError, match="naive"):
            ManualClock(datetime(2025, 3, 7))  # noqa: DTZ001

    def test_lets_machine_time_be_pushed_apart_from_shop_time(self) -> None:
        manual = ManualClock(LATE)

        manual.move_machine(hours=2)

        assert manual.now() == LATE
        assert manual.machine_now() > datetime.now(UTC) + timedelta(hours=1)
