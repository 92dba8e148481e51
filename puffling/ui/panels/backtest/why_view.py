"""Why at a bar: what the strategy saw, which of its rules held, what waited, and what happened."""

from __future__ import annotations

import math
from datetime import UTC
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QScrollArea,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from puffling.core import formats
from puffling.ui.theme.tokens import Tone
from puffling.ui.widgets.picture import Picture

if TYPE_CHECKING:
    from puffin.backtest.portfolio_why import PortfolioWhy, SymbolWhy
    from puffin.backtest.why import WaitingOrder, Why
    from puffling.ui.theme.theme import Theme

_UNKNOWN = ("minus", Tone.FAINT, "not known yet")
_HOLDS = {
    True: ("check", Tone.SUCCESS, "holds"),
    False: ("close", Tone.MUTED, "does not hold"),
}
HOW = "Click a bar of the equity curve, or a trade, to see why the strategy did what it did there."


class WhyView(QScrollArea):
    """Shows one bar of a run.

    Signals:
        stepped: The bar before (-1) or after (+1) is to be shown.
    """

    stepped = Signal(int)

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self.setWidgetResizable(True)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setAccessibleName("Why")
        self.title = QLabel()
        theme.set_role(self.title, "strong")
        self.title.setWordWrap(True)
        self.before, self.after = QToolButton(), QToolButton()
        for button, icon, words, step in (
            (self.before, "chevron-left", "The bar before", -1),
            (self.after, "chevron-right", "The bar after", 1),
        ):
            button.setIcon(theme.icon(icon))
            button.setAutoRaise(True)
            button.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
            button.setToolTip(words)
            button.setAccessibleName(words)
            button.clicked.connect(lambda _=False, by=step: self.stepped.emit(by))
        head = QHBoxLayout()
        head.addWidget(self.title, 1)
        head.addWidget(self.before)
        head.addWidget(self.after)
        self._inner = QWidget()
        column = QVBoxLayout(self._inner)
        column.setContentsMargins(*[theme.px(8)] * 4)
        column.setSpacing(theme.px(6))
        column.addLayout(head)
        self._slot = QVBoxLayout()
        column.addLayout(self._slot)
        column.addStretch(1)
        self._body: QWidget | None = None
        self.texts: list[str] = []
        self.setWidget(self._inner)
        self._inner.setAutoFillBackground(False)  # the panel's own ground shows through
        self.viewport().setAutoFillBackground(False)
        self.say(HOW)

    def say(self, sentence: str) -> None:
        """Say this instead of showing a bar."""
        self.title.setText(sentence)
        self._theme.set_tone(self.title, Tone.MUTED)
        self.before.hide()
        self.after.hide()
        self._put(None)

    def show_why(self, title: str, why: Why) -> None:
        """Show a bar; `title` names it."""
        body, grid = self._begin(title)
        grid.sentence(standing(why))
        for sentence in why.events:
            grid.sentence(sentence)
        for heading, orders in (
            ("Orders that waited for this bar", why.waiting),
            ("Orders that wait after it", why.placed),
        ):
            if orders:
                grid.heading(heading)
            for each in orders:
                grid.sentence(order_words(each))
        self._show_seen(grid, why, headings=True)
        self._put(body)

    def show_many(self, title: str, why: PortfolioWhy) -> None:
        """Show a row of many symbols; `title` names it. What matters most comes first."""
        body, grid = self._begin(title)
        grid.sentence(f"Equity {formats.money(why.equity)}, cash {formats.money(why.cash)}.")
        for sentence in why.events:
            grid.sentence(sentence)
        idle = []
        for each in sorted(why.symbols, key=_place):
            if not (each.events or each.target or each.held or each.waits):
                idle.append(each)
                continue
            grid.heading(symbol_words(each))
            for sentence in each.events:
                grid.sentence(sentence)
            self._show_seen(grid, each)
        if idle:
            grid.heading("Neither wanted nor held")
        for each in idle:
            said = [f"rank {each.rank}"] if each.rank is not None else []
            said += [f"{name} {written(value)}" for name, value in each.values]
            grid.sentence(": ".join(filter(None, (each.symbol, ", ".join(said)))))
        self._put(body)

    def _begin(self, title: str) -> tuple[QWidget, _Lines]:
        """Return an empty page for a bar, under its title."""
        self.title.setText(title)
        self._theme.set_tone(self.title, "")
        self.before.show()
        self.after.show()
        body = QWidget()
        self.texts = []
        return body, _Lines(self._theme, body, self.texts)

    @staticmethod
    def _show_seen(grid: _Lines, seen: Why | SymbolWhy, *, headings: bool = False) -> None:
        if seen.conditions and headings:
            grid.heading("Rules at this close")
        for name, holds in seen.conditions:
            grid.truth(name, holds)
        if seen.values and headings:
            grid.heading("What it looked at")
        for name, value in seen.values:
            grid.value(name, written(value))

    def _put(self, body: QWidget | None) -> None:
        if self._body is not None:
            self._slot.removeWidget(self._body)
            self._body.hide()
            self._body.deleteLater()
        self._body = body
        if body is not None:
            self._slot.addWidget(body)


