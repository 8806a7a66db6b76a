"""The input file's rows as cars with whole VINs, plates and faults."""

import csv
import hashlib
from dataclasses import dataclass
from pathlib import Path

from vininfo import Vin

from shopkit.vehicles import VIN_CHARACTERS, check_digit

HERE = Path(__file__).parent / "data" / "nhtsa-complaints.csv"
COLUMNS = frozenset({"make", "model", "year", "component", "vin_prefix", "mileage", "narrative"})

_KM_PER_MILE = 1.609344
_PREFIX = 11
_YEARS = "ABCDEFGHJKLMNPRSTVWXY123456789"  # from 1980 on, and again from 2010
_PROVINCES = "京沪粤苏浙鲁川鄂"
_PLATE_LETTERS = "ABCDEFGHJKLMNPQRSTUVWXYZ"


@dataclass(frozen=True, slots=True)
class Fault:
    """One row: a car and its fault in the owner's words."""

    number: str
    make: str
    model: str
    year: int | None
    component: str
    mileage_km: int | None
    words: str
    vin: str
    plate: str
    owner: str
    phone: str


class NotAnInput(Exception):
    """The file does not have the columns that the demo needs."""


def read(path: Path = HERE) -> list[Fault]:
    """Every row of the file, in its order. Raises ``NotAnInput``."""
    with path.open(encoding="utf-8-sig", newline="") as file:
        rows = csv.DictReader(file)
        missing = COLUMNS - set(rows.fieldnames or ())
        if missing:
            raise NotAnInput(f"{path} lacks the columns {', '.join(sorted(missing))}")
        return [_fault(row, place) for place, row in enumerate(rows)]


def _fault(row: dict[str, str], place: int) -> Fault:
    number = row.get("odi_number") or f"row-{place + 1}"
    seed = int.from_bytes(hashlib.sha256(f"{number}/{place}".encode()).digest()[:8], "big")
    year = int(row["year"]) if row["year"].isdigit() and 1950 <= int(row["year"]) <= 2100 else None
    return Fault(
        number=number,
        make=_name(row["make"]),
        model=_name(row["model"]),
        year=year,
        component=row["component"] or "UNKNOWN OR OTHER",
        mileage_km=round(int(row["mileage"]) * _KM_PER_MILE) if row["mileage"].isdigit() else None,
        words=row["narrative"].strip() or "The owner does not describe the fault.",
        vin=whole_vin(row["vin_prefix"], year, seed),
        plate=_plate(seed),
        owner=_owner(seed, place),
        phone=f"139{seed // 7 % 100_000_000:08d}",
    )


def whole_vin(prefix: str, year: int | None, seed: int) -> str:
    """The prefix with a serial for which its check digit fits; a made-up VIN if that cannot be (ISO 3779)."""
    prefix = prefix.strip().upper()
    fits = len(prefix) == _PREFIX and VIN_CHARACTERS.issuperset(prefix) and prefix[8] in "0123456789X"
    if fits:
        for step in range(1000):
            vin = f"{prefix}{(seed + step) % 1_000_000:06d}"
            if vin[8] == check_digit(vin) and Vin(vin).verify_checksum():
                return vin
    year_mark = _YEARS[((year or 2010) - 1980) % len(_YEARS)]
    bare = f"1BAYL{seed % 1000:03d}0{year_mark}A{seed // 1000 % 1_000_000:06d}"
    return bare[:8] + check_digit(bare) + bare[9:]


def _name(text: str) -> str:
    return text.strip().title() if len(text.strip()) > 3 else text.strip()


def _plate(seed: int) -> str:
    letters = "".join(_PLATE_LETTERS[seed // 24**n % 24] for n in range(2))
    return f"{_PROVINCES[seed % 8]}{letters[0]}{letters[1]}{seed // 1000 % 10_000:04d}"


_FAMILY = ("Wang", "Li", "Zhang", "Liu", "Chen", "Yang", "Huang", "Zhao", "Wu", "Zhou", "Xu", "Sun")
_GIVEN = ("Wei", "Fang", "Na", "Min", "Jing", "Lei", "Jun", "Yan", "Tao", "Ming", "Juan", "Qiang", "Hui")


def _owner(seed: int, place: int) -> str:
    return f"{_FAMILY[seed % len(_FAMILY)]} {_GIVEN[(seed // 97 + place) % len(_GIVEN)]}"
