"""The interactive documentation, with every asset served by the service itself."""

from importlib.util import find_spec
from pathlib import Path

from fastapi import FastAPI
from fastapi.openapi.docs import get_swagger_ui_html
from starlette.responses import HTMLResponse
from starlette.staticfiles import StaticFiles

_PARAMETERS = {
    "persistAuthorization": True,
    "displayRequestDuration": True,
    "docExpansion": "none",
    "filter": True,
    "tryItOutEnabled": True,
    "validatorUrl": None,  # the default would send our document to a public server
}


def _assets() -> Path:
    # fastapi-offline is installed for the Swagger UI files it brings; its code is not used.
    spec = find_spec("fastapi_offline")
    assert spec is not None
    assert spec.origin is not None
    return Path(spec.origin).parent / "static"


def mount_docs(app: FastAPI, prefix: str) -> None:
    """Swagger UI at ``<prefix>/docs``."""
    assets = f"{prefix}/docs/assets"
    app.mount(assets, StaticFiles(directory=_assets()), name="docs-assets")

    async def docs() -> HTMLResponse:
        return get_swagger_ui_html(
            openapi_url=f"{prefix}/openapi.json",
            title=app.title,
            swagger_js_url=f"{assets}/swagger-ui-bundle.js",
            swagger_css_url=f"{assets}/swagger-ui.css",
            swagger_favicon_url=f"{assets}/favicon.png",
            swagger_ui_parameters=_PARAMETERS,
        )

    app.add_api_route(f"{prefix}/docs", docs, include_in_schema=False, response_class=HTMLResponse)
