"""One process of one department: ``python -m servicekit.run workshop``."""

import gc
import socket
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from importlib import import_module

import uvicorn
from fastapi import FastAPI

from servicekit import observe
from servicekit.clock import ShopClock
from servicekit.http.app import make_app
from servicekit.messaging.rabbit import RabbitBroker
from servicekit.messaging.topology import MISMATCH
from servicekit.runtime import Runtime
from servicekit.service import Service


def load(name: str) -> Service:
    """The department's declaration, from its ``main.py``."""
    service = import_module(f"{name}.main").service
    if not isinstance(service, Service):
        raise TypeError(f"{name}.main.service is not a Service")
    return service


def make_runtime(service: Service) -> Runtime:
    """A runtime on the environment's settings, RabbitMQ and the shop's clock."""
    settings = service.settings()
    observe.start(service.name, settings)
    name = f"{service.name}-{settings.replica}"
    broker = RabbitBroker(settings.broker_url, service=service.name, name=name)
    runtime = Runtime(service, settings, broker, ShopClock(settings.shop_clock_file))
    runtime.metrics_registry.register(MISMATCH)  # of RabbitMQ, which a runtime knows nothing of
    return runtime


def app_of(runtime: Runtime) -> FastAPI:
    """The HTTP side, which starts and drains the runtime with the process."""

    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[None]:
        await runtime.start()
        # What is loaded now stays: the collector need not look through it again and again.
        gc.collect()
        gc.freeze()
        gc.set_threshold(20_000, 20, 20)
        yield
        await runtime.stop()
        observe.stop()

    app = make_app(runtime)
    app.router.lifespan_context = lifespan
    return app


class _Server(uvicorn.Server):
    """Ends the live streams first: connections that never close would hold up the drain."""

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        app = self.config.app
        if isinstance(app, FastAPI):
            app.state.runtime.draining = True
            app.state.changes.close()
        await super().shutdown(sockets)


def serve(service: Service) -> None:
    """Serve until the process is ended (SIGTERM: drain, finish, acknowledge, close)."""
    runtime = make_runtime(service)
    settings = runtime.settings
    app = app_of(runtime)
    server = _Server(
        uvicorn.Config(
            app,
            host=settings.host,
            port=settings.port,
            log_config=None,
            access_log=False,
            loop="uvloop",
            timeout_graceful_shutdown=8,
            server_header=False,
        )
    )
    server.run()


if __name__ == "__main__":
    serve(load(sys.argv[1]))
