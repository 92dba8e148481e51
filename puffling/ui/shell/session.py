"""One run of the desk, from the lock to the last write: what happens in which order."""

from __future__ import annotations

import asyncio
import gc
import json
import logging
import time
from typing import TYPE_CHECKING, Any, TypeVar

from pydantic import ValidationError

from puffling.core import log as logs
from puffling.core.errors import ProfileInUseError, StoreError
from puffling.core.language import Language, catalogue
from puffling.core.lock import ProfileLock
from puffling.core.settings import Appearance
from puffling.store.layouts import LayoutStore
from puffling.ui.shell import troubles
from puffling.ui.shell.collector import Collector
from puffling.ui.shell.crashes import CrashNet
from puffling.ui.shell.layouts import Layouts
from puffling.ui.shell.signals import SystemSignals
from puffling.ui.shell.window import MainWindow
from puffling.ui.theme.theme import Theme

if TYPE_CHECKING:
    from collections.abc import Coroutine, Sequence

    from PySide6.QtWidgets import QApplication

    from puffling.core.paths import Paths
    from puffling.ui.boundary import Boundary
    from puffling.ui.shell.building import Build, Running
    from puffling.ui.shell.entrance import Entrance
    from puffling.ui.shell.furniture import Furniture

log = logging.getLogger(__name__)

T = TypeVar("T")

AGAIN = 75  # the exit code of a desk that wants to be opened once more
PAINT_WITHIN = 2.0  # seconds; a window that is never shown is never painted


class Session:
    """Opens the desk, waits for its end, and closes everything in the reverse order."""

    def __init__(
        self, app: QApplication, paths: Paths, build: Build, lines: Sequence[str] = ()
    ) -> None:
        """Prepare a run; `lines` of the command line are done once the panels are in place."""
        self._app, self._paths, self._build_app, self._lines = app, paths, build, lines
        self._ended = asyncio.Event()
        self._loop: asyncio.AbstractEventLoop | None = None
        self.crashes = CrashNet()
        self.window: MainWindow | None = None
        self.furniture: Furniture | None = None
        self._voice: Boundary | None = None

    async def run(self) -> int:
        """Run to the end; return the exit code."""
        self._loop = asyncio.get_running_loop()
        self.crashes.watch(self._loop)
        self.crashes.install()
        system = SystemSignals(self.end)
        self._voice = spoken(self._paths)
        try:
            self._paths.make()
            stop_log = logs.setup(self._paths)
        except StoreError as error:
            await troubles.say(self._theme(), "Puffling cannot start", error)
            return self._put_away(system, 1)
        try:
            return await self._run()
        except Exception as error:  # noqa: BLE001 - the last place that can still say it
            self.crashes.report(error)
            await self._unless_ended(troubles.crashed(self._theme(), self.crashes.recent[-1]))
            return 1
        finally:
            stop_log()
            self._put_away(system, 0)

    def end(self) -> None:
        """End the run; safe from a signal's handler."""
        if self._loop is not None:
            self._loop.call_soon_threadsafe(self._ended.set)

    async def _run(self) -> int:
        theme = self._theme()
        try:
            held = ProfileLock(self._paths.lock).holder() is not None
        except StoreError as error:
            await self._unless_ended(troubles.say(theme, "Puffling cannot start", error))
            return 1
        if held:
            code = await self._unless_ended(troubles.second_window(theme, self._paths))
            return troubles.IN_USE if code is None else code
        gc.disable()  # before the first thread; it stays off, see `collector.py`
        window = self.window = MainWindow(theme)
        layouts = Layouts(window, window.workspace, LayoutStore(self._paths.layouts))
        layouts.begin()
        await self._paint(window)
        log.info("First paint after %.0f ms of CPU", time.process_time() * 1000)
        try:
            return await self._live(window, layouts)
        finally:
            window.close_for_good()
            window.deleteLater()

    async def _live(self, window: MainWindow, layouts: Layouts) -> int:
        from puffling.ui.shell.entrance import Entrance
        from puffling.ui.shell.furniture import Furniture

        entrance = Entrance(window, layouts)
        try:
            app = await self._build(entrance)
            if app is None:
                return 1
            furniture = self.furniture = Furniture(entrance, app, self._app, self.crashes, self.end)
            try:
                await furniture.move_in()
                log.info("Panels in place after %.0f ms of CPU", time.process_time() * 1000)
                if self._lines:
                    furniture.popups.lines.run_all(self._lines)
                collector = Collector(window)
                await self._ended.wait()
                collector.end()
            finally:
                await furniture.move_out()
                await app.stop()
        finally:
            entrance.lane.close()
        return AGAIN if entrance.desk.again else 0

    async def _build(self, entrance: Entrance) -> Running | None:
        """Build the app; when what is kept cannot be opened, say it and let the person choose."""
        theme, window = entrance.window.theme, entrance.window
        while not self._ended.is_set():
            try:
                return self._build_app(
                    self._paths,
                    clock=entrance.clock,
                    desk=entrance.desk,
                    gate=entrance.gate,
                    lane=entrance.lane,
                )
            except ProfileInUseError:
                await self._unless_ended(troubles.second_window(theme, self._paths, window))
                return None
            except StoreError as error:
                log.warning("The profile cannot be opened: %s", error)
                fault = troubles.store_fault(theme, self._paths, error, window)
                if not await self._unless_ended(fault):
                    return None
        return None

    async def _unless_ended(self, question: Coroutine[object, object, T]) -> T | None:
        """Return the answer to `question`; None if the run is ended first."""
        asked = asyncio.ensure_future(question)
        ended = asyncio.ensure_future(self._ended.wait())
        await asyncio.wait({asked, ended}, return_when=asyncio.FIRST_COMPLETED)
        for each in (asked, ended):
            each.cancel()
        await asyncio.gather(asked, ended, return_exceptions=True)
        return asked.result() if asked.done() and not asked.cancelled() else None

    async def _paint(self, window: MainWindow) -> None:
        """Show the window and wait until it has been painted."""
        painted = asyncio.Event()
        window.painted.connect(painted.set)
        window.show()
        try:
            await asyncio.wait_for(painted.wait(), PAINT_WITHIN)
        except TimeoutError:
            log.info("The window was not painted within %s s", PAINT_WITHIN)

    def _theme(self) -> Theme:
        appearance = kept_appearance(self._paths)
        theme = Theme(appearance)
        theme.apply(self._app, appearance)
        return theme

    def _put_away(self, system: SystemSignals, code: int) -> int:
        system.close()
        self.crashes.remove()
        if self._voice is not None:
            self._voice.take_down()
        return code


def kept_appearance(paths: Paths) -> Appearance:
    """Return how the desk looked in its last run; the usual look if that cannot be read."""
    try:
        return Appearance.model_validate(_glance(paths, "appearance"))
    except ValidationError:
        return Appearance()


def spoken(paths: Paths) -> Boundary | None:
    """Let the screen speak the language of the settings; None if that is English."""
    kept = _glance(paths, "general").get("language")
    if kept not in set(Language) - {Language.ENGLISH}:
        return None
    words = catalogue(Language(kept))
    if words is None:
        return None
    from puffling.ui.boundary import Boundary

    boundary = Boundary(words)
    boundary.put_up()
    return boundary


def _glance(paths: Paths, section: str) -> dict[str, Any]:
    """Return a section of the kept settings, for what the first paint must know.

    The settings' store reads the file with all its care later.
    """
    try:
        found = json.loads(paths.settings.read_bytes())[section]
    except (OSError, ValueError, KeyError, TypeError, RecursionError):
        return {}
    return found if isinstance(found, dict) else {}
