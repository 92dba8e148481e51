"""Performance as CSV: round trips, session ends, fills; no spreadsheet runs a cell of it."""

from __future__ import annotations

import csv
import io
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from typing import TYPE_CHECKING

from puffin.data.export import safe_cell
from puffin.data.times import moment
from puffin.types import Side, multiplier_of
from puffling.core.errors import BadValueError
from puffling.core.files import file_errors, write_whole

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

    from puffling.services.reports import Report

    Cell = str | Decimal | float | int | datetime | None


class Part(StrEnum):
    """What of a performance is written."""

    TRADES = "trades"
    SESSIONS = "sessions"
    FILLS = "fills"
    LOTS = "lots"
    FIGURES = "figures"


@dataclass(frozen=True, slots=True)
class Written:
    """What was written where."""

    path: Path
    what: str
    rows: int


PLACES = 8  # digits behind the point: averages have no end
TRADES = (
    "Opened",
    "Closed",
    "Symbol",
    "Side",
    "Quantity",
    "Entry price",
    "Exit price",
    "Profit",
    "Dividends",
    "Fees",
    "Net",
    "Return",
    "MAE",
    "MFE",
    "Still held",
    "Asked by",
    "Id",
)


LOTS = (
    "Opened",
    "Closed",
    "Symbol",
    "Quantity",
    "Cost",
    "Proceeds",
    "Commission",
    "Profit",
)


def write_csv(report: Report, part: Part, path: Path) -> Written:
    """Write a part of a report, all or nothing; times are UTC.

    Raises:
        BadValueError: The period has none of it.
        StoreError: The file cannot be written.
    """
    heading, rows = _rows(report, part)
    if not rows:
        raise BadValueError(f"This period has no {part.value} to export.")
    path = path.expanduser()
    with file_errors(path):
        write_whole(path, as_csv([heading, *rows]).encode())
    return Written(path, part.value, len(rows))


def as_csv(rows: Iterable[Iterable[Cell]]) -> str:
    """Return rows as CSV; text that a spreadsheet would run gets a quote before it."""
    text = io.StringIO()
    csv.writer(text, lineterminator="\n").writerows([_plain(each) for each in row] for row in rows)
    return text.getvalue()


def _rows(report: Report, part: Part) -> tuple[tuple[str, ...], list[list[Cell]]]:
    if part is Part.TRADES:
        return TRADES, list(_trades(report))
    if part is Part.FILLS:
        return (
            ("At", "Symbol", "Side", "Quantity", "Price", "Commission", "Order", "Id"),
            [
                [
                    each.at,
                    each.symbol,
                    each.side.value,
                    each.quantity,
                    each.price,
                    each.commission,
                    each.order_id,
                    each.id,
                ]
                for each in report.moment.fills
            ],
        )
    if part is Part.LOTS:
        return LOTS, list(_lots(report))
    if part is Part.FIGURES:
        figures = {} if report.sheet is None else report.sheet.figures
        return ("Figure", "Value"), [[name, value] for name, value in figures.items()]
    return ("Session", "Equity", "Growth", "Profit", "Benchmark"), list(_sessions(report))


def _trades(report: Report) -> Iterator[list[Cell]]:
    for each in report.trades:
        trip, moved = each.trip, each.excursion
        yield [
            trip.opened_at,
            trip.closed_at,
            trip.symbol,
            "long" if trip.side is Side.BUY else "short",
            trip.entered,
            trip.entry_price,
            trip.exit_price,
            trip.profit,
            trip.dividends,
            trip.fees,
            trip.net,
            trip.ratio,
            None if moved is None else moved.worst,
            None if moved is None else moved.best,
            trip.held,
            each.source,
            trip.key,
        ]


def _lots(report: Report) -> Iterator[list[Cell]]:
    """Yield what each closing closed, purchase by purchase, as a tax return asks for it."""
    for each in report.statement.pieces:
        times = multiplier_of(each.symbol)
        yield [
            each.opened_at,
            each.closed_at,
            each.symbol,
            each.quantity,
            each.cost * times,
            each.proceeds * times,
            each.commission,
            each.profit,
        ]


def _sessions(report: Report) -> Iterator[list[Cell]]:
    curve = report.curve
    if curve is None:
        return
    held = None if curve.benchmark is None else curve.benchmark[1].tolist()
    for row, stamp in enumerate(curve.time.tolist()):
        yield [
            moment(stamp).date().isoformat(),
            round(float(curve.equity[row]), 2),
            round(float(curve.growth[row]), 6),
            round(float(curve.profit[row]), 2) if row else None,
            None if held is None else round(held[row], 2),
        ]


def _plain(value: Cell) -> str:
    if value is None:
        return ""
    if isinstance(value, datetime):
        return value.isoformat()
    if isinstance(value, Decimal):
        return format(round(value, PLACES).normalize() if value else Decimal(0), "f")
    return safe_cell(value) if isinstance(value, str) else repr(value)
