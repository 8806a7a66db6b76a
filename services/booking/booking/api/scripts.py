"""Routes of the scripts that are read on calls (BOOK-35)."""

from typing import Annotated

from fastapi import Path
from pydantic import Field

from booking.api.services import MenuKeeper, Named, Reader
from booking.commands import shop as commands
from booking.domain.calls import CallType
from booking.queries import menu as queries
from booking.queries.views import ScriptView
from servicekit import NotFound, Stale
from servicekit.http import Body, TxDep, problems
from servicekit.http import router as make_router

router = make_router(tags=["shop"])


class WriteScript(Body):
    """The text of a type of call."""

    text: Named = Field(description="text in both languages; `{slot}` stands for the slot")


@router.get("/scripts")
async def list_scripts(tx: TxDep, who: Reader) -> list[ScriptView]:
    """The text of each type of call (BOOK-35)."""
    return await queries.scripts(tx)


@router.put("/scripts/{call_type}", responses=problems(NotFound, Stale))
async def write_script(
    call_type: Annotated[CallType, Path(description="what the script is for")],
    body: WriteScript,
    tx: TxDep,
    who: MenuKeeper,
) -> ScriptView:
    """Change the text of a type of call."""
    script = await commands.write_script(tx, call_type=call_type, text=body.text.title())
    await tx.session.flush()
    return ScriptView.of(script)
