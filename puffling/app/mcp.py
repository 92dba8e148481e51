"""Serves the desk's tools to other programs: through the open window, or here without one."""

from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager, suppress
from typing import TYPE_CHECKING, cast

from puffling.agents.handles import Handles
from puffling.agents.mcp_desk import ACTOR, CALL, END, LARGEST, TOOLS, McpDesk, session_of
from puffling.agents.mcp_server import Offer, Said
from puffling.app.assembly import build
from puffling.commands.remote import Remote
from puffling.commands.terminal import NoDesk
from puffling.core.clock import SystemClock
from puffling.core.errors import ProfileInUseError, PufflingError
from puffling.store.opening import open_storage
from puffling.store.requests import RequestStore

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Sequence
    from typing import Any

    from puffling.app.running import App
    from puffling.core.paths import Paths

GOODBYE = 1.0  # seconds to say that a session ends
LONGEST_NAME = 200
LINGER = 2.0  # seconds that the profile is kept open after a call, in case another follows


class Connected:
    """Finds the desk anew for each call: the window may open and close meanwhile.

    Without a window the profile is opened here, and let go of soon, so that a window can open.
    """

    def __init__(self, paths: Paths) -> None:
        self._paths = paths
        self._sessions: dict[str, str] = {}
        self._handles = Handles()
        self._here: tuple[App, McpDesk] | None = None
        self._busy = 0
        self._through_window = False
        self._turn = asyncio.Lock()
        self._timer: asyncio.TimerHandle | None = None
        self._leaving: asyncio.Task[None] | None = None

    async def tools(self) -> Sequence[Offer]:
        """Return the tools that the desk lists.

        Raises:
            PufflingError: They cannot be had; the sentence says why.
        """
        async with self._desk() as desk:
            if desk is not None:
                return await desk.tools()
            listed = cast("list[dict[str, Any]]", await self._ask(TOOLS))
            return [Offer(**each) for each in listed]

    async def call(self, program: str, name: str, arguments: str) -> Said:
        """Carry out one call.

        Raises:
            PufflingError: It cannot be carried out; the sentence says why.
        """
        session = self._sessions.setdefault(program, session_of(program))
        name, arguments = name[:LONGEST_NAME], arguments[:LARGEST]  # all of more is refused
        async with self._desk() as desk:
            if desk is not None:
                return await desk.call(session, name, arguments, _stays)
            said = await self._ask(CALL, session=session, name=name, arguments=arguments)
            return Said(**cast("dict[str, Any]", said))

    async def close(self) -> None:
        """End every session, and let go of the profile."""
        for session in self._sessions.values():
            if self._here is not None:
                self._here[1].end(session)
            elif self._through_window:
                with suppress(PufflingError, TimeoutError):
                    await asyncio.wait_for(self._ask(END, session=session), GOODBYE)
        self._stay()
        await self._leave()

    @asynccontextmanager
    async def _desk(self) -> AsyncIterator[McpDesk | None]:
        """Yield the desk that is opened here, or None when a window has the profile."""
        async with self._turn:
            self._stay()
            here = self._here or await self._open()
            self._here, self._through_window = here, here is None
            self._busy += here is not None
        try:
            yield None if here is None else here[1]
        finally:
            if here is not None:
                self._busy -= 1
                if not self._busy:
                    loop = asyncio.get_running_loop()
                    self._timer = loop.call_later(LINGER, self._go)

    def _stay(self) -> None:
        timer, self._timer = self._timer, None
        if timer is not None:
            timer.cancel()

    def _go(self) -> None:
        self._leaving = asyncio.create_task(self._leave(), name="leaving the profile")

    async def _open(self) -> tuple[App, McpDesk] | None:
        try:
            app = build(self._paths, actor=ACTOR)
        except ProfileInUseError:
            return None
        try:
            await app.start()
            context = app.use(NoDesk(), app.context.gate, actor=ACTOR)
            return app, McpDesk(app.registry, context, handles=self._handles)
        except BaseException:
            await app.stop()
            raise

    async def _leave(self) -> None:
        """Let go of the profile, unless somebody needs it again."""
        async with self._turn:
            if self._here is not None and not self._busy:
                here, self._here = self._here, None
                await here[0].stop()

    async def _ask(self, request: str, **values: str) -> object:
        """Ask the window that has the profile."""
        storage = open_storage(self._paths, SystemClock())
        try:
            store = RequestStore(storage.user)
            remote = Remote(store, SystemClock(), _nobody, always_yes=False, actor=ACTOR)
            return await remote.run(request, values)
        finally:
            storage.close()


async def _nobody(_: str) -> bool:
    return False


async def _stays() -> bool:
    """Whether the one who asked has left: its side of the pipe ends everything here."""
    return False
