"""Licence plates and vehicle identification numbers (VINs): their one normal form, and the check digit."""

from servicekit.refusal import Invalid
from shopkit.numbers import search_key

_CHECKED_REGIONS = frozenset("12345L")
"""Where the ninth character must be the check digit: North America (49 CFR 565), China (GB 16735)."""
_WEIGHTS = (8, 7, 6, 5, 4, 3, 2, 10, 0, 9, 8, 7, 6, 5, 4, 3, 2)
_VALUES = {
    **{letter: value for value, letter in enumerate("ABCDEFGH", 1)},
    **{letter: value for value, letter in enumerate("JKLMN", 1)},
    "P": 7,
    "R": 9,
    **{letter: value for value, letter in enumerate("STUVWXYZ", 2)},
    **{str(digit): digit for digit in range(10)},
}
VIN_CHARACTERS = frozenset(_VALUES)
"""Digits and capitals without I, O and Q (ISO 3779)."""


def plate_key(text: str) -> str:
    """A licence plate in one width and case, without spaces, dots and dashes; any text is taken."""
    return "".join(c for c in search_key(text) if c.isalnum())


def normal_plate(text: str, *, field: str = "body.plate") -> str:
    """The normal form of a licence plate. Raises ``Invalid`` (422) for ``field`` if it cannot be one."""
    plate = plate_key(text)
    if not 2 <= len(plate) <= 12:
        raise Invalid(field, "a licence plate such as 粤A12345", got=text[:40])
    return plate


def normal_vin(text: str, *, field: str = "body.vin") -> str:
    """A VIN in capitals: 17 characters without I, O and Q, and with the right check digit where one is
    prescribed. Raises ``Invalid`` (422) for ``field``."""
    # Imported on first use: its tables are large, and many processes never check a VIN.
    from vininfo import ValidationError, Vin

    try:
        vin = Vin(text)
    except ValidationError as wrong:
        raise Invalid(field, "17 letters and digits, none of them I, O or Q", got=text[:40]) from wrong
    checked = vin.num[0] in _CHECKED_REGIONS and getattr(vin.assembler, "uses_sae_checkdigit", True)
    if checked and not vin.verify_checksum(check_year=False):
        raise Invalid(field, "a VIN whose check digit fits: one character is mistyped", got=vin.num)
    return str(vin.num)


def check_digit(vin: str) -> str:
    """The ninth character that fits the other sixteen (ISO 3779): a digit or X."""
    rest = sum(_VALUES[c] * weight for c, weight in zip(vin, _WEIGHTS, strict=True)) % 11
    return "X" if rest == 10 else str(rest)
