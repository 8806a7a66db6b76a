"""Routes of signing in and out, and of oneself."""

from datetime import datetime
from typing import Annotated, Any

from fastapi import Depends, Request, Response
from fastapi.responses import JSONResponse
from pydantic import Field

from servicekit import Refusal
from servicekit.http import Body, TxDep, Who, may, problems, refused, router
from staff.adapters import tokens
from staff.commands import accounts, sessions
from staff.domain.account import AccountLocked, WeakPassword, WrongCredentials
from staff.queries.employees import employee_of
from staff.queries.views import EmployeeView, SignedInView
from staff.settings import Settings

routes = router(tags=["sign-in"])


async def _machine_now(request: Request) -> datetime:
    """Tokens, locks and sign-ins live by machine time, never by shop time."""
    now: datetime = request.app.state.runtime.clock.machine_now()
    return now


MachineNow = Annotated[datetime, Depends(_machine_now)]
Name = Annotated[str, Field(min_length=1, max_length=100)]
Password = Annotated[str, Field(min_length=1, max_length=200)]


class LogIn(Body):
    """Login and password."""

    login: Name = Field(description="case does not matter")
    password: Password = Field(description="the password")


class Refresh(Body):
    """The refresh token of the last sign-in or refresh."""

    refresh_token: str = Field(min_length=20, max_length=200, description="as it was given, good for once")


class ChangePassword(Body):
    """One's own password."""

    old: Password = Field(description="the password so far")
    new: Password = Field(description="the password from now on")


@routes.post("/sessions", response_model=SignedInView, responses=problems(WrongCredentials, AccountLocked))
async def log_in(body: LogIn, tx: TxDep, now: MachineNow) -> Response:
    """Sign in: an access token of some minutes, and a refresh token."""
    return _answer(await sessions.log_in(tx, login=body.login, password=body.password, machine_now=now))


@routes.post(
    "/sessions/refresh", response_model=SignedInView, responses=problems(WrongCredentials, AccountLocked)
)
async def refresh(body: Refresh, tx: TxDep, now: MachineNow) -> Response:
    """New tokens; the old refresh token is used up. One that comes twice ends the whole sign-in."""
    return _answer(await sessions.refresh(tx, token=body.refresh_token, machine_now=now))


def _answer(signed_in: sessions.SignedIn | Refusal) -> Response:
    if isinstance(signed_in, Refusal):
        return refused(signed_in)  # returned, not raised: what was counted or revoked must be committed
    # Tokens are never kept with an idempotency key.
    return JSONResponse(
        SignedInView.of(signed_in).model_dump(mode="json"), headers={"Cache-Control": "no-store"}
    )


@routes.post("/sessions/end", status_code=204)
async def log_out(body: Refresh, tx: TxDep, now: MachineNow) -> None:
    """Sign out."""
    await sessions.log_out(tx, token=body.refresh_token, machine_now=now)


@routes.get("/jwks")
async def show_jwks(tx: TxDep, response: Response) -> dict[str, Any]:
    """The public keys of the tokens."""
    settings = tx.settings
    assert isinstance(settings, Settings)
    response.headers["Cache-Control"] = "public, max-age=300"
    return tokens.jwks_document(settings.auth_private_key, settings.auth_jwks)


@routes.get("/me")
async def show_me(tx: TxDep, who: Annotated[Who, may()]) -> EmployeeView:
    """The signed-in employee."""
    return EmployeeView.with_account(*await employee_of(tx, who.employee_id))


@routes.put(
    "/me/password", status_code=204, responses=problems(WrongCredentials, AccountLocked, WeakPassword)
)
async def change_password(
    body: ChangePassword, tx: TxDep, now: MachineNow, who: Annotated[Who, may()]
) -> Response:
    """One's own password; all sign-ins end."""
    refusal = await accounts.change_password(
        tx, employee_id=who.employee_id, old=body.old, new=body.new, machine_now=now
    )
    return refused(refusal) if refusal else Response(status_code=204)
