"""A department's web application: its own routes and what every department has."""

from typing import Any

from fastapi import FastAPI

from servicekit.http import changes, health, house_rules, operations
from servicekit.http.auth import Gate
from servicekit.http.body_limit import BodyLimit
from servicekit.http.changes import Changes
from servicekit.http.docs import mount_docs
from servicekit.http.keys import SigningKeys
from servicekit.http.observed import Observed
from servicekit.http.openapi import document, operation_id, refuse_duplicates
from servicekit.http.ports import Runtime
from servicekit.http.problems import answer_errors
from servicekit.http.route import PublicRouter

_ABOUT = """\
Sign in at the staff department and give the access token with **Authorize**.

Errors are RFC 9457 problem documents: `code` is stable, `state` and `allowed` say what can be done instead,
`waiting_for` names the stream whose event is still missing. Amounts are decimal strings,
instants UTC with `Z`. Changing requests take `Idempotency-Key` and `If-Match`; `ETag` is the version of what
was answered.
"""


def make_app(runtime: Runtime) -> FastAPI:
    """The application of ``runtime.service``, everything under ``/api/<service>`` but customers' links
    (``/l/…``), health and metrics. Does no I/O. Raises ``ValueError`` when two route functions have one name.

    ``app.state.changes.close()`` ends the live streams; call it before waiting for connections to close.
    """
    service = runtime.service
    prefix = f"/api/{service.name}"
    app = FastAPI(
        title=f"Bayline · {service.title or service.name}",
        description=_ABOUT,
        version="1",
        docs_url=None,
        redoc_url=None,
        openapi_url=f"{prefix}/openapi.json",
        redirect_slashes=False,
        generate_unique_id_function=operation_id,
    )
    app.state.runtime = runtime
    app.state.gate = Gate(SigningKeys(runtime.settings.auth_jwks))
    app.state.changes = Changes(runtime.engine)
    answer_errors(app)
    for router in service.routers:
        app.include_router(router, prefix="" if isinstance(router, PublicRouter) else prefix)
    for given in (changes.router, house_rules.router, operations.router):
        app.include_router(given, prefix=prefix)
    app.include_router(health.router)
    mount_docs(app, prefix)
    app.add_middleware(BodyLimit)
    app.add_middleware(Observed, registry=runtime.metrics_registry)
    refuse_duplicates(app)
    _document_by(app)
    return app


def _document_by(app: FastAPI) -> None:
    def openapi() -> dict[str, Any]:
        return document(app)

    app.openapi = openapi  # type: ignore[method-assign]
