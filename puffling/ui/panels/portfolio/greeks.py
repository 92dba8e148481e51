"""The Greeks tab: what the options that are held do to the account when something moves."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QLabel, QVBoxLayout, QWidget
from typing_extensions import override

from puffling.core import formats
from puffling.services.book_greeks import ASSUMED
from puffling.ui.tables.columns import Column, Draw, number
from puffling.ui.tables.model import RecordModel
from puffling.ui.tables.view import RecordView
from puffling.ui.theme.theme import Theme
from puffling.ui.theme.tokens import Tone

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from decimal import Decimal

    from puffling.services.book_greeks import BookGreeks, Effect

TOTAL = "Everything"


@dataclass(frozen=True, slots=True)
class GreekRow:
    """A contract, its underlying, or everything; `symbol` is what a chart can show of it."""

    key: str
    title: str
    symbol: str
    quantity: Decimal | None
    days: float | None
    volatility: float | None
    effect: Effect
    why: str
    is_sum: bool = False
    group: str = ""  # the underlying; empty for everything


def rows_of(book: BookGreeks) -> Iterator[GreekRow]:
    """Yield everything, then each underlying with its contracts below it."""
    if len(book.rows) > 1:
        yield GreekRow(TOTAL, TOTAL, "", None, None, None, book.total, book.why, is_sum=True)
    for each in book.rows:
        key, shares = f"all {each.underlying}", each.shares
        title = f"{each.underlying}, all of it"
        yield GreekRow(
            key,
            title,
            each.underlying,
            shares,
            None,
            None,
            each.effect,
            each.why,
            is_sum=True,
            group=each.underlying,
        )
        for row in each.options:
            yield GreekRow(
                row.symbol,
                f"    {row.title}",
                row.symbol,
                row.quantity,
                row.days,
                row.volatility,
                row.effect,
                row.why,
                group=each.underlying,
            )


class GreekModel(RecordModel[GreekRow]):
    """Sorts underlyings by their sums, and the contracts of each below it."""

    @override
    def _wanted_order(self) -> list[int] | None:
        order = super()._wanted_order()
        if order is None:
            return None
        rows = self._records
        sums = [rows[at].group for at in order if rows[at].is_sum and rows[at].group]
        places = {group: place for place, group in enumerate(["", *sums])}
        return sorted(order, key=lambda at: (places[rows[at].group], not rows[at].is_sum))


def _figure(
    name: str, heading: str, help_: str, places: int, width: int, *, toned: bool = False
) -> Column[GreekRow]:
    def value(row: GreekRow) -> float | None:
        found: float | None = getattr(row.effect, name)
        return found

    tone: Callable[[GreekRow], str] | None = None
    if toned:

        def tone(row: GreekRow) -> str:
            return Theme.sign_tone(value(row))

    return number(
        name,
        heading,
        lambda row: formats.signed(value(row), places=places),
        value,
        tone=tone,
        help_=help_,
        width=width,
    )


GREEKS: tuple[Column[GreekRow], ...] = (
    Column(
        "title",
        "Held",
        lambda row: row.title,
        draw=Draw.TEXT,
        tip=lambda row: row.why,
        tone=lambda row: Tone.TEXT if row.is_sum else Tone.MUTED,
        width=220,
    ),
    number(
        "quantity",
        "Quantity",
        lambda row: formats.quantity(row.quantity),
        lambda row: row.quantity,
        help_="Contracts; of an underlying, its shares",
        width=72,
    ),
    number(
        "days",
        "Days",
        lambda row: formats.number(row.days, places=0),
        lambda row: row.days,
        help_="To the close of the day on which it expires",
        width=52,
    ),
    number(
        "volatility",
        "IV",
        lambda row: formats.percent(row.volatility, places=1),
        lambda row: row.volatility,
        help_="Volatility that the mid of bid and ask implies",
        width=66,
    ),
    _figure("delta", "Delta", "In shares of the underlying", 1, 76),
    _figure("worth", "Delta, $", "Moves like so much money in the underlying", 0, 88),
    _figure("gamma", "Gamma", "Change of delta for 1.00 more of the underlying", 2, 70),
    _figure("theta", "Theta, $", "For one calendar day that passes", 2, 80, toned=True),
    _figure("vega", "Vega, $", "For one point more volatility", 2, 80),
    Column(
        "why",
        "What is not known",
        lambda row: row.why,
        tone=lambda _: Tone.WARNING,
        tip=lambda row: row.why,
        stretch=True,
    ),
)


class GreeksTab(QWidget):
    """Options by underlying, with sums.

    Signals:
        chosen: A row's symbol is to be shown (the symbol).
    """

    chosen = Signal(str)

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self.model = GreekModel(GREEKS, lambda row: row.key, self)
        self.view = RecordView(
            theme, self.model, name="Greeks", empty="Options you hold show their greeks here."
        )
        self.words = QLabel(ASSUMED)
        self.words.setWordWrap(True)
        self.words.setContentsMargins(*[theme.px(6)] * 4)
        theme.set_role(self.words, "caption")
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.view, 1)
        column.addWidget(self.words)
        self.words.hide()
        self.view.opened.connect(self._open)

    def show_book(self, book: BookGreeks) -> None:
        """Show these."""
        self.model.reset(rows_of(book))
        self.words.setVisible(bool(book.rows))

    def _open(self, row: GreekRow) -> None:
        if row.symbol:
            self.chosen.emit(row.symbol)
