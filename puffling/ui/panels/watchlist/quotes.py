"""The table of quotes: takes in what moved, draws only what is in sight."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QTimer

from puffin.data.sessions import EXCHANGE
from puffling.core import formats
from puffling.ui.panels.watchlist.rows import COLUMNS, Freshness, Row
from puffling.ui.tables.model import RecordModel
from puffling.ui.tables.view import RecordView

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from puffling.commands.context import Context
    from puffling.ui.theme.theme import Theme

_FRAME_MS = 34  # thirty times a second at most
_AGE_MS = 1_000


class QuoteTable(QObject):
    """Keeps the rows of one list.

    Symbols that moved wait in a set; thirty times a second at most, the rows in sight take them
    in. The others follow when they are scrolled to, and all of them once a second while the
    table is sorted by something that moves.
    """

    def __init__(self, context: Context, theme: Theme, parent: QObject | None = None) -> None:
        self.model: RecordModel[Row] = RecordModel(COLUMNS, lambda row: row.symbol)
        self.view = RecordView(theme, self.model, name="Watchlist")
        super().__init__(parent or self.view)
        self.model.setParent(self)
        self._context = context
        self._moved: set[str] = set()
        self._frame = QTimer(self, singleShot=True, interval=_FRAME_MS)
        self._frame.timeout.connect(self.refresh)
        self._ageing = QTimer(self, interval=_AGE_MS)
        self._ageing.timeout.connect(self._age)
        self.view.verticalScrollBar().valueChanged.connect(self.refresh)

    def show_symbols(self, symbols: Iterable[str]) -> None:
        """Show these and no others, in this order; what is known of them is kept."""
        rows = [self._row(self.model.get(each) or Row(each)) for each in symbols]
        current = self.view.current
        self.model.reset(self._with_alerts(rows))
        if current is not None:
            self.view.choose(current.symbol)

    def show_closes(self, closes: Mapping[str, tuple[float, ...]]) -> None:
        """Take in the small lines."""
        self.model.put_many(
            replace(row, closes=closes.get(row.symbol, row.closes)) for row in self.model.records
        )

    def show_alerts(self) -> None:
        """Take in how many alerts wait on each symbol."""
        self.model.put_many(self._with_alerts(self.model.records))

    def quotes_moved(self, symbols: frozenset[str]) -> None:
        """Note that these have new quotes."""
        self._moved |= symbols
        if self.view.isVisible() and not self._frame.isActive():
            self._frame.start()

    def refresh(self) -> None:
        """Bring the rows in sight up to date."""
        self._take(self.rows_in_sight())

    def rows_in_sight(self) -> range:
        """Return the rows the viewport shows."""
        height = self.view.viewport().height()
        first = max(self.view.rowAt(0), 0)
        last = self.view.rowAt(max(height - 1, 0))
        return range(first, (last if last >= 0 else len(self.model) - 1) + 1)

    def wake(self) -> None:
        """Begin to follow: the table can be seen."""
        self._moved.update(self.model.keys)
        self._ageing.start()
        self.refresh()

    def sleep(self) -> None:
        """Stop following: nobody can see the table."""
        self._ageing.stop()
        self._frame.stop()

    def _take(self, rows: Iterable[int]) -> None:
        fresh = []
        for place in rows:
            row = self.model.record(place)
            if row is not None and row.symbol in self._moved:
                self._moved.discard(row.symbol)
                fresh.append(self._row(row))
        if fresh:
            self.model.put_many(fresh)

    def _age(self) -> None:
        """Once a second: ages grow without a quote, and sorted rows out of sight move too."""
        in_sight = self.rows_in_sight()
        self._moved.update(self.model.key_at(place) for place in in_sight)
        self._take(range(len(self.model)) if self.model.sorted_by is not None else in_sight)

    def _row(self, row: Row) -> Row:
        quotes, market = self._context.quotes, self._context.market
        quote = quotes.last(row.symbol)
        if quote is None:
            return replace(row, quote=None, freshness=Freshness.NONE, reason=self._why(row.symbol))
        freshness = Freshness.LIVE
        if not market.is_open():
            freshness = Freshness.CLOSED
        elif quotes.stale(row.symbol):
            freshness = Freshness.STALE
        return Row(row.symbol, quote, freshness, row.closes, row.alerts)

    def _why(self, symbol: str) -> str:
        market = self._context.market
        if market.symbols and symbol not in market.symbols:
            return f"{symbol} is not traded on this market, so it has no price of now."
        day = formats.day(market.now(), zone=EXCHANGE)
        return f"{symbol} has no price on {day}: it did not trade."

    def _with_alerts(self, rows: Iterable[Row]) -> list[Row]:
        counts: dict[str, int] = {}
        for alert in self._context.alerts.all():
            if alert.enabled:
                counts[alert.symbol] = counts.get(alert.symbol, 0) + 1
        return [replace(row, alerts=counts.get(row.symbol, 0)) for row in rows]
