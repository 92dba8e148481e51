"""The guided tour: the golden path by keyboard in the real window, with a picture of each step."""

from __future__ import annotations

import asyncio
import tempfile
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QPoint, QRect, Qt
from PySide6.QtGui import QPainter
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QDialog, QWidget
from shiboken6 import isValid

from puffling.core.errors import PufflingError
from puffling.core.paths import Paths
from puffling.ui.dialogs.confirm_order import ConfirmOrder
from puffling.ui.dialogs.symbol_search import SymbolSearch
from puffling.ui.dialogs.type_to_confirm import TypeToConfirm
from puffling.ui.dialogs.welcome import WelcomeDialog
from puffling.ui.shell.palette import Palette
from puffling.ui.shell.session import Session
from puffling.ui.shell.start import make_application, make_loop

if TYPE_CHECKING:
    from collections.abc import Callable

    from PySide6.QtWidgets import QApplication

    from puffling.commands.context import Context
    from puffling.ui.shell.building import Build
    from puffling.ui.shell.furniture import Furniture
    from puffling.ui.shell.window import MainWindow

CONTROL = Qt.KeyboardModifier.ControlModifier
ALT = Qt.KeyboardModifier.AltModifier
SHIFT = Qt.KeyboardModifier.ShiftModifier
NONE = Qt.KeyboardModifier.NoModifier
Key = Qt.Key

WINDOW = (1600, 900)
STEP_SECONDS = 60.0
LOOK_SECONDS = 0.02
SETTLE_SECONDS = 0.6  # the flash of a changed cell has gone by then
DAY_SECONDS = 30  # a quick market, so that an alert is met soon


class TourError(PufflingError):
    """A step of the tour did not come out as it should."""


