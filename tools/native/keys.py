"""What a shop makes up once and keeps: its id, the tokens' key pair, the master key, the first password."""

import base64
import json
import os
import secrets
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, PublicFormat
from uuid_utils.compat import uuid7

FIRST_ADMIN = "admin"


@dataclass(frozen=True, slots=True)
class Keys:
    """The files in ``folder``; made by ``make``, and never made anew while they are there."""

    folder: Path

    @property
    def jwks(self) -> Path:
        """Public half of the tokens' key, for every department."""
        return self.folder / "jwks.json"

    @property
    def signing_key(self) -> Path:
        """Private half, for staff alone."""
        return self.folder / "staff" / "signing-key.pem"

    @property
    def first_password(self) -> Path:
        """Password of the first administrator, for staff alone."""
        return self.folder / "staff" / "first-admin-password"

    @property
    def master_key(self) -> Path:
        """Key over the customers' own keys: 32 bytes in base64 (DATA: personal data at rest)."""
        return self.folder / "personal-data.key"

    @property
    def shop_id(self) -> str:
        """The shop's id, from which the ids of requests follow: losing it loses them."""
        return (self.folder / "shop-id").read_text().strip()

    def make(self) -> None:
        """Make what is not there yet."""
        self.folder.mkdir(parents=True, exist_ok=True, mode=0o755)
        (self.folder / "staff").mkdir(exist_ok=True, mode=0o700)
        _once(self.folder / "shop-id", lambda: f"{uuid7()}\n", 0o644)
        _once(self.master_key, lambda: base64.b64encode(secrets.token_bytes(32)).decode() + "\n", 0o600)
        _once(self.first_password, lambda: secrets.token_urlsafe(15) + "\n", 0o600)
        if not (self.jwks.exists() and self.signing_key.exists()):
            self._make_pair()

    def _make_pair(self) -> None:
        private = Ed25519PrivateKey.generate()
        raw = private.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)
        public = {
            "kty": "OKP",
            "crv": "Ed25519",
            "alg": "EdDSA",
            "use": "sig",
            "kid": secrets.token_hex(8),
            "x": base64.urlsafe_b64encode(raw).rstrip(b"=").decode(),
        }
        pem = private.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()
        self.signing_key.unlink(missing_ok=True)
        self.jwks.unlink(missing_ok=True)
        _once(self.signing_key, lambda: pem, 0o600)
        _once(self.jwks, lambda: json.dumps({"keys": [public]}, indent=1) + "\n", 0o644)


def _once(path: Path, text: Callable[[], str], mode: int) -> None:
    """Write a new file whole, with its rights from the first moment."""
    if path.exists():
        return
    draft = path.with_suffix(".new")
    draft.unlink(missing_ok=True)
    handle = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode)
    with os.fdopen(handle, "w") as file:
        file.write(text())
    draft.chmod(mode)
    draft.rename(path)
