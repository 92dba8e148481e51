"""Drawings in a chart panel: the board on its chart, the column of tools, menus, keeping."""

from __future__ import annotations

import json
from dataclasses import replace
from decimal import Decimal
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QPoint, Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QMenu

from puffin.errors import PuffinError
from puffling.core import formats
from puffling.core.drawings import MOST_COPIED, new_id, read_drawing, write_drawing
from puffling.core.errors import BadValueError, PufflingError
from puffling.core.events import Level, NoticePosted
from puffling.ui.panels.chart.drawing_ask import DrawingAsk
from puffling.ui.panels.chart.drawing_bar import DrawingBar, ToolMenu
from puffling.ui.panels.chart.drawing_menu import DrawingMenu

if TYPE_CHECKING:
    from collections.abc import Callable

    from PySide6.QtCore import QPointF

    from puffin.data.bars import Interval
    from puffling.core.drawing_kinds import DrawingKind
    from puffling.core.drawings import Drawing
    from puffling.core.events import DrawingsChanged
    from puffling.ui.charts.chart import PriceChart
    from puffling.ui.charts.drawings.board import DrawingBoard
    from puffling.ui.charts.drawings.showing import Edit
    from puffling.ui.panel import PanelWidget
    from puffling.ui.panels.chart.ordering import Ordering

COPIED = "puffling-drawings"  # begins what is copied
STUDIES = "Studies of"  # how a change of studies is called where it can be taken back
BESIDE = 12  # pixels from a drawing to its duplicate


