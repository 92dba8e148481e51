"""Everything that fills the window once the app is built, and takes its leave before it stops."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Qt, QTimer
from shiboken6 import isValid

from puffin.types import SYMBOL
from puffling.core.events import Level, NoticePosted
from puffling.ui.bridge import Signals
from puffling.ui.dialogs.crash import CrashDialog
from puffling.ui.links import Link, Links
from puffling.ui.panel import Parts
from puffling.ui.panels import PANELS
from puffling.ui.run import Runner
from puffling.ui.shell import menus
from puffling.ui.shell.actions import Actions
from puffling.ui.shell.hud import Hud, Pulse
from puffling.ui.shell.indicators import Indicators
from puffling.ui.shell.launcher import Launcher
from puffling.ui.shell.mode_menu import ModeMenu
from puffling.ui.shell.notices import Notices
from puffling.ui.shell.notify import FreeDesktop, Notifier
from puffling.ui.shell.popups import Popups
from puffling.ui.shell.question import Question
from puffling.ui.shell.tray import RECENT, TrayIcon

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine

    from PySide6.QtWidgets import QApplication

    from puffling.commands.context import Context
    from puffling.core.events import SettingsChanged
    from puffling.ui.shell.building import Running
    from puffling.ui.shell.crashes import CrashNet
    from puffling.ui.shell.entrance import Entrance
    from puffling.ui.shell.tour import Tour

_LINKS = "links"
_ASKED = "close to tray asked"
_TRAY = 2  # the answer that closes to the tray
_WARM_UP_MS = 10_000  # once opening the desk is over: compiling takes a core for a while
_LINKS_MS = 500  # symbols may change as fast as an arrow key repeats


class Furniture(QObject):
    """Joins the window and the app: bars, panels, tray, notices."""

    def __init__(
        self,
        entrance: Entrance,
        app: Running,
        qt: QApplication,
        crashes: CrashNet,
        end: Callable[[], None],
    ) -> None:
        window = entrance.window
        super().__init__(window)
        self._window, self._layouts, self._desk = window, entrance.layouts, entrance.desk
        self._app, self._qt, self._crashes, self._end = app, qt, crashes, end
        self._asking = False
        context, theme = app.context, window.theme
        entrance.context = context
        self.signals = Signals(app.bus, window)
        loop = asyncio.get_running_loop()
        self.runner = Runner(context, app.registry, app.bus, loop=loop)
        self.runner.crashed = crashes.report
        self.links = Links(_first_symbol(context), window)
        _take_up(self.links, context.state.get(_LINKS))
        self._links_changed = QTimer(self, singleShot=True, interval=_LINKS_MS)
        self._warm_up = QTimer(self, singleShot=True, interval=_WARM_UP_MS)
        self._warm_up.timeout.connect(app.processes.warm)
        self.parts = Parts(context, app.registry, self.signals, self.runner, self.links, theme)
        self.launcher = Launcher(window, self.parts, lambda: self._desk.symbol)
        self.actions = Actions(window, app.registry, theme, self.launcher.run)
        self.popups = Popups(
            window,
            self.parts,
            actions=self.actions,
            layouts=self._layouts,
            launcher=self.launcher,
            choose_symbol=self._desk.choose_symbol,
        )
        self.pulse = Pulse(self.parts, self)
        self.hud = Hud(self.parts, lambda: self._desk.symbol, window)
        self.popups.add("hud", self.hud.toggle)
        self._tour: Tour | None = None
        self.popups.add("tour", self._show_around)
        self._desktop = FreeDesktop()
        self.tray = TrayIcon(theme, window)
        self.notices = Notices(
            window, self.tray, Notifier(self.tray, self._desktop.send), context.settings
        )

    async def move_in(self) -> None:
        """Start the app, then fill bars and docks; the visible panels come first."""
        window, context = self._window, self.parts.context
        self.notices.listen(self.signals, self.runner)
        self._hear()
        await self._app.start()
        for each in Link:
            if each is not Link.NONE and self.links.symbol(each):
                self.parts.context.quotes.want(self.links.symbol(each))
        self._desk.join(self.parts, self.popups, self.ask_to_quit)
        # The chart first: what it shows is what the desk was opened for.
        await window.workspace.join(self.parts, PANELS)
        self._fill_bars()
        await window.workspace.fill()
        self.indicators = Indicators(window, self.tray, self.parts)
        self.modes = ModeMenu(window, self.parts, self.popups.settings)
        self.popups.load_symbols()
        self.notices.recall(each.message for each in context.alerts.history(RECENT))
        self.tray.start()
        self._layouts.start()
        self._begin()

    def ask_to_quit(self) -> None:
        """End the run, after a question if work would be lost."""
        self._ask(self._quit())

    async def move_out(self) -> None:
        """Keep the arrangement, end what panels and clicks started, take the icon away."""
        self._window.status.stop()
        self.pulse.end()
        self._layouts.finish()
        self._warm_up.stop()
        self._links_changed.stop()
        self._keep_links()
        self._window.workspace.shut()
        await self.runner.close()
        self.tray.close()
        self.signals.dispose()
        self._desktop.close()

    # While it lives

    def _hear(self) -> None:
        window, signals = self._window, self.signals
        # Not only at the end: a desk that is killed comes back with its symbol, too.
        self._links_changed.timeout.connect(self._keep_links)
        self.links.chosen.connect(lambda *_: self._links_changed.start())
        quotes = self.parts.context.quotes
        self.links.chosen.connect(lambda _colour, symbol: quotes.want(symbol))
        window.close_asked.connect(lambda: self._ask(self._close()))
        window.status.activity_asked.connect(self._show_activity)
        window.banner.resume_asked.connect(lambda: self.launcher.run_id("risk.resume"))
        self.notices.panel_asked.connect(self._desk.open_panel)
        self.notices.details_asked.connect(self.popups.details)
        self.tray.show_asked.connect(self._show_or_hide)
        self.tray.command_asked.connect(self.launcher.run_id)
        self.tray.panel_asked.connect(lambda _: self._window.bring_to_front())
        self.tray.snooze_asked.connect(self._snooze)
        self.tray.available_changed.connect(self._tray_changed)
        self._layouts.applied.connect(window.show_layout)
        self._layouts.damaged.connect(self._warn)
        self._layouts.unsaved.connect(self._warn)
        signals.settings_changed.connect(self._on_settings)
        signals.connection_changed.connect(window.status.show_connection)
        self._crashes.caught.connect(self._on_crash)

    def _fill_bars(self) -> None:
        """Load the commands, and give them their keys, menus and buttons."""
        window = self._window
        self.actions.fill()
        self.actions.set_keys(self.parts.context.settings.current.shortcuts.keys)
        menus.fill(
            window.menuBar(), self.actions, lambda: self._layouts.names, self._desk.apply_layout
        )
        window.tools.fill(self.actions, self.popups.suggestions, self._choose_symbol)
        window.show_layout(self._layouts.name)

    def _begin(self) -> None:
        """Say what has to be said, and put the keyboard somewhere sensible."""
        for each in self._layouts.notices:
            self._warn(each)
        workspace = self._window.workspace
        first = workspace.nearest("watchlist") or next(iter(workspace.docks.shown), "")
        if first:
            workspace.focus(first)
        self._warm_up.start()
        if not self.parts.context.settings.current.general.welcomed:
            self.popups.welcome()

    def _show_around(self) -> None:
        """Begin the tour of the window, unless it is under way."""
        from puffling.ui.shell.tour import Tour
        from puffling.ui.shell.tour_stops import stops

        # No search for it in the window: see widgets/reach.py.
        if self._tour is None or not isValid(self._tour):
            self._tour = Tour(self._window.theme, self._window, stops(self._window))
            self._tour.start()

    async def _close(self) -> None:
        """Hide to the tray if that is wanted and there is one; otherwise quit."""
        context = self.parts.context
        if not self.tray.available:
            await self._quit()
            return
        if not context.settings.current.general.close_to_tray and not context.state.get(_ASKED):
            answer = await Question(
                self._window.theme,
                "Close to the tray?",
                "In the tray Puffling keeps watching: alerts still tell you, and the icon brings "
                "the window back. You are asked once; the settings have it under General.",
                ["Keep the window open", "Quit", "Close to the tray"],
                self._window,
            ).ask()
            if not answer:
                return
            context.state.put(_ASKED, value=True)
            if answer == _TRAY:
                context.settings.change("general", close_to_tray=True)
        if context.settings.current.general.close_to_tray:
            self._window.hide()
        else:
            await self._quit()

    def _snooze(self, span: str) -> None:
        if span:
            self.runner.command("alert.snooze", span=span)
        else:
            self.runner.command("alert.wake")

    async def _quit(self) -> None:
        running = self.parts.context.jobs.running()
        if running:
            words = "A job is" if len(running) == 1 else f"{len(running)} jobs are"
            titles = "\n".join(each.title for each in running)
            answer = await Question(
                self._window.theme,
                f"{words} still running",
                f"{titles}\n\nWhat is finished is kept; the rest stops and is listed as "
                "cancelled in Activity.",
                ["Keep working", "Stop and quit"],
                self._window,
            ).ask()
            if answer == 0:
                return
        self._end()

    def _ask(self, question: Coroutine[object, object, None]) -> None:
        """Put one question about the end at a time."""
        if self._asking:
            question.close()
            return
        self._asking = True
        task = self.runner.spawn(question, self, name="closing")
        task.add_done_callback(lambda _: setattr(self, "_asking", False))

    def _on_settings(self, event: SettingsChanged) -> None:
        settings = self.parts.context.settings.current
        if any(name.startswith("appearance.") for name in event.names):
            self._window.theme.apply(self._qt, settings.appearance)
        if any(name.startswith("shortcuts.") for name in event.names):
            self.actions.set_keys(settings.shortcuts.keys)

    def _on_crash(self, report: str) -> None:
        """Show the first crash in a dialog; later ones, while it is open, as messages."""
        if self._window.findChild(CrashDialog) is not None:
            self.notices.say(
                Level.ERROR, "Something else went wrong", "The desk keeps running.", details=report
            )
            return
        dialog = CrashDialog(self._window.theme, report, parent=self._window)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.open()

    def _choose_symbol(self, symbol: str) -> None:
        """Take what was typed in the toolbar, and give the keyboard back to the panel."""
        self._desk.choose_symbol(symbol)
        instance = self._window.workspace.docks.current
        if instance:
            self._window.workspace.focus(instance)

    def _show_activity(self, tab: str) -> None:
        self._desk.open_panel("activity")
        panel = self._window.workspace.panel("activity")
        if panel is not None:
            panel.restore({"tab": tab})

    def _show_or_hide(self) -> None:
        if self._window.isVisible() and not self._window.isMinimized():
            self._window.hide()
        else:
            self._window.bring_to_front()

    def _tray_changed(self, there: bool) -> None:  # noqa: FBT001 - what Qt's signal carries
        """Never leave a window hidden with no icon to bring it back."""
        if not there and not self._window.isVisible():
            self._window.bring_to_front()

    def _warn(self, text: str) -> None:
        self.parts.context.bus.publish(NoticePosted(Level.WARNING, text, panel="activity"))

    def _keep_links(self) -> None:
        symbols = {each.value: self.links.symbol(each) for each in Link if each is not Link.NONE}
        self.parts.context.state.put(_LINKS, symbols)


def _first_symbol(context: Context) -> str:
    """Return the symbol a fresh desk shows: the first of the starter list."""
    return next(iter(context.settings.current.watchlist.starter), "")


def _take_up(links: Links, kept: object) -> None:
    """Choose the symbols that were linked when the desk was closed."""
    for colour, symbol in kept.items() if isinstance(kept, dict) else ():
        if isinstance(symbol, str) and SYMBOL.match(symbol):
            links.choose(str(colour), symbol)