class _Lines:
    """Puts lines below each other."""

    def __init__(self, theme: Theme, body: QWidget, texts: list[str]) -> None:
        self._theme, self._texts = theme, texts
        self._grid = QGridLayout(body)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setHorizontalSpacing(theme.px(10))
        self._grid.setVerticalSpacing(theme.px(3))
        self._grid.setColumnStretch(3, 1)

    def heading(self, text: str) -> None:
        label = QLabel(text)
        label.setWordWrap(True)
        self._theme.set_role(label, "caption")
        label.setContentsMargins(0, self._theme.px(6), 0, 0)
        self._grid.addWidget(label, self._grid.rowCount(), 0, 1, 4)

    def sentence(self, text: str) -> None:
        label = _label(text)
        label.setWordWrap(True)
        self._texts.append(text)
        self._grid.addWidget(label, self._grid.rowCount(), 0, 1, 4)

    def truth(self, name: str, holds: object) -> None:
        icon, tone, word = _UNKNOWN if holds is None else _HOLDS[bool(holds)]
        row = self._grid.rowCount()
        label, said = _label(name), _label(word)
        label.setWordWrap(True)
        self._theme.set_role(said, "muted", tone)
        self._texts.append(f"{name} {word}")
        self._grid.addWidget(Picture(self._theme, icon, tone), row, 0)
        self._grid.addWidget(said, row, 1)
        self._grid.addWidget(label, row, 2, 1, 2)

    def value(self, name: str, value: str) -> None:
        row = self._grid.rowCount()
        label, number = _label(name), _label(value)
        self._theme.set_role(label, "muted")
        number.setAlignment(Qt.AlignmentFlag.AlignRight)
        self._texts.append(f"{name} {value}")
        self._grid.addWidget(label, row, 0, 1, 3)
        self._grid.addWidget(number, row, 3, Qt.AlignmentFlag.AlignLeft)


def _label(text: str) -> QLabel:
    label = QLabel(text)
    label.setTextFormat(Qt.TextFormat.PlainText)
    label.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
    return label


def standing(why: Why) -> str:
    """Return what was held and wanted at the close, in a sentence."""
    shares = formats.quantity(abs(why.position))
    side = "short " if why.position < 0 else ""
    held = f"Held {side}{shares} shares" if why.position else "Held nothing"
    wanted = ""
    if why.wanted is not None:
        wanted = f", wanted {formats.percent(why.wanted, places=0)} of the money"
    return f"{held} at the close{wanted}; equity {formats.money(why.equity)}."


def symbol_words(why: SymbolWhy) -> str:
    """Return where a symbol stood at the close, in a line."""
    said = [why.symbol]
    if why.rank is not None:
        said.append(f"rank {why.rank}")
    if why.decided is not None:
        said.append(f"decided {_share(why.decided)}")
    said += [f"wanted {_share(why.target)}", f"held {_share(why.held)}"]
    if why.position:
        said.append(f"{formats.quantity(why.position)} shares")
    if not why.has_bar:
        said.append("no bar today")
    if why.waits:
        said.append("an order waits")
    return " · ".join(said)


def _share(ratio: float) -> str:
    return formats.percent(ratio, places=1, sign=True)


def _place(why: SymbolWhy) -> tuple[bool, float, str]:
    """Return what puts symbols in order: those with something to tell, then by rank."""
    rank = math.inf if why.rank is None else why.rank
    return (not (why.events or why.fills), rank, why.symbol)


def order_words(order: WaitingOrder) -> str:
    """Return a waiting order in a line."""
    prices = (
        ("limit", order.limit),
        ("stop", order.stop),
        ("stop loss", order.stop_loss),
        ("target", order.take_profit),
        ("trails by", order.trail),
    )
    said = [f"{name} {formats.price(price)}" for name, price in prices if price is not None]
    if order.left is not None:
        said.append(f"{formats.quantity(order.left)} shares left")
    said.append(f"placed {formats.day(order.placed, zone=UTC)}")
    if order.until is not None:
        said.append(f"until {formats.day(order.until, zone=UTC)}")
    kind = order.kind.replace("_", " ").lower()
    return f"{order.side.value.capitalize()}, {kind}: {', '.join(said)}."


def written(value: object) -> str:
    """Return what a strategy looked at as text; what was not ready yet as a dash."""
    if isinstance(value, int | float) and value == value:  # noqa: PLR0124 - only NaN is not itself
        return formats.number(value, places=2 if abs(value) >= 1 else 4)
    return formats.UNKNOWN if value is None or isinstance(value, int | float) else str(value)
