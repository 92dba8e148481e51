"""The table of monthly returns: a row for each year."""

from __future__ import annotations

from typing import TYPE_CHECKING

from puffling.core import formats
from puffling.ui.tables.columns import Column, Draw, number
from puffling.ui.theme.theme import Theme

if TYPE_CHECKING:
    from puffin.backtest.result import YearOfReturns

_NAMES = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


def _month(place: int) -> Column[YearOfReturns]:
    return number(
        _NAMES[place].lower(),
        _NAMES[place],
        lambda row: _written(row.months[place]),
        lambda row: row.months[place],
        tone=lambda row: Theme.sign_tone(row.months[place]),
        help_="Return of the month, in percent",
        width=58,
    )


def _written(value: float | None) -> str:
    return "" if value is None else formats.signed(value * 100, places=1)


MONTHS: tuple[Column[YearOfReturns], ...] = (
    Column(
        "year",
        "Year",
        lambda row: str(row.year),
        sort=lambda row: row.year,
        draw=Draw.STRONG,
        width=56,
    ),
    *(_month(each) for each in range(12)),
    number(
        "total",
        "Year %",
        lambda row: _written(row.total),
        lambda row: row.total,
        tone=lambda row: Theme.sign_tone(row.total),
        help_="The months one after the other, in percent",
        width=74,
    ),
)
