"""The numbers by which people name requests and records, and how signs are compared."""

import re
import unicodedata
from datetime import date, datetime
from typing import NamedTuple
from uuid import UUID, uuid5

from servicekit.refusal import Invalid

_REQUEST_NO = re.compile(r"([A-Z]{1,3})-(\d{6})-(\d{4,})")
_BETWEEN = str.maketrans("", "", " -‐–·•・.")


class RequestNo(NamedTuple):
    """The parts of a request number."""

    prefix: str
    on: date
    n: int


def request_no(prefix: str, on: date, n: int) -> str:
    """What people call a request, ``B-250307-0042``: minting department, shop-local date, number."""
    return f"{prefix}-{on:%y%m%d}-{n:04d}"


def request_id_of(shop_id: UUID, request_no: str) -> UUID:
    """The id of the request that people know by its number, the same in every department."""
    return uuid5(shop_id, request_no)


def parse_request_no(text: str) -> RequestNo:
    """The parts of a request number as somebody typed it. Raises ``Invalid`` (422)."""
    found = _REQUEST_NO.fullmatch(text.strip().upper())
    try:
        if found is None:
            raise ValueError("not a request number")
        prefix, day, n = found.groups()
        return RequestNo(prefix, datetime.strptime(day, "%y%m%d").date(), int(n))  # noqa: DTZ007  (a date)
    except ValueError as wrong:
        raise Invalid("request_no", "prefix, date and number, such as B-250307-0042") from wrong


def normal_request_no(text: str) -> str:
    """The number in the one spelling from which the request's id is made. Raises ``Invalid`` (422)."""
    return request_no(*parse_request_no(text))


def search_key(typed: str) -> str:
    """How signs and names are compared that people space as they like (``粤a·123 45``): in one width and
    case, without blanks, dots and dashes."""
    normal = unicodedata.normalize("NFKC", typed).upper()
    return normal.translate(_BETWEEN) or normal  # nothing but a dash must not find everything


def record_no(customer_no: str, kind: str, on: date, n: int) -> str:
    """Archive number ``C000123-RP-20250307-001``; ``n`` counts per customer, kind and date (F-28)."""
    return f"{customer_no}-{kind}-{on:%Y%m%d}-{n:03d}"
