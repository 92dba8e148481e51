"""A trading day in the real window, by keys alone; run by its test on a display of its own.

Keys come from the X server, as from a keyboard, and go where the window manager lets them. What
came of them is looked up in the program itself, which runs in this process. The mouse is disabled:
an event of it reaches nobody, and a button that was pressed ends the day.
"""

from __future__ import annotations

import asyncio
import os
import sys
import traceback
from decimal import Decimal
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from PySide6.QtCore import QEvent, QObject
from PySide6.QtWidgets import QApplication, QLineEdit, QPlainTextEdit, QTextEdit, QWidget
from typing_extensions import override

from puffin.types import OrderType, Side
from puffling.app import build
from puffling.core.paths import Paths
from puffling.ui.dialogs.confirm_basket import ConfirmBasket
from puffling.ui.dialogs.confirm_order import ConfirmOrder
from puffling.ui.dialogs.type_to_confirm import TypeToConfirm
from puffling.ui.dialogs.welcome import WelcomeDialog
from puffling.ui.shell.layout_shapes import outline
from puffling.ui.shell.palette import Palette
from puffling.ui.shell.session import Session
from puffling.ui.shell.start import make_application, make_loop

if TYPE_CHECKING:
    from collections.abc import Callable

    from puffling.commands.context import Context
    from puffling.ui.panels.chart.panel import ChartPanel
    from puffling.ui.shell.docks import Docks
    from puffling.ui.shell.furniture import Furniture

PATIENCE = 120.0
LOOK = 0.02
SHARES = 15  # a hundred are more than the limits allow
PRESSED = {
    QEvent.Type.MouseButtonPress,
    QEvent.Type.MouseButtonRelease,
    QEvent.Type.MouseButtonDblClick,
    QEvent.Type.Wheel,
    QEvent.Type.DragEnter,
    QEvent.Type.Drop,
}
MOVED = {
    QEvent.Type.MouseMove,
    QEvent.Type.HoverEnter,
    QEvent.Type.HoverMove,
    QEvent.Type.HoverLeave,
    QEvent.Type.Enter,
    QEvent.Type.Leave,
    QEvent.Type.ToolTip,
}
W = TypeVar("W", bound=QWidget)


class NoMouse(QObject):
    """Keeps everything of the mouse from everybody, and counts what was pressed."""

    def __init__(self) -> None:
        super().__init__()
        self.pressed = 0

    @override
    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        kind = event.type()
        if kind in PRESSED:
            self.pressed += 1
        return kind in PRESSED or kind in MOVED