class ChartDrawings(QObject):
    """Draws on the chart of a panel; what is drawn is kept as soon as it is dropped."""

    board: DrawingBoard

    def __init__(self, panel: PanelWidget, ordering: Ordering) -> None:
        super().__init__(panel)
        self._panel = panel
        self._theme = panel.parts.theme
        context = panel.parts.context
        self.drawings, self.styles = context.drawings, context.drawing_styles
        self.ordering = ordering
        self.bar = DrawingBar(self._theme)
        self._chart: PriceChart | None = None
        self._unreadable = ""  # the symbol whose drawings could not be read, once it was said
        self._noted = ""  # what could be taken back elsewhere when a drawing changed last
        self._asking: DrawingAsk | None = None
        self._menu = DrawingMenu(self, self._theme)
        self._tools: ToolMenu | None = None
        panel.listen(panel.parts.signals.drawings_changed, self._on_changed)
        panel.listen(panel.parts.signals.alerts_changed, self._say_alerts)
        self.bar.tool_chosen.connect(self.arm)
        self.bar.magnet_chosen.connect(self._set_magnet)
        self.bar.hide_chosen.connect(
            lambda hidden: self.attempt(lambda: self.drawings.hide_all(self._symbol, hidden=hidden))
        )
        self.bar.clear_chosen.connect(
            lambda: self.attempt(lambda: self.drawings.clear(self._symbol))
        )
        self.bar.undo_chosen.connect(self._undo_drawing)
        self._say_state()

    # -- wiring ------------------------------------------------------------------------------

    def take(self, chart: PriceChart) -> None:
        """Draw on this chart from now on."""
        from puffling.ui.charts.drawings.board import DrawingBoard

        self._chart = chart
        self.board = board = DrawingBoard(chart, self._theme, self.styles.usual)
        board.risk = lambda: self.styles.risk
        self._asking = DrawingAsk(self._theme, chart)
        board.changed.connect(self._keep)
        board.armed.connect(self.bar.show_tool)
        board.magnet_changed.connect(self.bar.magnet.setChecked)
        board.tools_wanted.connect(self.open_tools)
        board.menu_wanted.connect(self._open_menu)
        board.text_wanted.connect(self.ask_text)
        board.undo_wanted.connect(self.undo)
        board.copy_wanted.connect(self.copy)
        board.paste_wanted.connect(self.paste)
        board.magnet = self.styles.magnet
        self.bar.magnet.setChecked(board.magnet)

    def follow(self, symbol: str, interval: Interval) -> None:
        """Show what is drawn on a symbol, as far as bars of this length show it."""
        if self._chart is not None:
            self.board.show(symbol, interval, self._drawn(symbol) if symbol else ())
            self._say_alerts()
            self._say_state()

    def fill(self, menu: QMenu, at: QPoint) -> bool:
        """Fill the menu of a chart for the drawing at a point; whether there is one."""
        if self._chart is None:
            return False
        number = self.board.layer.hit(at.toPointF())
        if number is None:
            return False
        drawing = self.board.shown[number]
        if drawing.id not in {each.id for each in self.board.chosen}:
            self.board.choose((drawing.id,))
        self._menu.fill(menu)
        menu.addSeparator()
        return True

    def cancel(self) -> bool:
        """Put the tool in the hand away; whether there was one."""
        in_hand = self._chart is not None and self.board.kind is not None
        if in_hand:
            self.board.arm(None)
        return in_hand

    # -- tools -------------------------------------------------------------------------------

    def arm(self, kind: DrawingKind | None) -> None:
        """Take a tool into the hand.

        Raises:
            BadValueError: There is no chart to draw on.
        """
        if self._chart is None or not self._symbol:
            self.bar.show_tool(None)
            if kind is not None:
                self._panel.parts.runner.report(
                    BadValueError("There is no chart to draw on yet.", hint="Choose a symbol.")
                )
            return
        self.board.arm(kind)
        self._chart.setFocus(Qt.FocusReason.OtherFocusReason)

    def open_tools(self) -> None:
        """List the tools over the chart; a letter chooses."""
        if self._chart is None:
            return
        if self._tools is None:
            self._tools = ToolMenu(self._theme, parent=self._panel)
            self._tools.chosen.connect(self.arm)
        self._tools.popup(self._chart.mapToGlobal(QPoint(self._theme.px(8), self._theme.px(8))))

    def undo(self, again: bool = False) -> None:  # noqa: FBT001, FBT002 - what the signal carries
        """Take the last change of drawings or studies back, or do it again."""
        undo, drawings = self._panel.parts.context.undo, self.drawings
        newest = undo.next_again if again else undo.next_back
        own = (drawings.redoable if again else drawings.undoable)(self._symbol)
        if newest.startswith(STUDIES) and (not own or newest != self._noted):
            self.attempt(undo.redo if again else undo.undo)
        else:
            self._undo_drawing(again)

    def _undo_drawing(self, again: bool) -> None:  # noqa: FBT001 - what the signal carries
        do = self.drawings.redo if again else self.drawings.undo
        self.attempt(lambda: do(self._symbol))

    def _set_magnet(self, on: bool) -> None:  # noqa: FBT001 - what the signal carries
        if self._chart is not None:
            self.board.magnet = on
            self.attempt(lambda: self.styles.set_magnet(on=on))

    # -- asking ------------------------------------------------------------------------------

    def ask_text(self, id_: str) -> None:
        """Ask what is to be written at a drawing."""
        drawing = self.drawings.find(id_)
        if drawing is None:
            return

        def write(text: str) -> None:
            now = self.drawings.find(id_)
            if now is not None and now.text != text:
                self.attempt(lambda: self.drawings.change([replace(now, text=text)], "Write"))

        self._ask(drawing, "Text", drawing.text, write)

    def ask_levels(self) -> None:
        """Ask for the levels of what is chosen."""
        drawing = self.board.chosen[0]
        text = ", ".join(f"{each:g}" for each in drawing.levels)

        def write(said: str) -> None:
            try:
                levels = tuple(float(each) for each in said.replace(",", " ").split())
            except ValueError:
                self._report(BadValueError(f"{said!r} are no levels.", hint="Such as 0, 0.5, 1."))
                return
            style = replace(drawing.style, levels=levels)
            changed = [replace(drawing, style=style)]
            self.attempt(lambda: self.drawings.change(changed, "Change the levels"))

        self._ask(drawing, "Levels", text, write)

    def ask_risk(self) -> None:
        """Ask for the money a position may lose."""
        drawing = self.board.chosen[0]

        def write(said: str) -> None:
            try:
                risk = float(said.replace(",", "")) if said else None
            except ValueError:
                self._report(BadValueError(f"{said!r} is no amount of money."))
                return
            changed = [replace(drawing, risk=risk)]
            self.attempt(lambda: self.styles.set_risk(risk))
            self.attempt(lambda: self.drawings.change(changed, "Change the risk"))

        self._ask(drawing, "Risk", "" if drawing.risk is None else f"{drawing.risk:g}", write)

    def ask_style_name(self) -> None:
        """Ask under which name the style of what is chosen is kept."""
        drawing = self.board.chosen[0]
        self._ask(
            drawing,
            "Style",
            "",
            lambda name: self.attempt(lambda: self.styles.save(name, drawing.style)),
        )

    def _ask(self, drawing: Drawing, words: str, text: str, done: Callable[[str], None]) -> None:
        if self._asking is not None:
            x, y = self.board.ground.pixel(drawing.anchors[0])
            frame = self.board.ground.frame
            x = min(max(x, frame.left), frame.right)
            y = min(max(y, frame.top), frame.bottom)
            self._asking.ask(QPoint(round(x), round(y)), words, text, done)

    # -- copies ------------------------------------------------------------------------------

    def copy(self) -> None:
        """Copy what is chosen; another chart, or another Puffling, can paste it."""
        documents = [write_drawing(each) for each in self.board.chosen]
        if documents:
            QGuiApplication.clipboard().setText(f"{COPIED} {json.dumps(documents)}")

    def paste(self) -> None:
        """Draw what was copied on this symbol, where it was in time and price."""
        text = QGuiApplication.clipboard().text()
        if not text.startswith(COPIED) or not self._symbol:
            return
        try:
            documents = json.loads(text.removeprefix(COPIED))[:MOST_COPIED]
            pasted = [read_drawing(each, id_=new_id(), symbol=self._symbol) for each in documents]
        except (ValueError, TypeError, KeyError, PufflingError):
            self._report(BadValueError("What was copied is no drawing."))
            return
        self._add(pasted, "Paste")
        self._say_unseen(pasted)

    def _say_unseen(self, pasted: list[Drawing]) -> None:
        """Say where what was pasted is, if that is out of view: another symbol's prices, say."""
        frame = self.board.ground.frame
        low, high = frame.value_at(frame.bottom), frame.value_at(frame.top)
        prices = [anchor.price for each in pasted for anchor in each.anchors]
        if prices and (max(prices) < low or min(prices) > high):
            at = formats.price(Decimal(str(min(prices))))
            title = f"Pasted at {at}, which is out of view"
            text = "It is where it was in time and price. Ctrl+Z takes it back."
            bus = self._panel.parts.context.bus
            bus.publish(NoticePosted(Level.INFO, title, text, panel="chart"))

    def duplicate(self) -> None:
        """Draw what is chosen once more, a little lower."""
        from puffling.ui.charts.drawings.moving import shifted

        made = [
            replace(shifted(each, 0, BESIDE, self.board.ground), id=new_id(), locked=False)
            for each in self.board.chosen
        ]
        self._add(made, "Duplicate")

    def _add(self, drawings: list[Drawing], words: str) -> None:
        def add() -> None:
            made = self.drawings.add(drawings, words)
            self.board.choose(each.id for each in made)

        self.attempt(add)

    # -- the market --------------------------------------------------------------------------

    def add_alert(self, drawing: Drawing, line: str) -> None:
        """Watch for the price to cross a line of a drawing."""
        from puffling.ui.charts.frame import Scale

        is_log = self.board.ground.frame.scale is Scale.LOG
        self._panel.parts.runner.command(
            "drawing.alert",
            id=drawing.id,
            line=line,
            interval=self.board.interval.value,
            log=is_log,
        )

    # -- keeping -----------------------------------------------------------------------------

    def attempt(self, do: Callable[[], object]) -> None:
        """Do something with what is drawn; say so if it is not possible, and show what is kept."""
        try:
            do()
        except (PufflingError, PuffinError) as error:
            self._report(error)
            if self._chart is not None:
                self.board.set_drawings(self._drawn())
        self._say_state()

    def _keep(self, edit: Edit) -> None:
        if not edit.before:
            self.attempt(partial(self.drawings.add, edit.after, edit.words))
        elif not edit.after:
            self.attempt(partial(self.drawings.remove, [each.id for each in edit.before]))
        else:
            self.attempt(partial(self.drawings.change, edit.after, edit.words))

    def _report(self, error: PufflingError | PuffinError) -> None:
        self._panel.parts.runner.report(error)

    def _on_changed(self, event: DrawingsChanged) -> None:
        if event.symbol == self._symbol:
            self._noted = self._panel.parts.context.undo.next_back
            if self._chart is not None:
                self.board.set_drawings(self._drawn())
            self._say_state()

    @property
    def _symbol(self) -> str:
        """The symbol whose bars are shown: the panel may have chosen another one already."""
        return self.board.symbol if self._chart is not None else self._panel.symbol

    def _drawn(self, symbol: str = "") -> tuple[Drawing, ...]:
        """What is drawn on the symbol; nothing, and a word, where it cannot be read."""
        symbol = symbol or self._symbol
        try:
            return self.drawings.of(symbol) if symbol else ()
        except PufflingError as error:
            if self._unreadable != symbol:
                self._unreadable = symbol
                self._report(error)
            return ()

    def _say_state(self) -> None:
        drawn = self._drawn()
        self.bar.show_state(
            count=len(drawn),
            hidden=any(each.hidden for each in drawn),
            undo=self.drawings.undoable(self._symbol),
            redo=self.drawings.redoable(self._symbol),
        )

    def _say_alerts(self, *_: object) -> None:
        """Mark what has an alert that watches."""
        if self._chart is not None:
            alerts = self._panel.parts.context.drawing_alerts.watched()
            self.board.set_alerted(alerts)

    def _open_menu(self, at: QPointF) -> None:
        if self._chart is None:
            return
        menu = QMenu(self._panel)
        menu.aboutToHide.connect(menu.deleteLater)
        self._menu.fill(menu)
        menu.popup(self._chart.mapToGlobal(at.toPoint()))
