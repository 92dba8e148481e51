"""The command that gathers what somebody who helps needs to know, without secrets."""

from __future__ import annotations

import asyncio
import json
from functools import partial
from importlib.metadata import distributions
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

from pydantic import Field

from puffling import __version__
from puffling.commands import doctor
from puffling.commands.context import Context
from puffling.commands.registry import Effect, Menu, command
from puffling.core import formats
from puffling.core.events import Level, NoticePosted
from puffling.core.log import tail
from puffling.services import updates
from puffling.services.diagnostics import plain_settings, scrubbed, without_orders, write_zip
from puffling.services.updates import Update
from puffling.store.backups import stamp
from puffling.store.diagnostics import database_facts
from puffling.work.requests import plain

if TYPE_CHECKING:
    from collections.abc import Callable

    from puffling.work.jobs import Progress

LOGS = ("puffling.log", "terminal.log", "faults.txt")
File = Annotated[
    Path | None,
    Field(title="File", description="A .zip to write; empty for one in the folder of logs."),
]
Orders = Annotated[
    bool,
    Field(title="With orders", description="Also what was ordered, and all the log says of it."),
]


@command(
    "diagnostics.export",
    "Export diagnostics…",
    menu=Menu.HELP,
    effect=Effect.CHANGE,
    words="support report problem bug log zip",
)
async def export(context: Context, path: File = None, *, orders: Orders = False) -> dict[str, Any]:
    """Write what helps to find a fault into one .zip: nothing is sent anywhere.

    It has the end of the log, the doctor's findings, settings, versions, the state of database and
    connections, and where the window stood still. Keys are never in it; orders only if asked for.
    """
    target = context.paths.logs / f"diagnostics-{stamp(context.clock.now())}.zip"
    if path is not None:
        target = path.expanduser()
    listed = "\n".join(json.dumps(plain(each)) for each in context.orders.all()) if orders else ""
    said = _connections(context)

    def work(progress: Progress) -> list[str]:
        parts = _parts(context, progress, orders=orders)
        parts["connections.txt"] = said
        if orders:
            parts["orders.jsonl"] = listed
        clean = {name: scrubbed(text, context.paths) for name, text in parts.items()}
        write_zip(target, clean)
        return sorted(clean)

    names = await context.jobs.run("Export diagnostics", work, panel="activity")
    context.bus.publish(
        NoticePosted(Level.SUCCESS, "Diagnostics saved", str(target), panel="activity")
    )
    return {"file": str(target), "parts": names}


def _parts(context: Context, progress: Progress, *, orders: bool) -> dict[str, str]:
    makers: dict[str, Callable[[], str]] = {
        "doctor.txt": lambda: doctor.report(doctor.findings_here(context.paths)),
        "versions.txt": _versions,
        "settings.json": lambda: json.dumps(
            plain_settings(context.settings.current.model_dump(mode="json")), indent=2
        ),
        "database.txt": lambda: database_facts(context.storage),
        "stalls.txt": lambda: _stalls(context),
        "flight.json": lambda: json.dumps(context.watchdog.flight.told(), indent=1),
    }
    for name in LOGS:
        makers[name] = partial(_log, context.paths.logs / name, orders=orders)
    parts = {}
    for number, (name, make) in enumerate(makers.items()):
        progress(number / len(makers), name)
        parts[name] = make()
    return parts


def _log(path: Path, *, orders: bool) -> str:
    lines = tail(path)
    return "\n".join(lines if orders else without_orders(lines))


def _versions() -> str:
    found = {f"{each.metadata['Name']} {each.version}" for each in distributions()}
    return "\n".join([f"Puffling {__version__}", "", *sorted(found, key=str.casefold)])


def _stalls(context: Context) -> str:
    told = [
        f"{formats.duration(each.seconds)}, here:\n{each.stack}" for each in context.watchdog.stalls
    ]
    return "\n".join(told) or "The window has not stood still in this run."


def _connections(context: Context) -> str:
    """Return what connections said last; whether there are keys is nobody's business."""
    connections = context.connections
    lines = [f"mode {context.market.mode.value}"]
    for name, said in connections.said.items():
        failed = connections.failures.get(name)
        lines.append(f"{name}: {said.provider}, {said.state.value}. {said.text}".rstrip())
        if failed is not None:
            lines.append(f"  last failure {formats.moment(failed.at)}: {failed.text}")
    for name, each in connections.readings().items():
        lines.append(
            f"{name}: {each.asked:,} asked, {each.failed:,} failed, "
            f"last {_seconds(each.last)}, median {_seconds(each.median)}, "
            f"pause {each.pause:.0f} s. {each.error}".rstrip()
        )
    return "\n".join(lines)


def _seconds(value: float | None) -> str:
    return formats.UNKNOWN if value is None else f"{value:.3f} s"


@command(
    "desk.updates",
    "Look for a new version",
    menu=Menu.HELP,
    effect=Effect.LOOK,
    words="update upgrade release",
)
async def look_for_updates(context: Context) -> Update | dict[str, str]:
    """Ask the address in the settings whether there is a newer Puffling; nothing is installed.

    It is asked only now: Puffling never looks by itself.
    """
    address = context.settings.current.general.updates_address
    if not address:
        return {
            "version": __version__,
            "asked": "Nobody: no address for new versions is set (settings, General).",
        }
    return await asyncio.to_thread(updates.look, address, __version__)


COMMANDS = (export, look_for_updates)