class Tour:
    """Walks the golden path on a profile and saves a picture of each step into `folder`."""

    def __init__(self, app: QApplication, paths: Paths, folder: Path, build: Build) -> None:
        self._app, self._paths, self._folder, self._build = app, paths, folder, build
        self._session = Session(app, paths, build)
        self._running: asyncio.Task[int] | None = None
        self.pictures: list[Path] = []

    async def run(self) -> None:
        """Walk it all, a restart included.

        Raises:
            TourError: A step did not come out; it is named.
        """
        await asyncio.to_thread(self._folder.mkdir, parents=True, exist_ok=True)
        try:
            await self._open()
            await self._walk()
            await self._end()
            await self._open()
            await self._after_a_restart()
        finally:
            await self._end()

    async def _walk(self) -> None:
        await self._welcome()
        await self._market()
        await self._choose_a_symbol()
        await self._backtest()
        await self._buy()
        await self._alert()
        await self._close_the_position()
        await self._halt()

    # The steps

    async def _welcome(self) -> None:
        dialog = await self._window_of(WelcomeDialog)
        await self._picture("welcome")
        await self._press(Key.Key_Escape, to=dialog)
        await self._until("The welcome closes", lambda: not _shown(dialog))
        self.context.settings.change("demo", day_seconds=DAY_SECONDS)

    async def _market(self) -> None:
        await self._until("Prices tick", lambda: self._last("AAPL") is not None)
        first = self._last("AAPL")
        await self._until("The price moves", lambda: self._last("AAPL") != first)
        await self._picture("trade")

    async def _choose_a_symbol(self) -> None:
        await self._press(Key.Key_L, CONTROL)
        await self._window_of(SymbolSearch)
        await self._type("IBM")
        await self._press(Key.Key_Return)
        await self._until("IBM is linked", lambda: self.furniture.links.symbol("blue") == "IBM")
        await self._go("chart", Key.Key_C, ALT)
        await self._press(Key.Key_2)
        await self._picture("weekly-chart")
        await self._press(Key.Key_1)
        await self._press(Key.Key_K, CONTROL)
        await self._window_of(Palette)
        await self._type("back")
        await self._picture("palette")
        await self._press(Key.Key_Escape)

    async def _backtest(self) -> None:
        await self._press(Key.Key_4, CONTROL)
        await self._go("backtest", Key.Key_B, ALT)
        await self._press(Key.Key_F5)
        await self._until("The backtest is kept", lambda: bool(self.context.backtests.all()))
        await self._picture("backtest")
        await self._press(Key.Key_2, CONTROL)

    async def _buy(self) -> None:
        await self._go("ticket", Key.Key_F9)
        await self._type("20")
        await self._until("The limits are checked", lambda: self._shows("checks passed"))
        await self._press(Key.Key_Return, CONTROL)
        dialog = await self._window_of(ConfirmOrder)
        await self._picture("confirm")
        await self._press(Key.Key_Return, to=dialog)
        await self._until("The order fills", lambda: self._held("IBM") == Decimal(20))
        await self._picture("bought")

    async def _alert(self) -> None:
        await self._go("watchlist", Key.Key_W, ALT)
        await self._press(Key.Key_A)
        last = self._last("IBM")
        if last is None:
            raise TourError("IBM has no price.")
        await self._until("The alert's price is offered", self._typing)
        level = last + Decimal("0.05")
        await self._press(Key.Key_A, CONTROL)
        await self._type(str(level))
        await self._press(Key.Key_Return)
        await self._until("The alert is kept", lambda: bool(self.context.alerts.all()))
        fired = self.context.alerts.history
        await self._until("The alert fires", lambda: bool(fired()))
        await self._go("automation", Key.Key_U, ALT)
        await self._picture("alert")

    async def _close_the_position(self) -> None:
        await self._go("portfolio", Key.Key_P, ALT)
        await self._press(Key.Key_Down)
        await self._press(Key.Key_Delete)
        await self._until("The close bar opens", lambda: self._shows("Review"))
        await self._press(Key.Key_Return)
        dialog = await self._window_of(ConfirmOrder)
        await self._picture("close")
        await self._press(Key.Key_Return, to=dialog)
        await self._until("The position is closed", lambda: self._held("IBM") == 0)
        await self._picture("closed")

    async def _halt(self) -> None:
        await self._press(Key.Key_K, CONTROL | ALT)
        await self._until("Trading is halted", lambda: self.context.risk.halted() is not None)
        await self._picture("halted")

    async def _after_a_restart(self) -> None:
        context = self.context
        kept = {
            "the kill switch": context.risk.halted() is not None,
            "both orders": len(context.orders.all()) == 2,  # noqa: PLR2004 - bought and sold
            "the backtest": bool(context.backtests.all()),
            "the alert": bool(context.alerts.history()),
            "the messages": bool(context.notifications.all()),
            "the symbol": self.furniture.links.symbol("blue") == "IBM",
        }
        missing = [name for name, there in kept.items() if not there]
        if missing:
            raise TourError(f"After the restart these are gone: {', '.join(missing)}.")
        await self._picture("restarted")
        self.furniture.launcher.run_id("risk.resume")
        dialog = await self._window_of(TypeToConfirm)
        await self._type("RESUME")
        await self._press(Key.Key_Return, to=dialog)
        await self._until("Trading goes on", lambda: context.risk.halted() is None)
        self.furniture.runner.command("settings.theme", theme="light")
        await self._picture("light")

    # What the steps are made of

    @property
    def furniture(self) -> Furniture:
        """What fills the window of the present run."""
        if self._session.furniture is None:
            raise TourError("The window is not open.")
        return self._session.furniture

    @property
    def context(self) -> Context:
        """The services of the present run."""
        return self.furniture.parts.context

    @property
    def window(self) -> MainWindow:
        """The window of the present run."""
        if self._session.window is None:
            raise TourError("The window is not open.")
        return self._session.window

    async def _press(
        self, key: Qt.Key, modifier: Qt.KeyboardModifier = NONE, *, to: QWidget | None = None
    ) -> None:
        """Press a key where the keyboard is; a desktop hands it on after a dialog has closed."""
        if self._app.activeWindow() is None:
            self.window.activateWindow()
            await self._until("The window is active", lambda: self._app.activeWindow() is not None)
        QTest.keyClick(to or self._app.focusWidget() or self.window, key, modifier)
        await asyncio.sleep(LOOK_SECONDS)

    async def _go(self, panel: str, key: Qt.Key, modifier: Qt.KeyboardModifier = NONE) -> None:
        docks = self.window.workspace.docks
        await self._press(key, modifier)
        await self._until(f"The {panel} has the keyboard", lambda: docks.current == panel)

    async def _type(self, text: str) -> None:
        await asyncio.sleep(LOOK_SECONDS)
        QTest.keyClicks(self._app.focusWidget() or self.window, text)

    async def _open(self) -> None:
        session = self._session = Session(self._app, self._paths, self._build)
        self._running = asyncio.create_task(session.run(), name="tour")
        await self._until(
            "The window opens",
            lambda: session.furniture is not None and hasattr(session.furniture, "indicators"),
        )
        self.window.resize(*WINDOW)
        self.window.activateWindow()

    async def _end(self) -> None:
        running, self._running = self._running, None
        if running is not None:
            self._session.end()
            await running

    async def _until(self, what: str, true: Callable[[], bool]) -> None:
        try:
            async with asyncio.timeout(STEP_SECONDS):
                while not true():
                    if self._running is not None and self._running.done():
                        raise TourError(f"{what}: the window closed before that.")
                    await asyncio.sleep(LOOK_SECONDS)
        except TimeoutError:
            raise TourError(f"{what}: not within {STEP_SECONDS:.0f} seconds.") from None

    async def _window_of(self, kind: type[QWidget]) -> QWidget:
        def found() -> QWidget | None:
            shown = (each for each in self._app.allWidgets() if isinstance(each, kind))
            return next((each for each in shown if each.isVisible()), None)

        await self._until(f"{kind.__name__} opens", lambda: found() is not None)
        widget = found()
        if widget is None:
            raise TourError(f"{kind.__name__} closed at once.")
        return widget

    async def _picture(self, name: str) -> None:
        """Save the window with its dialogs over it, once what just changed has settled."""
        await asyncio.sleep(SETTLE_SECONDS)
        picture = self.window.grab()
        painter = QPainter(picture)
        painter.setPen(self.window.theme.color("line_strong"))
        corner = self.window.mapToGlobal(QPoint(0, 0))
        for each in self._app.topLevelWidgets():
            if isinstance(each, QDialog) and each.isVisible():
                shown = each.grab()
                at = QRect(each.mapToGlobal(QPoint(0, 0)) - corner, each.size())
                painter.drawPixmap(at.topLeft(), shown)
                painter.drawRect(at)  # where the desktop would draw its frame
        painter.end()
        path = self._folder / f"{len(self.pictures) + 1:02d}-{name}.png"
        if not picture.save(str(path)):
            raise TourError(f"{path} could not be written.")
        self.pictures.append(path)

    def _last(self, symbol: str) -> Decimal | None:
        quote = self.context.quotes.last(symbol)
        return None if quote is None else quote.last

    def _held(self, symbol: str) -> Decimal:
        held = {each.symbol: each.quantity for each in self.context.portfolio.positions()}
        return held.get(symbol, Decimal(0))

    def _shows(self, words: str) -> bool:
        """Whether a visible label or button of the focused panel says `words`."""
        panel = self.window.workspace.current
        if panel is None:
            return False
        said = (each.property("text") for each in panel.findChildren(QWidget) if each.isVisible())
        return any(isinstance(each, str) and words in each for each in said)

    def _typing(self) -> bool:
        focus = self._app.focusWidget()
        return focus is not None and isinstance(focus.property("text"), str)


def _shown(widget: QWidget) -> bool:
    return isValid(widget) and widget.isVisible()


def run_tour(folder: Path, build: Build) -> int:
    """Walk the golden path on a fresh profile; return the exit code."""
    app = make_application()
    loop = make_loop(app)
    with tempfile.TemporaryDirectory(prefix="puffling-tour-") as home, loop:
        tour = Tour(app, Paths(Path(home)), folder, build)
        loop.run_until_complete(tour.run())
    return 0
