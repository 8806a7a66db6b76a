"""Making key pairs and signing employees' tokens: for the staff department, the first start, and tests."""

import json
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any, NamedTuple

import jwt
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_pem_private_key,
)
from jwt.algorithms import OKPAlgorithm

from servicekit.ids import new_id


class KeyPair(NamedTuple):
    """An Ed25519 key: ``private_pem`` for the issuer alone, ``jwks`` (the document) for everybody."""

    private_pem: str
    kid: str
    jwks: str

    def __repr__(self) -> str:
        return f"KeyPair({self.kid})"


def new_key_pair() -> KeyPair:
    """A new key with a new id, and the document that ``AUTH_JWKS`` is to point to."""
    kid = new_id().hex
    private = Ed25519PrivateKey.generate()
    pem = private.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()
    return KeyPair(pem, kid, jwks(_public(private, kid)))


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
    """A document of several keys, as needed while an old one still signs."""
    return json.dumps({"keys": list(public_jwks)}, indent=2)


def sign(
    private_pem: str,
    kid: str,
    claims: Mapping[str, Any],
    *,
    lifetime: timedelta = timedelta(minutes=10),
    now: datetime | None = None,
) -> str:
    """An access token. ``claims``: ``sub`` (employee id), ``name``, ``permissions`` (a list, already expanded
    from roles); it begins at ``now``, machine time."""
    issued = now or datetime.now(UTC)
    stated = {**claims, "iat": issued, "exp": issued + lifetime}
    return jwt.encode(stated, private_pem, algorithm="EdDSA", headers={"kid": kid})
