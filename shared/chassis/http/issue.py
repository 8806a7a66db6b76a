"""Making key pairs and signing employees' tokens: for the staff department, the first start, and tests."""

import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import jwt
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_pem_private_key,
)
from jwt.algorithms import OKPAlgorithm

from chassis.numbers import new_id


@dataclass(frozen=True, slots=True, repr=False)
class KeyPair:
    """An Ed25519 key: ``private_pem`` for the issuer alone, ``public_jwk`` for everybody."""

    kid: str
    private_pem: str
    public_jwk: dict[str, Any]


def new_key_pair() -> KeyPair:
    """A new key with a new id."""
    kid = new_id().hex
    private = Ed25519PrivateKey.generate()
    pem = private.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()
    return KeyPair(kid, pem, _public(private, kid))


def _public(private: Ed25519PrivateKey, kid: str) -> dict[str, Any]:
    jwk = OKPAlgorithm.to_jwk(private.public_key(), as_dict=True)
    return {**jwk, "kid": kid, "use": "sig", "alg": "EdDSA"}


def public_jwk(private_pem: str, kid: str) -> dict[str, Any]:
    """The public half of a private key. Raises ``ValueError`` if it is not an Ed25519 key."""
    private = load_pem_private_key(private_pem.encode(), None)
    if not isinstance(private, Ed25519PrivateKey):
        raise ValueError("not an Ed25519 private key")
    return _public(private, kid)


def jwks(*public_jwks: dict[str, Any]) -> str:
    """The document that ``AUTH_JWKS`` points to."""
    return json.dumps({"keys": list(public_jwks)}, indent=2)


def sign(
    private_pem: str,
    kid: str,
    *,
    employee_id: UUID,
    name: str,
    permissions: Iterable[str],
    minutes: float = 10,
    now: datetime | None = None,
    **claims: Any,
) -> str:
    """An access token of ``minutes`` of machine time, permissions already expanded from roles."""
    issued = now or datetime.now(UTC)
    said = {
        "sub": str(employee_id),
        "name": name,
        "permissions": sorted(permissions),
        "iat": issued,
        "exp": issued + timedelta(minutes=minutes),
        **claims,
    }
    return jwt.encode(said, private_pem, algorithm="EdDSA", headers={"kid": kid})
