"""Runs one command from a terminal: through the running window, or here when there is none."""

from __future__ import annotations

import asyncio
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from puffling.app.assembly import build
from puffling.app.outside import Alpaca
from puffling.commands import outside
from puffling.commands.remote import Remote
from puffling.commands.terminal import NoDesk, TerminalGate, run_here
from puffling.core.bus import EventBus
from puffling.core.clock import SystemClock
from puffling.core.errors import ProfileInUseError
from puffling.core.secrets import Secrets
from puffling.store.opening import open_storage
from puffling.store.requests import RequestStore

if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Any

    from puffling.commands.arranging import LayoutMoves
    from puffling.commands.registry import Command
    from puffling.core.paths import Paths
    from puffling.store.layouts import LayoutStore


async def run_command(
    paths: Paths,
    command: Command[..., Any],
    values: Mapping[str, object],
    *,
    always_yes: bool = False,
) -> object:
    """Run one command from a terminal: through the running window, or here when there is none.

    Raises:
        PufflingError: The command refuses, or needs a window.
    """
    values = _from_here(command, values)
    try:
        app = build(paths, actor="terminal")
    except ProfileInUseError:
        storage = open_storage(paths, SystemClock())
        try:
            remote = Remote(
                RequestStore(storage.user), SystemClock(), ask_here, always_yes=always_yes
            )
            return await remote.run(command.id, values)
        finally:
            storage.close()
    try:
        await app.start()
        context = app.context
        gate = TerminalGate(
            ask_here, context.clock, context.market.mode.value, always_yes=always_yes
        )
        desk = NoDesk()
        if command.id.startswith("layout."):
            desk.layout_moves = _stored(context.layouts)
        return await run_here(app.use(desk, gate, actor="terminal"), command, values)
    finally:
        await app.stop()


def _from_here(command: Command[..., Any], values: Mapping[str, object]) -> dict[str, object]:
    """Return `values` with whole paths: the window that takes them up is in another folder."""
    fields = command.params.model_fields
    return {
        name: str(Path(value).expanduser().absolute())
        if name in fields and fields[name].annotation is Path and isinstance(value, str)
        else value
        for name, value in values.items()
    }


def _stored(layouts: LayoutStore) -> LayoutMoves:
    """Return the layouts of the profile; the rules by which they are read are the window's."""
    from puffling.ui.shell.layout_exchange import LayoutExchange

    return LayoutExchange(layouts)


def halt(paths: Paths, *, reason: str) -> str:
    """Throw the kill switch, even when the window hangs; return what came of it."""
    clock = SystemClock()
    return outside.halt(paths, Alpaca(EventBus(), clock), Secrets(), reason=reason)


async def ask_here(question: str) -> bool:
    """Ask the person at this terminal; whether the answer is yes. No terminal means no."""
    if not sys.stdin.isatty():
        return False
    answer = await asyncio.to_thread(input, question)
    return answer.strip().casefold() in {"y", "yes"}
