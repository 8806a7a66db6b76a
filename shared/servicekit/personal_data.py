"""Personal data: sealed field by field with a key per person, found by blind index, read only on record."""

import base64
import hashlib
import hmac
import os
import re
from collections.abc import Iterable
from datetime import datetime
from functools import lru_cache
from pathlib import Path
from typing import Protocol

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from sqlalchemy import (
    BigInteger,
    Column,
    DateTime,
    Identity,
    Index,
    LargeBinary,
    MetaData,
    Table,
    Text,
    insert,
    select,
)
from sqlalchemy.dialects.postgresql import insert as insert_once
from sqlalchemy.ext.asyncio import AsyncSession

from servicekit.refusal import Refusal

_NONCE = 12  # bytes, the size that AES-GCM is made for
_DIGIT_RUN = re.compile(r"\d(?:[\s\-\u2010-\u2015\uff0d]*\d){6,}")


class SubjectErased(Refusal):
    """This person's data has been erased."""


class _Settings(Protocol):
    @property
    def data_key_file(self) -> Path | None: ...


class Transaction(Protocol):
    """What of a ``Tx`` is needed here."""

    @property
    def session(self) -> AsyncSession: ...
    @property
    def now(self) -> datetime: ...
    @property
    def by(self) -> str: ...
    @property
    def settings(self) -> _Settings: ...


def data_keys_table(metadata: MetaData) -> Table:
    """The key of each person's data, wrapped with the master key; without it the data is noise."""
    return Table(
        "data_keys",
        metadata,
        Column("subject", Text, primary_key=True),
        Column("wrapped_key", LargeBinary),
        Column("erased_at", DateTime(timezone=True)),
    )


def readings_table(metadata: MetaData) -> Table:
    """Who read which field of whom, when, what for, and whether it could be read."""
    table = Table(
        "readings",
        metadata,
        Column("position", BigInteger, Identity(), primary_key=True),
        Column("subject", Text, nullable=False),
        Column("field", Text, nullable=False),
        Column("purpose", Text, nullable=False),
        Column("by", Text, nullable=False),
        Column("at", DateTime(timezone=True), nullable=False),
        Column("result", Text, nullable=False),
    )
    Index("ix_readings_subject", table.c.subject, table.c.position)
    return table


def private_tables(metadata: MetaData) -> None:
    """Register the tables of this module."""
    data_keys_table(metadata)
    readings_table(metadata)


_own = MetaData()
_keys = data_keys_table(_own)
_readings = readings_table(_own)


async def seal(tx: Transaction, subject: object, plaintext: str, *, field: str) -> str:
    """Encrypt one field of a person (``subject`` is the customer's id) for a text column.

    What is sealed opens only for the same subject and field. Raises ``SubjectErased``.
    """
    key = await _data_key(tx, str(subject), make=True)
    if key is None:
        raise SubjectErased(subject=str(subject))
    return base64.urlsafe_b64encode(_encrypt(key, plaintext.encode(), f"{subject}:{field}")).decode()


async def open_sealed(
    tx: Transaction, subject: object, token: str, *, field: str, purpose: str
) -> str | None:
    """Decrypt what ``seal`` gave, and put the reading on record; ``None`` when the data was erased.

    A token that was tampered with, or belongs to another person or field, is on record as ``unreadable`` and
    gives ``None`` as well: the record is kept only if the transaction is.
    """
    key = await _data_key(tx, str(subject), make=False)
    plaintext, result = None, "erased"
    if key is not None:
        try:
            plaintext = _decrypt(key, base64.urlsafe_b64decode(token), f"{subject}:{field}").decode()
            result = "read"
        except (InvalidTag, ValueError):
            result = "unreadable"
    reading = {"subject": str(subject), "field": field, "purpose": purpose, "result": result}
    await tx.session.execute(insert(_readings).values(**reading, by=tx.by, at=tx.now))
    return plaintext


async def erase(tx: Transaction, subject: object) -> None:
    """Throw a person's key away: nothing that was sealed for them can be read again, but from old backups."""
    row = {"wrapped_key": None, "erased_at": tx.now}
    once = insert_once(_keys).values(subject=str(subject), **row)
    await tx.session.execute(once.on_conflict_do_update(index_elements=[_keys.c.subject], set_=row))


def blind_index(tx: Transaction, value: str, *, field: str) -> str:
    """What a sealed field is looked up by: equal values give equal indexes, and nothing can be read from it.

    Bring the value into its one normal spelling first (a phone number into E.164).
    """
    key = _derived(tx.settings, "blind index")
    return hmac.new(key, f"{field}\0{value}".encode(), hashlib.sha256).hexdigest()


def mask(text: str) -> str:
    """Free text as it may be kept and published: trimmed, and without its runs of seven digits and more
    (spaced or dashed ones too), which may be somebody's number."""
    return _DIGIT_RUN.sub("•••", text.strip())


def mask_all(texts: Iterable[str]) -> tuple[str, ...]:
    """``mask`` of each text; blank ones are left out."""
    return tuple(masked for text in texts if (masked := mask(text)))


async def _data_key(tx: Transaction, subject: str, *, make: bool) -> bytes | None:
    master = _derived(tx.settings, "wrap")
    query = select(_keys.c.wrapped_key).where(_keys.c.subject == subject)
    row = (await tx.session.execute(query)).one_or_none()
    if row is None and make:
        fresh = _encrypt(master, AESGCM.generate_key(256), subject)
        once = insert_once(_keys).values(subject=subject, wrapped_key=fresh).on_conflict_do_nothing()
        await tx.session.execute(once)
        row = (await tx.session.execute(query)).one()  # perhaps another transaction's, which came first
    return None if row is None or row[0] is None else _decrypt(master, row[0], subject)


def _encrypt(key: bytes, plaintext: bytes, bound_to: str) -> bytes:
    nonce = os.urandom(_NONCE)
    return nonce + AESGCM(key).encrypt(nonce, plaintext, bound_to.encode())


def _decrypt(key: bytes, sealed: bytes, bound_to: str) -> bytes:
    return AESGCM(key).decrypt(sealed[:_NONCE], sealed[_NONCE:], bound_to.encode())


def _derived(settings: _Settings, use: str) -> bytes:
    if settings.data_key_file is None:
        raise RuntimeError("DATA_KEY_FILE is not set: personal data cannot be handled")
    return _derive(settings.data_key_file, use)


@lru_cache(maxsize=16)
def _derive(file: Path, use: str) -> bytes:
    return HKDF(SHA256(), 32, salt=None, info=f"bayline {use} v1".encode()).derive(_master_key(file))


def _master_key(file: Path) -> bytes:
    """32 bytes, as they are or in hexadecimal or base64."""
    held = file.read_bytes()
    if len(held) == 32:
        return held
    text = held.strip().decode("ascii")
    key = bytes.fromhex(text) if len(text) == 64 else base64.b64decode(text.translate({45: "+", 95: "/"}))
    if len(key) != 32:
        raise ValueError(f"{file.name} does not hold a key of 32 bytes")
    return key
