"""Databases for tests: a template per department, made once a run; copies of it, wiped and used again."""

import itertools
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from sqlalchemy import make_url, text
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine
from sqlalchemy.orm import DeclarativeBase
from sqlalchemy.pool import NullPool

from servicekit.service import Service

_SEND_AWAY = text("""
    select pg_terminate_backend(pid) from pg_stat_activity
     where datname = current_database() and pid <> pg_backend_pid()
""")
_EMPTY = text("""
    do $$ declare one regclass; begin
        perform set_config('session_replication_role', 'replica', true);  -- foreign keys in any order
        for one in select c.oid::regclass from pg_class c
                    where c.relkind = 'r' and c.relnamespace = 'public'::regnamespace
        loop execute format('delete from %s', one); end loop;
    end $$
""")


async def fresh_database(server_url: str, name: str) -> str:
    """Make an empty database on a private server, in place of one of that name; answers its asyncpg URL."""
    url = make_url(server_url).set(drivername="postgresql+asyncpg")
    engine = create_async_engine(url, isolation_level="AUTOCOMMIT")
    async with engine.connect() as connection:
        await connection.execute(text(f'drop database if exists "{name}" with (force)'))
        await connection.execute(text(f'create database "{name}"'))
    await engine.dispose()
    return url.set(database=name).render_as_string(hide_password=False)


class Databases:
    """One per test run, on a private server whose superuser address is ``server_url``."""

    def __init__(self, server_url: str) -> None:
        self._url = make_url(server_url).set(drivername="postgresql+asyncpg")
        self._admin: AsyncEngine = create_async_engine(self._url, isolation_level="AUTOCOMMIT", pool_size=1)
        self._templates: dict[type[DeclarativeBase], str] = {}
        self._free: dict[type[DeclarativeBase], list[str]] = {}
        self._numbers = itertools.count(1)

    async def close(self) -> None:
        """Close the administrator's connection."""
        await self._admin.dispose()

    def address(self, name: str) -> str:
        """The URL of one database."""
        return self._url.set(database=name).render_as_string(hide_password=False)

    async def _run(self, statement: str) -> None:
        async with self._admin.connect() as connection:
            await connection.execute(text(statement))

    async def _template(self, service: Service) -> str:
        # By its base: tests of the servicekit have several departments of one name.
        name = self._templates.get(service.base)
        if name is None:
            name = f"template_{service.name}_{len(self._templates)}"
            await self._run(f"drop database if exists {name}")
            await self._run(f"create database {name}")
            engine = create_async_engine(self.address(name))
            async with engine.begin() as connection:
                # The migrations are compared with the models by `make check`; tests start from the models.
                await connection.run_sync(service.base.metadata.create_all)
            await engine.dispose()
            self._templates[service.base] = name
        return name

    @asynccontextmanager
    async def copy(self, service: Service) -> AsyncIterator[str]:
        """An empty database of a department, for one test; gives its URL."""
        free = self._free.setdefault(service.base, [])
        name = free.pop() if free else await self._another(service)
        try:
            yield self.address(name)
        finally:
            await self._wipe(name)
            free.append(name)

    async def _another(self, service: Service) -> str:
        template = await self._template(service)
        name = f"test_{service.name}_{next(self._numbers)}"
        await self._run(f"create database {name} template {template}")
        return name

    async def _wipe(self, name: str) -> None:
        """Emptying a few rows takes a twentieth of the time that making a database takes."""
        engine = create_async_engine(self.address(name), poolclass=NullPool)
        async with engine.begin() as connection:
            await connection.execute(_SEND_AWAY)
            await connection.execute(_EMPTY)
        await engine.dispose()
