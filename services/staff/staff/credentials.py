"""Passwords and tokens: argon2id beside the event loop, refresh tokens as hashes, access tokens signed."""

import asyncio
import hashlib
import json
import secrets
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from functools import cache, lru_cache
from pathlib import Path
from typing import Any
from uuid import UUID

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from servicekit.http.issue import public_jwk, sign

# One slow hash that fits no password: a login that does not exist takes as long as one that does.
_NOBODY = "$argon2id$v=19$m=47104,t=1,p=1$hoV4U6qbJ6W2dvIuhBjZJw$HUFIUHbSwjuuThujgisX0zjJEDLLjVA+GVnhrx6J2Y0"


@cache
def _hasher() -> PasswordHasher:
    # OWASP's parameters for argon2id with one pass. The library's take four threads and a quarter of a second
    # for each sign-in; with less than 32 MiB the allocator would keep what was freed.
    return PasswordHasher(time_cost=1, memory_cost=46 * 1024, parallelism=1)


@cache
def _threads() -> ThreadPoolExecutor:
    """Two at a time: a whole shift that signs in at once must not take the memory of all its hashes."""
    return ThreadPoolExecutor(2, "passwords")


async def hash_password(password: str) -> str:
    """An argon2id hash; takes some 50 ms of a thread."""
    return await asyncio.get_running_loop().run_in_executor(_threads(), _hasher().hash, password)


async def is_password(password: str, password_hash: str | None) -> bool:
    """Whether they belong together; ``None`` (no such login) takes as long and is ``False``."""
    held = password_hash or _NOBODY
    try:
        good = await asyncio.get_running_loop().run_in_executor(_threads(), _hasher().verify, held, password)
    except (VerificationError, InvalidHashError):
        return False
    return good and password_hash is not None


def new_refresh_token() -> str:
    """32 random bytes."""
    return secrets.token_urlsafe(32)


def token_hash(token: str) -> bytes:
    """What is stored of a refresh token."""
    return hashlib.sha256(token.encode()).digest()


@lru_cache(maxsize=8)
def _signer(private_key: Path, jwks_file: str, _changed: int) -> tuple[str, str, str]:
    """The private key, its id in the document that all departments read, and the document."""
    pem = private_key.read_text(encoding="utf-8")
    path = Path(jwks_file)
    public = public_jwk(pem, "own")
    if path.is_file():
        document = path.read_text(encoding="utf-8")
        for key in json.loads(document)["keys"]:
            if key.get("x") == public["x"]:
                return pem, key["kid"], document
    raise LookupError("the tokens' private key has no public half in AUTH_JWKS")


def _current(private_key: Path, jwks: str) -> tuple[str, str, str]:
    return _signer(private_key, jwks, private_key.stat().st_mtime_ns)


def jwks_document(private_key: Path, jwks: str) -> dict[str, Any]:
    """The public keys, as every department reads them."""
    document: dict[str, Any] = json.loads(_current(private_key, jwks)[2])
    return document


def access_token(
    private_key: Path,
    jwks: str,
    *,
    employee_id: UUID,
    name: str,
    permissions: list[str],
    at: datetime,
    minutes: int,
) -> str:
    """A signed token, good for ``minutes`` from machine time ``at``."""
    pem, kid, _ = _current(private_key, jwks)
    claims = {"sub": str(employee_id), "name": name, "permissions": permissions, "iss": "bayline-staff"}
    return sign(pem, kid, claims, lifetime=timedelta(minutes=minutes), now=at)
