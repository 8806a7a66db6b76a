"""The files of visits: put on them what other departments report."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy.orm import InstrumentedAttribute

from crm.domain import VisitFile
from crm.repository import OfVisit
from servicekit import Tx
from servicekit.copies import keep

Columns = Mapping[InstrumentedAttribute[Any], Any]


async def note_on_file(tx: Tx, event: OfVisit, facts: Columns, *, initial: Columns | None = None) -> None:
    """Put facts on the visit's file without reading it; whichever event comes first begins the file.

    ``initial`` are columns of a file that begins now, see ``servicekit.copies.keep``."""
    begin: Columns = {VisitFile.request_id: event.request_id, VisitFile.opened_at: tx.now, **(initial or {})}
    await keep(tx, VisitFile, {VisitFile.visit_id: event.visit_id}, facts, initial=begin)
