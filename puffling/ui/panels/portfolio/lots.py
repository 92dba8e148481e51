"""The Lots tab: what is held, purchase by purchase."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from puffin.data.sessions import EXCHANGE
from puffling.core import formats
from puffling.ui.tables.columns import Column, Draw, number
from puffling.ui.tables.model import RecordModel
from puffling.ui.tables.sums import summed
from puffling.ui.tables.view import RecordView
from puffling.ui.theme.theme import Theme

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime
    from decimal import Decimal

    from puffin.execution.lots import Lot


@dataclass(frozen=True, slots=True)
class LotRow:
    """A lot with the price of now; None where there is none."""

    lot: Lot
    last: Decimal | None
    now: datetime

    @property
    def key(self) -> str:
        """What tells it from the others."""
        return f"{self.lot.fill} {self.lot.symbol}"

    @property
    def unrealised(self) -> Decimal | None:
        """What it would make if closed now."""
        return None if self.last is None else self.lot.unrealised(self.last)

    @property
    def days(self) -> int:
        """For how many days it has been held, in market time."""
        return (self.now - self.lot.opened_at).days


LOTS: tuple[Column[LotRow], ...] = (
    Column("symbol", "Symbol", lambda row: row.lot.symbol, draw=Draw.STRONG, width=72),
    Column(
        "opened",
        "Opened",
        lambda row: formats.moment(row.lot.opened_at, zone=EXCHANGE),
        sort=lambda row: row.lot.opened_at,
        help="Market time, New York",
        width=168,
    ),
    number(
        "days",
        "Days",
        lambda row: str(row.days),
        lambda row: row.days,
        help_="How long it has been held",
        width=56,
    ),
    number(
        "quantity",
        "Quantity",
        lambda row: formats.quantity(row.lot.quantity),
        lambda row: row.lot.quantity,
        width=76,
    ),
    number(
        "price",
        "Price",
        lambda row: formats.price(row.lot.price),
        lambda row: row.lot.price,
        help_="What one unit was traded for, in today's shares",
        width=76,
    ),
    number(
        "commission",
        "Commission",
        lambda row: formats.money(row.lot.commission),
        lambda row: row.lot.commission,
        width=90,
        total=summed(lambda row: row.lot.commission, formats.money),
    ),
    number(
        "unrealised",
        "Unrealised",
        lambda row: formats.money(row.unrealised, sign=True),
        lambda row: row.unrealised,
        tone=lambda row: Theme.sign_tone(row.unrealised),
        help_="Profit or loss if closed at the last price",
        width=92,
        total=summed(
            lambda row: row.unrealised,
            lambda amount: formats.money(amount, sign=True),
            tone=Theme.sign_tone,
        ),
    ),
)


class LotsTab(QWidget):
    """Open lots, first in first out.

    Signals:
        chosen: A lot's symbol is to be shown (the symbol).
    """

    chosen = Signal(str)

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self.model: RecordModel[LotRow] = RecordModel(LOTS, lambda row: row.key, self)
        self.view = RecordView(theme, self.model, name="Lots", empty="Nothing is held.")
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self.view)
        self.view.opened.connect(lambda row: self.chosen.emit(row.lot.symbol))

    def show_lots(self, rows: Iterable[LotRow]) -> None:
        """Show these lots."""
        known = list(rows)
        self.model.remove(*(set(self.model.keys) - {each.key for each in known}))
        self.model.put_many(known)
