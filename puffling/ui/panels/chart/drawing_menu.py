"""What one does to the drawings that are chosen: look, words, place, alerts, orders."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, Protocol

from PySide6.QtGui import QColor, QIcon, QPainter, QPixmap

from puffin.types import Side
from puffling.core import formats
from puffling.core.drawing_kinds import COLORS, FILLS, WIDTHS, Dash, DrawingKind
from puffling.core.drawing_lines import lines_of
from puffling.core.drawings import Span
from puffling.ui.panels.chart.ordering import in_ticks

if TYPE_CHECKING:
    from collections.abc import Callable

    from PySide6.QtGui import QAction
    from PySide6.QtWidgets import QMenu

    from puffling.core.drawing_kinds import Style
    from puffling.core.drawings import Drawing
    from puffling.services.drawing_styles import DrawingStyles
    from puffling.services.drawings import DrawingService
    from puffling.ui.charts.drawings.board import DrawingBoard
    from puffling.ui.panels.chart.ordering import Ordering
    from puffling.ui.theme.theme import Theme

PRICED = (
    DrawingKind.HORIZONTAL,
    DrawingKind.HORIZONTAL_RAY,
    DrawingKind.CROSS,
    DrawingKind.PRICE_LABEL,
)
POSITIONS = (DrawingKind.LONG, DrawingKind.SHORT)
SWATCH = 12


class Drawn(Protocol):
    """Who owns the board, as its menu sees it."""

    board: DrawingBoard
    drawings: DrawingService
    styles: DrawingStyles
    ordering: Ordering

    def ask_text(self, id_: str) -> None:
        """Ask what is to be written."""
        ...

    def ask_levels(self) -> None:
        """Ask for the levels of what is chosen."""
        ...

    def ask_risk(self) -> None:
        """Ask for the money a position may lose."""
        ...

    def ask_style_name(self) -> None:
        """Ask under which name the style is kept."""
        ...

    def add_alert(self, drawing: Drawing, line: str) -> None:
        """Watch for the price to cross a line of a drawing."""
        ...

    def copy(self) -> None:
        """Copy what is chosen."""
        ...

    def duplicate(self) -> None:
        """Draw what is chosen once more, beside it."""
        ...

    def attempt(self, do: Callable[[], object]) -> None:
        """Do something; say so if it is not possible."""
        ...


class DrawingMenu:
    """Fills a menu for the drawings that are chosen."""

    def __init__(self, owner: Drawn, theme: Theme) -> None:
        self._owner = owner
        self._theme = theme

    def fill(self, menu: QMenu) -> None:
        """Everything one does to what is chosen."""
        owner, icon = self._owner, self._theme.icon
        board, chosen = owner.board, owner.board.chosen
        if not chosen:
            return
        first = chosen[0]
        menu.addSection(first.label if len(chosen) == 1 else f"{len(chosen)} drawings")
        if len(chosen) == 1:
            self._market(menu, first)
            menu.addAction(icon("edit"), "Text…", lambda: owner.ask_text(first.id))
            if first.kind.facts.style.levels:
                menu.addAction("Levels…", owner.ask_levels)
            if first.kind in POSITIONS:
                menu.addAction("Money at risk…", owner.ask_risk)
        self._looks(menu, first)
        self._templates(menu.addMenu("Style"), first)
        self._spans(menu.addMenu("Show on"), first)
        self._order(menu.addMenu("Order"), first)
        menu.addSeparator()
        self._tick(
            menu,
            "Locked",
            first.locked,
            lambda: board.change_chosen(
                lambda each: replace(each, locked=not first.locked),
                "Unlock" if first.locked else "Lock",
            ),
        ).setIcon(icon("lock"))
        menu.addAction(
            icon("eye"),
            "Hide",
            lambda: board.change_chosen(lambda each: replace(each, hidden=True), "Hide"),
        )
        menu.addAction(icon("copy"), "Copy\tCtrl+C", owner.copy)
        menu.addAction("Duplicate", owner.duplicate)
        remove = menu.addAction(icon("trash"), "Remove\tDel", board.remove_chosen)
        remove.setEnabled(not all(each.locked for each in chosen))

    def _market(self, menu: QMenu, drawing: Drawing) -> None:
        """Alerts on its lines, and orders at its price."""
        owner, icon = self._owner, self._theme.icon
        lines = lines_of(drawing)
        if len(lines) == 1:
            menu.addAction(
                icon("bell"), "Alert when crossed", lambda: owner.add_alert(drawing, lines[0].name)
            )
        elif lines:
            alerts = menu.addMenu(icon("bell"), "Alert when crossed")
            for each in lines:
                alerts.addAction(each.label, partial(owner.add_alert, drawing, each.name))
        price = in_ticks(drawing.anchors[0].price) if drawing.kind in PRICED else None
        if price is not None and price > 0:
            for side, verb in ((Side.BUY, "Buy"), (Side.SELL, "Sell")):
                kind = owner.ordering.kind(side, price)
                menu.addAction(
                    icon(side.value),
                    f"{verb} {kind} at {formats.price(price)}…",
                    lambda each=side: owner.ordering.write(each, price),
                )
        if drawing.kind in POSITIONS:
            menu.addAction(icon("ticket"), "Write the order…", partial(self._write, drawing))
        if lines or price is not None:
            menu.addSeparator()

    def _write(self, drawing: Drawing) -> None:
        """Write the entry of a position with its target and its stop on the ticket."""
        from puffling.ui.charts.drawings.spans import shares_for

        ordering = self._owner.ordering
        side = Side.BUY if drawing.kind is DrawingKind.LONG else Side.SELL
        entry, target, stop = (in_ticks(each.price) for each in drawing.anchors)
        shares = shares_for(drawing)
        self._owner.attempt(lambda: ordering.write_bracket(side, entry, target, stop, shares))

    def _looks(self, menu: QMenu, first: Drawing) -> None:
        colors = menu.addMenu("Colour")
        for name, words in COLORS.items():
            action = self._look(colors, words, first, "colour", partial(replace, color=name))
            action.setIcon(self._swatch(self._theme.color(name)))
        widths = menu.addMenu("Width")
        for width in WIDTHS:
            self._look(widths, f"{width:g} px", first, "width", partial(replace, width=width))
        dashes = menu.addMenu("Line")
        for dash in Dash:
            words = dash.value.capitalize()
            self._look(dashes, words, first, "line", partial(replace, dash=dash))
        fills = menu.addMenu("Fill")
        for share, words in FILLS.items():
            self._look(fills, words, first, "fill", partial(replace, fill=share))

    def _look(
        self, menu: QMenu, words: str, first: Drawing, what: str, change: Callable[[Style], Style]
    ) -> QAction:
        board, is_so = self._owner.board, change(first.style) == first.style
        return self._tick(
            menu, words, is_so, lambda: board.restyle_chosen(change, f"Change the {what}")
        )

    def _templates(self, menu: QMenu, first: Drawing) -> None:
        owner, styles = self._owner, self._owner.styles
        label = first.kind.label.lower()
        for name, style in styles.named().items():
            take = partial(_as, style)
            swatch = self._swatch(self._theme.color(style.color))
            do = partial(owner.board.restyle_chosen, take, "Change the style")
            menu.addAction(swatch, name, do)
        if styles.named():
            menu.addSeparator()
        menu.addAction(
            f"Usual for a new {label}",
            lambda: owner.attempt(lambda: styles.set_usual(first.kind, first.style)),
        )
        menu.addAction(
            f"As a {label} was at first",
            lambda: owner.board.restyle_chosen(
                lambda _: first.kind.facts.style, "Change the style"
            ),
        )
        menu.addAction("Keep under a name…", owner.ask_style_name)
        if styles.named():
            gone = menu.addMenu("Forget")
            for name in styles.named():
                gone.addAction(name, partial(owner.attempt, partial(styles.remove, name)))

    def _spans(self, menu: QMenu, first: Drawing) -> None:
        board = self._owner.board
        for span in Span:
            change = partial(replace, span=span, interval=board.interval)
            do = partial(board.change_chosen, change, "Change where it is shown")
            self._tick(menu, span.label, first.span is span, do)

    def _order(self, menu: QMenu, first: Drawing) -> None:
        owner = self._owner
        menu.addAction(
            "Bring to the front", lambda: owner.attempt(lambda: owner.drawings.raise_(first.id))
        )
        menu.addAction(
            "Send to the back", lambda: owner.attempt(lambda: owner.drawings.lower(first.id))
        )

    @staticmethod
    def _tick(menu: QMenu, words: str, on: bool, do: Callable[[], object]) -> QAction:  # noqa: FBT001 - a menu line's three parts
        action = menu.addAction(words)
        action.setCheckable(True)
        action.setChecked(on)
        action.triggered.connect(lambda _=False: do())
        return action

    def _swatch(self, color: QColor) -> QIcon:
        side = self._theme.px(SWATCH)
        pixmap = QPixmap(side, side)
        pixmap.fill(QColor(0, 0, 0, 0))
        painter = QPainter(pixmap)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QColor(0, 0, 0, 0))
        painter.setBrush(color)
        painter.drawEllipse(0, 0, side, side)
        painter.end()
        return QIcon(pixmap)


def _as(style: Style, own: Style) -> Style:
    """Return a style kept under a name, with the levels a drawing has."""
    return replace(style, levels=own.levels)
