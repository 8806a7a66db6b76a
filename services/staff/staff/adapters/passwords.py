"""Passwords: argon2id, hashed in a thread so that the event loop goes on."""

import asyncio
from concurrent.futures import ThreadPoolExecutor
from functools import cache

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

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
