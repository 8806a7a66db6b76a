"""The public keys that employees' tokens are checked with: a file or an address, the last good copy wins."""

import asyncio
import json
import time
import urllib.request
from pathlib import Path

from jwt import PyJWK, PyJWKSet
from jwt.exceptions import PyJWKSetError, PyJWTError

from servicekit.observe import logger

_FRESH = 600.0  # seconds after which an address is asked again
_PATIENCE = 10.0  # seconds between two questions because of an unknown key
_ALGORITHMS = frozenset({"EdDSA", "Ed25519", "ES256", "ES384", "RS256", "RS384", "RS512", "PS256"})
_log = logger("servicekit.http.keys")


class SigningKeys:
    """The issuer's keys by their ids."""

    def __init__(self, source: str) -> None:
        """``source``: a path or an ``http(s)`` address of a JWKS document. Nothing is read yet."""
        self._source = source
        self._is_address = source.startswith(("http://", "https://"))
        self._keys: dict[str, PyJWK] = {}
        self._seen: tuple[int, int] | None = None
        self._fetched_at: float | None = None
        self._fetching = asyncio.Lock()

    async def find(self, kid: str) -> PyJWK | None:
        """The key with this id; looks at the source again when it may have changed."""
        if self._is_address:
            await self._refresh_address(kid)
        else:
            self._refresh_file()
        return self._keys.get(kid)

    def _refresh_file(self) -> None:
        try:
            stat = Path(self._source).stat()
            if self._seen != (stat.st_mtime_ns, stat.st_ino):
                self._take(Path(self._source).read_text(encoding="utf-8"))
                self._seen = (stat.st_mtime_ns, stat.st_ino)
        except (OSError, ValueError, PyJWTError) as failure:
            _log.warning("keys not read", source=self._source, reason=str(failure))

    async def _refresh_address(self, kid: str) -> None:
        wait = _FRESH if kid in self._keys else _PATIENCE
        async with self._fetching:
            if self._fetched_at is not None and time.monotonic() - self._fetched_at < wait:
                return
            self._fetched_at = time.monotonic()
            try:
                self._take(await asyncio.to_thread(_fetch, self._source))
            except (OSError, ValueError, PyJWTError) as failure:
                _log.warning("keys not read", source=self._source, reason=str(failure))

    def _take(self, document: str) -> None:
        try:
            keys = PyJWKSet.from_dict(json.loads(document)).keys
        except (AttributeError, PyJWKSetError) as unusable:
            raise ValueError("not a set of keys") from unusable
        # The algorithm is the key's, never the token's; symmetric keys would let anyone who reads them sign.
        self._keys = {key.key_id or "": key for key in keys if key.algorithm_name in _ALGORITHMS}


def _fetch(address: str) -> str:
    with urllib.request.urlopen(address, timeout=3) as answer:  # the scheme was checked by the caller
        body: bytes = answer.read(1_000_000)
        return body.decode()
