"""Routes of signing in and out, and of oneself."""

from typing import Annotated, Any
from uuid import UUID

from fastapi import Response
from fastapi.responses import JSONResponse
from pydantic import Field

from servicekit import Refusal
from servicekit.http import Body, TxDep, View, Who, may, problems, refused
from servicekit.http import router as chassis_router
from staff import commands, credentials, queries
from staff.api.views import EmployeeView, MachineNow, Name, Password
from staff.domain import AccountLocked, WeakPassword, WrongCredentials
from staff.settings import Settings

router = chassis_router(tags=["sign-in"])


class LogIn(Body):
    """Login and password."""

    login: Name
    password: Password


class Refresh(Body):
    """The refresh token of the last sign-in or refresh."""

    refresh_token: str = Field(min_length=20, max_length=200)


class SignedInView(View):
    """Tokens, and who they are for."""

    access_token: str
    token_type: str = "Bearer"
    expires_in: int = Field(description="seconds")
    refresh_token: str = Field(description="good for one refresh")
    employee_id: UUID
    display_name: str
    permissions: list[str]


class ChangePassword(Body):
    """One's own password."""

    old: Password
    new: Password


@router.post("/sessions", response_model=SignedInView, responses=problems(WrongCredentials, AccountLocked))
async def log_in(body: LogIn, tx: TxDep, now: MachineNow) -> Response:
    """Sign in: an access token of some minutes, and a refresh token."""
    return _answer(await commands.log_in(tx, login=body.login, password=body.password, at=now))


@router.post(
    "/sessions/refresh", response_model=SignedInView, responses=problems(WrongCredentials, AccountLocked)
)
async def refresh(body: Refresh, tx: TxDep, now: MachineNow) -> Response:
    """New tokens; the old refresh token is used up. One that comes twice ends the whole sign-in."""
    return _answer(await commands.refresh(tx, token=body.refresh_token, at=now))


def _answer(signed_in: commands.SignedIn | Refusal) -> Response:
    if isinstance(signed_in, Refusal):
        return refused(signed_in)  # returned, not raised: what was counted or revoked must be committed
    # Tokens are never kept with an idempotency key.
    return JSONResponse(
        SignedInView.of(signed_in).model_dump(mode="json"), headers={"Cache-Control": "no-store"}
    )


@router.post("/sessions/end", status_code=204)
async def log_out(body: Refresh, tx: TxDep, now: MachineNow) -> None:
    """Sign out."""
    await commands.log_out(tx, token=body.refresh_token, at=now)


@router.get("/jwks")
async def show_jwks(tx: TxDep, response: Response) -> dict[str, Any]:
    """The public keys of the tokens."""
    settings = tx.settings
    assert isinstance(settings, Settings)
    response.headers["Cache-Control"] = "public, max-age=300"
    return credentials.jwks_document(settings.auth_private_key, settings.auth_jwks)


@router.get("/me")
async def show_me(tx: TxDep, who: Annotated[Who, may()]) -> EmployeeView:
    """The signed-in employee."""
    return EmployeeView.with_account(*await queries.employee(tx, who.employee_id))


@router.put(
    "/me/password", status_code=204, responses=problems(WrongCredentials, AccountLocked, WeakPassword)
)
async def change_password(
    body: ChangePassword, tx: TxDep, now: MachineNow, who: Annotated[Who, may()]
) -> Response:
    """One's own password; all sign-ins end."""
    refusal = await commands.change_password(
        tx, employee_id=who.employee_id, old=body.old, new=body.new, at=now
    )
    return refused(refusal) if refusal else Response(status_code=204)
