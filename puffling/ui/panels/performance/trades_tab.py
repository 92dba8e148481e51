"""The Trades tab: every round trip of the period, a filter, and what the shown ones made."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QEvent, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QVBoxLayout, QWidget
from typing_extensions import override

from puffin.types import ZERO
from puffling.core import formats
from puffling.ui.panels.performance.trade_columns import TRADES, TradeRow
from puffling.ui.tables.model import RecordModel
from puffling.ui.tables.view import RecordView
from puffling.ui.theme.theme import Theme
from puffling.ui.theme.tokens import Tone
from puffling.ui.widgets.headline import KeyValueStrip

if TYPE_CHECKING:
    from collections.abc import Mapping
    from decimal import Decimal

    from PySide6.QtCore import QObject
    from PySide6.QtWidgets import QMenu

    from puffling.services.reports import Report, Trade

_STRIP = (("count", "Shown"), ("net", "Net"), ("won", "Won"), ("fees", "Fees"))


class TradesTab(QWidget):
    """Lists round trips.

    Signals:
        write_asked: A journal entry about a trade is wanted (the Trade).
        chart_asked: The chart of a trade's symbol is wanted (the symbol).
    """

    write_asked = Signal(object)
    chart_asked = Signal(str)

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._report: Report | None = None
        self._prices: Mapping[str, Decimal] = {}
        self.line = QLineEdit()
        self.line.setPlaceholderText("Filter: AAPL, long, short, won, lost, open")
        self.line.setAccessibleName("Filter trades")
        self.line.setClearButtonEnabled(True)
        self.strip = KeyValueStrip(theme, _STRIP)
        self.model: RecordModel[TradeRow] = RecordModel(
            TRADES, lambda row: row.trade.trip.key, self
        )
        self.view = RecordView(theme, self.model, name="Trades")
        head = QHBoxLayout()
        head.setSpacing(theme.px(16))
        head.addWidget(self.line, 1)
        head.addWidget(self.strip, 1)
        column = QVBoxLayout(self)
        column.setContentsMargins(*[theme.sizes.padding] * 4)
        column.setSpacing(theme.px(6))
        column.addLayout(head)
        column.addWidget(self.view, 1)
        self.line.textChanged.connect(lambda _: self._show())
        self.line.installEventFilter(self)
        self.view.opened.connect(lambda row: self.write_asked.emit(row.trade))
        self.view.filling_menu.connect(self._fill_menu)

    def show_report(self, report: Report) -> None:
        """Show the trades of a period."""
        self._report, self._prices = report, report.moment.prices
        self._show()

    def show_prices(self, prices: Mapping[str, Decimal]) -> None:
        """Value what is open at the prices of now."""
        self._prices = prices
        report = self._report
        if report is None or not any(each.trip.is_open for each in report.trades):
            return
        self.model.put_many(
            self._row(row.trade) for row in self.model.records if row.trade.trip.is_open
        )
        self._sum_up()

    @override
    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Go down from the filter into the table."""
        if watched is self.line and isinstance(event, QKeyEvent) and _goes_down(event):
            self.view.setFocus()
            if self.view.current is None and self.model.keys:
                self.view.choose(self.model.keys[0])
            return True
        return super().eventFilter(watched, event)

    def state(self) -> dict[str, Any]:
        """Return what a layout should remember, as JSON would."""
        return {"filter": self.line.text(), "table": self.view.layout_state()}

    def restore(self, state: Mapping[str, Any]) -> None:
        """Take up a remembered state; what does not fit is passed over."""
        if isinstance(state.get("filter"), str):
            self.line.setText(state["filter"])
        if isinstance(state.get("table"), dict):
            self.view.restore_layout(state["table"])

    # -- inside ------------------------------------------------------------------------------

    def _show(self) -> None:
        report = self._report
        if report is None:
            return
        wanted = self.line.text().casefold().split()
        rows = [self._row(each) for each in reversed(report.trades)]
        shown = [row for row in rows if all(word in row.words for word in wanted)]
        self.view.set_empty(
            "No trade of this period fits the filter."
            if rows
            else "No trade ended in this period, and none is open."
        )
        self.model.reset(shown)
        self._sum_up()

    def _row(self, trade: Trade) -> TradeRow:
        trip = trade.trip
        price = self._prices.get(trip.symbol)
        if not trip.is_open or price is None or self._report is None:
            return TradeRow(trade, trade.unrealised)
        lots = (each for each in self._report.statement.lots if each.symbol == trip.symbol)
        now = sum((each.unrealised(price) for each in lots), ZERO)
        return TradeRow(replace(trade, unrealised=now), now)

    def _sum_up(self) -> None:
        results = [row.result for row in self.model.records]
        known = [each for each in results if each is not None]
        net = sum(known, ZERO) if len(known) == len(results) else None
        ended = [
            row.result
            for row in self.model.records
            if not row.trade.trip.is_open and row.result is not None
        ]
        won = sum(each > 0 for each in ended)
        fees = sum((row.trade.trip.fees for row in self.model.records), ZERO)
        tone = Theme.sign_tone(net) if net is not None else Tone.TEXT
        self.strip.show_value("count", f"{len(results)}")
        self.strip.show_value("net", formats.money(net, sign=True), tone, "Of the trades shown")
        self.strip.show_value(
            "won",
            f"{won} of {len(ended)}" if ended else formats.UNKNOWN,
            Tone.TEXT,
            "Of the trades that have ended",
        )
        self.strip.show_value("fees", formats.money(fees))

    def _fill_menu(self, menu: QMenu, row: TradeRow | None) -> None:
        if row is None:
            return
        trade = row.trade
        menu.addAction("Write in the journal", lambda: self.write_asked.emit(trade))
        menu.addAction("Show the chart", lambda: self.chart_asked.emit(trade.trip.symbol))
        menu.addSeparator()


def _goes_down(event: QKeyEvent) -> bool:
    keys = {Qt.Key.Key_Down, Qt.Key.Key_Return, Qt.Key.Key_Enter}
    return event.type() is QEvent.Type.KeyPress and event.key() in keys
