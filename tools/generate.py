"""``python -m tools.generate``: writes what follows from ``departments.toml``; ``--check`` compares it.

A generated part of a file lies between the lines ``# generated: <part>`` and ``# end: <part>``.
"""

import re
import sys
from collections.abc import Callable, Mapping
from pathlib import Path

from tools.departments import ENTRIES
from tools.gateway import container_files
from tools.root import ROOT

FILES = ("docker-compose.yml", "pyproject.toml")
_PART = re.compile(
    r"(?P<begin>^(?P<indent> *)# generated: (?P<name>[a-z-]+)\n).*?(?P<end>^ *# end: (?P=name)$)",
    re.MULTILINE | re.DOTALL,
)
_CONTAINER = """\
{name}:
  <<: *department
  command: [servicekit.run, {name}]
  environment:
    <<: *settings
    DATABASE_URL_FILE: /run/secrets/{name}-database-url
    BROKER_URL_FILE: /run/secrets/{name}-broker-url{environment}
  secrets: [{name}-database-url, {name}-broker-url, jwks.json, personal-data.key{secrets}]
"""
_SIGNS_TOKENS = """
    AUTH_PRIVATE_KEY: /run/secrets/signing-key.pem
    FIRST_ADMIN_LOGIN: admin
    FIRST_ADMIN_PASSWORD_FILE: /run/secrets/first-admin-password"""


def _container(name: str) -> str:
    """A department's service in Compose; staff alone holds the key that signs tokens."""
    signs = name == "staff"
    return _CONTAINER.format(
        name=name,
        environment=_SIGNS_TOKENS if signs else "",
        secrets=", signing-key.pem, first-admin-password" if signs else "",
    )


def _secret(name: str) -> str:
    return f'{name}: {{file: "${{SECRETS:?made by make up}}/{name}"}}\n'


PARTS: Mapping[str, Callable[[str], str]] = {
    "containers": lambda name: _container(name) + "\n",
    "database-urls": lambda name: f"{name.upper()}_DATABASE_URL_FILE: /run/secrets/{name}-database-url\n",
    "database-secrets": lambda name: f"- {name}-database-url\n",
    "healthy": lambda name: f"{name}: {{condition: service_healthy}}\n",
    "secrets": lambda name: _secret(f"{name}-database-url") + _secret(f"{name}-broker-url"),
    "packages": lambda name: f'"{name}",\n',
    "commands": lambda name: f'"{name}.commands",\n',
    "event-modules": lambda name: f'"contracts.events.{name}",\n',
}
"""The text of each part, for one department."""


def filled(text: str) -> str:
    """The text with every generated part as it should be. Raises ``KeyError`` for an unknown part."""

    def fill(part: re.Match[str]) -> str:
        lines = "".join(map(PARTS[part["name"]], ENTRIES)).rstrip("\n").splitlines()
        body = "".join(f"{part['indent']}{line}\n" if line else "\n" for line in lines)
        return part["begin"] + body + part["end"]

    return _PART.sub(fill, text)


def wanted() -> dict[Path, str]:
    """Every file that is generated, wholly or in part, with the text it should have."""
    files = {ROOT / name: filled((ROOT / name).read_text(encoding="utf-8")) for name in FILES}
    return {**files, **container_files()}


def main() -> int:
    """Write, or with ``--check`` compare; 1 if something is stale."""
    stale = [
        (path, text)
        for path, text in wanted().items()
        if not path.exists() or path.read_text(encoding="utf-8") != text
    ]
    for path, text in stale:
        if "--check" in sys.argv:
            print(f"{path.relative_to(ROOT)} is stale; run `make generate`", file=sys.stderr)
        else:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")
    return 1 if stale and "--check" in sys.argv else 0


if __name__ == "__main__":
    sys.exit(main())
