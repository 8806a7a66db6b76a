"""The verbs of running the shop, behind ``make up``, ``down``, ``status`` and ``logs``."""

import os
import subprocess
import sys
from typing import Annotated

import typer
from deploy.reconcile.report import report
from rich.console import Console
from rich.table import Table

from tools.containers import engine
from tools.containers import images as image_sets
from tools.containers.shop import ComposeShop, shop_of
from tools.departments import DEPARTMENTS
from tools.native import shop
from tools.native.keys import FIRST_ADMIN
from tools.native.packages import install
from tools.native.processes import NotStarted
from tools.shop import AnyShop

app = typer.Typer(add_completion=False, no_args_is_help=True, help=__doc__)
screen = Console(highlight=False)
containers = ComposeShop(shop.layout)
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
    install()


@app.command()
def up(departments: Annotated[list[str] | None, typer.Argument(help="default: all")] = None) -> None:
    """Bring up what is not up: containers if MODE and the machine allow it, else plain processes."""
    wanted = shop_of(shop.layout, os.environ.get("MODE") or "auto", say=screen.print)
    if isinstance(wanted, ComposeShop):
        wanted.up(say=screen.print)
        kind = "containers"
    else:
        wanted.up(departments or DEPARTMENTS, say=screen.print)
        kind = "processes"
    screen.print(f"\nThe shop is open: [bold]{wanted.public_url}[/bold] ({kind})")
    screen.print(f"First sign-in: {FIRST_ADMIN}, password in {shop.keys.first_password}", soft_wrap=True)


@app.command()
def down() -> None:
    """End everything `up` started, and nothing else; the data stays."""
    if containers.opened:
        containers.down()
    shop.down()


@app.command()
def status() -> None:
    """Every part and how it is; exit code 1 if one is dead or unwell."""
    table = Table(box=None, pad_edge=False)
    for heading in ("part", "state", "port", "pid", "MB"):
        table.add_column(heading)
    standings = (containers if containers.opened else shop).status()
    for part in standings:
        state = f"[{COLOURS[part.state]}]{part.state}[/]"
        table.add_row(part.name, state, *(str(told or "") for told in (part.port, part.pid, part.megabytes)))
    screen.print(table)
    raise typer.Exit(0 if all(part.well for part in standings) else 1)


@app.command()
def logs(
    name: Annotated[str | None, typer.Argument(help="one part; default: all")] = None,
    follow: Annotated[bool, typer.Option("--follow", "-f", help="go on as it grows")] = False,
    lines: Annotated[int, typer.Option("--lines", "-n", help="how many of the last lines")] = 40,
) -> None:
    """The last lines of the logs."""
    if containers.opened:
        raise typer.Exit(containers.logs(name, follow=follow, lines=lines))
    files = shop.logs()
    if name is not None and name not in files:
        screen.print(f"there is no log of {name}; there are: {', '.join(sorted(files))}")
        raise typer.Exit(1)
    chosen = [path for part, path in files.items() if name in (None, part) and os.path.exists(path)]
    if chosen:
        subprocess.run(["tail", f"-n{lines}", *(["-F"] if follow else []), *chosen], check=False)


@app.command()
def start(name: Name, replica: Replica = 1) -> None:
    """Start one part of a shop that is up; also a further replica of a department."""
    if name == "rabbitmq":
        _opened().start_broker()
    elif name == "postgresql":
        _opened().start_database()
    else:
        _opened().start_service(_department(name), replica)


@app.command()
def stop(name: Name, replica: Replica = 1, kill: Kill = False) -> None:
    """Stop one part of a shop that is up."""
    if name == "rabbitmq":
        _opened().stop_broker(kill=kill)
    elif name == "postgresql":
        _opened().stop_database(kill=kill)
    else:
        _opened().stop_service(_department(name), replica, kill=kill)


@app.command()
def reconcile() -> None:
    """Do all departments agree? Q1 to Q10 on the running shop; exit code 1 if something differs."""
    urls = {name: _opened().reading_url(name) for name in DEPARTMENTS}
    raise typer.Exit(report(urls, show=lambda line: screen.print(line, soft_wrap=True, markup=False)))


@app.command()
def erase(yes: Annotated[bool, typer.Option("--yes", help="do not ask")] = False) -> None:
    """Take the shop down and delete its data, passwords and keys; asks on a terminal, fails without one."""
    if not yes:
        if not sys.stdin.isatty():
            screen.print("make erase asks before it deletes, and here is nobody to ask: make erase YES=1")
            raise typer.Exit(1)
        typer.confirm(f"Delete everything in {shop.layout.folder}?", abort=True)
    if containers.opened:
        containers.down(volumes=True)
    shop.erase()


@app.command()
def images(
    airgapped: Annotated[bool, typer.Option("--airgapped", help="all from distribution packages")] = False,
    fresh: Annotated[bool, typer.Option("--fresh", help="with the newest packages")] = False,
) -> None:
    """Make the images that containers need."""
    if airgapped:
        image_sets.make_airgapped(screen.print, fresh=fresh)
    else:
        image_sets.make_official(screen.print)


@app.command(name="engine")
def own_engine(
    stop: Annotated[bool, typer.Option("--stop", help="end the one that this started")] = False,
) -> None:
    """A container engine of this checkout's own, where none answers."""
    if stop:
        engine.stop()
    else:
        engine.start(screen.print)
        screen.print(f"the engine answers at {engine.address()}")


def _opened() -> AnyShop:
    return containers if containers.opened else shop


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
