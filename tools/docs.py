"""``python -m tools.docs``: writes what is generated in the documentation; ``--check`` compares it."""

import sys
from pathlib import Path

from tools import architecture, readme
from tools.root import ROOT


def wanted() -> dict[Path, str]:
    """Every file with generated parts, as it should be."""
    return {**architecture.wanted(), **readme.wanted()}


def main() -> int:
    """Write, or with ``--check`` compare; 1 if something is stale or a README lacks a part."""
    wrong = readme.incomplete()
    for path, text in wanted().items():
        if path.exists() and path.read_text(encoding="utf-8") == text:
            continue
        if "--check" in sys.argv:
            wrong.append(f"{path.relative_to(ROOT)} is stale; run `make generate`")
        else:
            path.write_text(text, encoding="utf-8")
    for line in wrong:
        print(line, file=sys.stderr)
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
