"""``python -m deploy.reconcile``: do all departments of a running shop agree?

Reads each database by its read-only login, whose address is in ``<DEPARTMENT>_DATABASE_URL``, or in the file
that ``<DEPARTMENT>_DATABASE_URL_FILE`` names. On the machine of ``make up`` use ``make reconcile``.
"""

import os
import sys
from collections.abc import Mapping
from pathlib import Path

from deploy.reconcile.report import report

_SUFFIX = "_DATABASE_URL"


def urls_of(environment: Mapping[str, str]) -> dict[str, str]:
    """The addresses by department."""
    found = {}
    for name, value in environment.items():
        if name.endswith(_SUFFIX):
            found[name.removesuffix(_SUFFIX).lower()] = value
        elif name.endswith(f"{_SUFFIX}_FILE"):
            department = name.removesuffix(f"{_SUFFIX}_FILE").lower()
            found[department] = Path(value).read_text(encoding="utf-8").strip()
    return found


if __name__ == "__main__":
    given = urls_of(os.environ)
    if not given:
        sys.exit("set <DEPARTMENT>_DATABASE_URL for every department, e.g. PARTS_DATABASE_URL")
    sys.exit(report(given))
