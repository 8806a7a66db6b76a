"""Customers' links: a secret in an address, for one purpose and one subject, until it expires."""

import hashlib
import secrets
from dataclasses import dataclass
from datetime import datetime
from typing import Any, cast
from uuid import UUID

from sqlalchemy import CursorResult, MetaData, insert, select, update

from servicekit.http.tables import customer_links_table
from servicekit.refusal import Refusal
from servicekit.tx import Tx

LINK_PATH = "/l/"
"""Below which every customer's link stands."""

_links = customer_links_table(MetaData())


class LinkUnknown(Refusal):
    """This link is not valid."""

    status = 404


class LinkExpired(Refusal):
    """This link is no longer valid."""

    status = 410


@dataclass(frozen=True, slots=True)
class Link:
    """What a customer's link is for. ``subject`` is the id it was made with, as text."""

    purpose: str
    subject: str
    revision: int | None
    expires_at: datetime
    token_hash: bytes

    @property
    def subject_id(self) -> UUID:
        """The subject where it is an id."""
        return UUID(self.subject)


@dataclass(frozen=True, slots=True)
class NewLink:
    """A link just made: the only time that its token is seen."""

    url: str
    token: str
    expires_at: datetime

    def __repr__(self) -> str:
        return "NewLink(…)"


def _hashed(token: str) -> bytes:
    # 32 random bytes cannot be guessed or looked up from their hash: no salt, no slow hash needed.
    return hashlib.sha256(token.encode()).digest()


async def create(
    tx: Tx, *, purpose: str, subject: object, expires_at: datetime, revision: int | None = None
) -> NewLink:
    """A new link; ``url`` and ``token`` are given this once and are stored nowhere.

    The answer becomes ``Cache-Control: no-store``. The token begins with the service's name, for the gateway.
    """
    token = f"{tx.service}-{secrets.token_urlsafe(32)}"
    row = {
        "token_hash": _hashed(token),
        "purpose": purpose,
        "subject": str(subject),
        "revision": revision,
        "created_at": tx.now,
        "created_by": tx.by,
        "expires_at": expires_at,
    }
    await tx.session.execute(insert(_links).values(**row))
    tx.session.info["confidential"] = True
    return NewLink(f"{tx.settings.public_url.rstrip('/')}{LINK_PATH}{token}", token, expires_at)


async def revoke(tx: Tx, *, purpose: str, subject: object) -> int:
    """Make every living link for this purpose and subject end now; gives how many there were."""
    living = (
        (_links.c.purpose == purpose) & (_links.c.subject == str(subject)) & _links.c.revoked_at.is_(None)
    )
    ended = await tx.session.execute(update(_links).where(living).values(revoked_at=tx.now))
    return cast(CursorResult[Any], ended).rowcount


async def use_up(tx: Tx, link: Link) -> None:
    """The link has served its purpose: from now on it answers 410."""
    this = _links.c.token_hash == link.token_hash
    await tx.session.execute(update(_links).where(this).values(used_at=tx.now))


async def find(tx: Tx, token: str, purpose: str) -> Link:
    """What a token stands for, by shop time. Raises ``LinkUnknown`` (404) or ``LinkExpired`` (410)."""
    query = select(_links).where(_links.c.token_hash == _hashed(token)).with_for_update(read=True)
    row = (await tx.session.execute(query)).one_or_none()
    if row is None or row.purpose != purpose:
        raise LinkUnknown()
    if row.used_at is not None or row.revoked_at is not None or row.expires_at <= tx.now:
        raise LinkExpired()
    return Link(row.purpose, row.subject, row.revision, row.expires_at, row.token_hash)
