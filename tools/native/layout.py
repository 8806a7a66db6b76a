"""Where the shop lies on this machine: its folder, its ports, its departments."""

import hashlib
import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from tools.departments import ENTRIES, MOST
from tools.native.processes import NotStarted
from tools.root import ROOT

REPLICAS = range(1, 6)


@dataclass(frozen=True, slots=True)
class Layout:
    """Folder and ports of one running shop (journey 9); two shops with other ones do not meet."""

    folder: Path
    port_base: int = 18000

    @classmethod
    def of(cls, environment: Mapping[str, str]) -> "Layout":
        """The shop of this checkout; ``PORT_BASE`` and ``BAYLINE_DATA`` move it."""
        mark = hashlib.sha256(str(ROOT).encode()).hexdigest()[:10]
        folder = Path(environment.get("BAYLINE_DATA") or f"/var/tmp/bayline-{mark}")
        return cls(folder, int(environment.get("PORT_BASE") or 18000))

    def make(self) -> None:
        """Make the folder; it must be the caller's own, as everybody may write next to it."""
        self.folder.mkdir(parents=True, exist_ok=True)
        if self.folder.is_symlink() or self.folder.stat().st_uid != os.geteuid():
            raise NotStarted(f"{self.folder} belongs to somebody else; set BAYLINE_DATA to another folder")
        self.folder.chmod(0o755)  # the servers' own accounts must pass

    def port(self, department: str, replica: int = 1) -> int:
        """HTTP port of a department's process: +1 to +19, its replicas 2 to 5 at +101 to +179."""
        offset = ENTRIES[department].port
        if replica not in REPLICAS:
            raise ValueError(f"replicas are numbered {REPLICAS.start} to {REPLICAS.stop - 1}, not {replica}")
        return self.port_base + offset + (0 if replica == 1 else 100 + (replica - 2) * (MOST + 1))

    @property
    def gateway_port(self) -> int:
        """The only port that people use."""
        return self.port_base + 80

    @property
    def public_url(self) -> str:
        """Where people and front ends reach the shop."""
        return f"http://127.0.0.1:{self.gateway_port}"

    @property
    def clock_file(self) -> Path:
        """Offset of shop time in seconds, written by the demo and tests; absent means machine time."""
        return self.folder / "clock"

    def log_file(self, name: str) -> Path:
        """Log of a department's process or a server."""
        return self.folder / "log" / f"{name}.log"

    def pid_file(self, name: str) -> Path:
        """Pid file of a department's process or a server."""
        return self.folder / "run" / f"{name}.pid"
