"""The verbs of running the shop, behind ``make up``, ``down``, ``status`` and ``logs``."""

import os
import subprocess
import sys
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table

from deploy import compose
from deploy.native import shop
from deploy.native.keys import FIRST_ADMIN
from deploy.native.layout import DEPARTMENTS
from deploy.native.packages import install_missing
from deploy.native.processes import NotStarted

app = typer.Typer(add_completion=False, no_args_is_help=True, help=__doc__)
screen = Console(highlight=False)
COLOURS = {
    "running": "green",
    "stopped": "dim",
    "degraded": "yellow",
    "not ready": "yellow",
    "dead": "bold red",
}

Name = Annotated[str, typer.Argument(help="a department, `rabbitmq` or `postgresql`")]
Replica = Annotated[int, typer.Option(help="which of its processes, 1 to 5")]
Kill = Annotated[bool, typer.Option("--kill", help="at once, as a crash would")]


@app.command()
def servers() -> None:
    """Install the servers that are missing on this machine, without starting them."""
    install_missing()


@app.command()
def up(departments: Annotated[list[str] | None, typer.Argument(help="default: all")] = None) -> None:
    """Bring up what is not up: containers if MODE and the machine allow it, else plain processes."""
    mode = compose.mode(os.environ.get("MODE") or "auto", say=screen.print)
    if mode == "compose":
        compose.up(shop)
    else:
        shop.up(departments or DEPARTMENTS, say=screen.print)
    screen.print(f"\nThe shop is open: [bold]{shop.layout.public_url}[/bold] ({mode})")
    screen.print(f"First sign-in: {FIRST_ADMIN}, password in {shop.keys.first_password}", soft_wrap=True)


@app.command()
def down() -> None:
    """End everything `up` started, and nothing else; the data stays."""
    if compose.is_up(shop):
        compose.down(shop)
    shop.down()


@app.command()
def status() -> None:
    """Every part and how it is; exit code 1 if one is dead or unwell."""
    if compose.is_up(shop):
        raise typer.Exit(compose.status(shop))
    table = Table(box=None, pad_edge=False)
    for heading in ("part", "state", "port", "pid", "MB"):
        table.add_column(heading)
    standings = shop.status()
    for part in standings:
        state = f"[{COLOURS[part.state]}]{part.state}[/]"
        table.add_row(part.name, state, str(part.port), str(part.pid or ""), str(part.megabytes or ""))
    screen.print(table)
    raise typer.Exit(0 if all(part.well for part in standings) else 1)


@app.command()
def logs(
    name: Annotated[str | None, typer.Argument(help="one part; default: all")] = None,
    follow: Annotated[bool, typer.Option("--follow", "-f", help="go on as it grows")] = False,
    lines: Annotated[int, typer.Option("--lines", "-n", help="how many of the last lines")] = 40,
) -> None:
    """The last lines of the logs."""
    if compose.is_up(shop):
        raise typer.Exit(compose.logs(shop, name, follow, lines))
    files = shop.logs()
    if name is not None and name not in files:
        screen.print(f"there is no log of {name}; there are: {', '.join(sorted(files))}")
        raise typer.Exit(1)
    chosen = [path for part, path in files.items() if name in (None, part) and os.path.exists(path)]
    if chosen:
        subprocess.run(["tail", f"-n{lines}", *(["-F"] if follow else []), *chosen], check=False)


@app.command()
def start(name: Name, replica: Replica = 1) -> None:
    """Start one part of a shop that is up natively; also a further replica of a department."""
    if name == "rabbitmq":
        shop.start_broker()
    elif name == "postgresql":
        shop.start_database()
    else:
        shop.start_service(_department(name), replica)


@app.command()
def stop(name: Name, replica: Replica = 1, kill: Kill = False) -> None:
    """Stop one part of a shop that is up natively."""
    if name == "rabbitmq":
        shop.stop_broker(kill=kill)
    elif name == "postgresql":
        shop.stop_database(kill=kill)
    else:
        shop.stop_service(_department(name), replica, kill=kill)


@app.command()
def erase(yes: Annotated[bool, typer.Option("--yes", help="do not ask")] = False) -> None:
    """Take the shop down and delete its data, passwords and keys."""
    if not yes:
        typer.confirm(f"Delete everything in {shop.layout.folder}?", abort=True)
    if compose.is_up(shop):
        compose.down(shop, volumes=True)
    shop.erase()


def _department(name: str) -> str:
    if name not in DEPARTMENTS:
        raise typer.BadParameter(f"departments are {', '.join(DEPARTMENTS)}")
    return name


if __name__ == "__main__":
    try:
        app()
    except NotStarted as failure:
        screen.print(f"[bold red]not started:[/] {failure}", soft_wrap=True, markup=True)
        sys.exit(1)
