"""Runs one command from a terminal: through the running window, or here when there is none."""

from __future__ import annotations

import asyncio
import sys
from typing import TYPE_CHECKING

from puffling.app.assembly import build
from puffling.app.outside import Alpaca
from puffling.commands import outside
from puffling.commands.remote import Remote
from puffling.commands.terminal import TerminalGate, run_here
from puffling.core.bus import EventBus
from puffling.core.clock import SystemClock
from puffling.core.errors import ProfileInUseError
from puffling.core.secrets import Secrets
from puffling.store.opening import open_storage
from puffling.store.requests import RequestStore

if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Any

    from puffling.commands.registry import Command
    from puffling.core.paths import Paths


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
        return await run_here(app.use(context.desk, gate, actor="terminal"), command, values)
    finally:
        await app.stop()


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