class Day:
    """Walks a day, step by step; each waits for what it means and names it if it does not come."""

    def __init__(self, profile: Paths, folder: Path) -> None:
        self._app, self._folder = make_application(), folder
        self._mouse = NoMouse()
        self._app.installEventFilter(self._mouse)
        self._session = Session(self._app, profile, build)
        self._running: asyncio.Task[int] | None = None

    async def run(self) -> None:
        """Open the desk, walk the day, and quit."""
        self._running = asyncio.create_task(self._session.run())
        await self._until("The desk opens", lambda: hasattr(self._session.furniture, "indicators"))
        await self._welcome()
        await self._watchlist()
        await self._chart()
        await self._drawing()
        await self._alert()
        await self._buy()
        await self._protect()
        await self._panels()
        await self._backtest()
        await self._journal()
        await self._flatten()
        await self._export()
        await self._press("ctrl+q")
        assert await self._running == 0
        assert not self._mouse.pressed, "Somebody pressed the mouse."

    # -- the steps -------------------------------------------------------------------------------

    async def _welcome(self) -> None:
        dialog = await self._dialog(WelcomeDialog)
        for page in range(dialog.pages.count()):
            await self._until(f"Page {page + 1}", partial(_is_at, dialog, page))
            await self._press("Return")
        await self._until("The welcome ends", lambda: not self._is_shown(WelcomeDialog))
        assert self.context.settings.current.general.welcomed
        await self._until("Prices tick", lambda: self._last("AAPL") is not None)
        self.context.settings.change("demo", day_seconds=120)

    async def _watchlist(self) -> None:
        lists = self.context.watchlists
        await self._go("watchlist", "alt+w")
        await self._press("End")
        await self._press("Delete")
        await self._until("A symbol is off the list", lambda: len(lists.symbols()) == 4)
        gone = ({"AAPL", "FB", "GOOG", "IBM", "MSFT"} - set(lists.symbols())).pop()
        await self._press("Insert")
        await self._until("The box is typed into", self._is_typing)
        await self._type(gone)
        await self._press("Return")
        await self._until("It is on the list again", lambda: gone in lists.symbols())
        await self._press("ctrl+alt+u")
        await self._until("That is taken back", lambda: gone not in lists.symbols())
        await self._press("ctrl+alt+shift+u")
        await self._until("And done again", lambda: gone in lists.symbols())

    async def _chart(self) -> None:
        await self._line("AAPL 1w")
        chart = self._chart_panel
        await self._until("AAPL by weeks", lambda: self._shows(chart, "AAPL", "1w"))
        await self._go("chart", "alt+c")
        await self._press("6")
        await self._press("5")
        await self._until("AAPL by days", lambda: self._shows(chart, "AAPL", "1d"))
        before = len(chart.state()["studies"])
        await self._press("ctrl+i")
        await self._until("Studies are searched", self._is_typing)
        await self._type("rsi")
        await self._press("Return")
        await self._until("One study more", lambda: len(chart.state()["studies"]) > before)
        await self._press("Escape")
        await self._until("The studies close", lambda: self._app.activeModalWidget() is None)

    async def _drawing(self) -> None:
        await self._go("chart", "alt+c")
        drawings = self.context.drawings
        await self._press("d")
        await self._until("The tools open", lambda: self._app.activePopupWidget() is not None)
        await self._press("h")
        await self._until("The tools close", lambda: self._app.activePopupWidget() is None)
        await self._press("Up")
        await self._press("Return")
        await self._until("A line is drawn", lambda: len(drawings.of("AAPL")) == 1)
        (line,) = drawings.of("AAPL")
        await self._press("Up")
        await self._until("It was moved", lambda: drawings.of("AAPL")[0].anchors != line.anchors)
        await self._press("ctrl+z")
        await self._until("And back", lambda: drawings.of("AAPL")[0].anchors == line.anchors)
        await self._press("Escape")

    async def _alert(self) -> None:
        last = self._last("AAPL")
        assert last is not None
        await self._line(f"ALERT AAPL > {last + 500}")
        alerts = self.context.alerts
        await self._until("The alert is kept", lambda: len(alerts.all()) == 1)

    async def _buy(self) -> None:
        """Write more than the limits allow, take that back, write less, and send it."""
        last = self._last("AAPL")
        assert last is not None
        desk, undo = self.context.desk, self.context.undo
        await self._line(f"B 100 AAPL L {last + 5:.2f}")
        await self._until("It is on the ticket", lambda: self._written(100))
        written = desk.written_ticket()
        assert written is not None
        assert not all(each.allowed for each in self.context.risk.verdicts(written))
        await self._press("ctrl+alt+u")
        await self._until("It is taken back", lambda: desk.written_ticket() is None)
        await self._press("ctrl+alt+shift+u")
        await self._until("And written again", lambda: self._written(100))
        await self._line(f"B {SHARES} AAPL L {last + 5:.2f}")
        await self._until("Less is on the ticket", lambda: self._written(SHARES))
        assert not self.context.orders.all()
        await self._review()
        await self._until("It fills", lambda: self._held("AAPL") == SHARES)
        await self._until("What was sent is not taken back", lambda: "ticket" not in undo.next_back)

    async def _protect(self) -> None:
        await self._go("portfolio", "alt+p")
        await self._press("Down")
        await self._press("t")
        desk = self.context.desk
        await self._until("Exits are written", lambda: desk.written_ticket() is not None)
        await self._review()
        await self._until(
            "A stop works",
            lambda: any(each.ticket.type is OrderType.STOP for each in self.context.orders.open()),
        )

    async def _panels(self) -> None:
        await self._press("ctrl+3")
        await self._until("The research layout", lambda: self._layout == "Research")
        await self._go("chart", "alt+c")
        before = len(self._docks.shown)
        await self._press("alt+shift+r")
        await self._until("A chart beside the chart", lambda: len(self._docks.shown) == before + 1)
        floating = self._floating
        await self._press("alt+shift+f")
        await self._until("It floats", lambda: self._floating == floating + 1)
        await self._press("alt+shift+f")
        await self._until("It is docked", lambda: self._floating == floating)
        tree = self._tree
        await self._press("ctrl+alt+shift+Left")
        await self._until("It has moved", lambda: self._tree != tree)
        await self._press("ctrl+alt+z")
        await self._until("And is back", lambda: self._tree == tree)
        await self._press("F11")
        await self._until("It is alone", lambda: self._docks.maximised)
        await self._press("F11")
        await self._until("The others are back", lambda: not self._docks.maximised)
        await self._press("ctrl+w")
        await self._until("It is closed", lambda: len(self._docks.shown) == before)

    async def _backtest(self) -> None:
        await self._line("AAPL BT momentum 20 50")
        runs = self.context.backtests
        await self._until("The backtest is kept", lambda: len(runs.all()) == 1)
        assert runs.all()[0].strategy_id == "momentum"

    async def _journal(self) -> None:
        await self._press("ctrl+2")
        await self._until("The trade layout", lambda: self._layout == "Trade")
        await self._go("chart", "alt+c")
        await self._press("ctrl+shift+j")
        entries = self.context.journal.all
        await self._until("The chart is in the journal", lambda: len(entries()) == 1)
        await self._until("It is written on", self._is_typing)
        await self._type("by keys alone")
        await self._press("ctrl+Return")
        await self._until("The note is kept", lambda: "by keys alone" in str(entries()[0]))

    async def _flatten(self) -> None:
        await self._press("ctrl+alt+f")
        await self._dialog(TypeToConfirm)
        await self._type("FLATTEN")
        await self._press("Return")
        await self._dialog(ConfirmBasket)
        await self._press("Return")
        await self._until("All is sold", lambda: self._held("AAPL") == 0)
        await self._until("No order waits", lambda: not self.context.orders.open())

    async def _export(self) -> None:
        place = self._folder / "day"
        await self._line(f"performance.export path={place}.csv")
        await self._until("The day is exported", Path(f"{place}.csv").exists)

    # -- what the steps are made of --------------------------------------------------------------

    async def _line(self, text: str) -> None:
        """Type a line into the palette."""
        await self._press("ctrl+k")
        await self._dialog(Palette)
        await self._until("The line is typed into", self._is_typing)
        await self._type(text)
        await self._press("Return")
        await self._until("The palette closes", lambda: not self._is_shown(Palette))

    async def _review(self) -> None:
        await self._press("ctrl+Return")
        await self._dialog(ConfirmOrder)
        await self._press("Return")
        await self._until("It is confirmed", lambda: not self._is_shown(ConfirmOrder))

    async def _go(self, panel: str, keys: str) -> None:
        await self._press(keys)
        await self._until(
            f"The keyboard in {panel}", lambda: self._docks.current.partition("#")[0] == panel
        )

    async def _press(self, keys: str) -> None:
        """Press keys as soon as the window manager has given a window of ours the keyboard."""
        await self._until("The keyboard", lambda: self._app.focusWindow() is not None)
        await self._tool("key", "--clearmodifiers", keys)

    async def _type(self, text: str) -> None:
        await self._tool("type", "--delay", "4", text)
        await self._until(f"{text!r} is typed", lambda: text in _text(self._app.focusWidget()))

    async def _tool(self, *words: str) -> None:
        process = await asyncio.create_subprocess_exec("xdotool", *words)
        assert await process.wait() == 0
        await asyncio.sleep(LOOK)

    async def _until(self, what: str, true: Callable[[], object]) -> None:
        try:
            async with asyncio.timeout(PATIENCE):
                while not true():
                    assert not self._mouse.pressed, "Somebody pressed the mouse."
                    assert self._running is not None
                    assert not self._running.done(), f"{what}: the desk ended"
                    await asyncio.sleep(LOOK)
        except TimeoutError:
            picture = self._folder / "failed.png"
            screen = self._app.primaryScreen().grabWindow(0)
            screen.save(str(picture))
            focus = self._app.focusWidget()
            raise AssertionError(f"{what}: not in {PATIENCE:.0f} s; {focus}; {picture}") from None

    async def _dialog(self, kind: type[W]) -> W:
        await self._until(f"{kind.__name__} opens", lambda: self._is_shown(kind))
        found = self._shown(kind)
        assert found is not None
        await self._until(f"{kind.__name__} is active", found.isActiveWindow)
        return found

    def _shown(self, kind: type[W]) -> W | None:
        found = (each for each in QApplication.topLevelWidgets() if isinstance(each, kind))
        return next((each for each in found if each.isVisible()), None)

    def _is_shown(self, kind: type[QWidget]) -> bool:
        return self._shown(kind) is not None

    def _is_typing(self) -> bool:
        return isinstance(self._app.focusWidget(), QLineEdit | QPlainTextEdit | QTextEdit)

    @property
    def furniture(self) -> Furniture:
        assert self._session.furniture is not None
        return self._session.furniture

    @property
    def context(self) -> Context:
        return self.furniture.parts.context

    @property
    def _docks(self) -> Docks:
        assert self._session.window is not None
        return self._session.window.workspace.docks

    @property
    def _layout(self) -> str:
        assert self._session.window is not None
        return self._session.window.windowTitle().split(" · ")[1]

    @property
    def _floating(self) -> int:
        return len(self._docks.arrangement()[1])

    @property
    def _tree(self) -> object:
        root = self._docks.arrangement()[0]
        return outline(root)

    @property
    def _chart_panel(self) -> ChartPanel:
        from puffling.ui.panels.chart.panel import ChartPanel

        assert self._session.window is not None
        workspace = self._session.window.workspace
        panel = workspace.panel(workspace.nearest("chart"))
        assert isinstance(panel, ChartPanel)
        return panel

    def _shows(self, panel: ChartPanel, symbol: str, interval: str) -> bool:
        state = panel.state()
        return panel.symbol == symbol and state["interval"] == interval

    def _written(self, quantity: int) -> bool:
        ticket = self.context.desk.written_ticket()
        return (
            ticket is not None
            and (ticket.symbol, ticket.side) == ("AAPL", Side.BUY)
            and ticket.quantity == quantity
        )

    def _last(self, symbol: str) -> Decimal | None:
        quote = self.context.quotes.last(symbol)
        return None if quote is None else quote.last

    def _held(self, symbol: str) -> Decimal:
        position = self.context.portfolio.position(symbol)
        return Decimal(0) if position is None else position.quantity


def _is_at(dialog: WelcomeDialog, page: int) -> bool:
    return dialog.pages.currentIndex() == page


def _text(widget: QWidget | None) -> str:
    if isinstance(widget, QPlainTextEdit | QTextEdit):
        return widget.toPlainText()
    return str(widget.property("text")) if widget is not None else ""


def main(profile: Path, folder: Path) -> None:
    """Walk the day on a profile; pictures and files go to a folder."""
    app = make_application()
    loop, code = make_loop(app), 1
    try:
        loop.run_until_complete(Day(Paths(profile), folder).run())
        code = 0
    except BaseException:  # noqa: BLE001 - told here, and ended below; the desk has its own hooks
        traceback.print_exc()
    sys.stderr.flush()
    os._exit(code)  # a desk that hangs must not keep the test


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
