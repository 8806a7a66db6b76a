"""Databases for tests: a template per department, made once a run, and a copy of it per test."""

import itertools
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from sqlalchemy import make_url, text
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine
from sqlalchemy.orm import DeclarativeBase

from chassis.service import Service


class Databases:
    """One per test run, on a private server whose superuser address is ``server_url``."""

    def __init__(self, server_url: str) -> None:
        self._url = make_url(server_url).set(drivername="postgresql+asyncpg")
        self._admin: AsyncEngine = create_async_engine(self._url, isolation_level="AUTOCOMMIT", pool_size=1)
        self._templates: dict[type[DeclarativeBase], str] = {}
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
        # By its base: tests of the chassis have several departments of one name.
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
        """A fresh database of a department, gone afterwards; gives its URL."""
        template = await self._template(service)
        name = f"test_{service.name}_{next(self._numbers)}"
        await self._run(f"drop database if exists {name} with (force)")
        await self._run(f"create database {name} template {template}")
        try:
            yield self.address(name)
        finally:
            await self._run(f"drop database if exists {name} with (force)")
