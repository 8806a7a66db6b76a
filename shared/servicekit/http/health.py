"""Is it alive, is it ready, how much does it do: for the machinery around a service."""

from typing import Any

from fastapi import APIRouter, Request
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest
from starlette.responses import JSONResponse, Response

from servicekit.errors import is_outage
from servicekit.http.ports import Runtime
from servicekit.observe import logger

router = APIRouter(include_in_schema=False)
_log = logger("servicekit.http")


@router.get("/health/live")
async def live() -> dict[str, str]:
    """The event loop turns."""
    return {"status": "alive"}


@router.get("/health/ready")
async def ready(request: Request) -> JSONResponse:
    """503 without the database, at the wrong revision, or when stopping; without the broker only `degraded`,
    because commands still succeed and their events wait."""
    runtime: Runtime = request.app.state.runtime
    try:
        checks = await runtime.ready()
    except Exception as failure:
        if not is_outage(failure):
            _log.exception("readiness failed")
        checks = {"database": False}
    status = _status(checks)
    return JSONResponse({"status": status, **checks}, 503 if status == "unready" else 200)


def _status(checks: dict[str, Any]) -> str:
    must = (checks["database"], checks.get("started", True), checks.get("migrations", True))
    if not all(must) or checks.get("draining"):
        return "unready"
    return "ready" if checks.get("broker") else "degraded"


@router.get("/metrics")
async def metrics(request: Request) -> Response:
    """Prometheus text."""
    runtime: Runtime = request.app.state.runtime
    return Response(generate_latest(runtime.metrics_registry), media_type=CONTENT_TYPE_LATEST)
