"""Tokens: refresh tokens as hashes, access tokens signed for all departments to read."""

import hashlib
import json
import secrets
from datetime import datetime, timedelta
from functools import lru_cache
from pathlib import Path
from typing import Any
from uuid import UUID

from servicekit.http.issue import public_jwk, sign


def new_refresh_token() -> str:
    """32 random bytes."""
    return secrets.token_urlsafe(32)


def token_hash(token: str) -> bytes:
    """What is stored of a refresh token: its SHA-256."""
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
    machine_now: datetime,
    minutes: int,
) -> str:
    """A signed token, good for ``minutes`` from now on."""
    pem, kid, _ = _current(private_key, jwks)
    claims = {"sub": str(employee_id), "name": name, "permissions": permissions, "iss": "bayline-staff"}
    return sign(pem, kid, claims, lifetime=timedelta(minutes=minutes), now=machine_now)
